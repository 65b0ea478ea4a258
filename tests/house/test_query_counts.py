"""Every page that can be opened without naming a record asks the same whatever there is to show.

The pages are walked from the addresses and the ledgers, so a new one cannot be forgotten: its
count has to be written here. Three of each count are the session, the account and its grants.
"""

import datetime as dt
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from activities.models import (
    ActionItem,
    Activity,
    Amendment,
    Attendance,
    Meeting,
    MonthClosing,
    Review,
)
from assessments.models import Scheme, Scorecard
from branches.models import Grant, PartyOrganization, Term, User
from branches.roles import Role
from members.models import (
    DevelopmentCase,
    DevelopmentSponsor,
    DevelopmentStep,
    Member,
    Membership,
    PostHolder,
    VanguardPost,
)
from partybuild import paths
from partybuild.checks import walk_urls
from partybuild.ledgers import ledgers
from partybuild.models import AuditEntry, ImportBatch, Job, LedgerFile
from partybuild.permissions import PUBLIC, permission_of
from partybuild.scoping import everything
from tests.factories.alliances import many_alliances
from tests.factories.appraisals import many_appraisals
from tests.factories.assessments import SchemeFactory, many_ratings
from tests.factories.campaigns import many_campaigns
from tests.factories.discipline import many_decisions
from tests.factories.dues import many_dues
from tests.factories.honours import many_honours
from tests.factories.letters import many_letters
from tests.factories.liaison import many_liaisons
from tests.factories.materials import many_materials
from tests.factories.offices import lead_bodies
from tests.factories.people import many_people
from tests.factories.plans import many_plans
from tests.factories.platforms import many_platforms
from tests.factories.quizzes import many_quizzes
from tests.factories.reminders import many_reminders
from tests.factories.talks import many_talks
from tests.house.doors import forget

TODAY = dt.date(2026, 11, 21)
SCHEME = "scheme0000000000"

# Who opens a page: the first of the cast who may.
READERS = ("li", "zhao", "he", "sun", "system_admin", "audit_admin", "security_admin")

