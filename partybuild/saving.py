"""Pages with a form that is saved once, says at its fields what is refused, and loses no edit."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.generic import FormView

from partybuild.merging import StaleVersion, merge
from partybuild.refusals import Refused
from partybuild.submissions import SavedBefore, content_of, new_key, once

BASE_SALT = "partybuild.saving.base"
MAX_DIGITS = 9
SAVED_BEFORE = (
    "这张表刚才已经保存过，内容与现在的不同。要改已保存的，请打开它再改；要再登记一条，请再点一次。"
)
BOTH_KEPT = "别人刚刚也改了这一条，两边的改动都已保存。"
STILL_CHANGING = "别人正在改这一条，请核对后再保存。"


class SavingView(FormView):
    """A form whose copies make one record; `save` does the act and returns the next address.

    `done` is what is said afterwards, `heading` what stands over the form, `back_url` where one
    goes without saving.
    """

    template_name = "partybuild/saving.html"
    heading = ""
    lead = ""
    button = "保存"
    done = "已保存。"
    fresh_key = False

    def save(self, form: Any) -> str:
        """Do the act and return the address of the page that shows it."""
        raise NotImplementedError

    def back_url(self) -> str:
        """Return the page from which one came."""
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        key = self.request.POST.get("submission_key") or new_key()
        try:
            answer = once(
                user=self.request.user,
                key=key,
                act=lambda: self.save(form),
                content=content_of(self.request),
            )
        except SavedBefore:
            self.fresh_key = True
            form.add_error(None, SAVED_BEFORE)
            return self.form_invalid(form)
        except Refused as refusal:
            note(form, refusal)
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return redirect(answer)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        posted = self.request.POST.get("submission_key")
        kept = {
            "heading": self.heading,
            "lead": self.lead,
            "button": self.button,
            "back_url": self.back_url(),
            "submission_key": posted if posted and not self.fresh_key else new_key(),
        }
        return super().get_context_data(**kept | kwargs)


class EditingView(SavingView):
    """A form filled from a record with a `version`; two people who edit at once both keep their work.

    `record` is read anew on every call, `values_of` gives the form's values as it stands, by field,
    and `edit` saves over `version` or raises StaleVersion.
    """

    def record(self) -> Any:
        """Return the record as it is stored now; Http404 without one."""
        raise NotImplementedError

    def values_of(self, record: Any) -> dict[str, str]:
        """Return what the form says of the record, as it would be posted."""
        raise NotImplementedError

    def edit(self, form: Any, record: Any, version: int) -> str:
        """Save the cleaned form over a version and return the next address."""
        raise NotImplementedError

    def get_initial(self) -> dict[str, Any]:
        return dict(self.values_of(self.record()))

    def save(self, form: Any) -> str:
        return self.edit(form, self.record(), self._posted_version())

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except StaleVersion:
            self.fresh_key = True
            return self._reconcile(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        record = self.record()
        posted = self.request.POST
        kept = {
            "version": posted.get("version") or record.version,
            "base": posted.get("base") or _signed(self.values_of(record)),
        }
        return super().get_context_data(**kept | kwargs)

    def _posted_version(self) -> int:
        """Return the version the form was filled from; 0, which is always stale, without one."""
        posted = self.request.POST.get("version", "")
        return int(posted) if posted.isdecimal() and len(posted) < MAX_DIGITS else 0

    def _reconcile(self, form: Any) -> HttpResponse:
        """Somebody saved in between: merge what does not clash, show what does."""
        record = self.record()
        theirs = self.values_of(record)
        try:
            base = signing.loads(self.request.POST.get("base", ""), salt=BASE_SALT)
        except signing.BadSignature:
            base = {}
        mine = {name: self.request.POST.get(name, "") for name in theirs}
        merged = merge(base=base, mine=mine, theirs=theirs)
        own = {name: typed for name, (typed, _) in merged.conflicts.items()}
        data = self.request.POST.copy()
        for name, value in {**merged.values, **own}.items():
            data[name] = value
        again = self.get_form_class()(**self.get_form_kwargs() | {"data": data})
        if again.is_valid() and not own:
            try:
                answer = self.edit(again, record, record.version)
            except Refused as refusal:
                note(again, refusal)
            except StaleVersion:
                again.add_error(None, STILL_CHANGING)
            else:
                messages.info(self.request, BOTH_KEPT)
                return redirect(answer)
        for name, (_, their) in merged.conflicts.items():
            again.add_error(name, f"别人刚刚改成了“{their or '空白'}”，请核对后再保存。")
        context = self.get_context_data(form=again, version=record.version, base=_signed(theirs))
        return self.render_to_response(context, status=409)


def note(form: forms.Form, refusal: Refused) -> None:
    """Say at its field, or above the form, why something was refused."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


def _signed(values: dict[str, str]) -> str:
    return signing.dumps(values, salt=BASE_SALT, compress=True)
