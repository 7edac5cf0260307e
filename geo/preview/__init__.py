"""A preview on this machine: the pages of an atlas, built again and shown again whenever an input changes.

::

    listening = open_port(8750)
    preview = Preview(Path("."))
    preview.attempt()
    with serving(preview, listening) as address:
        follow(preview, preview.attempt)  # until somebody presses Ctrl-C

The pages are those of `geo.atlas.build_maps`, byte for byte. A page forbids all requests and all scripts but its own,
so that nothing can be put into it that would reload it; a shell around it does that.
"""

from geo.preview.serving import open_port, serving
from geo.preview.showing import Preview, State
from geo.preview.watching import follow

__all__ = ["Preview", "State", "follow", "open_port", "serving"]
