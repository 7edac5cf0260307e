r"""CQL2 text -> one SQL condition: parsed by the ``cql2`` package, put into SQL here, with every value a parameter.

What is understood (OGC 21-065r2, Common Query Language 2.0), by conformance class:

- *CQL2 Text* and *Basic CQL2*: comparisons, ``AND``, ``OR``, ``NOT``, ``IS NULL``;
- *Advanced Comparison Operators*: ``LIKE``, ``BETWEEN``, ``IN``;
- *Case-insensitive Comparison* and *Accent-insensitive Comparison*: ``CASEI``, ``ACCENTI``;
- *Basic Spatial Functions* (and *Plus*), *Spatial Functions*: ``S_…`` with ``geometry``, WKT and ``BBOX``;
- *Temporal Functions*: ``T_…`` with the four bounds, ``DATE``, ``TIMESTAMP`` and ``INTERVAL``;
- *Array Functions*: ``A_…`` with lists of texts;
- *Property-Property Comparisons* and *Arithmetic Expressions*.

*CQL2 JSON* is not offered. Of *Functions* there is one: ``NEAR(geometry, POINT(lon lat), metres)``, true of what lies
in the circle or touches it, by the rule of `geo.query.nearness.measure_near`.

Where the standard leaves room:

- A condition that is neither true nor false, because something in it is empty, selects nothing; nor does its ``NOT``.
- ``LIKE`` minds case; ``%`` stands for any run of characters, ``_`` for one, ``\\`` before one of the three for itself.
- ``CASEI`` folds case by Unicode; ``ACCENTI`` drops the accents of Latin, Greek and Cyrillic letters. Khmer signs stay.
- Texts are in the order of their code points. A text is not compared with a number, except for figures of claims.
- Time is told by the day: a timestamp counts as its day in UTC. ``..`` is an open end. An instant may stand for an
  interval of one day. A bound that is not known makes the predicate unknown.
- Positions are longitude and latitude in degrees (WGS 84), straight between two vertices; borders belong to a shape as
  OGC 06-103r4 (Simple Features) says. A ``BBOX`` whose west is greater than its east crosses the antimeridian.
"""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from geo.errors import Problem, RequestError
from geo.gazetteer import suggest_terms
from geo.query.asking import Near
from geo.query.fields import any_of, unknown_field
from geo.query.functions import fold_accents, fold_case
from geo.query.nearness import near_condition
from geo.query.spatial import box_condition, check_box, relate_condition, shape_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.catalogue import Catalogue
    from geo.query.fields import Field

__all__ = ["Condition", "translate"]

MAX_PARTS: Final = 500
"""Operators of a condition; SQLite refuses an expression that is deeper than 1,000."""

