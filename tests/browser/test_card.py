"""The card of a record: what it holds, the ways out of it, and what a reader can take along."""

from __future__ import annotations

import json
import re

import pytest

from geo.atlas import build_maps, compile_atlas
from geo.catalogue import open_catalogue
from geo.query import as_ris, cited_sources, show
from geo.webmap import MemorialMap, make_payload, render_page

HOSTILE = "{{ 7*7 }}</script><script>window.ran=1</script><img src=x onerror=window.ran=1>'\"&\u2028`${window.ran=1}`"
CLIPBOARD = """
() => Object.defineProperty(navigator, "clipboard", {
    configurable: true,
    value: { writeText: (text) => { window.copied = text; return Promise.resolve(); } },
})
"""
NO_CLIPBOARD = '() => Object.defineProperty(navigator, "clipboard", { configurable: true, value: undefined })'


@pytest.fixture
def card(flagship, visit):
    """Return a function that goes to a record in a page of the flagship: ``card("s-21")``."""

    def opener(record, name="overview", language="en", size=(1440, 900)):
        opened = visit(flagship[name], f"#lang={language}&record={record}", size)
        opened.page.locator(".card h2").wait_for(state="visible")
        opened.page.evaluate("delete window.copied")
        return opened

    return opener


def headings(page):
    return page.locator(".card h3").all_text_contents()


def part(page, heading):
    return page.locator(".card section").filter(has=page.get_by_role("heading", name=heading, exact=True))


def act(page, name):
    page.locator(".card").get_by_role("button", name=name, exact=True).click()


def fields(page):
    """Return label -> text of the fields in the open dialog."""
    boxes = page.locator("dialog[open] .copying").all()
    return {box.locator("label").text_content(): box.locator("textarea").input_value() for box in boxes}


# --- what it holds ------------------------------------------------------------------------------------------------


def test_a_place_with_everything_has_every_part(card):
    opened = card("s-21")
    page = opened.page
    assert page.locator(".card h2 span").all_text_contents() == ["S-21 Security Centre (Tuol Sleng)", "ទួលស្លែង"]
    assert page.locator(".card h2 .second").get_attribute("lang") == "km"
    assert headings(page) == [
        "What each source says",
        "How well the place is known",
        "Where it lies",
        "Dates",
        "In the line of time",
        "Linked places",
        "Names",
        "Corrections",
        "Sources",
    ]
    opened.assert_quiet()


def test_the_standing_is_told_with_its_definition_and_leads_to_it(card):
    opened = card("s-21")
    standing = opened.page.locator(".card .standing")
    assert "judged — covered by a final judgment" in standing.text_content()
    standing.get_by_role("button").click()
    assert opened.page.locator("dialog.about[open]").is_visible()
    focused = opened.page.evaluate("document.activeElement.closest('[data-part]')?.dataset.part")
    assert focused == "how"


def test_every_name_stands_with_its_language_and_its_source(card):
    opened = card("s-21")
    data = opened.data()
    site = next(site for site in data["sites"] if site["id"] == "s-21")
    items = part(opened.page, "Names").locator("li")
    assert items.locator(".name").all_text_contents() == [name["text"] for name in site["names"]]
    assert items.locator(".name").evaluate_all("names => names.map((name) => name.lang)") == [
        name["language"] for name in site["names"]
    ]
    assert items.locator(".cite").count() == len(site["names"])
    assert "French, formerly" in items.filter(has_text="Ponhea Yat").text_content()


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ("s-21", ["A published coordinate.", "Known to within about 100 m.", "a point that a source prints"]),
        ("prey-sar-s-24", ["Known by its district.", "about 9 km.", "stands for the district", "dashed outline"]),
    ],
)
def test_how_well_a_place_is_known_is_told_in_words_and_metres(card, record, words):
    told = part(card(record).page, "How well the place is known").locator(".known").text_content()
    told = told.replace("\u00a0", " ")
    for word in words:
        assert word in told


