"""Pages of vanguard posts: the list, one post and each step of its life, plates, reviews, figures."""

import io
from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.views.generic import FormView, TemplateView, View

from members.forms import posts as forms
from members.models import PostReview, VanguardPost
from members.models.posts import new_plate_token
from members.queries import posts as queries
from members.queries.posts import Half
from members.services import posts as services
from members.services.posts import PostRefused, Verdict
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.lists import Link, addresses, table_rows
from partybuild.merging import StaleVersion
from partybuild.paging import page_of, pager_urls, slice_of
from partybuild.permissions import public
from partybuild.submissions import SavedBefore, content_of, new_key, once

VIEW, CHANGE = "members.view_vanguardpost", "members.change_vanguardpost"
APPROVE = "members.approve_vanguardpost"
KINDS, STATES = VanguardPost.Kind, VanguardPost.State
STALE = "别人刚才改过，这次没有保存。请先打开原来的页面看现在的内容，确认后再保存一次。"


class VanguardPostListView(TemplateView):
    """The vanguard posts in scope, narrowed by kind, state, place, window or name."""

    permission_required = VIEW
    template_name = "members/vanguard_posts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = forms.VanguardPostFilter(self.request.GET or None)
        page = page_of(
            queries.post_list(**form.conditions()),
            order=("organization__path", "pk"),
            cursor=self.request.GET.get("cursor", ""),
        )
        address = addresses("members:vanguard_post")
        rows = table_rows(
            (
                Link(post.title, address(post.public_id)),
                post.get_kind_display(),
                post.get_state_display(),
                "、".join(holder.member.name for holder in post.holders.all()),
                post.organization.label,
                post.window,
                post.awarded_on,
                post.pledge[:40],
            )
            for post in page.rows
        )
        return super().get_context_data(
            page=page,
            rows=rows,
            filter_form=form,
            pager=pager_urls(self.request, page),
            may_change=self.request.user.has_perm(CHANGE),
            **kwargs,
        )


class StatisticsView(TemplateView):
    """How many posts there are, by organisation, kind and state, and by window."""

    permission_required = VIEW
    template_name = "members/vanguard_statistics.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counted = queries.posts_by_organization()
        shown, pager = slice_of(counted, self.request)
        columns = [("kind", kind) for kind in KINDS] + [("state", state) for state in STATES]
        head = [choice.label for _, choice in columns]
        rows = [self._row(line, columns) for line in shown]
        sums = {name: sum(line[name.value] for line in counted) for _, name in columns}
        total = [
            "合计",
            Link(str(sum(line["total"] for line in counted)), _list()),
            *(Link(str(sums[choice]), _list(**{name: choice.value})) for name, choice in columns),
        ]
        windows = [
            (
                line["window"],
                Link(str(line["total"]), _list(window=line["window"], state=STATES.AWARDED.value)),
            )
            for line in queries.posts_by_window()
        ]
        return super().get_context_data(
            head=head,
            count=len(counted),
            rows=table_rows([*rows, total], ",n" + ",n" * len(columns)),
            windows=table_rows(windows, ",n") if windows else "",
            pager=pager,
            **kwargs,
        )

    @staticmethod
    def _row(line: dict[str, Any], columns: list[tuple[str, Any]]) -> list[object]:
        place = line["organization__public_id"]
        return [
            line["organization__short_name"] or line["organization__name"],
            Link(str(line["total"]), _list(organization=place)),
            *(
                Link(str(line[choice.value]), _list(organization=place, **{name: choice.value}))
                for name, choice in columns
            ),
        ]


def _list(**conditions: str) -> str:
    query = f"?{urlencode(conditions)}" if conditions else ""
    return f"{reverse('members:vanguard_posts')}{query}"


class VanguardPostView(TemplateView):
    """One post: where it stands, who holds it, what it pledges, its reviews, its history."""

    permission_required = VIEW
    template_name = "members/vanguard_post.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        post = _post(kwargs["public_id"])
        user = self.request.user
        holders = list(post.holders.select_related("member").order_by("started_on", "pk"))
        serving = [holder for holder in holders if holder.ended_on is None]
        return super().get_context_data(
            post=post,
            pledge=queries.pledge_of(post),
            identity=queries.identity_of(serving),
            pledges=post.pledges.exclude(ended_on=None),
            holders=holders,
            events=post.events.select_related("recorded_by"),
            reviews=post.reviews.all(),
            actions=_actions(post, user),
            may_change=user.has_perm(CHANGE),
            may_approve=user.has_perm(APPROVE),
            plate_url=_public_address(self.request, post),
            steps=steps_of(history_of(post)),
            **kwargs,
        )


