"""The pages of 统计口径: which there are, one of them for a place and a period, a new one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import TemplateView, View

from partybuild import ledgerfiles
from partybuild.ledger_views import asked_pairs, asked_period, asked_place, readable_ledger
from partybuild.ledgers import Ledger, ledgers
from partybuild.models import Statistic
from partybuild.narrowing import (
    Selection,
    SelectionProblem,
    address_of,
    asked_selection,
    kept_selection,
)
from partybuild.periods import Period
from partybuild.refusals import Refused
from partybuild.scoping import scoped_to
from partybuild.statistics import (
    Figure,
    columns_for,
    define_statistic,
    drop_statistic,
    figures_below,
    trend,
    visible_statistics,
    words_of,
)
from partybuild.submissions import KEY_MAX_LENGTH, new_key, once


class StatisticListView(TemplateView):
    """All figures that the user may ask for."""

    permission_required = "partybuild.view_ledgerfile"
    template_name = "partybuild/statistics.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: Any = self.request.user
        found = list(visible_statistics(user))
        return super().get_context_data(
            statistics=[(one, ledgers[one.code]) for one in found],
            may_define=user.has_perm("partybuild.add_ledgerfile"),
            **kwargs,
        )


class StatisticView(TemplateView):
    """One figure: of a place and a period, month by month, and of each organisation below."""

    permission_required = "partybuild.view_ledgerfile"
    template_name = "partybuild/statistic.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the figure, or say why it cannot be computed any more."""
        self.found = find_statistic(request, kwargs["statistic"])
        try:
            return super().get(request, *args, **kwargs)
        except SelectionProblem as problem:
            messages.warning(request, f"“{self.found.name}”算不出来：{problem} 请重新定义。")
            return redirect("partybuild:statistics")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        statistic = self.found
        ledger, user = ledgers[statistic.code], self.request.user
        period, problem = asked_period(self.request)
        with scoped_to(user.scope_for(ledger.permission)):  # type: ignore[union-attr]
            places = list(ledgerfiles.places_in_scope())
            place = asked_place(self.request, places)
            figure, below, rest = figures_below(statistic, period, place)
            months = trend(statistic, period, place.path)
        kwargs["statistic"] = statistic
        return super().get_context_data(
            ledger=ledger,
            words=words_of(statistic),
            place=place,
            places=places,
            period=period,
            period_problem=problem,
            figure=figure,
            records_url=records_url(statistic, place, period),
            bars=[_bar(statistic, one.place.label, one.figure, one.place, period) for one in below],
            rest=rest,
            months=[_bar(statistic, month.title, found, place, month) for month, found in months],
            is_own=statistic.owner == user,
            **kwargs,
        )


class DefineStatisticView(TemplateView):
    """A new figure, of what the page of a ledger shows."""

    permission_required = "partybuild.add_ledgerfile"
    template_name = "partybuild/statistic_form.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.ledger = readable_ledger(request, kwargs["code"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(StatisticForm(self.ledger, request.user))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = StatisticForm(self.ledger, request.user, request.POST)
        if not form.is_valid():
            return self.show(form)
        said = form.cleaned_data
        with scoped_to(request.user.scope_for(self.ledger.permission)):  # type: ignore[union-attr]
            place = asked_place(request, list(ledgerfiles.places_in_scope()))

        def define() -> str:
            statistic = define_statistic(
                actor=request.user,
                ledger=self.ledger,
                name=said["name"],
                unit=said["unit"],
                note=said["note"],
                measure=said["measure"],
                column=said.get(said["measure"], ""),
                whole=said["whole"],
                selection=asked_selection(self.ledger, asked_pairs(request)),
                shared_from=place.path if said["shared"] else "",
            )
            return statistic.get_absolute_url()

        key = request.POST.get("submission_key") or new_key()
        try:
            address = once(user=request.user, key=key[:KEY_MAX_LENGTH], act=define)
        except (Refused, SelectionProblem) as refused:
            wrong = getattr(refused, "field", "")
            wrong = said["measure"] if wrong == "column" else wrong
            form.add_error(wrong if wrong in form.fields else None, str(refused))
            return self.show(form)
        messages.success(request, f"已定义“{said['name']}”。")
        return redirect(address)

    def show(self, form: "StatisticForm") -> HttpResponse:
        """Show the form with what it is about."""
        try:
            selection = asked_selection(self.ledger, asked_pairs(self.request))
        except SelectionProblem as problem:
            messages.error(self.request, str(problem))
            selection = Selection()
        period, _ = asked_period(self.request)
        with scoped_to(self.request.user.scope_for(self.ledger.permission)):  # type: ignore[union-attr]
            place = asked_place(self.request, list(ledgerfiles.places_in_scope()))
        return self.render_to_response(
            self.get_context_data(
                form=form,
                ledger=self.ledger,
                selection=selection,
                place=place,
                period=period,
                submission_key=new_key(),
            )
        )


