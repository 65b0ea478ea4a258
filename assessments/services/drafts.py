"""Writing schemes that are not in force yet: drafted, changed, thrown away, and issued at last."""

import hashlib
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.engine.document import Document
from assessments.engine.editing import unclear
from assessments.engine.written import as_json, as_yaml
from assessments.models import Scheme, SchemeDraft
from assessments.queries.drafts import free_scheme_code, issued_elsewhere, periods_to_begin
from assessments.queries.scorecards import newest_scheme
from assessments.services.schemes import create_scheme
from assessments.transcripts import told_of
from branches.models import PartyOrganization
from partybuild import audit
from partybuild.merging import StaleVersion, take
from partybuild.paths import root_path
from partybuild.periods import Period
from partybuild.publicids import new_public_id
from partybuild.refusals import Refused

MOST_LINES = 1000
ELSEWHERE = (
    "这个代码的方案由另一个不相隶属的党组织下发着，您下发会停掉他们的，所以没有下发，草稿都在。"
    "请先点“换成本单位自己的方案”，内容不变，再下发；两家的方案各用各的。"
)
Part = dict[str, Any]


@transaction.atomic
def draft_scheme(
    *,
    actor: Any,
    organization: PartyOrganization,
    document: Document,
    copied_from: Scheme | None = None,
) -> SchemeDraft:
    """Begin a draft; Refused for a document whose parts cannot be told apart."""
    _check(document)
    draft = SchemeDraft.objects.create(
        organization=organization,
        document=as_json(document),
        copied_from=copied_from,
        drafted_by=actor,
    )
    source = f"，照第 {copied_from.edition} 版“{copied_from}”" if copied_from else ""
    _note(actor, draft, "begun", f"起草考核方案“{draft}”{source}")
    return draft


def copy_scheme(
    *, actor: Any, organization: PartyOrganization, scheme: Scheme, title: str
) -> SchemeDraft:
    """Begin a draft that says what an edition says, under another title."""
    return draft_scheme(
        actor=actor,
        organization=organization,
        document=replace(scheme.plan, title=title),
        copied_from=scheme,
    )


def blank_scheme(
    *, actor: Any, organization: PartyOrganization, title: str, subject: str, period: str
) -> SchemeDraft:
    """Begin a draft that says nothing yet."""
    document = Document(
        code=f"scheme-{new_public_id()}", title=title, subject=subject, period=period
    )
    return draft_scheme(actor=actor, organization=organization, document=document)


@transaction.atomic
def change_draft(
    *,
    actor: Any,
    draft: SchemeDraft,
    version: int,
    document: Document,
    what: str,
    before: Part | None = None,
    after: Part | None = None,
) -> SchemeDraft:
    """Let a draft say something else; StaleVersion when somebody has changed it since.

    `what` tells the act in words, `before` and `after` the part that it is about.
    """
    _check_open(draft)
    _check(document)
    take(draft, version)
    draft.document = as_json(document)
    draft.__dict__.pop("plan", None)
    draft.save()
    _note(actor, draft, "changed", f"考核方案草稿“{draft}”：{what}", before, after)
    return draft


@transaction.atomic
def delete_draft(*, actor: Any, draft: SchemeDraft, version: int) -> SchemeDraft:
    """Put a draft into the trash, from where it can be taken again."""
    _check_open(draft)
    take(draft, version)
    draft.deleted_at = timezone.now()
    draft.save()
    _note(actor, draft, "deleted", f"删除考核方案草稿“{draft}”（可恢复）")
    return draft


@transaction.atomic
def restore_draft(*, actor: Any, draft: SchemeDraft) -> SchemeDraft:
    """Take a draft out of the trash, as it was."""
    draft.deleted_at = None
    draft.version += 1
    draft.save()
    _note(actor, draft, "restored", f"恢复考核方案草稿“{draft}”")
    return draft


