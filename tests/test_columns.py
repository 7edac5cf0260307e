"""Packed or not, a column says the same, and the checks find the same in it."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.checks import check_atlas, words
from geo.checks.records import KEBAB
from geo.columns import (
    column_values,
    distinct_rows,
    distinct_texts,
    find_empty,
    find_misfits,
    find_odd,
    find_values,
    is_odd,
    merge_arrays,
    pack_values,
    plain_array,
    repeated_texts,
    series_of,
    shared_values,
    sure_sources,
    unpack_frame,
)
from geo.joins import join_all
from geo.spec import SCHEMAS, Field

TEXTS = st.none() | st.sampled_from(
    ["", " ", " a", "a ", "a", "é", "e\u0301", "ក", "a\u200bb", "\u00a0", "KH", "P1", "P2", "place-a", "nope#p", "a|b",
     "first-book#p. 1", "1975", "1976-02-30", "1902/1901", "province", "gps_survey", "alleged", "judged", "prison"]
)  # fmt: skip
LISTS = st.none() | st.lists(TEXTS.filter(lambda text: text is not None), max_size=3)
FIELDS = {"integer": st.none() | st.integers(-(2**63), 2**63 - 1), "source_refs": LISTS, "text": TEXTS}


def packed(values, kind):
    field = Field("x", kind, "")
    arrays = [pack_values(part, field) for part in (values[:2], values[2:])]
    index = range(len(values))
    return series_of([array for array in arrays if len(array)] or arrays, index), series_of([list(values)], index)


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from(sorted(FIELDS)).flatmap(lambda kind: st.tuples(st.just(kind), st.lists(FIELDS[kind], max_size=6)))
)
def test_a_packed_column_says_what_its_objects_say(case):
    kind, values = case
    column, objects = packed(values, kind)
    assert column_values(column) == column_values(objects) == values
    if kind == "integer":
        return
    blank = {at for at, value in enumerate(values) if not value or (isinstance(value, str) and not value.strip())}
    assert blank <= set(find_empty(column))
    texts = [(at, text) for at, value in enumerate(values) for text in (value if isinstance(value, list) else [value])]
    odd = {at for at, text in texts if text and is_odd(text)}
    assert odd <= set(find_odd(column))
    wrong = [(at, text) for at, text in texts if text is not None and text != "a"]
    assert list(find_misfits(column, lambda text: text == "a")) == wrong


@settings(deadline=None, max_examples=40)
@given(st.lists(TEXTS, min_size=1, max_size=4), st.integers(1, 40), st.lists(TEXTS, max_size=3))
def test_texts_that_are_kept_once_say_the_same(repeated, times, more):
    field = Field("x", "text", "")
    parts = [repeated * times, repeated * 30, more]
    values = [value for part in parts for value in part]
    column = series_of([pack_values(part, field) for part in parts if part], range(len(values)))
    objects = series_of([values], range(len(values)))
    assert column_values(column) == shared_values(column) == values
    assert column_values(column.iloc[5:25]) == values[5:25]
    assert plain_array(column).to_pylist() == values
    assert list(find_misfits(column, lambda text: text == "a")) == list(find_misfits(objects, lambda text: text == "a"))
    assert find_values(column, {"a", "P1"}) == find_values(objects, {"a", "P1"})
    assert distinct_texts(column) == distinct_texts(objects)
    assert distinct_rows([column, column]) == distinct_rows([objects, objects])
    assert repeated_texts([column]) == {value for value in values if value and values.count(value) > 1}
    empty = {at for at, value in enumerate(values) if not (value or "").strip()}
    odd = {at for at, value in enumerate(values) if value and is_odd(value)}
    assert empty <= set(find_empty(column))
    assert odd <= set(find_odd(column))


def test_a_text_that_stands_often_is_kept_once():
    long = pack_values(["a sentence that many places have"] * 500 + [None], Field("x", "text", ""))
    merged = merge_arrays([long, long])
    assert merged.nbytes < long.nbytes
    assert str(series_of([merged, long], range(1503)).dtype).startswith("dictionary<values=string, indices=int8")


SITE_VALUES = {field.name: LISTS if field.type == "source_refs" else TEXTS for field in SCHEMAS["sites"].fields} | {
    "precision_m": st.none() | st.integers(-1, 9_000)
}


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(sorted(SITE_VALUES)), st.data()), min_size=1, max_size=6))
def test_checks_and_joins_find_the_same_in_packed_columns(clean_inputs, changes):
    sites = clean_inputs.layers["sites"].copy()
    for at, name, data in changes:
        values = column_values(sites[name])
        values[at] = data.draw(SITE_VALUES[name])
        array = pack_values(values, next(field for field in SCHEMAS["sites"].fields if field.name == name))
        sites[name] = series_of([array], sites.index)
    both = [
        replace(clean_inputs, layers=clean_inputs.layers | {"sites": frame}) for frame in (sites, unpack_frame(sites))
    ]
    assert check_atlas(both[0]) == check_atlas(both[1])
    assert join_all(both[0]) == join_all(both[1])


@settings(deadline=None, max_examples=100)
@given(st.lists(st.text('a0-#| \t\n\u00a0é"{}~\x7f', max_size=6), max_size=4))
def test_what_is_sure_in_bulk_fits(texts):
    array = pa.array(texts, pa.string())
    for sure, fits in (
        (words._PLAIN_REF, words._SOURCE_REF.fullmatch),
        (words._SURE_KEBAB, KEBAB.fullmatch),
        (sure_sources({"a", "a-0"}, "#"), lambda text: text.partition("#")[0] in {"a", "a-0"}),
    ):
        said = sure(array).to_pylist()
        assert all(fits(text) for text, certain in zip(texts, said, strict=True) if certain)
