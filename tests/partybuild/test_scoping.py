"""The lock: nothing is read or written outside an open scope, nor beyond it."""

# ruff: noqa: PLW0108 -- the questions read as they are asked elsewhere

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import async_to_sync
from django import forms
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connections, transaction
from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.http import StreamingHttpResponse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from activities.models import Activity, Attendance, Meeting
from branches.models import PartyOrganization
from members.models import Member, Membership
from partybuild import paths
from partybuild.scoping import (
    EVERYTHING,
    NOTHING,
    Scope,
    ScopeMissing,
    activate,
    active_scope,
    deactivate,
    everything,
    scoped_to,
    within,
)
from tests.factories.activities import ActivityFactory, AttendanceFactory, MeetingFactory
from tests.factories.branches import PartyOrganizationFactory
from tests.factories.members import MemberFactory, MembershipFactory


async def all_of(rows):
    return [row async for row in rows]


def waited_for(ask):
    """Return how to wait for an answer: in a new thread, as the browser driver's loop may run in ours.

    The thread is lent our connection, in whose transaction the test takes place.
    """

    async def answer():
        return await ask()

    def wait():
        ours = connections["default"]

        def there():
            connections["default"] = ours
            return async_to_sync(answer)()

        ours.inc_thread_sharing()
        try:
            with ThreadPoolExecutor(max_workers=1) as thread:
                return thread.submit(there).result()
        finally:
            ours.dec_thread_sharing()

    return wait


async def _asynchronously(method, *args, **kwargs):
    return await getattr(Member.objects, method)(*args, **kwargs)


def _member():
    return Member(branch_id=1, name="无人知晓", category=Member.Category.FULL)


