"""Events in the life of organisations: what each does, and what is refused with a plain reason."""

import datetime as dt
import re
from itertools import pairwise

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from branches.models import OrganizationEvent, PartyOrganization, Placement
from branches.queries.history import living
from branches.queries.kinds import may, why_not
from branches.services.events import (
    change_kind,
    dissolve_organization,
    merge_organization,
    rename_organization,
    reparent_organization,
    take_back_event,
)
from branches.services.organizations import correct_by_register, found_organization
from branches.services.tree import EventRefused
from partybuild.audit import history_of
from partybuild.journal import Journal, undo
from partybuild.localrules import lay_over
from partybuild.models import AuditEntry, LedgerFile, LocalRegulation
from partybuild.regulations import regulation
from partybuild.scoping import Scope, scoped_to
from tests.factories.branches import GrantFactory, PartyOrganizationFactory, UserFactory
from tests.factories.partybuild import LedgerFileFactory

Kind = PartyOrganization.Kind
MAY, JUNE, JULY = dt.date(2026, 5, 1), dt.date(2026, 6, 1), dt.date(2026, 7, 1)

pytestmark = pytest.mark.usefixtures("today", "everywhere")


@pytest.fixture
def general(committee):
    return PartyOrganizationFactory(name="窗口党总支", kind=Kind.GENERAL_BRANCH, superior=committee)


@pytest.fixture
def group(first_branch):
    return PartyOrganizationFactory(name="第一党小组", kind=Kind.GROUP, superior=first_branch)


def stands(organization):
    """Return from when on an organisation stood where under which name."""
    rows = organization.placements.select_related("superior")
    found = [(row.started_on, row.name, str(row.superior or ""), row.path) for row in rows]
    return sorted(found, key=lambda one: one[0] or dt.date.min)


def move(organization, superior, on=JUNE, **more):
    return reparent_organization(
        actor=None, organization=organization, superior=superior, on=on, **more
    )


def reason_of(act, **arguments):
    """Return why something is refused, and at which field."""
    with pytest.raises(EventRefused) as refusal:
        act(actor=None, **arguments)
    return str(refusal.value), refusal.value.field


def test_a_renamed_branch_keeps_its_former_name_until_that_day(first_branch):
    event = rename_organization(
        actor=None,
        organization=first_branch,
        name="综合党支部",
        short_name="综合支部",
        on=JUNE,
        document="青档党〔2026〕3号",
    )

    stored = PartyOrganization.objects.get(pk=first_branch.pk)
    assert (stored.name, stored.short_name) == ("综合党支部", "综合支部")
    assert [(start, name) for start, name, _, _ in stands(first_branch)] == [
        (None, "第一党支部"),
        (JUNE, "综合党支部"),
    ]
    assert event.document == "青档党〔2026〕3号"


def test_a_moved_branch_takes_its_groups_along(committee, first_branch, group, general):
    move(first_branch, general)

    path = f"{general.path}0001"
    assert stands(first_branch) == [
        (None, "第一党支部", committee.name, f"{committee.path}0001"),
        (JUNE, "第一党支部", general.name, path),
    ]
    assert [row[3] for row in stands(group)] == [f"{committee.path}00010001", f"{path}0001"]
    assert PartyOrganization.objects.get(pk=group.pk).path == f"{path}0001"


def test_an_organisation_that_comes_back_gets_its_former_step(
    committee, first_branch, second_branch, general
):
    former = first_branch.path
    move(first_branch, general, MAY)
    newcomer = found_organization(
        actor=None, name="第三党支部", kind=Kind.BRANCH, superior=committee, founded_on=MAY
    )
    move(first_branch, committee, JUNE)

    assert first_branch.path == former
    assert newcomer.path == f"{committee.path}0004"
    assert newcomer.path not in {first_branch.path, second_branch.path, general.path}


