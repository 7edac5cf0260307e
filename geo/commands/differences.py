"""A comparison of two versions as text for a person, as JSON for a program, as Markdown for a page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from geo.commands.terminal import bold, escape_unseen
from geo.errors import show_text

if TYPE_CHECKING:
    from geo.comparing import Comparison, Difference, Move, Row, Tally

__all__ = ["FORMATS", "as_json", "as_markdown", "as_text"]

_LONGEST: Final = 100_000
_MARKUP: Final = re.compile(r"[\\`*_\[\]<>&#|~]")
_SIGNS: Final = {"added": "+", "parted": "+", "removed": "-", "merged": "-", "changed": "~"}
_FATES: Final = ("added", "parted", "removed", "merged", "changed")
_GROUNDS: Final = {"changes": "as the record of changes says", "names": "which now bears its name"}
_PARTED: Final = {"changes": "as the record of changes of the old version says", "names": "which bore its name"}
_MOVES: Final = {"located": "now located", "unlocated": "no longer located"}


def as_json(comparison: Comparison) -> str:
    """Return a comparison as one JSON object."""
    whole = {
        "old": dict(zip(("id", "version"), comparison.old, strict=True)),
        "new": dict(zip(("id", "version"), comparison.new, strict=True)),
        "counts": {schema: asdict(tally) for schema, tally in comparison.tallies.items()},
        "differences": [asdict(difference) for difference in comparison.differences],
        "files": comparison.files,
        "recorded_only": comparison.unmatched,
    }
    return escape_unseen(json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False)) + "\n"


def as_text(comparison: Comparison) -> str:
    """Return a comparison as lines: the counts, then each record with its fields and the reasons."""
    lines = [bold(_plain(_heading(comparison)))]
    lines += [f"{schema}: {_count(tally)}" for schema, tally in comparison.tallies.items()]
    for schema in comparison.tallies:
        found = [difference for difference in comparison.differences if difference.layer == schema]
        lines += ["", bold(schema)] if found else []
        for difference in found:
            sign = _SIGNS[difference.fate]
            lines.append(f"{sign} {_plain(_label(difference, difference.id))}")
            lines += [f"    {_plain(text)}" for text in (*_statements(difference), *map(_reason, difference.why))]
    for heading, texts in _rest(comparison):
        lines += ["", bold(heading), *(f"  {_plain(text)}" for text in texts)]
    if comparison.empty:
        lines.append("no difference")
    return "\n".join(lines) + "\n"


def as_markdown(comparison: Comparison) -> str:
    """Return a comparison as CommonMark; text from the data stands in it as text, whatever characters it holds."""
    lines = [f"# {_escape(_heading(comparison))}", ""]
    lines += [f"- {schema}: {_count(tally)}" for schema, tally in comparison.tallies.items()]
    for schema in comparison.tallies:
        found = [difference for difference in comparison.differences if difference.layer == schema]
        for fate in _FATES:
            chosen = [difference for difference in found if difference.fate == fate]
            lines += ["", f"## {schema.capitalize()}: {fate}", ""] if chosen else []
            for difference in chosen:
                lines.append(f"- {_label(difference, f'**{_escape(difference.id)}**', _escape)}")
                lines += [f"  - {_escape(text)}" for text in (*_statements(difference), *map(_reason, difference.why))]
    for heading, texts in _rest(comparison):
        lines += ["", f"## {heading}", "", *(f"- {_escape(text)}" for text in texts)]
    if comparison.empty:
        lines += ["", "No difference."]
    return "\n".join(lines) + "\n"


FORMATS: Final[dict[str, Callable[[Comparison], str]]] = {"text": as_text, "json": as_json, "markdown": as_markdown}
"""Name of a format -> the function that writes a comparison in it."""


def _plain(text: object) -> str:
    return show_text(text, _LONGEST)


def _escape(text: str) -> str:
    """Return text as one line of Markdown that shows exactly that text (CommonMark 0.31, 2.4)."""
    return _MARKUP.sub(r"\\\g<0>", _plain(" ".join(text.split())))


def _heading(comparison: Comparison) -> str:
    (old, old_version), (new, new_version) = comparison.old, comparison.new
    return f"{old} {old_version} → {new if new != old else ''} {new_version}".replace("  ", " ")


def _count(tally: Tally) -> str:
    """Return counts in words, in numbers that add up."""
    numbers = [(getattr(tally, fate), fate) for fate in _FATES]
    parts = [f"{number:,} {fate}" for number, fate in numbers if number]
    if tally.changed:
        parts[-1] += f" ({tally.moved:,} moved, {tally.revised:,} revised)"
    return f"{tally.old:,} → {tally.new:,}: {', '.join([*parts, f'{tally.unchanged:,} unchanged'])}"


def _label(difference: Difference, key: str, spell: Callable[[str], str] = str) -> str:
    title = f"  {spell(difference.title)}" if difference.title else ""
    if difference.fate == "merged":
        return f"{key}{title}: merged into {spell(difference.other)}, {_GROUNDS[difference.ground]}"
    if difference.fate == "parted":
        return f"{key}{title}: parted from {spell(difference.other)}, {_PARTED[difference.ground]}"
    return f"{key}{title}"


def _statements(difference: Difference) -> Iterator[str]:
    """Yield what changed in one record, a sentence each."""
    if difference.move:
        yield _moved(difference.move)
    for revision in difference.revisions:
        gone, come = _values(revision.old, revision.new)
        yield f"{revision.field}: {gone} → {come}"


def _moved(move: Move) -> str:
    old, new = (f"{spot[1]}, {spot[0]}" if spot else "" for spot in (move.old, move.new))
    if move.kind == "redrawn":
        return (
            f"redrawn, by up to {move.metres:,} m"
            if move.metres
            else "redrawn: its lines in another order or direction"
        )
    if move.kind == "moved":
        return f"moved by {move.metres:,} m, from {old} to {new} (latitude, longitude)"
    spot = f" at {old or new} (latitude, longitude)" if old or new else ""
    return f"{_MOVES[move.kind]}{spot}" if move.kind == "located" else f"{_MOVES[move.kind]}; it was{spot or ' drawn'}"


def _values(old: Any, new: Any) -> tuple[str, str]:  # noqa: ANN401  (any JSON value)
    """Return both sides of a revision; of two lists, unless only their order differs, what the other lacks."""
    if isinstance(old, list) and isinstance(new, list) and old and new:
        gone, come = [item for item in old if item not in new], [item for item in new if item not in old]
        if gone or come:
            return _value(gone), _value(come)
    return _value(old), _value(new)


def _value(value: Any) -> str:  # noqa: ANN401  (any JSON value)
    if value is None or value in ("", [], {}):
        return "nothing"
    if isinstance(value, list):
        return "; ".join(map(_value, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _reason(change: Row) -> str:
    source = f" [{change['source']}]" if change.get("source") else ""
    return f"why ({change['date']}): {change['what']} {change['why']}{source}"


def _rest(comparison: Comparison) -> Iterator[tuple[str, list[str]]]:
    """Yield what belongs to no record: heading and texts."""
    if comparison.unmatched:
        texts = [f"{change['record']}, {change['action']}: {_reason(change)}" for change in comparison.unmatched]
        yield "Recorded as changed, and not different here", texts
    if comparison.files:
        yield "Other files", [f"{file}: {what}" for file, what in comparison.files.items()]
