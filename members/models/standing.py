"""Changes of standing: the dated decisions by which somebody stops or begins to be a member again."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from branches.models import PartyOrganization, User
from members.models.people import Member
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class StandingChange(ScopedModel):
    """党籍变动: 停止党籍, 恢复党籍, 出党, 死亡 or 转出, with its day, document and reason.

    `before` keeps what the change replaced (state, file's branch, memberships), so that taking it
    back restores exactly that. One that was taken back stays as a row and counts no more.
    """

    State = Member.State
    # 出党 in the yearly comparison of numbers.
    EXITS: ClassVar = (
        State.RESIGNED,
        State.LAPSED,
        State.REMOVED,
        State.PROBATION_REVOKED,
        State.EXPELLED,
    )

    scope_path = "organization__path"

    public_id = PublicIdField()
    member = models.ForeignKey(Member, models.PROTECT, related_name="standing_changes")
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="+", verbose_name="党支部"
    )
    state = models.CharField("变动为", max_length=20, choices=Member.State)
    happened_on = models.DateField("变动日期")
    document = models.CharField("文号", max_length=100, blank=True)
    reason = models.CharField("原因", max_length=300, blank=True)
    whereto = models.CharField("转往单位", max_length=100, blank=True)
    before: Any = models.JSONField("变动前", default=dict)
    recorded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    taken_back_at = models.DateTimeField("撤回时间", null=True, blank=True)

    class Meta:
        verbose_name = "党籍变动"
        ordering = ["-happened_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "happened_on", "state"],
                condition=Q(taken_back_at__isnull=True),
                name="each_standing_change_once",
            )
        ]
        indexes = [models.Index(fields=["organization", "happened_on"], name="standing_place_day")]

    def __str__(self) -> str:
        return f"{self.happened_on} {self.label}"

    def get_absolute_url(self) -> str:
        return reverse("members:standing_change", args=[self.public_id])

    @property
    def label(self) -> str:
        """What the change is called: 恢复党籍 when the standing is a normal one again."""
        return "恢复党籍" if self.state == self.State.NORMAL else self.get_state_display()