QUERIES = {
    "/account/": 3,
    "/account/password/": 3,
    "/accounts/": 7,
    "/accounts/new/": 3,
    "/activities/": 7,
    "/activities/binder/": 6,
    "/activities/bodies/new/": 15,
    "/activities/bodies/new/people/": 12,
    "/activities/bodies/trash/": 4,
    "/activities/closed/": 6,
    "/activities/closed/new/": 5,
    "/activities/due/": 11,
    "/activities/matters/": 6,
    "/activities/new/": 24,
    "/activities/new/people/": 19,
    "/activities/papers/new/": 16,
    "/activities/review/": 14,
    "/activities/trash/": 4,
    "/alerts/": 101,
    "/alerts/card/": 101,
    "/alliances/": 7,
    "/alliances/new/": 5,
    "/appraisals/": 11,
    "/appraisals/new/": 6,
    "/appraisals/statistics/": 8,
    "/assessments/": 5,
    "/assessments/cycles/": 5,
    "/assessments/ratings/": 4,
    "/assessments/drafts/": 5,
    "/assessments/drafts/new/": 4,
    "/assessments/drafts/trash/": 4,
    "/assessments/drafts/upload/": 4,
    "/assessments/campaigns/": 6,
    "/assessments/campaigns/new/": 8,
    "/assessments/letters/": 6,
    "/assessments/letters/new/": 9,
    "/assessments/letters/trash/": 4,
    "/assessments/scheme0000000000/": 6,
    "/audit/": 5,
    "/board/": 32,
    "/calendar/": 6,
    "/committee/": 14,
    "/imports/": 4,
    "/leaders/": 6,
    "/ledgers/": 6,
    "/statistics/": 4,
    "/ledgers/activities.appraisals/": 8,
    "/ledgers/activities.attendances/": 8,
    "/ledgers/activities.frequencies/": 9,
    "/ledgers/activities.integrity_talks/": 11,
    "/ledgers/activities.integrity_talks_whole/": 11,
    "/ledgers/activities.lecturers/": 9,
    "/ledgers/activities.leaders/": 9,
    "/ledgers/activities.matters/": 8,
    "/ledgers/activities.meetings/": 14,
    "/ledgers/activities.planned/": 11,
    "/ledgers/activities.study_hours/": 8,
    "/ledgers/activities.talks/": 10,
    "/ledgers/activities.talks_of_members/": 8,
    "/ledgers/activities.talks_whole/": 10,
    "/ledgers/assessments.campaign_applications/": 8,
    "/ledgers/assessments.campaign_awards/": 8,
    "/ledgers/assessments.campaign_findings/": 8,
    "/ledgers/assessments.responsibility_letters/": 9,
    "/ledgers/branches.alliance_pledges/": 8,
    "/ledgers/branches.alliances/": 8,
    "/ledgers/branches.events/": 8,
    "/ledgers/branches.organizations/": 8,
    "/ledgers/branches.platforms/": 9,
    "/ledgers/members.care/": 8,
    "/ledgers/members.care_visits/": 8,
    "/ledgers/members.collection/": 8,
    "/ledgers/members.development/": 11,
    "/ledgers/members.disciplines/": 8,
    "/ledgers/members.dues_monthly/": 9,
    "/ledgers/members.dues_payments/": 9,
    "/ledgers/members.dues_use/": 9,
    "/ledgers/members.fifty_years/": 8,
    "/ledgers/members.fund_use/": 10,
    "/ledgers/members.honours/": 8,
    "/ledgers/members.inactive/": 8,
    "/ledgers/members.liaison_visits/": 8,
    "/ledgers/members.liaisons/": 8,
    "/ledgers/members.lost/": 8,
    "/ledgers/members.measures/": 8,
    "/ledgers/members.mobile/": 8,
    "/ledgers/members.offices/": 8,
    "/ledgers/members.probationers/": 8,
    "/ledgers/members.provincial/": 8,
    "/ledgers/members.roster/": 8,
    "/ledgers/members.social_roles/": 8,
    "/ledgers/members.terms/": 8,
    "/ledgers/members.trainings/": 8,
    "/ledgers/members.transferred/": 8,
    "/ledgers/members.transfers_out/": 8,
    "/ledgers/members.vanguard_posts/": 8,
    "/materials/": 6,
    "/materials/new/": 6,
    "/materials/trash/": 4,
    "/members/": 6,
    "/members/birthdays/": 4,
    "/members/bodies/": 8,
    "/members/bodies/leaders/": 6,
    "/members/care/": 5,
    "/members/check/": 7,
    "/members/development/": 13,
    "/members/development/cases/": 10,
    "/members/development/new/": 6,
    "/members/development/stalled/": 5,
    "/members/disciplines/": 14,
    "/members/disciplines/measures/": 10,
    "/members/dues/": 10,
    "/members/dues/enter/": 10,
    "/members/dues/handing-up/": 8,
    "/members/dues/payment/": 7,
    "/members/dues/rules/": 5,
    "/members/dues/standing/": 8,
    "/members/fifty-years/": 4,
    "/members/funds/": 9,
    "/members/funds/income/": 5,
    "/members/funds/new/": 5,
    "/members/honours/": 6,
    "/members/honours/new/": 5,
    "/members/honours/statistics/": 4,
    "/members/liaison/": 10,
    "/members/liaison/new/": 5,
    "/members/liaison/staffing/": 6,
    "/members/liaison/unvisited/": 9,
    "/members/lost/": 4,
    "/members/mobile/": 5,
    "/members/mobile/in/": 4,
    "/members/mobile/out/": 4,
    "/members/new/": 4,
    "/members/own/": 57,
    "/members/rehearsal/": 10,
    "/members/rehearsal/excel/": 8,
    "/members/social-roles/": 7,
    "/members/social-roles/people/": 7,
    "/members/social-roles/total/": 4,
    "/members/standing/": 5,
    "/members/standing/new/": 3,
    "/members/structure/": 6,
    "/members/structure/people/": 7,
    "/members/transfers/": 5,
    "/members/transfers/arrival/": 5,
    "/members/transfers/new/": 3,
    "/members/transfers/unit/": 5,
    "/members/vanguard-posts/": 7,
    "/members/vanguard-posts/new/": 6,
    "/members/vanguard-posts/reviews/": 6,
    "/members/vanguard-posts/statistics/": 5,
    "/organizations/": 7,
    "/plans/": 14,
    "/plans/matrix/": 12,
    "/plans/new/": 5,
    "/platforms/": 7,
    "/platforms/new/": 5,
    "/platforms/rates/": 4,
    "/quizzes/": 7,
    "/quizzes/new/": 6,
    "/quizzes/trash/": 4,
    "/reminders/": 13,
    "/reminders/new/": 11,
    "/rules/": 8,
    "/rules/frequency/": 5,
    "/rules/party-day/": 5,
    "/rules/workdays/": 3,
    "/runs/": 8,
    "/search/": 3,
    "/study/": 10,
    "/study/branches/": 10,
    "/study/lecturers/": 6,
    "/study/lectures/": 8,
    "/talks/": 7,
    "/talks/coverage/": 9,
    "/talks/new/": 10,
    "/talks/trash/": 4,
    "/welcome/": 7,
    "/year-plans/": 6,
}

