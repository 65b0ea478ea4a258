"""Pages of service platforms and their coverage."""

from typing import Any
from urllib.parse import urlencode

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from branches.forms.platforms import (
    CoverageForm,
    DayForm,
    PlatformEditForm,
    PlatformFilterForm,
    PlatformForm,
    asked_day,
)
from branches.models import Coverage, ServicePlatform
from branches.queries.platforms import (
    BLANK,
    Figures,
    coverage_history,
    coverage_on,
    coverage_rates,
    platform_list,
    summed,
)
from branches.services.platforms import (
    change_coverage,
    correct_platform,
    register_platform,
    take_back_coverage,
    told,
)
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.lists import Link, addresses
from partybuild.paging import page_of, pager_urls
from partybuild.panels import panels_for
from partybuild.saving import ButtonView, EditingView, SavingView

VIEW, CHANGE = "branches.view_platform", "branches.change_platform"
KINDS, LEVELS = (dict(choices.choices) for choices in (ServicePlatform.Kind, ServicePlatform.Level))
WAYS = {**dict(Coverage.Way.choices), BLANK: "空白"}
# What `platform_cells` wants to have read.
LISTED = (
    *("public_id", "name", "kind", "level", "area", "meets_standard", "place__short_name"),
    *("place__name", "way", "coverer__short_name", "coverer__name", "cover__instructor"),
)
# The rows of the yearly table of 社会组织: a title, the figure, and the list that it opens.
SOCIAL_LINES = (
    ("单位数", "total", ""),
    ("已单独建立党组织", "own", "own"),
    ("联合党支部", "joint", "joint"),
    ("未建立", "without", "without"),
)


class PlatformListView(TemplateView):
    """The platforms in scope as of a day."""

    permission_required = VIEW
    template_name = "branches/platforms.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = PlatformFilterForm(self.request.GET or None)
        conditions = form.conditions()
        page = page_of(
            platform_list(**conditions),
            order=("area", "level", "name", "pk"),
            cursor=self.request.GET.get("cursor", ""),
            values=LISTED,
        )
        return super().get_context_data(
            form=form,
            day=conditions["day"],
            page=page,
            pager=pager_urls(self.request, page),
            rows=platform_cells(page.rows),
            folded=("standard", "kind", "organization", "day"),
            may_change=self.request.user.has_perm(CHANGE),
            **kwargs,
        )


class PlatformRatesView(TemplateView):
    """Coverage by level, area and kind as of a day; each figure opens the list of those counted."""

    permission_required = VIEW
    template_name = "branches/platform_rates.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day = asked_day(self.request.GET.get("day", ""))
        rates = coverage_rates(day)
        levels = [(LEVELS[level], rates.levels.get(level)) for level in ServicePlatform.Level]
        tables = [
            (
                "按层级",
                [
                    rate_line("全部", rates.whole, day=day),
                    *(
                        rate_line(title, figures, day=day, level=str(level))
                        for level, (title, figures) in zip(
                            ServicePlatform.Level, levels, strict=True
                        )
                        if figures
                    ),
                ],
            ),
            (
                "按区域",
                [
                    rate_line(area, rates.areas[area], day=day, area=area)
                    for area in sorted(rates.areas)
                ],
            ),
            (
                "按类别",
                [
                    rate_line(title, rates.kinds[kind], day=day, kind=kind)
                    for kind, title in KINDS.items()
                    if kind in rates.kinds
                ],
            ),
        ]
        return super().get_context_data(
            form=DayForm({"day": day.isoformat()}),
            day=day,
            whole=rates.whole,
            blank_url=listed(day=day, coverage=BLANK),
            tables=tables,
            social_head=[KINDS[kind] for kind in ServicePlatform.SOCIAL_KINDS],
            social=social_lines(rates.kinds, day),
            **kwargs,
        )


class PlatformView(TemplateView):
    """One platform: how it is covered and was, what was changed."""

    permission_required = VIEW
    template_name = "branches/platform.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        platform = platform_or_404(kwargs["public_id"])
        return super().get_context_data(
            platform=platform,
            coverage=told(coverage_on(platform, timezone.localdate())),
            history=[(one, told(one)) for one in coverage_history(platform)],
            panels=panels_for(platform, self.request.user),
            may_assign=self.request.user.has_perm("members.change_liaison"),
            steps=steps_of(history_of(platform)),
            may_change=self.request.user.has_perm(CHANGE),
            **kwargs,
        )


