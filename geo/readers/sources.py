"""Sources: a CSL-JSON list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from geo.errors import Problem, show_text
from geo.readers.files import DEFAULT_LIMITS, Limits, read_bytes, refuse
from geo.readers.problems import Findings
from geo.readers.strict_json import describe, parse_json

__all__ = ["read_sources"]


def read_sources(
    path: Path, name: str = "", limits: Limits = DEFAULT_LIMITS
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Return the items of a CSL-JSON file as they stand there.

    Parameters
    ----------
    path
        A JSON file that holds one list of objects.
    name
        The file as the atlas names it, for messages.
    limits
        How large it may be.

    Returns
    -------
    tuple
        The items in the order of the file, and a problem for each item that had to be set aside.

    Raises
    ------
    InputError
        The file cannot be read, is not JSON, passes a limit, or is no list.
    """
    name = name or path.name
    items, faults = parse_json(read_bytes(path, name, limits), name, limits)
    if not isinstance(items, list):
        raise refuse(name, describe(items), "a list of CSL-JSON items", rule="csl")
    findings = Findings(name)
    faulty: set[str | int] = set()
    for fault in faults:
        index, *inner = fault.path
        faulty.add(index)
        field = ".".join(map(str, inner))
        findings.add(Problem(name, _where(index, items), field, fault.seen, fault.expected, rule=fault.rule))
        if findings.full:
            return [], findings.result()
    kept = []
    for index, item in enumerate(items):
        if isinstance(item, dict) and index not in faulty:
            kept.append(item)
        elif index not in faulty:
            findings.add(Problem(name, _where(index, items), "", describe(item), "an object", rule="csl"))
        if findings.full:
            break
    return kept, findings.result()


def _where(index: str | int, items: list[Any]) -> str:
    item = items[index] if isinstance(index, int) else None
    key = item.get("id") if isinstance(item, dict) else None
    label = f" ({show_text(key, 60)})" if isinstance(key, str) else ""
    return f"item {index + 1}{label}" if isinstance(index, int) else ""
