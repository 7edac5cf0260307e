"""Everyone reaches everything: axe-core finds nothing, the keyboard reaches every record, and narrow windows reflow."""

from __future__ import annotations

import re
from pathlib import Path

import axe_playwright_python
import pytest

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
PAGES = ["index", "overview", "journeys", "prisons", "provinces"]
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
# A page with hundreds of records takes axe-core seconds a view: every view is judged on the smaller pages, and a long
# list as a whole once.
AUDITED = [
    ("index", "km", "desk"),
    ("index", "en", "phone"),
    ("prisons", "en", "desk"),
    ("prisons", "km", "phone"),
    ("provinces", "km", "desk"),
    ("provinces", "en", "phone"),
    ("journeys", "en", "phone"),
]
# What a step changes is judged after it; the entries of a list are made alike, and a few of them stand for the others.
AUDIT = """
async ([include, exclude]) => {
    const found = await axe.run({ include, exclude }, { resultTypes: ["violations"] });
    const places = (one) => one.nodes.slice(0, 4).map((node) => node.target.join(" "));
    return found.violations.map((one) => [one.id, ...places(one)].join(" | "));
}
"""
MOST_ITEMS = [".list .item:nth-of-type(n + 8)"]


def audit(page, view, problems, within="html", without=()):
    """Add what axe-core finds in the view that is open, or in the part of it that is named."""
    page.wait_for_timeout(50)
    problems += [f"{view}: {found}" for found in page.evaluate(AUDIT, [[within], list(without)])]


def press_if_there(page, selector):
    """Press a control when the page has it and it can be reached; return whether it was pressed."""
    control = page.locator(selector).first
    if control.count() == 0 or not control.is_visible():
        return False
    control.press("Enter")
    return True


@pytest.mark.parametrize(("name", "language", "size"), AUDITED)
def test_axe_finds_nothing_in_any_view(flagship, open_page, name, language, size):
    opened = open_page(flagship[name], f"#lang={language}", SIZES[size])
    page, problems = opened.page, []
    page.evaluate(AXE)
    audit(page, "as it opens", problems, without=() if (name, language) == ("prisons", "km") else MOST_ITEMS)
    if name == "index":
        page.locator(".cover-foot button").press("Enter")
        audit(page, "about", problems, "dialog.about")
    else:
        if press_if_there(page, ".notice button"):
            audit(page, "without the notice", problems, ".map-region")
        for tab in range(page.locator(".tabs button").count()):
            page.locator(".tabs button").nth(tab).press("Enter")
            audit(page, f"list {tab}", problems, ".panel", MOST_ITEMS)
            page.locator(".list .item").first.press("Enter")
            page.locator(".card h2").first.wait_for(state="visible")
            audit(page, f"card {tab}", problems, ".card")
            page.keyboard.press("Escape")
        page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
        for control in page.locator(".panel [aria-expanded=false], .legend [aria-expanded=false]").all():
            if control.is_visible():
                control.press("Enter")
        audit(page, "all open", problems, "main", MOST_ITEMS)
        if press_if_there(page, ".about-button"):
            audit(page, "about", problems, "dialog.about")
            page.keyboard.press("Escape")
        if opened.data()["page"]["chapters"] and press_if_there(page, ".story-open"):
            audit(page, "story", problems, ".story")
    assert problems == []


def test_axe_finds_nothing_on_the_overview(flagship, open_page):
    opened, problems = open_page(flagship["overview"], "#lang=km", SIZES["phone"]), []
    opened.page.evaluate(AXE)
    audit(opened.page, "as it opens", problems)
    assert problems == []


