"""The audit chain: no entry is missing, none can be changed unnoticed."""

import datetime as dt
import json
import threading

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from branches.models import PartyOrganization
from partybuild import audit
from partybuild.models import AuditEntry, AuditHead
from partybuild.scoping import Scope, everything, scoped_to
from tests.factories.activities import ActivityFactory
from tests.factories.branches import UserFactory
from tests.factories.partybuild import AuditEntryFactory

COLUMNS = [field.attname for field in AuditEntry._meta.concrete_fields]
TABLE = AuditEntry._meta.db_table


@pytest.fixture
def chain(db):
    """Five entries about five acts."""
    return AuditEntryFactory.create_batch(5)


def sql(statement, *parameters, columns=()):
    """Write past every guard, as somebody with the database's password would."""
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(statement.format(table=TABLE, columns=names), parameters)


def forged(field, value):
    """Return another value that the column accepts."""
    if isinstance(field, models.ForeignKey):
        return UserFactory().pk
    if isinstance(field, models.BigIntegerField):
        return value + 1000
    if isinstance(field, models.DateTimeField):
        return value + dt.timedelta(seconds=1)
    if isinstance(field, models.JSONField):
        return {"名称": "伪造"}
    return "伪造"


def test_a_chain_of_many_entries_holds(db):
    AuditEntryFactory.create_batch(60)

    assert audit.verify() == (60, None)


def test_an_empty_chain_holds(db):
    assert audit.verify() == (0, None)


def test_an_entry_says_who_did_what_where(today, li, first_branch):
    activity = ActivityFactory(organization=first_branch)

    with transaction.atomic():
        entry = audit.record(
            actor=li,
            action="activities.activity.recorded",
            subject=activity,
            place=first_branch.path,
            summary="记录活动",
            after={"日期": activity.held_on, "人数": 25},
        )

    with scoped_to(Scope((first_branch.path,))):
        entry.refresh_from_db()
    assert (entry.sequence, entry.actor, entry.actor_name) == (1, li, "李秀岩")
    assert (entry.subject_kind, entry.subject_id) == ("activities.activity", activity.public_id)
    assert (entry.at.date(), entry.result) == (today, AuditEntry.Result.DONE)
    assert (entry.before, entry.after) == (None, {"日期": "2026-11-16", "人数": 25})


def test_the_portal_itself_may_act(db):
    entry = AuditEntryFactory(actor=None)

    assert (entry.actor, entry.actor_name) == (None, "系统")


def test_history_is_what_happened_to_one_record_newest_first(first_branch):
    activity = ActivityFactory(organization=first_branch)
    AuditEntryFactory(subject=activity, place=first_branch.path, summary="记录")
    AuditEntryFactory(place=first_branch.path, summary="别的事")
    AuditEntryFactory(subject=activity, place=first_branch.path, summary="更正")

    with scoped_to(Scope((first_branch.path,))):
        told = [entry.summary for entry in audit.history_of(activity)]

    assert told == ["更正", "记录"]


def test_entries_are_seen_where_they_took_place(first_branch, second_branch):
    AuditEntryFactory(place=first_branch.path, summary="这里")
    AuditEntryFactory(place=second_branch.path, summary="那里")

    with scoped_to(Scope((first_branch.path,))):
        assert [entry.summary for entry in AuditEntry.objects.all()] == ["这里"]


@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_column_is_found(column, chain):
    field = next(field for field in AuditEntry._meta.concrete_fields if field.attname == column)
    value = field.get_db_prep_save(forged(field, getattr(chain[2], column)), connection)

    sql("UPDATE {table} SET {columns} = %s WHERE sequence = 3", value, columns=[field.column])

    held, broken = audit.verify()
    assert (held, broken.sequence) == (2, 3)


@pytest.mark.parametrize("column", ["before", "after", "actor_id"])
def test_an_emptied_column_is_found(column, chain):
    sql("UPDATE {table} SET {columns} = NULL WHERE sequence = 3", columns=[column])

    assert audit.verify() == (2, audit.ChainBreak(3, "第 3 条的内容被改动"))


def test_a_deleted_entry_is_found(chain):
    sql("DELETE FROM {table} WHERE sequence = 3")

    assert audit.verify() == (2, audit.ChainBreak(3, "缺少第 3 条，后面是第 4 条"))


def test_two_swapped_entries_are_found(chain):
    sql("UPDATE {table} SET sequence = 100 WHERE sequence = 2")
    sql("UPDATE {table} SET sequence = 2 WHERE sequence = 4")
    sql("UPDATE {table} SET sequence = 4 WHERE sequence = 100")

    assert audit.verify() == (1, audit.ChainBreak(2, "第 2 条与前一条接不上"))


def test_an_entry_put_in_between_is_found(chain):
    for sequence in (5, 4, 3):
        sql("UPDATE {table} SET sequence = %s WHERE sequence = %s", sequence + 1, sequence)
    sql(
        "INSERT INTO {table} (sequence, {columns}) "
        "SELECT 3, {columns} FROM {table} WHERE sequence = 2",
        columns=[field.column for field in AuditEntry._meta.concrete_fields[1:]],
    )

    assert audit.verify() == (2, audit.ChainBreak(3, "第 3 条与前一条接不上"))


