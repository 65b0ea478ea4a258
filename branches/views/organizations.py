"""Pages of organisations: the tree of a day, one organisation, and the events in its life."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from branches.forms.organizations import (
    DissolveForm,
    EndJointUnitForm,
    FoundForm,
    JointUnitForm,
    KindForm,
    MergeForm,
    MoveForm,
    RenameForm,
    TakeBackForm,
    TreeForm,
)
from branches.models import OrganizationEvent, PartyOrganization
from branches.queries.history import (
    SHOWN,
    events_of,
    fingerprint_of,
    merged_into,
    placement_on,
    subordinates_of,
    subtree_of,
    what_hangs_on,
)
from branches.queries.kinds import ACTS, joint_units_at_most, superior_kinds, why_not
from branches.queries.trees import HITS, Node, children_on, count_on, found_on, tree_on
from branches.services.events import (
    change_kind,
    dissolve_organization,
    merge_organization,
    rename_organization,
    reparent_organization,
    take_back_event,
)
from branches.services.joint_units import add_joint_unit, end_joint_unit
from branches.services.organizations import found_organization
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.panels import panels_for
from partybuild.refusals import Refused
from partybuild.saving import SavingView, note

VIEW, CHANGE = "branches.view_partyorganization", "branches.change_partyorganization"
MAX_OPENED = 200
PAST_STAYS = "以前的会议、台账和考核得分不变，仍按当天的名称和隶属统计。"


class StalePreview(Exception):
    """What the preview was made from has changed since."""


# --- reading ----------------------------------------------------------------------------------


class OrganizationTreeView(TemplateView):
    """The tree of organisations in scope as it was on a day, opened where one asks."""

    permission_required = VIEW
    template_name = "branches/organizations.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET
        form = TreeForm(asked if "on" in asked or "q" in asked else None)
        given = form.cleaned_data if form.is_valid() else {}
        today = timezone.localdate()
        day, text = given.get("on") or today, given.get("q", "")
        opened = list(dict.fromkeys(asked.getlist("open")))[:MAX_OPENED]
        tree = [] if text else tree_on(day, opened)
        return super().get_context_data(
            form=form if form.is_bound else TreeForm(initial={"on": today}),
            day=day,
            is_today=day == today,
            text=text,
            found=found_on(day, text) if text else [],
            hits=HITS,
            nodes=_lines(tree, day, opened),
            count=count_on(day),
            **kwargs,
        )


class SubordinatesView(TemplateView):
    """What stands right below an organisation on a day: a part of the tree's page."""

    permission_required = VIEW
    template_name = "branches/_nodes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        organization = get_object_or_404(PartyOrganization, public_id=kwargs["public_id"])
        form = TreeForm(self.request.GET)
        day = form.is_valid() and form.cleaned_data["on"]
        day = day or timezone.localdate()
        nodes = _lines(children_on(day, organization), day, [])
        return super().get_context_data(nodes=nodes, **kwargs)


def _lines(nodes: Iterable[Node], day: dt.date, opened: list[str]) -> list[dict[str, Any]]:
    """Return nodes ready for the template, each with the address that opens or folds it."""
    page = reverse("branches:organizations")
    lines = []
    for node in nodes:
        place = node.placement.organization
        inside = {place.public_id, *_opened_below(node)}
        others = [one for one in opened if one not in inside]
        asked = others if node.is_open else [*others, place.public_id]
        # Nothing opened would open the only top by itself.
        query = urlencode({"on": day, "open": asked or ["-"]}, doseq=True)
        lines.append(
            {
                "name": node.placement.name,
                "kind": node.placement.get_kind_display(),
                "url": place.get_absolute_url(),
                "below": node.below,
                "is_open": node.is_open,
                "anchor": f"n-{place.public_id}",
                "switch": f"{page}?{query}#n-{place.public_id}",
                "part": f"{reverse('branches:subordinates', args=[place.public_id])}?on={day}",
                "children": _lines(node.children, day, opened),
            }
        )
    return lines


def _opened_below(node: Node) -> Iterable[str]:
    for child in node.children:
        yield child.placement.organization.public_id
        yield from _opened_below(child)


class OrganizationView(TemplateView):
    """One organisation: its events, units, terms, subordinates, and what can be done about it."""

    permission_required = VIEW
    template_name = "branches/organization.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        organization = get_object_or_404(
            PartyOrganization.objects.select_related("superior"), public_id=kwargs["public_id"]
        )
        user: Any = self.request.user
        today = timezone.localdate()
        may_change = user.has_perm(CHANGE) and user.scope_for(CHANGE).covers(organization.path)
        joint = organization.kind == PartyOrganization.Kind.JOINT_BRANCH
        at_most, rule = joint_units_at_most(organization, on=today) if joint else (0, "")
        units = list(organization.joint_units.all())
        below = subordinates_of(organization)
        below_count = below.count()
        return super().get_context_data(
            organization=organization,
            events=events_of(organization),
            merged=merged_into(organization),
            terms=organization.terms.all(),
            subordinates=below[:SHOWN],
            subordinate_count=below_count,
            more_subordinates=below_count > SHOWN,
            is_joint=joint,
            units=units,
            too_many_units=joint and sum(unit.ended_on is None for unit in units) > at_most,
            units_at_most=at_most,
            units_rule=rule,
            does_not=[reason for act in ACTS if (reason := why_not(organization, act, on=today))],
            may_change=may_change,
            may_stand_above=any(organization.kind in superior_kinds(kind) for kind in KINDS),
            panels=panels_for(organization, user),
            steps=steps_of(history_of(organization)) if may_change else [],
            **kwargs,
        )


