"""A real Chromium before the running portal, and a hand that counts what it does."""

import io
from dataclasses import dataclass, field

import pytest
from PIL import Image

PASSWORD = "Qing-lan-2026"


@dataclass
class Hand:
    """Counts interactions as UX.md does: a click, a key chord, a paste, a typed word."""

    page: object
    interactions: int = 0
    problems: list = field(default_factory=list)

    def click(self, target):
        self.interactions += 1
        target.click()

    def press(self, keys):
        self.interactions += 1
        self.page.keyboard.press(keys)

    def paste(self, text):
        self.interactions += 1
        self.page.keyboard.insert_text(text)

    def type(self, target, word):
        self.interactions += 1
        target.fill(word)

    def choose_files(self, target, files):
        """Press 添加, pick several in one dialog, confirm: as many interactions as files and two."""
        self.interactions += 1 + len(files)
        target.set_input_files(files)


@pytest.fixture
def hand(page):
    """A hand whose page must stay without script errors and foreign requests."""
    hand = Hand(page)
    page.on("pageerror", lambda problem: hand.problems.append(str(problem)))
    page.on(
        "console",
        lambda message: hand.problems.append(message.text) if message.type == "error" else None,
    )
    page.set_viewport_size({"width": 1366, "height": 768})
    page.set_default_timeout(20_000)
    yield hand
    assert hand.problems == []


@pytest.fixture
def sign_in(live_server, page):
    """Sign somebody in through the sign-in page."""

    def sign_in(user):
        user.set_password(PASSWORD)
        user.save()
        page.goto(f"{live_server.url}/sign-in/")
        page.get_by_label("账号").fill(user.username)
        page.get_by_label("口令").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(lambda url: "sign-in" not in url)

    return sign_in


@pytest.fixture
def photos():
    """Three photos as a phone takes them, place data and all."""
    made = []
    for number in range(3):
        picture = Image.new("RGB", (2400, 1800), (90 + 40 * number, 120, 140))
        exif = Image.Exif()
        exif[0x8825] = {1: "N", 2: (30.0, 15.0, 0.0)}
        out = io.BytesIO()
        picture.save(out, "JPEG", exif=exif)
        made.append(
            {"name": f"现场{number}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
        )
    return made