# What may be done in which state: state -> (address name, label, permission).
ACTIONS: dict[str, tuple[tuple[str, str, str], ...]] = {
    STATES.APPLIED: (
        ("publicise_post", "公示", APPROVE),
        ("refuse_post", "不予授牌", APPROVE),
        ("pledge_post", "更新承诺", CHANGE),
        ("correct_post", "更正", CHANGE),
    ),
    STATES.PUBLICISED: (
        ("award_post", "授牌", APPROVE),
        ("refuse_post", "不予授牌", APPROVE),
        ("pledge_post", "更新承诺", CHANGE),
        ("correct_post", "更正", CHANGE),
    ),
    STATES.AWARDED: (
        ("pledge_post", "更新承诺", CHANGE),
        ("hand_over_post", "换人", CHANGE),
        ("self_review_post", "自查", CHANGE),
        ("correct_post", "更正", CHANGE),
        ("withdraw_post", "摘牌", APPROVE),
    ),
}


def _actions(post: VanguardPost, user: Any) -> list[tuple[str, str]]:
    return [
        (reverse(f"members:{name}", args=[post.public_id]), label)
        for name, label, permission in ACTIONS.get(post.state, ())
        if user.has_perm(permission)
    ]


def _post(public_id: str) -> VanguardPost:
    return get_object_or_404(
        VanguardPost.objects.select_related("organization"), public_id=public_id
    )


