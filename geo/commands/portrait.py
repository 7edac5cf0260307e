"""A dossier as text for a person, or as JSON for a program."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any, Final

from geo.commands.terminal import answer_width, bold, escape_unseen
from geo.errors import show_text
from geo.ledger import Range, format_bounds
from geo.query import Citation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from geo.catalogue import Catalogue
    from geo.query import Dossier

__all__ = ["as_csl", "as_json", "as_text"]

_WIDTH: Final = 100
_LABEL: Final = 12
_LONGEST: Final = 100_000
_STANDINGS: Final = {
    "judged": "judged: a final judgment speaks of it",
    "alleged": "alleged: a court document alleges it, no judgment finds it",
    "surveyed": "surveyed: a field survey recorded it",
    "reported": "reported: press, testimony or literature tells of it",
}
_CLAIMS: Final = "Claims"
_PARTS: Final = {
    "sites": "Parts",
    "areas": "Sites in it",
    "period": "Today’s areas that it is made of",
    "sources": "Cited by",
}
_CERTAINTY: Final = {"documented": "documented", "reconstructed": "reconstructed by us", "assumed": "assumed"}

Terms = dict[str, dict[str, str]]


def as_json(dossier: Dossier) -> str:
    """Return a dossier as one JSON object; each citation and each range is an object that also has its text."""

    def spell(value: Any) -> Any:  # noqa: ANN401  (any member of a dossier)
        if isinstance(value, Citation):
            return value._asdict() | {"text": str(value)}
        if isinstance(value, Range):
            return spell(value._asdict() | {"text": _reach(value, dossier)})
        if isinstance(value, dict):
            return {key: spell(member) for key, member in value.items()}
        return [spell(member) for member in value] if isinstance(value, list | tuple) else value

    members = (
        "layer",
        "id",
        "title",
        "record",
        "names",
        "claims",
        "ranges",
        "relations",
        "events",
        "zones",
        "history",
        "changes",
        "parts",
        "citations",
        "position",
    )
    whole = {member: spell(getattr(dossier, member)) for member in members}
    return escape_unseen(json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False)) + "\n"


def as_csl(items: Iterable[Mapping[str, Any]]) -> str:
    """Return sources as a CSL-JSON array."""
    return escape_unseen(json.dumps(list(items), ensure_ascii=False, indent=1, allow_nan=False)) + "\n"


def as_text(catalogue: Catalogue, dossier: Dossier) -> str:
    """Return a dossier as paragraphs: what it is, then each statement with its citation beneath it."""
    width = min(answer_width() or _WIDTH, _WIDTH)
    terms = _english(catalogue.value("vocabulary"))
    record = dossier.record
    lines = [bold(_plain(dossier.title)), f"{dossier.layer} {_plain(dossier.id)}"]
    for paragraph in (record.get("summary"), record.get("text")):
        if paragraph:
            lines += ["", *_wrap(paragraph, width)]
    facts = [(label, text) for label, text in _facts(dossier, terms) if text]
    if facts:
        lines.append("")
        for label, text in facts:
            lines += _wrap(text, width, f"{label:<{_LABEL}}", " " * _LABEL)
    for heading, paragraphs in _chapters(dossier, terms):
        if paragraphs:
            count = len(dossier.claims) if heading == _CLAIMS else len(paragraphs)  # ranges stand between the claims
            lines += ["", bold(f"{heading} ({count})")]
            for first, *more in paragraphs:
                lines += _wrap(first, width, "  ", "    ")
                for text in more:
                    lines += _wrap(text, width, "      ", "      ")
    return "\n".join(lines) + "\n"


def _english(vocabulary: dict[str, dict[str, dict[str, Any]]]) -> Terms:
    return {
        section: {term: entry["label"]["en"] for term, entry in entries.items()}
        for section, entries in vocabulary.items()
    }


def _wrap(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """Return text as lines; an address or a locator is never broken."""
    return textwrap.wrap(
        _plain(text),
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _plain(text: object) -> str:
    return show_text(text, _LONGEST)


def _join(parts: Iterable[Any], between: str = "; ") -> str:
    return between.join(str(part) for part in parts if part)


# --- facts ----------------------------------------------------------------------------------------------------


def _facts(dossier: Dossier, terms: Terms) -> Iterator[tuple[str, str]]:
    """Yield (label, text) for what the record itself says; an empty text says nothing."""
    record = dossier.record
    if dossier.schema in {"sites", "routes"}:
        section = "kinds" if dossier.schema == "sites" else "route_kinds"
        yield "Kind", terms[section].get(record["kind"], record["kind"])
        yield "Standing", _STANDINGS.get(record["standing"], record["standing"])
        yield "When", _when(record)
    if dossier.schema == "sites":
        yield "Where", _where(record)
        yield "Position", _position(dossier)
        yield "DK zone", _zone(record, terms)
        yield "Part of", record["part_of"] or ""
    if dossier.schema == "routes":
        yield "Who", record["group"] or ""
        yield "Way", _join((stop.get("name") for stop in record["stops"]), " – ")
        yield "Drawn", _join(_segment(segment) for segment in record["segments"])
    if dossier.schema == "areas":
        yield "ISO 3166-2", record["iso3166_2"] or ""
    if dossier.schema == "period":
        yield "Year", record["year"]
        yield "Borders", "approximate: those of today’s areas"
    if dossier.schema == "claims":
        yield "About", f"{dossier.about} [{record['subject']}]"
        yield "Claim", _join((*_claim(record, terms), _marks(record)))
    if dossier.schema == "events":
        yield "When", _join((record["date"], record["end"]), " – ")
        place = f"{dossier.about} [{record['place']}]" if record["place"] else ""
        yield "Where", _join((place, record["place_text"]))
        yield "Theme", terms["themes"].get(record["theme"], record["theme"])
    if dossier.schema == "sources":
        yield "Citation", record["note"] or ""
        yield "Grade", record["grade"] or ""
        yield "Reliability", record["reliability"] or ""
        yield "Address", record["url"] or ""
    else:
        yield "Note", record.get("note") or ""


def _when(record: dict[str, Any]) -> str:
    """Return the span of a record: EDTF, with the words of the source where it gives any."""
    sides = [
        _join((record[side] or "unknown", f"({words})" if words and words != record[side] else ""), " ")
        for side, words in (("begin", record["begin_text"]), ("end", record["end_text"]))
    ]
    return "" if sides == ["unknown", "unknown"] else f"{sides[0]} to {sides[1]}"


def _where(record: dict[str, Any]) -> str:
    units = ("village", "commune", "district", "province_name")
    named = _join((record[unit] for unit in units), ", ")
    coded = _join((record["province"], record["country"]), ", ")
    return _join((named, coded, record["place_text"]))


def _position(dossier: Dossier) -> str:
    record = dossier.record
    if record["lon"] is None:
        return f"not located; known by: {record['precision_basis']}"
    within = f"known within {record['precision_m']:,} m" if record["precision_m"] is not None else ""
    printed = f"printed as {record['coord_text']}" if record["coord_text"] else ""
    point = f"{record['lat']}, {record['lon']} (latitude, longitude)"
    return _join((point, _join((within, f"({record['precision_basis']})"), " "), printed, dossier.position))


def _zone(record: dict[str, Any], terms: Terms) -> str:
    zone = terms["zones"].get(record["dk_zone"] or "", record["dk_zone"])
    words = f"in the source: {record['dk_zone_text']}" if record["dk_zone_text"] else ""
    return _join((zone, words, f"sector {record['dk_sector']}" if record["dk_sector"] else ""))


def _segment(segment: dict[str, Any]) -> str:
    certainty = _CERTAINTY.get(segment.get("certainty", ""), "")
    return f"{segment.get('from')} to {segment.get('to')}: {_join((certainty, segment.get('note')), ', ')}"


# --- chapters -------------------------------------------------------------------------------------------------


def _chapters(dossier: Dossier, terms: Terms) -> Iterator[tuple[str, list[list[str]]]]:
    """Yield heading and paragraphs; the first text of a paragraph is the statement, the others stand beneath it."""
    yield "Names", [[f"{name['text']} ({name['language']}, {name['kind']})"] for name in dossier.names]
    yield _CLAIMS, _claims(dossier, terms)
    yield (
        "Relations",
        [
            [_relation(relation, terms), *_present(relation["note"]), str(relation["citation"])]
            for relation in dossier.relations
        ],
    )
    yield (
        "Time line",
        [[f"{event['date']}: {event['title']} [{event['id']}]", str(event["citation"])] for event in dossier.events],
    )
    yield "Zone", [[_zone_paragraph(zone), *_noted(zone)] for zone in dossier.zones]
    yield "History", [[_history(row), *_noted(row)] for row in dossier.history]
    yield (
        "Changes of this record",
        [
            [f"{change['date']}, {change['action']}: {change['what']}", change["why"], *_present(change["citation"])]
            for change in dossier.changes
        ],
    )
    yield _PARTS.get(dossier.schema, ""), [[f"{part['name']} [{part['id']}]"] for part in dossier.parts]
    yield "Sources", [[str(citation)] for citation in dossier.citations]


def _present(text: object) -> list[str]:
    return [str(text)] if text else []


def _noted(row: dict[str, Any]) -> list[str]:
    return [*_present(row["note"]), *_present(row["citation"])]


def _claims(dossier: Dossier, terms: Terms) -> list[list[str]]:
    """Return the claims, each range above the first claim of its measure and unit."""
    about = dossier.schema == "sources"
    reach = {(found.measure, found.unit): _reach(found, dossier) for found in dossier.ranges}
    paragraphs = []
    for claim in dossier.claims:
        above = reach.pop((claim["measure"], claim["unit"]), None)
        paragraphs += [[above]] if above else []
        paragraphs.append(_claim_paragraph(claim, terms, named=about))
    return paragraphs


def _reach(found: Range, dossier: Dossier) -> str:
    """Return a range as a sentence, with what keeps it from misleading."""
    sources = {claim["source"] for claim in dossier.claims if claim["id"] in found.claims}
    among = "Between the sources" if len(sources) > 1 else "In one source"
    dates = f", as of dates from {found.times[0]} to {found.times[-1]}" if found.times else ""
    text = f"{among}{dates}: {format_bounds(found.least, found.most, found.unit)} ({len(found.claims)} claims)"
    if not found.low and not found.high:
        text += ", open at both ends: some say only “at least”, some only “up to”"
    elif not found.low:
        text += ", open below: some say only “up to”"
    elif not found.high:
        text += ", open above: some say only “at least”"
    if found.times:
        return f"{text}; of what and when each counts, see below"
    return f"{text}; of what each counts, see below" if found.scopes > 1 else text


def _zone_paragraph(zone: dict[str, Any]) -> str:
    sectors = f"sectors {zone['sectors']}" if zone["sectors"] else ""
    span = f"{zone['from'] or '?'} to {zone['to'] or '?'}" if zone["from"] or zone["to"] else ""
    return _join((f"{_join((zone['name'], zone['alternative_names']), ', ')}: {zone['covers'] or ''}", sectors, span))


def _history(row: dict[str, Any]) -> str:
    """Return a dated change of an area, or the former area that it belonged to."""
    if "period" in row:
        return f"{row['period_title']}: {row['name']} [{row['id']}]"
    other = f"{row['other_name']} [{row['other_province']}]" if row["other_province"] else ""
    return _join((f"{row['date'] or 'undated'}: {row['event']}", other), ", ")


def _claim_paragraph(claim: dict[str, Any], terms: Terms, *, named: bool) -> list[str]:
    statement, *rest = _claim(claim, terms)
    about = f"{claim['subject']}: " if named else ""
    details = [_join(rest)] if any(rest) else []
    cited = [f"At: {claim['locator']}"] if named and claim["locator"] else []
    return [
        _join((f"{about}{statement} [{claim['id']}]", _marks(claim)), ", "),
        *details,
        *_present(claim["note"]),
        *(cited if named else [str(claim["citation"])]),
    ]


def _claim(claim: dict[str, Any], terms: Terms) -> list[str]:
    """Return the statement of a claim, then what belongs to it: scope, time, speaker."""
    measure = terms["measures"].get(claim["measure"], claim["measure"])
    value = format_bounds(claim["low"] or "", claim["high"] or "", claim["unit"])
    return [
        f"{measure}: {value or 'no number given'}",
        claim["scope"] or "",
        f"as of {claim['as_of']}" if claim["as_of"] else "",
        f"stated by {claim['stated_by']}" if claim["stated_by"] else "",
    ]


def _marks(claim: dict[str, Any]) -> str:
    """Return what keeps a claim out of a range, or in doubt; empty for a current one of the whole."""
    status = claim["status"] if claim["status"] != "current" else ""
    return _join((status, "covers a part only" if claim["partial"] == "yes" else ""), ", ")


def _relation(relation: dict[str, Any], terms: Terms) -> str:
    """Return a relation as a sentence from the record's side."""
    label = terms["relations"].get(relation["relation"], relation["relation"])
    other = f"{relation['other_name']} [{relation['other']}]"
    return f"{label}: {other}" if relation["outgoing"] else f"{other} – {label}: this record"
