"""The wheel: it holds the viewer, needs no Node, and is the same from a checkout as from its source distribution."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from geo import provenance

ROOT = Path(__file__).parents[1]


def build(root, target, out, **env):
    """Make a distribution with the build backend, in the environment of the tests: nothing is downloaded."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(out)]
    done = subprocess.run(command, cwd=root, env=os.environ | env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = out.glob("*.whl" if target == "wheel" else "*.tar.gz")
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build(ROOT, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """Return the source distribution, and the folder that it unpacks to: it has no history and no Node beside it."""
    packed = build(ROOT, "sdist", tmp_path_factory.mktemp("sdist"))
    folder = tmp_path_factory.mktemp("sources")
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
    return packed, folder / packed.name.removesuffix(".tar.gz")


def test_the_source_distribution_makes_the_same_wheel_byte_for_byte(wheel, sources, tmp_path):
    again = build(sources[1], "wheel", tmp_path, PATH="")
    assert again.name == wheel.name
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert one.namelist() == other.namelist()
        assert [name for name in one.namelist() if one.read(name) != other.read(name)] == []
    assert wheel.read_bytes() == again.read_bytes()


def test_the_wheel_holds_the_package_with_its_viewer_and_nothing_else(wheel):
    tracked = subprocess.run(["git", "ls-files", "geo"], cwd=ROOT, capture_output=True, text=True, check=False)
    if tracked.returncode:
        pytest.skip("no history here")
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if not name.split("/")[0].endswith(".dist-info")}
    bundle = {path.relative_to(ROOT).as_posix() for path in (ROOT / "geo/webmap/bundle").iterdir()}
    package = {name for name in tracked.stdout.split() if not name.startswith("geo/webmap/viewer/")}
    assert package <= held
    assert bundle <= held
    assert not [name for name in held if "node_modules" in name or name.startswith("geo/webmap/viewer/")]
    # A file that is not tracked yet may stand in a checkout; nothing else does.
    assert all((ROOT / name).is_file() and name.startswith("geo/") for name in held)
    assert wheel.stat().st_size < 3_000_000


def test_the_installed_wheel_builds_pages_without_node(wheel, small_atlas, tmp_path):
    target = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-compile"]
    subprocess.run([*pip, "--target", str(target), str(wheel)], check=True, capture_output=True)
    env = {"PATH": "", "HOME": str(tmp_path), "PYTHONPATH": str(target), "PYTHONSAFEPATH": "1"}
    atlas = small_atlas()

    def memorial(*arguments):
        command = [sys.executable, str(target / "bin" / "memorial"), *arguments]
        return subprocess.run(command, cwd=atlas.folder, env=env, capture_output=True, text=True, check=True).stdout

    version = re.search(r"-([^-]+)-py3-", wheel.name)[1]
    assert memorial("--version") == f"memorial {version}\n"
    where = "import geo.webmap.page as page; print(page.__file__)"
    asked = [sys.executable, "-c", where]
    found = subprocess.run(asked, env=env, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert found.startswith(str(target))
    pages = {f"maps/{name}.html" for name in ("index", "figures", "overview", "prisons")}
    assert set(memorial("build").split()) == pages
    page = (atlas.folder / "maps/overview.html").read_text(encoding="utf-8")
    assert "memorial.open(" in page
    assert "@font-face" in page


def test_a_folder_without_a_history_still_builds(sources, tmp_path):
    packed, folder = sources
    (folder / "PKG-INFO").rename(tmp_path / "PKG-INFO")  # as an archive of the repository has none
    try:
        asked = [sys.executable, "-m", "hatchling", "version"]
        env = os.environ | {"GIT_CEILING_DIRECTORIES": str(folder.parent)}
        said = subprocess.run(asked, cwd=folder, env=env, capture_output=True, text=True, check=True).stdout
    finally:
        (tmp_path / "PKG-INFO").rename(folder / "PKG-INFO")
    assert said.strip() == "0.1.dev0"
    assert re.fullmatch(r"memorial_atlas-\d+(\.\d+)+(\.dev\d+)?\.tar\.gz", packed.name)


def test_the_version_is_that_of_the_history_and_outputs_do_not_count_commits(monkeypatch):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in project["project"]
    wanted = [name for name in project["build-system"]["requires"] if name.startswith(("hatchling", "hatch-vcs"))]
    assert set(wanted) <= set(project["dependency-groups"]["test"]), "tests build with what users build with"
    for installed, told in (("0.2.0", "0.2.0"), ("0.2.1.dev17", "0.2.1.dev"), ("0+checkout", "0+checkout")):
        monkeypatch.setattr(provenance, "program_version", lambda version=installed: version)
        assert provenance.recorded_version() == told
