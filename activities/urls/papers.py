"""Addresses of papers: of one occasion, before one, of a year."""

from django.urls import path

from activities.queries.papers import PAPERS
from activities.views import papers

urlpatterns = [
    path("activities/papers/new/", papers.PreparationView.as_view(), name="prepare_papers"),
    path("activities/binder/", papers.BinderView.as_view(), name="binder"),
    path("activities/<str:public_id>/print/", papers.PrintView.as_view(), name="print"),
    path(
        "activities/<str:public_id>/papers/admission/",
        papers.AdmissionView.as_view(),
        name="paper_admission",
    ),
    *(
        path(
            f"activities/<str:public_id>/papers/{code}/",
            papers.PaperView.as_view(code=code),
            name=f"paper_{code}",
        )
        for code in PAPERS
    ),
]
