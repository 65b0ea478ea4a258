"""Pages of transfers: the list, one transfer with its steps, and a form for each step."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from branches.queries.organizations import branches_in_scope
from members.forms.transfers import (
    AcceptForm,
    ArrivalForm,
    StepForm,
    TransferForm,
    WholeUnitForm,
)
from members.models import Member, Transfer, TransferSide
from members.queries.files import member_list
from members.queries.roll import formal_members
from members.queries.transfers import (
    BOXES,
    branch_in_scope,
    letter_ends_on,
    letter_of,
    people_of,
    side_by_id,
    sides_in_box,
    steps_of_transfer,
)
from members.services.transfers import (
    accept_transfer,
    confirm_transfer,
    receive_from_outside,
    resend_transfer,
    return_transfer,
    review_transfer,
    start_transfer,
    withdraw_transfer,
)
from members.views.on_member import OnMember
from partybuild.documents import fill, word_response
from partybuild.masking import mask_id_number, mask_phone
from partybuild.paging import page_of, pager_urls
from partybuild.saving import SavingView, VersionedView

PICK_LIMIT = 30
WORD_ENDING = ".docx"
State, Role = Transfer.State, TransferSide.Role


class TransferListView(TemplateView):
    """The transfers in scope, in four parts."""

    permission_required = "members.view_transfer"
    template_name = "members/transfers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        box = self.request.GET.get("box", "")
        box = box if box in BOXES else "open"
        page = page_of(
            sides_in_box(box),
            order=("-transfer__started_on", "-pk"),
            cursor=self.request.GET.get("cursor", ""),
        )
        user: Any = self.request.user
        return super().get_context_data(
            page=page,
            pager=pager_urls(self.request, page),
            box=box,
            boxes={"open": "办理中", **BOXES},
            may_start=user.has_perm("members.start_transfer"),
            may_accept=user.has_perm("members.accept_transfer"),
            **kwargs,
        )


class TransferView(TemplateView):
    """One transfer as one of its sides sees it."""

    permission_required = "members.view_transfer"
    template_name = "members/transfer.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        side = _side(kwargs["public_id"])
        member = side.transfer.member
        user: Any = self.request.user
        sees_file = user.scope_for("members.view_member").covers(member.branch.path)
        return super().get_context_data(
            side=side,
            transfer=side.transfer,
            member=member,
            sees_file=sees_file and user.has_perm("members.view_member"),
            id_number=mask_id_number(member.id_number),
            phone=mask_phone(member.phone),
            people=people_of(side.transfer),
            steps=[
                {
                    "when": step.taken_at,
                    "who": step.actor_name,
                    "did": f"{step.get_kind_display()}（{step.happened_on}）",
                    "note": step.note,
                }
                for step in steps_of_transfer(side.transfer)
            ],
            letter_ends_on=letter_ends_on(side.transfer),
            actions=_actions(user, side),
            **kwargs,
        )


# What may be done where a transfer stands: (state, side, whether the receiver is here; None: any)
# -> permission, page, words.
ACTIONS: tuple[tuple[str, str, bool | None, str, str, str], ...] = (
    (State.STARTED, Role.SENDER, None, "review", "members.review_transfer", "审核"),
    (State.IN_TRANSIT, Role.RECEIVER, True, "accept", "members.accept_transfer", "接收"),
    (State.IN_TRANSIT, Role.RECEIVER, True, "return", "members.accept_transfer", "退回"),
    (State.IN_TRANSIT, Role.SENDER, False, "confirm", "members.start_transfer", "收到回执"),
    (State.IN_TRANSIT, Role.SENDER, False, "came_back", "members.start_transfer", "对方退回"),
    (State.RETURNED, Role.SENDER, None, "resend", "members.start_transfer", "重新发起"),
    *(
        (state, Role.SENDER, None, "withdraw", "members.start_transfer", "撤回")
        for state in Transfer.OPEN_STATES
    ),
)
PAGES = {"came_back": "transfer_came_back"}


def _actions(user: Any, side: TransferSide) -> list[tuple[str, str]]:
    inside = side.transfer.receiver_id is not None
    return [
        (words, reverse(f"members:{PAGES.get(page, f'{page}_transfer')}", args=[side.public_id]))
        for state, role, here, page, permission, words in ACTIONS
        if side.transfer.state == state
        and side.role == role
        and here in {None, inside}
        and user.has_perm(permission)
        and user.scope_for(permission).covers(side.organization.path)
    ]


def _side(public_id: str) -> TransferSide:
    side = side_by_id(public_id)
    if side is None:
        raise Http404
    return side


class PickView(TemplateView):
    """Find the person whose membership is to be transferred."""

    permission_required = "members.start_transfer"
    template_name = "members/pick_person.html"
    heading = "发起组织关系转接"
    target = "members:start_transfer"
    back = "members:transfers"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "").replace("\0", "").strip()[:40]
        found = member_list(text=text)[:PICK_LIMIT] if text else []
        return super().get_context_data(
            text=text,
            found=found,
            heading=self.heading,
            target=self.target,
            back=self.back,
            **kwargs,
        )


class StartView(OnMember, SavingView):
    """Start the transfer of one person."""

    permission_required = "members.start_transfer"
    form_class = TransferForm
    heading = "发起组织关系转接"
    button = "发起"
    done = "已发起，等转出方党委审核。接收以前仍在原支部计数。"

    def get_initial(self) -> dict[str, Any]:
        return {"started_on": timezone.localdate()}

    def get_lead(self) -> str:
        one = self.member
        return f"{one.name} · {one.branch.name} · {one.get_category_display()}"

    def back_url(self) -> str:
        return reverse("members:transfers")

    def save(self, form: TransferForm) -> str:
        return start_transfer(
            actor=self.request.user, members=[self.member], **form.cleaned_data
        ).get_absolute_url()


class WholeUnitView(SavingView):
    """Start the transfer of many members of one branch at once."""

    permission_required = "members.start_transfer"
    template_name = "members/transfer_unit.html"
    form_class = WholeUnitForm
    heading = "整建制转出"
    lead = "一个党支部的党员一起转到同一个地方，一起审核，一起接收。"
    button = "发起"
    done = "已发起，等转出方党委审核。"

    @cached_property
    def branch(self) -> Any:
        wanted = self.request.POST.get("organization") or self.request.GET.get("organization", "")
        return branch_in_scope(wanted)

    def get_initial(self) -> dict[str, Any]:
        return {"started_on": timezone.localdate()}

    def get_form_kwargs(self) -> dict[str, Any]:
        branch = self.branch
        people = formal_members(branch, timezone.localdate()) if branch else Member.objects.none()
        return {**super().get_form_kwargs(), "people": people}

    def carried(self) -> dict[str, Any]:
        return {"organization": self.branch.public_id} if self.branch else {}

    def back_url(self) -> str:
        return reverse("members:transfer_unit")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        branches = list(branches_in_scope())
        hint = self.branch.name if self.branch else ""
        given = {"branch": self.branch, "branches": branches, "hint": hint}
        return super().get_context_data(**given | kwargs)

    def save(self, form: WholeUnitForm) -> str:
        details = dict(form.cleaned_data)
        return start_transfer(
            actor=self.request.user, members=list(details.pop("members")), **details
        ).get_absolute_url()


class ArrivalView(SavingView):
    """Take in somebody who comes from a unit outside with a letter."""

    permission_required = "members.accept_transfer"
    form_class = ArrivalForm
    heading = "登记转入"
    button = "接收"
    done = "已接收，从接收日期起在本支部计数。"

    def back_url(self) -> str:
        return reverse("members:transfers")

    def save(self, form: ArrivalForm) -> str:
        return receive_from_outside(actor=self.request.user, **form.cleaned_data).get_absolute_url()


class StepView(VersionedView):
    """One step of a transfer."""

    form_class: Any = StepForm
    service: Callable[..., list[str] | None]
    left_out: Sequence[str] = ()

    @cached_property
    def side(self) -> TransferSide:
        return _side(self.kwargs["public_id"])

    def record(self) -> Transfer:
        return _side(self.kwargs["public_id"]).transfer

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def get_lead(self) -> str:
        transfer, people = self.side.transfer, people_of(self.side.transfer)
        others = f" 等 {len(people)} 人" if len(people) > 1 else ""
        return (
            f"{transfer.member.name}{others} · {transfer.from_name} → {transfer.to_name}"
            f" · {transfer.get_state_display()}"
        )

    def back_url(self) -> str:
        return self.side.get_absolute_url()

    def edit(self, form: Any, record: Transfer, version: int) -> str:
        left_out = type(self).service(
            actor=self.request.user, side=self.side, version=version, **self.details(form)
        )
        self.left_out = left_out or ()
        return self.back_url()

    def say_done(self) -> None:
        super().say_done()
        if self.left_out:
            messages.warning(
                self.request,
                f"{'、'.join(self.left_out)}已不在转出的党支部，没有随同办理，"
                f"{'他们' if len(self.left_out) > 1 else '这个人'}的转接已撤回，其他人已办好。",
            )

    def details(self, form: Any) -> dict[str, Any]:
        return form.cleaned_data


class ReviewView(StepView):
    """Let the sender's committee decide."""

    permission_required = "members.review_transfer"
    template_name = "members/transfer_review.html"
    service = staticmethod(review_transfer)
    heading = "审核组织关系转出"
    hint = "通过以后在途，介绍信从这一天起有效。"
    done = "已审核。"

    def details(self, form: Any) -> dict[str, Any]:
        return {**form.cleaned_data, "approved": self.request.POST.get("decision") == "approve"}


