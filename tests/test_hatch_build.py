"""The build hook: when the viewer is bundled, when it is left alone, and what is said when it cannot be."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

SCRIPT = Path(__file__).parents[1] / "hatch_build.py"


class Interface:
    """What the hook needs of hatchling's class: hatchling itself is there only while a package is built."""

    def __class_getitem__(cls, _item):
        return cls


@pytest.fixture
def hook(monkeypatch):
    interface = ModuleType("hatchling.builders.hooks.plugin.interface")
    interface.BuildHookInterface = Interface
    monkeypatch.setitem(sys.modules, interface.__name__, interface)
    spec = importlib.util.spec_from_file_location("hatch_build", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folders(tmp_path):
    """Return a viewer whose libraries are installed, and the place for its bundle."""
    viewer, bundle = tmp_path / "geo/webmap/viewer", tmp_path / "geo/webmap/bundle"
    (viewer / "src").mkdir(parents=True)
    (viewer / "node_modules").mkdir()
    (viewer / "src/main.ts").write_text("export {};\n", encoding="utf-8")
    (tmp_path / "geo/signs.json").write_text("{}", encoding="utf-8")
    (viewer / "build.mjs").write_text("// stands for the real one\n", encoding="utf-8")
    packages = {
        "": {"name": "viewer"},
        "node_modules/leaflet": {"version": "1.9.4"},
        "node_modules/typescript": {"version": "7.0.2", "dev": True},
        "node_modules/@esbuild/win32-x64": {"version": "0.28.2", "optional": True},
    }
    (viewer / "package-lock.json").write_text(json.dumps({"packages": packages}), encoding="utf-8")
    installed = {"packages": {"node_modules/leaflet": {"version": "1.9.4"}}}
    (viewer / "node_modules/.package-lock.json").write_text(json.dumps(installed), encoding="utf-8")
    return viewer, bundle


@pytest.fixture
def steps(hook, folders, monkeypatch):
    """Stand in for Node: write down each command, and let ``build.mjs`` leave a whole bundle."""
    done = []

    def run(command, folder):
        assert folder == folders[0]
        done.append(command)
        if command[-1] == "build.mjs":
            for name in hook.OUTPUTS:
                (folders[1] / name).write_text("x", encoding="utf-8")

    monkeypatch.setattr(hook, "run", run)
    monkeypatch.setattr(hook, "node_on_path", lambda: (["node"], ["npm"]))
    return done


def test_bundle_is_made_once_and_left_alone_until_a_source_changes(hook, folders, steps):
    viewer, bundle = folders
    assert not hook.is_fresh(viewer, bundle)
    hook.build_bundle(viewer, bundle)
    assert steps == [["node", "build.mjs"]]
    assert hook.is_fresh(viewer, bundle)
    (viewer / "node_modules/new.js").write_text("libraries are no sources", encoding="utf-8")
    assert hook.is_fresh(viewer, bundle)
    (viewer / "src/main.ts").write_text("export const changed = true;\n", encoding="utf-8")
    assert not hook.is_fresh(viewer, bundle)


@pytest.mark.usefixtures("steps")
def test_a_changed_outline_of_a_sign_makes_the_bundle_anew(hook, folders):
    viewer, bundle = folders
    hook.build_bundle(viewer, bundle)
    assert hook.is_fresh(viewer, bundle)
    (viewer / hook.SIGNS).write_text('{"square": "M0 0Z"}', encoding="utf-8")
    assert not hook.is_fresh(viewer, bundle)


def test_the_outlines_stand_where_the_hook_and_the_makefile_look(hook):
    root = SCRIPT.parent
    assert (root / "geo/webmap/viewer" / hook.SIGNS).resolve() == root / "geo/signs.json"
    assert (root / "geo/signs.json").is_file()
    assert "VIEWER := geo/signs.json " in (root / "Makefile").read_text(encoding="utf-8")


@pytest.mark.usefixtures("steps")
@pytest.mark.parametrize("name", ["viewer.js", "viewer.css", "fonts.json", "licences.json", "built-from.txt"])
def test_a_bundle_that_lacks_a_file_is_made_anew(hook, folders, name):
    viewer, bundle = folders
    hook.build_bundle(viewer, bundle)
    (bundle / name).unlink()
    assert not hook.is_fresh(viewer, bundle)


def test_libraries_are_installed_without_their_scripts_when_one_is_missing_or_old(hook, folders, steps):
    viewer, bundle = folders
    (viewer / "node_modules/.package-lock.json").write_text(
        json.dumps({"packages": {"node_modules/leaflet": {"version": "1.9.3"}}}), encoding="utf-8"
    )
    hook.build_bundle(viewer, bundle)
    assert steps[0][:3] == ["npm", "ci", "--ignore-scripts"]
    (viewer / "node_modules/.package-lock.json").unlink()
    assert not hook.has_libraries(viewer)


@pytest.mark.usefixtures("steps")
def test_a_build_that_leaves_no_bundle_is_an_error(hook, folders, monkeypatch):
    viewer, bundle = folders
    monkeypatch.setattr(hook, "OUTPUTS", (*hook.OUTPUTS, "more.js"))
    monkeypatch.setattr(hook, "run", lambda _command, _folder: None)
    with pytest.raises(hook.ViewerError, match=r"viewer\.js, .*more\.js is not in"):
        hook.build_bundle(viewer, bundle)
    assert not (bundle / hook.STAMP).exists()


def test_without_node_the_wheel_is_asked_for_and_the_error_says_so(hook, folders, monkeypatch):
    viewer, bundle = folders
    monkeypatch.setattr(hook, "node_on_path", lambda: None)
    monkeypatch.setattr(hook, "node_in_wheel", lambda: None)
    with pytest.raises(hook.ViewerError, match="no node 20 or later with npm on the PATH"):
        hook.build_bundle(viewer, bundle)
    one = hook.ViewerHook()
    one.root = str(viewer.parent)
    assert one.dependencies() == [hook.NODE_WHEEL]
    monkeypatch.setattr(hook, "node_on_path", lambda: (["node"], ["npm"]))
    assert one.dependencies() == []


def test_hook_stops_the_build_with_what_was_said(hook, monkeypatch, tmp_path):
    said = []
    one = hook.ViewerHook()
    one.root = str(tmp_path)
    one.app = SimpleNamespace(display_info=said.append, abort=said.append)

    def fail(_viewer, _bundle):
        raise hook.ViewerError("Seen: this.")

    monkeypatch.setattr(hook, "build_bundle", fail)
    one.initialize("standard", {})
    assert said[-1] == "The viewer of the pages cannot be bundled.\nSeen: this."


def test_a_step_that_fails_shows_its_last_lines(hook, tmp_path):
    code = "import sys; print('one line'); print('the reason', file=sys.stderr); sys.exit(3)"
    with pytest.raises(hook.ViewerError, match=r"(?s)exit code 3 and said:\none line\nthe reason"):
        hook.run([sys.executable, "-c", code], tmp_path)
    with pytest.raises(hook.ViewerError, match="did not start"):
        hook.run([str(tmp_path / "no-such-node"), "build.mjs"], tmp_path)
