"""A made-up organisation to try the portal with: a justice bureau's committee and its branches.

Nobody in it is real: names are composed, ID numbers use the unassigned area 999 with a right check
digit, phones the unassigned prefix 154. Everything is written through the services that daily work
uses. The same seed makes the same organisation; only the accounts' passwords are new each time.
"""

import datetime as dt
import random
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from activities.models import Activity, Attendance, Meeting
from activities.queries.editing import expected_people
from activities.queries.party_days import party_day_of
from activities.services.occasions import Form, Presence, record_activity
from assessments.demonstration import (
    campaigns,
    committees,
    cycles,
    decisions,
    development,
    dues,
    figures,
    history,
    letters,
    liaison,
    past_meetings,
    people,
    plans,
    platforms,
    posts,
    secretaries,
    study,
    talks,
    transfers,
)
from assessments.loading import load_scheme_file
from assessments.services.scorecards import store_scorecards
from branches.models import PartyOrganization, Term, User
from branches.roles import Role
from branches.services.accounts import grant_role, open_account
from branches.services.organizations import found_organization
from members.models import Member, Membership, Office
from members.services.posts import establish_post
from members.services.roster import register_members
from partybuild.calendar import is_workday
from partybuild.journal import Journal
from partybuild.periods import Period
from partybuild.values import id_check_digit

SEED = 2026
SURNAMES = "周孙李王张刘陈杨赵黄吴徐马朱胡林郭何高罗梁宋谢唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
GIVEN = "敏静丽强磊洋艳勇军杰娟涛明超秀兰霞平刚桂英文华建国志远海燕晓东玉梅立新春雨佳慧思源博文家豪欣怡若兰振宇宏伟淑珍卫民永康少峰云飞雪琴美玲国栋子涵"
ORGANIZATION = PartyOrganization.Kind
BRANCHES = (
    ("云溪市司法局办公室党支部", "办公室党支部", 25, 3),
    ("云溪市司法局政治部党支部", "政治部党支部", 18, 0),
    ("云溪市司法局行政复议处党支部", "行政复议处党支部", 22, 2),
    ("云溪市司法局执法监督处党支部", "执法监督处党支部", 16, 0),
    ("云溪市司法局社区矫正处党支部", "社区矫正处党支部", 27, 3),
    ("云溪市司法局规范性文件处党支部", "规范性文件处党支部", 6, 0),
)
CENTRE_BRANCHES = (
    ("云溪市法律援助中心党支部", "法律援助中心党支部", 25, 3),
    ("云溪市公证处党支部", "公证处党支部", 31, 2),
)
TOPICS = (
    "学习贯彻全会精神",
    "重温入党誓词",
    "学习党章党规",
    "我为群众办实事",
    "走进社区送法",
    "警示教育",
    "岗位练兵",
    "红色基地研学",
    "义务劳动",
    "志愿服务进社区",
)
MINUTES = (
    "一、传达学习上级文件精神。\n二、结合工作交流体会，{who}等同志发言。\n三、部署近期重点工作。",
    "一、集体学习原文。\n二、讨论如何改进窗口服务，提出三条意见。\n三、书记总结。",
    "一、通报上月工作完成情况。\n二、分析存在的问题。\n三、研究下月安排。",
)
# What is studied in an occasion of a form, for each who is there.
HOURS = {Meeting.Kind.PARTY_DAY.value: 2, Meeting.Kind.PARTY_LECTURE.value: 2}
RESOLUTIONS = ("", "", "月底前完成整改，责任人：{who}。", "下月起每周三下午开放法律咨询。")


# Told one after the other about the finished organisation: (demonstration, committee, branches).
CHAPTERS: tuple[
    Callable[["Demonstration", PartyOrganization, list[PartyOrganization]], None], ...
] = (
    people.tell,
    committees.tell,
    development.tell,
    dues.tell,
    posts.tell,
    platforms.tell,
    liaison.tell,
    plans.tell,
    transfers.tell,
    decisions.tell,
    past_meetings.tell,
    history.tell,
    talks.tell,
    campaigns.tell,
    cycles.tell,
    letters.tell,
    secretaries.tell,
    study.tell,
    figures.tell,
)


