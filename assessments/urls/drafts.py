"""Addresses of schemes that are being written."""

from django.urls import path

from assessments.views import draft_parts as parts
from assessments.views import draft_rules as rules
from assessments.views import drafts

DRAFT = "drafts/<str:draft>/"
LINE = f"{DRAFT}lines/<str:line>/"

urlpatterns = [
    path("drafts/", drafts.SchemeDraftsView.as_view(), name="drafts"),
    path("drafts/new/", drafts.BlankSchemeDraftView.as_view(), name="blank_draft"),
    path("drafts/upload/", drafts.FileSchemeDraftView.as_view(), name="file_draft"),
    path("drafts/trash/", drafts.SchemeDraftTrashView.as_view(), name="drafts_trash"),
    path("drafts/copy/<str:scheme>/", drafts.CopySchemeDraftView.as_view(), name="copy_draft"),
    path("editions/<str:scheme>/<str:form>/", drafts.SchemeFileView.as_view(), name="scheme_file"),
    path(DRAFT, drafts.SchemeDraftView.as_view(), name="draft"),
    path(f"{DRAFT}head/", parts.SchemeDraftHeadView.as_view(), name="draft_head"),
    path(f"{DRAFT}issue/", drafts.IssueSchemeDraftView.as_view(), name="issue_draft"),
    path(f"{DRAFT}recode/", drafts.RecodeSchemeDraftView.as_view(), name="recode_draft"),
    path(f"{DRAFT}delete/", drafts.DeleteSchemeDraftView.as_view(), name="delete_draft"),
    path(f"{DRAFT}restore/", drafts.RestoreSchemeDraftView.as_view(), name="restore_draft"),
    path(f"{DRAFT}file/<str:form>/", drafts.SchemeDraftFileView.as_view(), name="draft_file"),
    path(f"{LINE}try/", rules.TrySchemeDraftLineView.as_view(), name="try_draft"),
    path(f"{LINE}rules/new/", rules.ChooseSchemeDraftRuleView.as_view(), name="choose_draft_rule"),
    path(
        f"{LINE}rules/new/<str:kind>/",
        rules.AddSchemeDraftRuleView.as_view(),
        name="add_draft_rule",
    ),
    path(
        f"{LINE}rules/new/<str:kind>/words/",
        rules.NewSchemeDraftRuleWordsView.as_view(),
        name="new_draft_rule_words",
    ),
    path(
        f"{LINE}rules/order/", rules.OrderSchemeDraftRulesView.as_view(), name="order_draft_rules"
    ),
    path(f"{LINE}rules/<str:key>/", rules.SchemeDraftRuleView.as_view(), name="draft_rule"),
    path(
        f"{LINE}rules/<str:key>/words/",
        rules.SchemeDraftRuleWordsView.as_view(),
        name="draft_rule_words",
    ),
    path(
        f"{LINE}rules/<str:key>/remove/",
        rules.RemoveSchemeDraftRuleView.as_view(),
        name="remove_draft_rule",
    ),
    path(f"{DRAFT}<str:part>/new/", parts.AddSchemeDraftPartView.as_view(), name="add_draft_part"),
    path(
        f"{DRAFT}<str:part>/order/",
        parts.OrderSchemeDraftPartsView.as_view(),
        name="order_draft_parts",
    ),
    path(f"{DRAFT}<str:part>/<str:key>/", parts.SchemeDraftPartView.as_view(), name="draft_part"),
    path(
        f"{DRAFT}<str:part>/<str:key>/remove/",
        parts.RemoveSchemeDraftPartView.as_view(),
        name="remove_draft_part",
    ),
]
