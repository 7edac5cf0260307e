"""A PostgreSQL server of the tests' own: on a socket in a temporary folder, without a port, gone when they end."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SETTINGS = (
    "-c listen_addresses= -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_wal_senders=0"
    " -c wal_level=minimal -c shared_buffers=32MB -c autovacuum=off -c jit=off"
)


def find_programs() -> Path | None:
    """Return the folder of the newest server that has PostGIS; None where there is none."""
    found = sorted(
        (Path(control) for control in Path("/usr/share/postgresql").glob("*/extension/postgis.control")),
        key=lambda control: int(control.parts[-3]),
    )
    folders = [Path("/usr/lib/postgresql") / control.parts[-3] / "bin" for control in reversed(found)]
    asked = shutil.which("pg_config")
    if asked:
        shared, programs = (
            subprocess.run([asked, option], capture_output=True, text=True, check=True).stdout.strip()
            for option in ("--sharedir", "--bindir")
        )
        if (Path(shared) / "extension/postgis.control").is_file():
            folders.append(Path(programs))
    return next((folder for folder in folders if (folder / "initdb").is_file()), None)


def owner() -> dict[str, object]:
    """Return who runs the server: it refuses root, whose tests it then leaves to the user that its package made."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextmanager
def run_server(programs: Path) -> Iterator[Path]:
    """Yield the folder of the socket of a running server; ``postgres`` is its superuser, all others have passwords."""
    who = owner()
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # a path of a socket has 107 bytes at most
    try:
        if who:
            os.chown(folder, who["user"], who["group"])
        folder.chmod(0o755)
        data = folder / "data"

        def run(*command: object) -> None:
            done = subprocess.run(
                [str(word) for word in command], cwd=folder, check=False, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=120,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}, **who,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]

        # A locale that sorts as dictionaries do would show whether texts are compared by their letters.
        run(programs / "initdb", "-D", data, "-U", "postgres", "--encoding=UTF8", "--locale=C.UTF-8",
            "--auth=trust", "--no-sync", "--no-instructions")  # fmt: skip
        (data / "pg_hba.conf").write_text("local all postgres trust\nlocal all all scram-sha-256\n")
        run(programs / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-t", "60", "-o",
            f"-k {folder} {SETTINGS}", "start")  # fmt: skip
        try:
            yield folder
        finally:
            run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
