"""Pages of honours: list, one honour, entering, correcting, revoking, figures."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.generic import TemplateView

from members.forms import honours as forms
from members.models import Honour
from members.queries import honours as queries
from members.services import honours as services
from members.services.honours import SEES_DISCIPLINE
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.ledgers import partial_date
from partybuild.lists import Link, addresses, table_rows
from partybuild.paging import page_of, pager_urls
from partybuild.saving import EditingView, SavingView, VersionedView

VIEW, CHANGE = "members.view_honour", "members.change_honour"


class HonourListView(TemplateView):
    """The honours in scope."""

    permission_required = VIEW
    template_name = "members/honours.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = forms.HonourFilter(self.request.GET or None)
        page = page_of(
            queries.honour_list(**form.conditions()),
            order=("-awarded_on", "pk"),
            cursor=self.request.GET.get("cursor", ""),
        )
        address = addresses("members:honour")
        return super().get_context_data(
            page=page,
            rows=table_rows(
                (
                    Link(honour.title, address(honour.public_id)),
                    honour.winner,
                    honour.organization.label,
                    honour.get_level_display(),
                    honour.awarded_by,
                    partial_date(honour.awarded_on, honour.awarded_precision),
                    "已撤销" if honour.revoked_on else honour.get_kind_display(),
                )
                for honour in page.rows
            ),
            filter_form=form,
            pager=pager_urls(self.request, page),
            may_change=self.request.user.has_perm(CHANGE),
            **kwargs,
        )


class HonourStatisticsView(TemplateView):
    """How many honours each year brought, by level and kind; revoked ones are left out."""

    permission_required = VIEW
    template_name = "members/honour_statistics.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        columns: list[tuple[str, Any]] = [("level", level) for level in Honour.Level]
        columns += [("kind", kind) for kind in Honour.Kind]
        rows = [
            [
                f"{line['year']}年",
                Link(str(line["total"]), _list(year=line["year"])),
                *(
                    Link(str(line[one.value]), _list(year=line["year"], **{name: one.value}))
                    for name, one in columns
                ),
            ]
            for line in queries.honours_by_year()
        ]
        return super().get_context_data(
            head=[one.label for _, one in columns],
            rows=table_rows(rows, ",n" + ",n" * len(columns)) if rows else "",
            **kwargs,
        )


def _list(**conditions: Any) -> str:
    query = urlencode({**conditions, "standing": "on"})
    return f"{reverse('members:honours')}?{query}"


class HonourView(TemplateView):
    """One honour and its history."""

    permission_required = VIEW
    template_name = "members/honour.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        honour = _honour(kwargs["public_id"])
        return super().get_context_data(
            honour=honour,
            may_change=self.request.user.has_perm(CHANGE),
            steps=steps_of(history_of(honour)),
            **kwargs,
        )


def _honour(public_id: str) -> Honour:
    return get_object_or_404(queries.honours_in_scope(), public_id=public_id)


class AwardView(SavingView):
    """A form that tells an honour; only who may see the 处分 is asked about one."""

    permission_required = CHANGE
    form_class = forms.HonourForm

    def get_form_kwargs(self) -> dict[str, Any]:
        sees = self.request.user.has_perm(SEES_DISCIPLINE)
        return super().get_form_kwargs() | {"sees_discipline": sees}


class NewHonourView(AwardView):
    heading, done = "登记荣誉", "已登记，荣誉台账同时更新。"

    def get_initial(self) -> dict[str, Any]:
        return {"awarded_on": timezone.localdate()}

    def back_url(self) -> str:
        return reverse("members:honours")

    def save(self, form: Any) -> str:
        made = services.record_honour(
            actor=self.request.user, award=form.award(), despite=form.despite_reason()
        )
        return made.get_absolute_url()


class CorrectHonourView(AwardView, EditingView):
    heading, done = "更正荣誉", "已更正。"

    def record(self) -> Honour:
        return _honour(self.kwargs["public_id"])

    def values_of(self, record: Honour) -> dict[str, Any]:
        winner = forms.PERSON if record.member else forms.ORGANIZATION
        names = ("organization", "title", "level", "awarded_on", "awarded_by", "document")
        return {name: getattr(record, name) for name in (*names, "is_public")} | {
            "winner": forms.UNIT if record.unit_name else winner,
            "winner_name": record.member.name if record.member else record.unit_name,
        }

    def edit(self, form: Any, record: Honour, version: int) -> str:
        services.correct_honour(
            actor=self.request.user,
            honour=record,
            version=version,
            award=form.award(),
            despite=form.despite_reason(),
        )
        return record.get_absolute_url()


class RevokeHonourView(VersionedView):
    permission_required = CHANGE
    form_class = forms.RevokeForm
    heading, done = "撤销荣誉", "已撤销，记录留在列表里。"

    def record(self) -> Honour:
        return _honour(self.kwargs["public_id"])

    def get_initial(self) -> dict[str, Any]:
        return {"revoked_on": timezone.localdate()}

    def edit(self, form: Any, record: Honour, version: int) -> str:
        services.revoke_honour(
            actor=self.request.user, honour=record, version=version, **form.cleaned_data
        )
        return record.get_absolute_url()
