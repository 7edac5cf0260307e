"""Write ``tests/cql2_cases.json``: conditions in CQL2 and the ids that each selects in the atlas of this repository.

``python tests/query/cases.py`` writes it anew after the data have changed; the page and SQL are held to it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from geo.atlas import compile_atlas  # noqa: E402  (the repository must be found first)
from geo.catalogue import open_catalogue  # noqa: E402
from geo.query import Question, select  # noqa: E402

FILE = ROOT / "tests/cql2_cases.json"

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


def main() -> None:
    """Ask every condition, and write what it selects."""
    cases = []
    with open_catalogue(compile_atlas(ROOT).path) as catalogue:
        for layer, texts in ASKED.items():
            for text in texts:
                rows = select(catalogue, Question(layer, where=text, fields=("id",))).rows
                cases.append({"layer": layer, "where": text, "ids": [row["id"] for row in rows]})
    FILE.write_text(json.dumps(cases, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
