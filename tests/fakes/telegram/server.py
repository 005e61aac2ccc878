"""The HTTP side: one thread with its own loop, a free port, Telegram's envelopes."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.fakes.telegram import validate, webhook
from tests.fakes.telegram.markup import BadRequestError
from tests.fakes.telegram.methods import METHODS, RefusedError
from tests.fakes.telegram.objects import Json
from tests.fakes.telegram.world import Call, Trouble, World

TOKEN = "4242424242:" + "AAFake-token_of_the_fake_bot_api_srv"  # opens nothing


@dataclass(frozen=True)
class Upload:
    """A file sent along."""

    name: str
    content: bytes


@dataclass
class Server:
    """A running fake. ``base_url`` is what HUIQI_TELEGRAM_BASE_URL takes."""

    world: World
    token: str
    port: int = 0
    poll: int = 0  # the number of the newest getUpdates, which ends the others

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/bot"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Any call of the bot."""
        token, method = request.match_info["token"], request.match_info["method"]
        if token != self.token:
            return _refusal(401, "Unauthorized") if ":" in token else _refusal(404, "Not Found")
        given = await _given(request)
        trouble = self.world.trouble_for(method, _chat(given))
        if trouble is not None and trouble.how in ("status", "reset", "hang", "slow"):
            self._note(method, given, trouble.how)
            failure = await _before(request, trouble)
            if failure is not None:
                return failure
        response = await self._called(method, given)
        if trouble is not None and trouble.how in ("swallow", "cut"):
            await _after(request, trouble)
        return response

    async def _called(self, method: str, given: Json) -> web.Response:
        try:
            if method not in validate.METHODS:
                raise RefusedError(404, "Not Found: method not found")
            typed = validate.parameters(method, given)
            if method == "getUpdates":
                result = await self._get_updates(**typed)
            else:
                with self.world.changed:
                    result = METHODS[method](self.world, typed)
        except BadRequestError as error:
            self._note(method, given, f"400 {error}")
            return _refusal(400, f"Bad Request: {error}")
        except RefusedError as error:
            self._note(method, given, f"{error.code} {error.description}")
            return _refusal(error.code, error.description, **error.parameters)
        if method != "getUpdates" or result:
            self._note(method, given, "ok")
        return web.json_response({"ok": True, "result": result})

    def _note(self, method: str, given: Json, outcome: str) -> None:
        with self.world.changed:
            self.world.calls.append(Call(self.world.clock(), method, given, outcome))
            self.world.changed.notify_all()

    async def _get_updates(
        self, offset: int = 0, limit: int = 100, timeout: int = 0, allowed_updates: list[str] | None = None
    ) -> list[Json]:
        if self.world.webhook["url"]:
            raise RefusedError(409, "Conflict: can't use getUpdates method while webhook is active; delete it first")
        self.poll += 1
        mine = self.poll
        self.world.confirm(offset)
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout
        while not self.world.pending(1) and loop.time() < end:
            await asyncio.sleep(0.01)
            if self.poll != mine:
                raise RefusedError(409, "Conflict: terminated by other getUpdates request; one bot instance only")
        return self.world.pending(min(limit, 100))


def _chat(given: Json) -> int | None:
    chat = str(given.get("chat_id", ""))
    return int(chat) if chat.lstrip("-").isdecimal() else None


async def _given(request: web.Request) -> Json:
    given: Json = dict(request.query)
    if request.content_type == "application/json":
        given |= await request.json()
        return given
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            with value.file as file:
                given[name] = Upload(value.filename, file.read())
        else:
            given[name] = value
    for name, value in given.items():
        if isinstance(value, str) and value.startswith("attach://"):
            given[name] = given[value.removeprefix("attach://")]
    attached = {key for key, value in given.items() if isinstance(value, Upload) and key.startswith("attached")}
    return {key: value for key, value in given.items() if key not in attached}


async def _before(request: web.Request, trouble: Trouble) -> web.Response | None:
    if trouble.how == "status":
        return _refusal(trouble.code, trouble.description, **trouble.parameters)
    if trouble.how == "reset":
        _reset(request)
    if trouble.how == "hang":
        await asyncio.sleep(3600)
    await asyncio.sleep(trouble.seconds)
    return None


async def _after(request: web.Request, trouble: Trouble) -> None:
    if trouble.how == "cut":
        _reset(request)
    await asyncio.sleep(3600)


def _reset(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
    raise ConnectionResetError


def _refusal(code: int, description: str, **parameters: Any) -> web.Response:
    body: Json = {"ok": False, "error_code": code, "description": description}
    if parameters:
        body["parameters"] = parameters
    return web.json_response(body, status=code)


@contextmanager
def running(world: World | None = None, *, token: str = TOKEN, port: int = 0) -> Iterator[Server]:
    """A fake Bot API on a port of its own until the block is left."""
    server = Server(world or World(), token)
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    failure: list[BaseException] = []
    stop = asyncio.Event()

    async def serve() -> None:
        app = web.Application(client_max_size=50_000_000)
        app.router.add_route("*", "/bot{token}/{method}", server.answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        server.port = runner.addresses[0][1]
        pusher = asyncio.ensure_future(webhook.push_for_ever(server.world))
        ready.set()
        await stop.wait()
        pusher.cancel()
        await runner.cleanup()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:  # those that hang on purpose
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def work() -> None:
        try:
            loop.run_until_complete(serve())
        except BaseException as error:  # told to the test's thread
            failure.append(error)
            ready.set()
        finally:
            loop.close()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    ready.wait(10)
    if failure:
        raise failure[0]
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
