"""An edition is published whole or not at all; nothing of others is touched, nothing secret is told."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql

from geo.catalogue import open_catalogue, write_catalogue
from geo.catalogue.addresses import Address
from geo.catalogue.shared import open_shared
from geo.commands import main
from geo.commands.export import export
from geo.errors import RequestError
from geo.export import Wanted, write_database
from geo.export.postgis import functions, publishing
from geo.gazetteer import ACCENTS
from geo.query.functions import FUNCTIONS
from geo.readers import read_atlas
from tests.postgis.conftest import ROOT
from tests.small_atlas import SmallAtlas

SECRET = "s3cret%2Fpass"


def run(*arguments):
    ran = CliRunner().invoke(main, [str(each) for each in arguments])
    assert "s3cret" not in ran.output
    return ran.exit_code, ran.stdout, ran.stderr


@pytest.fixture(scope="module")
def compiled(small_catalogue):
    return small_catalogue


@pytest.fixture
def atlas(tmp_path, compiled):
    """Return the small atlas, with the catalogue that is compiled from it."""
    folder = tmp_path / "atlas"
    folder.mkdir()
    made = SmallAtlas(folder)
    shutil.copy(compiled, folder / "maps")
    return made


@pytest.fixture
def address(server):
    """Return the address of a database without an edition of the small atlas."""
    found = server("publishing")
    with connect(found) as db:
        db.execute('DROP SCHEMA IF EXISTS "small-atlas" CASCADE')
        db.execute("DROP SCHEMA IF EXISTS other CASCADE")
    return found


def connect(address):
    return psycopg.connect(address, autocommit=True)


def names(address):
    """Return id -> name of the sites, as somebody who only knows SQL reads them."""
    with connect(address) as db:
        return dict(db.execute('SELECT id, name FROM "small-atlas".sites ORDER BY fid').fetchall())


def fresh(atlas, address):
    assert run("-C", atlas.folder, "export", address)[0] == 0
    return names(address)


def test_an_edition_replaces_the_last_one_and_nothing_else(atlas, address):
    assert fresh(atlas, address)["place-b"] == "Place B"
    with connect(address) as db:
        db.execute("DROP ROLE IF EXISTS memorial_reader")
        db.execute("CREATE ROLE memorial_reader")
        db.execute('CREATE TABLE "small-atlas".notes_of_others (note text)')
        db.execute('GRANT SELECT ON "small-atlas".sites TO memorial_reader')
        db.execute(
            'INSERT INTO "small-atlas".layer_styles (f_table_name, stylename, owner) VALUES (%s, %s, %s)',
            ("sites", "of an editor", "ann"),
        )
    atlas.put("sites", "place-b", name="Place B anew")
    assert fresh(atlas, address)["place-b"] == "Place B anew"
    with connect(address) as db:
        assert db.execute(
            "SELECT has_table_privilege('memorial_reader', '\"small-atlas\".sites', 'SELECT')"
        ).fetchone() == (True,)
        assert db.execute(
            "SELECT has_table_privilege('memorial_reader', '\"small-atlas\".claims', 'SELECT')"
        ).fetchone() == (False,)
        assert db.execute('SELECT count(*) FROM "small-atlas".notes_of_others').fetchone() == (0,)
        styles = db.execute('SELECT owner, count(*) FROM "small-atlas".layer_styles GROUP BY 1 ORDER BY 1').fetchall()
        left = db.execute("SELECT relname FROM pg_class WHERE relname LIKE '~%'").fetchall()
        db.execute('REVOKE ALL ON "small-atlas".sites FROM memorial_reader')
        db.execute("DROP ROLE memorial_reader")
    assert styles[0][1] >= 2
    assert styles[1] == ("ann", 1)
    assert [name for (name,) in left if "_seq" not in name] == []


def test_the_example_of_the_help_lays_it_out_for_gis_programs(atlas, address):
    (line,) = [line for line, _ in export.examples if "postgresql://" in line]
    assert run("-C", atlas.folder, *line.replace("postgresql://editor@host/atlas", address).split()[1:])[0] == 0
    with connect(address) as db:
        shapes = db.execute(
            "SELECT f_table_name, type, srid FROM geometry_columns WHERE f_table_schema = 'small-atlas'"
        ).fetchall()
        indexes = [
            row[0] for row in db.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'small-atlas'").fetchall()
        ]
        comments = db.execute(
            "SELECT obj_description(oid), col_description(oid, 3) FROM pg_class WHERE oid = %s::regclass",
            ('"small-atlas".sites',),
        ).fetchone()
        figures = db.execute(
            'SELECT id, province_en, claimed_prisoners_low FROM "small-atlas".sites_with_figures ORDER BY fid'
        ).fetchone()
        cited = db.execute(
            'SELECT subject_name, source_note FROM "small-atlas".claims_with_sources WHERE subject_name IS NOT NULL'
        ).fetchone()
        edition = json.loads(db.execute("SELECT value FROM \"small-atlas\".atlas WHERE key = 'edition'").fetchone()[0])
    assert {
        ("sites", "POINT", 4326),
        ("provinces", "MULTIPOLYGON", 4326),
        ("sites_with_figures", "POINT", 4326),
    } <= set(shapes)
    assert sum("USING gist (geom)" in index for index in indexes) == len(
        {name for name, *_ in shapes if "with" not in name}
    )
    assert any("gin_trgm_ops" in index for index in indexes)
    assert "Licence: Invented for tests." in comments[0]
    assert comments[1]
    assert figures[:2] == ("place-a", "Square One")
    assert figures[2] > 0
    assert cited[0]
    assert "First Book" in cited[1] or "Second Report" in cited[1]
    assert edition["command"].startswith("memorial export postgresql:///publishing")
    assert "host" not in edition["command"]


def test_readers_see_one_edition_whole(atlas, address, monkeypatch):
    old = fresh(atlas, address)
    atlas.put("sites", "place-b", name="Place B anew")
    seen = []
    write = publishing.write_styles

    def look(*arguments):  # while the transaction is open, with nearly everything written
        with open_shared(Address(address)) as shared:
            seen.append({row["id"]: row["name"] for row in shared.rows("SELECT id, name FROM sites ORDER BY fid")})
        seen.append(names(address))
        return write(*arguments)

    monkeypatch.setattr(publishing, "write_styles", look)
    new = fresh(atlas, address)
    assert seen == [old, old]
    assert new == old | {"place-b": "Place B anew"}
    monkeypatch.setattr(publishing, "write_styles", write)
    monkeypatch.setattr(publishing, "_PATIENCE", "200ms")
    with open_shared(Address(address)) as shared:  # who reads an edition keeps it until the end
        code, _, err = run("-C", atlas.folder, "export", address)
        assert code == 2
        assert "nothing has changed" in err
        assert "run the command again" in err
        assert shared.rows("SELECT count(*) FROM sites")[0][0] == len(new)


def test_a_killed_or_interrupted_run_leaves_the_old_edition(atlas, address):
    old = fresh(atlas, address)
    atlas.put("sites", "place-b", name="Place B anew")
    run("-C", atlas.folder, "query", "--format", "count")
    code = (
        "import sys, time; from geo.export.postgis import publishing; write = publishing.write_styles\n"
        "def wait(cursor, *rest):\n"
        "    print('there', flush=True); cursor.execute('SELECT pg_sleep(20)'); return write(cursor, *rest)\n"
        "publishing.write_styles = wait\n"
        "from geo.commands import main; main(['-C', sys.argv[1], 'export', sys.argv[2]])\n"
    )
    for sign, ended in ((signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)):
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", code, str(atlas.folder), address], cwd=ROOT,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout.readline() == "there\n"
        time.sleep(0.1)
        process.send_signal(sign)
        _, err = process.communicate(timeout=60)
        assert process.returncode == ended, err
        assert "Traceback" not in err
        assert names(address) == old
        with connect(address) as db:  # the server may take a while to see that nobody is there
            db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'memorial'")
    assert fresh(atlas, address)["place-b"] == "Place B anew"


def test_what_is_not_ours_is_never_replaced(atlas, address):
    with connect(address) as db:
        db.execute('CREATE SCHEMA "small-atlas"')
        db.execute('CREATE TABLE "small-atlas".atlas (key text, value text)')
    code, out, err = run("-C", atlas.folder, "export", address)
    assert (code, out) == (2, "")
    assert "a schema that holds atlas, and no edition" in err
    assert "options=-csearch_path%3DNAME" in err
    elsewhere = f"{address}&options=-csearch_path%3Dother"
    assert run("-C", atlas.folder, "export", elsewhere)[1].endswith(" other\n")
    assert run("-C", address, "query", "--format", "count")[0] == 0  # the only edition
    assert run("-C", elsewhere, "show", "place-a")[0] == 0
    with connect(address) as db:
        db.execute("CREATE VIEW other.built_by_an_editor AS SELECT name FROM other.sites")
    code, _, err = run("-C", atlas.folder, "export", elsewhere)
    assert code == 2
    assert "built_by_an_editor" in err
    assert "drop what depends" in err
    with connect(address) as db:
        db.execute("DROP VIEW other.built_by_an_editor")
        db.execute("CREATE TABLE other.basins (x int)")
    atlas.replace("atlas.toml", "[layers.lake]", "[layers.basins]")
    code, _, err = run("-C", atlas.folder, "export", elsewhere)
    assert code == 2
    assert "saw basins, which the edition did not make" in err


def test_refusals_name_the_next_step_and_no_password(atlas, server, monkeypatch):
    address = server("bare")
    with connect(address) as db:
        db.execute("DROP ROLE IF EXISTS editor")
        db.execute("CREATE ROLE editor LOGIN PASSWORD 's3cret/pass'")
        name = db.info.dbname
    plain, known = server(name, "editor", "s3cretwrong"), server(name, "editor", SECRET)
    monkeypatch.chdir(atlas.folder)
    for target, told in (
        (plain, "PGPASSWORD"),
        (known, "CREATE EXTENSION postgis"),  # none there, and no right to make one
        (f"postgresql://editor:{SECRET}@127.0.0.1:1/x", "see that the server runs"),
        ("postgresql://editor:s3cret@home@host/x", "write %40 for @"),
        ("postgresql://editor:s3cret/x@host/x", "write %40 for @"),
        (f"{known}&nonsense=1&sslpassword=s3cret", "see that the server runs"),
        (server("postgres").replace("/postgres?", "/missing?"), "createdb"),
    ):
        code, out, err = run("export", target)
        assert (code, out) == (2, ""), err
        assert told in err, err
    with connect(address) as db:
        db.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    code, _, err = run("export", known)
    assert code == 2
    assert "permission denied" in err
    assert run("-C", known, "query")[0] == 2
    for arguments in (["-C", known, "build"], ["-C", known, "export", "x.gpkg"], ["export", known, "--format", "csv"]):
        code, _, err = run(*arguments)
        assert code == 2
        assert "postgresql://editor@/" in err
    with connect(address) as db:
        db.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO editor").format(sql.Identifier(name)))
    code, out, err = run("export", known)  # an editor needs no more than that
    assert code == 0, err
    assert out == f"postgresql://editor@/{name} small-atlas\n"
    with connect(address) as db:
        everything = db.execute("SELECT string_agg(value, ' ') FROM \"small-atlas\".atlas").fetchone()[0]
    assert "s3cret" not in everything
    assert run("-C", known, "query", "--format", "ids")[1] == run("query", "--format", "ids")[1]
    with connect(address) as db:
        db.execute("DROP OWNED BY editor")
        db.execute("DROP ROLE editor")


def test_without_the_library_the_next_step_is_to_install_it(atlas, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    for arguments in (["-C", atlas.folder, "export", "postgresql://h/x"], ["-C", "postgresql://h/x", "query"]):
        code, _, err = run(*arguments)
        assert code == 2
        assert "pip install 'memorial-atlas[postgis]'" in err


HOSTILE = ("'; DROP TABLE sites; --", 'a"b', "%s %(x)s :y ?", "\\.", "a\n\\.\nb", "\\N", "", "{}", "ក ខ\r\n", "e\u0301")


def test_hostile_names_and_values_come_through_letter_for_letter(atlas, address, tmp_path):
    hostile = ['c"1', "c%s", "c:x", "c'4", "c\\", "xmin", "ctid", "é x", "c" * 70, "ខ" * 30]
    with atlas.document("data/lake.geojson") as document:
        for place, feature in enumerate(document["features"]):
            feature["properties"] |= {name: HOSTILE[(place + turn) % len(HOSTILE)] for turn, name in enumerate(hostile)}
        high = json.loads(json.dumps(document["features"][0]))
        high["geometry"]["coordinates"] = [
            [[*place, 3.5] for place in ring] for ring in high["geometry"]["coordinates"]
        ]
        document["features"].append(high)  # heights here, none there
    path = tmp_path / "hostile.gpkg"
    write_catalogue(path, read_atlas(atlas.folder), (), {}, "d")  # the checks would refuse most of it
    wanted = Wanted({"lake": None}, whole=False, asked={}, command="")
    with open_catalogue(path) as known:
        with pytest.raises(RequestError, match="the name xmin"):
            write_database(known, Address(address), wanted)
        write_database(known, Address(address), wanted, allow_loss=True)
        with open_shared(Address(address)) as shared:
            before = [tuple(row) for row in known.rows("SELECT * FROM lake ORDER BY fid")]
            after = [tuple(row) for row in shared.rows("SELECT * FROM lake ORDER BY fid")]
            assert [shared.geometry(row[1]) for row in after] == [known.geometry(row[1]) for row in before]
            columns = {name for name, _ in shared.columns("lake")}
            losses = shared.value("edition")["losses"]
            said = [tuple(shared.rows("SELECT ?, 'a?b:c%'", (text,))[0]) for text in HOSTILE]
    assert [row[2:] for row in before] == [row[2:] for row in after]
    assert {'c"1', "c%s", "c:x", "c'4", "c\\", "xmin_2", "ctid_2", "c" * 63, "ខ" * 21} <= columns
    assert len(losses) == 4
    assert said == [(text, "a?b:c%") for text in HOSTILE]


def test_a_part_of_the_atlas_tells_nothing_of_the_rest(atlas, address):
    code, _, err = run("-C", atlas.folder, "export", address, "sites", "--kind", "memorial", "--where", "name <> 'x'")
    assert code == 0, err
    assert run("-C", address, "query", "--format", "ids")[1] == "place-c\n"
    assert run("-C", address, "query", "--text", "place c", "--format", "ids")[1] == "place-c\n"
    with connect(address) as db:
        words = {row[0] for row in db.execute('SELECT word FROM "small-atlas".words').fetchall()}
        subjects = {row[0] for row in db.execute('SELECT subject FROM "small-atlas".claimed').fetchall()}
        texts = " ".join(row[0] for row in db.execute('SELECT text FROM "small-atlas".search').fetchall())
    assert "place" in words
    assert all(word in texts for word in words)
    assert subjects <= {"place-c"}
    code, _, err = run("-C", atlas.folder, "export", address, "--crs", "EPSG:32624")
    assert code == 0, err
    with connect(address) as db:
        moved = db.execute("SELECT srid FROM geometry_columns WHERE f_table_schema = 'small-atlas'").fetchall()
    assert set(moved) == {(32624,)}
    assert "Only an edition in degrees can be asked" in run("-C", address, "query")[2]


def test_a_mask_is_honoured_in_every_table_and_view(atlas, address):
    manifest = (atlas.folder / "atlas.toml").read_text(encoding="utf-8")
    rules = '{ kinds = ["prison"], grid_m = 5000 }, { kinds = ["execution_site", "camp"], hide = true }'
    words = 'title = { en = "Public" }\nreason = { en = "So that graves rest." }'
    atlas.write("atlas.toml", f"{manifest}\n[masks.public]\n{words}\nrules = [{rules}]\n")
    secrets = (
        "-32.5,10.5]",
        "-31.4,10.6]",
        "-29.5,10.5]",
        '"lon":-32.5,',
        '"lon":-31.4,',
        "10°30'N",
        "Commune B",
        "P20101",
    )
    told = {}
    for name, more in (("whole", ()), ("masked", ("--mask", "public"))):
        code, _, err = run("-C", atlas.folder, "export", address, *more)
        assert code == 0, err
        with connect(address) as db:
            held = db.execute(
                "SELECT relname, obj_description(oid) FROM pg_class WHERE relkind IN ('r', 'v')"
                " AND relnamespace = '\"small-atlas\"'::regnamespace"
            ).fetchall()
            rows = []
            for table, _ in held:
                place = sql.Identifier("small-atlas", table)
                rows += db.execute(sql.SQL("SELECT row_to_json(t)::text FROM {} AS t").format(place)).fetchall()
        told[name] = "\n".join(row for (row,) in rows)
    assert all(secret in told["whole"] for secret in secrets)
    assert [secret for secret in secrets if secret in told["masked"]] == []
    assert "under the mask “public”" in dict(held)["sites"]
    assert run("-C", address, "query", "--where", "precision_basis = 'masked'", "--format", "ids")[1] == "place-a\n"


def test_functions_in_the_database_are_those_of_a_question(address):
    letters = [chr(point) for point in range(1, sys.maxunicode) if chr(point).casefold() != chr(point)]
    letters += [chr(point) for point in range(1, 0x3000, 7)] + ["Ĭ A ß", "ភ្នំ Wat"]
    numbers = (0.0, 1.0, -7.25, 0.1, 0.3, 12345.678, 1e300, -1e300, 1e-300, 5e-324)
    pairs = [(left, right) for left in numbers for right in numbers]
    with connect(address) as db:
        db.execute("CREATE SCHEMA other")
        functions.create_functions(db.cursor(), "other")
        db.execute("SET search_path = other")
        answered = db.execute(
            "SELECT array_agg(casei(x) ORDER BY n) FROM unnest(%s::text[]) WITH ORDINALITY AS l (x, n)", (letters,)
        ).fetchone()[0]
        assert [(one, other) for one, other in zip(letters, answered, strict=True) if one.casefold() != other] == []
        latin = [chr(point) for point in range(1, 0x2000, 3)]
        answered = db.execute(
            "SELECT array_agg(accenti(x) ORDER BY n) FROM unnest(%s::text[]) WITH ORDINALITY AS l (x, n)", (latin,)
        ).fetchone()[0]
        plain = FUNCTIONS["accenti"][1]
        assert [(one, other) for one, other in zip(latin, answered, strict=True) if plain(one) != other] == []
        for name in ("power_of", "rest_of", "quotient_of"):
            function = FUNCTIONS[name][1]
            for left, right in pairs:
                asked = sql.SQL("SELECT {}(%s::float8, %s::float8)").format(sql.Identifier(name))
                found = db.execute(asked, (left, right)).fetchone()[0]
                with suppress(OverflowError):  # what is too large for a number
                    assert found == function(left, right), (name, left, right)
    assert ACCENTS.pattern == functions._MARKS


def test_an_address_shows_no_secret():
    shown = Address(f"postgresql://ann:{SECRET}@[::1]:5432,b:1/atlas?password=s3cret&options=-csearch_path%3Dx")
    assert str(shown) == "postgresql://ann@[::1]:5432,b:1/atlas"
    assert "s3cret" not in repr(shown)
    assert shown.clean('bad "s3cret/pass" in\nx') == 'bad "…" in x'
    with pytest.raises(RequestError):
        Address("postgresql://ann:a@b@c/d")
    assert os.environ.get("PGPASSWORD") is None
