"""Who leads in the agency: what the double organisation life of leaders is asked of."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from members.models.people import Member
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel


class LeadingPost(ScopedModel):
    """领导职务: a member is a 党员领导干部 by a post in the agency, from one day to another.

    Who sits in a leading body above the branches leads by that office and needs no row here.
    `ended_on` is the first day on which it no longer holds; on the first day itself it never did.
    """

    scope_path = "member__branch__path"

    public_id = PublicIdField()
    member = models.ForeignKey(Member, models.CASCADE, related_name="leading_posts")
    title = models.CharField("领导职务", max_length=60)
    started_on = models.DateField("从哪天起")
    ended_on = models.DateField("从哪天起不再担任", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "领导职务"
        ordering = ["member", "-started_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="leading_post_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("members:leading_post", args=[self.public_id])