KINDS = PartyOrganization.Kind.values


# --- events -----------------------------------------------------------------------------------


class OnOrganizationView(SavingView):
    """A form about one organisation in which the user decides."""

    permission_required = CHANGE

    @cached_property
    def organization(self) -> PartyOrganization:
        return get_object_or_404(
            PartyOrganization.objects.select_related("superior"),
            public_id=self.kwargs["public_id"],
        )

    def get_lead(self) -> str:
        return self.organization.name

    def back_url(self) -> str:
        return self.organization.get_absolute_url()


class EventView(OnOrganizationView):
    """An event: filled in, rehearsed and shown with all it moves, and then confirmed.

    The rehearsal does everything and takes it back, so the preview refuses what the event itself
    would refuse. Whoever confirms what has changed meanwhile is shown it anew.
    """

    button = "下一步：看影响"
    preview_template = "branches/event_preview.html"

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"organization": self.organization}

    def act(self, form: Any) -> Any:
        """Do what the form says."""
        raise NotImplementedError

    def says(self, form: Any) -> str:
        """Return in one sentence what will be done."""
        raise NotImplementedError

    def consequences(self, form: Any) -> list[str]:
        """Return in sentences what follows."""
        return []

    def others(self, form: Any) -> list[PartyOrganization]:
        """Return who else takes part."""
        return []

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("step") == "edit":
            return self.render_to_response(self.get_context_data(form=self.get_form()))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        if self.request.POST.get("step") != "confirm":
            return self.preview(form)
        try:
            return super().form_valid(form)
        except StalePreview:
            messages.warning(self.request, "您看影响的时候情况有变，请按现在的再看一遍。")
            return self.preview(form, status=409)

    def save(self, form: Any) -> str:
        if self.request.POST.get("seen") != self.seen(form):
            raise StalePreview
        self.act(form)
        return self.organization.get_absolute_url()

    def seen(self, form: Any) -> str:
        return fingerprint_of(self.organization, self.others(form))

    def preview(self, form: Any, status: int = 200) -> HttpResponse:
        try:
            with transaction.atomic():
                self.act(form)
                transaction.set_rollback(True)
        except Refused as refusal:
            note(form, refusal)
            return self.form_invalid(form)
        for one in (self.organization, *self.others(form)):
            one.refresh_from_db()
        below = subtree_of(self.organization)
        context = self.get_context_data(
            form=form,
            says=self.says(form),
            consequences=self.consequences(form),
            stays=PAST_STAYS,
            below=below[:SHOWN],
            below_count=below.count(),
            hanging=what_hangs_on(self.organization),
            seen=self.seen(form),
        )
        return TemplateResponse(self.request, self.preview_template, context, status=status)

    def on(self, form: Any) -> dt.date:
        return form.cleaned_data["on"]

    def named(self, form: Any) -> str:
        """Return what the organisation is called on the day of the event."""
        return placement_on(self.on(form), self.organization).name


class RenameView(EventView):
    """Give an organisation another name."""

    form_class = RenameForm
    heading = "更名"
    done = "已更名，以前的台账仍写原来的名称。"

    def get_initial(self) -> dict[str, Any]:
        now = {"name": self.organization.name, "short_name": self.organization.short_name}
        return super().get_initial() | now

    def act(self, form: Any) -> Any:
        return rename_organization(
            actor=self.request.user, organization=self.organization, **form.cleaned_data
        )

    def says(self, form: Any) -> str:
        return f"从 {self.on(form)} 起，“{self.named(form)}”改名为“{form.cleaned_data['name']}”。"

    def consequences(self, form: Any) -> list[str]:
        return ["党员、党小组、授权都不变，只是名称改了。"]


class MoveView(EventView):
    """Put an organisation under another superior."""

    form_class = MoveForm
    heading = "调整隶属"
    done = "已调整隶属，下级组织和党员一起转过去了。"

    def act(self, form: Any) -> Any:
        return reparent_organization(
            actor=self.request.user, organization=self.organization, **form.cleaned_data
        )

    def others(self, form: Any) -> list[PartyOrganization]:
        return [form.cleaned_data["superior"]]

    def says(self, form: Any) -> str:
        before = placement_on(self.on(form), self.organization)
        return (
            f"从 {self.on(form)} 起，“{before.name}”的上级"
            f"由“{before.superior or '无'}”改为“{form.cleaned_data['superior']}”。"
        )

    def consequences(self, form: Any) -> list[str]:
        return [
            "下面列出的组织和人员一起转到新的上级之下。",
            "原上级的工作人员从此看不到它现在的情况，新上级的工作人员看得到。",
            "新上级的本级规定从这一天起对它有效；它自己的本级规定继续有效。",
            "以前生成的台账文件和导入批次留在原处。",
        ]