@transaction.atomic
def issue_draft(*, actor: Any, draft: SchemeDraft, version: int, begins: str) -> Scheme:
    """Make a draft the newest edition of its scheme, which never changes again; return it.

    `begins` is the code of the first period that it scores; the edition before it scores none from
    then on. Refused to who does not stand at the top of the tree, as every branch is scored by it, for
    what would end the edition of a committee of another tree, and for what cannot be computed. What the checker says is told and refuses nothing.
    """
    _check_open(draft)
    if actor is None or not _stands_at_the_top(actor, draft):
        raise Refused("考核方案对全系统生效，请由最上级党组织的工作人员下发；草稿他们也看得到。")
    # One after the other, so that two do not become the same edition.
    list(Scheme.objects.select_for_update().filter(code=draft.plan.code))
    take(draft, version)
    if issued_elsewhere(draft):
        raise Refused(ELSEWHERE)
    told = told_of(draft.plan)
    if told.unsupported:
        raise Refused(f"还不能下发：{'；'.join(told.unsupported)}。请改好后再下发，草稿都在。")
    if not draft.plan.lines:
        raise Refused("还没有一个考核项目，不能下发。")
    period = next((one for one in periods_to_begin(draft) if one.code == begins), None)
    if period is None:
        raise Refused("请重新选从哪一期起用。", "begins")
    latest = newest_scheme(draft.plan.code)
    _end_former(draft.plan.code, period)
    raw = as_yaml(draft.plan).encode()
    scheme = create_scheme(
        told,
        raw,
        hashlib.sha256(raw).hexdigest(),
        edition=latest.edition + 1 if latest else 1,
        started_on=period.start,
    )
    draft.issued_as = scheme
    draft.save()
    summary = f"下发考核方案“{scheme}”，第 {scheme.edition} 版，从{period.title}起"
    after = {"code": scheme.code, "edition": scheme.edition, "sha256": scheme.source_sha256}
    audit.record(
        actor=actor,
        action="assessments.scheme.issued",
        subject=scheme,
        place=draft.organization.path,
        summary=summary[:300],
        after=after | {"period": period.code},
    )
    _note(actor, draft, "issued", summary)
    return scheme


@transaction.atomic
def recode_draft(*, actor: Any, draft: SchemeDraft, version: int) -> SchemeDraft:
    """Let a draft become a scheme of its own, which follows no edition of another tree's committee.

    Only its code changes. Refused where nobody else has the code: it would lose its former editions.
    """
    if not issued_elsewhere(draft):
        raise Refused("这个方案没有和别的单位用同一个代码，不用换。")
    before, code = draft.plan.code, free_scheme_code(draft.plan.code)
    return change_draft(
        actor=actor,
        draft=draft,
        version=version,
        document=replace(draft.plan, code=code),
        what="换了代码，成为本单位自己的方案",
        before={"code": before},
        after={"code": code},
    )


def _end_former(code: str, period: Period) -> None:
    for former in Scheme.objects.filter(code=code, is_running=True):
        if former.ended_on is None or former.ended_on > period.start:
            former.ended_on = period.start
            former.save(update_fields=["ended_on"])


def _stands_at_the_top(actor: Any, draft: SchemeDraft) -> bool:
    top = root_path(draft.organization.path)
    return bool(actor.scope_for("assessments.change_scheme").covers(top))


def _check_open(draft: SchemeDraft) -> None:
    draft_now = SchemeDraft.objects.select_for_update(of=("self",)).filter(pk=draft.pk).first()
    if draft_now is None:
        raise StaleVersion(draft)
    if draft_now.issued_as_id:
        raise Refused("这个方案已经下发，不能再改。要改请照它另起草一版。")


def _check(document: Document) -> None:
    names = unclear(document)
    if names:
        listed = "、".join(f"“{name}”" for name in dict.fromkeys(names))
        raise Refused(f"编号 {listed} 用了不止一次，分不清是哪一个，请在文件里改成不同的。", "file")
    if any(not line.code for line in document.lines):
        raise Refused("有的项目没有写编号，请在文件里补上。", "file")
    if len(document.lines) > MOST_LINES:
        raise Refused(f"一个方案最多 {MOST_LINES} 个项目。", "file")


def _note(
    actor: Any,
    draft: SchemeDraft,
    act: str,
    summary: str,
    before: Part | None = None,
    after: Part | None = None,
) -> None:
    audit.record(
        actor=actor,
        action=f"assessments.schemedraft.{act}",
        subject=draft,
        place=draft.organization.path,
        summary=summary[:300],
        before=before,
        after=after,
    )


def note_export(*, actor: Any, subject: Scheme | SchemeDraft, place: str = "") -> None:
    """Note that somebody fetched a scheme as a file."""
    audit.record(
        actor=actor,
        action="assessments.scheme.exported",
        subject=subject,
        place=place,
        summary=f"导出考核方案“{subject}”"[:300],
    )