ASKING = {
    "list": lambda: list(Member.objects.all()),
    "len": lambda: len(Member.objects.all()),
    "truth": lambda: bool(Member.objects.all()),
    "representation": lambda: repr(Member.objects.all()),
    "get": lambda: Member.objects.get(pk=1),
    "first": lambda: Member.objects.first(),
    "last": lambda: Member.objects.last(),
    "earliest": lambda: Member.objects.earliest("joined_on"),
    "latest": lambda: Member.objects.latest("joined_on"),
    "count": lambda: Member.objects.count(),
    "exists": lambda: Member.objects.exists(),
    "contains": lambda: Member.objects.contains(Member(pk=1)),
    "aggregate": lambda: Member.objects.aggregate(Count("pk")),
    "annotate": lambda: list(Member.objects.annotate(Count("memberships"))),
    "alias": lambda: list(Member.objects.alias(times=Count("memberships"))),
    "values": lambda: list(Member.objects.values("name")),
    "values_list": lambda: list(Member.objects.values_list("name")),
    "dates": lambda: list(Member.objects.dates("joined_on", "year")),
    "datetimes": lambda: list(Activity.objects.datetimes("recorded_at", "day")),
    "in_bulk": lambda: Member.objects.in_bulk(),
    "in_bulk of some": lambda: Member.objects.in_bulk([1]),
    "iterator": lambda: list(Member.objects.iterator()),
    "explain": lambda: Member.objects.explain(),
    "slice": lambda: Member.objects.all()[:1],
    "index": lambda: Member.objects.all()[0],
    "filter": lambda: Member.objects.filter(name="李秀岩"),
    "exclude": lambda: Member.objects.exclude(name="李秀岩"),
    "complex filter": lambda: Member.objects.complex_filter({"name": "李秀岩"}),
    "order_by": lambda: Member.objects.order_by("pk"),
    "reverse": lambda: Member.objects.reverse(),
    "distinct": lambda: Member.objects.distinct(),
    "only": lambda: Member.objects.only("name"),
    "defer": lambda: Member.objects.defer("name"),
    "extra": lambda: Member.objects.extra(where=["1=1"]),
    "select_related": lambda: Member.objects.select_related("branch"),
    "prefetch_related": lambda: Member.objects.prefetch_related("memberships"),
    "select_for_update": lambda: Member.objects.select_for_update(),
    "union": lambda: Member.objects.union(Member.objects.all()),
    "intersection": lambda: Member.objects.intersection(Member.objects.all()),
    "difference": lambda: Member.objects.difference(Member.objects.all()),
    "or": lambda: Member.objects.all() | Member.objects.all(),
    "and": lambda: Member.objects.all() & Member.objects.all(),
    "query": lambda: Member.objects.all().query,
    "pk__in": lambda: list(PartyOrganization.objects.filter(pk__in=Member.objects.all())),
    "raw": lambda: Member.objects.raw("SELECT * FROM members_member"),
    "create": lambda: Member.objects.create(branch_id=1, name="新人"),
    "save": lambda: _member().save(),
    "bulk_create": lambda: Member.objects.bulk_create([_member()]),
    "bulk_update": lambda: Member.objects.bulk_update([Member(pk=1)], ["name"]),
    "get_or_create": lambda: Member.objects.get_or_create(name="新人"),
    "update_or_create": lambda: Member.objects.update_or_create(name="新人"),
    "update": lambda: Member.objects.update(name="新人"),
    "delete": lambda: Member.objects.all().delete(),
    "delete a row": lambda: Member(pk=1).delete(),
    "save a stored row": lambda: Member.from_db("default", ["id"], [1]).save(),
    "refresh a row": lambda: Member(pk=1).refresh_from_db(),
    "a deferred field": lambda: Member.from_db("default", ["id"], [1]).name,
    "check for uniqueness": lambda: PartyOrganization(code="X").validate_unique(),
    "related rows": lambda: PartyOrganization(pk=1).files.all(),
    "count of related rows": lambda: PartyOrganization(pk=1).files.count(),
    "a new related row": lambda: PartyOrganization(pk=1).files.create(name="新人"),
    "trashed rows": lambda: list(Activity.trashed.all()),
    "default manager": lambda: list(Member._default_manager.all()),
    "another database": lambda: list(Member.objects.using("default")),
    "active scope": lambda: active_scope(),
    "narrowing": lambda: within("0001").__enter__(),
    "aget": waited_for(lambda: _asynchronously("aget", pk=1)),
    "afirst": waited_for(lambda: _asynchronously("afirst")),
    "alast": waited_for(lambda: _asynchronously("alast")),
    "acount": waited_for(lambda: _asynchronously("acount")),
    "aexists": waited_for(lambda: _asynchronously("aexists")),
    "aaggregate": waited_for(lambda: _asynchronously("aaggregate", Count("pk"))),
    "ain_bulk": waited_for(lambda: _asynchronously("ain_bulk")),
    "aexplain": waited_for(lambda: _asynchronously("aexplain")),
    "acreate": waited_for(lambda: _asynchronously("acreate", branch_id=1)),
    "abulk_create": waited_for(lambda: _asynchronously("abulk_create", [_member()])),
    "abulk_update": waited_for(lambda: _asynchronously("abulk_update", [Member(pk=1)], ["name"])),
    "aget_or_create": waited_for(lambda: _asynchronously("aget_or_create", name="新人")),
    "aupdate_or_create": waited_for(lambda: _asynchronously("aupdate_or_create", name="新人")),
    "aupdate": waited_for(lambda: _asynchronously("aupdate", name="新人")),
    "adelete": waited_for(lambda: Member.objects.all().adelete()),
    "aiterator": waited_for(lambda: all_of(Member.objects.aiterator())),
    "async for": waited_for(lambda: all_of(Member.objects.all())),
    "asave": waited_for(lambda: _member().asave()),
    "arefresh": waited_for(lambda: Member(pk=1).arefresh_from_db()),
}


@pytest.mark.parametrize("ask", ASKING.values(), ids=ASKING.keys())
def test_asking_without_a_scope_raises(ask, db):
    refused = TypeError if ask is ASKING["raw"] else ScopeMissing

    with pytest.raises(refused):
        ask()


def test_a_subquery_without_a_scope_raises(db):
    with everything(reason="only the inner question lacks a scope"):
        organizations = PartyOrganization.objects.all()

    with pytest.raises(ScopeMissing):
        list(organizations.annotate(has_files=Exists(Member.objects.all())))


def test_an_iterator_held_back_until_the_scope_has_closed_raises(li, first_branch):
    def names():
        for member in Member.objects.all():
            yield member.name

    with scoped_to(Scope((first_branch.path,))):
        response = StreamingHttpResponse(names())

    with pytest.raises(ScopeMissing):
        list(response.streaming_content)


def test_a_new_thread_starts_without_a_scope(first_branch):
    caught = []

    def ask():
        try:
            Member.objects.count()
        except ScopeMissing as problem:
            caught.append(problem)

    with everything(reason="the thread must not inherit this"):
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()

    assert [str(problem) for problem in caught] == ["Member was read outside any scope."]


