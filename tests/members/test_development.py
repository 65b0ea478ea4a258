"""Recording the development of members: opening, steps, what follows for the person, refusals."""

import datetime as dt

import pytest

from branches.models import PartyOrganization
from members.models import (
    DevelopmentCase,
    DevelopmentPaper,
    DevelopmentSponsor,
    DevelopmentStep,
    Member,
    Membership,
    StandingChange,
)
from members.queries.development import without_case
from members.queries.files import file_of_number, other_files_of
from members.queries.roll import roster_on
from members.services.development import (
    DevelopmentRefused,
    correct_step,
    end_case,
    extend_probation,
    note_leaving,
    open_case,
    open_case_of_new_applicant,
    record_review,
    record_step,
    revoke_probation,
)
from members.services.roster import make_findable
from members.services.standing import StandingRefused, change_standing, take_back_standing
from partybuild.merging import StaleVersion
from partybuild.models import AuditEntry
from tests.cast import enrolled
from tests.factories.development import DevelopmentCaseFactory, DevelopmentStepFactory
from tests.factories.discipline import DisciplineFactory
from tests.factories.members import MemberFactory, MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today", "everywhere")]


def day(text):
    return dt.date.fromisoformat(text)


VOTE = {"due_voters": 12, "present_voters": 11, "yes": 11, "no": 0, "abstain": 0}
ADMITTED = day("2025-11-10")
WAY = {
    "application": "2024-01-05",
    "talk": "2024-01-20",
    "activist": "2024-06-03",
    "activist_filed": "2024-06-20",
    "candidate": "2025-07-01",
    "candidate_filed": "2025-07-20",
    "political_review": "2025-08-05",
    "training": "2025-08-20",
    "committee_review": "2025-10-10",
    "pre_review": "2025-10-20",
}


@pytest.fixture
def applicant(first_branch):
    member = MemberFactory(
        name="吴小梅",
        branch=first_branch,
        category="applicant",
        born_on=day("2000-02-29"),
        joined_on=None,
        confirmed_on=None,
    )
    MembershipFactory(member=member, kind="development", started_on=day("2024-01-05"))
    return member


def case_up_to(member, last, **more):
    """A case with the steps of the usual way up to one."""
    case = DevelopmentCaseFactory(member=member, opened_on=day("2024-01-05"), **more)
    for code, on in WAY.items():
        DevelopmentStepFactory(case=case, code=code, done_on=day(on))
        if code == last:
            break
    return case


def record(li, case, code, on, **said):
    case = DevelopmentCase.objects.select_related("member", "organization").get(pk=case.pk)
    return record_step(
        actor=li, case=case, version=case.version, code=code, done_on=day(on), **said
    )


def refused(call):
    with pytest.raises(DevelopmentRefused) as refusal:
        call()
    return refusal.value.field, str(refusal.value)


# --- opening -----------------------------------------------------------------------------------


def test_an_applicant_on_file_gets_a_case_with_the_application_as_its_first_step(li, applicant):
    case = open_case(
        actor=li,
        member=applicant,
        organization=applicant.branch,
        applied_on=day("2026-11-02"),
        papers=["入党申请书"],
    )

    assert list(case.steps.values_list("code", "done_on")) == [("application", day("2026-11-02"))]
    assert list(case.papers.values_list("name", flat=True)) == ["入党申请书"]
    applicant.refresh_from_db()
    assert applicant.applied_on == day("2026-11-02")
    assert AuditEntry.objects.get().summary == "为 吴小梅 建立培养档案"


def test_somebody_new_gets_file_and_case_at_once(li, first_branch):
    case = open_case_of_new_applicant(
        actor=li,
        organization=first_branch,
        applied_on=day("2026-11-02"),
        name="何新晨",
        gender="male",
        born_on=day("2001-05-05"),
    )

    assert (case.member.category, case.member.initials) == ("applicant", "hxc")
    assert case.member.memberships.get().kind == "development"
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("applied", "field", "reason"),
    [
        ("2026-11-22", "applied_on", "日期还没到，请核对。"),
        ("2018-02-27", "applied_on", "申请入党时未满 18 周岁"),
    ],
)
def test_an_application_of_an_impossible_day_is_refused(li, applicant, applied, field, reason):
    told = refused(
        lambda: open_case(
            actor=li, member=applicant, organization=applicant.branch, applied_on=day(applied)
        )
    )

    assert told[0] == field
    assert told[1].startswith(reason)


