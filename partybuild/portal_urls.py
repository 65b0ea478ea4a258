"""Addresses of the kernel's own pages."""

from django.urls import path

from partybuild import (
    alert_views,
    archive_views,
    import_views,
    ledger_views,
    saved_query_views,
    statistic_views,
    views,
)

app_name = "partybuild"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("help/", views.help_page, name="help"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("display/", views.display, name="display"),
    path("welcome/", views.welcome, name="welcome"),
    path("drafts/<str:form>/", views.DraftView.as_view(), name="draft"),
    path("alerts/", alert_views.AlertsView.as_view(), name="alerts"),
    path("alerts/card/", alert_views.AlertsCardView.as_view(), name="alerts_card"),
    path("alerts/<str:alert>/", alert_views.AlertView.as_view(), name="alert"),
    path("ledgers/", ledger_views.LedgerListView.as_view(), name="ledgers"),
    path("ledgers/all/ask/", ledger_views.AskForAllView.as_view(), name="ask_for_all_ledgers"),
    path("ledgers/<str:code>/", ledger_views.LedgerView.as_view(), name="ledger"),
    path(
        "ledgers/<str:code>/filter/", ledger_views.LedgerFilterView.as_view(), name="ledger_filter"
    ),
    path("ledgers/<str:code>/print/", ledger_views.LedgerPrintView.as_view(), name="print_ledger"),
    path("ledgers/<str:code>/text/", ledger_views.LedgerTextView.as_view(), name="ledger_text"),
    path(
        "ledgers/<str:code>/queries/", saved_query_views.SaveQueryView.as_view(), name="save_query"
    ),
    path(
        "ledgers/<str:code>/queries/<str:savedquery>/",
        saved_query_views.OpenQueryView.as_view(),
        name="saved_query",
    ),
    path(
        "ledgers/<str:code>/queries/<str:savedquery>/drop/",
        saved_query_views.DropQueryView.as_view(),
        name="drop_query",
    ),
    path(
        "ledgers/<str:code>/statistic/",
        statistic_views.DefineStatisticView.as_view(),
        name="define_statistic",
    ),
    path("ledgers/<str:code>/ask/", ledger_views.AskForLedgerView.as_view(), name="ask_for_ledger"),
    path("statistics/", statistic_views.StatisticListView.as_view(), name="statistics"),
    path("statistics/<str:statistic>/", statistic_views.StatisticView.as_view(), name="statistic"),
    path(
        "statistics/<str:statistic>/drop/",
        statistic_views.DropStatisticView.as_view(),
        name="drop_statistic",
    ),
    path("files/<str:public_id>/", ledger_views.LedgerFileView.as_view(), name="ledger_file"),
    path("files/<str:public_id>/download/", ledger_views.DownloadView.as_view(), name="download"),
    path(
        "files/<str:public_id>/changes/",
        archive_views.FileChangesView.as_view(),
        name="file_changes",
    ),
    path(
        "files/<str:public_id>/archive/",
        archive_views.ArchiveAgainView.as_view(),
        name="archive_again",
    ),
    path("jobs/<str:public_id>/", views.job_status, name="job_status"),
    path("runs/", views.RunsView.as_view(), name="runs"),
    path("runs/<str:public_id>/again/", views.RunAgainView.as_view(), name="run_again"),
    path("search/", views.SearchView.as_view(), name="search"),
    path("imports/", import_views.ImportListView.as_view(), name="imports"),
    path("imports/<str:public_id>/", import_views.BatchView.as_view(), name="import"),
    path(
        "imports/<str:public_id>/confirm/",
        import_views.ConfirmView.as_view(),
        name="confirm_import",
    ),
    path("imports/<str:public_id>/undo/", import_views.UndoView.as_view(), name="undo_import"),
    path(
        "imports/<str:public_id>/discard/",
        import_views.DiscardView.as_view(),
        name="discard_import",
    ),
    path(
        "imports/<str:public_id>/problems/",
        import_views.ProblemRowsView.as_view(),
        name="import_problems",
    ),
    path("audit/", views.AuditView.as_view(), name="audit"),
]
