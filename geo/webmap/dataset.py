"""What a page says of itself to machines that collect descriptions of data: a schema.org ``Dataset`` as JSON-LD."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    Json = Mapping[str, Any]

__all__ = ["describe_dataset", "inert_json", "page_title", "speak_one"]

_ESCAPED: Final = "<>&\u2028\u2029"


def speak_one(words: Mapping[str, str], language: str) -> str:
    """Return a text in one language, in English where it does not exist in that one."""
    return words.get(language) or words["en"]


def page_title(payload: Json, language: str) -> str:
    """Return the title of a page: that of the atlas, on the other pages after their own."""
    atlas = speak_one(payload["atlas"]["title"], language)
    return atlas if payload["page"]["cover"] else f"{speak_one(payload['page']['title'], language)} – {atlas}"


def describe_dataset(payload: Json) -> dict[str, Any]:
    """Return the description of a page's data.

    Parameters
    ----------
    payload
        A ``Payload`` of ``payload.ts``.

    Returns
    -------
    dict
        A ``Dataset`` of schema.org. The box of ``spatialCoverage`` is south, west, north, east in degrees (WGS 84), as
        GeoShape asks; ``temporalCoverage`` is the span that the atlas gives for its line of time.
    """
    atlas, page = payload["atlas"], payload["page"]
    language = page["language"]
    west, south, east, north = page["bounds"]
    text = atlas["subtitle"] if page["cover"] else page["description"]
    licence = atlas["licence"]
    is_address = licence.startswith("https://") and " " not in licence
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": page_title(payload, language),
        "description": speak_one(text, language),
        "version": atlas["version"],
        "license": licence if is_address else {"@type": "CreativeWork", "text": licence},
        "inLanguage": list(atlas["languages"]),
        "spatialCoverage": {
            "@type": "Place",
            "geo": {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"},
        },
        **({"temporalCoverage": atlas["timeline"]} if atlas.get("timeline") else {}),
        "isAccessibleForFree": True,
    }


def inert_json(value: Json) -> str:
    """Return JSON that is text to an HTML parser and to a script engine alike: nothing in it can end its element."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in _ESCAPED:
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
