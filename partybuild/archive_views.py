"""What has changed since a ledger file was written, and a further version of the archive."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import TemplateView, View

from partybuild import jobs
from partybuild.archive import archive_again, changes_since, newest_version
from partybuild.ledger_views import find_file
from partybuild.ledgers import Ledger, heading_rows, ledgers
from partybuild.models import LedgerFile
from partybuild.narrowing import SelectionProblem
from partybuild.refusals import Refused
from partybuild.scoping import scoped_to


class FileChangesView(TemplateView):
    """The rows that are gone since a file was written, and the rows that are new."""

    permission_required = "partybuild.view_ledgerfile"
    template_name = "partybuild/file_changes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ledger_file = find_file(self.request, kwargs.pop("public_id"))
        ledger = comparable(self.request, ledger_file)
        user: Any = self.request.user
        changes, problem = None, ""
        with scoped_to(user.scope_for(ledger.permission)):
            try:
                changes = changes_since(ledger_file)
            except (Refused, SelectionProblem) as refused:
                problem = str(refused)
        is_archive = ledger_file.owner_id is None
        return super().get_context_data(
            file=ledger_file,
            ledger=ledger,
            changes=changes,
            problem=problem,
            head=heading_rows(changes.columns) if changes else [],
            gone=[("", row) for row in changes.gone] if changes else [],
            new=[("", row) for row in changes.new] if changes else [],
            may_renew=bool(changes)
            and is_archive
            and user.has_perm("partybuild.add_ledgerfile")
            and newest_version(ledger_file) == ledger_file,
            **kwargs,
        )


class ArchiveAgainView(View):
    """Archive a further version of a period that was corrected."""

    permission_required = "partybuild.add_ledgerfile"

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        ledger_file = find_file(request, public_id)
        ledger = comparable(request, ledger_file)
        user: Any = request.user
        try:
            with scoped_to(user.scope_for(ledger.permission)):
                made = archive_again(actor=user, ledger_file=ledger_file)
        except (Refused, SelectionProblem) as refused:
            messages.error(request, str(refused))
            return redirect("partybuild:file_changes", public_id=public_id)
        if made.job:
            jobs.ring(made.job)
        messages.success(request, f"已排队：{made.title}。原来的一版仍然留着。")
        return redirect("partybuild:ledgers")


def comparable(request: HttpRequest, ledger_file: LedgerFile) -> Ledger:
    """Return the ledger of a file; 404 unless the user reads all of it at the file's place."""
    ledger = ledgers.get(ledger_file.code)
    user: Any = request.user
    if ledger is None or not user.scope_for(ledger.permission).covers(ledger_file.place):
        raise Http404
    return ledger
