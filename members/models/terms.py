"""Approvals that move the end of a term."""

from django.db import models

from branches.models import Term
from partybuild.scoping import ScopedModel


class TermShift(ScopedModel):
    """换届提前或延期批复: the superior lets a body be elected earlier or later than its term says.

    `due_on` is the new last day. Whether that is earlier or later is read from the term.
    """

    scope_path = "term__organization__path"

    term = models.ForeignKey(Term, models.CASCADE, related_name="shifts")
    due_on = models.DateField("批准的换届时间")
    approved_on = models.DateField("批复日期")
    document = models.CharField("批复文号", max_length=100)
    reason = models.CharField("原因", max_length=300)

    class Meta:
        verbose_name = "换届提前或延期批复"
        ordering = ["term", "approved_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["term", "document"], name="each_shift_document_once")
        ]

    def __str__(self) -> str:
        return f"{self.document}：{self.due_on}"
