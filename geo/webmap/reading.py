"""A page without its code: title, notice and dedication, every record with its citations, and the sources in full.

Plain strings, every text escaped where it goes in; no template engine. It stands in ``<noscript>``: readers without
JavaScript, text browsers and search engines see it, everyone else's browser keeps it as text and never draws it.
"""

from __future__ import annotations

import html
import re
import shlex
from typing import TYPE_CHECKING, Any, Final

from geo.webmap.phrases import Phrases

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from geo.webmap.prose import Prose

    Json = Mapping[str, Any]

__all__ = ["MOST_RECORDS", "render_opening", "render_reading"]

MOST_RECORDS: Final = 2_000
"""Of more places and journeys a page without code names only the number, and the command that lists them."""

_DATA_LANGUAGE: Final = "en"
_TAG: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_SISTER: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*\.html")
_WEB: Final = re.compile(r"https?://[^\s]+", re.IGNORECASE)
_PROSE: Final = frozenset(
    {"h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "strong", "em", "code", "pre", "hr", "br"}
    | {"table", "thead", "tbody", "tr", "th", "td"}
)
_MARK: Final = re.compile(r"\[([0-9]{1,4})\]")
_FILE: Final = re.compile(r"(?:path )?[\w./-]+\.(?:csv|geojson|json|pdf|txt|xlsx?)", re.IGNORECASE | re.ASCII)
"""A locator that only names the file which was read (the rule of ``placeIn`` in ``refs.ts``)."""
_VOID: Final = frozenset({"hr", "br"})


def render_opening(languages: Iterable[str], words: Mapping[str, Json]) -> str:
    """Return what a page says when it does not open; its styles keep it from sight until then.

    Parameters
    ----------
    languages
        The languages of the page.
    words
        Language tag -> key -> text: ``words.json`` of the bundle.

    Returns
    -------
    str
        One HTML element.
    """
    told = [
        _el("p", _text(str(words[language][f"opening.{case}"])), class_=f"is-{case}", lang=language)
        for language in languages
        for case in ("late", "damaged")
    ]
    return _el("div", *told, class_="unopened")


def render_reading(payload: Json, words: Mapping[str, Json]) -> str:
    """Return what a page shows without JavaScript.

    Parameters
    ----------
    payload
        A ``Payload`` of ``payload.ts``.
    words
        Language tag -> key -> text: ``words.json`` of the bundle.

    Returns
    -------
    str
        One HTML element, in the language that the page opens in; title, notice and dedication in all its languages.
        Every text of the payload is escaped; a link leads to a page beside this one, to a source on the web, or
        within the element.
    """
    language = payload["page"]["language"]
    return _Reading(payload, Phrases(words[language], language), words).render()


def _text(text: str) -> str:
    return html.escape(text, quote=True)


def _el(tag: str, *inside: str, **attributes: str | None) -> str:
    """Return an element; what is inside is HTML already, attribute values are text (``class_``, ``aria_label``)."""
    named = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items() if value}
    written = "".join(f' {name}="{_text(value)}"' for name, value in named.items())
    return f"<{tag}{written}>" if tag in _VOID else f"<{tag}{written}>{''.join(inside)}</{tag}>"


def _outside(address: object, *inside: str) -> str:
    """Return a link to the web that tells no one where its reader comes from; of another address, what is inside."""
    if not (isinstance(address, str) and _WEB.fullmatch(address)):
        return "".join(inside)
    return _el("a", *inside, href=address, rel="noopener noreferrer")


