"""What a person asks with: the options that `memorial query` and others share, and how they become a question.

People type latitude before longitude; here, and nowhere else, the two change places.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from geo.commands.completing import complete, complete_file
from geo.errors import InputError, Problem, RequestError, respell

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from geo.catalogue import Catalogue
    from geo.query import Near, Polygon, Question, Selection

__all__ = ["answer_question", "question_from", "question_options"]

_NUMBER: Final = r"[+-]?\d+(?:\.\d+)?"
_METRES: Final = {"m": 1.0, "km": 1_000.0, "mi": 1_609.344}
"""Unit -> metres; a mile is the international one."""

_HALF_ROUND_M: Final = 20_003_932.0
"""Half way round the Earth along a meridian (WGS 84), in metres: no place is farther from another."""

_OPTIONS: Final = (
    click.option(
        "--where",
        default="",
        metavar="CQL2",
        help="A condition in OGC CQL2, such as \"begin >= '1976' AND precision_m < 1000\". An unknown field lists all.",
        shell_complete=complete("fields"),
    ),
    click.option(
        "--kind",
        "kinds",
        metavar="K",
        multiple=True,
        help="Only this kind, by its word or its label; repeat it for several. An unknown one lists them all.",
        shell_complete=complete("kinds"),
    ),
    click.option(
        "--province",
        "provinces",
        metavar="P",
        multiple=True,
        help="Only this province, by code or by name in any spelling; repeat it for several.",
        shell_complete=complete("provinces"),
    ),
    click.option(
        "--text",
        default="",
        metavar="T",
        help="Only records in which every word of T occurs, in a name, a place, a summary or a claim.",
    ),
    click.option(
        "--near",
        default="",
        metavar="LAT,LON|NAME",
        help="Say how far each record is from a position or a named place, and list the nearest first.",
        shell_complete=complete("places"),
    ),
    click.option("--radius", default="", metavar="R", help="With --near: only within R, such as 20km, 500m or 5mi."),
    click.option(
        "--bbox",
        default="",
        metavar="W,S,E,N",
        help="Only in this box of degrees; a west greater than the east crosses 180°.",
    ),
    click.option(
        "--within",
        default="",
        metavar="FILE",
        help="Only inside the polygons of a GeoJSON, GeoPackage, Shapefile or FlatGeobuf file.",
        shell_complete=complete_file,
    ),
    click.option(
        "--during",
        default="",
        metavar="EDTF",
        help="Only what existed in this time, such as 1976-04 or 1975/1977-06; it is said whether that is certain.",
    ),
)


def question_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say which records are meant; `question_from` makes a question of their values."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def question_from(layer: str, asked: Mapping[str, Any]) -> tuple[Question, list[Problem]]:
    """Return the question that the options ask, as far as they can be read.

    Parameters
    ----------
    layer
        The layer or table.
    asked
        Values of the options of `question_options`, and of ``sort``, ``limit`` and ``fields`` where a command has them.

    Returns
    -------
    tuple of Question and list of Problem
        The question, without what could not be read; and what is wrong with that. `answer_question` says both this
        and what the catalogue does not know at once.
    """
    from geo.query import Question  # noqa: PLC0415  (the roof imports a room when it is called)

    texts = {name: respell(asked[name]) for name in ("where", "text", "near", "radius", "bbox", "during")}
    problems = list(_blanks(asked))
    question = Question(
        layer=respell(layer),
        kinds=tuple(map(respell, asked["kinds"])),
        provinces=tuple(map(respell, asked["provinces"])),
        text=texts["text"],
        where=texts["where"],
        near=_near(texts["near"], texts["radius"], problems),
        bbox=_box(texts["bbox"], problems),
        within=_area(asked["within"], problems),
        during=texts["during"].strip(),
        sort=_names(asked.get("sort", ())),
        limit=asked.get("limit"),
        fields=_names(asked.get("fields", ())),
    )
    return question, problems


def answer_question(
    catalogue: Catalogue,
    question: Question,
    problems: Sequence[Problem] = (),
    *,
    shapes: bool = False,
    columns: Collection[str] = (),
) -> Selection:
    """Return the records that answer, or say everything that is wrong with the question.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    question, problems
        What `question_from` returned.
    shapes, columns
        As `geo.query.select`.

    Returns
    -------
    Selection
        As `geo.query.select` gives it.

    Raises
    ------
    RequestError
        When there are problems, or the catalogue does not know what is asked for.
    CatalogueError
        When the catalogue is damaged.
    """
    from geo.query import select  # noqa: PLC0415  (as above)

    if not problems:
        return select(catalogue, question, shapes=shapes, columns=columns)
    found = list(problems)
    try:
        select(catalogue, question)
    except RequestError as error:
        found += error.problems
    raise RequestError("The question cannot be answered as it stands", found)


def _blanks(asked: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with options that hold nothing but spaces, or names of nothing: they would ask for all."""
    named = {name: asked.get(name, ()) for name in ("sort", "fields")}
    blank = [name for name in ("where", "near", "bbox", "during") if asked[name] and not asked[name].strip()]
    blank += [name for name, given in named.items() if given and not _names(given)]
    for name in blank:
        given = ", ".join(named[name]) if name in named else asked[name]
        step = f"say what is meant, or leave --{name} out"
        yield Problem("the question", f"--{name}", "", respell(given).strip(), "a value", step)