def test_events_may_be_entered_in_any_order(committee, first_branch, general):
    office = PartyOrganizationFactory(name="机关二党委", kind=Kind.COMMITTEE, superior=committee)
    move(general, office, JULY)
    move(first_branch, general, JUNE)
    rename_organization(actor=None, organization=general, name="综合党总支", on=MAY)

    assert [row[0] for row in stands(first_branch)] == [None, JUNE, JULY]
    assert first_branch.path == f"{general.path}0001"
    assert [(row[0], row[1]) for row in stands(general)] == [
        (None, "窗口党总支"),
        (MAY, "综合党总支"),
        (JULY, "综合党总支"),
    ]


def test_what_is_founded_under_a_superior_that_moved_stands_in_its_chain_on_any_day(
    committee, first_branch, general
):
    former = first_branch.path
    move(first_branch, general, JUNE)

    group = found_organization(
        actor=None, name="新党小组", kind=Kind.GROUP, superior=first_branch, founded_on=JULY
    )

    assert [(row[0], row[3]) for row in stands(group)] == [
        (None, f"{former}0001"),
        (JUNE, f"{first_branch.path}0001"),
    ]


def test_a_branch_may_become_a_joint_one(first_branch):
    change_kind(actor=None, organization=first_branch, kind=Kind.JOINT_BRANCH, on=JUNE)

    stored = PartyOrganization.objects.get(pk=first_branch.pk)
    assert stored.kind == Kind.JOINT_BRANCH
    assert list(first_branch.placements.values_list("kind", flat=True)) == [
        Kind.BRANCH,
        Kind.JOINT_BRANCH,
    ]


def test_a_dissolved_branch_existed_until_that_day(first_branch):
    dissolve_organization(actor=None, organization=first_branch, on=JUNE)

    exists = PartyOrganization.objects.filter(pk=first_branch.pk)
    assert exists.filter(living(dt.date(2026, 5, 31))).exists()
    assert not exists.filter(living(JUNE)).exists()


def test_a_merged_branch_ends_with_its_groups(first_branch, second_branch, group):
    event = merge_organization(actor=None, organization=first_branch, target=second_branch, on=JUNE)

    ended = PartyOrganization.objects.filter(dissolved_on=JUNE)
    assert set(ended) == {first_branch, group}
    assert [one.organization for one in event.consequences.all()] == [group]
    assert event.target == second_branch


def test_what_stands_below_a_merged_committee_comes_under_the_other(committee, general):
    other = PartyOrganizationFactory(name="二总支", kind=Kind.GENERAL_BRANCH, superior=committee)
    branch = PartyOrganizationFactory(name="窗口党支部", superior=general)

    merge_organization(actor=None, organization=general, target=other, on=JUNE)

    branch.refresh_from_db()
    assert (branch.superior, branch.path) == (other, f"{other.path}0001")


def test_every_event_leaves_one_audit_entry(first_branch, second_branch, general):
    rename_organization(actor=None, organization=first_branch, name="综合党支部", on=MAY)
    move(first_branch, general, JUNE)
    event = merge_organization(actor=None, organization=first_branch, target=second_branch, on=JULY)
    take_back_event(actor=None, event=event, reason="批复作废")

    assert list(AuditEntry.objects.order_by("sequence").values_list("action", "summary")) == [
        ("branches.organization.renamed", "第一党支部 更名为 综合党支部"),
        ("branches.organization.reparented", "综合党支部 调整隶属，上级改为 窗口党总支"),
        ("branches.organization.merged", "综合党支部 并入 第二党支部"),
        ("branches.organization.taken_back", "撤回 综合党支部 的合并"),
    ]


def test_the_history_of_a_record_stays_whole_when_it_moves(first_branch, general, committee):
    rename_organization(actor=None, organization=first_branch, name="综合党支部", on=MAY)
    move(first_branch, general, JUNE)

    with scoped_to(Scope((first_branch.path,))):
        told = [entry.action for entry in history_of(first_branch)]

    assert told == ["branches.organization.reparented", "branches.organization.renamed"]


