"""What is typed survives a browser that is killed at any moment, as by a power cut.

Once for each kind of moment; KILLS=50 kills it fifty times, and --log-cli-level=INFO tells what was lost.
"""

import itertools
import logging
import os
import random
import re
import subprocess
import time
from urllib.parse import urlsplit

import pytest
from django.conf import settings

import run
from tests.cast import enrolled

log = logging.getLogger(__name__)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = "会议传达学习全会精神，交流学习体会，讨论年底安排。"
LOST_AT_MOST = 1.0  # seconds of typing
LONG = "一、传达学习。二、交流发言。" * 720
SWITCHES = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--remote-debugging-port=0", "--log-level=3"),
)


class Desk:
    """A Chromium of its own process group, whose profile outlives it, on the page that records."""

    def __init__(self, playwright, program, profile, address, cookie):
        command = [program, *SWITCHES, f"--user-data-dir={profile}", "about:blank"]
        self.process = run.spawn(command, os.environ, output=subprocess.PIPE)
        listening = next(line for line in self.process.stdout if b"listening on" in line)
        address_of_tools = listening.decode().rpartition(" ")[2].strip()
        browser = playwright.chromium.connect_over_cdp(address_of_tools)
        self.context = browser.contexts[0]
        self.context.add_cookies([cookie])
        self.page = self.context.pages[0]
        self.page.set_default_timeout(20_000)
        self.page.goto(address)
        self.signs = itertools.cycle(TEXT)
        self.keys = []

    @property
    def minutes(self):
        return self.page.get_by_label(re.compile("^会议内容"))

    def type(self, many):
        """Type on where the text stands, and remember when each character was in."""
        for sign in itertools.islice(self.signs, many):
            self.page.keyboard.type(sign)
            self.keys.append((sign, time.monotonic()))

    def paste(self, text):
        self.page.keyboard.insert_text(text)
        self.keys.append((text, time.monotonic()))

    def hold_drafts(self):
        """Keep what is sent to the server as a draft on its way, and return the list of it."""
        held = []

        def hold(route):
            if route.request.method == "POST":
                held.append(route.request)
            else:
                route.continue_()

        self.page.route("**/drafts/**", hold)
        return held

    def kill(self):
        self.killed_at = time.monotonic()
        run.kill_group(self.process)
        self.process.wait()
        self.process.stdout.close()

    def typed(self, *, before=0.0):
        """Return all that was typed, but for the last moment of `before` seconds."""
        return "".join(text for text, at in self.keys if at <= self.killed_at - before)


def type_on(desk):
    """Type until what came first is older than what may be lost."""
    while time.monotonic() - desk.keys[0][1] <= LOST_AT_MOST:
        desk.type(1)


def right_after_a_key(desk, chance):
    desk.type(chance.randint(1, 60))
    type_on(desk)


def after_a_pause(desk, chance):
    desk.type(chance.randint(1, 60))
    desk.page.get_by_text("已自动保存").wait_for()
    type_on(desk)
    desk.type(chance.randint(0, 3))


def while_the_draft_is_on_its_way(desk, chance):
    """It reaches the server when the browser is dead already."""
    held = desk.hold_drafts()
    while not held:
        desk.type(1)
    type_on(desk)
    desk.type(chance.randint(1, 20))
    return held[0]


def without_the_network(desk, chance):
    desk.context.set_offline(True)
    desk.type(chance.randint(1, 40))
    desk.page.get_by_text("已存本机").wait_for()
    type_on(desk)
    desk.type(chance.randint(1, 20))


def after_a_long_paste(desk, chance):
    desk.paste(LONG)
    type_on(desk)
    desk.type(chance.randint(1, 3))


def while_it_is_handed_in(desk, chance):
    desk.type(chance.randint(1, 40))
    type_on(desk)
    held = desk.hold_drafts()
    desk.page.get_by_role("button", name="保存", exact=True).click()
    while not held:
        desk.page.get_by_text("正在保存").wait_for()


MOMENTS = (
    *(right_after_a_key, after_a_pause, while_the_draft_is_on_its_way),
    *(without_the_network, after_a_long_paste, while_it_is_handed_in),
)


@pytest.fixture
def sit_down(playwright, browser_type_launch_args, tmp_path, live_server, client, li, first_branch):
    """Open the page that records, signed in, always with the same profile."""
    enrolled("安小河", first_branch)
    client.force_login(li)
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    desks = []

    def sit_down():
        address = f"{live_server.url}/activities/new/"
        program = browser_type_launch_args["executable_path"]
        desks.append(Desk(playwright, program, tmp_path / "profile", address, cookie))
        return desks[-1]

    yield sit_down
    for desk in desks:
        if desk.process.poll() is None:
            desk.kill()


@pytest.mark.parametrize("number", range(int(os.environ.get("KILLS", len(MOMENTS)))))
def test_a_killed_browser_loses_at_most_the_last_second(number, sit_down, li, client):
    chance = random.Random(number)  # noqa: S311 -- no secret: every run is the same
    moment = MOMENTS[number % len(MOMENTS)]
    desk = sit_down()
    desk.minutes.click()

    arrives_late = moment(desk, chance)
    desk.kill()
    if arrives_late:
        path = urlsplit(arrives_late.url).path
        client.post(path, arrives_late.post_data, content_type="application/json")
    again = sit_down()
    again.page.get_by_role("button", name="找回未保存的内容").click()

    kept = again.minutes.input_value()
    lost = len(desk.typed()) - len(kept)
    log.info("%s: %s of %s characters lost", moment.__name__, lost, len(desk.typed()))
    assert desk.typed().startswith(kept)
    assert len(kept) >= len(desk.typed(before=LOST_AT_MOST)) > 0