def test_axe_finds_nothing_in_what_is_read_without_javascript(flagship, new_page):
    opened = new_page(flagship["prisons"])
    problems = []
    for name in ("provinces", "index"):
        text = flagship[name].read_text(encoding="utf-8")
        text = re.sub("<script.*?</script>", "", text, flags=re.DOTALL)
        text = re.sub('<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
        opened.page.set_content(re.sub("</?noscript>", "", text))
        opened.page.evaluate(AXE)
        audit(opened.page, name, problems)
    assert problems == []


STATE = """
() => {
    const at = document.activeElement;
    const card = [...document.querySelectorAll(".card h2")].find((title) => title.offsetParent !== null);
    return {
        text: at.textContent,
        lost: at === document.body,
        classes: at.getAttribute("class") ?? "",
        card: card?.textContent ?? null,
    };
}
"""


def walk(page, number):
    """Go from record to record by Tab, open each card by Enter and close it by Escape.

    Return the titles of the cards, and where the focus was lost or did not come back.
    """
    titles, lost = [], []
    page.locator(".list .item").first.focus()
    at = page.evaluate(STATE)
    for _ in range(number):
        page.keyboard.press("Enter")
        opened = page.evaluate(STATE)
        titles.append(opened["card"])
        page.keyboard.press("Escape")
        closed = page.evaluate(STATE)
        if opened["lost"] or closed["text"] != at["text"]:
            lost.append(f"{at}: {opened} {closed}")
            break
        at = next_item(page)
    return titles, lost


def next_item(page):
    """Go on by Tab to the next record of the list; "show more" is pressed; return its state, or None."""
    for _ in range(40):
        page.keyboard.press("Tab")
        at = page.evaluate(STATE)
        if "more-button" in at["classes"].split():
            page.keyboard.press("Enter")
            at = page.evaluate(STATE)
        if "item" in at["classes"].split():
            return at
    return None


def test_the_keyboard_alone_reaches_the_list_from_the_top(flagship, open_page):
    page = open_page(flagship["prisons"], "#lang=en").page
    page.keyboard.press("Tab")
    assert "skip" in page.evaluate("document.activeElement.getAttribute('class') ?? ''")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "memorial-list"
    assert next_item(page)


@pytest.mark.parametrize(
    ("name", "most", "size"), [("prisons", 1_000, "phone"), ("journeys", 6, "desk"), ("overview", 6, "desk")]
)
def test_the_keyboard_alone_reads_every_record(flagship, open_page, name, most, size):
    opened = open_page(flagship[name], "#lang=en", SIZES[size])
    page, data = opened.page, opened.data()
    if page.locator(".notice button").count():
        page.locator(".notice button").press("Enter")
    sites = [site["name"] for site in data["sites"]]
    number = min(most, len(sites) or len(data["areas"]))
    named, lost = walk(page, number)
    assert lost == []
    assert len(named) == number
    if name == "prisons":
        told = " ".join(named)
        assert [site for site in sites if site not in told] == []


@pytest.mark.parametrize(("name", "language"), list(zip(PAGES, ["en", "km", "fr", "km", "en"], strict=True)))
def test_a_narrow_window_and_400_percent_reflow(flagship, open_page, name, language):
    # 1280×1024 at 400 % is a window of 320×256.
    for size in ((320, 640), (320, 256)):
        opened = open_page(flagship[name], f"#lang={language}", size)
        page = opened.page
        assert page.evaluate("document.documentElement.scrollWidth <= 320"), size
        cut = page.evaluate(CUT)
        assert cut == [], size
        if name != "index":
            page.locator(".list .item").first.press("Enter")
            page.locator(".card h2").first.wait_for(state="visible")
            assert page.evaluate("document.documentElement.scrollWidth <= 320"), size
            assert page.evaluate(CUT) == [], size


# Controls that can be seen lie in the window's width, or in a frame that can be moved sideways.
CUT = """
() => [...document.querySelectorAll("button, a, input, select, summary, h1, h2")].filter((node) => {
    const elsewhere = node.closest(".leaflet-container, .unseen, .skip, [inert]");
    if (elsewhere || !node.checkVisibility({ visibilityProperty: true })) return false;
    const box = node.getBoundingClientRect();
    if (box.width === 0 || (box.left >= -1 && box.right <= 321)) return false;
    for (let frame = node.parentElement; frame; frame = frame.parentElement) {
        if (frame.scrollWidth > frame.clientWidth && getComputedStyle(frame).overflowX === "auto") return false;
    }
    return true;
}).map((node) => `${node.tagName} ${node.className} ${node.textContent.slice(0, 40)}`)
"""
