"""How the documentation is built: `make docs`. Nothing is fetched, and the built pages ask for nothing outside."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pygments.lexers.special import TextLexer

import geo

if TYPE_CHECKING:
    from sphinx.application import Sphinx

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "extensions"))

project = "Memorial Atlas"
project_copyright = "Memorial Atlas contributors"
version = release = geo.__version__
language = "en"
smartquotes = False  # commands stand in texts, too

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_click", "contract", "examples"]
source_suffix = {".md": "markdown"}

myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
napoleon_google_docstring = False
napoleon_use_rtype = True
default_role = "literal"

html_theme = "furo"
html_title = "Memorial Atlas"
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"top_of_page_buttons": []}


def offer_what_is_there(_: Sphinx, name: str, source: list[str]) -> None:
    """Leave out of the contents what is marked with ``?`` and not written yet."""
    if name == "index":
        source[0] = re.sub(
            r"^([\w/*-]+)\?\n",
            lambda found: f"{found[1]}\n" if any(HERE.glob(f"{found[1]}.md")) else "",
            source[0],
            flags=re.MULTILINE,
        )


def setup(app: Sphinx) -> None:
    """Take the part in the build that no option has."""
    app.connect("source-read", offer_what_is_there)
    app.add_lexer("csv", TextLexer)
