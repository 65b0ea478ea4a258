"""The member's file and dated memberships."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from branches.models import PartyOrganization, User
from partybuild.crypto import EncryptedTextField
from partybuild.precision import precision_field
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class Member(ScopedModel):
    """党员: one person's file, from applicant to full member; never deleted by daily work.

    `branch` is the organisation that holds the file: it gives the row its place. Where somebody
    belonged on a day is asked of the memberships. `joined_on` is the day of the branch meeting
    (党籍), `confirmed_on` the day of 转正 (党龄 counts from it).
    """

    class Category(models.TextChoices):
        FULL = "full", "正式党员"
        PROBATIONARY = "probationary", "预备党员"
        CANDIDATE = "candidate", "发展对象"
        ACTIVIST = "activist", "入党积极分子"
        APPLICANT = "applicant", "入党申请人"

    class Gender(models.TextChoices):
        MALE = "male", "男"
        FEMALE = "female", "女"

    class State(models.TextChoices):
        NORMAL = "normal", "正常"
        SUSPENDED = "suspended", "停止党籍"
        TRANSFERRED = "transferred", "已转出"
        RESIGNED = "resigned", "退党"
        LAPSED = "lapsed", "自行脱党除名"
        REMOVED = "removed", "劝退除名"
        PROBATION_REVOKED = "probation_revoked", "取消预备党员资格"
        EXPELLED = "expelled", "开除党籍"
        DECEASED = "deceased", "死亡"

    class EducationKind(models.TextChoices):
        FULL_TIME = "full_time", "全日制教育"
        ON_JOB = "on_job", "在职教育"

    # Those who are on the roll; the others are in the development pipeline.
    MEMBER_CATEGORIES: ClassVar = (Category.FULL, Category.PROBATIONARY)

    scope_path = "branch__path"

    public_id = PublicIdField()
    branch = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="files", verbose_name="所在党支部"
    )
    name = models.CharField("姓名", max_length=60)
    pinyin = models.CharField("拼音", max_length=200, blank=True, db_index=True)
    initials = models.CharField("拼音首字母", max_length=60, blank=True, db_index=True)
    gender = models.CharField("性别", max_length=6, choices=Gender, blank=True)
    born_on = models.DateField("出生日期", null=True, blank=True)
    born_precision = precision_field()
    ethnicity = models.CharField("民族", max_length=20, blank=True)
    native_place = models.CharField("籍贯", max_length=100, blank=True)
    birthplace = models.CharField("出生地", max_length=100, blank=True)
    household_place = models.CharField("户籍所在派出所", max_length=100, blank=True)
    education = models.CharField("学历", max_length=40, blank=True)
    education_kind = models.CharField("教育类别", max_length=10, choices=EducationKind, blank=True)
    degree = models.CharField("学位", max_length=40, blank=True)
    school = models.CharField("毕业院校及专业", max_length=100, blank=True)
    graduated_on = models.DateField("毕业时间", null=True, blank=True)
    graduated_precision = precision_field()
    professional_title = models.CharField("专业技术职务", max_length=60, blank=True)
    workplace = models.CharField("工作单位", max_length=100, blank=True)
    job_title = models.CharField("单位职务", max_length=100, blank=True)
    work_started_on = models.DateField("参加工作时间", null=True, blank=True)
    work_started_precision = precision_field()
    served_in = models.CharField("原服役部队", max_length=100, blank=True)
    discharged_on = models.DateField("退役时间", null=True, blank=True)
    discharged_precision = precision_field()
    address = EncryptedTextField("现居住地", blank=True)
    id_number = EncryptedTextField("身份证号码", blank=True)
    id_number_index = models.CharField(
        "身份证号索引", max_length=64, null=True, blank=True, unique=True
    )
    phone = EncryptedTextField("联系电话", blank=True)
    phone_index = models.CharField("电话索引", max_length=64, blank=True, db_index=True)
    second_phone = EncryptedTextField("备用电话", blank=True)
    category = models.CharField("人员类别", max_length=12, choices=Category)
    applied_on = models.DateField("申请入党时间", null=True, blank=True)
    applied_precision = precision_field()
    joined_on = models.DateField("入党时间", null=True, blank=True)
    joined_precision = precision_field()
    confirmed_on = models.DateField("转正时间", null=True, blank=True)
    confirmed_precision = precision_field()
    state = models.CharField("党籍状态", max_length=20, choices=State, default=State.NORMAL)
    state_since = models.DateField("状态变更日期", null=True, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)
    user = models.OneToOneField(
        User, models.SET_NULL, null=True, blank=True, related_name="member", verbose_name="账号"
    )
    followed_by = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="former_file",
        verbose_name="后来的档案",
    )
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "党员"
        ordering = ["branch__path", "pinyin", "pk"]
        indexes = [models.Index(fields=["branch", "pinyin"], name="member_branch_pinyin")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("members:member", args=[self.public_id])


class Membership(ScopedModel):
    """组织关系: a person belongs to a branch from one day to another; history is rows.

    A formal membership counts on the roll and in every total; a second one (临时、功能型、流动党员党支部)
    lets the person be expected there and is never counted again. Open ends are None: a start
    nobody knows, an end that has not come. `ended_on` is the first day on which it no longer
    holds. `started_by` and `ended_by` say why; the yearly comparison of numbers counts them.
    """

    class Kind(models.TextChoices):
        FORMAL = "formal", "正式组织关系"
        SECOND = "second", "第二组织关系"
        DEVELOPMENT = "development", "培养联系"

    class Start(models.TextChoices):
        REGISTERED = "registered", "建档登记"
        ADMITTED = "admitted", "发展党员"
        RESTORED = "restored", "恢复党籍"
        ARRIVED = "arrived", "转入"
        ARRIVED_AS_UNIT = "arrived_as_unit", "整建制转入"
        MOVED = "moved", "系统内调整"

    class End(models.TextChoices):
        LEFT = "left", "转出"
        LEFT_AS_UNIT = "left_as_unit", "整建制转出"
        MOVED = "moved", "系统内调整"
        EXITED = "exited", "出党"
        SUSPENDED = "suspended", "停止党籍"
        DECEASED = "deceased", "死亡"

    scope_path = "organization__path"

    member = models.ForeignKey(Member, models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="memberships", verbose_name="党支部"
    )
    group = models.ForeignKey(
        PartyOrganization,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="group_memberships",
        verbose_name="党小组",
    )
    kind = models.CharField("种类", max_length=12, choices=Kind, default=Kind.FORMAL)
    started_on = models.DateField("起", null=True, blank=True)
    ended_on = models.DateField("止", null=True, blank=True)
    started_by = models.CharField(
        "开始原因", max_length=20, choices=Start, default=Start.REGISTERED
    )
    ended_by = models.CharField("结束原因", max_length=20, choices=End, blank=True)
    document = models.CharField("文号或介绍信号", max_length=100, blank=True)

    class Meta:
        verbose_name = "组织关系"
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(kind="formal", ended_on__isnull=True),
                name="one_open_formal_membership",
            ),
            models.UniqueConstraint(
                fields=["member", "organization", "kind"],
                condition=Q(ended_on__isnull=True),
                name="each_open_membership_once",
            ),
            models.CheckConstraint(
                condition=Q(started_on__isnull=True)
                | Q(ended_on__isnull=True)
                | Q(ended_on__gte=models.F("started_on")),
                name="membership_ends_after_it_starts",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "started_on"], name="membership_place_start")
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.get_kind_display()}"


class AttendanceExemption(ScopedModel):
    """免予参加组织生活: an old or ill member of whom attendance is not required for a while.

    The reason tells of somebody's health and is encrypted.
    """

    scope_path = "member__branch__path"

    member = models.ForeignKey(Member, models.CASCADE, related_name="exemptions")
    reason = EncryptedTextField("原因")
    started_on = models.DateField("起", null=True, blank=True)
    ended_on = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = "免予参加组织生活"

    def __str__(self) -> str:
        return self.reason