def test_a_pending_queryset_becomes_scoped_inside_a_scope(li, wang, first_branch):
    pending = Member.objects.all()

    with scoped_to(Scope((first_branch.path,))):
        names = [member.name for member in pending.all()]

    assert names == ["李秀岩"]


def test_a_pending_queryset_of_trashed_rows_stays_one(first_branch):
    trashed = ActivityFactory(organization=first_branch, deleted_at=timezone.now())
    ActivityFactory(organization=first_branch)
    pending = Activity.trashed.all().all()

    with scoped_to(Scope((first_branch.path,))):
        found = list(pending.all())

    assert found == [trashed]


CHAINED = {
    "filter": lambda rows: rows.filter(name="李秀岩"),
    "exclude": lambda rows: rows.exclude(name="李秀岩"),
    "order_by": lambda rows: rows.order_by("-name"),
    "distinct": lambda rows: rows.distinct(),
    "reverse": lambda rows: rows.reverse(),
}


@pytest.mark.parametrize("chain", CHAINED.values(), ids=CHAINED.keys())
def test_a_condition_on_a_pending_queryset_is_refused_rather_than_lost(chain, li, first_branch):
    pending = Member.objects.all()

    with scoped_to(Scope((first_branch.path,))), pytest.raises(ScopeMissing):
        chain(pending)


KEPT = {
    "annotate": lambda rows: rows.annotate(held=Count("memberships")).values_list("held"),
    "values": lambda rows: rows.values_list("memberships__kind"),
    "slice": lambda rows: rows[:1],
    "select_related": lambda rows: rows.select_related("branch").values_list("branch__code"),
    "prefetch_related": lambda rows: [len(row.memberships.all()) for row in rows],
}


@pytest.mark.parametrize("chain", KEPT.values(), ids=KEPT.keys())
def test_what_a_pending_queryset_lets_through_is_kept(chain, li, first_branch):
    pending = Member.objects.all()

    with scoped_to(Scope((first_branch.path,))):
        through_pending, directly = list(chain(pending.all())), list(chain(Member.objects.all()))

    assert through_pending == directly


def test_nothing_can_be_bulk_created_on_a_pending_queryset(first_branch):
    pending = Member.objects.all()

    with scoped_to(EVERYTHING), pytest.raises(ScopeMissing):
        pending.bulk_create([_member()])


def test_none_asks_nothing_and_still_guards_what_is_written(first_branch, second_branch):
    stranger = Member(branch=second_branch, name="外人", category=Member.Category.FULL)
    nothing = Member.objects.none()

    assert list(nothing) == []
    with scoped_to(Scope((first_branch.path,))), pytest.raises(PermissionDenied):
        nothing.bulk_create([stranger])


def test_a_scope_shows_its_subtree_and_nothing_else(cast, first_branch, second_branch):
    with scoped_to(Scope((first_branch.path,))):
        names = sorted(member.name for member in Member.objects.all())

    assert names == ["孙知远", "李秀岩"]


def test_several_subtrees_are_shown_together(cast, first_branch, foreign_branch):
    with scoped_to(Scope.of([first_branch.path, foreign_branch.path])):
        names = sorted(member.name for member in Member.objects.all())

    assert names == ["孙知远", "李秀岩", "钱别浦"]


def test_an_empty_scope_sees_nothing(cast):
    with scoped_to(NOTHING):
        seen = Member.objects.count(), PartyOrganization.objects.count(), Membership.objects.count()

    assert seen == (0, 0, 0)


def test_everything_sees_everybody(cast):
    with everything(reason="counting all of them"):
        names = sorted(member.name for member in Member.objects.all())

    assert names == ["孙知远", "李秀岩", "王若川", "钱别浦"]


@pytest.mark.parametrize("reason", ["", None])
def test_everything_needs_a_reason(reason):
    with pytest.raises(ValueError, match="needs a reason"), everything(reason=reason):
        pass


def test_within_narrows_and_gives_back(cast, committee, first_branch, foreign_branch):
    with scoped_to(Scope((committee.path,))) as wide:
        with within(first_branch.path) as narrow:
            names = sorted(member.name for member in Member.objects.all())
        with within(foreign_branch.path) as elsewhere:
            strangers = Member.objects.count()
        after = active_scope()

    assert (narrow, elsewhere, after) == (Scope((first_branch.path,)), NOTHING, wide)
    assert (names, strangers) == (["孙知远", "李秀岩"], 0)


