"""What the forms about people have in common: one key, one act, one answer, plain refusals."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.generic import FormView

from partybuild.drafts import drop_draft
from partybuild.submissions import SavedBefore, content_of, new_key, once

SAVED_BEFORE = "这张表刚才已经保存过，内容与现在的不同。确实要再保存一次，请再点一次“保存”。"


class WriteView(FormView):
    """A form that does one act: copies of it are answered alike, a refusal stands at its field.

    Subclasses say `act` and what the page shows; `refusals` are the exceptions whose text is a
    reason in Chinese, and whose `field`, if they have one, is where it stands.
    """

    template_name = "members/plain_form.html"
    refusals: tuple[type[Exception], ...] = ()
    heading = ""
    saved = "已保存。"
    draft_key = ""
    fresh_key = False

    def act(self, form: Any) -> str:
        """Do it and return the address of the next page."""
        raise NotImplementedError

    def lead(self) -> str:
        """Return one line under the heading."""
        return ""

    def back(self) -> str:
        """Return where 返回 leads."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        posted = self.request.POST.get("submission_key")
        key = posted if posted and not self.fresh_key else new_key()
        return super().get_context_data(
            submission_key=key,
            heading=self.heading,
            lead=self.lead(),
            back=self.back(),
            draft_key=self.draft_key,
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            answer = once(
                user=self.request.user,
                key=self.request.POST.get("submission_key") or new_key(),
                act=lambda: self.act(form),
                content=content_of(self.request),
            )
        except SavedBefore:
            self.fresh_key = True
            form.add_error(None, SAVED_BEFORE)
            return self.form_invalid(form)
        except self.refusals as refusal:
            field = getattr(refusal, "field", None)
            form.add_error(field if field in form.fields else None, str(refusal))
            return self.form_invalid(form)
        if self.draft_key:
            drop_draft(user=self.request.user, form=self.draft_key)
        messages.success(self.request, self.saved)
        return redirect(answer)
