"""A process that has loaded the program and forks a child for each run, so that a hundred faults take seconds.

It reads one order a line (JSON) and answers each with one line: ``cwd``, ``args``, and at most one fault:

``kill_after``
    Seconds after which the child is killed (SIGKILL).
``kill_at``, ``interrupt_at``, ``fail_at``
    The how-manieth step on the file system (opening for writing, renaming, removing …) the child does not survive, is
    interrupted at (SIGINT), or sees fail with ``errno``.
``room``
    The size in bytes that no file may exceed, as on a full disk (RLIMIT_FSIZE).

The answer: ``code`` (negative: the signal), ``steps`` (how many there were), ``seconds``, ``out``, ``err``.
"""

from __future__ import annotations

import json
import mmap
import os
import resource
import signal
import sys
import threading
import time
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path

import geo.atlas
import geo.commands
import geo.export
import geo.export.vectors
import geo.importing.filing
import geo.webmap
import geo.webmap.page

WRITES = {"os.rename", "os.remove", "os.chmod", "os.utime", "os.mkdir", "os.rmdir", "sqlite3.connect"}


def main():
    warm(sys.argv[1:])
    for line in sys.stdin:
        sys.stdout.write(json.dumps(run(json.loads(line))) + "\n")
        sys.stdout.flush()


def warm(folders):
    """Run the program once in each folder, so that a child has nothing left to load."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stderr(nowhere), redirect_stdout(nowhere):
        for folder in folders:
            os.chdir(folder)
            for args in (["build"], ["query"], ["export", "x.gpkg"], ["export", "x.zip", "--format", "shapefile"]):
                with suppress(SystemExit):
                    geo.commands.main(args)


def run(order):
    begun = time.perf_counter()
    # Neither pipes nor shared memory are files, so that a limit on their size does not touch them.
    (out, child_out), (err, child_err), steps = os.pipe(), os.pipe(), mmap.mmap(-1, 8)
    child = os.fork()
    if not child:
        code = 70
        try:
            code = be_child(order, child_out, child_err, steps)
        finally:
            os._exit(code)
    os.close(child_out)
    os.close(child_err)
    wait = order.get("kill_after", 60.0)
    timer = threading.Timer(wait, os.kill, (child, signal.SIGKILL))
    timer.start()
    said = [read_all(out), read_all(err)]  # what a run says fits into a pipe
    status = os.waitpid(child, 0)[1]
    timer.cancel()
    timer.join()
    return {
        "code": os.waitstatus_to_exitcode(status),
        "steps": int.from_bytes(steps[:], "little"),
        "seconds": time.perf_counter() - begun,
        "out": said[0],
        "err": said[1],
    }


def read_all(handle):
    with os.fdopen(handle, "rb") as pipe:
        return pipe.read().decode("utf-8", "replace")


def be_child(order, out, err, counter):
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.chdir(order["cwd"])
    arm(order, counter)
    if "room" in order:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["room"], order["room"]))
    try:
        geo.commands.main(order["args"])
    except SystemExit as end:
        sys.stdout.flush()
        sys.stderr.flush()
        return int(end.code or 0)
    return 1


def arm(order, counter):
    """Count the steps on the file system of the atlas, and let the one that was ordered go wrong."""
    home, steps = os.path.realpath(order["home"]), 0

    def hear(event, arguments):
        nonlocal steps
        writes = event in WRITES or (
            event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        )
        if not writes or home not in str(arguments[0]):
            return
        steps += 1
        counter[:] = steps.to_bytes(8, "little")
        if steps == order.get("kill_at"):
            os.kill(os.getpid(), signal.SIGKILL)
        if steps == order.get("interrupt_at"):
            os.kill(os.getpid(), signal.SIGINT)
        if steps == order.get("fail_at") and event != "sqlite3.connect":  # it opens a file without Python's help
            raise OSError(order["errno"], os.strerror(order["errno"]))

    sys.addaudithook(hear)


if __name__ == "__main__":
    main()
