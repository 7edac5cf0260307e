"""The atlas: the pipeline that compiles it, and the compiled atlas as Python sees it."""

from geo.atlas.opened import Atlas, open_atlas
from geo.atlas.pipeline import Compiled, build_maps, check_folder, compile_aside, compile_atlas, compile_masked

__all__ = [
    "Atlas",
    "Compiled",
    "build_maps",
    "check_folder",
    "compile_aside",
    "compile_atlas",
    "compile_masked",
    "open_atlas",
]
