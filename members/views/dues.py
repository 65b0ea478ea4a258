"""Pages of dues: overview, a branch's year, the grid, single payments, standings, what goes up."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from branches.models import PartyOrganization
from branches.queries.organizations import branches_in_scope, organizations_in_scope
from members.forms.dues import (
    CollectForm,
    DuesGrid,
    DuesRuleForm,
    PaymentForm,
    PublicationForm,
    RemittanceForm,
    StandingForm,
)
from members.models import Member
from members.queries.dues import (
    handing_up,
    payers_of,
    publication_of,
    read_branch,
    remittances_of,
    standing_history,
    sums_of,
)
from members.queries.dues_rules import RULE, DuesRefused
from members.services.dues import (
    CellChange,
    enter_payments,
    fix_standing,
    hand_up,
    publish_dues,
    record_payment,
    refuse_collecting,
)
from partybuild.grids import GridView
from partybuild.lists import Link
from partybuild.localrules import lay_over
from partybuild.paging import page_of, pager_urls
from partybuild.regulations import regulation
from partybuild.saving import SavingView

FIRST_YEAR = 2009  # the first whole year of the rule
MONTHS = list(range(1, 13))


class YearMixin:
    """Finds the year and the organisation that a page is about."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def today(self) -> dt.date:
        return timezone.localdate()

    @cached_property
    def year(self) -> int:
        asked = self.request.POST.get("year") or self.request.GET.get("year", "")
        if asked.isdecimal() and FIRST_YEAR <= int(asked[:5]) <= self.today.year + 1:
            return int(asked)
        return self.today.year

    @cached_property
    def branches(self) -> list[PartyOrganization]:
        return list(branches_in_scope())

    @cached_property
    def branch(self) -> PartyOrganization:
        asked = self.request.POST.get("organization") or self.request.GET.get("organization")
        for branch in self.branches:
            if not asked or branch.public_id == asked:
                return branch
        raise Http404

    def years(self) -> dict[str, int]:
        return {
            "year": self.year,
            "previous_year": max(self.year - 1, FIRST_YEAR),
            "next_year": min(self.year + 1, self.today.year + 1),
        }


class DuesView(YearMixin, TemplateView):
    """Every branch in scope with what it collected month by month."""

    permission_required = "members.view_dues"
    template_name = "members/dues.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = page_of(
            branches_in_scope(), order=("path",), cursor=self.request.GET.get("cursor", "")
        )
        rows = sums_of(page.rows, self.year, self.today)
        return super().get_context_data(
            page=page,
            pager=pager_urls(self.request, page),
            rows=[self._cells(row) for row in rows],
            months=MONTHS,
            may_collect=self.request.user.has_perm("members.collect_dues"),
            may_hand_up=self.request.user.has_perm("members.hand_up_dues"),
            **self.years(),
            **kwargs,
        )

    def _cells(self, row: Any) -> tuple[Any, ...]:
        place = row.organization
        url = f"{reverse('members:branch_dues', args=[place.public_id])}?year={self.year}"
        shown = [amount or None for amount in (*row.months, row.paid, row.due, row.owed)]
        return (Link(place.label, url), *shown, row.behind or None)


class BranchDuesView(YearMixin, TemplateView):
    """One branch's year: who has paid which month, who is behind."""

    permission_required = "members.view_dues"
    template_name = "members/dues_branch.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        branch = get_object_or_404(branches_in_scope(), public_id=kwargs["public_id"])
        people = read_branch(branch, self.year, self.today)
        return super().get_context_data(
            branch=branch,
            people=people,
            months=MONTHS,
            total=sum((person.paid for person in people), 0),
            due=sum((person.due for person in people), 0),
            owed=sum((person.owed for person in people), 0),
            big=sum((person.big for person in people), 0),
            publication=publication_of(branch, self.year),
            citation=regulation(RULE, on=dt.date(self.year, 12, 31), place=branch.path).citation,
            may_collect=self.request.user.has_perm("members.collect_dues"),
            **self.years(),
            **kwargs,
        )