@dataclass(frozen=True)
class Account:
    """One account of the demonstration, as it is printed."""

    username: str
    password: str
    role: str
    name: str


class Demonstration:
    """Builds the made-up organisation up to a day."""

    def __init__(self, *, today: dt.date | None = None) -> None:
        self.today = today or timezone.localdate()
        self.random = random.Random(SEED)  # noqa: S311 -- made-up people, no secrets  # nosec B311
        self.names = self._names()
        self.accounts: list[Account] = []

    @transaction.atomic
    def build(self) -> list[Account]:
        """Write everything and return the accounts."""
        committee = self._organization(
            "云溪市司法局机关党委", "局机关党委", ORGANIZATION.OFFICE_COMMITTEE, None, "YX"
        )
        general = self._organization(
            "云溪市公共法律服务中心党总支", "公服中心党总支", ORGANIZATION.GENERAL_BRANCH, committee
        )
        branches = [self._branch(committee, *facts) for facts in BRANCHES]
        branches += [self._branch(general, *facts) for facts in CENTRE_BRANCHES]
        self._open_accounts(committee, branches)
        for branch in branches:
            self._year_of(branch)
        self._posts(branches)
        for tell in CHAPTERS:
            tell(self, committee, branches)
        scheme = load_scheme_file(actor=None)
        store_scorecards(scheme=scheme, period=Period.year(self.today.year), as_of=self.today)
        return self.accounts

    # Where.

    def _organization(
        self,
        name: str,
        short_name: str,
        kind: str,
        superior: PartyOrganization | None,
        code: str = "",
    ) -> PartyOrganization:
        return found_organization(
            actor=None,
            name=name,
            short_name=short_name,
            kind=kind,
            superior=superior,
            code=code,
            founded_on=dt.date(2012, 3, 1) + dt.timedelta(days=self.random.randrange(1500)),
        )

    def _branch(
        self, superior: PartyOrganization, name: str, short_name: str, size: int, groups: int
    ) -> PartyOrganization:
        branch = self._organization(name, short_name, ORGANIZATION.BRANCH, superior)
        teams = [
            self._organization(
                f"{short_name}第{'一二三四'[at]}党小组",
                f"第{'一二三四'[at]}党小组",
                ORGANIZATION.GROUP,
                branch,
            )
            for at in range(groups)
        ]
        elected = dt.date(self.today.year - 2, 3, 18) + dt.timedelta(
            days=self.random.randrange(400)
        )
        with_committee = size >= 7  # noqa: PLR2004 -- the roster below is the rule's example
        term = Term.objects.create(
            organization=branch, elected_on=elected, years=3, has_committee=with_committee
        )
        members = self._members(branch, size, teams)
        posts = list(Office.Post)[:5] if with_committee else [Office.Post.SECRETARY]
        Office.objects.bulk_create(
            Office(
                organization=branch,
                term=term,
                post=post,
                holder_name=member.name,
                member=member,
                started_on=elected,
            )
            for post, member in zip(posts, members, strict=False)
        )
        return branch

    # Who.

    def _members(
        self, branch: PartyOrganization, size: int, teams: list[PartyOrganization]
    ) -> list[Member]:
        members = [self._member(branch, at, size) for at in range(size)]
        journal = Journal()
        register_members(members, journal)
        journal.create(
            Membership(
                member=member,
                organization=branch,
                group=teams[at % len(teams)] if teams else None,
                started_on=max(branch.founded_on, member.joined_on),  # type: ignore[type-var]
                started_by=Membership.Start.ADMITTED
                if member.category == Member.Category.PROBATIONARY
                else Membership.Start.REGISTERED,
            )
            for at, member in enumerate(members)
        )
        return members

    def _member(self, branch: PartyOrganization, at: int, size: int) -> Member:
        chance = self.random
        born = dt.date(chance.randrange(1962, 2001), chance.randrange(1, 13), 12)
        probationary = size > 20 and at >= size - 2  # noqa: PLR2004 -- only larger branches grow
        joined = (
            self.today - dt.timedelta(days=200 + at)
            if probationary
            else dt.date(born.year + chance.randrange(20, 25), chance.randrange(1, 13), 20)
        )
        woman = chance.random() < 0.42  # noqa: PLR2004 -- a share
        return Member(
            branch=branch,
            name=next(self.names),
            gender=Member.Gender.FEMALE if woman else Member.Gender.MALE,
            born_on=born,
            ethnicity="汉族",
            education=chance.choice(
                ("大学本科毕业", "大学本科毕业", "硕士研究生毕业", "大学专科毕业")
            ),
            job_title=chance.choice(("科员", "副科长", "科长", "四级调研员", "公证员", "律师")),
            native_place="云溪市",
            id_number=self._id_number(born, woman=woman),
            phone=f"154{chance.randrange(10**8):08d}",
            category=Member.Category.PROBATIONARY if probationary else Member.Category.FULL,
            joined_on=joined,
            confirmed_on=None if probationary else joined.replace(year=joined.year + 1),
        )

    def _id_number(self, born: dt.date, *, woman: bool) -> str:
        order = self.random.randrange(500) * 2 + (0 if woman else 1)
        digits = f"9990{self.random.randrange(100):02d}{born:%Y%m%d}{order:03d}"
        return digits + id_check_digit(digits)

    def _names(self) -> Iterator[str]:
        seen: set[str] = set()
        while True:
            name = self.random.choice(SURNAMES) + "".join(
                self.random.choice(GIVEN) for _ in range(self.random.choice((1, 2, 2)))
            )
            if name not in seen:
                seen.add(name)
                yield name

    def _posts(self, branches: list[PartyOrganization]) -> None:
        for branch in branches:
            holders = list(Member.objects.filter(branch=branch)[:3])
            establish_post(
                actor=None,
                organization=branch,
                kind="vanguard",
                title=f"{branch.label.removesuffix('党支部')}服务先锋岗",
                pledge="亮身份、亮职责、亮承诺：来有迎声、问有答声、走有送声，当日事当日毕。",
                awarded_on=dt.date(self.today.year, 3, 5),
                holders=holders[:2],
            )

    # Who may sign in.

    def _open_accounts(
        self, committee: PartyOrganization, branches: list[PartyOrganization]
    ) -> None:
        secretary = Office.objects.get(organization=branches[0], post=Office.Post.SECRETARY)
        plain = Member.objects.filter(branch=branches[0]).last()
        self._account("shuji", secretary.holder_name, Role.SECRETARY, branches[0], secretary.member)
        other = Office.objects.get(organization=branches[-2], post=Office.Post.SECRETARY)
        self._account("shuji2", other.holder_name, Role.SECRETARY, branches[-2], other.member)
        self._account("dangwei", "李静", Role.OFFICE_STAFF, committee)
        self._account("fuzeren", "高建国", Role.OFFICE_HEAD, committee)
        self._account("taizhang", "孟晓", Role.LEDGER_CLERK, committee)
        self._account("keshi", "崔永明", Role.SECTION_HEAD, committee)
        self._account("fenguan", "邱若兰", Role.SUPERVISING_LEADER, committee)
        self._account("zhuyao", "段志远", Role.PRINCIPAL_LEADER, committee)
        self._account("jijian", "龚卫民", Role.DISCIPLINE_OFFICER, committee)
        self._account("dangyuan", plain.name if plain else "", Role.MEMBER, branches[0], plain)
        self._account("xitong", "系统管理员", Role.SYSTEM_ADMIN)
        self._account("anquan", "安全管理员", Role.SECURITY_ADMIN)
        self._account("shenji", "审计管理员", Role.AUDIT_ADMIN)

    def _account(
        self,
        username: str,
        name: str,
        role: Role,
        organization: PartyOrganization | None = None,
        member: Member | None = None,
    ) -> None:
        password = f"Dj{secrets.randbelow(10**8):08d}#"
        user = open_account(
            actor=None,
            username=username,
            name=name,
            password=password,
            must_change_password=False,
        )
        grant_role(actor=None, user=user, role=role, organization=organization)
        if member:
            member.user = user
            member.save(update_fields=["user"])
        self.accounts.append(Account(username, password, str(role.label), name))

    # What happened.

    def _year_of(self, branch: PartyOrganization) -> None:
        recorder = User.objects.get(username="shuji")
        for month in Period.year(self.today.year).split("month"):
            if month.start > self.today:
                break
            for kind, day, group in self._plan(branch, month):
                if day <= self.today:
                    self._activity(recorder, branch, kind, day, group)

    def _plan(
        self, branch: PartyOrganization, month: Period
    ) -> Iterator[tuple[str, dt.date, PartyOrganization | None]]:
        term = branch.terms.last()
        if term and term.has_committee and not self._skips(branch, 0.06):
            yield Meeting.Kind.COMMITTEE_MEETING, self._workday(month, 5), None
        for group in PartyOrganization.objects.filter(superior=branch):
            if not self._skips(branch, 0.05):
                yield Meeting.Kind.GROUP_MEETING, self._workday(month, 10), group
        if not (self.today in month and branch.short_name == BRANCHES[0][1]):
            yield Meeting.Kind.PARTY_DAY, party_day_of(month, branch.path)[0], None
        if month.start.month % 3 == 0 and not self._skips(branch, 0.08):
            yield Meeting.Kind.GENERAL_MEETING, self._workday(month, 18), None
        if month.start.month % 3 == 2 and not self._skips(branch, 0.08):  # noqa: PLR2004 -- mid-quarter
            yield Meeting.Kind.PARTY_LECTURE, self._workday(month, 20), None

    def _skips(self, branch: PartyOrganization, chance: float) -> bool:
        """Some meetings were never held, in two branches more of them than elsewhere."""
        weak = 3 if branch.short_name in {"执法监督处党支部", "公证处党支部"} else 1
        return self.random.random() < chance * weak

    def _workday(self, month: Period, day: int) -> dt.date:
        current = month.start.replace(day=day)
        while not is_workday(current):
            current += dt.timedelta(days=1)
        return current

    def _activity(
        self,
        recorder: Any,
        branch: PartyOrganization,
        kind: str,
        day: dt.date,
        group: PartyOrganization | None,
    ) -> None:
        people = expected_people(branch, day, kinds=[kind], groups=[group] if group else [])
        if not people:
            return
        chance = self.random
        who = chance.choice(people).member.name
        secretary = Office.objects.get(organization=branch, post=Office.Post.SECRETARY).member
        form = Form(
            kind=kind,
            group=group,
            minutes=chance.choice(MINUTES).format(who=who),
            resolution=chance.choice(RESOLUTIONS).format(who=who),
            lecturer=who if kind == Meeting.Kind.PARTY_LECTURE else "",
        )
        label = Meeting.Kind(kind).label
        topic = chance.choice(TOPICS) if kind == Meeting.Kind.PARTY_DAY else f"{day.month}月{label}"
        held = record_activity(
            actor=recorder,
            organization=branch,
            held_on=day,
            topic=topic,
            forms=[form],
            presences={person.member: self._presence() for person in people},
            started_at=dt.time(14, 30),
            place=chance.choice(("三楼会议室", "党员活动室", "二楼学习室")),
            hours=HOURS.get(kind),
            chair=secretary,
            recorder=people[1 % len(people)].member,
        )
        # In the story somebody wrote it down the same afternoon, not when the story is told.
        written_at = timezone.make_aware(dt.datetime.combine(day, dt.time(17, 30)))
        Activity.objects.filter(pk=held.pk).update(recorded_at=min(written_at, timezone.now()))

    def _presence(self) -> Presence:
        if self.random.random() > 0.07:  # noqa: PLR2004 -- a share
            return Presence()
        reason = self.random.choice(("official_business", "illness", "personal", "training"))
        return Presence(Attendance.Status.ON_LEAVE, reason)
