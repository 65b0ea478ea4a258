"""The people picker alone on a page, served from the project's files."""

from pathlib import Path

from django.template.loader import render_to_string

ROOT = Path(__file__).resolve().parents[2]
ORIGIN = "http://portal.test"


def picker_page(people, choices):
    """Return a page with a form that holds the picker."""
    grid = render_to_string(
        "components/people_grid.html", {"people": people, "choices": choices, "name": "presence"}
    )
    scripts = "".join(
        f'<script src="/static/js/{name}.js"{"" if name == "scripted" else " defer"}></script>'
        for name in ("scripted", "portal", "people")
    )
    styles = '<link rel="stylesheet" href="/static/css/portal.css">'
    return f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">{styles}{scripts}</head><body><form>{grid}</form></body></html>'


def serve(page, html):
    """Answer the browser from the project's files, under the portal's content policy."""

    def answer(route):
        path = route.request.url.removeprefix(ORIGIN)
        if path.startswith("/static/"):
            route.fulfill(path=ROOT / path.removeprefix("/"))
        else:
            policy = {"Content-Security-Policy": "default-src 'self'; img-src 'self' blob: data:"}
            route.fulfill(body=html, headers=policy, content_type="text/html; charset=utf-8")

    page.unroute_all()
    page.route("**/*", answer)
    page.goto(f"{ORIGIN}/")


def paste(page, text, *, html="", into="body"):
    """Paste as the browser does: an event that carries what the clipboard holds."""
    page.evaluate(
        """([text, html, into]) => {
            const clipboardData = new DataTransfer();
            if (text) clipboardData.setData("text/plain", text);
            if (html) clipboardData.setData("text/html", html);
            const event = new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true});
            document.querySelector(into).dispatchEvent(event);
        }""",
        [text, html, into],
    )
    page.wait_for_selector("[data-people]:not([aria-busy])")


def outcome(page):
    """Return how everybody stands who is not there, and what the report asks to look at."""
    return page.evaluate(
        """() => [
            Object.fromEntries(Array.from(document.querySelectorAll("[data-person]"))
                .map((box) => [box.dataset.person, box.querySelector("select")])
                .filter(([, select]) => select.value !== "present")
                .map(([id, select]) => [id, select.selectedOptions[0].text.trim()])),
            Array.from(document.querySelectorAll("[data-paste-report] li"), (line) => line.textContent),
        ]"""
    )
