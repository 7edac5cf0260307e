"""The shell of a page: a folium map made of element classes of our own, with no data in any of its templates.

folium and branca compile what a template gave as a template once more, so a name such as ``{{ 7*7 }}`` would run while
the page is built. Here they render an empty shell; `geo.webmap.page` puts everything else in as plain text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import folium
from branca.element import Figure
from folium.template import Template

from geo.errors import Problem, RequestError
from geo.webmap.page import render_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from branca.element import Element

__all__ = ["MemorialMap", "Shell"]

_UNFIT: Final = re.compile(r"[^A-Za-z0-9_]")
_SERVER: Final = re.compile(r"(https://)(\{s\}\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*(?::[0-9]+)?)/[^'\"<>\s]*", re.IGNORECASE)
"""The address of a tile: its scheme, a subdomain of several, its server."""

_SEE_THROUGH: Final = "<style>.leaflet-areas-pane path { fill-opacity: 0.4 }</style>\n"
"""Tiles lie below everything that the viewer draws: they are to be seen through the areas."""


@dataclass(frozen=True, slots=True)
class Shell:
    """What folium rendered, in three parts, before any data goes in.

    Attributes
    ----------
    header
        What added layers put into the head.
    body
        The element of the map, and what added layers put into the body.
    script
        The code that opens the map with ``data`` and adds the layers.
    """

    header: str
    body: str
    script: str


class MemorialFigure(Figure):
    """The root of the tree: its page is the whole HTML file of the map in it.

    Parameters
    ----------
    memorial_map
        The one map that stands in the figure.
    """

    def __init__(self, memorial_map: MemorialMap) -> None:
        super().__init__(ratio="70%")
        # folium's own meta element: the page has one already.
        del self.header._children["meta_http"]
        self._map = memorial_map
        self.add_child(memorial_map)

    def render(self, **kwargs: Any) -> str:  # noqa: ANN401, ARG002  (branca's signature)
        """Return the whole page; see `geo.webmap.page.render_page`."""
        return render_page(self._map)

    def render_shell(self) -> Shell:
        """Return what folium renders of the map and of the layers that were added to it."""
        for child in self._children.values():
            child.render()
        return Shell(self.header.render(), self.html.render(), self.script.render())


class MemorialMap(folium.Map):
    """One map of an atlas: a ``folium.Map`` that shows in a notebook, takes folium layers and saves as one file.

    Parameters
    ----------
    payload
        What the page shows, as `geo.webmap.payload.make_payload` returns it.

    Attributes
    ----------
    payload
        The same.
    """

    # The names are made of letters, digits and underscores only; nothing else enters the template.
    _template = Template(
        """
        {% macro html(this, kwargs) %}
            <div id="{{ this.get_name() }}" class="memorial-map"></div>
        {% endmacro %}

        {% macro script(this, kwargs) %}
            window.{{ this.get_name() }} = await memorial.open(document.getElementById("{{ this.get_name() }}"), data);
            {%- if this.has_tiles() %}
            L.control.attribution({ prefix: false }).addTo({{ this.get_name() }});
            {%- endif %}
            {%- if this._children %}
            // folium's popups make their content with a call of jQuery, $(html)[0], and give it a style attribute,
            // which the policy of the page does not apply.
            var $ = (html) => {
                const template = document.createElement("template");
                template.innerHTML = html.replace(/^\\s*(<div id="\\w+") style="[^"]*"/, "$1");
                return template.content.children;
            };
            {%- endif %}
        {% endmacro %}
        """
    )

    def __init__(self, payload: Mapping[str, Any]) -> None:
        west, south, east, north = payload["page"]["bounds"]
        super().__init__(location=[(south + north) / 2, (west + east) / 2], tiles=None)
        # Leaflet comes with the viewer: nothing is loaded.
        self.default_js, self.default_css = [], []
        self.payload = payload
        self._name = "map"
        # The name of the page instead of random digits: the same map gives the same bytes.
        self._id = _UNFIT.sub("_", payload["page"]["name"])
        MemorialFigure(self)

    def get_name(self) -> str:
        """Return the name of the map in the page: of its element and of its variable."""
        return f"{self._name}_{self._id}"

    def has_tiles(self) -> bool:
        """Return whether somebody added tiles to this map."""
        return next(_tiles_below(self), None) is not None

    def tile_servers(self) -> list[str]:
        """Return the servers that the page may load pictures from: those of tiles that somebody added to this map.

        Returns
        -------
        list of str
            Sources of a Content-Security-Policy, sorted; none for tiles that stand in the page as ``data:``.

        Raises
        ------
        RequestError
            When tiles come from an address that is not ``https``.
        """
        return sorted({server for layer in _tiles_below(self) for server in _server_of(layer)})

    def render_shell(self) -> Shell:
        """Return what folium renders of this map before data, code and styles go in."""
        figure = self.get_root()
        assert isinstance(figure, MemorialFigure)  # noqa: S101  (the tree is ours)
        shell = figure.render_shell()
        return replace(shell, header=f"{_SEE_THROUGH}{shell.header}") if self.has_tiles() else shell


def _tiles_below(element: Element) -> Iterator[folium.TileLayer | folium.WmsTileLayer]:
    """Yield the tiles that were added to a map, or to a group of layers on it."""
    for child in element._children.values():
        if isinstance(child, folium.TileLayer | folium.WmsTileLayer):
            yield child
        yield from _tiles_below(child)


def _server_of(layer: folium.TileLayer | folium.WmsTileLayer) -> list[str]:
    address = layer.url if isinstance(layer, folium.WmsTileLayer) else layer.tiles
    if address.lower().startswith("data:image/"):
        return []
    found = _SERVER.fullmatch(address)
    if not found:
        expected = "an address that begins with https:// and a server"
        problem = Problem("", "added folium layers", "tiles", address, expected, rule="tiles")
        raise RequestError("These tiles cannot stand in a page", [problem])
    scheme, several, server = found.groups()
    return [f"{scheme}{'*.' if several else ''}{server}".lower()]
