"""The atlas: the pipeline that compiles it, and the compiled atlas as Python sees it."""

from geo.atlas.opened import Atlas, open_atlas
from geo.atlas.pipeline import Compiled, build_maps, check_folder, compile_aside, compile_atlas, compile_masked
from geo.atlas.recording import Standing, check_built

__all__ = [
    "Atlas",
    "Compiled",
    "Standing",
    "build_maps",
    "check_built",
    "check_folder",
    "compile_aside",
    "compile_atlas",
    "compile_masked",
    "open_atlas",
]