# --- options as text -> parts of a question ----------------------------------------------------------------------


def _names(values: Sequence[str]) -> tuple[str, ...]:
    """Return names that were given one by one, separated by commas, or both."""
    return tuple(name for value in values for name in (part.strip() for part in respell(value).split(",")) if name)


def _near(near: str, radius: str, problems: list[Problem]) -> Near | None:
    from geo.query import Near  # noqa: PLC0415  (as above)

    metres = _radius(radius, problems) if radius else math.inf
    if radius and not near.strip():
        expected = "--near LAT,LON or --near NAME beside it"
        problems.append(Problem("the question", "--radius", "", radius, expected, "say from where it is measured"))
    if not near.strip():
        return None
    found = re.fullmatch(rf"\s*({_NUMBER})\s*°?\s*[,;\s]\s*({_NUMBER})\s*°?\s*", near)
    if not found:
        if re.fullmatch(r"[\d\s.,;+°-]+", near):
            expected = "LAT,LON in degrees, latitude first, or the name or id of a place"
            problems.append(Problem("the question", "--near", "", near, expected, "such as --near 11.55,104.92"))
            return None
        return Near(None, None, metres, near.strip())
    lat, lon = map(float, found.groups())
    if abs(lat) > 90 or abs(lon) > 180:
        swapped = abs(lat) <= 180 and abs(lon) <= 90
        hint = f"latitude comes first: did you mean --near {found[2]},{found[1]}?" if swapped else ""
        expected = "LAT,LON: a latitude within ±90 and a longitude within ±180"
        problems.append(Problem("the question", "--near", "", near, expected, hint))
        return None
    return Near(lat, lon, metres)


def _radius(text: str, problems: list[Problem]) -> float:
    """Return a radius in metres; infinity for one that cannot be read."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", text)
    metres = float(found[1]) * _METRES.get(found[2].lower(), math.nan) if found else math.nan
    if 0 < metres <= _HALF_ROUND_M:
        return metres
    hint = f"did you mean {found[1]}km?" if found and not found[2] and float(found[1]) else ""
    expected = "a length with its unit: 20km, 500m or 5mi, at most 20000km"
    problems.append(Problem("the question", "--radius", "", text, expected, hint))
    return math.inf


def _box(text: str, problems: list[Problem]) -> tuple[float, float, float, float] | None:
    if not text.strip():
        return None
    parts = [part.strip() for part in text.split(",")]
    hint = ""
    if len(parts) == 4 and all(re.fullmatch(_NUMBER, part) for part in parts):
        west, south, east, north = map(float, parts)
        if max(abs(west), abs(east)) <= 180 and max(abs(south), abs(north)) <= 90 and south <= north:
            return west, south, east, north
        if max(abs(south), abs(north)) > 90 and max(abs(west), abs(east)) <= 90:
            hint = f"longitude comes first here: did you mean --bbox {parts[1]},{parts[0]},{parts[3]},{parts[2]}?"
        elif south > north:
            hint = f"south is greater than north: did you mean --bbox {parts[0]},{parts[3]},{parts[2]},{parts[1]}?"
    expected = "W,S,E,N: four numbers in degrees, such as 102.3,10.4,107.6,14.7"
    problems.append(Problem("the question", "--bbox", "", text, expected, hint))
    return None


def _area(name: str, problems: list[Problem]) -> Polygon | None:
    if not name:
        return None
    from geo.query import Polygon  # noqa: PLC0415  (as above)
    from geo.readers import read_area  # noqa: PLC0415  (only a question with an area pays for shapes)

    try:
        return Polygon(read_area(Path(name), respell(name)), respell(name))
    except InputError as error:
        problems += error.problems
        return None