class EnterDuesView(YearMixin, GridView):
    """The grid: people in rows, months in columns; `?month=` narrows it to one month of plain fields."""

    permission_required = "members.collect_dues"
    form_class = CollectForm
    template_name = "members/dues_enter.html"
    done = "已保存，党费台账同时更新。"

    @cached_property
    def month(self) -> int | None:
        asked = self.request.POST.get("month") or self.request.GET.get("month", "")
        return int(asked) if asked in {str(month) for month in MONTHS} else None

    @cached_property
    def refusal(self) -> str:
        try:
            refuse_collecting(self.branch, self.today)
        except DuesRefused as refused:
            return str(refused)
        return ""

    def read_grid(self, posted: Any) -> DuesGrid:
        return DuesGrid(read_branch(self.branch, self.year, self.today), posted)

    @cached_property
    def changes(self) -> list[CellChange]:
        """What was typed, and what is to be filled in."""
        fill = self.request.POST.get("fill", "")
        typed: list[CellChange] = self.grid.changes()
        return typed + (self.grid.fill(int(fill[:2])) if fill.isdecimal() else [])

    def get_initial(self) -> dict[str, Any]:
        return {"paid_on": self.today} if self.year == self.today.year else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            branch=self.branch,
            branches=self.branches,
            months=[self.month] if self.month else MONTHS,
            month=self.month,
            all_months=MONTHS,
            this_month=self.today.month if self.year == self.today.year else 12,
            refusal=self.refusal,
            **self.years(),
            **kwargs,
        )

    def carried(self) -> dict[str, Any]:
        month = {"month": self.month} if self.month else {}
        return {"organization": self.branch.public_id, "year": self.year} | month

    def back_url(self) -> str:
        return f"{reverse('members:enter_dues')}?{urlencode(self.carried())}"

    def enter(self, changes: list[CellChange], cleaned: dict[str, Any]) -> str:
        enter_payments(
            actor=self.request.user, organization=self.branch, changes=changes, **cleaned
        )
        return self.back_url()


class PersonFormView(YearMixin, SavingView):
    """A form about one person of a branch."""

    permission_required = "members.collect_dues"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"people": payers_of(self.branch, self.today)}

    def get_initial(self) -> dict[str, Any]:
        return {
            "member": self.request.GET.get("member", ""),
            "paid_on": self.today,
            "month": f"{self.today:%Y-%m}",
            "started_on": f"{self.today:%Y-%m}",
        }

    def get_lead(self) -> str:
        return self.branch.label

    def carried(self) -> dict[str, Any]:
        return {"organization": self.branch.public_id}

    def back_url(self) -> str:
        return reverse("members:branch_dues", args=[self.branch.public_id])


class RecordPaymentView(PersonFormView):
    """Record one payment: a big voluntary one, or one far from its month."""

    form_class = PaymentForm
    heading = "单笔登记党费"
    done = "已登记，党费台账同时更新。"

    def save(self, form: PaymentForm) -> str:
        record_payment(actor=self.request.user, organization=self.branch, **form.cleaned_data)
        return self.back_url()


class FixStandingView(PersonFormView):
    """Fix what somebody owes a month."""

    form_class = StandingForm
    template_name = "members/dues_form.html"
    heading = "核定缴费标准"
    done = "已核定，应缴金额同时更新。"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chosen = Member.objects.filter(public_id=self.request.GET.get("member", "")).first()
        return super().get_context_data(
            standings=standing_history(chosen) if chosen else [], **kwargs
        )

    def save(self, form: StandingForm) -> str:
        fix_standing(actor=self.request.user, **form.cleaned_data)
        return self.back_url()


