"""A page of very many places keeps every promise: it counts, finds, opens and gives away what the same records say."""

from __future__ import annotations

import csv
import io
import random

import pytest

from geo.webmap import MemorialMap, make_payload, page, render_files

COUNT = 21_000
"""More than a page makes ready at once."""

WORDS = ("Wat", "Tuol", "Phnom", "Prey", "Svay", "Chrey", "Koh", "Stung")


@pytest.fixture(scope="module")
def many(flagship_catalogue, tmp_path_factory):
    """Write a page of invented places with its data beside it; return its path and the records."""
    payload = make_payload(flagship_catalogue, "overview")
    chance = random.Random(5)
    shape = payload["sites"][0]
    kinds = [kind for kind in payload["terms"]["kinds"] if kind != "event_place"]
    codes = [area["code"] for area in payload["areas"]]
    records = [
        {
            **{key: shape[key] for key in ("sources", "standing", "basis")},
            **{key: [] for key in ("names", "claims", "relations")},
            "id": f"invented-{number}",
            "name": f"{chance.choice(WORDS)} {chance.choice(WORDS)} {number}",
            "kind": chance.choice(kinds),
            "province": chance.choice(codes),
            "point": None if number % 5 == 0 else [chance.uniform(102.5, 107.5), chance.uniform(10.5, 14.5)],
            "summary": "Invented for a test." if number != 777 else "Invented beside a lotus pond.",
            **({"days": ["1976-01-01", "1976-12-31", "", ""], "begin": "1976"} if number % 3 else {}),
        }
        for number in range(COUNT)
    ]
    folder = tmp_path_factory.mktemp("many")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page, "SPLIT_ABOVE", 1_000)
        patch.setattr(page, "_PART", 200_000)
        files = render_files(MemorialMap(payload | {"sites": records}), split=True)
    assert len(files) > 2
    for name, text in files:
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "overview.html", records


def shown(opened):
    return opened.page.locator(".counts").inner_text().replace("\u00a0", "").split(" · ")


def test_many_places_are_counted_found_opened_and_given_away(many, new_page):
    path, records = many
    opened = new_page(path).open("#lang=en")
    at = opened.page
    located = sum(record["point"] is not None for record in records)
    assert shown(opened)[0] == f"{located} of {COUNT} places shown"
    at.locator("input[type=search]").first.fill("lotus")
    at.wait_for_function("() => document.querySelector('.counts').innerText.startsWith('1 of')")
    at.locator(".list .item").first.click()
    at.wait_for_selector(".card:not([hidden])")
    assert records[777]["name"] in at.locator(".card h2").inner_text()
    assert "lotus pond" in at.locator(".card").inner_text()
    at.keyboard.press("Escape")
    kind = records[0]["kind"]
    opened.go(f"lang=en&where=kind%20IN%20('{kind}')&text=shrey")
    assert "chrey" in at.locator(".read-as").inner_text()
    left = [one for one in records if one["kind"] == kind and "Chrey" in one["name"]]
    drawn = sum(one["point"] is not None for one in left)
    assert shown(opened)[:2] == [f"{drawn} of {COUNT} places shown", f"{len(left) - drawn} without a location"]
    at.locator("[data-key='way take']").click()
    with at.expect_download() as waiting:
        at.locator("[data-key='take csv']").press("Enter")
    rows = list(csv.DictReader(io.StringIO(waiting.value.path().read_text(encoding="utf-8"))))
    assert [row["id"] for row in rows] == [one["id"] for one in left]
    places = [[float(row["lon"]), float(row["lat"])] if row["lon"] else None for row in rows]
    assert places == [one["point"] for one in left]
    assert opened.said == []
    assert opened.violations() == []
    beside = {url.rpartition("/")[2] for url in opened.requests if url.endswith(".js")}
    assert beside == {file.name for file in path.parent.glob("*.js")}


def test_a_page_whose_data_are_not_all_beside_it_says_so(many, new_page, tmp_path):
    path, _ = many
    for file in path.parent.iterdir():
        if not file.name.endswith("001.js"):
            (tmp_path / file.name).write_bytes(file.read_bytes())
    opened = new_page(tmp_path / path.name).load()
    opened.page.wait_for_selector("body.damaged")
    assert opened.page.locator(".unopened .is-damaged").first.is_visible()
