"""What claims say together, how bounds read, how a source is cited."""

from __future__ import annotations

import copy
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import ledger
from geo.errors import ContractError
from geo.ledger import cite_sources, format_bounds, parse_number, range_of, ranges, split_ref

ROOT = Path(__file__).parents[1]
NUMBERS = st.integers(-1000, 100_000).map(str) | st.decimals(-100, 100, places=2).map(str) | st.just("00012")
BOUNDS = st.tuples(st.just("") | NUMBERS, st.just("") | NUMBERS)


def claim(low="", high="", status="current", partial="no", unit="persons", measure="deaths"):
    return {"low": low, "high": high, "status": status, "partial": partial, "unit": unit, "measure": measure}


CLAIMS = st.lists(
    st.builds(
        lambda bounds, status, partial: claim(*bounds, status, partial),
        BOUNDS,
        st.sampled_from(["current", "contested", "superseded", "rejected"]),
        st.sampled_from(["yes", "no"]),
    ),
    max_size=6,
)


def admitted(claims):
    """Return the claims that may set a range, by the words of the contract."""
    return [
        row
        for row in claims
        if row["status"] in {"current", "contested"} and row["partial"] == "no" and (row["low"] or row["high"])
    ]


# --- ranges ---------------------------------------------------------------------------------------------------


@given(CLAIMS)
def test_rejected_superseded_and_partial_claims_move_nothing(claims):
    assert range_of(claims) == range_of(admitted(claims))


@given(CLAIMS)
def test_a_range_holds_every_admitted_claim_and_no_more(claims):
    low, high = range_of(claims)
    rows = admitted(claims)
    lows = [row["low"] for row in rows]
    highs = [row["high"] for row in rows]
    if low:
        assert low in lows
        assert Decimal(low) == min(map(Decimal, lows))
    else:
        assert not rows or "" in lows
    if high:
        assert high in highs
        assert Decimal(high) == max(map(Decimal, highs))
    else:
        assert not rows or "" in highs


@given(CLAIMS, st.builds(claim, NUMBERS, NUMBERS, st.sampled_from(["superseded", "rejected"])))
def test_adding_a_claim_that_is_not_admitted_changes_nothing(claims, other):
    assert range_of([*claims, other]) == range_of(claims)
    assert range_of([*claims, other | {"status": "current", "partial": "yes"}]) == range_of(claims)


@given(CLAIMS, st.randoms(use_true_random=False))
def test_the_order_of_claims_does_not_move_the_range(claims, random):
    shuffled = claims.copy()
    random.shuffle(shuffled)
    for one, other in zip(range_of(claims), range_of(shuffled), strict=True):
        assert bool(one) == bool(other)
        assert not one or Decimal(one) == Decimal(other)


@given(CLAIMS)
def test_claims_are_not_changed(claims):
    before = copy.deepcopy(claims)
    range_of(claims)
    assert claims == before


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ([], ("", "")),
        ([claim("12273", "12273")], ("12273", "12273")),
        ([claim("1500", "4000"), claim("2000", "")], ("1500", "")),
        ([claim("", "100"), claim("5", "200")], ("", "200")),
        ([claim("9", "9"), claim("10", "10")], ("9", "10")),  # as numbers, not as text
        ([claim("5.0", "5.0"), claim("5", "5")], ("5.0", "5.0")),  # as the first one states it
        ([claim("007", "007")], ("007", "007")),
        ([claim("9" * 30, "9" * 30 + ".5")], ("9" * 30, "9" * 30 + ".5")),
        ([claim("1", "9", partial="yes")], ("", "")),
        ([claim("1", "9", "rejected")], ("", "")),
        ([claim("1", "9", "contested")], ("1", "9")),
        ([claim("", ""), claim("1", "2")], ("1", "2")),  # a claim without a number opens nothing
    ],
)  # fmt: skip
def test_ranges(claims, expected):
    assert range_of(claims) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("1975", "1976"), ("1975-10", "1976-03")], ("1975", "1976")),
        ([("1975-10", "1976"), ("1975-10-15", "1976-12-31")], ("1975-10", "1976")),
        ([("1976", ""), ("1975", "1977")], ("1975", "")),
        ([("1975~", "1977"), ("1974-06", "1976")], ("1975~", "1977")),
        ([("../1979", "1979")], ("../1979", "1979")),
    ],
)
def test_ranges_of_dates_go_by_the_calendar(rows, expected):
    assert range_of([claim(low, high, unit="date") for low, high in rows]) == expected