def test_a_place_without_a_point_says_why(card, flagship, visit):
    data = visit(flagship["overview"]).data()
    record = next(site["id"] for site in data["sites"] if site["point"] is None and site["basis"] == "province")
    told = part(card(record).page, "How well the place is known").locator(".known").text_content()
    assert "so no point is drawn" in told
    assert "shaded" in told


def test_the_printed_coordinate_stands_as_printed_with_its_source(card):
    facts = part(card("s-21").page, "How well the place is known").locator("dl")
    assert "11°32′58″N 104°55′04″E / 11.54944°N 104.91778°E" in facts.text_content()
    facts.locator(".cite").click()


def marked(data, status):
    """Return the first record of a page with a claim of that status, and how many it has; ``None`` when none has."""
    of_status = {index for index, claim in enumerate(data["claims"]) if claim["status"] == status}
    nation = [data["nation"]] if "nation" in data else []
    for record in [*data["sites"], *data["routes"], *data["areas"], *nation]:
        if of_status & set(record["claims"]):
            return record.get("id", record.get("code")), len(of_status & set(record["claims"]))
    return None


@pytest.mark.parametrize("status", ["contested", "superseded", "rejected"])
def test_the_status_of_a_claim_is_told_in_words_and_explained(card, flagship, visit, status):
    pages = {name: marked(visit(flagship[name]).data(), status) for name in ("overview", "provinces")}
    name = next(name for name, found in pages.items() if found)
    record, count = pages[name]
    page = card(record, name).page
    rows = page.locator(f".claims tr[data-status='{status}']")
    assert rows.count() == count
    assert all(status in text for text in rows.locator(".status").all_text_contents())
    assert (rows.locator("s.value").count() > 0) == (status != "contested")
    assert status in page.locator(".status-key dt").all_text_contents()


def test_events_at_the_place_are_told_with_their_sources(card):
    opened = card("choeung-ek")
    told = part(opened.page, "In the line of time")
    assert "Choeung Ek takes over from the grounds of S-21" in told.text_content()
    assert told.locator(".cite").count() == 1


def test_changes_of_the_record_are_told(card):
    assert "appeal judgment in Case 001 is listed" in part(card("s-21").page, "Corrections").text_content()


# --- the ways out of it -------------------------------------------------------------------------------------------


def test_a_linked_place_opens_its_card_by_keyboard(card):
    page = card("s-21").page
    link = part(page, "Linked places").get_by_role("button", name="Choeung Ek", exact=True).first
    link.focus()
    page.keyboard.press("Enter")
    assert page.locator(".card h2 span").first.text_content() == "Choeung Ek"
    assert page.evaluate("document.activeElement.matches('.card h2')")


def test_a_place_of_another_map_is_a_way_to_that_map(card):
    page = card("choeung-ek", "prisons").page
    link = part(page, "Linked places").get_by_role("link", name="Choeung Ek memorial stupa")
    assert link.get_attribute("href") == "overview.html#lang=en&record=choeung-ek-stupa"
    link.click()
    page.locator(".card h2").wait_for(state="visible")
    assert page.locator(".card h2 span").first.text_content() == "Choeung Ek memorial stupa"


# --- what a reader takes along ------------------------------------------------------------------------------------


def test_a_record_is_quoted_in_three_forms(card):
    opened = card("s-21")
    page = opened.page
    act(page, "Quote this record")
    assert page.evaluate("document.activeElement.textContent") == "Quote this record"
    told = fields(page)
    version = opened.data()["atlas"]["version"]
    assert told["Note in Chicago style"] == (
        "“S-21 Security Centre (Tuol Sleng) (ទួលស្លែង),” in Cambodia 1975–1979: An atlas of the places of the genocide "
        f"and of its remembrance, version {version}, record s-21, overview.html#lang=en&record=s-21."
    )
    (item,) = json.loads(told["CSL-JSON"])
    assert item["title"] == "S-21 Security Centre (Tuol Sleng) (ទួលស្លែង)"
    assert item["version"] == version
    assert "record=s-21" in item["note"]
    assert told["RIS"] == as_ris([item])
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    assert page.locator(".card h2").is_visible(), "only the dialog is closed"
    assert page.evaluate("document.activeElement.textContent") == "Quote this record"
    opened.assert_quiet()