def test_within_a_wider_place_stays_as_narrow_as_before(committee, first_branch):
    with scoped_to(Scope((first_branch.path,))), within(committee.path) as scope:
        pass

    assert scope == Scope((first_branch.path,))


def test_a_scope_closes_when_its_block_fails():
    with pytest.raises(ZeroDivisionError), everything(reason="it will fail"):
        1 / 0  # noqa: B018 -- the failure is the point

    with pytest.raises(ScopeMissing):
        active_scope()


def test_deactivate_gives_back_what_was_open_before():
    token = activate(NOTHING)
    inner = activate(EVERYTHING)
    deactivate(inner)
    middle = active_scope()
    deactivate(token)

    assert middle == NOTHING


def test_prefetch_shows_only_rows_of_the_scope(committee, first_branch, second_branch):
    member = MemberFactory(branch=first_branch)
    own = MembershipFactory(member=member, ended_on=dt.date(2026, 1, 1))
    MembershipFactory(member=member, organization=second_branch)

    with scoped_to(Scope((first_branch.path,))):
        plain = Member.objects.prefetch_related("memberships").get()
        chosen = Member.objects.prefetch_related(Prefetch("memberships", to_attr="held")).get()

    assert list(plain.memberships.all()) == [own]
    assert chosen.held == [own]


def test_select_related_narrows_by_the_rows_own_place(cast, first_branch):
    with scoped_to(Scope((first_branch.path,))):
        rows = Membership.objects.select_related("member", "organization")
        seen = sorted((row.member.name, row.organization.name) for row in rows)

    assert seen == [("孙知远", "第一党支部"), ("李秀岩", "第一党支部")]


def test_subqueries_and_counts_are_narrowed_too(cast, committee, first_branch):
    with scoped_to(Scope((first_branch.path,))):
        inner = Member.objects.all()
        outer = PartyOrganization.objects.filter(pk__in=inner.values("branch"))
        marked = PartyOrganization.objects.annotate(
            has_files=Exists(Member.objects.filter(branch=OuterRef("pk")))
        )
        seen = list(outer), [row.has_files for row in marked]

    assert seen == ([first_branch], [True])


def test_a_union_is_made_of_two_narrowed_halves(cast, first_branch):
    with scoped_to(Scope((first_branch.path,))):
        people = Member.objects.order_by()
        both = people.filter(name="李秀岩").union(people.exclude(name="李秀岩"))
        names = sorted(member.name for member in both)

    assert names == ["孙知远", "李秀岩"]


def test_raw_sql_is_refused_inside_a_scope_as_well(first_branch):
    with everything(reason="even here"), pytest.raises(TypeError, match="cannot be scoped"):
        Member.objects.raw("SELECT * FROM members_member")


class MemberForm(forms.ModelForm):
    class Meta:
        model = Member
        fields = ["branch", "name", "category"]


def test_a_form_made_at_import_time_offers_the_open_scope_only(first_branch, second_branch):
    with scoped_to(Scope((first_branch.path,))):
        offered = list(MemberForm().fields["branch"].queryset)

    assert offered == [first_branch]


def test_a_form_refuses_a_place_outside_the_scope(first_branch, second_branch):
    typed = {"name": "新人", "category": "full"}

    with scoped_to(Scope((first_branch.path,))):
        own = MemberForm({**typed, "branch": first_branch.pk})
        foreign = MemberForm({**typed, "branch": second_branch.pk})
        validity = own.is_valid(), foreign.is_valid()

    assert validity == (True, False)
    assert list(foreign.errors) == ["branch"]


def test_a_form_for_something_inside_a_trashed_row_is_refused(first_branch):
    class MeetingForm(forms.ModelForm):
        class Meta:
            model = Meeting
            fields = ["activity", "kind"]

    alive = ActivityFactory(organization=first_branch)
    gone = ActivityFactory(organization=first_branch, deleted_at=timezone.now())

    with scoped_to(Scope((first_branch.path,))):
        validity = [
            MeetingForm({"activity": activity.pk, "kind": "party_day"}).is_valid()
            for activity in (alive, gone)
        ]

    assert validity == [True, False]


@pytest.fixture
def stranger(second_branch):
    """A member of the second branch, held by code that now runs in the scope of the first."""
    return MemberFactory(branch=second_branch, name="外人")