def test_grants_go_with_the_organisation(first_branch, general, group):
    secretary = UserFactory()
    GrantFactory(user=secretary, organization=first_branch)

    move(first_branch, general)

    scope = secretary.scope_for("members.view_member")
    assert scope == Scope((PartyOrganization.objects.get(pk=first_branch.pk).path,))
    assert scope.covers(PartyOrganization.objects.get(pk=group.pk).path)


def test_a_ledger_file_stays_where_it_was_built(first_branch, general):
    former = first_branch.path
    LedgerFileFactory(place=former)

    move(first_branch, general)

    assert LedgerFile.objects.get().place == former


# --- local rules go with their organisation ---------------------------------------------------


def rules_in_force():
    rows = LocalRegulation.objects.order_by("in_force_from", "pk")
    return list(rows.values_list("place", "in_force_from", "in_force_to"))


def own_rule(place):
    return lay_over(
        actor=None,
        place=place,
        code="activities.party_day",
        values={"day": 15},
        in_force_from=dt.date(2026, 1, 1),
        document="青档党〔2026〕1号",
    )


def test_a_local_rule_goes_on_at_the_new_place(first_branch, general, group):
    own_rule(first_branch)
    former = first_branch.path

    move(first_branch, general)

    assert rules_in_force() == [
        (former, dt.date(2026, 1, 1), dt.date(2026, 5, 31)),
        (first_branch.path, JUNE, None),
    ]
    here = PartyOrganization.objects.get(pk=group.pk).path
    assert regulation("activities.party_day", on=JULY, place=here).values["day"] == 15


def test_a_local_rule_is_whole_again_when_the_move_is_taken_back(first_branch, general):
    rule = own_rule(first_branch)
    before = rules_in_force()

    take_back_event(actor=None, event=move(first_branch, general), reason="登记有误")

    assert rules_in_force() == before
    assert LocalRegulation.objects.get().public_id == rule.public_id


def test_a_rule_of_the_new_superior_binds_from_the_move_on(committee, first_branch):
    other = PartyOrganizationFactory(name="二党委", kind=Kind.COMMITTEE, superior=committee)
    own_rule(other)

    move(first_branch, other)

    now = regulation("activities.party_day", on=JULY, place=first_branch.path)
    assert now.values["day"] == 15
    assert rules_in_force() == [(other.path, dt.date(2026, 1, 1), None)]


# --- taking back ------------------------------------------------------------------------------


def test_a_move_taken_back_leaves_no_trace_in_the_tree(first_branch, group, general):
    before = list(Placement.objects.order_by("organization", "started_on").values())
    event = move(first_branch, general)

    take_back_event(actor=None, event=event, reason="登记有误")

    after = list(Placement.objects.order_by("organization", "started_on").values())
    assert after == before
    group.refresh_from_db()
    assert group.path == f"{PartyOrganization.objects.get(pk=first_branch.pk).path}0001"


def test_a_merge_taken_back_brings_branch_and_groups_back(first_branch, second_branch, group):
    event = merge_organization(actor=None, organization=first_branch, target=second_branch, on=JUNE)

    take_back_event(actor=None, event=event, reason="批复作废")

    assert not PartyOrganization.objects.filter(dissolved_on__isnull=False).exists()
    assert OrganizationEvent.objects.count() == 0


def test_a_founding_is_taken_back_only_while_nothing_hangs_on_it(committee):
    founded = found_organization(
        actor=None, name="第九党支部", kind=Kind.BRANCH, superior=committee, founded_on=MAY
    )
    grant = GrantFactory(organization=founded)
    event = founded.events.get()

    assert reason_of(take_back_event, event=event, reason="误建") == (
        "已有“授权”与它相连，不能撤回设立；不再需要时请办理撤销。",
        "",
    )
    grant.delete()
    take_back_event(actor=None, event=event, reason="误建")
    assert not PartyOrganization.objects.filter(name="第九党支部").exists()


