"""Refuse built pages that would ask the network for anything: `make docs` runs it on what Sphinx made."""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

LOADING = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "object": "data"}
OUTSIDE = re.compile(r"(?:[a-z]+:)?//", re.IGNORECASE)
IN_STYLE = re.compile(r"(?:url\(|@import)\s*['\"]?((?:https?:)?//[^'\")\s]+)", re.IGNORECASE)


class Loads(HTMLParser):
    """What a page loads when it is opened; what a reader may follow is not among it."""

    def __init__(self) -> None:
        super().__init__()
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the address that a tag loads, when it leads outside."""
        address = dict(attrs).get(LOADING.get(tag, "")) or ""
        if OUTSIDE.match(address):
            self.outside.append(address)


def outside_of(folder: Path) -> list[str]:
    """Return every page or style sheet that loads something from outside, with what it loads."""
    found = []
    for path in sorted(folder.rglob("*.html")):
        page = Loads()
        page.feed(path.read_text(encoding="utf-8"))
        found += [f"{path.relative_to(folder)}: {address}" for address in page.outside]
    for path in sorted(folder.rglob("*.css")):
        addresses = IN_STYLE.findall(path.read_text(encoding="utf-8"))
        found += [f"{path.relative_to(folder)}: {address}" for address in addresses]
    return found


if __name__ == "__main__":
    sys.exit("\n".join(outside_of(Path(sys.argv[1]))) or None)
