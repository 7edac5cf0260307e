"""What a person is told: one line a problem, of text that can be shown anywhere."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import errors
from geo.errors import UNSEEN, InputError, MemorialError, Problem, count_of, respell, show_text

ODD = st.text(st.characters() | st.sampled_from("\x00\x1b\n\u202e\u2066\u2028\ud800 កa"), max_size=30)


@given(ODD, st.integers(1, 40))
def test_text_is_shown_letter_by_letter_up_to_its_limit(text, limit):
    shown = show_text(text, limit)
    assert not re.search(f"[{UNSEEN}]", shown)
    told = "".join(f"\\u{ord(one):04x}" if re.match(f"[{UNSEEN}]", one) else one for one in text[:limit])
    assert shown == told + ("…" if len(text) > limit else "")


@pytest.mark.parametrize(
    ("count", "plural", "told"),
    [
        (0, "sites", "0 sites"),
        (1, "provinces", "1 province"),
        (1, "events", "1 event"),
        (1, "history", "1 history"),
        (1, "series", "1 record of series"),
        (1234, "rows", "1,234 rows"),
    ],
)
def test_one_is_counted_in_the_singular(count, plural, told):
    assert count_of(count, plural) == told


def test_other_values_are_shown_as_python_writes_them():
    assert show_text(["a", None, 1.5]) == "['a', None, 1.5]"
    assert show_text(["x" * 200], 10) == "['xxxxxxxx…"


@given(ODD)
def test_a_word_of_the_command_line_can_be_written_anywhere(text):
    respell(text).encode()


def test_bytes_that_a_locale_could_not_read_are_read_as_utf_8():
    assert respell("ភូមិ".encode().decode("ascii", "surrogateescape")) == "ភូមិ"
    assert respell("caf\udce9") == "caf\ufffd"


def test_a_problem_says_where_what_was_seen_what_is_expected_and_what_to_do():
    whole = Problem("data/a.csv", "line 3", "low", "20", "at most high", "correct one of the two", "low-high")
    assert (
        str(whole) == "data/a.csv: line 3: low: saw 20; expected at most high. Next: correct one of the two [low-high]"
    )
    assert str(Problem("a.csv", "", "", "", "a header")) == "a.csv: saw nothing; expected a header"
    assert "\n" not in str(whole._replace(input="a\nb", where="\r", seen="x\n[all is well]"))


def test_an_error_tells_every_problem_on_a_line_of_its_own():
    problems = (Problem("a.csv", f"line {line}", "", "x\ny", "z") for line in (2, 3))
    error = InputError("a.csv cannot be\nused", problems)
    assert str(error).splitlines() == [
        "a.csv cannot be\\u000aused",
        "  a.csv: line 2: saw x\\u000ay; expected z",
        "  a.csv: line 3: saw x\\u000ay; expected z",
    ]
    assert [problem.where for problem in error.problems] == ["line 2", "line 3"], "they can be read again"


@pytest.mark.parametrize("name", [name for name in errors.__all__ if name.endswith("Error")])
def test_whoever_catches_the_family_catches_each_of_it(name):
    with pytest.raises(MemorialError) as caught:
        raise getattr(errors, name)("no")
    assert caught.value.exit_code == 2
