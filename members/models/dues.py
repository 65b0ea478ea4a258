"""Dues: what each member owes a month, what was paid, handed up and published."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from branches.models import PartyOrganization
from members.models.people import Member
from partybuild.crypto import EncryptedTextField
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class DuesStanding(ScopedModel):
    """缴费标准: what one member owes a month, from one month to another.

    `base` is the decimal text of the income it was reckoned on, encrypted; `amount` is what was
    fixed, `rate` and `rule` (with the day from which that version held) say how, so that an old
    year can be reckoned again. Somebody who pays less or nothing has `relief`, with the branch's
    study, the superior's approval and the `reason`; a change within a year for which the base was
    fixed has its `reason` too.
    """

    class PayerClass(models.TextChoices):
        MONTHLY_SALARY = "monthly_salary", "按月领取工资"
        ANNUAL_SALARY = "annual_salary", "实行年薪制"
        SELF_EMPLOYED = "self_employed", "个体经营或不按月领工资"
        RETIRED = "retired", "离退休"
        FARMER = "farmer", "农民"
        STUDENT = "student", "学生"
        LAID_OFF = "laid_off", "下岗失业"
        PENSION_RELIEF = "pension_relief", "领取抚恤救济"
        MINIMUM_LIVING = "minimum_living", "领取最低生活保障"

    class Relief(models.TextChoices):
        NONE = "", "按标准交纳"
        REDUCED = "reduced", "少交"
        EXEMPT = "exempt", "免交"

    scope_path = "member__branch__path"

    public_id = PublicIdField()
    member = models.ForeignKey(Member, models.CASCADE, related_name="dues_standings")
    payer_class = models.CharField("人员类型", max_length=20, choices=PayerClass)
    base = EncryptedTextField("月缴费基数", blank=True)
    rate = models.DecimalField("比例", max_digits=6, decimal_places=4, null=True, blank=True)
    amount = models.DecimalField("月应缴", max_digits=9, decimal_places=2)
    rule = models.CharField("依据", max_length=200, blank=True)
    rule_since = models.DateField("依据版本起始", null=True, blank=True)
    started_on = models.DateField("从哪个月起")
    ended_on = models.DateField("到哪个月止", null=True, blank=True)
    relief = models.CharField("减免", max_length=8, choices=Relief, blank=True)
    studied_on = models.DateField("支委会研究日期", null=True, blank=True)
    approved_on = models.DateField("上级党委批准日期", null=True, blank=True)
    approved_by = models.CharField("批准的党委", max_length=100, blank=True)
    reason = EncryptedTextField("减免或变动原因", blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "党费缴费标准"
        ordering = ["member", "started_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "started_on"], name="one_dues_standing_per_month"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="dues_standing_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.started_on:%Y-%m} 起 {self.amount} 元"

    @property
    def due(self) -> object:
        """What is due a month, nothing for somebody who is exempt."""
        return 0 if self.relief == self.Relief.EXEMPT else self.amount


class DuesPayment(ScopedModel):
    """党费缴纳: what a member paid for a month, at the branch that held the formal membership.

    `month` is its first day. A payment of several months stands in the month in which it was paid;
    what exceeds that month pays older months, then later ones. No bank data is kept.
    """

    class Kind(models.TextChoices):
        ORDINARY = "ordinary", "党费"
        BIG = "big", "自愿一次性多交"

    class Method(models.TextChoices):
        CASH = "cash", "现金"
        TRANSFER = "transfer", "转账"
        OTHER = "other", "其他"

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="dues_payments", verbose_name="党支部"
    )
    member = models.ForeignKey(Member, models.PROTECT, related_name="dues_payments")
    month = models.DateField("月份")
    amount = models.DecimalField("金额", max_digits=9, decimal_places=2)
    paid_on = models.DateField("收缴日期", null=True, blank=True)
    method = models.CharField("方式", max_length=10, choices=Method, blank=True)
    kind = models.CharField("种类", max_length=10, choices=Kind, default=Kind.ORDINARY)
    note = models.CharField("备注", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "党费缴纳"
        ordering = ["organization", "member", "month", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "member", "month"],
                condition=Q(kind="ordinary"),
                name="one_dues_payment_per_month",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="dues_payment_is_positive"),
        ]
        indexes = [models.Index(fields=["organization", "month"], name="dues_place_month")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.amount} 元"


class DuesRemittance(ScopedModel):
    """党费上缴: an organisation handed up its share, or a big payment as a whole."""

    class Kind(models.TextChoices):
        SHARE = "share", "按比例上缴"
        BIG = "big", "自愿多交全额上缴"

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="dues_remittances", verbose_name="党组织"
    )
    kind = models.CharField("种类", max_length=10, choices=Kind, default=Kind.SHARE)
    period = models.CharField("期间", max_length=7)
    amount = models.DecimalField("金额", max_digits=11, decimal_places=2)
    handed_on = models.DateField("上缴日期")
    document = models.CharField("凭证或文号", max_length=100, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "党费上缴"
        ordering = ["organization", "handed_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="dues_remittance_is_positive")
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.amount} 元"


class DuesPublication(ScopedModel):
    """党费公示: a branch published a year's dues to its members."""

    scope_path = "organization__path"

    organization = models.ForeignKey(
        PartyOrganization, models.CASCADE, related_name="dues_publications", verbose_name="党支部"
    )
    year = models.PositiveSmallIntegerField("年度")
    published_on = models.DateField("公示日期")
    how = models.CharField("公示方式和地点", max_length=100)

    class Meta:
        verbose_name = "党费公示"
        ordering = ["organization", "year"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "year"], name="one_dues_publication_per_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}年 {self.how}"

    def get_absolute_url(self) -> str:
        return reverse("members:dues_publication", args=[self.organization.public_id])
