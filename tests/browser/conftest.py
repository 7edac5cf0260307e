"""A real Chromium with the network off, and everything that a page does on opening written down."""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import sync_playwright

from geo.atlas import build_maps, compile_atlas
from geo.catalogue import open_catalogue
from tests.sharing import shared_folder

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")

# Runs before anything in the page does; a violation of the page's own policy is written down like an error.
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
    window.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
});
"""


def pytest_collection_modifyitems(items):
    room = Path(__file__).parent
    for item in items:
        if item.path.parent == room:
            item.add_marker(pytest.mark.browser)


# What a page puts off is done when the browser has drawn twice and has its fonts.
SETTLED = """
() => document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
"""
# A page hears of a new address in a task of its own; what it draws then, it draws in the frame after.
GO = """
(address) => new Promise((done) => {
    const settled = () => requestAnimationFrame(() => requestAnimationFrame(done));
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
    const before = window.location.hash;
    window.location.hash = address;
    if (window.location.hash === before) {
        window.dispatchEvent(new PopStateEvent("popstate"));
        settled();
    } else window.addEventListener("hashchange", settled, { once: true });
})
"""
# Timers run in their order: what a page does once no letter has been typed for a moment is done by then.
SEARCHED = """
() => new Promise((done) => setTimeout(() => requestAnimationFrame(done), 80))
"""
# The address that a page is about to write, after a quarter of a second, is written by then.
ADDRESS = """
() => new Promise((done) => setTimeout(done, 320)).then(() => window.location.hash.slice(1))
"""


class Opened:
    """A page that was opened, and what it did."""

    def __init__(self, page, path, payload_of):
        self.path = path
        self.payload_of = payload_of
        self.requests = []
        self.said = []
        self.dialogs = []
        self.page = page
        self._heard = {
            "request": lambda request: self.requests.append(request.url),
            "console": lambda message: self.said.append(f"{message.type}: {message.text}"),
            "pageerror": lambda error: self.said.append(f"uncaught: {error}"),
            "dialog": self._refuse,
        }
        for event, heard in self._heard.items():
            self.page.on(event, heard)

    def _refuse(self, dialog):
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def leave(self):
        """Listen to the page no more."""
        for event, heard in self._heard.items():
            self.page.remove_listener(event, heard)

    def load(self):
        """Open the page as a reader without JavaScript does: nothing is waited for."""
        self.page.goto(self.path.as_uri())
        return self

    def open(self, fragment=""):
        self.page.goto(self.path.as_uri() + fragment)
        self.page.wait_for_selector("body.ready", timeout=20_000)
        self.page.evaluate(SETTLED)
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
        """Return what the page was given, read out of its file; it is read once and must not be changed."""
        return read_data(self.path, self.path.stat().st_mtime_ns, self.payload_of)

    def write_all(self):
        """Write the rest of the list, as its button does.

        A pointer could miss the button: the list writes its rest by itself when it is scrolled to.
        """
        self.page.evaluate("document.querySelector('.list .more-button').click()")

    def search(self, text):
        """Write a text in the search field and wait for the list that answers: a click could miss one being changed."""
        self.page.locator(".search input").fill(text)
        self.page.evaluate(SEARCHED)

    def listed(self):
        """Return the ids of the records in the list; all of the list is written first."""
        self.write_all()
        return self.page.locator(".list .item").evaluate_all("items => items.map((item) => item.dataset.id)")

    def go(self, address):
        """Give the page another address, as a link does; open dialogs are closed before."""
        self.page.evaluate(GO, address)
        return self

    def address(self):
        """Return the parts of the address, once what waits to be written in it has been."""
        return {key: values[0] for key, values in parse_qs(self.page.evaluate(ADDRESS)).items()}

    def count(self, selector):
        return self.page.locator(selector).count()


@cache
def read_data(path, _when, payload_of):
    return payload_of(path.read_text(encoding="utf-8"))


class Pool:
    """Pages that are used again: making one costs several times as much as loading a file into it.

    Each has a context of its own: of several pages in one context only the foremost draws at its full pace. A page that
    is given back is emptied; what stands in its session storage goes too.
    """

    MOST_STEPS = 30
    """A page with a longer history is not used again: a browser keeps fifty steps, and tests count them."""

    def __init__(self, browser):
        self._browser = browser
        self._free = {}

    def take(self, options):
        """Return a page of a context with these options."""
        free = self._free.setdefault(repr(options), [])
        if free:
            return free.pop()
        context = self._browser.new_context(**options)
        context.add_init_script(WATCH)
        return context.new_page()

    def give_back(self, page, options):
        """Empty a page for the next test."""
        page.emulate_media(media="null")
        # A text that was put into the page itself has no storage; such a page is not used again.
        steps = self.MOST_STEPS + 1
        if page.url != "about:blank":
            steps = page.evaluate("() => { sessionStorage.clear(); return history.length; }")
        if steps > self.MOST_STEPS:
            page.context.close()
            return
        page.goto("about:blank")
        self._free[repr(options)].append(page)


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
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def pool(chromium):
    return Pool(chromium)


def options_of(size, more):
    return {
        "viewport": {"width": size[0], "height": size[1]},
        "offline": True,
        "has_touch": size[0] < 600,
        "reduced_motion": "reduce",
        "locale": "en-GB",
        **more,
    }


@pytest.fixture
def new_page(pool, payload_of):
    """Return a function that makes a page for a file without opening it: ``new_page(path, size=(390, 844))``.

    Whatever else is given goes to the browser's context, such as ``java_script_enabled=False``.
    """
    used = []

    def maker(path, size=(1440, 900), **more):
        options = options_of(size, more)
        opened = Opened(pool.take(options), path, payload_of)
        used.append((opened, options))
        return opened

    yield maker
    for opened, options in used:
        opened.leave()
        pool.give_back(opened.page, options)


@pytest.fixture
def open_page(new_page):
    """Return a function that opens a file: ``open_page(path, "#lang=km", size=(390, 844))``."""
    return lambda path, fragment="", size=(1440, 900), **more: new_page(path, size, **more).open(fragment)


@pytest.fixture(scope="session")
def standing():
    """Return the pages that stay open from test to test: (file, size) -> page."""
    return {}


@pytest.fixture
def visit(standing, pool, payload_of):
    """Return a function that goes to an address in a page that may be open already: ``visit(path, "#lang=km")``.

    It is for questions, which a page answers alike however it came to them; what else a test changed is still so.
    """
    visited = []

    def visitor(path, fragment="#lang=en", size=(1440, 900)):
        key = (path, size)
        if key in standing:
            opened = standing[key]
            for heard in (opened.requests, opened.said, opened.dialogs):
                heard.clear()
            opened.page.evaluate("window.violations.length = 0")
            opened.go(fragment)
        else:
            opened = standing[key] = Opened(pool.take(options_of(size, {})), path, payload_of).open(fragment)
        visited.append(key)
        return opened

    yield visitor
    for key in visited:
        # A page that complained, or went elsewhere, is not gone on with.
        opened = standing.get(key)
        if opened and (opened.said or opened.dialogs or not opened.page.url.startswith(opened.path.as_uri())):
            standing.pop(key).page.context.close()


@pytest.fixture(scope="session")
def flagship_catalogue(flagship):
    """Open the catalogue that the pages of the flagship were built from."""
    with open_catalogue(compile_atlas(flagship["overview"].parent.parent).path) as catalogue:
        yield catalogue


@pytest.fixture(scope="session")
def flagship(tmp_path_factory, flagship_atlas):
    """Build every page of the atlas in this repository, in a copy of it; return name -> file."""

    def build(folder):
        shutil.copytree(flagship_atlas, folder, dirs_exist_ok=True)
        build_maps(folder)

    folder = shared_folder(tmp_path_factory, "flagship-pages", build)
    return {path.stem: path for path in (folder / "maps").glob("*.html")}
