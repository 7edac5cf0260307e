"""The kinds and provinces of a question, as they were typed -> as the vocabulary and the codes have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.catalogue import quote_name
from geo.errors import Problem, RequestError
from geo.gazetteer import Gazetteer, fold, suggest_terms
from geo.query.asking import unknown_word

if TYPE_CHECKING:
    from geo.catalogue import Catalogue
    from geo.query.asking import Askable, Question

__all__ = ["resolve_kinds", "resolve_provinces"]


def resolve_kinds(catalogue: Catalogue, question: Question, rule: Askable) -> tuple[str, ...]:
    """Return the kinds of a question as the vocabulary has them."""
    if not question.kinds:
        return ()
    if not rule.kind:
        raise RequestError(f"{question.layer} have no kinds", [_without("--kind", question.kinds[0], question.layer)])
    terms = catalogue.value("vocabulary")[rule.section]
    spellings: dict[str, str] = {}
    for term, entry in terms.items():
        for text in (term, *entry["label"].values()):
            spellings.setdefault(fold(text), term)
    spellings.pop("", None)  # a label that does not exist in a language is no name
    found, problems = [], []
    for kind in question.kinds:
        term = spellings.get(fold(kind))
        if term is None:
            nearest = [spellings[near] for near in suggest_terms(kind, spellings)]
            problems.append(unknown_word("--kind", kind, terms, nearest))
        else:
            found.append(term)
    if problems:
        raise RequestError(f"{question.layer} have no such kind", problems)
    return tuple(dict.fromkeys(found))


def resolve_provinces(catalogue: Catalogue, question: Question, rule: Askable) -> tuple[str, ...]:
    """Return the provinces of a question as codes."""
    if not question.provinces:
        return ()
    if not rule.province:
        raise RequestError(
            f"{question.layer} carry no province", [_without("--province", question.provinces[0], question.layer)]
        )
    areas = _area_layer(catalogue, question.provinces)
    names = _province_names(catalogue, areas)
    gazetteer = Gazetteer(names)
    found, problems = [], []
    for province in question.provinces:
        code = gazetteer.find(province)
        if code is None:
            guesses = gazetteer.suggest(province)
            next_step = f"did you mean {' or '.join(guesses)}?" if guesses else f"`memorial query {areas}` lists them"
            expected = "a province of this atlas, by code or by name"
            problems.append(Problem("the question", "--province", "", province, expected, next_step))
        else:
            found.append(code)
    if problems:
        raise RequestError("There is no such province", problems)
    return tuple(dict.fromkeys(found))


def _area_layer(catalogue: Catalogue, wanted: tuple[str, ...]) -> str:
    """Return the name of the layer of areas."""
    for layer in catalogue.layers():
        if layer["schema"] == "areas":
            return str(layer["name"])
    expected = "no --province in an atlas without provinces"
    next_step = "leave it out; what a list called a province is asked with --where \"province_name = '…'\""
    problem = Problem("the question", "--province", "", ", ".join(wanted), expected, next_step)
    raise RequestError("This atlas has no provinces", [problem])


def _province_names(catalogue: Catalogue, areas: str) -> list[tuple[str, str]]:
    """Return (code, text) for every code and name of every area."""
    table = quote_name(areas)
    names: list[tuple[str, str]] = []
    for row in catalogue.rows(f"SELECT code, name, name_km, name_fr, iso3166_2 FROM {table} ORDER BY fid"):  # noqa: S608
        names.extend((row["code"], text) for text in row if text)
    if any(layer["name"] == "names" for layer in catalogue.layers()):
        known = f"SELECT subject, text FROM names WHERE subject IN (SELECT code FROM {table}) ORDER BY fid"  # noqa: S608
        names.extend((row["subject"], row["text"]) for row in catalogue.rows(known))
    return names


def _without(option: str, seen: str, layer: str) -> Problem:
    return Problem("the question", option, "", seen, f"no {option} for {layer}", "leave it out")