def test_a_founding_is_not_taken_back_before_what_came_later(committee):
    founded = found_organization(
        actor=None, name="第九党支部", kind=Kind.BRANCH, superior=committee, founded_on=MAY
    )
    rename_organization(actor=None, organization=founded, name="第十党支部", on=JUNE)
    event = founded.events.get(kind=OrganizationEvent.Kind.FOUNDED)

    assert reason_of(take_back_event, event=event, reason="误建") == (
        "它还登记有别的沿革，请先撤回那些。",
        "",
    )


def test_a_dissolution_is_not_taken_back_under_a_superior_that_is_gone(committee, general):
    branch = PartyOrganizationFactory(name="窗口党支部", superior=general)
    event = dissolve_organization(actor=None, organization=branch, on=MAY)
    dissolve_organization(actor=None, organization=general, on=JUNE)

    assert reason_of(take_back_event, event=event, reason="误撤") == (
        "上级“窗口党总支”已于 2026-06-01 撤销。",
        "superior",
    )


def test_an_event_is_taken_back_once(first_branch):
    event = rename_organization(actor=None, organization=first_branch, name="综合党支部", on=MAY)
    again = OrganizationEvent.objects.get(pk=event.pk)
    take_back_event(actor=None, event=event, reason="误")

    assert reason_of(take_back_event, event=again, reason="误") == ("这一项已经撤回了。", "")


def test_what_came_with_a_merge_goes_with_it(first_branch, second_branch, group):
    event = merge_organization(actor=None, organization=first_branch, target=second_branch, on=JUNE)

    assert reason_of(take_back_event, event=event.consequences.get(), reason="误") == (
        "它随“合并 第一党支部”而来，请撤回那一项。",
        "",
    )


# --- bad input --------------------------------------------------------------------------------


def test_nothing_is_dated_ahead_before_the_founding_or_after_the_end(first_branch, second_branch):
    dissolve_organization(actor=None, organization=second_branch, on=JUNE)

    def refused(organization, on):
        return reason_of(rename_organization, organization=organization, name="新名", on=on)

    assert refused(first_branch, dt.date(2026, 11, 22)) == (
        "这一天还没到，请到那天再登记。",
        "on",
    )
    assert refused(first_branch, dt.date(2016, 3, 1)) == ("应晚于成立日期 2016-03-01。", "on")
    assert refused(second_branch, JULY) == ("它已于 2026-06-01 撤销。", "on")


@pytest.mark.parametrize("end", ["dissolve", "merge"])
def test_no_organisation_ends_before_what_happened_to_it_later(committee, first_branch, end):
    place = PartyOrganizationFactory(name="短命党支部", superior=committee)
    rename_organization(actor=None, organization=place, name="改名党支部", on=JULY)
    how = dissolve_organization if end == "dissolve" else merge_organization
    into = {} if end == "dissolve" else {"target": first_branch}

    assert reason_of(how, organization=place, on=JUNE, **into) == (
        "2026-07-01 还登记有“更名 改名党支部”，它的结束不能更早；登记错了，请先撤回那一项。",
        "on",
    )
    assert how(actor=None, organization=place, on=JULY, **into).happened_on == JULY


def test_no_organisation_ends_before_another_is_merged_into_it(committee, first_branch):
    place = PartyOrganizationFactory(name="并入党支部", superior=committee)
    merge_organization(actor=None, organization=place, target=first_branch, on=JUNE)

    for on in (MAY, JUNE):
        told, _ = reason_of(dissolve_organization, organization=first_branch, on=on)
        assert told.startswith("2026-06-01 还登记有“合并 并入党支部”")
    assert dissolve_organization(actor=None, organization=first_branch, on=JULY).happened_on == JULY


def test_one_event_of_a_kind_on_one_day(first_branch):
    rename_organization(actor=None, organization=first_branch, name="综合党支部", on=JUNE)

    assert reason_of(
        rename_organization, organization=first_branch, name="办公室党支部", on=JUNE
    ) == ("这一天已登记过一次更名，请先撤回那一次。", "on")