class PlatformCreateView(SavingView):
    """Put a platform on the register."""

    permission_required = CHANGE
    form_class = PlatformForm
    heading = "登记平台或单位"
    done = "已登记。覆盖情况请在这一页办理。"

    def back_url(self) -> str:
        return reverse("branches:platforms")

    def save(self, form: PlatformForm) -> str:
        return register_platform(actor=self.request.user, **form.cleaned_data).get_absolute_url()


class PlatformEditView(EditingView):
    """Correct what the register says of a platform."""

    permission_required = CHANGE
    form_class = PlatformEditForm
    heading = "更正登记"
    done = "已更正。"

    def record(self) -> ServicePlatform:
        return platform_or_404(self.kwargs["public_id"])

    def edit(self, form: PlatformEditForm, record: ServicePlatform, version: int) -> str:
        platform = correct_platform(
            actor=self.request.user, platform=record, version=version, **form.cleaned_data
        )
        return platform.get_absolute_url()


class CoverageView(EditingView):
    """Change how a platform is covered, from a day on."""

    permission_required = CHANGE
    form_class = CoverageForm
    heading = "变动覆盖"
    done = "已登记覆盖变动，台账和覆盖率同时更新。"

    def record(self) -> ServicePlatform:
        return platform_or_404(self.kwargs["public_id"])

    def values_of(self, record: ServicePlatform) -> dict[str, Any]:
        today = timezone.localdate()
        now = coverage_on(record, today)
        return {
            "way": now.way if now else "",
            "organization": now.organization if now else None,
            "instructor": now.instructor if now else "",
            "started_on": today,
            "document": "",
        }

    def get_lead(self) -> str:
        record = self.record()
        return f"{record.name} · 现在：{told(coverage_on(record, timezone.localdate()))}"

    def edit(self, form: CoverageForm, record: ServicePlatform, version: int) -> str:
        change_coverage(
            actor=self.request.user, platform=record, version=version, **form.cleaned_data
        )
        return record.get_absolute_url()


class TakeBackCoverageView(ButtonView):
    """Undo the last change of coverage."""

    permission_required = CHANGE
    done = "已撤回最近一次覆盖变动。"

    @cached_property
    def platform(self) -> ServicePlatform:
        return platform_or_404(self.kwargs["public_id"])

    def back_url(self) -> str:
        return self.platform.get_absolute_url()

    def act(self, version: int) -> None:
        take_back_coverage(actor=self.request.user, platform=self.platform, version=version)


def platform_or_404(public_id: str) -> ServicePlatform:
    """Return a platform in scope with who is in charge of it."""
    return get_object_or_404(
        ServicePlatform.objects.select_related("organization"), public_id=public_id
    )


def platform_cells(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the cells of the list of platforms."""
    address = addresses("branches:platform")
    return [
        (
            Link(name, address(public_id)),
            KINDS[kind],
            LEVELS[level],
            area,
            "是" if standard else "否",
            short or place,
            WAYS[way],
            instructor or coverer_short or coverer,
        )
        for (
            public_id,
            name,
            kind,
            level,
            area,
            standard,
            short,
            place,
            way,
            coverer_short,
            coverer,
            instructor,
        ) in rows
    ]


def listed(**conditions: Any) -> str:
    """Return the address of the list under these conditions."""
    said = {name: str(value) for name, value in conditions.items() if value}
    return f"{reverse('branches:platforms')}?{urlencode(said)}"


def rate_line(title: Any, figures: Figures, **conditions: Any) -> list[Any]:
    """Return the cells of one line of a table of rates: each figure opens its list."""
    counted: tuple[tuple[int, dict[str, str]], ...] = (
        (figures.total, {}),
        (figures.own, {"coverage": "own"}),
        (figures.joint, {"coverage": "joint"}),
        (figures.instructor, {"coverage": "instructor"}),
        (figures.blank, {"coverage": BLANK}),
        (figures.covered, {"coverage": "covered"}),
        (figures.standard, {"standard": "yes"}),
    )
    linked = [Link(str(count), listed(**conditions, **more)) for count, more in counted]
    return [title, *linked[:-1], figures.rate, linked[-1]]


def social_lines(kinds: dict[str, Figures], day: Any) -> list[list[Any]]:
    """Return the table of 社会组织: a line for each state, a column for all and for each kind."""
    chosen = {kind: kinds.get(kind, Figures()) for kind in ServicePlatform.SOCIAL_KINDS}
    total = summed(chosen.values())
    return [
        [
            title,
            getattr(total, figure),
            *(
                Link(str(getattr(figures, figure)), listed(day=day, kind=str(kind), coverage=word))
                for kind, figures in chosen.items()
            ),
        ]
        for title, figure, word in SOCIAL_LINES
    ]
