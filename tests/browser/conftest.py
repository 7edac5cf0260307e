"""A real Chromium with the network off, and everything that a page does on opening written down."""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from geo.atlas import build_maps, compile_atlas
from geo.catalogue import open_catalogue

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")

# Runs before anything in the page does; a violation of the page's own policy is written down like an error.
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
    window.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
});
"""


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


class Opened:
    """A page that was opened, and what it did."""

    def __init__(self, context, path, payload_of):
        self.path = path
        self.payload_of = payload_of
        self.requests = []
        self.said = []
        self.dialogs = []
        self.page = context.new_page()
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.said.append(f"uncaught: {error}"))
        self.page.on("dialog", self._refuse)

    def _refuse(self, dialog):
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def load(self):
        """Open the page as a reader without JavaScript does: nothing is waited for."""
        self.page.goto(self.path.as_uri())
        return self

    def open(self, fragment=""):
        self.page.goto(self.path.as_uri() + fragment)
        self.page.wait_for_selector("body.ready", timeout=20_000)
        # What a page puts off is done when the browser has drawn twice and has its fonts.
        self.page.evaluate(
            "() => document.fonts.ready.then(() => new Promise((done) => "
            "requestAnimationFrame(() => requestAnimationFrame(done))))"
        )
        return self

    def violations(self):
        return [violation for frame in self.page.frames for violation in frame.evaluate("window.violations")]

    def assert_quiet(self):
        """Fail when the page asked for anything but itself, complained, or broke its own policy."""
        outside = [url for url in self.requests if not url.startswith((self.path.as_uri(), "data:", "about:srcdoc"))]
        assert outside == []
        assert self.said == []
        assert self.dialogs == []
        assert self.violations() == []

    def data(self):
        """Return what the page was given, read out of its file."""
        return self.payload_of(self.path.read_text(encoding="utf-8"))

    def listed(self):
        """Return the ids of the records in the list; all of the list is written first."""
        while self.page.locator(".list .more-button:visible").count():
            self.page.locator(".list .more-button").click()
        return self.page.locator(".list .item").evaluate_all("items => items.map((item) => item.dataset.id)")

    def go(self, address):
        """Give the page another address, as a link does."""
        self.page.evaluate("address => { window.location.hash = address; }", address)
        self.page.wait_for_timeout(60)

    def count(self, selector):
        return self.page.locator(selector).count()


@pytest.fixture(scope="session")
def chromium():
    """Start the Chromium of the machine; without one the tests are skipped, on CI they fail."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        message = f"none of {', '.join(NAMES)} is on the PATH; sh tests/browser/provide.sh installs one"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[
                *(["--no-sandbox"] if root else []),
                "--disable-dev-shm-usage",
                "--host-resolver-rules=MAP * ~NOTFOUND",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium, payload_of):
    """Return a function that makes a page for a file without opening it: ``new_page(path, size=(390, 844))``.

    Whatever else is given goes to the browser's context, such as ``java_script_enabled=False``.
    """
    with ExitStack() as stack:

        def maker(path, size=(1440, 900), **more):
            context = chromium.new_context(
                viewport={"width": size[0], "height": size[1]},
                offline=True,
                has_touch=size[0] < 600,
                reduced_motion="reduce",
                **{"locale": "en-GB"} | more,
            )
            stack.callback(context.close)
            context.add_init_script(WATCH)
            return Opened(context, path, payload_of)

        yield maker


@pytest.fixture
def open_page(new_page):
    """Return a function that opens a file: ``open_page(path, "#lang=km", size=(390, 844))``."""
    return lambda path, fragment="", size=(1440, 900), **more: new_page(path, size, **more).open(fragment)


@pytest.fixture(scope="session")
def flagship_catalogue(flagship):
    """Open the catalogue that the pages of the flagship were built from."""
    with open_catalogue(compile_atlas(flagship["overview"].parent.parent).path) as catalogue:
        yield catalogue


@pytest.fixture(scope="session")
def flagship(tmp_path_factory):
    """Build every page of the atlas in this repository, in a copy of it; return name -> file."""
    folder = tmp_path_factory.mktemp("flagship")
    shutil.copy(ROOT / "atlas.toml", folder)
    shutil.copytree(ROOT / "data", folder / "data")
    shutil.copytree(ROOT / "docs", folder / "docs")
    (folder / "maps").mkdir()
    for definition in sorted((ROOT / "maps").glob("*.toml")):
        shutil.copy(definition, folder / "maps")
    return {path.stem: path for path in build_maps(folder)}
