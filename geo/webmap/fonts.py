"""Which of the bundled font files a page needs, as style rules that hold the files themselves."""

from __future__ import annotations

import base64
import io
from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["cut_font", "font_rules", "needed_faces", "parse_ranges"]

Face = dict[str, Any]
"""One row of ``fonts.json``: ``family``, ``weight``, ``style``, ``file``, ``unicode_range``.

A row has ``cut`` when its file holds many letters of which a page shows a few.
"""

_GROUPED: Final = ("family", "weight", "style")


def parse_ranges(text: str) -> list[range]:
    """Return the code points that a CSS ``unicode-range`` names.

    Parameters
    ----------
    text
        Such as ``U+0000-00FF,U+0131``.

    Returns
    -------
    list of range
        In the order of the text.

    Raises
    ------
    ValueError
        When the text is not a list of such ranges; wildcards (``U+4??``) are not read.
    """
    ranges = []
    for part in text.split(","):
        name = part.strip()
        if not name.upper().startswith("U+"):
            raise ValueError(f"not a unicode-range: {part!r}")
        first, _, last = name[2:].partition("-")
        ranges.append(range(int(first, 16), int(last or first, 16) + 1))
    return ranges


def needed_faces(faces: Sequence[Face], characters: Iterable[str]) -> list[Face]:
    """Return few faces that together show all characters that some face can show.

    Parameters
    ----------
    faces
        Rows of ``fonts.json``.
    characters
        Every character that the page can show.

    Returns
    -------
    list of dict
        The faces to embed, in the order of `faces`; each family, weight and style is covered by itself.

    Notes
    -----
    The ranges of a family overlap (``œ`` is in two of them), and one of them is enough. Chosen greedily: the face that
    shows the most characters that are still to be shown, among equals the one with the smaller range.
    """
    points = {ord(character) for character in characters}
    groups: dict[tuple[Any, ...], list[int]] = {}
    for index, face in enumerate(faces):
        groups.setdefault(tuple(face[key] for key in _GROUPED), []).append(index)
    covers = [_covered(face, points) for face in faces]
    sizes = [sum(map(len, parse_ranges(face["unicode_range"]))) for face in faces]
    taken: set[int] = set()
    for group in groups.values():
        left = set[int]().union(*(covers[index] for index in group))
        while left:
            best = max(group, key=lambda index: (len(covers[index] & left), -sizes[index]))
            taken.add(best)
            left -= covers[best]
    return [face for index, face in enumerate(faces) if index in taken]


def _covered(face: Face, points: set[int]) -> set[int]:
    return set[int]().union(*(points.intersection(span) for span in parse_ranges(face["unicode_range"])))


def font_rules(faces: Iterable[Face], characters: Iterable[str], read: Callable[[str], bytes]) -> str:
    """Return ``@font-face`` rules with the font files inside them.

    Parameters
    ----------
    faces
        Rows of ``fonts.json``.
    characters
        Every character that the page can show.
    read
        Returns the bytes of a file that a row names.

    Returns
    -------
    str
        One rule a line. A face with ``cut`` holds and claims the characters of the page alone; the others are whole,
        because a reader may type what the page does not show, and because Khmer is not cut without need.
    """
    points = {ord(character) for character in characters}
    return "\n".join(_rule(face, points, read) for face in faces)


def _rule(face: Face, points: set[int], read: Callable[[str], bytes]) -> str:
    data, span = read(face["file"]), face["unicode_range"]
    if face.get("cut"):
        kept = tuple(sorted(_covered(face, points)))
        data, span = cut_font(data, kept), ",".join(f"U+{point:04X}" for point in kept)
    return (
        f'@font-face{{font-family:"{face["family"]}";font-style:{face["style"]};font-weight:{face["weight"]};'
        f"font-display:block;src:url(data:font/woff2;base64,{base64.b64encode(data).decode('ascii')})"
        f' format("woff2");unicode-range:{span}}}'
    )


@cache
def cut_font(data: bytes, points: tuple[int, ...]) -> bytes:
    """Return a font with the glyphs of some characters alone, and of what its layout rules make out of them.

    Parameters
    ----------
    data
        A WOFF2 file.
    points
        Code points to keep; those that the font lacks are passed over.

    Returns
    -------
    bytes
        A WOFF2 file; the same input gives the same bytes. Kept for the life of the process.
    """
    # Only a page with such letters pays for the import.
    from fontTools.subset import Options, Subsetter, load_font, save_font  # noqa: PLC0415

    options = Options(flavor="woff2")
    font = load_font(io.BytesIO(data), options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=points)
    subsetter.subset(font)
    cut = io.BytesIO()
    save_font(font, cut, options)
    return cut.getvalue()