@pytest.mark.parametrize("other", [claim("1", "2", unit="pits"), claim("1", "2", measure="victims")])
def test_different_things_have_no_range(other):
    with pytest.raises(ValueError, match="one measure and one unit"):
        range_of([claim("1", "2"), other])


@pytest.mark.parametrize("text", ["many", "1,500", "1e5", "NaN", "Infinity", "+5", " 5", "5.", "១០", "1_000"])
def test_a_bound_that_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="not a number"):
        range_of([claim(text, "9"), claim("1", "9")])


@given(NUMBERS)
def test_a_number_is_exactly_what_its_digits_say(text):
    assert parse_number(text) == Decimal(text)


# --- ranges of a subject --------------------------------------------------------------------------------------


def numbered(rows):
    """Return claims with ids and all the columns that a range looks at."""
    return [
        {"scope": "people", "as_of": ""} | row | {"id": f"c{number:04d}"} for number, row in enumerate(rows, start=1)
    ]


STATED = st.lists(
    st.builds(
        lambda bounds, status, partial, kind, said: (
            claim(*bounds, status, partial, *kind) | dict(zip(("scope", "as_of"), said, strict=True))
        ),
        BOUNDS,
        st.sampled_from(["current", "contested", "superseded", "rejected"]),
        st.sampled_from(["yes", "no"]),
        st.sampled_from([("persons", "deaths"), ("percent", "deaths"), ("persons", "prisoners")]),
        st.tuples(
            st.sampled_from(["", "people", "people, adults", "graves (large)"]),
            st.sampled_from(["", "1975", "1975/1979", "1999"]),
        ),
    ),
    max_size=8,
).map(numbered)


def reach(found):
    """Return how far a range reaches, with infinity for an open end."""
    return Decimal(found.low or "-Infinity"), Decimal(found.high or "Infinity")


def test_a_range_needs_two_admitted_claims_of_one_measure_and_unit():
    rows = numbered(
        [
            claim("12273", "12273"),
            claim("20000", "20000", "contested"),
            claim("99999", "99999", "rejected"),
            claim("1", "1", "superseded"),
            claim("2", "2", partial="yes"),
            claim(),
            claim("5", "5", unit="percent"),
            claim("7", "7", measure="survivors"),
            claim("1975-04", "1979-01", unit="date", measure="date_begin"),
            claim("1976", "1979-01", unit="date", measure="date_begin"),
        ]
    )
    (found,) = ranges(rows)
    assert found == ("deaths", "persons", "12273", "20000", ("c0001", "c0002"), "12273", "20000", (), 1)


def test_an_open_end_stays_open_and_the_numbers_named_are_given_beside_it():
    (found,) = ranges(numbered([claim("12272", ""), claim("", "16000"), claim("14000", "14000")]))
    assert (found.low, found.high, found.least, found.most) == ("", "", "12272", "16000")
    (found,) = ranges(numbered([claim("6000", ""), claim("8985", "8985")]))
    assert (found.low, found.high, found.least, found.most) == ("6000", "", "6000", "8985")
    (found,) = ranges(numbered([claim("9", ""), claim("", "10"), claim("8", "8")]))  # as numbers, not as text
    assert (found.least, found.most) == ("8", "10")
    (found,) = ranges(numbered([claim("100", ""), claim("", "20"), claim("30", "30")]))
    assert (found.least, found.most) == ("20", "100")


def test_claims_that_all_count_different_things_make_no_range():
    scopes = ["deaths by execution", "deaths from hunger", "Deaths  from hunger, children (at least)"]
    rows = numbered([claim("10", "10") | {"scope": scope} for scope in scopes])
    assert ranges(rows[:2]) == []
    (found,) = ranges(rows)
    assert (found.claims, found.scopes) == (("c0001", "c0002", "c0003"), 3)


