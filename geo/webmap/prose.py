"""A document in Markdown as a tree of plain elements, which the viewer builds one by one as text.

Nothing of the document becomes HTML on the way: raw HTML in it is text, and a link that does not lead to the web is
its words alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Prose", "parse_prose"]

Prose = str | dict[str, Any]
"""A piece of text, or an element: ``{"tag": …, "children": […]}``, for a link with ``href``."""

_TAGS: Final = {
    "paragraph": "p",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "blockquote": "blockquote",
    "strong": "strong",
    "em": "em",
    "hr": "hr",
    "table": "table",
    "thead": "thead",
    "tbody": "tbody",
    "tr": "tr",
    "th": "th",
    "td": "td",
    "hardbreak": "br",
}
"""Kind of node -> element that stands for it."""

_VERBATIM: Final = {"code_inline": "code", "fence": "pre", "code_block": "pre"}

_HEADINGS_BELOW: Final = 2
"""The page has a title and sections of its own: the document's first heading is a heading of the third rank there."""


def parse_prose(markdown: str) -> list[Prose]:
    """Return a document as elements.

    Parameters
    ----------
    markdown
        CommonMark, with tables.

    Returns
    -------
    list of Prose
        In the order of the document. Headings are two ranks lower than they are written, and the sixth is the last.

    Notes
    -----
    Parsed by markdown-it-py with raw HTML switched off. A picture is its description, a line break a space.
    """
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    return _join(_shape(SyntaxTreeNode(parser.parse(markdown)).children))


def _shape(nodes: Sequence[SyntaxTreeNode]) -> Iterator[Prose]:
    for node in nodes:
        if node.type in _VERBATIM:
            yield {"tag": _VERBATIM[node.type], "children": [node.content]}
        elif node.type == "softbreak":
            yield " "
        elif node.type in {"text", "text_special", "image"}:
            yield node.content
        elif node.type == "heading":
            rank = min(int(node.tag[1:]) + _HEADINGS_BELOW, 6)
            yield {"tag": f"h{rank}", "children": _join(_shape(node.children))}
        elif node.type == "link" and str(node.attrs.get("href", "")).lower().startswith(("http://", "https://")):
            yield {"tag": "a", "href": str(node.attrs["href"]), "children": _join(_shape(node.children))}
        elif node.type in _TAGS and not node.hidden:
            yield {"tag": _TAGS[node.type], "children": _join(_shape(node.children))}
        else:  # what only holds others: inline text, the paragraphs of a tight list, a link to a file beside it
            yield from _shape(node.children)


def _join(pieces: Iterator[Prose]) -> list[Prose]:
    """Return the pieces with texts that follow each other as one."""
    joined: list[Prose] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        elif piece != "":
            joined.append(piece)
    return joined