pytestmark = pytest.mark.usefixtures("today")


def pages():
    """Return the addresses of all pages that need signing in and no record, and who may open."""
    found = {}
    for route, pattern in walk_urls():
        permission = permission_of(pattern.callback)
        is_page = hasattr(getattr(pattern.callback, "view_class", TemplateView), "get")
        if is_page and "<" not in route and route and permission is not PUBLIC:
            found[f"/{route}"] = permission
    for ledger in ledgers:
        found[reverse("partybuild:ledger", args=[ledger.code])] = ledger.permission
    found[reverse("assessments:scorecards", args=[SCHEME])] = "assessments.view_scorecard"
    return found


def everything_there_is(count, committee, branch, user):
    """Make `count` rows of everything that a list shows."""
    day = dt.date(2026, 11, 6)
    branches = PartyOrganization.objects.bulk_create(
        PartyOrganization(
            name=f"第{number}支部",
            code=f"B-{number}",
            kind="branch",
            superior=committee,
            path=paths.child_path(committee.path, number),
            founded_on=dt.date(2016, 3, 1),
        )
        for number in range(100, 100 + count)
    )
    Term.objects.bulk_create(
        Term(organization=place, elected_on=dt.date(2024, 6, 18)) for place in branches
    )
    lead_bodies(branches)
    PartyOrganization.objects.bulk_create(
        PartyOrganization(
            name=f"第{number}党小组",
            code=f"G-{number}",
            kind="group",
            superior=branch,
            path=paths.child_path(branch.path, number),
        )
        for number in range(100, 100 + count)
    )
    members = Member.objects.bulk_create(
        Member(branch=branch, name=f"党员{number}", category="full", phone="15400001234")
        for number in range(count)
    )
    Membership.objects.bulk_create(
        Membership(member=member, organization=branch) for member in members
    )
    many_platforms(count, branch)
    many_campaigns(count, committee, branches, user)
    many_letters(count, committee, [branch, *branches], user)
    many_ratings(branches, list(User.objects.all()))
    many_dues(members, branch)
    many_alliances(count, branch)
    many_people(members, branch)
    many_liaisons(count, branch, members)
    many_plans(count, committee, [branch], user)
    many_reminders(count, user)
    many_talks(members, branch)
    many_quizzes(count, branch, members)
    many_appraisals([branch, *branches], members)
    posts = VanguardPost.objects.bulk_create(
        VanguardPost(organization=branch, title=f"岗位{number}", awarded_on=day)
        for number in range(count)
    )
    PostHolder.objects.bulk_create(
        PostHolder(post=post, member=member, started_on=day)
        for post, member in zip(posts, members, strict=True)
    )
    development_of(count, branch)
    many_honours(members)
    many_decisions(members)
    for deleted_at in (None, timezone.now()):
        activities = Activity.objects.bulk_create(
            Activity(
                organization=branch,
                held_on=day,
                topic=f"学习{number}",
                recorded_by=user,
                chair=members[0],
                deleted_at=deleted_at,
            )
            for number in range(count)
        )
        Meeting.objects.bulk_create(
            Meeting(activity=activity, kind="party_day", lecturer="孙知远")
            for activity in activities
        )
        if deleted_at is None:
            many_materials(count, branch, activities[0])
        Attendance.objects.bulk_create(
            Attendance(activity=activity, member=member, status="absent")
            for activity in activities
            for member in members[:2]
        )
    ActionItem.objects.bulk_create(
        ActionItem(organization=branch, raised_on=day, text=f"事项{number}", due_on=day)
        for number in range(count)
    )
    Review.objects.bulk_create(
        Review(
            activity=activity, verdict="returned", reason="原因", seen_version=1, decided_by=user
        )
        for activity in Activity.objects.all()[1::2]
    )
    Amendment.objects.bulk_create(
        Amendment(activity=activity, reason="日期写错", asked_by=user)
        for activity in Activity.objects.all()
    )
    MonthClosing.objects.bulk_create(
        MonthClosing(organization=place, month=dt.date(2025, 1, 1), closed_by=user)
        for place in branches
    )
    for owner in (user, None):
        jobs = Job.objects.bulk_create(
            Job(kind="partybuild.build_ledger", title=f"台账{number}", owner=owner)
            for number in range(count)
        )
        LedgerFile.objects.bulk_create(
            LedgerFile(
                owner=owner,
                job=job,
                code="activities.meetings",
                title="台账",
                place=branch.path,
                unit="支部",
                period=f"{2000 + number}",
            )
            for number, job in enumerate(jobs)
        )
    ImportBatch.objects.bulk_create(
        ImportBatch(owner=user, table="roster", place=branch.path, file_name="名册.xlsx", as_of=day)
        for _ in range(count)
    )
    AuditEntry.objects.bulk_create(
        AuditEntry(
            sequence=1000 + number, at=timezone.now(), actor=user, actor_name="李", action="x"
        )
        for number in range(count)
    )
    Scheme.objects.bulk_create(
        Scheme(code=f"s{number}", title=f"方案{number}", subject="branch", per="year")
        for number in range(count)
    )
    scheme = SchemeFactory(public_id=SCHEME)
    Scorecard.objects.bulk_create(
        Scorecard(
            scheme=scheme,
            organization=place,
            period="2026",
            points=5,
            full_score=5,
            computed_at=timezone.now(),
        )
        for place in branches
    )
    accounts = User.objects.bulk_create(
        User(username=f"account{number}", name=f"账号{number}") for number in range(count)
    )
    Grant.objects.bulk_create(
        Grant(user=account, role=Role.MEMBER, organization=branch) for account in accounts
    )


