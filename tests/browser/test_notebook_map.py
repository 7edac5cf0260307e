"""A map taken into Python: layers and tiles of one's own, saved as one file that a browser shows."""

import base64
import struct
import zlib

import folium

import geo


def picture(red, green, blue):
    """Return a picture of one colour and one pixel, as an address (PNG, W3C)."""
    parts = [(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))]
    parts += [(b"IDAT", zlib.compress(bytes([0, red, green, blue]))), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    ]
    return "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(chunks)).decode()


def test_layers_and_tiles_of_ones_own_are_seen(small_atlas, tmp_path, open_page):
    with geo.open_atlas(small_atlas().folder) as atlas:
        memorial_map = atlas.map("overview", ground=False)
    folium.TileLayer(picture(200, 180, 120), attr="Painted here").add_to(memorial_map)
    folium.GeoJson(atlas_square(), name="Mine").add_to(memorial_map)
    folium.Marker([10.5, -31.5], popup="A text of my own", icon=folium.DivIcon(html="<b>here</b>")).add_to(memorial_map)
    memorial_map.save(tmp_path / "mine.html")
    opened = open_page(tmp_path / "mine.html", "#lang=en")
    opened.page.wait_for_selector(".leaflet-tile-loaded")
    assert opened.page.locator(".leaflet-tile-loaded").first.evaluate("image => image.naturalWidth") == 1
    assert opened.page.get_by_text("Painted here").is_visible()
    opened.page.locator(".leaflet-marker-icon b").click(force=True)
    assert opened.page.get_by_text("A text of my own").is_visible()
    assert opened.count(".leaflet-overlay-pane path") >= 1
    assert opened.count(".ground-water") == 0
    opened.assert_quiet()


def atlas_square():
    ring = [[-32, 10.2], [-31, 10.2], [-31, 10.8], [-32, 10.8], [-32, 10.2]]
    return {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