def test_a_button_copies_and_says_so(card):
    page = card("s-21").page
    page.evaluate(CLIPBOARD)
    act(page, "Quote this record")
    page.locator("dialog[open] .copying").first.get_by_role("button").click()
    page.locator("dialog[open] .said").first.filter(has_text="Copied.").wait_for()
    assert page.evaluate("window.copied") == fields(page)["Note in Chicago style"]


def test_without_a_clipboard_the_text_is_selected(card):
    page = card("s-21").page
    page.evaluate(NO_CLIPBOARD)
    act(page, "Quote this record")
    page.locator("dialog[open] .copying").first.get_by_role("button").click()
    page.locator("dialog[open] .said").first.filter(has_text="selected").wait_for()
    selected = page.evaluate(
        "(() => { const f = document.activeElement; return [f.selectionStart, f.selectionEnd, f.value.length]; })()"
    )
    assert selected[0] == 0
    assert selected[1] == selected[2] > 0


def test_the_link_leads_back_to_the_record(card, open_page, flagship):
    page = card("choeung-ek", "prisons", "km").page
    page.evaluate(CLIPBOARD)
    page.locator(".card .act").nth(1).click()
    page.wait_for_function("window.copied")
    link = page.evaluate("window.copied")
    assert link.startswith(flagship["prisons"].as_uri())
    again = open_page(flagship["prisons"], "#" + link.partition("#")[2]).page
    assert again.locator(".card h2 span").first.text_content() == "ជើងឯក"


def test_the_link_can_be_copied_by_hand(card):
    page = card("s-21").page
    page.evaluate(NO_CLIPBOARD)
    act(page, "Copy link")
    page.locator("dialog[open]").wait_for()
    assert "record=s-21" in fields(page)["Address of this record"]


@pytest.mark.parametrize("record", ["s-21", "KH12", "preah-vihear-pushback-1979", "khao-i-dang", "tuol-po-chrey"])
def test_the_sources_of_a_record_are_saved_as_the_command_line_gives_them(card, flagship_catalogue, tmp_path, record):
    page = card(record).page
    act(page, "Quote this record")
    saved = {}
    for form in ("CSL-JSON", "RIS"):
        with page.expect_download() as download:
            page.locator("dialog[open]").get_by_role("button", name=f"Save as {form}").click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        saved[form] = path.read_text(encoding="utf-8")
    items = json.loads(saved["CSL-JSON"])
    ids = [item["id"] for item in items]
    assert len(ids) == page.locator(".card .sources > li").count()
    assert items == cited_sources(flagship_catalogue, ids)
    assert saved["RIS"] == as_ris(cited_sources(flagship_catalogue, ids))
    # What the page does not hold (the zones' and provinces' own history) is all that the command line has beyond it.
    dossier = show(flagship_catalogue, record)
    beyond = {row["citation"].source for row in (*dossier.zones, *dossier.history)}
    assert set(dossier.source_ids) - beyond <= set(ids) | beyond


def test_a_correction_is_prepared_and_nothing_is_sent(card):
    opened = card("s-21")
    page = opened.page
    act(page, "Suggest a correction")
    text = fields(page)["Text of the correction"]
    version = opened.data()["atlas"]["version"]
    assert f"Record s-21, version {version}" in text
    assert "overview.html#lang=en&record=s-21" in text
    assert "standing: judged" in text
    assert "coord_text: 11°32′58″N 104°55′04″E / 11.54944°N 104.91778°E" in text
    site = next(site for site in opened.data()["sites"] if site["id"] == "s-21")
    for index in site["claims"]:
        assert opened.data()["claims"][index]["id"] + ": " in text
    assert re.search(r"What it should say:\n\n", text)
    assert page.locator("dialog[open] a").count() == 0, "the flagship names no address to write to"
    page.locator("dialog[open] textarea").fill("my words")
    page.evaluate(CLIPBOARD)
    page.locator("dialog[open]").get_by_role("button", name="Copy", exact=True).click()
    page.wait_for_function("window.copied === 'my words'")
    opened.assert_quiet()


