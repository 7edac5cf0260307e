"""Two editions -> every difference between them, with the recorded reasons, and counts that add up."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any, Final, Literal

from geo.comparing.editions import COMPARED, Edition, Row
from geo.comparing.moves import Move, find_move
from geo.gazetteer import fold, fold_all
from geo.spec import SCHEMAS

__all__ = ["Comparison", "Difference", "Fate", "Revision", "Tally", "compare"]

Fate = Literal["added", "removed", "merged", "parted", "changed"]

_TITLES: Final = {"sites": "name", "routes": "name", "areas": "name", "events": "title", "sources": "title"}
_PLACES: Final = ("sites", "routes", "areas")
_WORDS: Final = {"names": ("text",), "relations": ("object",)}
"""Tables without ids -> the columns of which a change of the subject must speak, to be the reason for a row."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One field that says something else now; ``None`` where nothing stands."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Difference:
    """One record that differs.

    Attributes
    ----------
    layer
        Its schema.
    id
        Its id; of a row without one, the values that it is known by.
    title
        What it is called.
    fate
        ``added``; ``removed``; ``merged`` (removed, and said to have gone into `other`); ``parted`` (added, and said
        by the old edition to have gone into `other`); ``changed`` (moved, revised, or both).
    move
        Where it went; ``None`` when its geometry is the same.
    revisions
        The fields that differ, in the order of the schema.
    other
        The record that it was merged into or parted from.
    ground
        Who says that: ``changes`` (the record of changes) or ``names`` (that record now bears its name).
    why
        The rows of the record of changes that stand in one edition only and are about it.
    """

    layer: str
    id: str
    title: str
    fate: Fate
    move: Move | None = None
    revisions: tuple[Revision, ...] = ()
    other: str = ""
    ground: Literal["", "changes", "names"] = ""
    why: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """How many records of one schema: old - removed - merged = new - added - parted = unchanged + changed."""

    old: int
    new: int
    unchanged: int
    changed: int
    moved: int
    revised: int
    added: int
    removed: int
    merged: int
    parted: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two editions.

    Attributes
    ----------
    old, new
        The editions, as (id, version).
    tallies
        Schema -> its counts, for every schema that one of them has.
    differences
        In the order of `COMPARED`, then of the ids.
    files
        Other inputs that differ: path -> ``added``, ``removed`` or ``revised``.
    unmatched
        Rows of the record of changes that stand in one edition only and explain no difference.
    """

    old: tuple[str, str]
    new: tuple[str, str]
    tallies: dict[str, Tally]
    differences: tuple[Difference, ...]
    files: dict[str, str]
    unmatched: tuple[Row, ...]

    @property
    def empty(self) -> bool:
        """Return whether the two say the same."""
        return not (self.differences or self.files or self.unmatched)


def compare(old: Edition, new: Edition) -> Comparison:
    """Say what differs between two editions of an atlas.

    Parameters
    ----------
    old, new
        The editions.

    Returns
    -------
    Comparison
        Every difference, with the counts.

    Notes
    -----
    A record that is gone counts as merged when the new edition's record of changes says into which record it went; or,
    failing that, when exactly one record of its layer that stood beside it has since taken on its name. A record that
    is new is held against the old edition in the same way, so that both directions say the same.
    """
    recorded = _between(old, new)
    about: dict[object, list[int]] = defaultdict(list)
    for number, change in enumerate(recorded):
        about[change.get("record")].append(number)
    gone, come = _Heirs(old, new), _Heirs(new, old)
    used: set[int] = set()
    tallies: dict[str, Tally] = {}
    differences: list[Difference] = []
    for schema in COMPARED:
        if schema not in old.rows and schema not in new.rows:
            continue
        pairs = _pair(schema, old.rows.get(schema, []), new.rows.get(schema, []))
        found = []
        for before, after in pairs:
            difference = _differ(schema, before, after, gone, come)
            if difference:
                row: Row = after or before or {}
                why = [number for number in about[_subject(difference, row)] if _speaks(recorded[number], schema, row)]
                used.update(why)
                found.append(replace(difference, why=tuple(recorded[number] for number in why)))
        fates = Counter(difference.fate for difference in found)
        tallies[schema] = Tally(
            old=sum(before is not None for before, _ in pairs),
            new=sum(after is not None for _, after in pairs),
            unchanged=len(pairs) - len(found),
            changed=fates["changed"],
            moved=sum(difference.move is not None for difference in found),
            revised=sum(bool(difference.revisions) for difference in found),
            added=fates["added"],
            removed=fates["removed"],
            merged=fates["merged"],
            parted=fates["parted"],
        )
        differences += sorted(found, key=lambda difference: (difference.id, difference.title, difference.fate))
    return Comparison(
        (old.id, old.version),
        (new.id, new.version),
        tallies,
        tuple(differences),
        _compare_files(old.files, new.files),
        tuple(change for number, change in enumerate(recorded) if number not in used),
    )


def _between(old: Edition, new: Edition) -> list[Row]:
    """Return the recorded changes that stand in one edition only, in an order that does not depend on which is old."""
    counts = Counter(map(_frozen, new.changes))
    counts.subtract(map(_frozen, old.changes))
    rows = [dict(json.loads(text)) for text, count in counts.items() for _ in range(abs(count))]
    return sorted(rows, key=lambda row: (row["date"] or "", _frozen(row)))


def _frozen(row: Row) -> str:
    """Return a row as text by which it can be held against others."""
    return json.dumps(row, ensure_ascii=False, sort_keys=True, default=bytes.hex)


def _pair(schema: str, old: list[Row], new: list[Row]) -> list[tuple[Row | None, Row | None]]:
    """Return every row of both editions once, beside its counterpart or ``None``.

    Rows that are equal meet first; the others meet by the columns of `COMPARED`. Where several rows share these, they
    meet in the order of their texts.
    """
    groups: tuple[dict[str, list[Row]], ...] = (defaultdict(list), defaultdict(list))
    for group, rows in zip(groups, (old, new), strict=True):
        for row in rows:
            group[_frozen({column: row.get(column) for column in COMPARED[schema]})].append(row)
    pairs: list[tuple[Row | None, Row | None]] = []
    for key in sorted({*groups[0], *groups[1]}):
        before, after = groups[0].get(key, []), groups[1].get(key, [])
        if len(before) > 1 or len(after) > 1:
            same = Counter(map(_frozen, before)) & Counter(map(_frozen, after))
            equal, before = _take(before, Counter(same))
            _, after = _take(after, Counter(same))
            pairs += [(row, row) for row in equal]
        pairs += zip_longest(before, after)
    return pairs


def _take(rows: list[Row], wanted: Counter[str]) -> tuple[list[Row], list[Row]]:
    """Return the rows that are wanted, each as often as it is, and the others, sorted by their texts."""
    taken: list[Row] = []
    left: list[Row] = []
    for row in sorted(rows, key=_frozen):
        text = _frozen(row)
        (taken if wanted[text] > 0 else left).append(row)
        wanted[text] -= 1
    return taken, left


def _differ(schema: str, before: Row | None, after: Row | None, gone: _Heirs, come: _Heirs) -> Difference | None:
    """Return what differs between two rows that belong together; ``None`` when nothing does."""
    row: Row = after or before or {}
    key = " / ".join(str(row.get(column) or "–") for column in COMPARED[schema])
    title = _title(schema, row)
    if after is None:
        other, ground = gone.find(schema, row)
        return Difference(schema, key, title, "merged" if other else "removed", other=other, ground=ground)
    if before is None:
        other, ground = come.find(schema, row)
        return Difference(schema, key, title, "parted" if other else "added", other=other, ground=ground)
    columns = dict.fromkeys((*before, *after))
    revisions = tuple(
        Revision(column, before.get(column), after.get(column))
        for column in columns
        if column != "geom" and _said(before.get(column)) != _said(after.get(column))
    )
    move = find_move(schema, before.get("geom"), after.get("geom"))
    ordered = tuple(sorted(revisions, key=lambda revision: _rank(schema, revision.field)))
    return Difference(schema, key, title, "changed", move, ordered) if move or ordered else None


def _said(value: Any) -> Any:  # noqa: ANN401  (any JSON value)
    """Return a value so that what says nothing is equal, and a number is never a yes or no."""
    return None if value is None or value in ("", [], {}) else (isinstance(value, bool), value)


def _rank(schema: str, column: str) -> tuple[int, str]:
    names = SCHEMAS[schema].names if schema in SCHEMAS else ()
    return (names.index(column) if column in names else len(names)), column


def _title(schema: str, row: Row) -> str:
    if schema == "claims":
        return f"{row.get('subject')}: {row.get('measure')}"
    return str(row.get(_TITLES.get(schema, "")) or "")


class _Heirs:
    """Finds the record of one edition that took in a record which only the other has.

    Parameters
    ----------
    ours, theirs
        The edition that has the record, and the one in which it is looked for.
    """

    def __init__(self, ours: Edition, theirs: Edition) -> None:
        self._ours, self._theirs = ours, theirs
        self._merged = {
            change.get("record"): str(change["into"])
            for change in theirs.changes
            if change.get("action") == "merged" and change.get("into")
        }
        self._layers: dict[str, tuple[dict[str, set[str]], dict[str, set[str]], set[str]]] = {}

    def find(self, schema: str, row: Row) -> tuple[str, Literal["", "changes", "names"]]:
        """Return the id of that record, and who says so; both empty where there is none."""
        key = row.get("id") or row.get("code")
        if not key or COMPARED[schema] not in (("id",), ("code",)):
            return "", ""
        if key in self._merged:
            return self._merged[key], "changes"
        wanted = fold(str(row.get("name") or ""))
        if schema not in _PLACES or not wanted:
            return "", ""
        if schema not in self._layers:
            (column,) = COMPARED[schema]
            stayed = {str(place[column]) for place in self._ours.rows.get(schema, [])} & {
                str(place[column]) for place in self._theirs.rows.get(schema, [])
            }
            self._layers[schema] = _bearers(schema, self._ours), _bearers(schema, self._theirs), stayed
        before, after, stayed = self._layers[schema]
        bearers = after.get(wanted, set()) - before.get(wanted, set())
        if len(bearers) != 1 or not bearers <= stayed:
            return "", ""
        return bearers.pop(), "names"


def _bearers(schema: str, edition: Edition) -> dict[str, set[str]]:
    """Return name, folded -> the records of a layer that bear it, as their main one or in the table of names."""
    (column,) = COMPARED[schema]
    borne = {str(place[column]): [str(place.get("name") or "")] for place in edition.rows.get(schema, [])}
    for name in edition.rows.get("names", []):
        if name.get("subject") in borne:
            borne[str(name["subject"])].append(str(name.get("text") or ""))
    pairs = [(key, name) for key, names in borne.items() for name in names]
    found: dict[str, set[str]] = defaultdict(set)
    for (key, _), folded in zip(pairs, fold_all([name for _, name in pairs]), strict=True):
        found[folded].add(key)
    return found


def _subject(difference: Difference, row: Row) -> object:
    """Return the record that a change must be about to be about a difference: a row without an id has its subject's."""
    return row.get("subject") if difference.layer in _WORDS else difference.id


def _speaks(change: Row, schema: str, row: Row) -> bool:
    """Return whether a change of the record of a row is about the row: one without an id must be quoted."""
    if schema not in _WORDS:
        return True
    return any(str(row.get(column)) in str(change.get("what")) for column in _WORDS[schema])


def _compare_files(old: dict[str, str], new: dict[str, str]) -> dict[str, str]:
    found = dict.fromkeys(old.keys() - new.keys(), "removed")
    found |= dict.fromkeys(new.keys() - old.keys(), "added")
    found |= {file: "revised" for file in old.keys() & new.keys() if old[file] != new[file]}
    return dict(sorted(found.items()))
