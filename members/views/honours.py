"""Pages of honours: list, one honour, entering, correcting, revoking, figures."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.generic import FormView, TemplateView

from members.forms import honours as forms
from members.models import Honour
from members.queries import honours as queries
from members.services import honours as services
from members.services.honours import SEES_DISCIPLINE, HonourRefused
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.ledgers import partial_date
from partybuild.lists import Link, addresses, table_rows
from partybuild.merging import StaleVersion
from partybuild.paging import page_of, pager_urls
from partybuild.submissions import SavedBefore, content_of, new_key, once

VIEW, CHANGE = "members.view_honour", "members.change_honour"
STALE = "别人刚才改过，这次没有保存。请先打开原来的页面看现在的内容，确认后再保存一次。"


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


class HonourFormView(FormView):
    """A form of an honour: saved once, refusals at their field."""

    permission_required = CHANGE
    template_name = "members/vanguard_post_form.html"
    heading = ""
    done = "已登记，荣誉台账同时更新。"

    def act(self, form: Any) -> str:
        """Call the service; return the address to go to."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            submission_key=self.request.POST.get("submission_key") or new_key(),
            heading=self.heading,
            back_url=reverse("members:honours"),
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            answer = once(
                user=self.request.user,
                key=self.request.POST.get("submission_key") or new_key(),
                act=lambda: self.act(form),
                content=content_of(self.request),
            )
        except HonourRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            return self.form_invalid(form)
        except StaleVersion:
            form.add_error(None, STALE)
            return self.form_invalid(form)
        except SavedBefore:
            form.add_error(None, "这张表刚才已经保存。要再登记一项，请从列表重新打开。")
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return redirect(answer)


class NewHonourView(HonourFormView):
    form_class = forms.HonourForm
    heading = "登记荣誉"

    def get_form_kwargs(self) -> dict[str, Any]:
        sees = self.request.user.has_perm(SEES_DISCIPLINE)
        return super().get_form_kwargs() | {"sees_discipline": sees}

    def get_initial(self) -> dict[str, Any]:
        return {"awarded_on": timezone.localdate()}

    def act(self, form: Any) -> str:
        made = services.record_honour(
            actor=self.request.user, award=form.award(), despite=form.despite_reason()
        )
        return made.get_absolute_url()


class CorrectHonourView(NewHonourView):
    form_class = forms.HonourCorrection
    heading, done = "更正荣誉", "已更正。"

    @cached_property
    def honour(self) -> Honour:
        return _honour(self.kwargs["public_id"])

    def get_initial(self) -> dict[str, Any]:
        honour = self.honour
        winner = forms.PERSON if honour.member else forms.ORGANIZATION
        names = ("title", "level", "awarded_on", "awarded_by", "document", "is_public", "version")
        return {name: getattr(honour, name) for name in names} | {
            "organization": honour.organization.public_id,
            "winner": forms.UNIT if honour.unit_name else winner,
            "winner_name": honour.member.name if honour.member else honour.unit_name,
        }

    def act(self, form: Any) -> str:
        services.correct_honour(
            actor=self.request.user,
            honour=self.honour,
            version=form.cleaned_data["version"],
            award=form.award(),
            despite=form.despite_reason(),
        )
        return self.honour.get_absolute_url()


class RevokeHonourView(HonourFormView):
    form_class = forms.RevokeForm
    heading, done = "撤销荣誉", "已撤销，记录留在列表里。"

    @cached_property
    def honour(self) -> Honour:
        return _honour(self.kwargs["public_id"])

    def get_initial(self) -> dict[str, Any]:
        return {"revoked_on": timezone.localdate(), "version": self.honour.version}

    def act(self, form: Any) -> str:
        services.revoke_honour(actor=self.request.user, honour=self.honour, **form.cleaned_data)
        return self.honour.get_absolute_url()
