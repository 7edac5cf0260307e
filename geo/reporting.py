"""An account of an import or a join as one HTML page that can be published: what became of every row, in plain words.

The page needs nothing from outside itself, runs no script, and shows every text of the data as text.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from html import escape
from typing import Final

from geo.errors import UNSEEN

__all__ = ["Report", "Section", "render_report"]


@dataclass(frozen=True, slots=True)
class Section:
    """One table of a report.

    Attributes
    ----------
    title
        What its rows have in common.
    columns
        The heads of its columns.
    rows
        One tuple of texts a row, as long as `columns`.
    note
        A sentence above the table; empty for none.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says.

    Attributes
    ----------
    title
        What was done.
    facts
        Pairs of a label and what it says: the file, the layer, the coordinate system …
    sums
        Equations that add up, each a list of pairs: the first is the whole, the others its parts.
    sections
        The tables; those without rows are left out.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    sums: tuple[tuple[tuple[str, int], ...], ...]
    sections: tuple[Section, ...]


_STYLE: Final = """
:root{color-scheme:light}
body{margin:0 auto;max-width:60rem;padding:2rem 1.25rem 4rem;background:#f6f3ec;color:#23211e;
font:1rem/1.55 "Noto Sans","Noto Sans Khmer",system-ui,sans-serif}
h1{font:600 1.7rem/1.25 "Noto Serif","Noto Serif Khmer",Georgia,serif;color:#2e3a59;margin:0 0 1rem}
h2{font:600 1.15rem/1.3 "Noto Serif","Noto Serif Khmer",Georgia,serif;color:#2e3a59;margin:2.2rem 0 .4rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.25rem;margin:0 0 1.5rem}
dt{color:#5f594e}dd{margin:0;overflow-wrap:anywhere}
.sum{display:flex;flex-wrap:wrap;gap:.4rem 1rem;padding:.8rem 1rem;margin:.6rem 0;background:#ece6d8;
border-left:3px solid #2e3a59}
.sum b{font-variant-numeric:tabular-nums}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .7rem .35rem 0;border-bottom:1px solid #dcd5c5;
overflow-wrap:anywhere;min-width:4rem}
th{color:#5f594e;font-weight:600}
@media print{body{max-width:none;padding:0;background:#fff}tr{break-inside:avoid}thead{display:table-header-group}}
"""


def render_report(report: Report) -> str:
    """Return a report as one HTML page.

    Parameters
    ----------
    report
        What it says.

    Returns
    -------
    str
        HTML, to be written as UTF-8; the same report gives the same text. Control characters and marks that turn the
        direction of writing are shown by their code.
    """
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode("ascii")
    facts = "".join(f"<dt>{_text(label)}</dt><dd>{_text(said)}</dd>" for label, said in report.facts if said)
    parts = [
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{digest}'\">\n",
        f"<title>{_text(report.title)}</title>\n",
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{_text(report.title)}</h1>\n",
        f"<dl>{facts}</dl>\n" if facts else "",
        *(_equation(terms) for terms in report.sums),
        *(_table(section) for section in report.sections if section.rows),
        "</body>\n</html>\n",
    ]
    return "".join(parts)


def _equation(terms: tuple[tuple[str, int], ...]) -> str:
    (whole, total), *rest = terms
    said = " + ".join(f"<span><b>{count:,}</b> {_text(label)}</span>" for label, count in rest)
    return f'<p class="sum"><span><b>{total:,}</b> {_text(whole)}</span> = {said}</p>\n'


def _table(section: Section) -> str:
    heads = "".join(f'<th scope="col">{_text(column)}</th>' for column in section.columns)
    rows = "".join(f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>\n" for row in section.rows)
    note = f"<p>{_text(section.note)}</p>\n" if section.note else ""
    return (
        f"<h2>{_text(section.title)} ({len(section.rows):,})</h2>\n{note}"
        f'<div class="wide"><table><thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n'
    )


def _text(text: str) -> str:
    return escape(re.sub(f"[{UNSEEN}](?<![\n\t])", lambda found: f"\\u{ord(found[0]):04x}", text))
