"""Write ``tests/cql2_cases.json``: conditions in CQL2 and the ids that each selects in the atlas of this repository.

``python tests/query/cases.py`` writes it anew after the data have changed; the page and SQL are held to it. Beside it
``tests/query/refusals.json``: every word that is said of questions to the small atlas that cannot be answered.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from geo.atlas import compile_atlas  # noqa: E402  (the repository must be found first)
from geo.catalogue import open_catalogue  # noqa: E402
from geo.errors import RequestError  # noqa: E402
from geo.query import Near, Polygon, Question, select, show  # noqa: E402
from tests.small_atlas import SmallAtlas  # noqa: E402

FILE = ROOT / "tests/cql2_cases.json"
REFUSALS = ROOT / "tests/query/refusals.json"

ASKED = {
    "sites": (
        "kind = 'prison'",
        "kind <> 'prison'",
        "kind IN ('prison','memorial')",
        "kind IN ('prison','memorial') AND province IN ('KH08')",
        "(province IN ('KH08') OR province IS NULL)",
        "NOT province = 'KH08'",
        "NOT (province = 'KH08' OR kind = 'prison')",
        "province IS NOT NULL AND dk_zone IS NULL",
        "dk_zone IN ('east','southwest')",
        "standing IN ('alleged') AND precision_basis IN ('village')",
        "standing NOT IN ('reported','alleged')",
        "precision_m < 1000",
        "precision_m BETWEEN 1000 AND 2000",
        "precision_m * 2 + 1 >= 10001",
        "NOT precision_m > 5000",
        "name LIKE 'Wat %'",
        "name LIKE '%(%'",
        "name LIKE '%wat%'",
        "CASEI(name) LIKE CASEI('%WAT%')",
        "ACCENTI(CASEI(name)) LIKE ACCENTI(CASEI('%KÂNDAL%'))",
        "id LIKE 's-2_'",
        "name_km LIKE '%ភ្នំ%'",
        "begin < '1976'",
        "begin_earliest >= '1975-04-17' AND begin_earliest <= '1975-12-31'",
        "begin_earliest > DATE('1978-01-01')",
        "T_AFTER(begin_earliest, DATE('1978-01-01'))",
        "T_BEFORE(end_latest, TIMESTAMP('1979-01-07T00:00:00Z'))",
        "T_INTERSECTS(INTERVAL(begin_earliest, end_latest), INTERVAL('1976-01-01', '1976-12-31'))",
        "T_DURING(begin_earliest, INTERVAL('1975-04-17', '..'))",
        "T_DISJOINT(INTERVAL(begin_earliest, end_latest), INTERVAL('..', '1976-06-05'))",
        "T_CONTAINS(INTERVAL(begin_earliest, end_latest), DATE('1977-01-01'))",
        "(begin_earliest IS NULL AND begin_latest IS NULL AND end_earliest IS NULL AND end_latest IS NULL)",
        "A_OVERLAPS(sources, ('closing-order-002','csm-1984-08-10'))",
        "A_CONTAINEDBY(sources, ('csm-1984-08-10'))",
        "NOT A_OVERLAPS(sources, ('csm-1984-08-10'))",
        "(claimed_victims_high >= 100 AND claimed_victims_low <= 5000)",
        "claimed_prisoners_high > 1000",
        "NOT claimed_victims_low > 1000",
        "claimed_victims_low IS NULL AND kind = 'mass_grave'",
        "geometry IS NULL",
        "S_INTERSECTS(geometry, BBOX(104, 11, 105, 12))",
        "NOT S_INTERSECTS(geometry, BBOX(104, 11, 105, 12))",
        "S_WITHIN(geometry, POLYGON((104 11, 105 11, 105 12, 104 12, 104 11)))",
        "S_DISJOINT(geometry, BBOX(102, 10, 108, 15))",
        "S_INTERSECTS(geometry, BBOX(105, 11, 104, 12))",
        "name = 'O''Smach' OR id = 's-21'",
        "kind = 'prison' AND NOT precision_m IS NULL OR kind = 'camp' AND begin_earliest IS NULL",
    ),
    "routes": (
        "kind IN ('flight','repatriation')",
        "S_INTERSECTS(geometry, BBOX(104, 11, 105, 12))",
        "claimed_people_moved_high >= 100000",
        "begin_earliest >= '1979-01-01' AND geometry IS NOT NULL",
    ),
}


REFUSED = (
    {"layer": "site"},
    {"layer": "lake"},
    {"kinds": ("prisonn", "camp", "zzz")},
    {"layer": "provinces", "kinds": ("prison",)},
    {"layer": "routes", "provinces": ("P1",)},
    {"provinces": ("Squar One", "Atlantis", "P1")},
    {"text": "–'"},
    {"layer": "claims", "bbox": (0, 0, 1, 1), "near": (1, 2), "within": b""},
    {"layer": "sources", "during": "1975"},
    {"during": "soon"},
    {"bbox": (1, 2, 3)},
    {"bbox": (181, 2, 3, 4)},
    {"bbox": (1, 2, 3, 91)},
    {"layer": "routes", "bbox": (1, 4, 3, 2)},
    {"near": (91, 0)},
    {"near": (1, 181)},
    {"near": (1, 2, -1.5)},
    {"near": (None, None, 1000, " ")},
    {"near": (None, None, 1000, "nowhere-at-all")},
    {"near": (None, None, 1000, "Plase B")},
    {"near": (None, None, 1000, "Squaer Two")},
    {"near": (None, None, 1000, "place-d")},
    {"fields": ("nam", "claimed", "id"), "sort": ("distance", "-nme", "sources"), "limit": -1},
    {"layer": "claims", "fields": ("lov",), "sort": ("lov",)},
    {"kinds": ("prisn",), "provinces": ("P9",), "where": "knd = 1", "during": "x", "sort": ("y",), "text": "-"},
    {"where": "knd = prison AND nothing_near > 1"},
    {"where": "kind = 'prison"},
    {"where": "kind = 'it's'"},
    {"where": "kind == 'prison'"},
    {"where": "kind ! 'prison'"},
    {"where": "kind = 'a' AND name ! 'b'"},
    {"where": "(kind = 'prison'"},
    {"where": "kind = 'prison'\nAND OR 1"},
    {"where": "kind = 'a' 'b'"},
    {"where": "precision_m = '5' AND begin > 1975 AND begin > DATE('1975-01-01')"},
    {"where": "begin_earliest > DATE('1975-02-30') OR begin_earliest > TIMESTAMP('1975-02-01T25:00:00Z')"},
    {"where": "T_AFTER(begin, DATE('1975-01-01')) AND T_AFTER(DATE('1975-01-01'), precision_m)"},
    {"where": "T_AFTER(begin_earliest, INTERVAL('1976-01-01', '1975-01-01'))"},
    {"where": "T_AFTER(INTERVAL(kind, '..'), INTERVAL('x', '..'))"},
    {"where": "INTERVAL() < 1 OR T_AFTER(begin_earliest, INTERVAL('1975-01-01'))"},
    {"layer": "routes", "sort": ("segments",)},
    {"where": "sources = 'first-book'"},
    {"where": "A_OVERLAPS(kind, ('a', 'b')) AND A_OVERLAPS(sources, (1, 2))"},
    {"where": "kind OR 1"},
    {"where": "foo(kind) = 'x' AND T_AFTR(begin_earliest, DATE('1975-01-01'))"},
    {"where": "S_INTERSECTS(geometry, ENVELOPE(1, 2, 3, 4))"},
    {"where": "S_INTERSECTS(geometry, BBOX(1, 95, 3, 96))"},
    {"where": "S_WITHIN(geometry, POLYGON((0 0, 1 1, 0 1, 1 0, 0 0)))"},
    {"where": "S_WITHIN(geometry, POLYGON((0 0, 1 1)))"},
    {"where": "S_WITHIN(geometry, POINT(500 2))"},
    {"where": "S_INTERSECTS(geometry, geometry) AND S_WITHIN(geometry, kind)"},
    {"where": "kind LIKE precision_m"},
    {"where": "precision_m LIKE '5' OR CASEI(precision_m) = 'a' OR ACCENTI(geometry) = 'a'"},
    {"where": "kind IN ('a', 1)"},
    {"layer": "claims", "where": "low IN (1, 'a')"},
    {"where": "kind + 1 = 2 AND precision_m * geometry = 1"},
    {"where": "NOT " * 60 + "kind = 'a'"},
    {"where": " OR ".join(["kind = 'a'"] * 501)},
    {"where": "kind = '" + "a" * 20_000 + "'"},
)

NOT_SHOWN = ("plase-b", "Ti Konleng", "c001", "–", "qqqqqqqqqqqqqq")


def refusal_of(catalogue, asked):
    """Return what is said of a question, or an id, that the small atlas cannot answer."""
    try:
        if isinstance(asked, str):
            show(catalogue, asked)
        else:
            near, within = asked.get("near"), asked.get("within")
            shapes = {"near": near and Near(*near), "within": None if within is None else Polygon(within)}
            select(catalogue, Question(**{**asked, **shapes}))
    except RequestError as refusal:
        return str(refusal).split("\n")
    return []


def main() -> None:
    """Ask every condition, and write what it selects."""
    cases = []
    with open_catalogue(compile_atlas(ROOT).path) as catalogue:
        for layer, texts in ASKED.items():
            for text in texts:
                rows = select(catalogue, Question(layer, where=text, fields=("id",))).rows
                cases.append({"layer": layer, "where": text, "ids": [row["id"] for row in rows]})
    _write(FILE, cases)
    with (
        tempfile.TemporaryDirectory() as name,
        open_catalogue(compile_atlas(SmallAtlas(Path(name)).folder).path) as catalogue,
    ):
        _write(REFUSALS, [refusal_of(catalogue, asked) for asked in (*REFUSED, *NOT_SHOWN)])


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
