"""GeoParquet 1.1: a layer as columns for analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from geo.export.content import GEOMETRY

if TYPE_CHECKING:
    from pathlib import Path

    from geo.export.content import Content

__all__ = ["write_geoparquet"]


def write_geoparquet(path: Path, content: Content) -> None:
    """Write one layer as GeoParquet 1.1: geometry as WKB, a box around each place, the reference system as PROJJSON.

    Notes
    -----
    geopandas writes a box without edges where a place is not located; the specification wants no box there (GeoParquet
    1.1.0, bounding box columns), so those are taken out again.
    """
    table = content.layers[0].table
    attributes = table.drop_columns([GEOMETRY]).to_pandas(types_mapper=pd.ArrowDtype)
    attributes[GEOMETRY] = gpd.GeoSeries.from_wkb(table.column(GEOMETRY).to_pylist(), crs=content.crs)
    frame = gpd.GeoDataFrame(attributes, geometry=GEOMETRY)
    frame.to_parquet(path, index=False, schema_version="1.1.0", write_covering_bbox=True)
    if table.column(GEOMETRY).null_count:
        _drop_empty_boxes(path)


def _drop_empty_boxes(path: Path) -> None:
    table = pq.read_table(path)
    index = table.schema.get_field_index("bbox")
    boxes = table.column("bbox").combine_chunks()
    missing = table.column(GEOMETRY).combine_chunks().is_null()
    fixed = pa.StructArray.from_arrays(boxes.flatten(), fields=list(boxes.type), mask=missing)
    pq.write_table(table.set_column(index, table.schema.field("bbox"), fixed), path)