def test_an_atlas_with_a_contact_offers_to_write(small_atlas, open_page):
    atlas = small_atlas()
    atlas.replace("atlas.toml", 'licence = "Invented for tests."', 'licence = "Free."\ncontact = "atlas@example.org"')
    pages = {path.stem: path for path in build_maps(atlas.folder)}
    page = open_page(pages["overview"], "#lang=en&record=place-a").page
    act(page, "Suggest a correction")
    link = page.locator("dialog[open] a")
    assert link.get_attribute("href").startswith("mailto:atlas@example.org?subject=place-a")


# --- whatever the data says ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("record", ["place-a", "a-to-e", "P1"])
def test_hostile_text_stays_text_in_quotes_and_corrections(small_atlas, tmp_path, open_page, record):
    with open_catalogue(compile_atlas(small_atlas().folder).path) as catalogue:
        payload = make_payload(catalogue, "overview")
    payload["sites"] = list(payload["sites"])
    for part in (*payload["sites"], *payload["routes"]):
        part["name"] += HOSTILE
        part["summary"] += HOSTILE
    for area in payload["areas"]:
        area["name"]["en"] += HOSTILE
    for source in payload["sources"].values():
        source["csl"]["title"] += HOSTILE
    payload["atlas"]["title"]["en"] += HOSTILE
    payload["atlas"]["contact"] = "javascript:window.ran=1"
    path = tmp_path / "hostile.html"
    path.write_text(render_page(MemorialMap(payload)), encoding="utf-8")
    opened = open_page(path, f"#lang=en&record={record}")
    page = opened.page
    act(page, "Quote this record")
    assert "</script><script>" in fields(page)["Note in Chicago style"]
    assert "</script><script>" in json.loads(fields(page)["CSL-JSON"])[0]["title"]
    with page.expect_download() as download:
        page.locator("dialog[open]").get_by_role("button", name="Save as RIS").click()
    download.value.save_as(tmp_path / "hostile.ris")
    assert "\u2028" not in (tmp_path / "hostile.ris").read_text(encoding="utf-8"), "one line stays one line"
    page.keyboard.press("Escape")
    act(page, "Suggest a correction")
    assert "</script><script>" in fields(page)["Text of the correction"]
    assert page.locator("dialog[open] a").count() == 0
    assert page.evaluate("window.ran === undefined")
    opened.assert_quiet()


@pytest.mark.parametrize("language", ["en", "km", "fr"])
def test_on_a_phone_nothing_of_the_card_and_its_dialogs_sticks_out(card, language):
    opened = card("choeung-ek", "prisons", language, (390, 844))
    page = opened.page
    for number in (0, 2):
        page.locator(".card .act").nth(number).click()
        box = page.locator("dialog[open]").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert page.locator("dialog[open] .quote-scroll").evaluate("node => node.scrollWidth <= node.clientWidth")
        page.keyboard.press("Escape")
    assert page.locator(".card-scroll").evaluate("node => node.scrollWidth <= node.clientWidth")
    opened.assert_quiet()


def test_a_list_that_is_read_on_beside_a_card_stays_where_the_reader_has_it(card):
    page = card("s-21").page
    scroll = """(top) => {
        const panel = document.querySelector(".panel-scroll");
        if (top) panel.scrollTop = top;
        return panel.scrollTop;
    }"""
    written = page.locator(".item").count()
    page.evaluate(scroll, 5000)
    page.wait_for_function("(many) => document.querySelectorAll('.item').length > many", arg=written)
    there = page.evaluate(scroll, None)
    assert there > 3000
    page.get_by_role("button", name="ខ្មែរ").click()
    assert abs(page.evaluate(scroll, None) - there) < 2000
