"""What a shell offers when TAB is pressed: the catalogue is read as it is; where there is none, nothing is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import click
    from click.shell_completion import CompletionItem

    from geo.catalogue import Catalogue

    Offer = Iterator[tuple[str, str]]
    Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

__all__ = ["complete", "complete_file"]

_MOST: Final = 200
"""How many records a shell is offered: more would help nobody."""


def complete(what: str) -> Completer:
    """Return the function that click asks when a value is to be completed.

    Parameters
    ----------
    what
        What the value is: ``layers``, ``kinds``, ``provinces``, ``fields``, ``places`` or ``ids``.

    Returns
    -------
    function
        For `click.Parameter.shell_complete`. Of names separated by commas, the last one is completed.
    """

    def offer(ctx: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem  # noqa: PLC0415  (only a shell needs it)

        from geo.commands.reports import open_kept  # noqa: PLC0415  (the roof imports a room when it is called)
        from geo.errors import MemorialError  # noqa: PLC0415

        before = typed[: typed.rfind(",") + 1] if parameter.name in {"sort", "fields"} else ""
        begun = typed[len(before) :].casefold()
        # While the last option still lacks its value, click has not told arguments from the rest yet.
        layer = (*ctx.args, ctx.params.get("layer"), "sites")[0] or "sites"
        try:
            with open_kept(ctx.find_root().params["folder"]) as catalogue:
                offered = list(_OFFERS[what](catalogue, layer, begun))
        except (MemorialError, OSError):
            return []
        return [
            CompletionItem(f"{before}{word}", help=meaning)
            for word, meaning in offered
            if word.casefold().startswith(begun)
        ]

    return offer


def complete_file(_: click.Context, __: click.Parameter, typed: str) -> list[CompletionItem]:
    """Let the shell complete the name of a file; `click.Path` looks for a translation of its own name at each start."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415  (only a shell needs it)

    return [CompletionItem(typed, type="file")]


def _layers(catalogue: Catalogue, _: str, __: str) -> Offer:
    from geo.query import asked_layers  # noqa: PLC0415  (as above)

    for name, layer in asked_layers(catalogue, keyless=True).items():
        yield name, (layer.get("title") or {}).get("en") or ""


def _kinds(catalogue: Catalogue, layer: str, _: str) -> Offer:
    from geo.query import ASKABLE, asked_layers  # noqa: PLC0415  (as above)

    found = asked_layers(catalogue, keyless=True).get(layer)
    section = ASKABLE[found["schema"]].section if found else ""
    for term, entry in catalogue.value("vocabulary").get(section, {}).items():
        yield term, entry["label"]["en"]


def _provinces(catalogue: Catalogue, _: str, begun: str) -> Offer:
    """Yield codes, and the names that are begun: a list of both would be twice as long as it need be."""
    from geo.catalogue import quote_name  # noqa: PLC0415  (as above)

    for layer in catalogue.layers():
        if layer["schema"] == "areas":
            rows = catalogue.rows(f"SELECT code, name, name_km FROM {quote_name(layer['name'])} ORDER BY fid")  # noqa: S608
            for row in rows:
                yield row["code"], row["name"]
                if begun:
                    yield row["name"], row["code"]
                    yield row["name_km"] or "", row["code"]


def _fields(catalogue: Catalogue, layer: str, _: str) -> Offer:
    from geo.query import field_names  # noqa: PLC0415  (as above)

    for name in field_names(catalogue, layer):
        yield name, ""


def _ids(catalogue: Catalogue, _: str, begun: str) -> Offer:
    from geo.catalogue import quote_name  # noqa: PLC0415  (as above)
    from geo.query import ASKABLE, asked_layers  # noqa: PLC0415

    for name, layer in asked_layers(catalogue).items():
        key = ASKABLE[layer["schema"]].key
        columns = {column for column, _ in catalogue.columns(name)}
        title = next((column for column in ("name", "title") if column in columns), key)
        rows = catalogue.rows(
            f"SELECT {key} AS id, {title} AS title FROM {quote_name(name)} "  # noqa: S608  (names of ours)
            f"WHERE lower(substr({key}, 1, :length)) = :begun ORDER BY fid LIMIT {_MOST}",
            {"begun": begun, "length": len(begun)},
        )
        for row in rows:
            yield row["id"], row["title"] or ""


def _places(catalogue: Catalogue, layer: str, begun: str) -> Offer:
    """Yield what has a position and a name: provinces, and the ids of sites."""
    yield from _provinces(catalogue, layer, begun)
    yield from _ids(catalogue, layer, begun)


_OFFERS: Final[dict[str, Callable[[Catalogue, str, str], Offer]]] = {
    "layers": _layers,
    "kinds": _kinds,
    "provinces": _provinces,
    "fields": _fields,
    "ids": _ids,
    "places": _places,
}
