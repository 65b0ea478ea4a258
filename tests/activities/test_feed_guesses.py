"""Guessing calendar addresses: refused for a while, and nobody with a right address notices."""

import datetime as dt
import threading

import pytest
import time_machine
from django.db import connection
from django.test import Client

from activities.models import FeedAddress, FeedGuess
from activities.services.feeds import GUESSES_WITHIN, MOST_GUESSES, make_feed, note_guess
from partybuild.models import AuditEntry
from partybuild.scoping import everything
from tests.conftest import TODAY

HERE, THERE = "10.1.2.3", "10.1.2.4"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def ask(token, *, address=HERE, user=None):
    """Ask for an address as a program does, or as somebody who is signed in."""
    client = Client(REMOTE_ADDR=address)
    if user:
        client.force_login(user)
    return client.get(f"/calendar/{token}.ics")


def guess(times, **details):
    """Ask for so many addresses that do not exist; return the answers."""
    return [ask(f"wrong-{number}", **details).status_code for number in range(times)]


@pytest.fixture
def token(li):
    _, token = make_feed(actor=li)
    return token


def test_a_few_wrong_addresses_are_simply_not_found():
    assert guess(MOST_GUESSES) == [404] * MOST_GUESSES


def test_after_many_wrong_ones_the_next_are_refused_for_a_while():
    guess(MOST_GUESSES)

    refused = ask("wrong")

    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == str(15 * 60)
    assert refused.content.decode() == "试的次数太多，请过一会儿再试。"


def test_a_right_address_keeps_working_from_the_same_place(token):
    guess(MOST_GUESSES + 5)

    assert ask(token).status_code == 200
    assert ask("wrong").status_code == 429


def test_whoever_is_signed_in_is_neither_counted_nor_refused(li):
    guess(MOST_GUESSES + 5)

    assert guess(3, user=li) == [404] * 3
    assert guess(MOST_GUESSES + 5, user=li, address=THERE) == [404] * (MOST_GUESSES + 5)
    assert ask("wrong", address=THERE).status_code == 404


def test_another_place_is_not_refused_with_it():
    guess(MOST_GUESSES + 5)

    assert ask("wrong", address=THERE).status_code == 404


def test_after_a_quarter_of_an_hour_it_is_forgotten():
    guess(MOST_GUESSES + 5)
    with time_machine.travel(TODAY + GUESSES_WITHIN, tick=False):
        assert guess(MOST_GUESSES) == [404] * MOST_GUESSES
        assert FeedGuess.objects.count() == 1


def test_a_revoked_address_counts_as_a_wrong_one(token):
    FeedAddress.objects.update(revoked_at=dt.datetime.now(dt.UTC))

    assert [ask(token).status_code for _ in range(MOST_GUESSES + 1)] == [404] * MOST_GUESSES + [429]


def test_the_neighbours_of_one_site_are_one_place():
    for number in range(MOST_GUESSES):
        ask("wrong", address=f"2001:db8:1:2::{number:x}")

    assert ask("wrong", address="2001:db8:1:2:ffff::1").status_code == 429
    assert ask("wrong", address="2001:db8:1:3::1").status_code == 404


def test_the_flood_is_noted_once_and_writes_nothing_more(django_assert_num_queries):
    guess(MOST_GUESSES + 1)

    with django_assert_num_queries(2):
        ask("wrong")

    with everything(reason="the test reads the trail"):
        [entry] = AuditEntry.objects.filter(action="activities.feed.guessing")
    assert entry.result == AuditEntry.Result.REFUSED
    assert HERE not in f"{entry.summary}{entry.after}{FeedGuess.objects.values().get()}"


@pytest.mark.django_db(transaction=True)
def test_several_workers_count_together():
    per_worker, workers = 6, 4
    told = []

    def work():
        try:
            told.extend(note_guess(address=HERE) for _ in range(per_worker))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (told.count(False), told.count(True)) == (
        MOST_GUESSES,
        per_worker * workers - MOST_GUESSES,
    )
