"""An edition of the atlas in a PostGIS database: published whole in one transaction, or not at all.

`publishing` holds the transaction, `tables` creates and fills, `catalogue` brings what answers questions (search,
words, figures, metadata), `styles` what QGIS draws by; `views` and `functions` are SQL that stays in the schema.
"""

from __future__ import annotations

from geo.export.postgis.publishing import write_database

__all__ = ["write_database"]
