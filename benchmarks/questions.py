"""`memorial query` on a compiled catalogue, beside `ogrinfo` with the same filter on the same file."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from benchmarks.atlases import CATALOGUE, find_compiled
from benchmarks.measuring import LARGE, MEMORIAL, ROOT, SMALL, Row, alternate, compare

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMS = ("table", "csv", "json", "geojson", "geojsonl", "ids", "count")
BEST_TEXT_SQL = (
    "SELECT s.* FROM sites s WHERE s.fid IN ("
    "SELECT rowid FROM search WHERE layer = 'sites' AND search MATCH '\"{word}\"' UNION ALL "
    "SELECT value FROM phrases, json_each(phrases.records) WHERE phrases MATCH '\"{word}\"')"
)
"""What ogrinfo can do for words at its best: our own index, asked by whoever knows how it is made; sites come first."""


def rows(scratch: Path, *, full: bool) -> Iterator[Row]:
    """Yield a row for each question and form of the answer."""
    ogrinfo = shutil.which("ogrinfo")
    if ogrinfo is None:
        return
    for sites in (0, *(LARGE if full else SMALL)):
        folder = find_compiled(scratch, sites) if sites else ROOT
        catalogue = folder / CATALOGUE if sites else next((ROOT / "maps").glob("*.gpkg"))
        word = "wat tuol" if sites else "wat"
        text = BEST_TEXT_SQL.format(word=word.replace(" ", ""))
        for what, options, peer in (
            ("kind", ("--where", "kind = 'prison'"), ("-where", "kind = 'prison'", catalogue, "sites")),
            (
                "box and kind",
                ("--where", "kind = 'prison'", "--bbox", "104,11,105,12"),
                ("-where", "kind = 'prison'", "-spat", "104", "11", "105", "12", catalogue, "sites"),
            ),
            ("text", ("--text", word.replace(" ", "")), ("-sql", text, catalogue)),
        ):
            for form in FORMS if full else ("table", "geojson", "count"):
                ours = (*MEMORIAL, "-C", folder, "query", *options, "--format", form)
                rounds = 3 if sites > 100_000 else 9 if full else 5
                used = alternate({"ours": ours, "ogrinfo": (ogrinfo, *peer)}, rounds)
                yield from compare(f"`query`: {what}, {form}", sites, used, "≤ 1", "cpu")