class _Reading:
    """Renders one page, and numbers the sources in the order in which it names them."""

    def __init__(self, payload: Json, phrases: Phrases, words: Mapping[str, Json]) -> None:
        self._payload = payload
        self._phrases = phrases
        self._words = words
        self._page: Json = payload["page"]
        self._language = phrases.language
        self._numbers: dict[str, int] = {}
        self._areas = {area["code"]: area for area in payload["areas"]}

    def render(self) -> str:
        parts = [self._chapters(), *self._records(), self._figures(), self._events(), self._method()]
        main = _el("main", self._header(), self._pages(), *parts, self._sources())
        return _el("div", main, self._footer(), class_="reading", lang=self._language)

    # --- small pieces -----------------------------------------------------------------------------------------------

    def _say(self, key: str, **values: str) -> str:
        return _text(self._phrases.say(key, **values))

    def _lang(self, tag: object) -> str | None:
        """Return a language tag to write down: none where the text is in the language of the page anyway."""
        return tag if isinstance(tag, str) and _TAG.fullmatch(tag) and tag != self._language else None

    def _speak(self, words: Json, tag: str, class_: str | None = None) -> str:
        """Return a text in the language of the page, in an element that says its language when it is another."""
        language = self._language if words.get(self._language) else "en"
        return _el(tag, _text(words[language]), class_=class_, lang=self._lang(language))

    def _spoken(self, words: Json) -> str:
        """Return a text that stands inside others; marked only when it is in another language."""
        language = self._language if words.get(self._language) else "en"
        text = _text(words[language])
        return _el("span", text, lang=self._lang(language)) if self._lang(language) else text

    def _theirs(self, text: str) -> str:
        """Return words of the data, which are English."""
        return _el("span", _text(text), lang=_DATA_LANGUAGE) if text and self._lang(_DATA_LANGUAGE) else _text(text)

    def _term(self, section: str, word: str) -> str:
        term = self._payload["terms"][section].get(word)
        return self._spoken(term["label"]) if term else self._theirs(word)

    def _word(self, stem: str, word: str) -> str:
        key = f"{stem}.{word}"
        return self._say(key) if self._phrases.knows(key) else self._theirs(word)

    def _cite(self, references: Iterable[Json]) -> str:
        """Return the numbers of sources, each with the place in it; a source that is named twice has one number."""
        found: dict[str, list[str]] = {}
        for reference in references:
            places = found.setdefault(reference["source"], [])
            locator = reference.get("locator")
            if locator and not _FILE.fullmatch(locator) and locator not in places:
                places.append(locator)
        if not found:
            return ""
        cited = []
        for source, places in found.items():
            number = str(self._numbers.setdefault(source, len(self._numbers) + 1))
            cited.append(
                _el("a", number, href=f"#source-{number}") + (f" ({self._theirs('; '.join(places))})" if places else "")
            )
        return _el("p", f"{self._say('card.sources')}: ", "; ".join(cited), class_="cited")

    def _heading(self, schema: str) -> str:
        """Return the heading of a layer of the page."""
        titles = (self._speak(layer["title"], "h2") for layer in self._payload["layers"] if layer["schema"] == schema)
        return next(titles, "")

    # --- the frame --------------------------------------------------------------------------------------------------

    def _header(self) -> str:
        atlas, cover = self._payload["atlas"], self._page["cover"]
        title = atlas["title"] if cover else self._page["title"]
        lead = atlas["subtitle"] if cover else self._page["description"]
        others = [code for code in atlas["languages"] if code != self._language]
        parts = [] if cover else [self._speak(atlas["title"], "p", "atlas")]
        parts += [self._speak(title, "h1")]
        spoken = self._language if title.get(self._language) else "en"
        seconds = [code for code in others if code != spoken and title.get(code)]
        parts += [_el("p", _text(title[code]), class_="other", lang=code) for code in seconds]
        parts += [self._speak(lead, "p", "lead")]
        said = {"dedication": atlas.get("dedication"), "notice": atlas.get("notice")}
        said["mask"] = self._payload.get("mask", {}).get("reason")
        said["without"] = {code: self._words[code]["reading.without"] for code in atlas["languages"]}
        for name, words in said.items():
            told = [
                _el("p", _text(words[code]), lang=self._lang(code))
                for code in (self._language, *others)
                if words and words.get(code)
            ]
            parts.append(_el("div", *told, class_=f"told-{name}") if told else "")
        if self._payload["claims"] and not self._payload["choropleth"]:
            parts.append(_el("p", self._say("reading.figures"), class_="lead"))
        return _el("header", *parts)

    def _pages(self) -> str:
        """Return the way to the other pages; on the cover with what each one shows."""
        cover = self._page["cover"]
        doors = []
        for page in self._payload["pages"]:
            if page["name"] == self._page["name"]:
                continue
            title = self._spoken(page["title"])
            link = _el("a", title, href=page["href"]) if _SISTER.fullmatch(page["href"]) else title
            doors.append(_el("li", link, self._speak(page["description"], "p") if cover else ""))
        if not doors:
            return ""
        label = self._phrases.say("pages")
        return _el("nav", _el("ul", *doors), class_="doors-list" if cover else None, aria_label=label)

    def _footer(self) -> str:
        atlas = self._payload["atlas"]
        version = _el("p", self._say("about.version", version=atlas["version"]))
        licence = _el("p", self._theirs(atlas["licence"]))
        return _el("footer", version, licence)

    # --- records ----------------------------------------------------------------------------------------------------

    def _records(self) -> list[str]:
        sites, routes = self._payload["sites"], self._payload["routes"]
        if self._page["cover"]:
            return []
        if len(sites) + len(routes) <= MOST_RECORDS:
            return [self._sites(sites), self._routes(routes)]
        number = self._phrases.digits(f"{len(sites) + len(routes):,}".replace(",", "\u00a0"))
        layer = next((layer["name"] for layer in self._payload["layers"] if layer["schema"] == "sites"), "sites")
        kinds = "".join(f" --kind {shlex.quote(kind)}" for kind in self._page["kinds"])
        command = f"memorial query {shlex.quote(layer)}{kinds}"
        told = self._say("reading.toomany", n=number, command="\0").replace("\0", _el("code", _text(command)))
        return [_el("section", self._heading("sites"), _el("p", told))]

    def _sites(self, sites: Sequence[Json]) -> str:
        """Return the places by province: in the order of the areas, those of no area last."""
        if not sites:
            return ""
        groups: dict[str | None, list[Json]] = {code: [] for code in self._areas}
        for site in sites:
            code = site.get("province")
            groups.setdefault(code if code in self._areas or code else None, []).append(site)
        last = groups.pop(None, [])
        parts = []
        for code, held in [*groups.items(), (None, last)]:
            if held:
                parts += [self._province(code, held[0]), *map(self._site, held)]
        return _el("section", self._heading("sites"), *parts)

    def _province(self, code: str | None, site: Json) -> str:
        if code is None:
            return _el("h3", self._say("reading.elsewhere"))
        area = self._areas.get(code)
        names = area["name"] if area else {"en": site.get("province_name") or code}
        second = next((tag for tag in ("km", "en") if tag != self._language and names.get(tag)), None)
        if not names.get(self._language) and second == "en":
            second = None
        return _el("h3", self._spoken(names), self._second(names[second], second) if second else "")

    def _second(self, text: str, language: str) -> str:
        return " " + _el("span", _text(text), class_="second", lang=self._lang(language))

    def _site(self, site: Json) -> str:
        main = {name["language"]: name["text"] for name in reversed(site["names"]) if name["kind"] == "main"}
        named = {"en": site["name"], **({"km": main["km"]} if main.get("km") else {})}
        if named.get("km") == site["name"]:  # a list that was kept in Khmer
            del named["en"]
        first = "km" if "en" not in named or (self._language == "km" and "km" in named) else "en"
        title = _el("span", _text(named.pop(first)), lang=self._lang(first))
        seconds = "".join(self._second(text, language) for language, text in named.items())
        where = [site.get(key) for key in ("village", "commune", "district")]
        if site.get("province") not in self._areas:
            where += [site.get("province_name"), site.get("country")]
        place = ", ".join(filter(None, where)) or site.get("place_text") or ""
        return _el(
            "div",
            _el("h4", title, seconds),
            self._names(site["names"], {site["name"], main.get("km")}),
            self._facts(
                self._term("kinds", site["kind"]),
                self._when(site),
                self._word("standing", site["standing"]),
                self._theirs(place) if place else "",
                self._say("place.not_drawn") if site["point"] is None else "",
            ),
            self._masked(site),
            self._summary(site),
            self._cite(site["sources"]),
            class_="record",
        )

    def _masked(self, site: Json) -> str:
        """Return what a mask did to the position of a site."""
        if "masked" not in site:
            return ""
        metres = site.get("grid_m")
        done = self._say("mask.grid", distance=self._phrases.distance(metres)) if metres else self._say("mask.hidden")
        return _el("p", f"{self._say('basis.masked')}. {done}", class_="masked")

    def _routes(self, routes: Sequence[Json]) -> str:
        return _el("section", self._heading("routes"), *map(self._route, routes)) if routes else ""

    def _route(self, route: Json) -> str:
        way = [
            _el(
                "li",
                self._say("route.segment", **{"from": segment["from"], "to": segment["to"]}),
                f" ({self._word('certainty', segment['certainty'])})",
            )
            for segment in route["segments"] or route.get("way", [])
        ]
        stops = "; ".join(self._theirs(stop["name"]) for stop in route["stops"])
        told = _el("ol", *way, class_="stages") if way else ""
        if not way and stops:
            told = _el("p", f"{self._say('card.stops')}: ", stops)
        return _el(
            "div",
            _el("h3", self._theirs(route["name"])),
            self._names(route.get("names", []), {route["name"]}),
            self._facts(
                self._term("route_kinds", route["kind"]),
                self._when(route),
                self._word("standing", route["standing"]),
                self._theirs(route.get("group") or ""),
            ),
            self._summary(route),
            told,
            self._cite(route["sources"]),
            class_="record",
        )

    def _names(self, names: Iterable[Json], shown: set[str | None]) -> str:
        """Return the names that are not shown yet."""
        others = [name for name in names if name["text"] not in shown]
        listed = ", ".join(_el("span", _text(name["text"]), lang=self._lang(name["language"])) for name in others)
        return _el("p", listed, class_="names") if listed else ""

    def _facts(self, *facts: str) -> str:
        return _el("p", " · ".join(filter(None, facts)), class_="facts-line")

    def _summary(self, record: Json) -> str:
        return _el("p", _text(record["summary"]), lang=self._lang(_DATA_LANGUAGE)) if record["summary"] else ""

    def _when(self, record: Json) -> str:
        said = self._phrases.span(record.get("begin"), record.get("end"))
        theirs = record.get("begin_text") or record.get("end_text")
        if said:
            return _text(said)
        return self._theirs(theirs) if theirs else self._say("undated")

    # --- what else the page holds -----------------------------------------------------------------------------------

    def _chapters(self) -> str:
        return "".join(map(self._chapter, self._page["chapters"]))

    def _chapter(self, chapter: Json) -> str:
        """Return a chapter; a mark in its text, ``[2]`` for its second source, becomes the number of that source."""
        cited = self._cite(chapter["sources"])
        numbers = [self._numbers[reference["source"]] for reference in chapter["sources"]]

        def lead(mark: re.Match[str]) -> str:
            place = int(mark[1])
            if not 1 <= place <= len(numbers):
                return mark[0]
            return _el("a", f"[{numbers[place - 1]}]", href=f"#source-{numbers[place - 1]}")

        text = _MARK.sub(lead, self._speak(chapter["text"], "p"))
        return _el("section", self._speak(chapter["title"], "h2"), text, cited)

    def _events(self) -> str:
        events = [
            _el(
                "div",
                _el("h3", self._theirs(event["title"])),
                self._facts(_text(self._day(event))),
                _el("p", _text(event["text"]), lang=self._lang(_DATA_LANGUAGE)),
                self._cite([event["reference"]]),
                class_="record",
            )
            for event in self._payload["events"]
        ]
        return _el("section", _el("h2", self._say("reading.events")), *events) if events else ""

    def _day(self, event: Json) -> str:
        """Return when something happened: without an end it ended when it began."""
        end = event.get("end")
        return self._phrases.span(event["date"], end) if end else self._phrases.date(event["date"])

    def _figures(self) -> str:
        """Return the figures that the areas are shaded by: one table a measure."""
        return "".join(self._measure(shown["measure"], shown["values"]) for shown in self._payload["choropleth"])

    def _measure(self, measure: str, values: Mapping[str, int]) -> str:
        rows = []
        for code, area in self._areas.items():
            if code not in values:
                continue
            claim = self._payload["claims"][values[code]]
            figure = self._phrases.bounds(claim.get("low"), claim.get("high"), claim["unit"])
            when = _text(self._phrases.date(claim["as_of"])) if claim.get("as_of") else ""
            scope = "; ".join(filter(None, (self._theirs(claim.get("scope") or ""), when)))
            cells = (_text(figure), scope, self._cite([claim["reference"]]))
            rows.append(
                _el("tr", _el("th", self._spoken(area["name"]), scope="row"), *(_el("td", cell) for cell in cells))
            )
        return _el("section", _el("h2", self._term("measures", measure)), _el("table", *rows)) if rows else ""

    def _method(self) -> str:
        prose = self._payload["method"]
        if not prose:
            return ""
        told = _el("div", _prose(prose), class_="prose", lang=self._lang(_DATA_LANGUAGE))
        return _el("section", _el("h2", self._say("about.method")), told)

    def _sources(self) -> str:
        if not self._numbers:
            return ""
        items = []
        for source, number in self._numbers.items():
            told = self._payload["sources"].get(source, {})
            link = _outside(told.get("url"), self._say("reading.source")) if _is_web(told.get("url")) else ""
            note = _el("span", _text(told.get("note", source)), lang=self._lang(_DATA_LANGUAGE))
            items.append(_el("li", note, f" {link}" if link else "", id=f"source-{number}"))
        return _el("section", _el("h2", self._say("about.sources")), _el("ol", *items, class_="sources-list"))


def _is_web(address: object) -> bool:
    return isinstance(address, str) and _WEB.fullmatch(address) is not None


def _prose(pieces: Sequence[Prose]) -> str:
    """Return a document as HTML: of an element that is not known, its words stay."""
    told = []
    for piece in pieces:
        if isinstance(piece, str):
            told.append(_text(piece))
            continue
        inside = _prose(piece["children"])
        if piece["tag"] == "a":
            told.append(_outside(piece.get("href"), inside))
        else:
            told.append(_el(piece["tag"], inside) if piece["tag"] in _PROSE else inside)
    return "".join(told)