@pytest.mark.parametrize(
    ("times", "shown"),
    [
        (["1975/1979", "1979", ""], ()),
        (["1975/1979", "1977", "1970/1977-03"], ()),
        (["2001", "1962", "1981~"], ("1962", "1981~", "2001")),
        (["1975/..", "1999", "1974"], ("1974", "1975/..", "1999")),
        (["1975~", "197X", "1999"], ("197X", "1975~", "1999")),  # by their days, not by their letters
    ],
)
def test_times_are_told_when_the_claims_have_no_moment_in_common(times, shown):
    (found,) = ranges(numbered([claim("1", "2") | {"as_of": time} for time in times]))
    assert found.times == shown


@given(STATED)
def test_what_is_rejected_superseded_or_partial_never_widens(rows):
    assert ranges(rows) == ranges(admitted(rows))
    for found in ranges(rows):
        assert set(found.claims) == {
            row["id"] for row in admitted(rows) if (row["measure"], row["unit"]) == (found.measure, found.unit)
        }
        assert len(found.claims) > 1


@given(STATED, st.randoms())
def test_the_order_of_the_claims_does_not_matter(rows, random):
    mixed = list(rows)
    random.shuffle(mixed)
    assert ranges(mixed) == ranges(rows)


@given(STATED, STATED)
def test_one_more_admitted_claim_never_narrows(rows, more):
    before = {(found.measure, found.unit): found for found in ranges(rows)}
    after = {(found.measure, found.unit): found for found in ranges(numbered([*rows, *more]))}
    for key, found in before.items():
        low, high = reach(found)
        assert reach(after[key])[0] <= low
        assert reach(after[key])[1] >= high
        assert Decimal(after[key].least) <= Decimal(found.least)
        assert Decimal(after[key].most) >= Decimal(found.most)


@given(STATED)
def test_every_number_of_a_range_stands_in_one_of_its_claims(rows):
    for found in ranges(rows):
        stated = {bound for row in rows if row["id"] in found.claims for bound in (row["low"], row["high"])}
        assert {found.low, found.high, found.least, found.most} <= stated | {""}
        assert found.least
        assert found.most
        assert found.low in ("", found.least)
        assert found.high in ("", found.most)


# --- text -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "unit", "text"),
    [
        ("12273", "", "persons", "at least 12,273 persons"),
        ("", "4000", "persons", "up to 4,000 persons"),
        ("1500", "4000", "persons", "1,500–4,000 persons"),
        ("17000", "17000", "persons", "17,000 persons"),
        ("999", "999", "pits", "999 pits"),
        ("0", "0", "persons", "0 persons"),
        ("1", "1", "pits", "1 pit"),
        ("1", "1", "families", "1 family"),
        ("1", "1", "percent", "1 percent"),
        ("1", "2", "pits", "1–2 pits"),
        ("0.512", "0.512", "percent", "0.512 percent"),
        ("1234567.12345", "1234567.12345", "km2", "1,234,567.12345 km2"),
        ("-1234", "-1234", "days", "-1,234 days"),
        ("5", "5", "mass_graves", "5 mass graves"),
        ("5", "5", "", "5"),
        ("", "", "persons", ""),
        ("1975", "1975", "date", "1975"),
        ("1975-10", "", "date", "1975-10"),
        ("", "1979", "date", "by 1979"),
        ("1975", "1979-01-07", "date", "1975 to 1979-01-07"),
        ("", "", "date", ""),
        ("some", "", "persons", "at least some persons"),
    ],
)
def test_bounds_read_as_english(low, high, unit, text):
    assert format_bounds(low, high, unit) == text


@given(BOUNDS)
def test_no_digit_is_lost_in_a_text(bounds):
    low, high = bounds
    text = format_bounds(low, high, "x").replace(",", "")
    assert low in text
    assert high in text


@pytest.mark.parametrize(
    ("ref", "parts"),
    [
        ("eccc-001#para. 12", ("eccc-001", "para. 12")),
        ("eccc-001", ("eccc-001", "")),
        ("eccc-001#", ("eccc-001", "")),
        ("site#map #3", ("site", "map #3")),
        ("", ("", "")),
    ],
)
def test_a_reference_is_a_source_and_a_place_in_it(ref, parts):
    assert split_ref(ref) == parts