def name_of(member):
    with everything(reason="what the database says"):
        return Member.objects.values_list("name", "branch__name").get(pk=member.pk)


def test_a_row_held_from_elsewhere_cannot_be_saved(first_branch, stranger):
    stranger.name = "改名"

    with scoped_to(Scope((first_branch.path,))), pytest.raises(PermissionDenied):
        stranger.save()

    assert name_of(stranger) == ("外人", "第二党支部")


def test_a_row_held_from_elsewhere_cannot_be_moved_over(first_branch, stranger):
    stranger.branch = first_branch

    with scoped_to(Scope((first_branch.path,))), pytest.raises(PermissionDenied):
        stranger.save()

    assert name_of(stranger) == ("外人", "第二党支部")


def test_a_row_held_from_elsewhere_cannot_be_added_to_a_place(first_branch, stranger):
    with scoped_to(Scope((first_branch.path,))):
        for method in ("add", "aadd", "set", "aset"):
            with pytest.raises(TypeError, match="not added"):
                getattr(first_branch.files, method)(stranger)

    assert name_of(stranger) == ("外人", "第二党支部")


def test_a_row_held_from_elsewhere_cannot_be_deleted(first_branch, stranger):
    with scoped_to(Scope((first_branch.path,))), pytest.raises(PermissionDenied):
        stranger.delete()

    assert name_of(stranger) == ("外人", "第二党支部")


def test_a_row_held_from_elsewhere_cannot_be_bulk_updated(first_branch, stranger):
    stranger.name = "改名"

    with scoped_to(Scope((first_branch.path,))):
        with pytest.raises(PermissionDenied):
            Member.objects.bulk_update([stranger], ["name"])
        stranger.branch = first_branch
        changed = Member.objects.bulk_update([stranger], ["name"])

    assert changed == 0
    assert name_of(stranger) == ("外人", "第二党支部")


def test_a_new_row_with_the_key_of_a_foreign_one_does_not_overwrite_it(first_branch, stranger):
    impostor = Member(pk=stranger.pk, branch=first_branch, name="冒名", category="full")

    with scoped_to(Scope((first_branch.path,))):
        with pytest.raises(IntegrityError), transaction.atomic():
            impostor.save()
        with pytest.raises(ValueError, match="force"):
            impostor.save(force_update=True)

    assert name_of(stranger) == ("外人", "第二党支部")


def test_bulk_create_does_not_overwrite_a_foreign_row(first_branch, second_branch):
    stranger = MemberFactory(branch=second_branch, name="外人", id_number_index="a" * 64)
    impostor = Member(branch=first_branch, name="冒名", category="full", id_number_index="a" * 64)

    with scoped_to(Scope((first_branch.path,))), pytest.raises(TypeError, match="update"):
        Member.objects.bulk_create(
            [impostor],
            update_conflicts=True,
            unique_fields=["id_number_index"],
            update_fields=["name", "branch"],
        )

    assert name_of(stranger) == ("外人", "第二党支部")


def test_a_row_of_elsewhere_cannot_be_read_through_its_key(first_branch, stranger):
    with scoped_to(Scope((first_branch.path,))), pytest.raises(Member.DoesNotExist):
        Member(pk=stranger.pk).refresh_from_db()


def test_an_own_row_can_be_read_again(first_branch):
    member = MemberFactory(branch=first_branch, name="甲")

    with scoped_to(Scope((first_branch.path,))):
        Member.objects.update(name="乙")
        member.refresh_from_db()
        thin = Member.objects.only("branch").get(pk=member.pk)
        names = member.name, thin.name

    assert names == ("乙", "乙")


def test_an_own_row_is_read_again_from_the_rows_that_were_named(first_branch):
    member = MemberFactory(branch=first_branch, name="甲")

    with scoped_to(Scope((first_branch.path,))), pytest.raises(Member.DoesNotExist):
        member.refresh_from_db(from_queryset=Member.objects.filter(name="乙"))


def test_an_own_row_can_be_deleted(first_branch, stranger):
    member = MemberFactory(branch=first_branch, name="甲")

    with scoped_to(Scope((first_branch.path,))):
        member.delete()

    with everything(reason="what the database says"):
        assert list(Member.objects.all()) == [stranger]


