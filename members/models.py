"""Who: the member's file, dated memberships and offices, vanguard posts."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from branches.models import PartyOrganization, Term, User
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
    education = models.CharField("学历", max_length=40, blank=True)
    job_title = models.CharField("单位职务", max_length=100, blank=True)
    address = EncryptedTextField("现居住地", blank=True)
    id_number = EncryptedTextField("身份证号码", blank=True)
    id_number_index = models.CharField(
        "身份证号索引", max_length=64, null=True, blank=True, unique=True
    )
    phone = EncryptedTextField("联系电话", blank=True)
    phone_index = models.CharField("电话索引", max_length=64, blank=True, db_index=True)
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

    A formal membership counts on the roll and in every total; a second one (临时、功能型党支部)
    lets the person be expected there and is never counted again. Open ends are None: a start
    nobody knows, an end that has not come. `ended_on` is the first day on which it no longer
    holds.
    """

    class Kind(models.TextChoices):
        FORMAL = "formal", "正式组织关系"
        SECOND = "second", "第二组织关系"
        DEVELOPMENT = "development", "培养联系"

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
    """免予参加组织生活: an old or ill member of whom attendance is not required for a while."""

    scope_path = "member__branch__path"

    member = models.ForeignKey(Member, models.CASCADE, related_name="exemptions")
    reason = models.CharField("原因", max_length=100)
    started_on = models.DateField("起", null=True, blank=True)
    ended_on = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = "免予参加组织生活"

    def __str__(self) -> str:
        return self.reason


class Office(ScopedModel):
    """党内职务: somebody holds a post in an organisation for a term.

    `holder_name` is the name as the register writes it; `member` is filled as soon as exactly one
    person of that name is on the roll.
    """

    class Post(models.TextChoices):
        SECRETARY = "secretary", "书记"
        DEPUTY_SECRETARY = "deputy_secretary", "副书记"
        ORGANIZATION_MEMBER = "organization_member", "组织委员"
        PUBLICITY_MEMBER = "publicity_member", "宣传委员"
        DISCIPLINE_INSPECTION_MEMBER = "discipline_inspection_member", "纪检委员"
        UNITED_FRONT_MEMBER = "united_front_member", "统战委员"
        YOUTH_MEMBER = "youth_member", "青年委员"
        MASS_WORK_MEMBER = "mass_work_member", "群工委员"
        CONFIDENTIALITY_MEMBER = "confidentiality_member", "保密委员"
        LIFE_MEMBER = "life_member", "生活委员"
        COMMITTEE_MEMBER = "committee_member", "委员"
        GROUP_LEADER = "group_leader", "党小组组长"

    scope_path = "organization__path"

    organization = models.ForeignKey(PartyOrganization, models.CASCADE, related_name="offices")
    term = models.ForeignKey(Term, models.CASCADE, null=True, blank=True, related_name="offices")
    post = models.CharField("职务", max_length=30, choices=Post)
    holder_name = models.CharField("姓名", max_length=60)
    member = models.ForeignKey(
        Member, models.SET_NULL, null=True, blank=True, related_name="offices", verbose_name="党员"
    )
    started_on = models.DateField("任职时间", null=True, blank=True)
    ended_on = models.DateField("免职时间", null=True, blank=True)

    class Meta:
        verbose_name = "党内职务"
        ordering = ["organization", "pk"]

    def __str__(self) -> str:
        return f"{self.get_post_display()} {self.holder_name}"


class VanguardPost(ScopedModel):
    """党员先锋岗: a post of honour with its pledge; also 示范岗 and 责任区."""

    class Kind(models.TextChoices):
        VANGUARD = "vanguard", "党员先锋岗"
        MODEL = "model", "党员示范岗"
        RESPONSIBILITY = "responsibility", "党员责任区"

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="vanguard_posts", verbose_name="党支部"
    )
    kind = models.CharField("类别", max_length=20, choices=Kind, default=Kind.VANGUARD)
    title = models.CharField("岗位名称", max_length=100)
    pledge = models.CharField("岗位承诺", max_length=500, blank=True)
    awarded_on = models.DateField("授牌时间")
    awarded_precision = precision_field()
    ended_on = models.DateField("摘牌时间", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "党员先锋岗"
        ordering = ["organization__path", "awarded_on", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("members:vanguard_post", args=[self.public_id])


class PostHolder(ScopedModel):
    """先锋岗人员: a member holds a vanguard post from one day to another."""

    scope_path = "post__organization__path"

    post = models.ForeignKey(VanguardPost, models.CASCADE, related_name="holders")
    member = models.ForeignKey(Member, models.PROTECT, related_name="vanguard_posts")
    started_on = models.DateField("起")
    ended_on = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = "先锋岗人员"
        constraints = [
            models.UniqueConstraint(
                fields=["post", "member", "started_on"], name="each_holder_once_per_start"
            )
        ]

    def __str__(self) -> str:
        return f"{self.post_id} {self.member_id}"
