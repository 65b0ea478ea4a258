"""What pages about one person have in common."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property

from members.models import Member


class OnMember:
    """The page is about one person; somebody outside the scope is not found."""

    kwargs: dict[str, Any]

    @cached_property
    def member(self) -> Member:
        return get_object_or_404(
            Member.objects.select_related("branch"), public_id=self.kwargs["public_id"]
        )

    def get_lead(self) -> str:
        return f"{self.member.name} · {self.member.branch.label}"

    def back_url(self) -> str:
        return self.member.get_absolute_url()