def test_a_name_is_taken_once_below_one_superior(first_branch, second_branch, committee):
    words = f"“{committee}”下面已有“第二党支部”，同一上级下不能重名。"

    assert reason_of(
        rename_organization, organization=first_branch, name="第二党支部", on=JUNE
    ) == (words, "name")
    assert reason_of(
        found_organization, name="第二党支部", kind=Kind.BRANCH, superior=committee
    ) == (words, "name")
    assert OrganizationEvent.objects.count() == 0


def test_a_rename_says_something_new(first_branch):
    assert reason_of(
        rename_organization, organization=first_branch, name="第一党支部", on=JUNE
    ) == ("名称和简称都没有变。", "name")


def test_nobody_stands_below_itself(committee, general, first_branch):
    office = PartyOrganizationFactory(name="下属党委", kind=Kind.COMMITTEE, superior=committee)
    below = PartyOrganizationFactory(name="基层党委", kind=Kind.COMMITTEE, superior=office)

    assert reason_of(reparent_organization, organization=office, superior=office, on=JUNE) == (
        "上级不能是它自己。",
        "superior",
    )
    assert reason_of(reparent_organization, organization=office, superior=below, on=JUNE) == (
        "“基层党委”是它的下级，不能作它的上级。",
        "superior",
    )


def test_a_circle_that_a_later_event_would_close_is_refused(committee):
    one = PartyOrganizationFactory(name="甲党委", kind=Kind.COMMITTEE, superior=committee)
    other = PartyOrganizationFactory(name="乙党委", kind=Kind.COMMITTEE, superior=committee)
    move(one, other, JULY)

    assert reason_of(reparent_organization, organization=other, superior=one, on=JUNE) == (
        "从 2026-07-01 起，“甲党委”和“乙党委”会互为上下级，请换一个上级。",
        "superior",
    )
    assert OrganizationEvent.objects.count() == 1


def test_a_superior_exists_on_that_day(first_branch, general, committee):
    late = found_organization(
        actor=None, name="新党总支", kind=Kind.GENERAL_BRANCH, superior=committee, founded_on=JULY
    )
    dissolve_organization(actor=None, organization=general, on=MAY)

    assert reason_of(reparent_organization, organization=first_branch, superior=late, on=JUNE) == (
        "“新党总支”到 2026-07-01 才成立。",
        "superior",
    )
    assert reason_of(
        reparent_organization, organization=first_branch, superior=general, on=JUNE
    ) == ("“窗口党总支”已于 2026-05-01 撤销。", "superior")


def test_a_superior_that_ends_later_is_refused_too(first_branch, general):
    dissolve_organization(actor=None, organization=general, on=JULY)

    assert reason_of(
        reparent_organization, organization=first_branch, superior=general, on=JUNE
    ) == ("上级“窗口党总支”已于 2026-07-01 撤销。", "superior")


def test_groups_stand_below_branches_and_branches_below_no_branch(
    committee, first_branch, second_branch, group
):
    assert reason_of(reparent_organization, organization=group, superior=committee, on=JUNE) == (
        "党小组的上级只能是党支部。（第一党小组）",
        "superior",
    )
    assert reason_of(
        reparent_organization, organization=second_branch, superior=first_branch, on=JUNE
    ) == ("党支部下面只能设党小组。（第二党支部）", "superior")


def test_a_branch_with_groups_does_not_become_a_general_branch(first_branch, group):
    assert reason_of(change_kind, organization=first_branch, kind=Kind.GENERAL_BRANCH, on=JUNE) == (
        "党小组的上级只能是党支部。（第一党小组）",
        "superior",
    )


def test_no_dissolution_over_the_heads_of_subordinates(first_branch, group):
    assert reason_of(dissolve_organization, organization=first_branch, on=JUNE) == (
        "下级“第一党小组”还在，请先调整它的隶属或撤销它。",
        "on",
    )


