"""Pages of vanguard posts: the list, one post and each step of its life, plates, reviews, figures."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.generic import TemplateView

from members.forms import posts as forms
from members.models import PostReview, VanguardPost
from members.models.posts import new_plate_token
from members.queries import posts as queries
from members.queries.posts import Half
from members.services import posts as services
from members.services.posts import Verdict
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.lists import Link, addresses, table_rows
from partybuild.paging import page_of, pager_urls, slice_of
from partybuild.permissions import public
from partybuild.qr import qr_svg
from partybuild.saving import ButtonView, EditingView, SavingView, VersionedView
from partybuild.submissions import new_key

VIEW, CHANGE = "members.view_vanguardpost", "members.change_vanguardpost"
APPROVE = "members.approve_vanguardpost"
KINDS, STATES = VanguardPost.Kind, VanguardPost.State


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
        cells = (
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
        rows = table_rows(cells, ",nowrap,nowrap,,,,nowrap,")
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


class VanguardPostCreateView(SavingView):
    """Apply for a post with those who are to hold it and their pledge."""

    permission_required = CHANGE
    form_class = forms.VanguardPostForm
    heading = "申报先锋岗"
    lead = "申报以后由机关党委公示、授牌；授牌那天起，所选的人任岗。"
    done = "已申报，等机关党委公示。"

    def get_initial(self) -> dict[str, Any]:
        return {"applied_on": timezone.localdate()}

    def back_url(self) -> str:
        return reverse("members:vanguard_posts")

    def save(self, form: forms.VanguardPostForm) -> str:
        post = services.apply_post(actor=self.request.user, **form.values())
        return post.get_absolute_url()


class OnPostView(VersionedView):
    """A form about one post."""

    def record(self) -> VanguardPost:
        return _post(self.kwargs["public_id"])

    def get_lead(self) -> str:
        return f"{self.record()} · {self.lead}" if self.lead else str(self.record())


class PostStepView(OnPostView):
    """One step of one post."""

    service: ClassVar[Callable[..., VanguardPost]]
    form_class: Any = forms.StepForm

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def edit(self, form: Any, record: VanguardPost, version: int) -> str:
        service = type(self).service
        service(actor=self.request.user, post=record, version=version, **form.values())
        return record.get_absolute_url()


class PubliciseView(PostStepView):
    permission_required = APPROVE
    service = staticmethod(services.publicise_post)
    heading, done = "公示", "已登记公示，公示期满以后授牌。"
    lead = "公示截止日按工作日推算。"


class AwardView(PostStepView):
    permission_required = APPROVE
    service = staticmethod(services.award_post)
    heading, done = "授牌", "已授牌，先锋岗台账同时更新。"
    lead = "公示期没有满就授牌的，请在说明里写明原因。"


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

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"post": self.record()}

    def get_initial(self) -> dict[str, Any]:
        serving = self.record().holders.filter(ended_on=None).select_related("member")
        return super().get_initial() | {"holders": [row.member.public_id for row in serving]}


class PledgeView(PostStepView):
    permission_required = CHANGE
    service = staticmethod(services.pledge_post)
    form_class = forms.PledgeForm
    heading, done = "更新承诺", "承诺已更新，以前的承诺留在历史里。"

    def get_initial(self) -> dict[str, Any]:
        current = queries.pledge_of(self.record())
        told = {"identity": "", "duty": "", "promise": ""}
        if current:
            told = {name: getattr(current, name) for name in told}
        return super().get_initial() | told


class CorrectPostView(OnPostView, EditingView):
    permission_required = CHANGE
    form_class = forms.PostDetailsForm
    heading, done = "更正先锋岗", "已更正。"

    def edit(self, form: Any, record: VanguardPost, version: int) -> str:
        services.correct_post(
            actor=self.request.user, post=record, version=version, **form.cleaned_data
        )
        return record.get_absolute_url()


class SelfReviewView(SavingView):
    """The branch's own look at a post in the running half."""

    permission_required = CHANGE
    form_class = forms.SelfReviewForm
    heading, done = "自查", "已登记自查。"

    @cached_property
    def post_row(self) -> VanguardPost:
        return _post(self.kwargs["public_id"])

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def get_lead(self) -> str:
        return str(self.post_row)

    def back_url(self) -> str:
        return self.post_row.get_absolute_url()

    def save(self, form: Any) -> str:
        said = form.cleaned_data
        services.review_posts(
            actor=self.request.user,
            half=Half.containing(said["on"]),
            on=said["on"],
            kind=PostReview.Kind.SELF,
            verdicts=[Verdict(self.post_row, said["result"], said["findings"])],
        )
        return self.back_url()


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
            batch_form=forms.ReviewBatchForm(initial={"on": timezone.localdate()}),
            results=PostReview.Result.choices,
            submission_key=new_key(),
            pager=pager_urls(self.request, page),
            may_review=user.has_perm(APPROVE),
            here=self.request.get_full_path(),
            **kwargs,
        )


