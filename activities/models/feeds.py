"""Secret addresses under which a calendar reads what is planned."""

from django.db import models

from branches.models import PartyOrganization, User
from partybuild.publicids import PublicIdField


class FeedAddress(models.Model):
    """日历地址: a secret address under which its maker's calendar reads what is planned.

    With an `organization` it tells of that branch, without one of the branches its user belongs
    to. The secret itself is not kept, only its keyed fingerprint. It opens no more than its user
    may see at the moment, and nothing once it is revoked.
    """

    unscoped_because = "an address is found by its secret before any scope is known"

    public_id = PublicIdField()
    user = models.ForeignKey(User, models.CASCADE, related_name="feeds", verbose_name="谁生成的")
    organization = models.ForeignKey(
        PartyOrganization,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="feeds",
        verbose_name="党支部",
    )
    token_digest = models.CharField("指纹", max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField("生成时间", auto_now_add=True)
    last_used_at = models.DateTimeField("最近使用", null=True, blank=True)
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        verbose_name = "日历地址"
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.organization.label}的日历地址" if self.organization else "我的日历地址"


class FeedGuess(models.Model):
    """日历地址试错: how often one client has asked for calendar addresses that do not exist.

    `client` is a keyed fingerprint of where it asks from, never the address itself. A row is of use
    for minutes and is replaced by the next count.
    """

    unscoped_because = "whoever guesses has no account and no place"

    client = models.CharField("来源指纹", max_length=64, unique=True, editable=False)
    began_at = models.DateTimeField("从何时起")
    count = models.PositiveIntegerField("次数", default=0)

    class Meta:
        verbose_name = "日历地址试错"
        ordering = ["-began_at"]

    def __str__(self) -> str:
        return f"{self.count} 次"
