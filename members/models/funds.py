"""Money that an organisation may use: asked for, signed three times, spent."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from branches.models import PartyOrganization, User
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class Source(models.TextChoices):
    """资金来源: out of which money something is paid."""

    DUES = "dues", "党费"
    ACTIVITY = "activity", "活动经费"


class Pot(models.TextChoices):
    """款项: how money came to an organisation, and out of which of these it is spent."""

    REFUND = "refund", "党费返还"
    DONATION = "donation", "捐助"
    ALLOCATION = "allocation", "上级下拨"


class FundRequest(ScopedModel):
    """经费申请: an organisation asks to use money; three levels sign one after the other."""

    class Category(models.TextChoices):
        MATERIALS = "materials", "学习资料"
        VENUE = "venue", "场地费用"
        PRODUCTION = "production", "工本费"
        EQUIPMENT = "equipment", "设备费用"
        EMBLEMS = "emblems", "党徽党旗"
        HARDSHIP = "hardship", "困难党员"
        COMMENDATION = "commendation", "表彰"
        OTHER = "other", "其他"

    class State(models.TextChoices):
        FIRST = "first", "待科室负责人审批"
        SECOND = "second", "待分管领导审批"
        THIRD = "third", "待主要领导审批"
        APPROVED = "approved", "已批准"
        RETURNED = "returned", "已退回"
        WITHDRAWN = "withdrawn", "已撤回"

    WAITING: ClassVar = (State.FIRST, State.SECOND, State.THIRD)

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="fund_requests", verbose_name="党组织"
    )
    source = models.CharField("资金来源", max_length=10, choices=Source)
    category = models.CharField("用途类别", max_length=14, choices=Category)
    purpose = models.CharField("用途", max_length=300)
    place = models.CharField("地点", max_length=100, blank=True)
    amount = models.DecimalField("申请金额", max_digits=11, decimal_places=2)
    wanted_on = models.DateField("用款日期")
    state = models.CharField("状态", max_length=10, choices=State, default=State.FIRST)
    requested_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    requested_on = models.DateField("申请日期")
    # How often it was handed in: signatures of an earlier round do not count for this one.
    round = models.PositiveSmallIntegerField("次数", default=1)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "经费申请"
        ordering = ["-requested_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="fund_request_is_positive")
        ]

    def __str__(self) -> str:
        return f"{self.get_category_display()} {self.amount} 元"

    def get_absolute_url(self) -> str:
        return reverse("members:fund_request", args=[self.public_id])


class FundItem(ScopedModel):
    """经费明细: one line of a request: what, how many, at which price."""

    scope_path = "request__organization__path"

    request = models.ForeignKey(FundRequest, models.CASCADE, related_name="items")
    name = models.CharField("名称", max_length=100)
    quantity = models.DecimalField("数量", max_digits=9, decimal_places=2)
    price = models.DecimalField("单价", max_digits=9, decimal_places=2)
    amount = models.DecimalField("金额", max_digits=11, decimal_places=2)

    class Meta:
        verbose_name = "经费明细"
        ordering = ["request", "pk"]

    def __str__(self) -> str:
        return self.name


class FundSignature(ScopedModel):
    """审批意见: one level agreed to a request or sent it back."""

    class Level(models.TextChoices):
        FIRST = "first", "科室负责人"
        SECOND = "second", "分管领导"
        THIRD = "third", "主要领导"

    scope_path = "request__organization__path"

    request = models.ForeignKey(FundRequest, models.CASCADE, related_name="signatures")
    round = models.PositiveSmallIntegerField("次数")
    level = models.CharField("级别", max_length=10, choices=Level)
    signed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    signer_name = models.CharField("审批人", max_length=60)
    signed_at = models.DateTimeField("时间", auto_now_add=True)
    is_agreed = models.BooleanField("同意")
    reason = models.CharField("意见", max_length=300, blank=True)

    class Meta:
        verbose_name = "审批意见"
        ordering = ["request", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "round", "level"], name="each_level_signs_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {'同意' if self.is_agreed else '退回'}"


class FundIncome(ScopedModel):
    """经费收入: money that came to an organisation."""

    scope_path = "organization__path"

    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="fund_incomes", verbose_name="党组织"
    )
    source = models.CharField("资金来源", max_length=10, choices=Source)
    pot = models.CharField("款项", max_length=12, choices=Pot)
    amount = models.DecimalField("金额", max_digits=11, decimal_places=2)
    received_on = models.DateField("到账日期")
    document = models.CharField("凭证或文号", max_length=100, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "经费收入"
        ordering = ["organization", "received_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="fund_income_is_positive")
        ]

    def __str__(self) -> str:
        return f"{self.get_pot_display()} {self.amount} 元"


class FundSpending(ScopedModel):
    """经费支出: money that was spent on an approved request."""

    scope_path = "request__organization__path"

    request = models.ForeignKey(FundRequest, models.PROTECT, related_name="spendings")
    pot = models.CharField("款项", max_length=12, choices=Pot)
    amount = models.DecimalField("金额", max_digits=11, decimal_places=2)
    spent_on = models.DateField("支出日期")
    voucher = models.CharField("凭证号", max_length=60)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "经费支出"
        ordering = ["request", "spent_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="fund_spending_is_positive")
        ]

    def __str__(self) -> str:
        return f"{self.voucher} {self.amount} 元"
