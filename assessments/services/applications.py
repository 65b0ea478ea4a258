"""Writing applications: kept, handed in, returned with a reason, accepted."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.models import Application, ApplicationStatement, Campaign, CampaignCriterion
from assessments.queries.campaigns import apply_until, criteria_of, is_late, phases_of
from branches.models import PartyOrganization
from members.models import Member
from partybuild import audit
from partybuild.merging import take
from partybuild.refusals import Refused

State, Opinion = Application.State, ApplicationStatement.Opinion
# Criterion -> (opinion or '', evidence).
Statements = Mapping[int, tuple[str, str]]


class ApplicationRefused(Refused):
    """An application cannot be taken so; `mistakes` names every input that lacks something."""

    def __init__(self, mistakes: list[tuple[str, str]]) -> None:
        super().__init__(mistakes[0][1], mistakes[0][0])
        self._mistakes = mistakes

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        return self._mistakes


def refused(reason: str, field: str = "") -> ApplicationRefused:
    """Return a refusal with one reason."""
    return ApplicationRefused([(field, reason)])


@transaction.atomic
def begin_application(
    *,
    actor: Any,
    campaign: Campaign,
    organization: PartyOrganization,
    member: Member | None = None,
    summary: str = "",
    statements: Statements,
) -> Application:
    """Begin the application of a unit, or of one of its members; it is kept until it is handed in."""
    if campaign.announced_at is None:
        raise refused("这项活动还没有发布，不能申报。")
    if campaign.selects_members and member is None:
        raise refused("请选择党员。", "member")
    try:
        with transaction.atomic():
            application = Application.objects.create(
                campaign=campaign,
                organization=organization,
                member=member,
                summary=summary,
                written_by=actor,
            )
    except IntegrityError as twice:
        raise refused("已经有这份申报，请打开它再改。", "subject") from twice
    _keep(application, statements)
    _note(actor, application, "begun", "填写创建申报")
    return application


@transaction.atomic
def correct_application(
    *,
    actor: Any,
    application: Application,
    version: int,
    summary: str,
    statements: Statements,
) -> Application:
    """Change what is not handed in, or was returned; StaleVersion when somebody else did since."""
    _must_be(application, Application.OPEN_STATES, "已经申报，要改请先请主办单位退回。")
    take(application, version)
    application.summary, application.written_by = summary, actor
    application.save()
    _keep(application, statements)
    _note(actor, application, "corrected", "修改创建申报")
    return application


def _keep(application: Application, statements: Statements) -> None:
    ApplicationStatement.objects.filter(application=application).delete()
    known = {one.pk for one in criteria_of(application.campaign)}
    ApplicationStatement.objects.bulk_create(
        ApplicationStatement(
            application=application, criterion_id=pk, opinion=opinion, evidence=evidence
        )
        for pk, (opinion, evidence) in statements.items()
        if pk in known and (opinion or evidence)
    )


@transaction.atomic
def hand_in(*, actor: Any, application: Application, version: int) -> Application:
    """Hand an application in (申报); ApplicationRefused names every criterion that lacks an answer.

    After the last day it is taken all the same and told as late.
    """
    _must_be(application, Application.OPEN_STATES, "已经申报过了。")
    lacking = _lacking(application)
    if lacking:
        raise ApplicationRefused(lacking)
    take(application, version)
    application.state, application.written_by = State.HANDED_IN, actor
    application.handed_in_at = timezone.now()
    application.return_reason, application.return_criterion = "", None
    application.save()
    until = apply_until(phases_of(application.campaign))
    late = "（已过申报期限）" if is_late(application, until) else ""
    _note(actor, application, "handed_in", f"申报{late}")
    return application


def _lacking(application: Application) -> list[tuple[str, str]]:
    given = {one.criterion_id: one for one in application.statements.all()}
    found = []
    for criterion in criteria_of(application.campaign):
        said = given.get(criterion.pk)
        if said is None or not said.opinion:
            found.append((opinion_field(criterion), "请选择自评意见。"))
        if said is None or not said.evidence.strip():
            found.append((evidence_field(criterion), "请写明做法和依据。"))
    return found


def opinion_field(criterion: CampaignCriterion) -> str:
    """Return the name of the input of a criterion's opinion."""
    return f"opinion_{criterion.public_id}"


def evidence_field(criterion: CampaignCriterion) -> str:
    """Return the name of the input of a criterion's evidence."""
    return f"evidence_{criterion.public_id}"


@transaction.atomic
def return_application(
    *,
    actor: Any,
    application: Application,
    version: int,
    reason: str,
    criterion: CampaignCriterion | None = None,
) -> Application:
    """Give an application back with a reason, about one criterion or the whole."""
    _must_be(application, (State.HANDED_IN, State.ACCEPTED), "还没有申报，不用退回。")
    if not reason:
        raise refused("请写明退回的原因，单位才知道改什么。", "reason")
    return _decide(
        actor,
        application,
        version,
        State.RETURNED,
        f"退回创建申报：{reason}",
        return_reason=reason,
        return_criterion=criterion,
    )


@transaction.atomic
def accept_application(*, actor: Any, application: Application, version: int) -> Application:
    """Accept an application (受理); nobody accepts the own one."""
    _must_be(application, (State.HANDED_IN,), "还没有申报，或者已经受理。")
    return _decide(actor, application, version, State.ACCEPTED, "受理创建申报")


def _decide(
    actor: Any, application: Application, version: int, state: str, said: str, **values: Any
) -> Application:
    if actor and application.written_by_id == actor.pk:
        raise refused("自己填写的申报不能自己受理或者退回，请由别人办。")
    take(application, version)
    application.state = state
    application.decided_by, application.decided_at = actor, timezone.now()
    for name, value in values.items():
        setattr(application, name, value)
    application.save()
    _note(actor, application, state, said)
    return application


def _must_be(application: Application, states: Any, otherwise: str) -> None:
    if application.state not in states:
        raise refused(otherwise)


def _note(actor: Any, application: Application, act: str, said: str) -> None:
    audit.record(
        actor=actor,
        action=f"assessments.application.{act}",
        subject=application,
        place=application.organization.path,
        summary=f"{said} {application}",
        after={"状态": application.get_state_display()},
    )
