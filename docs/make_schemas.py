"""Write the JSON Schemas of the data contract into docs/schema: `make schemas`."""

from __future__ import annotations

from pathlib import Path

from geo.schemas import SCHEMA_NAMES, render_schema

for name in SCHEMA_NAMES:
    path = Path(__file__).parent / "schema" / f"{name}.schema.json"
    path.write_text(render_schema(name), encoding="utf-8", newline="\n")