def test_a_cut_tail_is_found_by_the_head(chain):
    sql("DELETE FROM {table} WHERE sequence > 3")

    assert audit.verify() == (
        3,
        audit.ChainBreak(4, "链头记为第 5 条，记录只到第 3 条，末尾被删"),
    )


def test_a_cut_tail_with_an_adjusted_head_is_found_by_the_anchor(chain):
    audit.write_anchor()
    sql("DELETE FROM {table} WHERE sequence > 3")
    AuditHead.objects.update(sequence=3, digest=chain[2].digest)

    assert audit.verify() == (
        3,
        audit.ChainBreak(4, "存证记到第 5 条，记录只到第 3 条，末尾被删"),
    )


def test_a_wiped_chain_is_found_by_the_anchor(chain):
    audit.write_anchor()
    sql("DELETE FROM {table}")
    AuditHead.objects.all().delete()

    assert audit.verify() == (
        0,
        audit.ChainBreak(1, "存证记到第 5 条，记录只到第 0 条，末尾被删"),
    )


def test_a_head_set_back_is_found(chain):
    AuditHead.objects.update(sequence=3, digest=chain[2].digest)

    assert audit.verify() == (
        5,
        audit.ChainBreak(6, "记录到第 5 条，链头只记到第 3 条，链头被改动"),
    )


def test_a_head_with_another_fingerprint_is_found(chain):
    AuditHead.objects.update(digest="0" * 64)

    assert audit.verify() == (4, audit.ChainBreak(5, "第 5 条与链头不一致"))


def rehash(settings, *, from_sequence, key):
    """Forge the rest of the chain from one entry on, as well as `key` allows."""
    with everything(reason="the forger holds the whole database"):
        entries = list(AuditEntry.objects.order_by("sequence"))
    true_keys, settings.FIELD_KEYS = settings.FIELD_KEYS, key
    previous = entries[from_sequence - 2].digest
    for entry in entries[from_sequence - 1 :]:
        entry.previous_digest = previous
        previous = audit.digest_of(entry)
        sql(
            "UPDATE {table} SET previous_digest = %s, digest = %s WHERE sequence = %s",
            *(entry.previous_digest, previous, entry.sequence),
        )
    AuditHead.objects.update(digest=previous)
    settings.FIELD_KEYS = true_keys


def test_hashing_anew_from_the_middle_without_the_key_is_found(settings, chain):
    sql("UPDATE {table} SET summary = '伪造' WHERE sequence = 3")

    rehash(settings, from_sequence=3, key="1:" + "A" * 43 + "=")

    assert audit.verify() == (2, audit.ChainBreak(3, "第 3 条的内容被改动"))


def test_hashing_anew_with_the_key_is_found_by_the_anchor(settings, chain):
    audit.write_anchor()
    sql("UPDATE {table} SET summary = '伪造' WHERE sequence = 3")

    rehash(settings, from_sequence=3, key=settings.FIELD_KEYS)

    assert audit.verify() == (4, audit.ChainBreak(5, "第 5 条与库外存证不一致"))


def test_a_later_anchor_does_not_hide_what_an_earlier_one_shows(settings, chain):
    audit.write_anchor()
    sql("UPDATE {table} SET summary = '伪造' WHERE sequence = 3")
    rehash(settings, from_sequence=3, key=settings.FIELD_KEYS)

    audit.write_anchor()

    assert audit.verify() == (4, audit.ChainBreak(5, "第 5 条与库外存证不一致"))


def test_anchors_note_the_head_again_and_again(today, chain):
    noted = [audit.write_anchor()]
    AuditEntryFactory()
    noted.append(audit.write_anchor())

    assert noted == [5, 6]
    assert audit.verify() == (6, None)
    assert [line.split()[1] for line in audit.anchor_path().read_text().splitlines()] == ["5", "6"]


def test_an_empty_chain_has_nothing_to_anchor(db):
    assert audit.write_anchor() == 0
    assert not audit.anchor_path().exists()


def test_a_damaged_anchor_is_named(chain):
    audit.write_anchor()
    with audit.anchor_path().open("a") as anchors:
        anchors.write("2026-11-21T10:00:00+08:00 5")

    assert audit.verify() == (
        0,
        audit.ChainBreak(0, f"库外存证文件第 2 行读不懂：{audit.anchor_path()}"),
    )


def test_an_entry_written_while_the_chain_is_verified_is_no_break(chain):
    def append_before_each_look_at_the_head(execute, statement, *rest):
        if statement.startswith("SELECT") and "audithead" in statement and not busy:
            busy.append(statement)
            AuditEntryFactory(actor=None)
            busy.clear()
        return execute(statement, *rest)

    busy = []
    with connection.execute_wrapper(append_before_each_look_at_the_head):
        outcome = audit.verify()

    assert outcome == (6, None)
    assert audit.verify() == (7, None)


