"""What must be true of an atlas, as data: the manifest's types, and the columns of every layer and table.

Nothing here reads, checks or converts; `readers` reads a manifest into these types and `checks` holds an atlas
against the schemas.
"""

from __future__ import annotations

from geo.spec.columns import (
    CERTAINTIES,
    CLAIM_STATUSES,
    COARSENED,
    GRADES,
    LANGUAGES,
    MASKED,
    PRECISION_FLOOR_M,
    SCHEMAS,
    STANDINGS,
    Field,
    FieldType,
    Schema,
)
from geo.spec.manifest import (
    FORMS,
    AtlasSpec,
    Chapter,
    Choropleth,
    Coverage,
    FilesSpec,
    Kind,
    LayerSpec,
    LimitsSpec,
    Manifest,
    MapSpec,
    MaskRule,
    MaskSpec,
    PeriodSpec,
    RulesSpec,
    TableSpec,
    Term,
    Vocabulary,
    Words,
)

__all__ = [
    "CERTAINTIES",
    "CLAIM_STATUSES",
    "COARSENED",
    "FORMS",
    "GRADES",
    "LANGUAGES",
    "MASKED",
    "PRECISION_FLOOR_M",
    "SCHEMAS",
    "STANDINGS",
    "AtlasSpec",
    "Chapter",
    "Choropleth",
    "Coverage",
    "Field",
    "FieldType",
    "FilesSpec",
    "Kind",
    "LayerSpec",
    "LimitsSpec",
    "Manifest",
    "MapSpec",
    "MaskRule",
    "MaskSpec",
    "PeriodSpec",
    "RulesSpec",
    "Schema",
    "TableSpec",
    "Term",
    "Vocabulary",
    "Words",
]
