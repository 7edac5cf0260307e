"""The named peer of `memorial build`: the same places as folium markers in a MarkerCluster, with popups."""

import sys

import folium
import geopandas as gpd
from folium.plugins import MarkerCluster

sites, page = sys.argv[1:]
places = gpd.read_file(sites).dropna(subset="geometry")
atlas = folium.Map()
cluster = MarkerCluster().add_to(atlas)
for place in places.itertuples():
    text = "<br>".join(str(getattr(place, column)) for column in places.columns if column != "geometry")
    folium.Marker((place.geometry.y, place.geometry.x), popup=text).add_to(cluster)
atlas.save(page)