def test_a_temporary_branch_develops_nobody(li, applicant, first_branch):
    first_branch.kind = PartyOrganization.Kind.TEMPORARY_BRANCH
    first_branch.save()

    field, reason = refused(
        lambda: open_case(
            actor=li,
            member=applicant,
            organization=first_branch,
            applied_on=day("2026-11-02"),
        )
    )
    assert (field, "临时党支部" in reason) == ("organization", True)


def test_one_person_has_one_open_case_and_a_member_none(li, applicant, first_branch):
    case_up_to(applicant, "application")
    member = enrolled("高立言", first_branch)

    for person, told in ((applicant, "吴小梅已有培养档案"), (member, "高立言已是正式党员")):
        field, reason = refused(
            lambda person=person: open_case(
                actor=li, member=person, organization=first_branch, applied_on=day("2026-11-02")
            )
        )
        assert (field, reason.startswith(told)) == ("member", True)


def left(zhao, first_branch, state, on, **facts):
    """Somebody who was in the party until a day, with the case that led there."""
    member = enrolled("沈既白", first_branch, **facts)
    case = DevelopmentCaseFactory(
        member=member, opened_on=day("2010-01-05"), closed_on=day("2013-07-01"), outcome="confirmed"
    )
    change_standing(actor=zhao, member=member, state=state, happened_on=day(on))
    return member, case


def apply_anew(li, member, branch, on="2026-11-02"):
    return open_case(actor=li, member=member, organization=branch, applied_on=day(on))


@pytest.mark.parametrize("state", ["resigned", "lapsed", "removed"])
def test_who_is_out_of_the_party_applies_anew_and_the_past_stays(
    li, zhao, first_branch, second_branch, state
):
    member, old = left(zhao, first_branch, state, "2026-10-12", id_number="11010519491231002X")
    make_findable(member)
    member.save()
    before = Member.objects.filter(pk=member.pk).values("category", "joined_on", "state").get()
    roster = list(roster_on(day("2026-09-30")).values_list("member", "organization"))
    assert member in without_case()

    case = apply_anew(li, member, second_branch)

    anew = case.member
    assert (anew.name, anew.category, anew.state) == ("沈既白", "applicant", "normal")
    assert (anew.joined_on, anew.applied_on) == (None, day("2026-11-02"))
    assert anew.memberships.get().organization == second_branch
    record(li, case, "activist", "2026-11-20")
    assert Member.objects.get(pk=anew.pk).category == "activist"
    assert Member.objects.filter(pk=member.pk).values("category", "joined_on", "state").get() == (
        before
    )
    assert list(roster_on(day("2026-09-30")).values_list("member", "organization")) == roster
    assert DevelopmentCase.objects.get(pk=old.pk).outcome == "confirmed"
    assert file_of_number("11010519491231002X") == anew
    former = Member.objects.get(pk=member.pk)
    assert [title for one in (former, anew) for title, _ in other_files_of(one)] == [
        "后来的档案",
        "以前的档案",
    ]


def test_a_revoked_probationer_applies_anew(li, zhao, first_branch):
    member, _ = left(zhao, first_branch, "probation_revoked", "2026-10-12", category="probationary")

    assert apply_anew(li, member, first_branch).member.category == "applicant"


@pytest.mark.parametrize(
    ("on", "reason"),
    [
        ("2026-03-01", "2026-03-02 以前不能重新入党（《中国共产党纪律处分条例》（2023年修订））。"),
        ("2021-03-01", "2021-03-02 才开除党籍，递交时间不能更早。"),
    ],
)
def test_who_was_expelled_does_not_apply_within_five_years(li, zhao, first_branch, on, reason):
    member, _ = left(zhao, first_branch, "expelled", "2021-03-02")

    field, told = refused(lambda: apply_anew(li, member, first_branch, on))

    assert (field, told.endswith(reason)) == ("applied_on", True)
    assert not Member.objects.filter(category="applicant").exists()
    assert apply_anew(li, member, first_branch, "2026-03-02").member.category == "applicant"