_COMPARED: Final = {"=": "=", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_COUNTED: Final = ("+", "-", "*", "/", "div", "%", "^")

# Begin and end of the left interval are {a} and {b}, of the right one {c} and {d} (OGC 21-065r2, 7.9).
_TEMPORAL: Final = {
    "t_after": "{a} > {d}",
    "t_before": "{b} < {c}",
    "t_contains": "{a} < {c} AND {b} > {d}",
    "t_disjoint": "({b} < {c} OR {a} > {d})",
    "t_during": "{a} > {c} AND {b} < {d}",
    "t_equals": "{a} = {c} AND {b} = {d}",
    "t_finishedby": "{a} < {c} AND {b} = {d}",
    "t_finishes": "{a} > {c} AND {b} = {d}",
    "t_intersects": "{a} <= {d} AND {b} >= {c}",
    "t_meets": "{b} = {c}",
    "t_metby": "{a} = {d}",
    "t_overlappedby": "{a} > {c} AND {a} < {d} AND {b} > {d}",
    "t_overlaps": "{a} < {c} AND {b} > {c} AND {b} < {d}",
    "t_startedby": "{a} = {c} AND {b} > {d}",
    "t_starts": "{a} = {c} AND {b} < {d}",
}

# {a} and {b} are the members of the two lists.
_ARRAYS: Final = {
    "a_contains": "NOT EXISTS ({b} EXCEPT {a})",
    "a_containedby": "NOT EXISTS ({a} EXCEPT {b})",
    "a_equals": "NOT EXISTS ({b} EXCEPT {a}) AND NOT EXISTS ({a} EXCEPT {b})",
    "a_overlaps": "EXISTS ({a} INTERSECT {b})",
}

_SPATIAL: Final = {
    "s_contains": "contains",
    "s_crosses": "crosses",
    "s_disjoint": "disjoint",
    "s_equals": "equals",
    "s_intersects": "intersects",
    "s_overlaps": "overlaps",
    "s_touches": "touches",
    "s_within": "within",
}

_OPEN: Final = {"begin": "", "end": "~"}
"""What sorts before and after every ISO date."""

_GIVEN: Final = "''"
"""Stands for a shape of the question where it is only asked whether it is there."""

_SHAPE: Final = "a shape in degrees, longitude before latitude, whose rings are closed and cross nowhere"

_CIRCLE: Final = "NEAR(geometry, POINT(longitude latitude), metres), such as NEAR(geometry, POINT(104.92 11.55), 20000)"

_EXAMPLE: Final = "a condition, such as kind = 'prison'"


class Condition(NamedTuple):
    """A condition on the rows of the table ``t``.

    Attributes
    ----------
    sql
        An SQL expression; it calls the functions of `geo.query.functions`.
    values
        The values of its placeholders, by name.
    """

    sql: str
    values: dict[str, Any]


class _Term(NamedTuple):
    """A part of a condition that has a value: its type, and its SQL."""

    type: str
    sql: str
    end: str = ""  # the end of an interval, whose begin is `sql`
    number: str = ""  # a figure as a number
    members: str = ""  # the members of a list
    shape: dict[str, Any] | None = None  # the geometry of a literal
    text: str | None = None  # the text of a literal


def translate(
    catalogue: Catalogue,
    tree: Any,  # noqa: ANN401  (as above)
    fields: dict[str, Field],
    layer: str,
    *,
    points: bool,
) -> Condition:
    """Return a condition as SQL.

    Parameters
    ----------
    catalogue
        The compiled atlas, which has its own words for some things.
    tree
        What `geo.query.parsing.parse_where` returns.
    fields
        The fields of the layer.
    layer
        The layer, whose spatial index is asked first.
    points
        Whether the layer holds points, with their positions in ``lon`` and ``lat``.

    Returns
    -------
    Condition
        The SQL, and its values.

    Raises
    ------
    RequestError
        When a field does not exist, an operator is unknown, or something is compared with what it cannot be compared
        with; with every such fault.
    """
    translator = _Translator(catalogue, fields, layer, points=points)
    sql = translator.condition(tree, sure=True)
    if translator.problems:
        raise RequestError("The condition cannot be answered", list(dict.fromkeys(translator.problems)))
    return Condition(sql, translator.values)


class _Translator:
    """One translation; faults are collected, so that all of them are told at once."""

    def __init__(self, catalogue: Catalogue, fields: dict[str, Field], layer: str, *, points: bool) -> None:
        self.catalogue = catalogue
        self.fields = fields
        self.layer = layer
        self.points = points
        self.values: dict[str, Any] = {}
        self.problems: list[Problem] = []
        self.parts = 0

    # What is true or false. `sure`: whether unknown may count as false here, because no NOT stands above.

    def condition(self, node: Any, *, sure: bool) -> str:  # noqa: ANN401, PLR0911, PLR0912  (one line an operator)
        """Return a condition as SQL."""
        if isinstance(node, bool):
            return "TRUE" if node else "FALSE"
        op = str(node.get("op", "")).lower() if isinstance(node, dict) else ""
        args = node.get("args", []) if op else []
        self.parts += 1
        if self.parts > MAX_PARTS:
            if self.parts == MAX_PARTS + 1:
                self.fault("a longer one", f"at most {MAX_PARTS} operators in a condition", "put the question in parts")
            return "NULL"
        if op in {"and", "or"}:
            return f"({f' {op.upper()} '.join(self.condition(arg, sure=sure) for arg in args)})"
        if op == "not":
            return f"(NOT {self.condition(args[0], sure=False)})"
        if op == "isnull":
            return f"({self.term(args[0]).sql or _GIVEN} IS NULL)"
        if op in _COMPARED:
            return self.comparison(op, self.term(args[0]), self.term(args[1]))
        if op == "between":
            value, low, high = map(self.term, args)
            return f"({self.comparison('>=', value, low)} AND {self.comparison('<=', value, high)})"
        if op == "in":
            return self.membership(args, sure=sure)
        if op == "like":
            return self.likeness(args)
        if op == "near":
            return self.near(args, sure=sure)
        for known, answer in ((_SPATIAL, self.spatial), (_TEMPORAL, self.temporal), (_ARRAYS, self.array)):
            if op in known:
                return (
                    answer(op, args, sure=sure)
                    if len(args) == 2
                    else self.fault(op.upper(), f"{op.upper()} of two things")
                )
        if isinstance(node, dict) and "property" in node:
            field = self.term(node)
            return field.sql if field.type == "null" else self.fault(node["property"], _EXAMPLE)
        return self.unknown(node) if op else self.fault(_shown(node), _EXAMPLE)

    def comparison(self, op: str, left: _Term, right: _Term) -> str:
        """Return a comparison of two values of one type."""
        pair = self.matched(left, right)
        return f"({pair[0]} {_COMPARED[op]} {pair[1]})" if pair else "NULL"

    def matched(self, left: _Term, right: _Term) -> tuple[str, str] | None:
        """Return two values as SQL that can be compared; ``None``, and a fault, when they cannot."""
        kinds = {left.type, right.type}
        if "number" in kinds and "figure" in kinds:
            return left.number or left.sql, right.number or right.sql
        if "null" in kinds or kinds in _COMPARABLE or (len(kinds) == 1 and kinds <= _SIMPLE):
            return left.sql, right.sql
        named, other = (left, right) if left.text is None else (right, left)
        step = ""
        if "number" in kinds and "text" in kinds | {"day"}:
            step = "a text stands in quotation marks, a number does not"
        if kinds == {"text", "instant"}:
            step = "begin_earliest, begin_latest, end_earliest and end_latest are dates"
        self.fault(f"{_TYPES[named.type]} beside {_TYPES[other.type]}", "two values of one type", step)
        return None

    def membership(self, args: list[Any], *, sure: bool) -> str:
        """Return ``x IN (…)``."""
        value = self.term(args[0])
        pairs = [self.matched(value, self.term(member)) for member in args[1]]
        known = [pair for pair in pairs if pair]
        if len(known) < len(pairs):
            return "NULL"
        side = known[0][0]  # a figure is a number beside numbers, and text beside texts
        if any(pair[0] != side for pair in known):
            return self.fault("texts and numbers in one list", "values of one type")
        column = args[0].get("property", "") if isinstance(args[0], dict) else ""
        return any_of(self.layer, column, side, [pair[1] for pair in known], sure=sure)

    def likeness(self, args: list[Any]) -> str:
        """Return ``x LIKE pattern``."""
        value, pattern = self.term(args[0]), self.term(args[1])
        if pattern.text is None:
            return self.fault("a pattern that is no text", "LIKE and a text: name LIKE 'Wat %'")
        if value.type not in {"text", "day", "figure", "null"}:
            return self.fault(f"LIKE of {_TYPES[value.type]}", "LIKE of a text")
        return self.catalogue.like(value.sql, _parts(pattern.text), self.value)

    def spatial(self, op: str, args: list[Any], *, sure: bool) -> str:
        """Return a relation of two shapes, one of which at least is a literal."""
        left, right = map(self.term, args)
        relation = _SPATIAL[op]
        if {left.type, right.type} - {"geometry", "null"}:
            return self.fault(
                f"{op.upper()} of {_TYPES[left.type]} and {_TYPES[right.type]}", "two shapes: geometry, WKT, BBOX(…)"
            )
        if "null" in {left.type, right.type}:
            return "NULL"
        literals = [term.shape for term in (left, right) if term.shape]
        if not literals:
            return self.fault(
                "geometry beside itself", "a literal, such as POINT(104.9 11.6) or BBOX(102, 10, 108, 15)"
            )
        if len(literals) == 1 and "bbox" in literals[0] and self.points and relation in {"intersects", "disjoint"}:
            box = check_box(literals[0]["bbox"])
            inside = relation == "intersects"
            return box_condition(self.catalogue, self.layer, box, self.value, inside=inside, sure=sure)
        try:
            one, other = (shape_of(term.shape) if term.shape else None for term in (left, right))
        except ValueError as error:
            return self.fault(str(error), _SHAPE)
        return relate_condition(self.catalogue, self.layer, relation, (one, other), self.value, sure=sure)

    def near(self, args: list[Any], *, sure: bool) -> str:
        """Return ``NEAR(geometry, POINT(lon lat), metres)``: that a record lies in a circle or touches it."""
        of, centre, radius = args if len(args) == 3 else (None, None, None)
        metres = radius if isinstance(radius, int | float) and not isinstance(radius, bool) else math.nan
        point = centre.get("coordinates", []) if isinstance(centre, dict) and centre.get("type") == "Point" else []
        if of != {"property": "geometry"} or len(point) < 2 or not 0 <= metres < math.inf:
            return self.fault(f"NEAR of {', '.join(map(_shown, args)) or 'nothing'}", _CIRCLE)
        if self.term(of).type != "geometry":
            return "NULL"
        lon, lat = point[:2]
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            return self.fault(f"POINT({lon:g} {lat:g})", "a position on the earth, longitude before latitude")
        circle = Near(lat, lon, float(metres))
        return near_condition(self.catalogue, self.layer, circle, self.value, points=self.points, sure=sure)

    def temporal(self, op: str, args: list[Any], *, sure: bool) -> str:  # noqa: ARG002  (as its siblings)
        """Return a relation of two times."""
        left, right = map(self.term, args)
        kinds = {left.type, right.type}
        if kinds - {"day", "instant", "interval", "null"}:
            wrong = left if left.type not in {"day", "instant", "interval", "null"} else right
            step = "INTERVAL(begin_earliest, end_latest), DATE('1975-04-17') and INTERVAL('1975-04-17', '..') are times"
            return self.fault(f"{op.upper()} of {_TYPES[wrong.type]}", "two times", step)
        return f"({_TEMPORAL[op].format(a=left.sql, b=left.end or left.sql, c=right.sql, d=right.end or right.sql)})"

    def array(self, op: str, args: list[Any], *, sure: bool) -> str:  # noqa: ARG002  (as its siblings)
        """Return a relation of two lists, taken as sets."""
        left, right = (self.listed(arg) for arg in args)
        if not (left.members and right.members):
            return "NULL"
        known = " AND ".join(f"{term.sql} IS NOT NULL" for term in (left, right) if term.text is None)
        relation = _ARRAYS[op].format(a=left.members, b=right.members)
        return f"(CASE WHEN {known} THEN {relation} END)" if known else f"({relation})"

    def listed(self, node: Any) -> _Term:  # noqa: ANN401
        """Return a list: a field, or a literal."""
        if isinstance(node, list | str):
            members = node if isinstance(node, list) else [node]
            if all(isinstance(member, str) for member in members):
                place = self.value(json.dumps(members))
                return _Term("list", place, members=f"SELECT value FROM {self.catalogue.each(place)}", text="")  # noqa: S608
        elif isinstance(node, dict):
            term = self.term(node)
            if term.type in {"list", "null"}:
                return term
        self.fault(_shown(node), "a list, such as sources, or of texts in parentheses: ('a', 'b')")
        return _Term("null", "NULL")

    # What has a value.

    def term(self, node: Any) -> _Term:  # noqa: ANN401, PLR0911
        """Return a value."""
        if node is None:
            return _Term("null", "NULL")
        if isinstance(node, bool):
            return _Term("boolean", "TRUE" if node else "FALSE")
        if isinstance(node, int | float):
            return _Term("number", self.value(float(node)))
        if isinstance(node, str):
            return _Term("text", self.value(node), text=node)
        if isinstance(node, dict):
            if "property" in node:
                return self.field(node["property"])
            for member, answer in (("date", self.day), ("timestamp", self.day), ("interval", self.interval)):
                if member in node:
                    return answer(node[member])
            if "bbox" in node or "type" in node:
                return self.shape(node)
            op = str(node.get("op", "")).lower()
            if op in _COUNTED:
                return self.sum(op, [self.term(arg) for arg in node["args"]])
            if op in {"casei", "accenti"} and len(node["args"]) == 1:
                return self.folded(op, self.term(node["args"][0]))
            self.unknown(node)
        else:
            self.fault(_shown(node), "one value")
        return _Term("null", "NULL")

    def field(self, name: str) -> _Term:
        """Return a field of the layer."""
        field = self.fields.get(name)
        if field is None:
            problem = unknown_field("--where", name, self.fields)
            step = f"{problem.next_step} a text stands in quotation marks: '{name}'".strip()
            self.problems.append(Problem(problem.input, problem.where, "", name, problem.expected, step))
            return _Term("null", "NULL")
        self.values |= dict(field.values)
        return _Term(
            field.type,
            field.sql,
            number=field.number if field.type == "figure" else "",
            members=field.members if field.type == "list" else "",
        )

    def day(self, text: Any) -> _Term:  # noqa: ANN401
        """Return a date or a timestamp as the text of its day."""
        day = _day_of(text)
        if day is None:
            self.fault(
                _shown(text), "a day that the calendar has: DATE('1975-04-17'), TIMESTAMP('1975-04-17T00:00:00Z')"
            )
            return _Term("null", "NULL")
        return _Term("instant", self.value(day))

    def interval(self, ends: list[Any]) -> _Term:
        """Return an interval; its ends are days, fields that hold days, or open."""
        if len(ends) != 2:
            self.fault(f"INTERVAL of {len(ends)}", "a begin and an end, as in INTERVAL('1975-04-17', '..')")
            return _Term("null", "NULL")
        sides = []
        literals = []
        for side, end in zip(("begin", "end"), ends, strict=True):
            if isinstance(end, dict):
                term = self.term(end)
                if term.type not in {"day", "instant", "null"}:
                    self.fault(f"an interval of {_TYPES[term.type]}", "days, or fields that hold days")
                sides.append(term.sql)
            else:
                day = _OPEN[side] if end == ".." else _day_of(end)
                if day is None:
                    self.fault(_shown(end), "a day, as in INTERVAL('1975-04-17', '1979-01-07'), or '..'")
                literals.append(day or "")
                sides.append(self.value(day))
        if len(literals) == 2 and literals[0] > literals[1]:
            self.fault(f"{literals[0]} to {literals[1]}", "an interval that ends after it begins")
        return _Term("interval", sides[0], end=sides[1])

    def shape(self, node: dict[str, Any]) -> _Term:
        """Return a literal shape."""
        try:
            if "bbox" in node:
                check_box(node["bbox"])
        except ValueError as error:
            self.fault(str(error), "BBOX(west, south, east, north) in degrees")
            return _Term("null", "NULL")
        return _Term("geometry", "", shape=node)

    def sum(self, op: str, args: list[_Term]) -> _Term:
        """Return an arithmetic expression; what cannot be reckoned is empty."""
        if len(args) != 2 or any(arg.type not in {"number", "figure", "null"} for arg in args):
            self.fault(" and ".join(_TYPES[arg.type] for arg in args), f"numbers around {op}")
            return _Term("null", "NULL")
        left, right = (arg.number or arg.sql for arg in args)
        if op in {"^", "%", "div"}:
            name = {"^": "power_of", "%": "rest_of", "div": "quotient_of"}[op]
            return _Term("number", f"{name}({left}, {right})")
        divisor = f"NULLIF({right}, 0)" if op == "/" else right
        return _Term("number", f"(CAST({left} AS DOUBLE PRECISION) {op} {divisor})")

    def folded(self, op: str, term: _Term) -> _Term:
        """Return ``CASEI(x)`` or ``ACCENTI(x)``."""
        if term.type not in {"text", "day", "figure", "null"}:
            self.fault(f"{op.upper()} of {_TYPES[term.type]}", f"{op.upper()} of a text")
            return _Term("null", "NULL")
        if term.text is not None:
            text = (fold_case if op == "casei" else fold_accents)(term.text)
            return _Term("text", self.value(text), text=text)
        return _Term("text", f"{op}({term.sql})")

    # Values and faults.

    def value(self, value: Any) -> str:  # noqa: ANN401
        """Return a placeholder for a value."""
        name = f"where{len(self.values)}"
        self.values[name] = value
        return self.catalogue.text(f":{name}") if isinstance(value, str) else f":{name}"

    def fault(self, seen: str, expected: str, next_step: str = "") -> str:
        """Keep a fault; what is returned stands in for the part that cannot be put into SQL."""
        self.problems.append(Problem("the question", "--where", "", seen, expected, next_step))
        return "NULL"

    def unknown(self, node: dict[str, Any]) -> str:
        """Keep the fault of an operator that there is not."""
        name = str(node.get("op", ""))
        known = ("CASEI", "ACCENTI", "BBOX", "NEAR", *(op.upper() for op in (*_SPATIAL, *_TEMPORAL, *_ARRAYS)))
        guesses = ["BBOX(west, south, east, north)"] if name.lower() == "envelope" else suggest_terms(name, known)
        step = f"did you mean {' or '.join(guesses)}?" if guesses else ""
        return self.fault(f"{name}(…)", f"one of {', '.join(known)}", step)


_SIMPLE: Final = frozenset({"text", "number", "boolean", "day", "instant", "figure"})
_COMPARABLE: Final = ({"text", "day"}, {"text", "figure"}, {"day", "instant"})
_TYPES: Final = {
    "text": "a text",
    "number": "a number",
    "boolean": "true or false",
    "day": "a date",
    "instant": "a date",
    "interval": "an interval",
    "figure": "a figure",
    "list": "a list",
    "objects": "a list of objects",
    "geometry": "a shape",
    "null": "nothing",
}


def _shown(node: Any) -> str:  # noqa: ANN401
    return node if isinstance(node, str) else json.dumps(node, ensure_ascii=False)


def _day_of(text: Any) -> str | None:  # noqa: ANN401
    """Return the day of a date or a timestamp, in UTC; ``None`` when it is neither."""
    if not isinstance(text, str) or not text.isascii():
        return None
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text).isoformat()
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})", text):
            return None
        return datetime.fromisoformat(text).astimezone(UTC).date().isoformat()
    except (ValueError, OverflowError):
        return None


def _parts(pattern: str) -> Iterator[tuple[bool, str]]:
    """Yield the parts of a pattern: whether one stands for other characters, and the part."""
    chars = iter(pattern)
    for char in chars:
        if char == "\\":
            following = next(chars, "")
            yield False, following if following in {"%", "_", "\\"} else f"\\{following}"
        else:
            yield char in {"%", "_"}, char
