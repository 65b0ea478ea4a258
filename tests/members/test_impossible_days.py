"""A day that cannot be is told at its field, on every page with a form, and nothing is saved."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.models import DevelopmentReview
from members.services.development import DevelopmentRefused, note_leaving, record_review
from partybuild.alerts import alerts_for
from partybuild.scoping import everything
from tests.cast import able, enrolled
from tests.factories.alliances import AllianceFactory
from tests.factories.development import DevelopmentCaseFactory, DevelopmentStepFactory
from tests.factories.discipline import OrganizationalMeasureFactory
from tests.factories.dues import DuesStandingFactory
from tests.forms import as_shown

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def refused(client, user, url, **typed):
    """Post a page as it is shown, with what is typed; return the reasons by field."""
    client.force_login(user)
    answer = client.post(url, as_shown(client.get(url), **typed))
    assert answer.status_code == 200
    return dict(answer.context["form"].errors)


@pytest.mark.parametrize("year", ["0001", "1899"])
def test_a_slip_in_the_year_is_told_at_its_field(client, zhao, committee, year):
    alliance = AllianceFactory(lead=committee, founded_on=dt.date(2024, 7, 1))
    url = reverse("branches:edit_alliance", args=[alliance.public_id])

    assert refused(client, zhao, url, founded_on=f"{year}-01-01") == {
        "founded_on": [f"{int(year)} 年不对，请核对年份。"]
    }
    with everything(reason="test"):
        alliance.refresh_from_db()
    assert alliance.founded_on == dt.date(2024, 7, 1)


def test_an_event_before_the_calendar_is_not_even_rehearsed(client, zhao, first_branch):
    url = reverse("branches:rename_organization", args=[first_branch.public_id])
    typed = {"name": "新名党支部", "on": "0001-01-01"}

    assert refused(client, zhao, url, **typed) == {"on": ["1 年不对，请核对年份。"]}


def test_a_day_before_every_rule_is_told_and_the_record_stays(client, he, first_branch):
    measure = OrganizationalMeasureFactory(
        member=enrolled("安如山", first_branch), kind="correction", due_on=dt.date(2027, 1, 5)
    )
    url = reverse("members:correct_measure", args=[measure.public_id])
    former = measure.decided_on
    wrong = refused(
        client, he, url, decided_on="2015-03-02", due_on="2015-09-02", closed_on="2015-09-02"
    )

    assert wrong == {"__all__": ["填写的日期太早，那时还没有可依据的规定，请核对日期。"]}
    with everything(reason="test"):
        measure.refresh_from_db()
    assert measure.decided_on == former


def test_nobody_is_reviewed_before_being_chosen_nor_leaves_before_applying(li, everywhere):
    case = DevelopmentCaseFactory(opened_on=dt.date(2025, 3, 3))
    DevelopmentStepFactory(case=case, code="activist", done_on=dt.date(2025, 9, 8))
    with pytest.raises(DevelopmentRefused, match="2025-09-08 才确定为入党积极分子"):
        record_review(
            actor=li, case=case, version=1, reviewed_on=dt.date(2025, 9, 7), conclusion="好"
        )
    with pytest.raises(DevelopmentRefused, match="培养档案 2025-03-03 才建立"):
        note_leaving(actor=li, case=case, version=1, leaving_on=dt.date(2025, 3, 2))

    case.refresh_from_db()
    assert (case.version, case.leaving_on, DevelopmentReview.objects.count()) == (1, None, 0)


def test_the_steps_of_the_ladder_read_the_arrears_once_a_page(zhao, first_branch, today):
    DuesStandingFactory(member=enrolled("何静", first_branch))
    user = able(zhao, "members.view_dues")
    with CaptureQueriesContext(connection) as asked:
        codes = {alert.code for alert, _ in alerts_for(user, today)}
    payments = [one["sql"] for one in asked if "members_duespayment" in one["sql"]]

    assert "members.dues_decision" in codes
    assert sum("SUM" in sql for sql in payments) == 2