class KindView(EventView):
    """Make an organisation one of another kind."""

    form_class = KindForm
    heading = "类别变更"
    done = "类别已变更。"

    def act(self, form: Any) -> Any:
        return change_kind(
            actor=self.request.user, organization=self.organization, **form.cleaned_data
        )

    def says(self, form: Any) -> str:
        label = PartyOrganization.Kind(form.cleaned_data["kind"]).label
        return f"从 {self.on(form)} 起，“{self.named(form)}”改为{label}。"

    def consequences(self, form: Any) -> list[str]:
        return ["名称不随类别改变；要改名称请另办更名。"]


class MergeView(EventView):
    """Merge an organisation into another."""

    form_class = MergeForm
    heading = "合并"
    done = "已合并，人员转到并入的组织。"

    def act(self, form: Any) -> Any:
        return merge_organization(
            actor=self.request.user, organization=self.organization, **form.cleaned_data
        )

    def others(self, form: Any) -> list[PartyOrganization]:
        return [form.cleaned_data["target"]]

    def says(self, form: Any) -> str:
        target = form.cleaned_data["target"]
        return f"从 {self.on(form)} 起，“{self.named(form)}”并入“{target}”，本身不再存在。"

    def consequences(self, form: Any) -> list[str]:
        if self.organization.is_branch:
            below = "它的党小组同时撤销，党员到新支部以后重新编组。"
        else:
            below = "它的下级组织改为隶属并入的组织。"
        return [
            below,
            "它的党员从这一天起属于并入的组织。",
            "在它那里的授权只看得到它以前的记录；在并入的组织办事请另行授权。",
        ]


class DissolveView(EventView):
    """End an organisation."""

    form_class = DissolveForm
    heading = "撤销"
    done = "已撤销。以前的记录都在，选以前的日子就看得到。"

    def act(self, form: Any) -> Any:
        return dissolve_organization(
            actor=self.request.user, organization=self.organization, **form.cleaned_data
        )

    def says(self, form: Any) -> str:
        return f"从 {self.on(form)} 起，“{self.named(form)}”不再存在。"


class FoundView(OnOrganizationView):
    """Found an organisation below this one."""

    form_class = FoundForm
    heading = "设立下级组织"
    done = "已设立。"

    def get_initial(self) -> dict[str, Any]:
        return {"founded_on": timezone.localdate()}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"organization": self.organization}

    def save(self, form: FoundForm) -> str:
        founded = found_organization(
            actor=self.request.user, superior=self.organization, **form.cleaned_data
        )
        return founded.get_absolute_url()


class TakeBackView(OnOrganizationView):
    """Take an event back as a correction."""

    form_class = TakeBackForm
    heading = "撤回"
    button = "撤回"
    done = "已撤回，隶属和名称按其余的沿革重新算过。"

    @cached_property
    def event(self) -> OrganizationEvent:
        return get_object_or_404(self.organization.events, public_id=self.kwargs["event"])

    def get_lead(self) -> str:
        event = self.event
        day = event.happened_on or "日期不详"
        return f"{day} {event.get_kind_display()}：{event.name} {event.document}"

    def save(self, form: TakeBackForm) -> str:
        is_founding = self.event.kind == OrganizationEvent.Kind.FOUNDED
        back = self.back_url()
        take_back_event(
            actor=self.request.user, event=self.event, reason=form.cleaned_data["reason"]
        )
        return reverse("branches:organizations") if is_founding else back


class JointUnitView(OnOrganizationView):
    """Take a unit into a joint branch."""

    form_class = JointUnitForm
    heading = "增加联合单位"
    done = "已增加。"

    def save(self, form: JointUnitForm) -> str:
        add_joint_unit(actor=self.request.user, organization=self.organization, **form.cleaned_data)
        return self.back_url()


class EndJointUnitView(OnOrganizationView):
    """Let a unit leave a joint branch."""

    form_class = EndJointUnitForm
    heading = "联合单位退出"
    done = "已登记退出。"

    @cached_property
    def unit(self) -> Any:
        return get_object_or_404(self.organization.joint_units, public_id=self.kwargs["jointunit"])

    def get_initial(self) -> dict[str, Any]:
        return {"ended_on": timezone.localdate()}

    def get_lead(self) -> str:
        name: str = self.unit.name
        return name

    def save(self, form: EndJointUnitForm) -> str:
        end_joint_unit(actor=self.request.user, unit=self.unit, **form.cleaned_data)
        return self.back_url()
