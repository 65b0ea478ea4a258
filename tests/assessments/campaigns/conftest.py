"""A campaign of the committee from the template 满意机关, announced, on 21 November 2026."""

import datetime as dt

import pytest
import time_machine

from assessments.campaign_outlines import outlines
from assessments.services.applications import (
    accept_application,
    begin_application,
    hand_in,
)
from assessments.services.campaigns import announce_campaign, start_campaign
from assessments.services.inspections import issue_finding, record_inspection
from partybuild.scoping import everything


def started(zhao, committee, name="satisfying_agency", **details):
    """Begin a campaign from a ready-made outline."""
    outline = outlines()[name]
    with everything(reason="a test arranges its rows"):
        return start_campaign(
            actor=zhao,
            organization=committee,
            outline=outline,
            begins_on=dt.date(2026, 10, 1),
            **{"title": outline.title} | details,
        )


def announced(zhao, committee, name="satisfying_agency", **details):
    """Begin a campaign and announce it."""
    campaign = started(zhao, committee, name, **details)
    with everything(reason="a test arranges its rows"):
        return announce_campaign(actor=zhao, campaign=campaign, version=campaign.version)


def said_of(campaign):
    """Return a full answer to every criterion."""
    return {one.pk: ("met", f"{one.title}做法") for one in campaign.criteria.all()}


def applied(campaign, unit, by, member=None):
    """Hand in the application of a unit."""
    with everything(reason="a test arranges its rows"):
        application = begin_application(
            actor=by,
            campaign=campaign,
            organization=unit,
            member=member,
            statements=said_of(campaign),
        )
        return hand_in(actor=by, application=application, version=application.version)


def accepted(campaign, unit, by, zhao, member=None):
    """Hand in and accept the application of a unit."""
    application = applied(campaign, unit, by, member)
    with everything(reason="a test arranges its rows"):
        return accept_application(actor=zhao, application=application, version=application.version)


def found(campaign, unit, zhao, kind="unannounced", due_on=dt.date(2026, 12, 1)):
    """Inspect a unit and issue one finding."""
    with everything(reason="a test arranges its rows"):
        inspection = record_inspection(
            actor=zhao,
            campaign=campaign,
            organization=unit,
            kind=kind,
            inspected_on=dt.date(2026, 11, 3),
            inspectors="赵明漪",
        )
        return issue_finding(actor=zhao, inspection=inspection, text="没有公示流程", due_on=due_on)


@pytest.fixture
def campaign(zhao, committee, first_branch, second_branch, today):
    return announced(zhao, committee)


@pytest.fixture
def time_machine_to(today):
    """Let the rest of the test take place at another moment."""
    travellers = []

    def go(moment):
        travellers.append(time_machine.travel(moment, tick=False))
        travellers[-1].start()

    yield go
    for one in reversed(travellers):
        one.stop()