def test_update_may_not_move_rows(first_branch, second_branch):
    MemberFactory(branch=first_branch)

    with everything(reason="not even with everything open"):
        for fields in ({"branch": second_branch}, {"branch_id": second_branch.pk}):
            with pytest.raises(TypeError, match="may not move"):
                Member.objects.update(**fields)
        with pytest.raises(TypeError, match="may not move"):
            PartyOrganization.objects.update(path="0009")


def test_update_and_delete_reach_only_rows_of_the_scope(cast, first_branch):
    with scoped_to(Scope((first_branch.path,))):
        changed = Membership.objects.update(started_on=dt.date(2021, 1, 1))
        deleted, _ = Membership.objects.all().delete()

    with everything(reason="what the database says"):
        left = Membership.objects.values_list("member__name", "started_on").order_by("pk")
        assert (changed, deleted) == (2, 2)
        assert list(left) == [("王若川", dt.date(2020, 1, 1)), ("钱别浦", dt.date(2020, 1, 1))]


def test_update_or_create_does_not_find_a_foreign_row(first_branch, stranger):
    with scoped_to(Scope((first_branch.path,))):
        made, created = Member.objects.update_or_create(
            name="外人", defaults={"branch": first_branch, "category": "full"}
        )

    assert (created, made.pk == stranger.pk) == (True, False)
    assert name_of(stranger) == ("外人", "第二党支部")


CREATING = {
    "save": lambda branch: Member(branch=branch, name="新人", category="full").save(),
    "create": lambda branch: Member.objects.create(branch=branch, name="新人", category="full"),
    "related": lambda branch: branch.files.create(name="新人", category="full"),
    "bulk_create": lambda branch: Member.objects.bulk_create(
        [Member(branch=branch, name="新人", category="full")]
    ),
}


@pytest.mark.parametrize("create", CREATING.values(), ids=CREATING.keys())
def test_a_row_goes_only_where_its_place_is_visible(create, first_branch, second_branch):
    with scoped_to(Scope((first_branch.path,))):
        create(first_branch)
        with pytest.raises(PermissionDenied):
            create(second_branch)
        names = list(Member.objects.values_list("name", "branch"))

    assert names == [("新人", first_branch.pk)]


def test_a_row_without_a_place_goes_nowhere(first_branch):
    with scoped_to(Scope((first_branch.path,))), pytest.raises(PermissionDenied):
        Member(name="无处可去", category="full").save()


def test_an_organization_goes_only_below_the_scopes_tops(first_branch, second_branch):
    inside = paths.child_path(first_branch.path, 1)
    outside = paths.child_path(second_branch.path, 1)

    with scoped_to(Scope((first_branch.path,))):
        PartyOrganization.objects.create(code="G1", name="第一党小组", kind="group", path=inside)
        with pytest.raises(PermissionDenied):
            PartyOrganization.objects.create(code="G2", name="小组", kind="group", path=outside)


def test_bulk_creating_nothing_is_allowed(first_branch):
    with scoped_to(Scope((first_branch.path,))):
        assert Member.objects.bulk_create([]) == []


@pytest.mark.parametrize("size", [1, 15])
def test_checking_many_new_rows_takes_one_query(size, first_branch, django_assert_num_queries):
    rows = [Member(branch=first_branch, name=f"新人{n}", category="full") for n in range(size)]

    with scoped_to(Scope((first_branch.path,))), django_assert_num_queries(2):
        Member.objects.bulk_create(rows)


def test_trashed_rows_and_what_is_in_them_are_invisible(first_branch):
    activity = ActivityFactory(organization=first_branch)
    MeetingFactory(activity=activity)
    AttendanceFactory(activity=activity)

    with scoped_to(Scope((first_branch.path,))):
        activity.deleted_at = timezone.now()
        activity.save()
        seen = [model.objects.count() for model in (Activity, Meeting, Attendance)]
        related = first_branch.activities.count(), activity.meetings.count()
        defaults = [model._default_manager.count() for model in (Activity, Meeting)]
        trashed = list(Activity.trashed.all())

    assert (seen, related, defaults) == ([0, 0, 0], (0, 0), [0, 0])
    assert trashed == [activity]


def test_restoring_brings_back_what_was_in_it(first_branch):
    activity = ActivityFactory(organization=first_branch, deleted_at=timezone.now())
    meeting = MeetingFactory(activity=activity)
    attendance = AttendanceFactory(activity=activity)

    with scoped_to(Scope((first_branch.path,))):
        found = Activity.trashed.get()
        found.deleted_at = None
        found.save()
        back = list(Meeting.objects.all()), list(Attendance.objects.all())
        left = Activity.trashed.count()

    assert back == ([meeting], [attendance])
    assert left == 0


