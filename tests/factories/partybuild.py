"""The kernel's own rows."""

import datetime as dt

import factory
from django.db import transaction

from partybuild import audit
from partybuild.models import (
    AuditEntry,
    Draft,
    ImportBatch,
    Job,
    LedgerFile,
    LocalRegulation,
    SavedQuery,
    Statistic,
    Submission,
    WorkdayOverride,
    WorkerBeat,
)
from tests.factories.base import HouseFactory
from tests.factories.branches import UserFactory


class AuditEntryFactory(HouseFactory):
    """Appends to the chain as everybody else does."""

    class Meta:
        model = AuditEntry

    actor = factory.SubFactory(UserFactory)
    action = "branches.partyorganization.renamed"
    place = ""
    summary = factory.Sequence(lambda number: f"更名第{number}次")
    before = factory.LazyFunction(lambda: {"名称": "旧名"})
    after = factory.LazyFunction(lambda: {"名称": "新名"})

    @classmethod
    def _create(cls, model_class, *args, **kwargs):  # noqa: ARG003 -- as factory_boy calls it
        with transaction.atomic():
            return audit.record(**kwargs)


class DraftFactory(HouseFactory):
    class Meta:
        model = Draft

    user = factory.SubFactory(UserFactory)
    form = factory.Sequence(lambda number: f"activities:new:{number}")
    content = factory.LazyFunction(lambda: {"topic": "写了一半"})


class SubmissionFactory(HouseFactory):
    class Meta:
        model = Submission

    user = factory.SubFactory(UserFactory)
    key = factory.Sequence(lambda number: f"{number:032d}")


class SavedQueryFactory(HouseFactory):
    class Meta:
        model = SavedQuery

    owner = factory.SubFactory(UserFactory)
    code = "members.roster"
    name = factory.Sequence(lambda number: f"查询{number}")


class StatisticFactory(HouseFactory):
    class Meta:
        model = Statistic

    owner = factory.SubFactory(UserFactory)
    code = "members.roster"
    name = factory.Sequence(lambda number: f"统计{number}")


class JobFactory(HouseFactory):
    class Meta:
        model = Job

    kind = "partybuild.build_ledger"
    title = "生成台账"
    owner = factory.SubFactory(UserFactory)


class WorkerBeatFactory(HouseFactory):
    class Meta:
        model = WorkerBeat

    name = factory.Sequence(lambda number: f"worker{number}")
    seen_at = dt.datetime(2026, 11, 21, 1, 30, tzinfo=dt.UTC)


class LedgerFileFactory(HouseFactory):
    class Meta:
        model = LedgerFile

    owner = factory.SubFactory(UserFactory)
    code = "activities.meetings"
    title = "“三会一课”台账"
    place = "0001"
    unit = "第一党支部"
    period = "2026"
    job = factory.SubFactory(JobFactory, owner=factory.SelfAttribute("..owner"))


class ImportBatchFactory(HouseFactory):
    class Meta:
        model = ImportBatch

    owner = factory.SubFactory(UserFactory)
    table = "member_roster"
    place = "0001"
    file_name = "党员花名册.xlsx"
    sha256 = "0" * 64
    as_of = dt.date(2026, 11, 21)
    outcome = factory.LazyFunction(
        lambda: {
            **dict.fromkeys(["created", "changed", "unchanged", "rejected_rows"], 0),
            **{name: [] for name in ("rejected", "warned", "noted", "skipped", "columns", "new")},
            "differences": [],
        }
    )


class LocalRegulationFactory(HouseFactory):
    class Meta:
        model = LocalRegulation

    code = "activities.meeting_frequency"
    place = "0001"
    in_force_from = dt.date(2025, 1, 1)
    document = "青岚档党〔2025〕3号"
    article = "第二条"
    values = factory.LazyFunction(dict)


class WorkdayOverrideFactory(HouseFactory):
    class Meta:
        model = WorkdayOverride

    day = dt.date(2027, 1, 4)
    is_workday = True
    document = "国务院办公厅放假安排通知"
