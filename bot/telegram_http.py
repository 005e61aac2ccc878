"""The process's own HTTP side: Telegram's webhook, ``/health`` and ``/metrics``."""

import asyncio
import hmac
import json
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from storage.engine import Store, StoreUnavailableError

log = structlog.get_logger()

HEADER = "X-Telegram-Bot-Api-Secret-Token"
PATH = "/telegram"
LARGEST = 1_000_000  # bytes; Telegram's updates are far smaller


class CannotListenError(Exception):
    """打不开 HUIQI_LISTEN 指的端口：换一个端口，或停掉占用它的程序"""


Accept = Callable[[Sequence[Mapping[str, Any]]], Awaitable[None]]


def application(store: Store, metrics: Callable[[], bytes], secret: str | None, accept: Accept | None) -> Starlette:
    """The routes. Without ``accept`` there is no webhook."""

    async def health(request: Request) -> Response:
        try:
            await asyncio.to_thread(store.ping)
        except StoreUnavailableError:
            return JSONResponse({"store": "away"}, 503)
        return JSONResponse({"store": "ok"})

    async def figures(request: Request) -> Response:
        return PlainTextResponse(await asyncio.to_thread(metrics), media_type="text/plain; version=0.0.4")

    async def webhook(request: Request) -> Response:
        given = request.headers.get(HEADER, "")
        if accept is None or not hmac.compare_digest(given.encode(), (secret or "").encode()):
            log.warning("webhook.refused", why="wrong secret")
            return Response(status_code=403)
        update = await _update(request)
        if update is None:
            log.warning("webhook.refused", why="no update")
            return Response(status_code=400)
        try:
            await accept([update])
        except StoreUnavailableError as error:
            log.warning("store.away", role="intake", error=str(error))
            return Response(status_code=503)  # Telegram keeps it and comes again
        return Response(status_code=200)

    routes = [Route("/health", health), Route("/metrics", figures)]
    if accept is not None:
        routes.append(Route(PATH, webhook, methods=["POST"]))
    return Starlette(routes=routes)


async def _update(request: Request) -> Mapping[str, Any] | None:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return None
    try:
        update = json.loads(body)
    except ValueError:
        return None
    readable = isinstance(update, dict) and isinstance(update.get("update_id"), int)
    return update if readable else None


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The roles have their own handlers."""
        yield


async def serve(app: Starlette, listen: str, stop: asyncio.Event) -> None:
    """Serve at ``host:port`` until ``stop``. Raises ``CannotListenError``."""
    host, _, port = listen.rpartition(":")
    try:
        sock = socket.create_server((host, int(port)))
    except OSError as error:
        raise CannotListenError(f"{CannotListenError.__doc__}（{listen}：{error.strerror}）") from error
    server = _Server(uvicorn.Config(app, ws="none", log_config=None, access_log=False, lifespan="off"))
    serving = asyncio.ensure_future(server.serve(sockets=[sock]))
    stopped = asyncio.ensure_future(stop.wait())
    await asyncio.wait((serving, stopped), return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    server.should_exit = True
    await serving
