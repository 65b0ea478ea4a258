"""What care and mobility tell of a person's party life."""

from collections.abc import Iterator

from members.models import Member
from partybuild.milestones import Milestone, Milestones
from partybuild.precision import Precision


class CareMilestones(Milestones):
    code = "members.care"
    title = "关怀"
    model = "members.member"
    permission = "members.view_care"

    def events(self, record: Member) -> Iterator[Milestone]:
        for care in record.care_records.prefetch_related("visits"):
            url, label = care.get_absolute_url(), care.get_category_display()
            yield Milestone(care.started_on, Precision.DAY, f"列入关怀名单（{label}）", url)
            if care.ended_on:
                yield Milestone(care.ended_on, Precision.DAY, f"移出关怀名单（{label}）", url)
            for visit in care.visits.all():
                yield Milestone(visit.visited_on, Precision.DAY, f"{visit.visitors}走访慰问", url)


class MobilityMilestones(Milestones):
    code = "members.mobility"
    title = "流动和失联"
    model = "members.member"
    permission = "members.view_member"

    def events(self, record: Member) -> Iterator[Milestone]:
        for mobile in record.mobility.all():
            url = mobile.get_absolute_url()
            where = f"{mobile.get_kind_display()}，{mobile.destination}"
            yield Milestone(mobile.started_on, Precision.DAY, f"流出（{where}）", url)
            if mobile.ended_on:
                yield Milestone(mobile.ended_on, Precision.DAY, "流动结束", url)
        for loss in record.losses.all():
            url = loss.get_absolute_url()
            yield Milestone(loss.lost_on, Precision.DAY, "失去联系", url)
            if loss.found_on:
                yield Milestone(loss.found_on, Precision.DAY, "恢复联系", url)


class ExemptionMilestones(Milestones):
    code = "members.exemptions"
    title = "免予参加"
    model = "members.member"
    permission = "members.view_member"
    own = True

    def events(self, record: Member) -> Iterator[Milestone]:
        for exemption in record.exemptions.all():
            if exemption.started_on:
                yield Milestone(exemption.started_on, Precision.DAY, "免予参加组织生活")
            if exemption.ended_on:
                yield Milestone(exemption.ended_on, Precision.DAY, "恢复参加组织生活")


class SocialRoleMilestones(Milestones):
    code = "members.social_roles"
    title = "社会角色"
    model = "members.member"
    permission = "members.view_member"
    own = True

    def events(self, record: Member) -> Iterator[Milestone]:
        for role in record.social_roles.all():
            yield Milestone(role.started_on, Precision.DAY, f"担任{role}")
            if role.ended_on:
                yield Milestone(role.ended_on, Precision.DAY, f"不再担任{role}")
