"""Pages with a form that is saved once, says at its fields what is refused, and loses no edit."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.generic import FormView, View

from partybuild.drafts import drop_draft
from partybuild.merging import StaleVersion, merge
from partybuild.refusals import Refused
from partybuild.regulations import NoRegulation
from partybuild.submissions import SavedBefore, content_of, new_key, once

BASE_SALT = "partybuild.saving.base"
MAX_DIGITS = 9
STALE = (
    "别人刚才改过这一条，这次没有保存。您填的都在，请先到原来的页面看现在的情况，确认后再保存一次。"
)
BOTH_KEPT = "别人刚刚也改了这一条，两边的改动都已保存。"
STILL_CHANGING = "别人正在改这一条，请核对后再保存。"
NO_RULE = "填写的日期太早，那时还没有可依据的规定，请核对日期。"
# No day that anybody enters lies before or so long after: it is a slip of the keyboard.
EARLIEST, YEARS_AHEAD = dt.date(1900, 1, 1), 50


class SavingView(FormView):
    """A form whose copies make one record; `save` does the act and returns the next address.

    `done` is what is said afterwards, `heading`, `lead` and `hint` what stands over the fields,
    `back_url` where one goes without saving. With a `draft_key` what is typed is kept until then.
    """

    template_name = "partybuild/saving.html"
    heading = ""
    lead = ""
    hint = ""
    button = "保存"
    done = "已保存。"
    draft_key = ""
    saved_before = (
        "这张表刚才已经保存过，内容与现在的不同。"
        "要改已保存的，请打开它再改；要再登记一条，请再点一次。"
    )
    fresh_key = False

    def save(self, form: Any) -> str:
        """Do the act and return the address of the page that shows it."""
        raise NotImplementedError

    def back_url(self) -> str:
        """Return the page from which one came."""
        raise NotImplementedError

    def get_heading(self) -> str:
        return self.heading

    def get_lead(self) -> str:
        return self.lead

    def get_draft_key(self) -> str:
        return self.draft_key

    def carried(self) -> dict[str, Any]:
        """Return what the address said and the form has to say again, by name."""
        return {}

    def say_done(self) -> None:
        """Tell the user that it was done."""
        messages.success(self.request, self.done)

    def say_refused(self, form: Any, refusal: Refused) -> None:
        """Tell the user why it was not done."""
        note(form, refusal)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        if form.is_valid() and not has_slips(form):
            return self.form_valid(form)
        return self.form_invalid(form)

    def form_valid(self, form: Any) -> HttpResponse:
        return self.attempt(form, lambda: self.save(form))

    def attempt(self, form: Any, act: Callable[[], str]) -> HttpResponse:
        """Do an act once for all copies of the form, or show the form with what stands against it."""
        try:
            answer = once(
                user=self.request.user,
                key=self.request.POST.get("submission_key") or new_key(),
                act=act,
                content=content_of(self.request),
            )
        except SavedBefore:
            self.fresh_key = True
            form.add_error(None, self.saved_before)
            return self.form_invalid(form)
        except Refused as refusal:
            self.say_refused(form, refusal)
            return self.form_invalid(form)
        except NoRegulation:
            form.add_error(None, NO_RULE)
            return self.form_invalid(form)
        draft_key = self.get_draft_key()
        if draft_key:
            drop_draft(user=self.request.user, form=draft_key)
        self.say_done()
        return redirect(answer)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        posted = self.request.POST.get("submission_key")
        kept = {
            "heading": self.get_heading(),
            "lead": self.get_lead(),
            "hint": self.hint,
            "button": self.button,
            "back_url": self.back_url(),
            "draft_key": self.get_draft_key(),
            "carried": self.carried(),
            "submission_key": posted if posted and not self.fresh_key else new_key(),
        }
        return super().get_context_data(**kept | kwargs)


def has_slips(form: Any) -> bool:
    """Tell whether a valid form holds a day of an impossible year, and say so at its field."""
    latest = timezone.localdate().year + YEARS_AHEAD
    slips = [
        name
        for name, value in form.cleaned_data.items()
        if type(value) is dt.date and not (value >= EARLIEST and value.year <= latest)
    ]
    for name in slips:
        form.add_error(name, f"{form.cleaned_data[name].year} 年不对，请核对年份。")
    return bool(slips)


class VersionedView(SavingView):
    """A step about a record with a `version`: who comes second is told, looks, and may save then.

    `record` is read anew on every call; `edit` saves over `version` or raises StaleVersion.
    """

    saved_before = "这张表刚才已经保存过，内容与现在的不同。要按现在的内容再保存一次，请再点一次。"

    def record(self) -> Any:
        """Return the record as it is stored now; Http404 without one."""
        raise NotImplementedError

    def edit(self, form: Any, record: Any, version: int) -> str:
        """Save the cleaned form over a version and return the next address."""
        raise NotImplementedError

    def back_url(self) -> str:
        url: str = self.record().get_absolute_url()
        return url

    def save(self, form: Any) -> str:
        return self.edit(form, self.record(), version_in(self.request))

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except StaleVersion:
            return self.came_second(form)

    def came_second(self, form: Any) -> HttpResponse:
        """Somebody saved in between: say so, and let the form be saved over what they saved."""
        form.add_error(None, STALE)
        return self.show_again(form, self.record())

    def show_again(self, form: Any, record: Any) -> HttpResponse:
        """Show the form as one filled from the record as it is now."""
        context = self.get_context_data(form=form, version=record.version)
        return self.render_to_response(context, status=409)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version = self.request.POST.get("version") or self.record().version
        return super().get_context_data(**{"version": version} | kwargs)


class EditingView(VersionedView):
    """A form filled from a record; two people who edit at once both keep their work.

    `values_of` gives the form's values as the record stands, by field. Fields in `private` are
    never filled in: of them it gives what tells two values apart, as `fingerprint_of` does.
    """

    private: tuple[str, ...] = ()

    def values_of(self, record: Any) -> dict[str, Any]:
        """Return what the form says of the record; as it is here, its fields are columns."""
        return {name: getattr(record, name) for name in self.get_form_class().base_fields}

    def fingerprint_of(self, text: str) -> str:
        """Return what `values_of` would give of a private field."""
        raise NotImplementedError

    def get_initial(self) -> dict[str, Any]:
        values = self.values_of(self.record())
        return {name: value for name, value in values.items() if name not in self.private}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        base = self.request.POST.get("base")
        return {"base": base or self._signed(context["form"], self.record())} | context

    def show_again(self, form: Any, record: Any) -> HttpResponse:
        base = self._signed(form, record)
        context = self.get_context_data(form=form, version=record.version, base=base)
        return self.render_to_response(context, status=409)

    def came_second(self, form: Any) -> HttpResponse:
        """Merge what does not clash and save it, show what does."""
        record = self.record()
        theirs, base = self._texts(form, record), self._posted_base()
        merged = merge(base=base, mine=self._typed(form, theirs | base), theirs=theirs)
        own = {name: typed for name, (typed, _) in merged.conflicts.items()}
        data = self.request.POST.copy()
        for name, value in {**merged.values, **own}.items():
            if name not in self.private:
                data[name] = value
        again = self.get_form_class()(**self.get_form_kwargs() | {"data": data})
        if again.is_valid() and not own:
            try:
                response = self.attempt(again, lambda: self.edit(again, record, record.version))
            except StaleVersion:
                again.add_error(None, STILL_CHANGING)
            else:
                if not again.errors:
                    messages.info(self.request, BOTH_KEPT)
                    return response
        for name, (_, their) in merged.conflicts.items():
            shown = "另一个值" if name in self.private else f"“{_shown(again.fields[name], their)}”"
            again.add_error(name, f"别人刚刚改成了{shown}，请核对后再保存。")
        return self.show_again(again, record)

    def _texts(self, form: Any, record: Any) -> dict[str, str]:
        values = self.values_of(record).items()
        return {name: _text(form.fields[name], v) for name, v in values if name in form.fields}

    def _typed(self, form: Any, filled: dict[str, str]) -> dict[str, str]:
        said = form.cleaned_data.items()
        typed = {name: _text(form.fields[name], v) for name, v in said if name in filled}
        for name in self.private:
            typed[name] = self.fingerprint_of(typed[name]) if typed[name] else filled[name]
        return typed

    def _posted_base(self) -> dict[str, str]:
        try:
            base: dict[str, str] = signing.loads(self.request.POST.get("base", ""), salt=BASE_SALT)
        except signing.BadSignature:
            return {}
        return base

    def _signed(self, form: Any, record: Any) -> str:
        return signing.dumps(self._texts(form, record), salt=BASE_SALT, compress=True)


class ButtonView(View):
    """An act behind a button of another page: it is done, or said there why not."""

    done = ""

    def act(self, version: int) -> None:
        """Do it over the version that the page showed."""
        raise NotImplementedError

    def back_url(self) -> str:
        """Return the page with the button."""
        raise NotImplementedError

    def get_done(self) -> str:
        return self.done

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.act(version_in(request))
        except StaleVersion:
            messages.error(request, "别人刚才改过这一条，这次没有办。请看现在的情况再办。")
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, self.get_done())
        return redirect(self.back_url())


def version_in(request: HttpRequest) -> int:
    """Return the version a form was filled from; 0, which is always stale, without one."""
    posted = request.POST.get("version", "")
    return int(posted) if posted.isdecimal() and len(posted) < MAX_DIGITS else 0


def note(form: forms.Form, refusal: Refused) -> None:
    """Say at its field, or above the form, why something was refused."""
    for field, reason in refusal.mistakes:
        form.add_error(field if field in form.fields else None, reason)


def _text(field: forms.Field, value: Any) -> str:
    """Return a value of a field as text that can be compared and posted."""
    plain = field.prepare_value(value)
    if isinstance(plain, bool):
        return "on" if plain else ""
    return "" if plain is None else str(plain).replace("\r\n", "\n")


def _shown(field: Any, text: str) -> str:
    """Return what the user reads for a value of a field."""
    if isinstance(field, forms.BooleanField):
        return "勾选" if text else "不勾选"
    return str(dict(getattr(field, "choices", ())).get(text, text)) or "空白"
