"""How the documentation is built: `make docs`. Nothing is fetched, and the built pages ask for nothing outside."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pygments.lexers.special import TextLexer

import geo

if TYPE_CHECKING:
    from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent / "extensions"))

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


def setup(app: Sphinx) -> None:
    """Take the part in the build that no option has."""
    app.add_lexer("csv", TextLexer)
