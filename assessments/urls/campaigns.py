"""Addresses of campaigns: themselves, applications, inspections, ratings, awards."""

from django.urls import path

from assessments.views import applications, awards, briefs, campaigns, inspections, polls

PARTS = tuple(campaigns.PARTS)

urlpatterns = [
    path("campaigns/", campaigns.CampaignListView.as_view(), name="campaigns"),
    path("campaigns/new/", campaigns.StartView.as_view(), name="start_campaign"),
    path("campaigns/<str:campaign>/", campaigns.CampaignView.as_view(), name="campaign"),
    path(
        "campaigns/<str:campaign>/correct/",
        campaigns.CorrectCampaignView.as_view(),
        name="correct_campaign",
    ),
    path(
        "campaigns/<str:campaign>/announce/",
        campaigns.AnnounceView.as_view(),
        name="announce_campaign",
    ),
    *(
        path(
            f"campaigns/<str:campaign>/{part}/",
            campaigns.AddPartView.as_view(part=part),
            name=f"add_{part}",
        )
        for part in PARTS
    ),
    *(
        path(
            f"campaigns/{part}/<str:public_id>/",
            campaigns.CorrectPartView.as_view(part=part),
            name=f"correct_{part}",
        )
        for part in PARTS
    ),
    *(
        path(
            f"campaigns/{part}/<str:public_id>/remove/",
            campaigns.RemovePartView.as_view(part=part),
            name=f"remove_{part}",
        )
        for part in PARTS
    ),
    path("campaigns/<str:campaign>/apply/", applications.ApplyView.as_view(), name="apply"),
    path(
        "campaigns/applications/<str:public_id>/",
        applications.ApplicationView.as_view(),
        name="application",
    ),
    path(
        "campaigns/applications/<str:public_id>/write/",
        applications.WriteView.as_view(),
        name="write_application",
    ),
    path(
        "campaigns/applications/<str:public_id>/return/",
        applications.ReturnView.as_view(),
        name="return_application",
    ),
    path(
        "campaigns/applications/<str:public_id>/accept/",
        applications.AcceptView.as_view(),
        name="accept_application",
    ),
    path(
        "campaigns/<str:campaign>/inspections/",
        inspections.InspectionListView.as_view(),
        name="inspections",
    ),
    path("campaigns/<str:campaign>/inspect/", inspections.RecordView.as_view(), name="inspect"),
    path(
        "campaigns/inspections/<str:public_id>/",
        inspections.InspectionView.as_view(),
        name="inspection",
    ),
    path(
        "campaigns/inspections/<str:public_id>/correct/",
        inspections.CorrectInspectionView.as_view(),
        name="correct_inspection",
    ),
    path(
        "campaigns/inspections/<str:public_id>/issue/",
        inspections.IssueView.as_view(),
        name="issue_finding",
    ),
    path("campaigns/findings/<str:public_id>/", inspections.FindingView.as_view(), name="finding"),
    path(
        "campaigns/findings/<str:public_id>/answer/",
        inspections.AnswerView.as_view(),
        name="answer_finding",
    ),
    path(
        "campaigns/findings/<str:public_id>/check/",
        inspections.CheckView.as_view(),
        name="check_finding",
    ),
    path(
        "campaigns/findings/<str:public_id>/postpone/",
        inspections.PostponeView.as_view(),
        name="postpone_finding",
    ),
    path("campaigns/<str:campaign>/brief/", briefs.BriefView.as_view(), name="brief"),
    path("campaigns/<str:campaign>/poll/", polls.PollView.as_view(), name="poll"),
    path(
        "campaigns/<str:campaign>/poll/supervisors/",
        polls.SupervisorLinksView.as_view(),
        name="supervisor_links",
    ),
    path(
        "campaigns/<str:campaign>/poll/public/",
        polls.PublicLinksView.as_view(),
        name="public_links",
    ),
    path("campaigns/<str:campaign>/poll/end/", polls.EndPollView.as_view(), name="end_poll"),
    path(
        "campaigns/poll-links/<str:public_id>/revoke/",
        polls.RevokeLinkView.as_view(),
        name="revoke_link",
    ),
    path("rate/<str:token>/", polls.rate, name="rate_by_link"),
    path("campaigns/<str:campaign>/awards/", awards.AwardListView.as_view(), name="awards"),
    path("campaigns/<str:campaign>/award/", awards.GiveView.as_view(), name="give_award"),
    path("campaigns/awards/<str:public_id>/", awards.AwardView.as_view(), name="award"),
    path("campaigns/awards/<str:public_id>/renew/", awards.RenewView.as_view(), name="renew_award"),
    path(
        "campaigns/awards/<str:public_id>/withdraw/",
        awards.WithdrawView.as_view(),
        name="withdraw_award",
    ),
]
