"""The 简报 of a campaign as it goes to the printer."""

from typing import Any

from django.utils import timezone
from django.views.generic import TemplateView

from assessments.queries.briefs import brief_of
from assessments.queries.polls import FEWEST, formula_of
from assessments.views.campaigns import RUN, find_campaign_run


class BriefView(TemplateView):
    """How far a campaign is, on one page, in the measures of GB/T 9704-2012; nothing of it is stored."""

    permission_required = RUN
    template_name = "assessments/brief.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        campaign = find_campaign_run(kwargs["campaign"])
        return super().get_context_data(
            **kwargs
            | {
                "campaign": campaign,
                "brief": brief_of(campaign, timezone.localdate()),
                "unit": "名" if campaign.selects_members else "个",
                "formula": formula_of(campaign),
                "fewest": FEWEST,
            }
        )
