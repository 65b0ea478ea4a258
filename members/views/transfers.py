"""Pages of transfers: the list, one transfer with its steps, and a form for each step."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView, TemplateView, View

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
    TransferRefused,
    accept_transfer,
    confirm_transfer,
    receive_from_outside,
    resend_transfer,
    return_transfer,
    review_transfer,
    start_transfer,
    withdraw_transfer,
)
from partybuild.documents import fill, word_response
from partybuild.masking import mask_id_number, mask_phone
from partybuild.merging import StaleVersion
from partybuild.paging import page_of, pager_urls
from partybuild.submissions import SavedBefore, content_of, new_key, once

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
        text = self.request.GET.get("q", "").strip()[:40]
        found = member_list(text=text)[:PICK_LIMIT] if text else []
        return super().get_context_data(
            text=text,
            found=found,
            heading=self.heading,
            target=self.target,
            back=self.back,
            **kwargs,
        )


class ActView(FormView):
    """A form that is saved once and says at its field why it is refused."""

    refusals: tuple[type[Exception], ...] = (TransferRefused,)
    success_message = ""
    saved_before = "这张表刚才已经保存。要再办，请从列表重新打开。"
    submit = "保存"
    heading = ""

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate(), "started_on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        key = self.request.POST.get("submission_key") or new_key()
        context = {"submission_key": key, "heading": self.heading, "submit": self.submit}
        return super().get_context_data(**context, **kwargs)

    def act(self, form: Any) -> str:
        """Call the service; return the address to go to."""
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            answer = once(
                user=self.request.user,
                key=self.request.POST.get("submission_key") or new_key(),
                act=lambda: self.act(form),
                content=content_of(self.request),
            )
        except SavedBefore:
            form.add_error(None, self.saved_before)
        except StaleVersion:
            form.add_error(None, "刚才有人办过一步，这次没有保存。请返回看最新的情况再办。")
        except self.refusals as refusal:
            field = getattr(refusal, "field", None)
            form.add_error(field if field in form.fields else None, str(refusal))
        else:
            messages.success(self.request, self.success_message)
            return redirect(answer)
        return self.form_invalid(form)


class StartView(ActView):
    """Start the transfer of one person."""

    permission_required = "members.start_transfer"
    template_name = "members/transfer_form.html"
    form_class: Any = TransferForm
    heading = "发起组织关系转接"
    submit = "发起"
    success_message = "已发起，等转出方党委审核。接收以前仍在原支部计数。"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.member = get_object_or_404(
            Member.objects.select_related("branch"), public_id=kwargs["public_id"]
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(people=[self.member], **kwargs)

    def act(self, form: Any) -> str:
        return start_transfer(
            actor=self.request.user, members=[self.member], **form.cleaned_data
        ).get_absolute_url()


class WholeUnitView(ActView):
    """Start the transfer of many members of one branch at once."""

    permission_required = "members.start_transfer"
    template_name = "members/transfer_unit.html"
    form_class: Any = WholeUnitForm
    heading = "整建制转出"
    submit = "发起"
    success_message = "已发起，等转出方党委审核。"

    def _branch(self) -> Any:
        wanted = self.request.POST.get("organization") or self.request.GET.get("organization", "")
        return branch_in_scope(wanted)

    def get_form_kwargs(self) -> dict[str, Any]:
        branch = self._branch()
        people = formal_members(branch, timezone.localdate()) if branch else Member.objects.none()
        return {**super().get_form_kwargs(), "people": people}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        branches = list(branches_in_scope())
        return super().get_context_data(branch=self._branch(), branches=branches, **kwargs)

    def act(self, form: Any) -> str:
        details = dict(form.cleaned_data)
        return start_transfer(
            actor=self.request.user, members=list(details.pop("members")), **details
        ).get_absolute_url()


class ArrivalView(ActView):
    """Take in somebody who comes from a unit outside with a letter."""

    permission_required = "members.accept_transfer"
    template_name = "members/transfer_form.html"
    form_class: Any = ArrivalForm
    heading = "登记转入"
    submit = "接收"
    success_message = "已接收，从接收日期起在本支部计数。"

    def act(self, form: Any) -> str:
        return receive_from_outside(actor=self.request.user, **form.cleaned_data).get_absolute_url()


class StepView(ActView):
    """One step of a transfer."""

    template_name = "members/transfer_step.html"
    form_class: Any = StepForm
    service: Callable[..., None]
    hint = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.side = _side(kwargs["public_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            side=self.side,
            transfer=self.side.transfer,
            people=people_of(self.side.transfer),
            version=self.request.POST.get("version") or self.side.transfer.version,
            hint=self.hint,
            **kwargs,
        )

    def act(self, form: Any) -> str:
        version = self.request.POST.get("version", "")
        type(self).service(
            actor=self.request.user,
            side=self.side,
            version=int(version) if version.isdecimal() else 0,
            **self.details(form),
        )
        return self.side.get_absolute_url()

    def details(self, form: Any) -> dict[str, Any]:
        return form.cleaned_data


class ReviewView(StepView):
    """Let the sender's committee decide."""

    permission_required = "members.review_transfer"
    template_name = "members/transfer_review.html"
    service = staticmethod(review_transfer)
    heading = "审核组织关系转出"
    hint = "通过以后在途，介绍信从这一天起有效。"
    success_message = "已审核。"

    def details(self, form: Any) -> dict[str, Any]:
        return {**form.cleaned_data, "approved": self.request.POST.get("decision") == "approve"}


