"""Addresses of leading bodies: the list, one body, offices, elections, training."""

from django.urls import path

from members.views import bodies, elections, offices, terms

urlpatterns = [
    path("bodies/", bodies.BodyListView.as_view(), name="bodies"),
    path("bodies/leaders/", bodies.LeadersView.as_view(), name="leaders"),
    path("bodies/<str:public_id>/", bodies.BodyView.as_view(), name="body"),
    path("bodies/<str:public_id>/term/new/", terms.TermCreateView.as_view(), name="new_term"),
    path("bodies/<str:public_id>/term/", terms.TermCorrectView.as_view(), name="correct_term"),
    path("bodies/<str:public_id>/term/undo/", terms.TermUndoView.as_view(), name="undo_term"),
    path("bodies/<str:public_id>/shift/", terms.ShiftView.as_view(), name="shift_term"),
    path(
        "bodies/<str:public_id>/shift/withdraw/",
        terms.ShiftWithdrawView.as_view(),
        name="withdraw_shift",
    ),
    path(
        "bodies/<str:public_id>/offices/new/", offices.OfficeCreateView.as_view(), name="new_office"
    ),
    path(
        "bodies/<str:public_id>/elections/new/",
        elections.ElectionCreateView.as_view(),
        name="new_election",
    ),
    path(
        "bodies/<str:public_id>/trainings/new/",
        offices.TrainingCreateView.as_view(),
        name="new_training",
    ),
    path(
        "trainings/<str:public_id>/remove/",
        offices.TrainingRemoveView.as_view(),
        name="remove_training",
    ),
    path("offices/<str:public_id>/", bodies.OfficeView.as_view(), name="office"),
    path(
        "offices/<str:public_id>/correct/",
        offices.OfficeCorrectView.as_view(),
        name="correct_office",
    ),
    path("offices/<str:public_id>/leave/", offices.OfficeLeaveView.as_view(), name="leave_office"),
    path(
        "offices/<str:public_id>/resume/", offices.OfficeResumeView.as_view(), name="resume_office"
    ),
    path("elections/<str:public_id>/", elections.ElectionView.as_view(), name="election"),
    path(
        "elections/<str:public_id>/correct/",
        elections.ElectionCorrectView.as_view(),
        name="correct_election",
    ),
]
