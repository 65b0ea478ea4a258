"""The roster as its branch has checked it."""

from django.db import models

from branches.models import PartyOrganization, User
from members.models.people import Member
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class RosterCheck(ScopedModel):
    """核对名单: somebody went through a branch's roster by exception on a day."""

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(
        PartyOrganization, models.CASCADE, related_name="roster_checks", verbose_name="党支部"
    )
    checked_on = models.DateField("核对日期")
    checked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    people = models.PositiveIntegerField("在册人数")
    missing = models.CharField("名单上缺的人", max_length=200, blank=True)

    class Meta:
        verbose_name = "核对名单"
        ordering = ["-checked_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.checked_on}核对名单"


class RosterRemark(ScopedModel):
    """名单存疑: what is wrong with one person on the roster, until it is settled."""

    scope_path = "roster_check__organization__path"

    public_id = PublicIdField()
    roster_check = models.ForeignKey(RosterCheck, models.CASCADE, related_name="remarks")
    member = models.ForeignKey(Member, models.CASCADE, related_name="roster_remarks")
    text = models.CharField("说明", max_length=200)
    settled_on = models.DateField("处理日期", null=True, blank=True)

    class Meta:
        verbose_name = "名单存疑"
        ordering = ["roster_check", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["roster_check", "member"], name="each_person_once_per_roster_check"
            )
        ]

    def __str__(self) -> str:
        return self.text