def test_no_merge_into_itself_a_descendant_or_what_is_gone(committee, first_branch, second_branch):
    dissolve_organization(actor=None, organization=second_branch, on=MAY)

    def refused(organization, target):
        return reason_of(merge_organization, organization=organization, target=target, on=JUNE)

    assert refused(first_branch, first_branch) == ("不能并入它自己。", "target")
    assert refused(committee, first_branch) == ("不能并入自己的下级。", "target")
    assert refused(first_branch, second_branch) == (
        "“第二党支部”已于 2026-05-01 撤销。",
        "target",
    )
    assert refused(first_branch, committee) == (
        "党支部只能并入党支部，党委、党总支只能并入党委、党总支。",
        "target",
    )


def test_a_committee_moves_things_inside_its_own_subtree_only(
    committee, first_branch, foreign_committee
):
    with scoped_to(Scope((committee.path,))), pytest.raises(PermissionDenied):
        move(first_branch, foreign_committee)
    with scoped_to(Scope((foreign_committee.path,))), pytest.raises(PermissionDenied):
        move(first_branch, foreign_committee)


# --- what a register says -------------------------------------------------------------------


def test_a_register_renames_from_its_day_on_and_can_be_taken_back(first_branch, second_branch):
    journal = Journal()
    journal.watch(first_branch)
    first_branch.name = "综合党支部"

    correct_by_register([first_branch, second_branch], journal, on=JUNE)

    assert [(row[0], row[1]) for row in stands(first_branch)] == [
        (None, "第一党支部"),
        (JUNE, "综合党支部"),
    ]
    assert OrganizationEvent.objects.get().happened_on == JUNE
    undo([entry.as_json() for entry in journal.entries()])
    assert [(row[0], row[1]) for row in stands(first_branch)] == [(None, "第一党支部")]
    assert OrganizationEvent.objects.count() == 0


def test_a_register_may_say_the_former_name_again(first_branch):
    rename_organization(actor=None, organization=first_branch, name="综合党支部", on=JULY)
    first_branch.name = "第一党支部"

    correct_by_register([first_branch], Journal(), on=JUNE)

    assert {row[1] for row in stands(first_branch)} == {"第一党支部"}
    assert PartyOrganization.objects.get(pk=first_branch.pk).name == "第一党支部"
    assert OrganizationEvent.objects.get().name == "第一党支部"


# --- size -------------------------------------------------------------------------------------


def queries_of_a_move(committee, size):
    """Move a committee with `size` branches; return what was asked and written of which table.

    Many rows are written in chunks: those that follow one another count as one.
    """
    top = PartyOrganizationFactory(name=f"党委{size}", kind=Kind.COMMITTEE, superior=committee)
    goal = PartyOrganizationFactory(name=f"上级{size}", kind=Kind.COMMITTEE, superior=committee)
    for number in range(size):
        PartyOrganizationFactory(name=f"支部{number}", superior=top)
    with CaptureQueriesContext(connection) as asked:
        move(top, goal)
    told = [re.findall(r'^[A-Z]+|"(?:branches|partybuild)_[a-z]+"', q["sql"])[:2] for q in asked]
    told = [one for one in told if one[0] in {"SELECT", "INSERT", "UPDATE", "DELETE"}]
    pairs = pairwise([None, *told])
    return [one for before, one in pairs if one != before or one[0] == "SELECT"]


def test_a_move_asks_the_same_for_few_and_many(committee):
    queries_of_a_move(committee, 1)  # the first audit entry makes the head of the chain

    assert queries_of_a_move(committee, 3) == queries_of_a_move(committee, 300)


def test_a_temporary_branch_collects_no_dues(committee, first_branch):
    temporary = PartyOrganizationFactory(kind=Kind.TEMPORARY_BRANCH, superior=committee)

    assert may(first_branch, "dues", on=JUNE)
    assert not may(temporary, "dues", on=JUNE)
    assert why_not(temporary, "election", on=JUNE) == (
        "临时党支部不换届选举（《中国共产党支部工作条例（试行）》第八条）。"
    )
