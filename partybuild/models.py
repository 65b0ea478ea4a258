"""The kernel's own tables: audit chain, drafts, submissions, jobs, ledger files, local rules."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse

from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedManager, ScopedModel, ScopedQuerySet

PATH_LENGTH = 64
ATTEMPTS_PER_ORDER = 4


class PathField(models.CharField):
    """A materialised path, compared byte by byte on every database."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = PATH_LENGTH
        super().__init__(*args, **kwargs)

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        parameters = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


class WrittenOnceQuerySet(ScopedQuerySet):
    """Rows that are appended and never touched again."""

    def update(self, **fields: Any) -> int:
        raise TypeError("An audit entry is never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("An audit entry is never deleted.")


class AuditEntry(ScopedModel):
    """审计记录: who did what to what, chained so that no later change goes unnoticed."""

    class Result(models.TextChoices):
        DONE = "done", "成功"
        REFUSED = "refused", "拒绝"
        FAILED = "failed", "失败"

    scope_path = "place"

    sequence = models.BigIntegerField("序号", primary_key=True)
    at = models.DateTimeField("时间")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="操作人"
    )
    actor_name = models.CharField("操作人姓名", max_length=100)
    action = models.CharField("动作", max_length=100, db_index=True)
    result = models.CharField("结果", max_length=10, choices=Result, default=Result.DONE)
    place = PathField("所属组织路径", default="", blank=True, db_index=True)
    subject_kind = models.CharField("对象类别", max_length=60, default="", blank=True)
    subject_id = models.CharField("对象编号", max_length=40, default="", blank=True, db_index=True)
    summary = models.CharField("摘要", max_length=300)
    before = models.JSONField("之前", null=True)
    after = models.JSONField("之后", null=True)
    previous_digest = models.CharField("上一条指纹", max_length=64)
    digest = models.CharField("指纹", max_length=64)

    objects: ClassVar[Any] = ScopedManager.from_queryset(WrittenOnceQuerySet)()

    class Meta:
        verbose_name = "审计记录"
        ordering = ["-sequence"]

    def __str__(self) -> str:
        return f"{self.sequence} {self.summary}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("An audit entry is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("An audit entry is never deleted.")


class AuditHead(models.Model):
    """审计链头: the last link, locked while the next one is forged."""

    unscoped_because = "one chain serves the whole portal"

    sequence = models.BigIntegerField("序号", default=0)
    digest = models.CharField("指纹", max_length=64, default="")

    class Meta:
        verbose_name = "审计链头"

    def __str__(self) -> str:
        return str(self.sequence)


class Draft(models.Model):
    """草稿: what somebody has typed into a form and not saved yet."""

    unscoped_because = "a draft is reached only through the user who typed it"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    form = models.CharField("表单", max_length=120)
    content = models.JSONField("内容")
    saved_at = models.DateTimeField("保存时间", auto_now=True)

    class Meta:
        verbose_name = "草稿"
        constraints = [models.UniqueConstraint(fields=["user", "form"], name="one_draft_per_form")]

    def __str__(self) -> str:
        return self.form


class Submission(models.Model):
    """提交凭证: the key of one filled-in form, so that fifty copies of it make one record."""

    unscoped_because = "a key is reached only through the user who holds it"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField("凭证", max_length=64)
    digest = models.CharField("内容指纹", max_length=64, default="", blank=True)
    answer = models.CharField("去向", max_length=300, default="", blank=True)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = "提交凭证"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="each_key_once")]

    def __str__(self) -> str:
        return self.key