def development_of(count, branch):
    """Make `count` cases, the branch meeting of each a year and a bit ago."""
    people = Member.objects.bulk_create(
        Member(branch=branch, name=f"对象{number}", category="applicant") for number in range(count)
    )
    cases = DevelopmentCase.objects.bulk_create(
        DevelopmentCase(member=one, organization=branch, opened_on=dt.date(2024, 1, 5))
        for one in people
    )
    DevelopmentStep.objects.bulk_create(
        DevelopmentStep(case=case, code="admission", done_on=dt.date(2025, 11, 3)) for case in cases
    )
    DevelopmentSponsor.objects.bulk_create(
        DevelopmentSponsor(case=case, role="mentor", name="李秀岩") for case in cases
    )


def queries_of(client, address):
    """Return how many queries a page asks once the session is warm."""
    # Nobody reads the contexts of the templates here; copying them for lists of 300 costs minutes.
    with mock.patch("django.test.client.store_rendered_templates", new=forget):
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
    assert answer.status_code == 200, address
    return len(asked)


@pytest.mark.walk
@pytest.mark.timeout(900)  # one test opens every page twice
@pytest.mark.parametrize("count", [1, 3, 300])
def test_a_page_asks_the_same_whatever_there_is_to_show(
    client, cast, committee, first_branch, count
):
    with everything(reason="the test arranges its rows"):
        everything_there_is(count, committee, first_branch, cast["li"])

    asked = {}
    for address, permission in pages().items():
        reader = next(cast[name] for name in READERS if cast[name].has_perm(permission))
        client.force_login(reader)
        asked[address] = queries_of(client, address)

    assert asked == QUERIES
