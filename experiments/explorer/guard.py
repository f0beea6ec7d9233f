"""Who is answered, and what the browser may do with the answer: this machine and this page alone."""

from __future__ import annotations

import html
from collections.abc import Iterable
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


class Guard:
    """Answers requests to this machine's own names that come from its own page; refuses all others.

    A page elsewhere can make a browser send requests here, and a name elsewhere can be made to point here; both
    show in the headers ``Origin`` and ``Host``, whose values ``hosts`` are ours.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self.app, self.hosts = app, frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        headers = {name: value for name, value in scope["headers"] if name in (b"host", b"origin")}
        host = headers.get(b"host", b"").decode("latin-1").lower()
        origin = headers.get(b"origin", b"").decode("latin-1").lower()

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        if host not in self.hosts:
            refusal = error_page(421, f"The host {host or 'without a name'} is not served here.")
            await refusal(scope, receive, marked)
        elif origin and origin not in {f"http://{name}" for name in self.hosts}:
            refusal = error_page(403, f"A page of {origin} may not ask here.")
            await refusal(scope, receive, marked)
        else:
            await self.app(scope, receive, marked)


def own_hosts(port: int) -> tuple[str, ...]:
    """Names under which a server on this machine's own address is asked."""
    return tuple(f"{name}:{port}" for name in ("127.0.0.1", "localhost"))


def error_page(status: int, *lines: str) -> HTMLResponse:
    """A page that says in plain words what is refused."""
    told = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    title = f"{status} {HTTPStatus(status).phrase}"
    body = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/static/house.css"><main class="page"><h1>Not here</h1>'
        f'{told}<p>The explorer answers its own page on this machine alone. <a href="/">Open it</a></p></main></html>'
    )
    return HTMLResponse(body, status_code=status)
