"""Pages of alerts: all kinds at a glance, and one kind in full."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone
from django.views.generic import TemplateView

from partybuild.alerts import Alert, alerts, alerts_for
from partybuild.paging import slice_of
from partybuild.scoping import scoped_to

SHOWN = 5


class AlertsView(TemplateView):
    """What needs attention, by kind, the first few of each."""

    permission_required = "partybuild.view_alert"
    template_name = "partybuild/alerts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = alerts_for(self.request.user, timezone.localdate())
        groups = [
            {"alert": alert, "notices": notices[:SHOWN], "count": len(notices)}
            for alert, notices in found
        ]
        return super().get_context_data(
            groups=groups, count=sum(len(notices) for _, notices in found), shown=SHOWN, **kwargs
        )


class AlertsCardView(TemplateView):
    """How many things of each kind need attention: a card that other pages fetch after they stand."""

    permission_required = "partybuild.view_alert"
    template_name = "partybuild/_alerts_card.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = alerts_for(self.request.user, timezone.localdate())
        groups = [{"alert": alert, "count": len(notices)} for alert, notices in found]
        return super().get_context_data(groups=groups, **kwargs)


class AlertView(TemplateView):
    """One kind of alert in full."""

    permission_required = "partybuild.view_alert"
    template_name = "partybuild/alert.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: Any = self.request.user
        alert: Alert | None = alerts.get(kwargs.pop("alert"))
        if alert is None:
            raise Http404
        if not user.has_perm(alert.permission):
            raise PermissionDenied
        with scoped_to(user.scope_for(alert.permission)):
            notices = list(alert.notices(timezone.localdate()))
        rows, pager = slice_of(notices, self.request)
        return super().get_context_data(
            **kwargs | {"alert": alert}, notices=rows, count=len(notices), pager=pager
        )
