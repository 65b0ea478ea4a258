"""What the search box finds here: activities by topic, study materials by what they say."""

from collections.abc import Iterable

from activities.models import Activity
from activities.queries.materials import materials
from partybuild.finders import LIMIT, Finder, Found


class ActivityFinder(Finder):
    code = "activities.activity"
    title = "会议与活动"
    permission = "activities.view_activity"

    def find(self, text: str) -> Iterable[Found]:
        found = Activity.objects.select_related("organization").filter(topic__icontains=text)
        for activity in found[:LIMIT]:
            note = f"{activity.held_on} · {activity.organization.label}"
            yield Found(activity.topic, activity.get_absolute_url(), note)


class MaterialFinder(Finder):
    code = "activities.material"
    title = "学习资料"
    permission = "activities.view_material"

    def find(self, text: str) -> Iterable[Found]:
        for material in materials(text).order_by("-pk")[:LIMIT]:
            yield Found(material.title, material.get_absolute_url(), material.organization.label)