def test_an_act_outside_a_transaction_is_refused(transactional_db):
    with pytest.raises(audit.AuditOutsideTransaction):
        audit.record(actor=None, action="branches.partyorganization.renamed", summary="更名")

    assert audit.verify() == (0, None)


@transaction.atomic
def rename(organization):
    """An act as services write them."""
    with everything(reason="the act itself"):
        PartyOrganization.objects.filter(pk=organization.pk).update(name="新名")
    audit.record(actor=None, action="branches.partyorganization.renamed", summary="更名")


def test_when_the_entry_cannot_be_written_the_act_fails(chain, first_branch):
    AuditHead.objects.update(sequence=4)  # the next entry collides with the fifth

    with pytest.raises(IntegrityError):
        rename(first_branch)

    with everything(reason="what the database says"):
        assert PartyOrganization.objects.get(pk=first_branch.pk).name == "第一党支部"


@transaction.atomic
def rename_in_vain(organization):
    rename(organization)
    raise InterruptedError


def test_when_the_act_fails_its_entry_is_gone(chain, first_branch):
    with pytest.raises(InterruptedError):
        rename_in_vain(first_branch)

    assert audit.verify() == (5, None)


CHANGING = {
    "save": lambda entry: entry.save(),
    "delete": lambda entry: entry.delete(),
    "update": lambda entry: AuditEntry.objects.filter(pk=entry.pk).update(summary="伪造"),
    "bulk_update": lambda entry: AuditEntry.objects.bulk_update([entry], ["summary"]),
    "delete many": lambda entry: AuditEntry.objects.filter(pk=entry.pk).delete(),
    "update_or_create": lambda entry: AuditEntry.objects.update_or_create(
        sequence=entry.sequence, defaults={"summary": "伪造"}
    ),
}


@pytest.mark.parametrize("change", CHANGING.values(), ids=CHANGING.keys())
def test_an_entry_is_never_changed_through_the_portal(change, chain):
    with (
        everything(reason="even so"),
        pytest.raises(TypeError, match="never"),
        transaction.atomic(),
    ):
        change(chain[2])

    assert audit.verify() == (5, None)


def test_refused_pages_are_noted_whatever_their_address_holds(zhou):
    audit.record_refusal(actor=zhou, permission="members.view_member", path="/members/\x00\n/")

    with everything(reason="what the database says"):
        entry = AuditEntry.objects.get()
    assert entry.summary == "无权打开页面 /members/%00%0A/"
    assert (entry.result, entry.after) == ("refused", {"permission": "members.view_member"})
    assert audit.verify() == (1, None)


plain_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.dates()
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("日期人数ab", max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(after=st.dictionaries(st.text("日期人数ab", max_size=3), plain_values, max_size=4))
@example_settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # the chain only grows
)
def test_whatever_is_noted_comes_back_as_it_was_signed(db, after):
    AuditEntryFactory(actor=None, after=after)

    assert audit.verify()[1] is None


@pytest.mark.django_db(transaction=True)
def test_parallel_acts_make_one_unbroken_sequence():
    together = threading.Barrier(20)
    failures = []

    def act():
        try:
            together.wait()
            AuditEntryFactory(actor=None)
        except Exception as failure:  # noqa: BLE001 -- told below
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert audit.verify() == (20, None)


def test_audit_verify_says_that_the_chain_holds(chain, capsys):
    call_command("audit_verify")

    assert capsys.readouterr().out == "审计记录完好，共 5 条。\n"


def test_audit_verify_names_the_first_bad_record(chain, capsys):
    sql("DELETE FROM {table} WHERE sequence = 3")

    with pytest.raises(SystemExit) as ending:
        call_command("audit_verify")

    assert ending.value.code == 1
    assert capsys.readouterr().out == (
        "审计记录没有通过核对：缺少第 3 条，后面是第 4 条。此前 2 条完好。\n"
    )


def test_audit_verify_speaks_to_machines(chain, capsys):
    call_command("audit_verify", "--json")
    good = json.loads(capsys.readouterr().out)
    sql("UPDATE {table} SET summary = '伪造' WHERE sequence = 3")
    with pytest.raises(SystemExit):
        call_command("audit_verify", "--json")
    bad = json.loads(capsys.readouterr().out)

    assert good == {"verified": 5, "broken_at": None, "reason": ""}
    assert bad == {"verified": 2, "broken_at": 3, "reason": "第 3 条的内容被改动"}


def test_many_acts_of_one_transaction_are_links_of_one_chain(db, django_assert_num_queries):
    AuditEntryFactory()
    acts = [
        audit.Act(actor=None, action="test.act.done", summary=f"第 {number} 件")
        for number in range(30)
    ]
    with transaction.atomic(), django_assert_num_queries(3):
        entries = audit.record_all(acts)

    assert [entry.sequence for entry in entries] == list(range(2, 32))
    assert audit.verify() == (31, None)
