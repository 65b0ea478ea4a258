"""What needs attention about the coverage of platforms."""

import datetime as dt
from collections.abc import Iterable
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from branches.queries.platforms import BLANK, forsaken_on, platforms_on
from partybuild.alerts import Alert, Notice


class BlindSpots(Alert):
    code = "branches.blind_spots"
    title = "党组织覆盖空白"
    permission = "branches.view_platform"
    order = 60
    about = "还没有党组织覆盖、也没有派指导员的平台、窗口和单位，按区域列出。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        blank = platforms_on(day).filter(way=BLANK).order_by()
        counts = blank.values_list("area").annotate(count=Count("pk")).order_by("-count", "area")
        for area, count in counts:
            query = urlencode({"area": area, "coverage": BLANK})
            yield Notice(f"{area}有 {count} 个还是空白", f"{reverse('branches:platforms')}?{query}")


class ForsakenPlatforms(Alert):
    code = "branches.forsaken_platforms"
    title = "覆盖的党组织已撤销"
    permission = "branches.view_platform"
    order = 59
    about = "覆盖这里的党组织已经撤销，请重新明确由谁覆盖。"

    def notices(self, day: dt.date) -> Iterable[Notice]:
        found = forsaken_on(day).order_by("area", "name", "pk")
        rows = found.values_list("public_id", "name", "coverer__name", "place__name")
        for public_id, name, coverer, place in rows:
            yield Notice(
                f"{name}由{coverer}覆盖，该党组织已撤销",
                reverse("branches:platform", args=[public_id]),
                place=place or "",
            )
