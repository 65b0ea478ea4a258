"""Idempotent posts: fifty copies of one filled-in form make one record and get one answer."""

import datetime as dt
import itertools
import threading

import pytest
from django.core.exceptions import BadRequest
from django.db import connection

from branches.models import OrganizationEvent
from partybuild.models import Submission
from partybuild.scoping import everything
from partybuild.submissions import KEY_LENGTH, new_key, once
from tests.factories.branches import OrganizationEventFactory


@pytest.fixture
def found(committee):
    """An act that leaves a record and answers with an address of its own."""

    days = itertools.count()

    def act():
        day = dt.date(2026, 1, 1) + dt.timedelta(days=next(days))
        event = OrganizationEventFactory(organization=committee, happened_on=day)
        return f"/events/{event.pk}/"

    return act


def events():
    with everything(reason="what the database says"):
        return OrganizationEvent.objects.count()


def test_a_second_copy_gets_the_answer_of_the_first(li, found):
    key = new_key()

    answers = [once(user=li, key=key, act=found) for _ in range(2)]

    assert answers[0] == answers[1]
    assert events() == 1


def test_two_forms_make_two_records(li, found):
    answers = {once(user=li, key=new_key(), act=found) for _ in range(2)}

    assert len(answers) == 2
    assert events() == 2


def test_one_key_of_two_users_is_two_keys(li, wang, found):
    key = new_key()

    answers = {once(user=user, key=key, act=found) for user in (li, wang)}

    assert len(answers) == 2
    assert events() == 2


def test_keys_are_long_and_never_the_same():
    keys = {new_key() for _ in range(1000)}

    assert {len(key) for key in keys} == {KEY_LENGTH}
    assert len(keys) == 1000


def test_a_failed_act_frees_its_key(li, found):
    key = new_key()

    def fail():
        found()
        raise InterruptedError

    with pytest.raises(InterruptedError):
        once(user=li, key=key, act=fail)
    left = events(), Submission.objects.count()
    once(user=li, key=key, act=found)

    assert (left, events()) == ((0, 0), 1)


@pytest.mark.parametrize("key", ["", " ", "x" * 65])
def test_a_post_without_a_proper_key_is_refused_instead_of_swallowed(key, li, found):
    with pytest.raises(BadRequest):
        once(user=li, key=key, act=found)

    assert (events(), Submission.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_copies_make_one_record_and_get_one_answer(li, found):
    key, together = new_key(), threading.Barrier(50)
    answers, failures = [], []

    def post():
        try:
            together.wait()
            answers.append(once(user=li, key=key, act=found))
        except Exception as failure:  # noqa: BLE001 -- told below
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=post) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert (len(answers), len(set(answers)), events()) == (50, 1, 1)