# --- citations ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "note"),
    [
        (
            {
                "type": "book",
                "title": "Voices from S-21",
                "author": [{"family": "Chandler", "given": "David"}],
                "publisher": "University of California Press",
                "publisher-place": "Berkeley",
                "issued": {"date-parts": [[1999]]},
            },
            "David Chandler, Voices from S-21 (Berkeley: University of California Press, 1999).",
        ),
        (
            {
                "type": "article-newspaper",
                "title": "A place, found again",
                "container-title": "Phnom Penh Post",
                "issued": {"date-parts": [[2010, 9, 15]]},
                "URL": "https://example.org/a?b=1&c=<2>",
            },
            "“A place, found again,” Phnom Penh Post, September 15, 2010, https://example.org/a?b=1&c=<2>.",
        ),
        ({"type": "document", "title": "Background text"}, "“Background text,” n.d."),
        (
            {"type": "report", "title": "<b>{{ 7*7 }}</b>", "author": [{"literal": "Documentation Centre"}]},
            "Documentation Centre, <b>{{ 7*7 }}</b>, n.d.",
        ),
        (
            {"type": "book", "title": "សៀវភៅ", "issued": {"date-parts": [[2001]]}, "language": "km"},
            "សៀវភៅ, 2001.",
        ),
    ],
)
def test_a_source_is_cited_as_a_chicago_note(item, note):
    assert cite_sources([{"id": "x"} | item]) == {"x": note}


def test_a_title_keeps_its_letters():
    title = "the killing fields (encyclopaedia text, copy) und bürgerkrieg"
    assert title in cite_sources([{"id": "x", "type": "book", "title": title}])["x"]


def test_our_own_members_are_not_cited_and_sources_are_not_changed():
    sources = [{"id": "b", "type": "book", "title": "B", "custom": {"grade": "weak"}, "note": "read as a repost"}]
    before = copy.deepcopy(sources)
    notes = cite_sources([*sources, {"id": "a", "type": "book", "title": "A"}])
    assert list(notes) == ["b", "a"]
    assert "weak" not in notes["b"]
    assert "repost" not in notes["b"]
    assert sources == before


def test_every_source_that_cannot_be_cited_is_named():
    sources = [
        {"id": "good", "type": "book", "title": "Good"},
        {"id": "author", "type": "book", "title": "A", "author": "Somebody"},
        {"id": "date", "type": "book", "title": "A", "issued": "1999"},
        {"id": "member", "type": "book", "title": "A", "colour": "red"},
        {"id": "nameless", "type": "book"},
    ]
    with pytest.raises(ContractError) as error:
        cite_sources(sources)
    named = [problem.where for problem in error.value.problems]
    assert named == ["item author", "item date", "item member", "item nameless"]
    assert str(error.value).startswith("not every source can be cited")
    assert {(each.input, each.field, each.rule) for each in error.value.problems} == {("sources", "", "source-fields")}
    for problem, seen in zip(
        error.value.problems, ("Error: ", "Error: ", "UserWarning: ", "nothing that a note"), strict=True
    ):
        assert seen in problem.seen
        assert problem.expected == "a CSL-JSON item that can be set as a Chicago note"
        assert "citationstyles.org" in problem.next_step


def test_the_note_of_a_source_does_not_depend_on_the_others():
    sources = [
        {"id": key, "type": "book", "title": f"Book {key}", "author": [{"literal": "Same"}]} for key in "abcb"[:3]
    ]
    ledger._cite.cache_clear()
    together = cite_sources(sources)
    for source in sources:
        ledger._cite.cache_clear()
        assert cite_sources([source]) == {source["id"]: together[source["id"]]}


def test_a_note_that_was_made_is_found_again_and_a_changed_source_is_cited_anew(monkeypatch):
    ledger._cite.cache_clear()
    source = {"id": "x", "type": "book", "title": "Book", "custom": {"grade": "weak"}}
    first = cite_sources([source])
    changed = cite_sources([source | {"title": "Other"}])
    assert "Other" in changed["x"]
    monkeypatch.setattr(ledger, "_style", lambda: None)  # nothing more can be cited
    assert cite_sources([source | {"custom": {"grade": "strong"}}]) == first
    with pytest.raises(ContractError):
        cite_sources([source | {"title": "A third"}])


def test_the_room_loads_no_library_of_citations():
    script = "import sys, geo.ledger\nprint([name for name in ('citeproc', 'lxml', 'edtf') if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