def test_the_former_file_of_who_applied_anew_changes_no_more(li, zhao, first_branch):
    member, _ = left(zhao, first_branch, "resigned", "2026-10-12")
    apply_anew(li, member, first_branch)

    assert refused(lambda: apply_anew(li, member, first_branch)) == (
        "member",
        "沈既白已另有新的档案，请选新的档案。",
    )
    assert member not in without_case()
    with pytest.raises(StandingRefused, match="已重新申请入党"):
        take_back_standing(actor=zhao, change=StandingChange.objects.get(), reason="记错了人")
    with pytest.raises(StandingRefused, match="已重新申请入党"):
        change_standing(actor=zhao, member=member, state="normal", happened_on=day("2026-11-10"))


# --- steps -------------------------------------------------------------------------------------


def test_a_step_is_kept_with_its_papers_and_one_entry(li, applicant):
    case = case_up_to(applicant, "talk")

    record(li, case, "activist", "2024-06-03", papers=["推荐表"], note="党员推荐")

    applicant.refresh_from_db()
    assert applicant.category == "activist"
    assert list(DevelopmentPaper.objects.values_list("code", "name")) == [("activist", "推荐表")]
    entry = AuditEntry.objects.get()
    assert entry.after == {
        "步骤": "推荐和确定积极分子",
        "日期": "2024-06-03",
        "情况": "党员推荐",
    }