class ReviewBatchView(SavingView):
    """Save the reviews of one page: each row says its result, what is not 合格 says why."""

    permission_required = APPROVE
    http_method_names = ("post",)
    form_class = forms.ReviewBatchForm
    template_name = "members/post_reviews.html"
    done = "已登记复核。"

    @cached_property
    def half(self) -> Half:
        return Half.parse(self.kwargs["half"], Half.containing(timezone.localdate()))

    def back_url(self) -> str:
        return f"{reverse('members:post_reviews')}?{urlencode({'half': self.half.code})}"

    def save(self, form: forms.ReviewBatchForm) -> str:
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
            half=self.half,
            on=form.cleaned_data["on"],
            verdicts=[
                Verdict(
                    post,
                    results[post.public_id],
                    said.get(f"findings-{post.public_id}", "").strip()[:300],
                )
                for post in posts.order_by("organization__path", "pk")
            ],
        )
        return self.back_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the page with what was filled in."""
        said = self.request.POST
        ids = [name.removeprefix("result-") for name in said if name.startswith("result-")]
        posts = queries.posts_in_scope().filter(public_id__in=ids)
        shown = list(posts.order_by("organization__path", "pk"))
        context = super().get_context_data(**kwargs)
        return context | {
            "rows": queries.review_rows(self.half, shown, said),
            "half": self.half,
            "batch_form": context["form"],
            "results": PostReview.Result.choices,
            "may_review": True,
        }


class ReviewView(EditingView):
    """One review, to be corrected."""

    permission_required = APPROVE
    form_class = forms.ReviewForm
    heading, done = "更正复核", "已更正。"

    def record(self) -> PostReview:
        return get_object_or_404(
            PostReview.objects.select_related("post__organization"),
            public_id=self.kwargs["public_id"],
        )

    def get_lead(self) -> str:
        review = self.record()
        return f"{review.post.title} {review}"

    def back_url(self) -> str:
        return self.record().post.get_absolute_url()

    def edit(self, form: Any, record: PostReview, version: int) -> str:
        services.correct_review(
            actor=self.request.user, review=record, version=version, **form.cleaned_data
        )
        return record.post.get_absolute_url()


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
            qr=qr_svg(address) if address else "",
            size="a5" if size == "a5" else "a4",
            **kwargs,
        )


class PublishPlateView(ButtonView):
    """Open or close the public page of a plate."""

    permission_required = CHANGE

    @cached_property
    def post_row(self) -> VanguardPost:
        return _post(self.kwargs["public_id"])

    @property
    def opens(self) -> bool:
        return self.request.POST.get("open") == "yes"

    def get_done(self) -> str:
        return "公开页已打开。" if self.opens else "公开页已关闭，旧网址不能再用。"

    def back_url(self) -> str:
        return self.post_row.get_absolute_url()

    def act(self, version: int) -> None:
        services.publish_plate(
            actor=self.request.user,
            post=self.post_row,
            version=version,
            token=new_plate_token() if self.opens else None,
        )


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
