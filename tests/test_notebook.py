"""The notebook of the documents runs from top to bottom, beside any atlas, and is kept without what it printed."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[1] / "docs/notebooks/an-atlas-in-a-notebook.ipynb"


@pytest.fixture(scope="module")
def notebook():
    return nbformat.read(NOTEBOOK, as_version=4)


def test_it_is_kept_without_what_it_printed(notebook):
    nbformat.validate(notebook)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    for number, cell in enumerate(notebook.cells):
        assert cell.id == f"cell-{number:02d}"
        assert cell.metadata == {}
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)


@pytest.mark.enable_socket  # a notebook and its kernel talk over this machine
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_it_runs_from_top_to_bottom(notebook, small_atlas):
    folder = small_atlas().folder
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    client.execute()
    shown = {number: cell.outputs for number, cell in enumerate(notebook.cells) if cell.get("outputs")}
    said = [output for outputs in shown.values() for output in outputs if output.output_type == "stream"]
    assert said == []  # no warning
    assert any("text/html" in output.get("data", {}) for outputs in shown.values() for output in outputs)
    for name, loads in (("my-map.html", False), ("my-map-with-tiles.html", True)):
        page = (folder / name).read_text(encoding="utf-8")
        assert ("img-src data: https://tile.openstreetmap.org;" in page) == loads
        assert page.count("Content-Security-Policy") == 1
    assert "Place A" in (folder / "my-own-map.html").read_text(encoding="utf-8")
