"""The named peers of `memorial build`: ``python benchmarks/peer_maps.py cluster|fast|explore|swiftmap SITES PAGE``.

Each makes one HTML file of the same places with all their attributes, as its manual shows.
"""

from __future__ import annotations

import sys

import geopandas as gpd


def main(peer: str, sites: str, page: str) -> None:
    """Make the map of one peer."""
    places = gpd.read_file(sites).dropna(subset="geometry")
    columns = [column for column in places.columns if column != "geometry"]
    if peer == "explore":
        places.astype(dict.fromkeys(columns, str)).explore().save(page)
    elif peer == "swiftmap":
        from swiftmap import Map  # noqa: PLC0415 -- not every machine has it

        Map().add_markers(places).save(page)
    else:
        _save_folium(peer, places, columns, page)


def _save_folium(peer: str, places: gpd.GeoDataFrame, columns: list[str], page: str) -> None:
    import folium  # noqa: PLC0415 -- as above
    from folium.plugins import FastMarkerCluster, MarkerCluster  # noqa: PLC0415

    atlas = folium.Map()
    if peer == "fast":
        texts = places[columns].astype(object).fillna("").astype(str).agg("<br>".join, axis=1)
        rows = list(zip(places.geometry.y, places.geometry.x, texts, strict=True))
        popup = "function (row) { return L.marker([row[0], row[1]]).bindPopup(row[2]); }"
        FastMarkerCluster(rows, callback=popup).add_to(atlas)
    else:
        cluster = MarkerCluster().add_to(atlas)
        for place in places.itertuples():
            text = "<br>".join(str(getattr(place, column)) for column in columns)
            folium.Marker((place.geometry.y, place.geometry.x), popup=text).add_to(cluster)
    atlas.save(page)


if __name__ == "__main__":
    main(*sys.argv[1:])