class AcceptView(StepView):
    """Take somebody in."""

    permission_required = "members.accept_transfer"
    form_class = AcceptForm
    service = staticmethod(accept_transfer)
    heading = "接收组织关系"
    button = "接收"
    hint = "从接收日期起在本支部计数，原支部同一天起不再计。"
    done = "已接收，从接收日期起在本支部计数。"

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        return {**kwargs, "branch": self.side.organization}


class ReturnView(StepView):
    """Give a transfer back to its sender."""

    permission_required = "members.accept_transfer"
    service = staticmethod(return_transfer)
    heading = "退回组织关系转接"
    button = "退回"
    hint = "请写明原因，转出方改好以后可以重新发起。"
    done = "已退回。"


class CameBackView(StepView):
    """Note that a unit outside has sent a letter back."""

    permission_required = "members.start_transfer"
    service = staticmethod(return_transfer)
    heading = "外单位退回"
    button = "登记退回"
    hint = "请写明对方退回的原因。"
    done = "已登记。"


class ConfirmView(StepView):
    """Note the receipt of a unit outside."""

    permission_required = "members.start_transfer"
    service = staticmethod(confirm_transfer)
    heading = "收到回执"
    button = "登记回执"
    hint = "对方接收的日期。从这一天起不再在本支部计数。"
    done = "已登记，组织关系已转出。"


class ResendView(StepView):
    """Start a returned transfer again."""

    permission_required = "members.start_transfer"
    service = staticmethod(resend_transfer)
    heading = "重新发起"
    button = "重新发起"
    hint = "重新发起以后，再由转出方党委审核。"
    done = "已重新发起。"


class WithdrawView(StepView):
    """Take a transfer back before it is accepted."""

    permission_required = "members.start_transfer"
    service = staticmethod(withdraw_transfer)
    heading = "撤回转接"
    button = "撤回"
    hint = "请写明原因。撤回以后党员仍在原支部，可以另外发起。"
    done = "已撤回。"


class LetterView(View):
    """The letter of introduction as a Word file; the ID number stays a line to write on."""

    permission_required = "members.view_transfer"

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        side = _side(public_id)
        content = fill("members.introduction_letter", letter_of(side.transfer))
        name = f"党员组织关系介绍信（{side.transfer.member.name}）"
        return word_response(content, name + WORD_ENDING)
