"""An atlas for Python: its layers and tables as data frames, its maps as folium maps, its answers as either."""

from __future__ import annotations

import json
import math
import weakref
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

from geo.atlas.pipeline import check_folder, check_map_names, compile_atlas
from geo.catalogue import open_catalogue
from geo.errors import Problem, RequestError
from geo.readers import find_atlas

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType
    from typing import Self

    import folium
    import geopandas as gpd
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from geo.catalogue import Catalogue
    from geo.joins import JoinReport

__all__ = ["Atlas", "open_atlas"]


def open_atlas(path: str | Path = ".") -> Atlas:
    """Open an atlas; it is compiled first when an input has changed.

    Parameters
    ----------
    path
        The atlas, or any folder inside it.

    Returns
    -------
    Atlas
        Its layers and tables as data frames, its maps as folium maps.

    Raises
    ------
    InputError, ContractError, OutputError
        As `compile_atlas`.
    """
    return Atlas(Path(path))


class Atlas:
    """A compiled atlas: layers and tables as data frames, maps as folium maps.

    Everything is read from the catalogue on first use. Layers are in WGS 84 (EPSG:4326, longitude before latitude);
    texts are as the sources give them, lists are lists, and what is not known is missing.

    All that one atlas gives is of one edition, that which stood there when it was opened, even when it is compiled
    again meanwhile; only `check` looks at the inputs as they are now. To see the new edition, open the atlas again. The
    file is held open until the atlas is closed or forgotten; Windows lets nobody put a new one there before. Several
    threads may ask; they are answered one after the other.

    Parameters
    ----------
    folder
        The atlas, or any folder inside it.

    Attributes
    ----------
    folder
        The atlas.
    catalogue
        The path of its catalogue, where another edition may stand by now.

    Raises
    ------
    InputError, ContractError, OutputError
        As `compile_atlas`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = find_atlas(folder)
        self.catalogue = compile_atlas(self.folder).path
        self._opened = open_catalogue(self.catalogue)
        self._turn = RLock()
        self._close = weakref.finalize(self, self._opened.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the catalogue; what was read before can still be used, and closing twice does no harm."""
        with self._turn:
            self._close()

    def __repr__(self) -> str:
        return f"<Atlas {self.folder}>"

    @cached_property
    def sites(self) -> gpd.GeoDataFrame:
        """Every site; those that are not located have no geometry."""
        return self._read_layer("sites")

    @cached_property
    def routes(self) -> gpd.GeoDataFrame:
        """Every route; those that cannot honestly be drawn have no geometry."""
        return self._read_layer("routes")

    @cached_property
    def provinces(self) -> gpd.GeoDataFrame:
        """The areas that sites and claims name by code."""
        return self._read_layer("areas")

    @cached_property
    def claims(self) -> pd.DataFrame:
        """Every number and date that a source states; bounds are text, as the source writes them."""
        return self._read_table("claims")

    @cached_property
    def names(self) -> pd.DataFrame:
        """Every name and spelling."""
        return self._read_table("names")

    @cached_property
    def relations(self) -> pd.DataFrame:
        """How records belong together."""
        return self._read_table("relations")

    @cached_property
    def events(self) -> pd.DataFrame:
        """The time line."""
        return self._read_table("events")

    @cached_property
    def sources(self) -> pd.DataFrame:
        """Every source, with its citation."""
        return self._read_table("sources")

    @cached_property
    def holdings(self) -> tuple[str, ...]:
        """The names of all layers and tables, in the order of the manifest; the sources last."""
        with self._reading() as catalogue:
            return (*(str(layer["name"]) for layer in catalogue.layers()), "sources")

    def frame(self, name: str) -> gpd.GeoDataFrame | pd.DataFrame:
        """Return a layer or table by the name that the atlas gives it.

        Parameters
        ----------
        name
            One of `holdings`.

        Returns
        -------
        GeoDataFrame or DataFrame
            A layer with its geometry in WGS 84 (EPSG:4326), a table without; each call reads it anew.

        Raises
        ------
        RequestError
            When there is none of that name.
        """
        from geo.catalogue import layer_frame, table_frame  # noqa: PLC0415

        with self._reading() as catalogue:
            holds = {layer["name"]: layer["holds"] for layer in catalogue.layers()} | {"sources": "table"}
            if name not in holds:
                expected = f"one of {', '.join(holds)}"
                problem = Problem("the question", "", "", name, expected)
                raise RequestError("This atlas has no such layer or table", [problem])
            return (layer_frame if holds[name] == "layer" else table_frame)(catalogue, name)

    @cached_property
    def maps(self) -> tuple[str, ...]:
        """The names of the maps."""
        with self._reading() as catalogue:
            return tuple(catalogue.value("maps"))

    @cached_property
    def joins(self) -> tuple[JoinReport, ...]:
        """What each join matched and what it did not."""
        from geo.joins import JoinReport  # noqa: PLC0415

        with self._reading() as catalogue:
            rows = [dict(row) for row in catalogue.rows("SELECT * FROM joins ORDER BY fid")]
        lists = ("unmatched_left", "unmatched_right", "duplicates", "disagreements")
        return tuple(
            JoinReport(
                row["name"],
                row["left_side"],
                row["right_side"],
                row["left_rows"],
                row["right_rows"],
                row["matched"],
                row["matched_right"],
                *(tuple(json.loads(row[column])) for column in lists),
            )
            for row in rows
        )

    def map(self, name: str, *, ground: bool = True) -> folium.Map:
        """Return one map; in a notebook it shows itself.

        Parameters
        ----------
        name
            One of `maps`, or ``index`` for the cover.
        ground
            Whether land, waters and towns of the atlas are drawn; without them, tiles that are added can be seen.

        Returns
        -------
        folium.Map
            The page that `build_maps` writes, as a folium map: more layers can be added to it. The page loads nothing,
            unless tiles are added: then it may ask their server for pictures, and nobody else for anything.

        Raises
        ------
        RequestError
            When there is no such map.
        """
        from geo.webmap import render_map  # noqa: PLC0415

        check_map_names((name,), self.maps)
        with self._reading() as catalogue:
            return render_map(catalogue, name, ground=ground)

    def query(  # noqa: PLR0913  (the options of `memorial query`, each by its name)
        self,
        layer: str = "sites",
        *,
        where: str = "",
        kinds: Sequence[str] = (),
        provinces: Sequence[str] = (),
        text: str = "",
        near: str | tuple[float, float] | None = None,
        radius_m: float = math.inf,
        bbox: tuple[float, float, float, float] | None = None,
        within: BaseGeometry | None = None,
        during: str = "",
        sort: Sequence[str] = (),
        limit: int | None = None,
        fields: Sequence[str] = (),
    ) -> gpd.GeoDataFrame | pd.DataFrame:
        """Return the records that answer a question, as `memorial query` does.

        Parameters
        ----------
        layer, where, kinds, provinces, text, bbox, during, sort, limit, fields
            As the attributes of `geo.query.Question`, of which every one must hold. Where there may be several words,
            a text is one of them. What is empty is no condition.
        near
            A place by its id or one of its names, or a position: latitude, longitude in degrees (WGS 84).
        radius_m
            How far from there, in metres.
        within
            A Polygon or MultiPolygon whose rings do not cross, longitude before latitude, in degrees (WGS 84).

        Returns
        -------
        GeoDataFrame or DataFrame
            The records in the order asked for, else in that of the layer. A layer has its geometry in WGS 84
            (EPSG:4326), a table has none. Lists are lists, what is not known is missing; ``near`` adds ``distance_m``
            in metres, ``during`` adds ``overlap`` (``certain`` or ``possible``). ``attrs`` says what was asked
            (``asked``), of which atlas (``atlas``, ``version``), how many records answer without a limit (``matched``),
            how many had to be left out because they are not dated (``set_aside``) and what a text that no record holds
            was read as (``read_as``).

        Raises
        ------
        RequestError
            When the question cannot be answered as it stands.

        Examples
        --------
        >>> import geo
        >>> prisons = geo.open_atlas(".").query(where="kind = 'prison'", during="1977", sort=["name"])
        >>> prisons.attrs["asked"]
        {'layer': 'sites', 'where': "kind = 'prison'", 'during': '1977', 'sort': ('name',)}
        >>> set(prisons["overlap"]) <= {"certain", "possible"}
        True
        """
        from geo.catalogue import selection_frame  # noqa: PLC0415
        from geo.query import Near, Polygon, Question, select  # noqa: PLC0415

        place = None
        if near is not None:
            place = Near(None, None, radius_m, near) if isinstance(near, str) else Near(*near, radius_m)
        question = Question(
            layer,
            _words(kinds),
            _words(provinces),
            text,
            where,
            place,
            bbox,
            Polygon(within.wkb, within.geom_type) if within is not None else None,
            during,
            _words(sort),
            limit,
            _words(fields),
        )
        with self._reading() as catalogue:
            selection = select(catalogue, question, shapes=True)
            frame = selection_frame(selection.columns, selection.cells(), mapped=selection.mapped)
            asked, unasked = selection.asked, Question()
            atlas = catalogue.value("manifest")["atlas"]
            frame.attrs = {
                "atlas": atlas["id"],
                "version": atlas["version"],
                "asked": {
                    name: value
                    for name, value, empty in zip(asked._fields, asked, unasked, strict=True)
                    if name == "layer" or value != empty
                },
                "matched": selection.matched,
                "set_aside": selection.set_aside,
                "read_as": selection.read_as,
            }
        return frame

    def check(self) -> list[Problem]:
        """Return every problem of the inputs as they are now."""
        return check_folder(self.folder)[0]

    @contextmanager
    def _reading(self) -> Iterator[Catalogue]:
        """Yield the open catalogue, to one thread at a time."""
        with self._turn:
            if not self._close.alive:
                problem = Problem(str(self.folder), "", "", "closed", "an open atlas", "open it again")
                raise RequestError("This atlas was closed", [problem])
            yield self._opened

    def _read_layer(self, schema: str) -> gpd.GeoDataFrame:
        from geo.catalogue import layer_frame  # noqa: PLC0415

        with self._reading() as catalogue:
            return layer_frame(catalogue, _layer_name(catalogue, schema))

    def _read_table(self, schema: str) -> pd.DataFrame:
        from geo.catalogue import table_frame  # noqa: PLC0415

        with self._reading() as catalogue:
            name = "sources" if schema == "sources" else _layer_name(catalogue, schema)
            return table_frame(catalogue, name)


def _words(given: str | Sequence[str]) -> tuple[str, ...]:
    """Return words that were given as a sequence, or one that was given as it is."""
    return (given,) if isinstance(given, str) else tuple(given)


def _layer_name(catalogue: Catalogue, schema: str) -> str:
    """Return the name of the layer or table of a schema."""
    for layer in catalogue.layers():
        if layer["schema"] == schema:
            return str(layer["name"])
    problem = Problem("the question", "", "", schema, "a layer or table that this atlas has")
    raise RequestError(f"This atlas has no {schema}", [problem])
