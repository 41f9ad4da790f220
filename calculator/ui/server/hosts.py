"""Check the host name under which a browser requests the app.

A page of another site can make its own name resolve to this server's address (DNS rebinding), and can open a WebSocket
to any address.  The headers of the request show this: ``Host`` has the requested name, ``Origin`` has that of the page.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

REFUSED = (
    "This server is not known under this name, or a page of another site asks for it. "
    "Its administrator can allow both in .streamlit/config.toml: server.allowedHosts, server.corsAllowedOrigins.\n"
)
FORBIDDEN, POLICY_VIOLATION = 403, 1008


class KnownHosts:
    """Middleware that refuses requests to host names of other servers, and requests from pages of other sites.

    The names of this server are in ``server.allowedHosts``. Other sites may use it if their origin, such as
    ``https://portal.example.com``, is in ``server.corsAllowedOrigins``.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or pass it on."""
        if scope["type"] in ("http", "websocket"):
            headers = Headers(scope=scope)
            hosts, origins = headers.getlist("host"), headers.getlist("origin")
            names, sites = st.get_option("server.allowedHosts"), st.get_option("server.corsAllowedOrigins")
            if not is_allowed(hosts, origins, names, sites):
                await _refuse(scope, receive, send)
                return
        await self._app(scope, receive, send)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": POLICY_VIOLATION})  # The server answers with status 403.
    else:
        await PlainTextResponse(REFUSED, FORBIDDEN)(scope, receive, send)


def is_allowed(hosts: list[str], origins: list[str], names: Iterable[str], sites: Iterable[str]) -> bool:
    """Return whether a request may be answered.

    Parameters
    ----------
    hosts, origins
        Values of the headers ``Host`` and ``Origin``. A request has one host and at most one origin.
    names
        Names of this server, without a port. ``*.example.com`` allows all names below ``example.com``, ``*`` all names.
    sites
        Origins of other sites that may use this server.
    """
    if len(hosts) != 1 or len(origins) > 1:
        return False
    name = _name_of(hosts[0])
    if not name or not any(_matches(name, allowed.strip().lower()) for allowed in names):
        return False
    if not origins or origins[0] in {site.strip().rstrip("/") for site in sites}:
        return True
    scheme, _, place = origins[0].partition("://")
    return scheme in ("http", "https") and place.lower() == hosts[0].lower()


def _name_of(host: str) -> str:
    """Return the name in a header ``Host``, without its port; empty if the header is not valid."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # A port that is not a number raises an error only here.
    except ValueError:
        return ""
    is_plain = parts.netloc == host and parts.username is None
    return (parts.hostname or "").rstrip(".") if is_plain else ""


def _matches(name: str, allowed: str) -> bool:
    return name.endswith(allowed[1:]) if allowed.startswith("*.") else allowed in ("*", name)