class Job(models.Model):
    """后台作业: one piece of background work, leased by the worker that does it."""

    class State(models.TextChoices):
        QUEUED = "queued", "排队中"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "未完成"

    unscoped_because = "a job is shown to its owner, and periodic ones to whoever may see the runs"

    public_id = PublicIdField()
    kind = models.CharField("种类", max_length=60, db_index=True)
    title = models.CharField("名称", max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="jobs"
    )
    once_key = models.CharField("只做一次的标记", max_length=120, null=True, unique=True)  # noqa: DJ001 -- NULL is "no key"; '' would collide
    arguments = models.JSONField("内容", default=dict)
    state = models.CharField("状态", max_length=10, choices=State, default=State.QUEUED)
    # The fencing token: it only ever rises. A new order raises the limit instead.
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    attempts_allowed = models.PositiveSmallIntegerField("最多次数", default=ATTEMPTS_PER_ORDER)
    leased_until = models.DateTimeField("租约到", null=True)
    progress_done = models.PositiveIntegerField("已完成", default=0)
    progress_total = models.PositiveIntegerField("总数", default=0)
    problem = models.CharField("原因", max_length=500, default="", blank=True)
    result = models.JSONField("结果", default=dict)
    queued_at = models.DateTimeField("排队时间", auto_now_add=True)
    published_at = models.DateTimeField("通知时间", null=True)
    started_at = models.DateTimeField("开始时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "后台作业"
        ordering = ["-queued_at", "-pk"]
        indexes = [models.Index(fields=["state", "leased_until"], name="job_state_lease")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED}


class WorkerBeat(models.Model):
    """工作进程心跳: when a background process last showed itself."""

    unscoped_because = "a heartbeat says nothing about anybody"

    name = models.CharField("进程", max_length=100, unique=True)
    seen_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "工作进程心跳"

    def __str__(self) -> str:
        return self.name


class LedgerFile(ScopedModel):
    """台账文件: a ledger as somebody asked for it, or as the archive keeps it.

    One that was asked for has an owner and is served to nobody else; one without is the archive's
    and is served to whoever may read that ledger at its place.
    """

    class Form(models.TextChoices):
        EXCEL = "xlsx", "Excel"
        TEXT = "csv", "文本"

    scope_path = "place"

    public_id = PublicIdField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="ledger_files"
    )
    code = models.CharField("台账", max_length=60)
    title = models.CharField("名称", max_length=200)
    place = PathField("所属组织路径", db_index=True)
    unit = models.CharField("填报单位", max_length=200)
    period = models.CharField("期间", max_length=10)
    # Which rows and columns, as `partybuild.narrowing.Selection` is kept; all of them where empty.
    selection = models.JSONField("筛选", default=dict, blank=True)
    form = models.CharField("格式", max_length=4, choices=Form, default=Form.EXCEL)
    # Of the archive: a closed period that was corrected gets a further version, the former stays.
    version = models.PositiveSmallIntegerField("版本", default=1)
    job = models.OneToOneField(Job, models.CASCADE, null=True, related_name="ledger_file")
    stored_as = models.CharField("存放", max_length=200, default="", blank=True)
    row_count = models.PositiveIntegerField("行数", null=True)
    byte_count = models.PositiveBigIntegerField("字节", null=True)
    sha256 = models.CharField("指纹", max_length=64, default="", blank=True)
    asked_at = models.DateTimeField("申请时间", auto_now_add=True)
    built_at = models.DateTimeField("生成时间", null=True)

    class Meta:
        verbose_name = "台账文件"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "place", "period", "version"],
                condition=models.Q(owner__isnull=True),
                name="one_archived_ledger_per_period",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def file_url(self) -> str:
        """The address of the finished file, '' while it is being built."""
        return reverse("partybuild:download", args=[self.public_id]) if self.stored_as else ""

    @property
    def amount(self) -> str:
        """How much is in the finished file: rows of a ledger, papers of a binder."""
        measure = "份" if self.stored_as.endswith(".zip") else "行"
        return f"{self.row_count} {measure}" if self.row_count is not None else ""