def test_the_trash_of_elsewhere_is_invisible(first_branch, second_branch):
    ActivityFactory(organization=second_branch, deleted_at=timezone.now())

    with scoped_to(Scope((first_branch.path,))):
        assert list(Activity.trashed.all()) == []


def test_a_trashed_row_of_elsewhere_can_be_neither_restored_nor_deleted(
    first_branch, second_branch
):
    activity = ActivityFactory(organization=second_branch, deleted_at=timezone.now())
    activity.deleted_at = None

    with scoped_to(Scope((first_branch.path,))):
        for act in (activity.save, activity.delete):
            with pytest.raises(PermissionDenied):
                act()


def test_what_is_in_a_trashed_row_can_be_read_again_but_not_written(first_branch):
    activity = ActivityFactory(organization=first_branch, deleted_at=timezone.now())
    meeting = MeetingFactory(activity=activity, minutes="原文")

    with scoped_to(Scope((first_branch.path,))):
        meeting.minutes = "改写"
        with pytest.raises(PermissionDenied):
            meeting.save()
        meeting.refresh_from_db()

    assert meeting.minutes == "原文"


def test_what_is_in_an_activity_can_be_changed(first_branch):
    meeting = MeetingFactory(activity__organization=first_branch, minutes="原文")

    with scoped_to(Scope((first_branch.path,))):
        meeting.minutes = "改写"
        meeting.save()

        assert Meeting.objects.get().minutes == "改写"


def test_a_scope_of_nested_tops_keeps_the_outermost():
    scope = Scope.of(["00010002", "0003", "0001", "000300010001", "0001"])

    assert scope == Scope(("0001", "0003"))


steps = st.integers(min_value=1, max_value=3).map(lambda number: paths.child_path("", number))
places = st.lists(steps, min_size=1, max_size=5).map("".join)


@given(tops=st.lists(places, max_size=4), place=places)
def test_merging_nested_tops_changes_nothing_that_is_covered(tops, place):
    assert Scope.of(tops).covers(place) == Scope(tuple(tops)).covers(place)


@given(top=places, place=places)
def test_a_subtree_is_one_range(top, place):
    assert (top <= place < paths.next_path(top)) == place.startswith(top)
    assert (top <= place < paths.next_path(top)) == paths.covers(top, place)


@given(tops=st.lists(places, max_size=4), top=places, place=places)
def test_a_narrowed_scope_is_the_intersection(tops, top, place):
    scope = Scope.of(tops)

    assert scope.narrowed_to(top).covers(place) == (
        scope.covers(place) and paths.covers(top, place)
    )


@pytest.fixture
def random_tree(db):
    """Some 360 places of four levels, a third of which are missing."""
    rows = []
    for number in range(1, 363):
        path, rest = "", number
        while rest:
            rest, digit = divmod(rest, 4)
            path = paths.child_path(path, digit + 1)
        rows.append(
            PartyOrganization(code=f"T{number}", name=f"T{number}", kind="branch", path=path)
        )
    with everything(reason="a tree to ask about"):
        PartyOrganization.objects.bulk_create(rows)
    return [row.path for row in rows]


@given(tops=st.lists(places, max_size=4))
@example_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # the tree is only read
)
def test_the_condition_and_the_predicate_agree_on_any_tree(random_tree, tops):
    scope = Scope.of(tops)

    with everything(reason="the condition itself is tested"):
        by_condition = PartyOrganization.objects.filter(scope.as_q("path"))
        found = set(by_condition.values_list("path", flat=True))
    with scoped_to(scope):
        seen = set(PartyOrganization.objects.values_list("path", flat=True))

    assert found == seen == {path for path in random_tree if scope.covers(path)}


def test_everything_is_no_condition_at_all():
    assert EVERYTHING.as_q("path") == Q()
    assert EVERYTHING.covers("0042")


def test_a_place_and_its_scope_speak_of_the_same_tree(committee, first_branch, foreign_branch):
    assert first_branch.superior == committee
    assert Scope((committee.path,)).covers(first_branch.path)
    assert not Scope((committee.path,)).covers(foreign_branch.path)
    assert PartyOrganizationFactory(superior=first_branch).path == first_branch.path + "0001"
