"""Several hundred hostile strings in every text of an atlas, through the whole build: nothing runs, all is shown."""

from __future__ import annotations

import csv
import io
import itertools
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from geo.atlas import build_maps
from geo.commands import main

RUN = "window.ran=1"
AWAY = "http://127.0.0.1:9/a"
OPENERS = (
    "",
    "'",
    '"',
    "`",
    "-->",
    "</title>",
    "</textarea>",
    "</style>",
    "</script>",
    "</noscript>",
    "</template>",
    "]]>",
    "}}",
    "*/",
)
"""What closes the place in which a careless page would have put a text."""

BODIES = (
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'>",
    f"<a href=javascript:{RUN}>a</a>",
    f"<img src={AWAY}>",
    f"<link rel=stylesheet href={AWAY}>",
    f"<style>@import '{AWAY}';*{{display:none}}</style>",
    f"<base href={AWAY}>",
    f"<meta http-equiv=refresh content=0;url={AWAY}>",
    f"<form action={AWAY}><input autofocus onfocus={RUN}>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={RUN}>",
    f" onmouseover={RUN} x=",
    f"${{{RUN}}}",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    f";{RUN};//",
    "<x-planted style=position:fixed;inset:0>&#60;&lt;",
    f"<!--><img src=x onerror={RUN}>--!>",
)
EXTRA = (
    f"javascript:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    "{{ 7*7 }}{% raw %}{# ",
    "\\u003cscript\\u003e",
    "%3Cscript%3E",
    "&lt;script&gt;",
    '=HYPERLINK("x")',
    "../../x",
    "a/b\\c:d*e?f",
    "CON.txt",
    "<details open ontoggle=" + RUN + ">",
    "<body onload=" + RUN + ">",
    "<video><source onerror=" + RUN + ">",
    "<object data=" + AWAY + ">",
    "<embed src=" + AWAY + ">",
    "[x](javascript:" + RUN + ")",
    "![](" + AWAY + ")",
)
STRINGS = tuple(dict.fromkeys(text.strip() for text in (*map("".join, itertools.product(OPENERS, BODIES)), *EXTRA)))
PLANTED = (
    "img, iframe, object, embed, x-planted, form[action], base, math, video, link, meta[http-equiv=refresh], "
    "a[href^='javascript'], a[href^='data'], [onerror], [onload], [onfocus], [onmouseover], [ontoggle]"
)


def toml(text):
    return json.dumps(text, ensure_ascii=False)


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The pages of a small atlas in which every text that a person writes is hostile; name -> file."""
    from tests.small_atlas import SmallAtlas  # noqa: PLC0415 -- the fixture of a function would make one a test

    atlas = SmallAtlas(tmp_path_factory.mktemp("hostile"))
    strings = itertools.cycle(STRINGS)
    with atlas.document("data/sites.geojson") as sites:
        like = json.dumps(sites["features"][4])
        for feature in sites["features"]:
            feature["properties"] |= {
                "summary": next(strings),
                "begin_text": next(strings),
                "dk_zone_text": next(strings),
            }
        for at, text in enumerate(STRINGS):
            feature = json.loads(like)
            feature["properties"] |= {
                "id": f"t-{at}",
                "name": text,
                "village": text,
                "commune": text,
                "district": text,
                "province_name": text,
                "place_text": text,
                "summary": text,
                "coord_text": text,
                "sources": [f"s-{at}#{text}"],
            }
            sites["features"].append(feature)
    with atlas.document("data/routes.geojson") as routes:
        for feature in routes["features"]:
            feature["properties"] |= {
                "name": next(strings),
                "group": next(strings),
                "summary": next(strings),
                "begin_text": next(strings),
            }
            for stop in feature["properties"]["stops"]:
                stop["name"] = next(strings)
            for part in feature["properties"]["segments"]:
                part |= {"from": next(strings), "to": next(strings), "note": next(strings)}
    with atlas.document("data/provinces.geojson") as provinces:
        for feature in provinces["features"]:
            feature["properties"] |= {"name": next(strings), "name_km": next(strings)}
    with atlas.document("data/sources.json") as sources:
        like = sources[0]
        sources += [
            like
            | {
                "id": f"s-{at}",
                "title": text,
                "publisher": text,
                "author": [{"family": text, "given": text}],
                "note": text,
                "custom": {"grade": "weak", "reliability": text},
            }
            for at, text in enumerate(STRINGS)
        ]
    with atlas.rows("claims") as rows:
        rows += [
            rows[1]
            | {"id": f"c-{at}", "subject": f"t-{at}", "scope": text, "stated_by": text, "locator": text, "note": text}
            for at, text in enumerate(STRINGS)
        ]
    with atlas.rows("names") as rows:
        rows += [rows[0] | {"subject": f"t-{at}", "text": text, "kind": "alias"} for at, text in enumerate(STRINGS)]
    with atlas.rows("events") as rows:
        rows += [
            rows[0] | {"id": f"e-{at}", "title": text, "text": text, "place": "", "place_text": text, "locator": text}
            for at, text in enumerate(STRINGS)
        ]
    with atlas.rows("relations") as rows:
        rows[0]["note"] = rows[1]["note"] = next(strings)
    for old in (
        '"Small atlas"',
        '"Three squares in an ocean"',
        '"Invented for tests."',
        '"Places"',
        '"Journeys"',
        '"Provinces"',
    ):
        atlas.replace("atlas.toml", old, toml(next(strings)))
    words = (atlas.folder / "data/vocabulary.toml").read_text(encoding="utf-8")
    for line in words.splitlines():
        if line.startswith("label"):
            words = words.replace(line, f"label = {{ en = {toml(next(strings))}, fr = {toml(next(strings))} }}", 1)
    atlas.write("data/vocabulary.toml", words)
    for name, olds in {
        "overview": ('"Overview"', '"Everything."'),
        "prisons": ('"Prisons"', '"Where people were held."', '"Held"', '"Killed"'),
        "figures": ('"Figures by province"', '"What sources count by province."'),
    }.items():
        for old in olds:
            atlas.replace(f"maps/{name}.toml", old, toml(next(strings)))
    atlas.replace("maps/prisons.toml", "Place A opened in 1901.[1] It", f"{STRINGS[0]}[1] It".replace('"', '\\"'))
    return {path.stem: path for path in build_maps(atlas.folder)} | {"": atlas.folder}


def assert_inert(opened):
    opened.assert_quiet()
    assert opened.page.evaluate("window.ran === undefined")
    assert opened.count(f"body :is({PLANTED})") == 0
    assert opened.page.locator("body").evaluate("body => getComputedStyle(body).display") != "none"


def test_there_are_several_hundred():
    assert len(STRINGS) > 270


@pytest.mark.parametrize("name", ["index", "overview", "prisons", "figures"])
def test_a_page_of_hostile_strings_is_inert_in_every_tab(pages, open_page, name):
    opened = open_page(pages[name])
    page = opened.page
    assert_inert(opened)
    for tab in range(page.locator(".tabs button").count()):
        page.locator(".tabs button").nth(tab).press("Enter")
        while page.locator(".list .more-button:visible").count():
            page.locator(".list .more-button").click()
        assert_inert(opened)


def test_the_card_of_every_string_shows_it_as_text(pages, open_page):
    opened = open_page(pages["overview"])
    ids = [key for key in opened.listed() if key.startswith("t-")]
    assert len(ids) == len(STRINGS)
    for key in ids[:: max(1, len(ids) // 60)]:
        opened.go(f"#record={key}")
        card = opened.page.locator(".card")
        card.wait_for(state="visible")
        text = STRINGS[int(key.removeprefix("t-"))]
        assert " ".join(text.split()) in " ".join(card.text_content().split())
        assert opened.page.evaluate("window.ran === undefined")
    assert_inert(opened)


def test_a_story_and_the_line_of_time_are_inert(pages, open_page):
    opened = open_page(pages["prisons"], "#chapter=1")
    assert_inert(opened)
    opened.go("#chapter=2")
    assert_inert(opened)
    opened.go(
        f"#text={STRINGS[3]}&where={STRINGS[5]}&during={STRINGS[7]}&record={STRINGS[9]}&tab={STRINGS[11]}&measure={STRINGS[13]}"
    )
    assert_inert(opened)


@pytest.mark.parametrize("name", ["index", "overview", "prisons", "figures"])
def test_what_is_read_without_javascript_holds_them_as_text(pages, new_page, name):
    opened = new_page(pages[name], java_script_enabled=False).load()
    outside = [url for url in opened.requests if not url.startswith((pages[name].as_uri(), "data:"))]
    assert outside == []
    assert opened.page.locator(f"body :is({PLANTED})").count() == 0
    assert opened.page.locator("body script").count() == 3
    if name == "overview":
        told = " ".join(opened.page.locator("body").inner_text().split())
        missing = [text for text in STRINGS if " ".join(text.split()) not in told]
        assert missing == []


@pytest.mark.parametrize("form", ["csv", "geojson"])
def test_what_is_taken_from_a_page_neither_runs_nor_loses_a_letter(pages, open_page, form):
    opened = open_page(pages["overview"], f"#text={STRINGS[40][:12]}")
    page = opened.page
    opened.go("#text=")
    if page.locator(".take").is_hidden():
        page.locator("[data-key='way take']").click()
    with page.expect_download() as waiting:
        page.locator(f"[data-key='take {form}']").click()
    assert not set(waiting.value.suggested_filename) & set("/\\:*?\"<>|'` ")
    data = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    if form == "csv":
        rows = {row["id"]: row["summary"] for row in csv.DictReader(io.StringIO(data, newline=""))}
        assert not [text for text in rows.values() if text[:1] in "=+@-\t\r" and text]
        rows = {
            key: text.removeprefix("'") if text.startswith(("'=", "'+", "'-", "'@", "''")) else text
            for key, text in rows.items()
        }
    else:
        rows = {found["properties"]["id"]: found["properties"]["summary"] for found in json.loads(data)["features"]}
    assert {rows[f"t-{at}"] for at in range(len(STRINGS))} == set(STRINGS)


def test_reports_of_imports_and_joins_are_inert(pages, new_page, tmp_path):
    folder = pages[""]
    out = io.StringIO()
    csv.writer(out).writerows(
        [("code", "name", "<img src=x onerror=window.ran=1>", "lat"), *((text, text, text, text) for text in STRINGS)]
    )
    (tmp_path / "<b>list.csv").write_text(out.getvalue(), encoding="utf-8", newline="")
    runner = CliRunner()
    reports = {
        "import": (
            "import",
            str(tmp_path / "<b>list.csv"),
            "--as",
            "sites",
            "--map",
            "name=name",
            "--out",
            str(tmp_path / "o.geojson"),
        ),
        "join": (
            "join",
            str(tmp_path / "<b>list.csv"),
            "--to",
            "provinces",
            "--on",
            "code=code",
            "--out",
            str(tmp_path / "o.csv"),
        ),
    }
    for name, command in reports.items():
        path = tmp_path / f"{name}.html"
        done = runner.invoke(main, ["-C", str(folder), *command, "--report", str(path)])
        assert done.exit_code == 0, done.output
        opened = new_page(path).load()
        opened.assert_quiet()
        assert opened.page.evaluate("window.ran === undefined")
        assert opened.page.locator(f"body :is({PLANTED})").count() == 0
        assert opened.page.locator("script").count() == 0
        assert STRINGS[0] in opened.page.locator("body").text_content()