class PostFormView(FormView):
    """A form that is saved once: copies of a post get one answer, refusals stand at their field."""

    done: ClassVar[str]
    heading: ClassVar[str]
    about: ClassVar[str] = ""
    template_name = "members/vanguard_post_form.html"

    def act(self, form: Any) -> str:
        """Call the service; return the address to go to."""
        raise NotImplementedError

    def version_now(self) -> int:
        """Return the version that a form has to name now; 0 where there is none to change."""
        return 0

    def back_url(self) -> str:
        return reverse("members:vanguard_posts")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        key = self.request.POST.get("submission_key") or new_key()
        return super().get_context_data(
            submission_key=key,
            heading=self.heading,
            about=self.about,
            back_url=self.back_url(),
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
        except PostRefused as refusal:
            field = refusal.field if refusal.field in form.fields else None
            form.add_error(field, str(refusal))
            return self.form_invalid(form)
        except StaleVersion:
            form.add_error(None, STALE)
            form.data = form.data.copy()
            form.data["version"] = self.version_now()
            return self.form_invalid(form)
        except SavedBefore:
            form.add_error(None, "这张表刚才已经保存。要再填一张，请从上一页重新打开。")
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return redirect(answer)


class VanguardPostCreateView(PostFormView):
    """Apply for a post with those who are to hold it and their pledge."""

    permission_required = CHANGE
    form_class = forms.VanguardPostForm
    heading = "申报先锋岗"
    about = "申报以后由机关党委公示、授牌；授牌那天起，所选的人任岗。"
    done = "已申报，等机关党委公示。"

    def get_initial(self) -> dict[str, Any]:
        return {"applied_on": timezone.localdate()}

    def act(self, form: forms.VanguardPostForm) -> str:
        post = services.apply_post(actor=self.request.user, **form.values())
        return post.get_absolute_url()


class PostStepView(PostFormView):
    """One step of one post."""

    service: ClassVar[Callable[..., VanguardPost]]
    form_class: Any = forms.StepForm

    @cached_property
    def post_row(self) -> VanguardPost:
        return _post(self.kwargs["public_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"post": self.post_row}

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate(), "version": self.post_row.version}

    def version_now(self) -> int:
        return _post(self.kwargs["public_id"]).version

    def back_url(self) -> str:
        return self.post_row.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(subject=self.post_row, **kwargs)

    def act(self, form: Any) -> str:
        service = type(self).service
        service(actor=self.request.user, post=self.post_row, **form.values())
        return self.post_row.get_absolute_url()


class PubliciseView(PostStepView):
    permission_required = APPROVE
    service = staticmethod(services.publicise_post)
    heading, done = "公示", "已登记公示，公示期满以后授牌。"
    about = "公示截止日按工作日推算。"


class AwardView(PostStepView):
    permission_required = APPROVE
    service = staticmethod(services.award_post)
    heading, done = "授牌", "已授牌，先锋岗台账同时更新。"
    about = "公示期没有满就授牌的，请在说明里写明原因。"


class RefuseView(PostStepView):
    permission_required = APPROVE
    service = staticmethod(services.refuse_post)
    form_class = forms.ReasonedStepForm
    heading, done = "不予授牌", "已登记。"


class WithdrawView(PostStepView):
    permission_required = APPROVE
    service = staticmethod(services.withdraw_post)
    form_class = forms.ReasonedStepForm
    heading, done = "摘牌", "已摘牌，公开页同时关闭。"


class HandOverView(PostStepView):
    permission_required = CHANGE
    service = staticmethod(services.hand_over)
    form_class = forms.HandOverForm
    heading, done = "换人", "已换人，以前的人员留在历史里。"

    def get_initial(self) -> dict[str, Any]:
        serving = self.post_row.holders.filter(ended_on=None).select_related("member")
        return super().get_initial() | {"holders": [row.member.public_id for row in serving]}


class PledgeView(PostStepView):
    permission_required = CHANGE
    service = staticmethod(services.pledge_post)
    form_class = forms.PledgeForm
    heading, done = "更新承诺", "承诺已更新，以前的承诺留在历史里。"

    def get_initial(self) -> dict[str, Any]:
        current = queries.pledge_of(self.post_row)
        told = {"identity": "", "duty": "", "promise": ""}
        if current:
            told = {name: getattr(current, name) for name in told}
        return super().get_initial() | told


class CorrectPostView(PostStepView):
    permission_required = CHANGE
    service = staticmethod(services.correct_post)
    form_class = forms.PostDetailsForm
    heading, done = "更正先锋岗", "已更正。"

    def get_initial(self) -> dict[str, Any]:
        post = self.post_row
        return super().get_initial() | {
            "title": post.title,
            "window": post.window,
            "area": post.area,
        }


class SelfReviewView(PostStepView):
    """The branch's own look at a post in the running half."""

    permission_required = CHANGE
    form_class = forms.SelfReviewForm
    heading, done = "自查", "已登记自查。"

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        services.review_posts(
            actor=self.request.user,
            half=Half.containing(said["on"]),
            on=said["on"],
            kind=PostReview.Kind.SELF,
            verdicts=[Verdict(self.post_row, said["result"], said["findings"])],
        )
        return self.post_row.get_absolute_url()


# --- reviews ---------------------------------------------------------------------------------


class ReviewCalendarView(TemplateView):
    """复核日历: the posts with a review due in a half; the committee enters a page of them at once."""

    permission_required = VIEW
    template_name = "members/post_reviews.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = Half.containing(timezone.localdate())
        form = forms.ReviewFilter(self.request.GET or None, around=now)
        said = form.cleaned_data if form.is_valid() else {}
        half = Half.parse(self.request.GET.get("half", ""), now)
        page = page_of(
            queries.posts_to_review(
                half, said.get("organization"), open_only=bool(said.get("open_only"))
            ),
            order=("organization__path", "pk"),
            cursor=self.request.GET.get("cursor", ""),
        )
        user = self.request.user
        return super().get_context_data(
            page=page,
            rows=queries.review_rows(half, page.rows),
            half=half,
            filter_form=form,
            batch_form=kwargs.pop("batch_form", None)
            or forms.ReviewBatchForm(initial={"on": timezone.localdate()}),
            results=PostReview.Result.choices,
            submission_key=self.request.POST.get("submission_key") or new_key(),
            pager=pager_urls(self.request, page),
            may_review=user.has_perm(APPROVE),
            here=self.request.get_full_path(),
            **kwargs,
        )


class ReviewBatchView(View):
    """Save the reviews of one page: each row says its result, what is not 合格 says why."""

    permission_required = APPROVE

    def post(self, request: HttpRequest, half: str) -> HttpResponse:
        return self._answer(request, Half.parse(half, Half.containing(timezone.localdate())))

    def _answer(self, request: HttpRequest, half: Half) -> HttpResponse:
        form = forms.ReviewBatchForm(request.POST)
        address = f"{reverse('members:post_reviews')}?{urlencode({'half': half.code})}"
        if not form.is_valid():
            messages.error(request, "；".join(str(reason) for reason in form.errors.get("on", [])))
            return redirect(address)
        try:
            answer = once(
                user=request.user,
                key=request.POST.get("submission_key") or new_key(),
                act=lambda: self._save(half, form.cleaned_data["on"], address),
                content=content_of(request),
            )
        except PostRefused as refusal:
            return self._again(request, half, str(refusal))
        except SavedBefore:
            messages.error(request, "这张表刚才已经保存。")
            return redirect(address)
        messages.success(request, "已登记复核。")
        return redirect(answer)

    def _save(self, half: Half, on: Any, address: str) -> str:
        said = self.request.POST
        rest = PostReview.Result.QUALIFIED if said.get("rest") else ""
        chosen = {
            name.removeprefix("result-"): value or rest
            for name, value in said.items()
            if name.startswith("result-")
        }
        results = {key: one for key, one in chosen.items() if one in PostReview.Result.values}
        posts = VanguardPost.objects.select_related("organization").filter(public_id__in=results)
        services.review_posts(
            actor=self.request.user,
            half=half,
            on=on,
            verdicts=[
                Verdict(
                    post,
                    results[post.public_id],
                    said.get(f"findings-{post.public_id}", "").strip()[:300],
                )
                for post in posts.order_by("organization__path", "pk")
            ],
        )
        return address

    def _again(self, request: HttpRequest, half: Half, reason: str) -> HttpResponse:
        """Show the page with what was filled in and why it was not saved."""
        ids = [name.removeprefix("result-") for name in request.POST if name.startswith("result-")]
        posts = list(
            queries.posts_in_scope().filter(public_id__in=ids).order_by("organization__path", "pk")
        )
        context = {
            "rows": queries.review_rows(half, posts, request.POST),
            "half": half,
            "refusal": reason,
            "batch_form": forms.ReviewBatchForm(request.POST),
            "results": PostReview.Result.choices,
            "submission_key": new_key(),
            "may_review": True,
        }
        return render(request, "members/post_reviews.html", context)


class ReviewView(PostFormView):
    """One review, to be corrected."""

    permission_required = APPROVE
    form_class = forms.ReviewForm
    heading, done = "更正复核", "已更正。"

    @cached_property
    def review(self) -> PostReview:
        return get_object_or_404(
            PostReview.objects.select_related("post__organization"),
            public_id=self.kwargs["public_id"],
        )

    def get_initial(self) -> dict[str, Any]:
        names = ("reviewed_on", "result", "findings", "rectified_on", "version")
        return {name: getattr(self.review, name) for name in names}

    def version_now(self) -> int:
        return PostReview.objects.get(pk=self.review.pk).version

    def back_url(self) -> str:
        return self.review.post.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(subject=f"{self.review.post.title} {self.review}", **kwargs)

    def act(self, form: Any) -> str:
        services.correct_review(actor=self.request.user, review=self.review, **form.cleaned_data)
        return self.back_url()


# --- plates ----------------------------------------------------------------------------------


class PlateView(TemplateView):
    """The plate of a post, to be printed."""

    permission_required = VIEW
    template_name = "members/vanguard_plate.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        post = _post(kwargs["public_id"])
        address = _public_address(self.request, post)
        size = self.request.GET.get("size")
        return super().get_context_data(
            post=post,
            plate=queries.plate_of(post),
            qr=_qr(address) if address else "",
            size="a5" if size == "a5" else "a4",
            **kwargs,
        )


class PublishPlateView(View):
    """Open or close the public page of a plate."""

    permission_required = CHANGE

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        post = _post(public_id)
        opens = request.POST.get("open") == "yes"
        version = request.POST.get("version", "")
        try:
            services.publish_plate(
                actor=request.user,
                post=post,
                version=int(version) if version.isdecimal() else 0,
                token=new_plate_token() if opens else None,
            )
        except PostRefused as refusal:
            messages.error(request, str(refusal))
        except StaleVersion:
            messages.error(request, STALE)
        else:
            messages.success(
                request, "公开页已打开。" if opens else "公开页已关闭，旧网址不能再用。"
            )
        return redirect(post)


@public
def public_plate(request: HttpRequest, public_token: str) -> HttpResponse:
    """Show a published plate to whoever holds its address."""
    plate = queries.published_plate(public_token)
    if plate is None:
        raise Http404
    response = render(request, "members/public_plate.html", {"plate": plate})
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _public_address(request: HttpRequest, post: VanguardPost) -> str:
    if not post.public_token:
        return ""
    return request.build_absolute_uri(reverse("members:public_plate", args=[post.public_token]))


def _qr(address: str) -> SafeString:
    drawn = io.BytesIO()
    segno.make(address, error="m").save(
        drawn, kind="svg", xmldecl=False, svgns=True, omitsize=True, svgclass="qr", lineclass=None
    )
    svg = drawn.getvalue().decode()
    return mark_safe(svg)  # drawn by us, numbers only  # noqa: S308  # nosec B308, B703
