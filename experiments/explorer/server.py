"""The server of the explorer: its routes, its files, and how it starts and ends."""

from __future__ import annotations

import contextlib
import importlib.resources
import socket
import threading
import webbrowser
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from experiments.explorer import catalogue, live_routes, story_routes, study_routes
from experiments.explorer.ask import offer
from experiments.explorer.guard import Guard, error_page, own_hosts
from experiments.explorer.state import State
from experiments.kit import screen
from experiments.kit.errors import UserError

if TYPE_CHECKING:
    from experiments.explorer.explore import OPTIONS

ADDRESS = "127.0.0.1"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html"}


def application(state: State, port: int) -> Starlette:
    """The application that answers the page asked for on a port, from what is looked at and the runs at hand."""
    routes = [
        Route("/", page),
        Route("/static/{name:path}", file),
        *catalogue.ROUTES,
        *live_routes.ROUTES,
        *story_routes.ROUTES,
        *study_routes.ROUTES,
    ]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(Guard, hosts=own_hosts(port))],
        exception_handlers={UserError: _refused, HTTPException: _missing},
    )
    app.state.explorer = state
    return app


async def page(request: Request) -> Response:
    """The one page, whose views are told apart behind ``#``."""
    return HTMLResponse((_files() / "index.html").read_text(encoding="utf-8"))


async def file(request: Request) -> Response:
    """A script or style sheet of the page."""
    name = request.path_params["name"]
    root = importlib.resources.files("experiments")
    known = {path.name: path for path in _files().iterdir() if path.is_file()}
    known["house.css"] = root / "drawing" / "house.css"
    if name not in known:
        raise HTTPException(404)
    path = known[name]
    kind = TYPES.get(f".{name.rpartition('.')[2]}", "text/plain")
    return FileResponse(str(path), media_type=kind)


def serve(options: OPTIONS) -> int:
    """Serve until interrupted; returns the exit code.

    Raises UserError if the folder holds no study, the file no scenario, or the port is taken.
    """
    if options.scenario is not None:
        offer(options.scenario)
    state = State.opened(options.folder, options.shards, options.threads)
    with listening_at(options.port) as listening:
        port = listening.getsockname()[1]
        address = f"http://{ADDRESS}:{port}/"
        screen.line(f"The explorer is at {address} (Ctrl-C ends it)", copied=True)
        threading.Thread(target=state.warm, daemon=True).start()
        if options.browser:
            webbrowser.open(address)
        config = uvicorn.Config(application(state, port), log_level="error", access_log=False, ws="none")
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listening])
    return 0


def listening_at(port: int) -> socket.socket:
    """A socket that listens on this machine's own address."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((ADDRESS, port))
        made.listen(64)
    except OSError as error:
        made.close()
        raise UserError(
            f"port={port}: {(error.strerror or str(error)).lower()}; allowed: another port, or port=0 for any free one"
        ) from None
    return made


def _files() -> Any:
    return importlib.resources.files("experiments.explorer") / "static"


async def _refused(request: Request, error: Exception) -> Response:
    """What the person can mend, line by line."""
    lines = error.lines if isinstance(error, UserError) else (str(error),)
    return JSONResponse({"error": list(lines)}, status_code=400)


async def _missing(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return error_page(status, f"{request.url.path}: there is no such page.")