class SavedQuery(models.Model):
    """常用查询: a selection of a ledger under a name, kept for oneself or shared with those below.

    It holds what is asked, never what is found: whoever opens it sees what is theirs.
    """

    unscoped_because = (
        "a query is reached only through its owner or by being shared with those below"
    )

    public_id = PublicIdField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_queries"
    )
    code = models.CharField("台账", max_length=60, db_index=True)
    name = models.CharField("名称", max_length=40)
    selection = models.JSONField("筛选", default=dict, blank=True)
    # Empty where it asks for the running year.
    period = models.CharField("期间", max_length=10, default="", blank=True)
    # The organisation with whose people, and those below, it is shared; empty for nobody.
    shared_from = PathField("共享范围", default="", blank=True)
    saved_at = models.DateTimeField("保存时间", auto_now=True)

    class Meta:
        verbose_name = "常用查询"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "code", "name"], name="one_query_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class Statistic(models.Model):
    """统计口径: a figure that somebody has defined: which records of a ledger, and what of them is told.

    It is computed whenever it is asked for, in the scope of who asks; no figure is stored.
    """

    class Measure(models.TextChoices):
        COUNT = "count", "有多少条记录"
        SUM = "sum", "一列数字的合计"
        DISTINCT = "distinct", "一列有多少个不同的内容"

    unscoped_because = (
        "a definition is reached only through its owner or by being shared with those below"
    )

    public_id = PublicIdField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="statistics")
    name = models.CharField("名称", max_length=60)
    unit = models.CharField("计量单位", max_length=10, default="", blank=True)
    note = models.CharField("说明", max_length=200, default="", blank=True)
    code = models.CharField("台账", max_length=60)
    selection = models.JSONField("筛选", default=dict, blank=True)
    measure = models.CharField("算什么", max_length=10, choices=Measure, default=Measure.COUNT)
    # The column that is added up or told apart, as `Ledger.by_key` calls it.
    column = models.CharField("哪一列", max_length=200, default="", blank=True)
    # Where it is a share: the figure that is the whole.
    whole = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name="占谁的比例",
    )
    shared_from = PathField("共享范围", default="", blank=True)
    saved_at = models.DateTimeField("保存时间", auto_now=True)

    class Meta:
        verbose_name = "统计口径"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="one_statistic_per_name")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("partybuild:statistic", args=[self.public_id])


class ImportBatch(ScopedModel):
    """导入批次: one file that was brought in, what became of its rows, and how to undo it."""

    class State(models.TextChoices):
        PREVIEWED = "previewed", "待确认"
        APPLIED = "applied", "已导入"
        UNDONE = "undone", "已撤销"

    scope_path = "place"

    public_id = PublicIdField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="import_batches"
    )
    table = models.CharField("导入表", max_length=60)
    place = PathField("所属组织路径", default="", blank=True)
    file_name = models.CharField("文件名", max_length=200)
    stored_as = models.CharField("存放", max_length=200, default="", blank=True)
    sha256 = models.CharField("指纹", max_length=64)
    as_of = models.DateField("以哪天为准")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PREVIEWED)
    outcome = models.JSONField("结果", default=dict)
    changes = models.JSONField("改动", default=list)
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    applied_at = models.DateTimeField("导入时间", null=True)
    undone_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        verbose_name = "导入批次"
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return self.file_name


class LocalRegulation(models.Model):
    """本级规定: an agency's own value of a rule, dated, laid over the shipped one."""

    unscoped_because = "a rule is read wherever it is applied, also by those it binds"

    public_id = PublicIdField()
    code = models.CharField("规则", max_length=100)
    place = PathField("适用组织路径", db_index=True)
    in_force_from = models.DateField("生效日期")
    in_force_to = models.DateField("失效日期", null=True, blank=True)
    document = models.CharField("依据文件", max_length=200)
    article = models.CharField("条款", max_length=60, default="", blank=True)
    values = models.JSONField("数值")

    class Meta:
        verbose_name = "本级规定"
        ordering = ["code", "in_force_from"]

    def __str__(self) -> str:
        return f"{self.document} {self.article}"


class WorkdayOverride(models.Model):
    """调休安排: whether one day is worked, as the State Council published it."""

    unscoped_because = "the calendar is the same everywhere"

    day = models.DateField("日期", unique=True)
    is_workday = models.BooleanField("是否上班")
    document = models.CharField("依据", max_length=200)

    class Meta:
        verbose_name = "调休安排"

    def __str__(self) -> str:
        return f"{self.day} {'上班' if self.is_workday else '休息'}"
