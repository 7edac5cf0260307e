"""Serve a preview to browsers on this machine, and to nobody else."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import socket
from contextlib import contextmanager
from importlib import resources
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from geo.errors import Problem, RequestError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from starlette.requests import Request

    from geo.preview.showing import Preview, State

__all__ = ["make_app", "open_port", "serving"]

HOST: Final = "127.0.0.1"
_NAMES: Final = [HOST, "localhost"]
"""What a request may call this server: a page from elsewhere whose name was made to lead here is turned away."""

_PARTS: Final = {"shell.js": "text/javascript", "shell.css": "text/css"}
_PLAIN: Final = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_FRAMED: Final = _PLAIN | {"Content-Security-Policy": "frame-ancestors 'self'"}
_SHELL: Final = _PLAIN | {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "frame-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}
_PAUSE_S: Final = 0.1
_PATIENCE_S: Final = 5


def open_port(port: int) -> socket.socket:
    """Take a port of this machine that only programs on it can reach.

    Parameters
    ----------
    port
        Its number; 0 for any that is free.

    Returns
    -------
    socket.socket
        It is bound; nobody is answered yet.

    Raises
    ------
    RequestError
        When another program has it, or it may not be had.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere this lets two programs have one port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
        listening.listen()
    except OSError as error:
        listening.close()
        taken = error.errno == errno.EADDRINUSE
        seen = f"{port}, which another program has" if taken else f"{port}: {error.strerror}"
        step = f"end that program, or give another number: --port {port + 1}" if taken else "give one above 1023"
        problem = Problem("the question", "--port", "", seen, "a port that is free; 0 takes any", step, "port")
        raise RequestError("Nothing can be served there", [problem]) from error
    return listening


@contextmanager
def serving(preview: Preview, listening: socket.socket) -> Iterator[str]:
    """Answer browsers while the block runs.

    Parameters
    ----------
    preview
        What is shown.
    listening
        The port, as `open_port` gives it; it is closed at the end.

    Yields
    ------
    str
        The address to open.
    """
    over = Event()
    # Without a log of its own: whoever runs it hears of builds, not of requests.
    server = uvicorn.Server(
        uvicorn.Config(make_app(preview, over), log_config=None, access_log=False, lifespan="off", server_header=False)
    )
    # Signals stay with the main thread, which builds: an interrupted build ends at once and leaves whole files.
    thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{listening.getsockname()[1]}/"
    finally:
        over.set()
        server.should_exit = True
        thread.join(_PATIENCE_S)
        listening.close()


def make_app(preview: Preview, over: Event) -> Starlette:
    """Return what answers requests: a shell, its pages and the news of builds, out of memory; it opens no other file.

    Parameters
    ----------
    preview
        What is shown.
    over
        Is set when no more news will come.
    """
    shell = {name: resources.files("geo.preview").joinpath(name).read_bytes() for name in ("shell.html", *_PARTS)}

    async def answer_shell(request: Request) -> Response:
        name = request.path_params.get("name", "index")
        if name != "index" and name not in preview.state.pages:
            return _refuse(preview.state)
        return Response(shell["shell.html"], headers=_SHELL, media_type="text/html")

    async def answer_part(request: Request) -> Response:
        name = request.path_params["part"]
        if name not in _PARTS:
            return _refuse(preview.state)
        return Response(shell[name], headers=_PLAIN, media_type=_PARTS[name])

    async def answer_page(request: Request) -> Response:
        page = preview.state.pages.get(request.path_params["name"])
        return _refuse(preview.state) if page is None else Response(page, headers=_FRAMED, media_type="text/html")

    async def tell(_: Request) -> Response:
        return StreamingResponse(_tell_news(preview, over), headers=_PLAIN, media_type="text/event-stream")

    routes = [
        Route("/", answer_shell),
        Route("/news", tell),
        Route("/shell/{part}", answer_part),
        Route("/pages/{name}.html", answer_page),
        Route("/{name}", answer_shell),
    ]
    guard = Middleware(TrustedHostMiddleware, allowed_hosts=_NAMES, www_redirect=False)
    return Starlette(routes=routes, middleware=[guard])


def _refuse(state: State) -> Response:
    listed = "".join(f"\n  /{name}" for name in state.pages)
    return PlainTextResponse(f"There is no such page. Those that there are:{listed}\n", 404, headers=_PLAIN)


async def _tell_news(preview: Preview, over: Event) -> AsyncIterator[bytes]:
    """Yield what there is to show, and again after each build, as events of a stream (HTML, server-sent events)."""
    told = -1
    while not over.is_set():
        state = preview.state
        if state.number != told:
            told = state.number
            yield f"data: {json.dumps(_describe(state))}\n\n".encode()
        await asyncio.sleep(_PAUSE_S)


def _describe(state: State) -> dict[str, object]:
    error = state.error
    return {
        "pages": state.digests(),
        "refused": error.message if error else "",
        "problems": [str(problem) for problem in error.problems] if error else [],
    }
