"""What the file itself, the memberships and the offices tell of a person's party life."""

from collections.abc import Iterator

from members.models import Member, Membership
from members.queries.files import membership_history
from partybuild.milestones import Milestone, Milestones
from partybuild.precision import Precision


class FileMilestones(Milestones):
    code = "members.file"
    title = "档案"
    model = "members.member"
    permission = "partybuild.sign_in"

    def events(self, record: Member) -> Iterator[Milestone]:
        for day, precision, text in (
            (record.applied_on, record.applied_precision, "申请入党"),
            (record.joined_on, record.joined_precision, "加入党组织（党员大会通过）"),
            (record.confirmed_on, record.confirmed_precision, "转为正式党员"),
        ):
            if day:
                yield Milestone(day, precision, text)
        if record.state != Member.State.NORMAL:
            yield Milestone(record.state_since, Precision.DAY, record.get_state_display())


class MembershipMilestones(Milestones):
    code = "members.memberships"
    title = "组织关系"
    model = "members.member"
    permission = "partybuild.sign_in"

    def events(self, record: Member) -> Iterator[Milestone]:
        for row in membership_history(record):
            kind = "" if row.kind == Membership.Kind.FORMAL else f"，{row.get_kind_display()}"
            place = f"{row.organization.name}（{row.get_started_by_display()}{kind}）"
            yield Milestone(row.started_on, Precision.DAY, f"编入{place}")
            if row.ended_on:
                why = row.get_ended_by_display() or "原因未记"
                left = f"离开{row.organization.name}（{why}{kind}）"
                yield Milestone(row.ended_on, Precision.DAY, left)


class OfficeMilestones(Milestones):
    code = "members.offices"
    title = "党内职务"
    model = "members.member"
    permission = "partybuild.sign_in"

    def events(self, record: Member) -> Iterator[Milestone]:
        for office in record.offices.select_related("organization"):
            held = f"{office.organization.name}{office.get_post_display()}"
            yield Milestone(office.started_on, Precision.DAY, f"任{held}")
            if office.ended_on:
                yield Milestone(office.ended_on, Precision.DAY, f"不再任{held}")


class PostMilestones(Milestones):
    code = "members.posts"
    title = "先锋岗"
    model = "members.member"
    permission = "partybuild.sign_in"

    def events(self, record: Member) -> Iterator[Milestone]:
        for holder in record.vanguard_posts.exclude(post__awarded_on=None).select_related("post"):
            title = f"{holder.post.get_kind_display()}“{holder.post.title}”"
            url = holder.post.get_absolute_url()
            yield Milestone(holder.started_on, Precision.DAY, f"任{title}", url)
            if holder.ended_on:
                yield Milestone(holder.ended_on, Precision.DAY, f"不再任{title}", url)