class HandingUpView(YearMixin, SavingView):
    """What an organisation collected, what goes up by the share in force, what went up."""

    permission_required = "members.hand_up_dues"
    form_class = RemittanceForm
    template_name = "members/dues_handing_up.html"
    done = "已登记上缴。"

    @cached_property
    def organizations(self) -> list[PartyOrganization]:
        return list(organizations_in_scope())

    @cached_property
    def organization(self) -> PartyOrganization:
        asked = self.request.POST.get("organization") or self.request.GET.get("organization")
        for place in self.organizations:
            if not asked or place.public_id == asked:
                return place
        raise Http404

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"year": self.year}

    def get_initial(self) -> dict[str, Any]:
        return {"handed_on": self.today}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = handing_up(self.organization, self.year)
        return super().get_context_data(
            organization=self.organization,
            organizations=self.organizations,
            rows=rows,
            share=rows[-2].share_text,
            citation=rows[-2].citation,
            big_citation=rows[-1].citation,
            remittances=remittances_of(self.organization, self.year),
            **self.years(),
            **kwargs,
        )

    def carried(self) -> dict[str, Any]:
        return {"organization": self.organization.public_id, "year": self.year}

    def back_url(self) -> str:
        return reverse("members:dues")

    def save(self, form: RemittanceForm) -> str:
        hand_up(actor=self.request.user, organization=self.organization, **form.cleaned_data)
        return f"{reverse('members:handing_up')}?{urlencode(self.carried())}"


class PublicationView(YearMixin, TemplateView):
    """The sheet with which a branch publishes a year's dues; it prints on A4."""

    permission_required = "members.view_dues"
    template_name = "members/dues_publication.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        branch = get_object_or_404(branches_in_scope(), public_id=kwargs["public_id"])
        people = read_branch(branch, self.year, self.today)
        return super().get_context_data(
            branch=branch,
            people=people,
            total=sum((person.paid for person in people), 0),
            big=sum((person.big for person in people), 0),
            publication=publication_of(branch, self.year),
            may_publish=self.request.user.has_perm("members.collect_dues"),
            **self.years(),
            **kwargs,
        )


class PublishView(YearMixin, SavingView):
    """Record that a branch published a year's dues."""

    permission_required = "members.collect_dues"
    form_class = PublicationForm
    done = "已登记公示。"

    @cached_property
    def branch(self) -> PartyOrganization:
        return get_object_or_404(branches_in_scope(), public_id=self.kwargs["public_id"])

    def get_initial(self) -> dict[str, Any]:
        return {"published_on": self.today}

    def get_heading(self) -> str:
        return f"登记{self.year}年党费公示"

    def get_lead(self) -> str:
        return self.branch.label

    def carried(self) -> dict[str, Any]:
        return {"year": self.year}

    def back_url(self) -> str:
        address = reverse("members:dues_publication", args=[self.branch.public_id])
        return f"{address}?year={self.year}"

    def save(self, form: PublicationForm) -> str:
        publish_dues(
            actor=self.request.user, organization=self.branch, year=self.year, **form.cleaned_data
        )
        return self.back_url()


class DuesRuleView(SavingView):
    """Lay an agency's own rule over the shipped one: base, rounding, share."""

    permission_required = "members.hand_up_dues"
    form_class = DuesRuleForm
    heading = "定党费的本级规定"
    done = "已保存本级规定，以前的记录不变。"

    def get_initial(self) -> dict[str, Any]:
        return {"in_force_from": timezone.localdate()}

    def get_lead(self) -> str:
        central = regulation("members.dues_central", on=timezone.localdate())
        return (
            "写明依据的文件。以前的记录仍按当时的规定。"
            f"中央和国家机关按{central.citation}：基数年初核定，每季度上缴 20%。"
        )

    def back_url(self) -> str:
        return reverse("members:handing_up")

    def save(self, form: DuesRuleForm) -> str:
        cleaned = form.cleaned_data
        lay_over(
            actor=self.request.user,
            place=cleaned["organization"],
            code=RULE,
            values=form.values(),
            in_force_from=cleaned["in_force_from"],
            document=cleaned["document"],
            article=cleaned["article"],
        )
        return self.back_url()