@pytest.mark.parametrize(
    ("last", "code", "on", "said", "field", "reason"),
    [
        ("talk", "activist", "2026-11-22", {}, "done_on", "日期还没到，请核对。"),
        ("talk", "candidate", "2025-07-01", {}, "done_on", "还没有“推荐和确定积极分子”的记录"),
        ("committee_review", "admission", "2025-11-10", VOTE, "done_on", "还没有“上级党委预审”"),
        ("pre_review", "admission", "2025-10-19", VOTE, "done_on", "“支部大会讨论”2025-10-19 早于"),
        (
            "pre_review",
            "admission",
            "2025-11-10",
            VOTE | {"present_voters": 13},
            "present_voters",
            "实到 13 人多于应到 12 人",
        ),
        (
            "pre_review",
            "admission",
            "2025-11-10",
            VOTE | {"no": 1},
            "yes",
            "赞成、反对、弃权合计 12",
        ),
        ("pre_review", "admission", "2025-11-10", {}, "due_voters", "请填写人数。"),
        (
            "pre_review",
            "admission",
            "2025-11-10",
            VOTE | {"issued": 11, "received": 12},
            "received",
            "收回的票多于发出的票",
        ),
        ("talk", "talk", "2024-01-21", {}, "done_on", "这一步已有记录"),
        (
            "political_review",
            "training",
            "2025-08-20",
            {"span_from": day("2025-08-20"), "span_to": day("2025-08-18")},
            "span_to",
            "结束日期早于开始日期",
        ),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(li, applicant, last, code, on, said, field, reason):
    case = case_up_to(applicant, last)
    before = DevelopmentStep.objects.count()

    told = refused(lambda: record(li, case, code, on, **said))

    assert told[0] == field
    assert told[1].startswith(reason)
    case.refresh_from_db()
    assert (DevelopmentStep.objects.count(), case.version) == (before, 1)
    assert not AuditEntry.objects.exists()


def test_a_passed_meeting_makes_a_probationary_member_from_that_day(li, applicant):
    case = case_up_to(applicant, "pre_review")

    record(li, case, "admission", "2025-11-10", **VOTE)

    applicant.refresh_from_db()
    assert (applicant.category, applicant.joined_on) == ("probationary", ADMITTED)
    formal = Membership.objects.get(member=applicant, kind="formal")
    assert (formal.started_on, formal.started_by) == (ADMITTED, "admitted")
    assert Membership.objects.get(member=applicant, kind="development").ended_on == ADMITTED


def test_a_failed_vote_is_recorded_and_admits_nobody(li, applicant):
    case = case_up_to(applicant, "pre_review")

    step = record(li, case, "admission", "2025-11-10", **VOTE | {"yes": 6, "no": 5})

    applicant.refresh_from_db()
    assert (step.passed, applicant.joined_on) == (False, None)
    assert not Membership.objects.filter(kind="formal", member=applicant).exists()


def test_a_second_vote_that_passes_admits(li, applicant):
    case = case_up_to(applicant, "pre_review")
    record(li, case, "admission", "2025-11-10", **VOTE | {"yes": 6, "no": 5})
    case.refresh_from_db()

    correct_step(
        actor=li,
        case=case,
        version=case.version,
        code="admission",
        done_on=day("2025-11-18"),
        **VOTE,
    )

    applicant.refresh_from_db()
    assert (applicant.category, applicant.joined_on) == ("probationary", day("2025-11-18"))


def test_correcting_the_meeting_moves_what_followed_from_it(li, applicant):
    case = case_up_to(applicant, "pre_review")
    record(li, case, "admission", "2025-11-10", **VOTE)
    case = DevelopmentCase.objects.get(pk=case.pk)

    correct_step(
        actor=li, case=case, version=case.version, code="admission", done_on=day("2025-11-12")
    )

    applicant.refresh_from_db()
    moved = day("2025-11-12")
    assert applicant.joined_on == moved
    assert Membership.objects.get(member=applicant, kind="formal").started_on == moved
    assert Membership.objects.get(member=applicant, kind="development").ended_on == moved


def on_probation(li, applicant, approved="2025-12-10"):
    case = case_up_to(applicant, "pre_review")
    record(li, case, "admission", "2025-11-10", **VOTE)
    if approved:
        record(li, case, "approval", approved)
    return DevelopmentCase.objects.select_related("member", "organization").get(pk=case.pk)


def test_confirming_before_the_probation_ends_is_refused(li, applicant):
    case = on_probation(li, applicant)

    told = refused(lambda: record(li, case, "confirmation", "2026-11-09", **VOTE))

    assert told == ("done_on", "预备期到 2026-11-10 才满，不能提前讨论转正。")


def test_the_approval_makes_a_full_member_from_the_end_of_the_probation(li, zhao, applicant):
    case = on_probation(li, applicant)
    record(li, case, "confirmation", "2026-11-12", **VOTE)

    record(zhao, case, "confirmation_approval", "2026-11-20")

    applicant.refresh_from_db()
    case.refresh_from_db()
    assert (applicant.category, applicant.confirmed_on) == ("full", day("2026-11-10"))
    assert (case.outcome, case.closed_on) == ("confirmed", day("2026-11-20"))
    record(li, case, "archived", "2026-11-21")
    assert refused(lambda: record(li, case, "oath", "2026-11-21"))[1].startswith("培养档案已经结束")


def test_correcting_the_last_approval_moves_the_end_of_the_case(li, zhao, applicant):
    case = on_probation(li, applicant)
    record(li, case, "confirmation", "2026-11-12", **VOTE)
    record(zhao, case, "confirmation_approval", "2026-11-20")
    case = DevelopmentCase.objects.get(pk=case.pk)

    correct_step(
        actor=zhao,
        case=case,
        version=case.version,
        code="confirmation_approval",
        done_on=day("2026-11-18"),
    )

    case.refresh_from_db()
    applicant.refresh_from_db()
    assert (case.closed_on, applicant.confirmed_on) == (day("2026-11-18"), day("2026-11-10"))


def test_a_late_approval_needs_a_reason_to_six_months(li, zhao, applicant):
    case = on_probation(li, applicant, approved=None)

    field, reason = refused(lambda: record(zhao, case, "approval", "2026-03-10"))
    assert (field, "第二十五条" in reason) == ("reason", True)
    record(zhao, case, "approval", "2026-03-10", reason="外出学习")


def test_sponsors_are_full_members_in_the_right_number(li, applicant, first_branch):
    case = case_up_to(applicant, "candidate_filed")
    full = [enrolled(name, first_branch) for name in ("高立言", "白知行", "田若水")]
    young = enrolled("陆预备", first_branch, category="probationary", confirmed_on=None)

    for chosen in ([full[0]], full, [full[0], young]):
        told = refused(
            lambda chosen=chosen: record(li, case, "introducers", "2025-07-25", sponsors=chosen)
        )
        assert told[0] == "sponsors"
    record(li, case, "introducers", "2025-07-25", sponsors=full[:2])

    names = DevelopmentSponsor.objects.filter(role="introducer").values_list("name", flat=True)
    assert sorted(names) == ["白知行", "高立言"]


def test_somebody_without_a_vote_sponsors_nobody(li, applicant, first_branch):
    case = case_up_to(applicant, "activist_filed")
    punished = enrolled("高立言", first_branch)
    DisciplineFactory(member=punished, kind="probation", decided_on=day("2024-06-01"))

    told = refused(lambda: record(li, case, "mentors", "2024-06-25", sponsors=[punished]))

    assert told == ("sponsors", "高立言 2024-06-25 时没有表决权，不能担任。")


def test_two_who_write_at_once_do_not_overwrite_one_another(li, applicant):
    case = case_up_to(applicant, "talk")

    with pytest.raises(StaleVersion):
        record_step(actor=li, case=case, version=0, code="activist", done_on=day("2024-06-03"))
    assert not DevelopmentStep.objects.filter(code="activist").exists()


# --- beside the steps --------------------------------------------------------------------------


def test_reviews_are_kept_from_the_decision_on(li, applicant):
    case = case_up_to(applicant, "talk")
    told = refused(
        lambda: record_review(
            actor=li, case=case, version=1, reviewed_on=day("2024-05-01"), conclusion=""
        )
    )
    assert told[0] == "reviewed_on"

    record(li, case, "activist", "2024-06-03")
    record_review(
        actor=li, case=case, version=2, reviewed_on=day("2024-12-01"), conclusion="表现较好"
    )
    assert case.reviews.get().conclusion == "表现较好"


@pytest.mark.parametrize("until", ["2027-05-09", "2027-11-11"])
def test_an_extension_is_neither_shorter_nor_longer_than_the_rule(li, applicant, until):
    case = on_probation(li, applicant)

    told = refused(
        lambda: extend_probation(
            actor=li, case=case, version=case.version, until=day(until), reason="考察"
        )
    )
    assert told == ("until", "延长不能少于半年、多于一年，应在 2027-05-10 到 2027-11-10 之间。")


def test_a_probation_is_extended_once_and_the_confirmation_waits(li, applicant):
    case = on_probation(li, applicant)
    extend = {"actor": li, "case": case, "until": day("2027-05-10"), "reason": "继续考察"}
    extend_probation(version=case.version, **extend)

    assert refused(lambda: extend_probation(version=case.version, **extend))[0] == "until"
    told = refused(lambda: record(li, case, "confirmation", "2026-11-20", **VOTE))
    assert told[1] == "预备期到 2027-05-10 才满，不能提前讨论转正。"


def test_a_revoked_probation_ends_membership_and_case(li, zhao, applicant):
    case = on_probation(li, applicant)

    revoke_probation(
        actor=zhao, case=case, version=case.version, on=day("2026-11-20"), reason="不履行义务"
    )

    applicant.refresh_from_db()
    case.refresh_from_db()
    assert (applicant.state, applicant.state_since) == ("probation_revoked", day("2026-11-20"))
    assert (case.outcome, case.closed_on) == ("revoked", day("2026-11-20"))
    formal = Membership.objects.get(member=applicant, kind="formal")
    assert (formal.ended_on, formal.ended_by) == (day("2026-11-20"), "exited")


def test_ending_a_case_changes_nobodys_standing(li, applicant):
    case = case_up_to(applicant, "activist")
    ending = {"actor": li, "case": case, "version": 1, "outcome": "ended", "reason": "本人申请"}

    assert refused(lambda: end_case(on=day("2024-06-02"), **ending))[0] == "on"
    end_case(on=day("2026-11-20"), **ending)

    applicant.refresh_from_db()
    case.refresh_from_db()
    assert (applicant.state, case.outcome) == (Member.State.NORMAL, "ended")
    assert refused(
        lambda: note_leaving(actor=li, case=case, version=2, leaving_on=day("2027-01-01"))
    ) == ("leaving_on", "培养档案已经结束。")


def test_somebody_on_probation_is_not_simply_ended(li, applicant):
    case = on_probation(li, applicant)

    told = refused(
        lambda: end_case(
            actor=li,
            case=case,
            version=case.version,
            on=day("2026-11-20"),
            outcome="ended",
            reason="其他",
        )
    )
    assert told == ("outcome", "已是预备党员，请用“取消预备党员资格”。")
