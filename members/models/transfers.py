"""Transfers of membership between two branches, or between a branch and a unit outside the portal."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from branches.models import PartyOrganization, User
from members.models.people import Member
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class Transfer(models.Model):
    """组织关系转接: somebody's formal membership goes from one place to another.

    Either place may lie outside the portal; then only its name is kept. The member counts at the
    sender until the receiver accepts (教育管理工作条例第二十五条). Both sides read it, each through
    its own `TransferSide`, and through nothing else.
    """

    class Kind(models.TextChoices):
        WITHIN_PROVINCE = "within_province", "系统内省内转接"
        ACROSS_PROVINCES = "across_provinces", "系统内跨省转接"
        LETTER = "letter", "纸质介绍信"
        UNIT_IN = "unit_in", "整建制转入"
        UNIT_OUT = "unit_out", "整建制转出"
        SPECIAL = "special", "军队或特殊单位"

    class Reach(models.TextChoices):
        CITY = "city", "市内"
        PROVINCE = "province", "市外省内"
        BEYOND = "beyond", "跨省"

    class State(models.TextChoices):
        STARTED = "started", "待转出方审核"
        IN_TRANSIT = "in_transit", "在途"
        RETURNED = "returned", "退回"
        DONE = "done", "完成"
        WITHDRAWN = "withdrawn", "撤回"

    # While a transfer is in one of these, no second one is started for the same person.
    OPEN_STATES: ClassVar = (State.STARTED, State.IN_TRANSIT, State.RETURNED)
    WHOLE_UNIT: ClassVar = (Kind.UNIT_IN, Kind.UNIT_OUT)

    unscoped_because = "two sides read it, each through its TransferSide, which lies in its scope"

    member = models.ForeignKey(Member, models.PROTECT, related_name="transfers")
    sender = models.ForeignKey(
        PartyOrganization, models.PROTECT, null=True, blank=True, related_name="+"
    )
    sender_unit = models.CharField("转出单位", max_length=100, blank=True)
    receiver = models.ForeignKey(
        PartyOrganization, models.PROTECT, null=True, blank=True, related_name="+"
    )
    receiver_unit = models.CharField("转入单位", max_length=100, blank=True)
    kind = models.CharField("转接类型", max_length=20, choices=Kind)
    reach = models.CharField("范围", max_length=10, choices=Reach, default=Reach.CITY)
    reason = models.CharField("转接原因", max_length=200, blank=True)
    letter_number = models.CharField("介绍信编号", max_length=60, blank=True)
    dues_paid_to = models.CharField("党费交至", max_length=20, blank=True)
    valid_days = models.PositiveSmallIntegerField("介绍信有效天数", default=0)
    state = models.CharField("状态", max_length=12, choices=State, default=State.STARTED)
    started_on = models.DateField("发起日期")
    sent_on = models.DateField("转出日期", null=True, blank=True)
    received_on = models.DateField("接收日期", null=True, blank=True)
    # Transfers that were started together share it: 整建制转接 is accepted in one go.
    batch = models.CharField("批次", max_length=16, blank=True, db_index=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "组织关系转接"
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(state__in=["started", "in_transit", "returned"]),
                name="one_open_transfer",
            ),
            models.CheckConstraint(
                condition=Q(sender__isnull=False) | Q(receiver__isnull=False),
                name="a_side_of_a_transfer_is_here",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_name} → {self.to_name}"

    @property
    def from_name(self) -> str:
        return self.sender.name if self.sender else self.sender_unit

    @property
    def to_name(self) -> str:
        return self.receiver.name if self.receiver else self.receiver_unit

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES


class TransferSide(ScopedModel):
    """转接的一方: what the sending or the receiving branch sees of a transfer; lies in its scope."""

    class Role(models.TextChoices):
        SENDER = "sender", "转出方"
        RECEIVER = "receiver", "转入方"

    scope_path = "organization__path"

    public_id = PublicIdField()
    transfer = models.ForeignKey(Transfer, models.CASCADE, related_name="sides")
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="+", verbose_name="党支部"
    )
    role = models.CharField("身份", max_length=10, choices=Role)

    class Meta:
        verbose_name = "转接的一方"
        constraints = [models.UniqueConstraint(fields=["transfer", "role"], name="each_side_once")]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.transfer_id}"

    def get_absolute_url(self) -> str:
        return reverse("members:transfer", args=[self.public_id])


class TransferStep(models.Model):
    """转接步骤: one dated act in a transfer, with who did it."""

    class Kind(models.TextChoices):
        STARTED = "started", "发起"
        APPROVED = "approved", "转出方审核通过"
        REFUSED = "refused", "转出方审核退回"
        RETURNED = "returned", "转入方退回"
        RESENT = "resent", "重新发起"
        ACCEPTED = "accepted", "转入方接收"
        CONFIRMED = "confirmed", "收到回执"
        WITHDRAWN = "withdrawn", "撤回"
        REOPENED = "reopened", "撤回完成"

    unscoped_because = "a step is read through its transfer"

    transfer = models.ForeignKey(Transfer, models.CASCADE, related_name="steps")
    kind = models.CharField("步骤", max_length=12, choices=Kind)
    happened_on = models.DateField("日期")
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    actor_name = models.CharField("经办人", max_length=60, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    taken_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = "转接步骤"
        ordering = ["transfer", "pk"]

    def __str__(self) -> str:
        return self.get_kind_display()
