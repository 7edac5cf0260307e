"""docs/questions.md names every operator; `tests/documents` runs its examples."""

from __future__ import annotations

from geo.query.cql2 import _ARRAYS, _SPATIAL, _TEMPORAL
from tests.query.cases import ROOT

PAGE = (ROOT / "docs/questions.md").read_text(encoding="utf-8")


def test_every_operator_stands_in_the_page():
    for operator in (*_ARRAYS, *_SPATIAL, *_TEMPORAL):
        assert f"`{operator.upper()}`" in PAGE