class AcceptView(StepView):
    """Take somebody in."""

    permission_required = "members.accept_transfer"
    form_class = AcceptForm
    service = staticmethod(accept_transfer)
    heading = "接收组织关系"
    submit = "接收"
    hint = "从接收日期起在本支部计数，原支部同一天起不再计。"
    success_message = "已接收，从接收日期起在本支部计数。"

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        return {**kwargs, "branch": self.side.organization}


class ReturnView(StepView):
    """Give a transfer back to its sender."""

    permission_required = "members.accept_transfer"
    service = staticmethod(return_transfer)
    heading = "退回组织关系转接"
    submit = "退回"
    hint = "请写明原因，转出方改好以后可以重新发起。"
    success_message = "已退回。"


class CameBackView(StepView):
    """Note that a unit outside has sent a letter back."""

    permission_required = "members.start_transfer"
    service = staticmethod(return_transfer)
    heading = "外单位退回"
    submit = "登记退回"
    hint = "请写明对方退回的原因。"
    success_message = "已登记。"


class ConfirmView(StepView):
    """Note the receipt of a unit outside."""

    permission_required = "members.start_transfer"
    service = staticmethod(confirm_transfer)
    heading = "收到回执"
    submit = "登记回执"
    hint = "对方接收的日期。从这一天起不再在本支部计数。"
    success_message = "已登记，组织关系已转出。"


class ResendView(StepView):
    """Start a returned transfer again."""

    permission_required = "members.start_transfer"
    service = staticmethod(resend_transfer)
    heading = "重新发起"
    submit = "重新发起"
    hint = "重新发起以后，再由转出方党委审核。"
    success_message = "已重新发起。"


class WithdrawView(StepView):
    """Take a transfer back before it is accepted."""

    permission_required = "members.start_transfer"
    service = staticmethod(withdraw_transfer)
    heading = "撤回转接"
    submit = "撤回"
    hint = "请写明原因。撤回以后党员仍在原支部，可以另外发起。"
    success_message = "已撤回。"


class LetterView(View):
    """The letter of introduction as a Word file; the ID number stays a line to write on."""

    permission_required = "members.view_transfer"

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        side = _side(public_id)
        content = fill("members.introduction_letter", letter_of(side.transfer))
        name = f"党员组织关系介绍信（{side.transfer.member.name}）"
        return word_response(content, name + WORD_ENDING)
