"""Schemes that are being written."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property

from assessments.engine.document import Document
from assessments.engine.written import from_plain
from assessments.models.schemes import Scheme
from branches.models import PartyOrganization, User
from partybuild.publicids import PublicIdField
from partybuild.scoping import TrashableModel


class SchemeDraft(TrashableModel):
    """考核方案草稿: a document that may still be changed; once issued it is an edition and done.

    It is no Scheme, so that nothing that computes, lists or marks can come upon it.
    """

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="scheme_drafts", verbose_name="党组织"
    )
    document = models.JSONField("方案内容")
    copied_from = models.ForeignKey(
        Scheme, models.PROTECT, null=True, related_name="copies", verbose_name="照哪个方案起草"
    )
    issued_as = models.OneToOneField(
        Scheme, models.PROTECT, null=True, related_name="draft", verbose_name="下发为"
    )
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="起草人")
    changed_at = models.DateTimeField("修改时间", auto_now=True)

    class Meta:
        verbose_name = "考核方案草稿"
        ordering = ["-changed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(issued_as=None) | Q(deleted_at=None), name="issued_is_not_deleted"
            )
        ]

    def __str__(self) -> str:
        return self.plan.title

    def get_absolute_url(self) -> str:
        return reverse("assessments:draft", args=[self.public_id])

    @cached_property
    def plan(self) -> Document:
        """The document as it stands."""
        return from_plain(self.document)