class StatisticForm(forms.Form):
    """What a new figure is called and what it tells."""

    name = forms.CharField(
        label="名称",
        max_length=60,
        help_text="例如：省级荣誉人数。",
        error_messages={"required": "请写名称。", "max_length": "名称最多 60 个字。"},
    )
    unit = forms.CharField(
        label="计量单位", max_length=10, required=False, help_text="例如：人、次。"
    )
    measure = forms.ChoiceField(
        label="算什么", choices=Statistic.Measure.choices, widget=forms.RadioSelect
    )
    sum = forms.ChoiceField(label="合计哪一列", required=False)
    distinct = forms.ChoiceField(label="哪一列的不同内容", required=False)
    whole = forms.ModelChoiceField(
        Statistic.objects.none(),
        label="占谁的比例",
        required=False,
        empty_label="不算比例",
        help_text="选一个已有的统计做分母。",
    )
    note = forms.CharField(label="说明", max_length=200, required=False)
    shared = forms.BooleanField(label="下级也能用（各看各的数据）", required=False)

    def __init__(self, ledger: Ledger, user: Any, data: Any = None) -> None:
        super().__init__(data, prefix="new", initial={"measure": Statistic.Measure.COUNT})
        for measure in (Statistic.Measure.SUM, Statistic.Measure.DISTINCT):
            columns = columns_for(ledger, measure)
            field: Any = self.fields[measure]
            field.choices = [("", "请选择"), *columns.items()]
            if not columns:  # nothing to add up: no word of it
                del self.fields[measure]
                told: Any = self.fields["measure"]
                told.choices = [one for one in told.choices if one[0] != measure]
        whole: Any = self.fields["whole"]
        whole.queryset = visible_statistics(user).filter(whole=None)


class DropStatisticView(View):
    """Forget one of one's own figures."""

    permission_required = "partybuild.add_ledgerfile"

    def post(self, request: HttpRequest, statistic: str) -> HttpResponse:
        user: Any = request.user
        found = get_object_or_404(Statistic, owner=user, public_id=statistic)
        try:
            drop_statistic(actor=user, statistic=found)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect(found)
        messages.success(request, f"已删除统计“{found.name}”，台账里的记录没有变。")
        return redirect("partybuild:statistics")


def find_statistic(request: HttpRequest, public_id: str) -> Statistic:
    """Return a figure that the user may ask for; 404 otherwise."""
    return get_object_or_404(visible_statistics(request.user), public_id=public_id)


def records_url(statistic: Statistic, place: Any, period: Period) -> str:
    """Return the address of the records that a figure was counted from."""
    selection = kept_selection(ledgers[statistic.code], statistic.selection)
    others = [("organization", place.public_id), ("period", period.code)]
    address = reverse("partybuild:ledger", args=[statistic.code])
    return f"{address}?{address_of(selection, others)}"


def _bar(
    statistic: Statistic, label: str, figure: Figure, place: Any, period: Period
) -> dict[str, Any]:
    """Return a line of a chart; a share is drawn by its percent."""
    drawn = figure.value if figure.whole is None else figure.share
    return {
        "label": label,
        "value": drawn if drawn is not None else 0,
        "shown": str(figure),
        "url": records_url(statistic, place, period),
    }
