"""Roles in processes of their own on PostgreSQL, the webhook, a database that goes away, health and metrics."""

import contextlib
import functools
import itertools
import json
import urllib.error
import urllib.request
from collections.abc import Iterator

from sqlalchemy import create_engine, make_url, text

from tests.fakes.echo_bot import SECRET
from tests.fakes.telegram.world import World
from tests.fakes.telegram_bots import Start, answers, free_port, postgres_only, sqlite_only


@postgres_only
def test_two_processes_of_every_role_lose_nothing_and_double_nothing(world: World, start: Start, port: int) -> None:
    webhook = f"http://127.0.0.1:{port}/telegram"
    other = free_port()
    for number, chat in itertools.product(range(5), range(1, 41)):
        world.says(chat, f"q{number}")
    updates = [json.dumps(update).encode() for update in world.pending(200)]
    with contextlib.ExitStack() as stack:
        bots = [stack.enter_context(start(role=role)) for role in ("worker", "sender", "clock") for _ in range(2)]
        for place in (port, other):
            bots.append(stack.enter_context(start(role="intake", webhook=webhook, listen=f"127.0.0.1:{place}")))
            assert world.until(functools.partial(listens, place), 30), bots[-1].said()
        for update in updates[::7]:  # what the first intake gets, the second gets, too
            assert posted(other, update, SECRET) == 200
        assert world.until(lambda: len(world.messages) >= 200, 30), [bot.said()[-2000:] for bot in bots]
        assert [bot.terminate() for bot in bots] == [0] * 8
        for role in (bots[0:2], bots[2:4]):
            done = [bot.actions().count("worker.done") + bot.actions().count("outbox.sent") for bot in role]
            assert min(done) > 0, "both processes of a role work"
        assert sum(bot.actions().count("retention.applied") for bot in bots[4:6]) == 1, "one clock of two"
    for chat in range(1, 41):
        assert world.texts(chat) == [f"{number + 1}:q{number}" for number in range(5)]


@postgres_only
def test_a_killed_sender_and_a_killed_worker_are_taken_over_by_their_twins(world: World, start: Start) -> None:
    for number, chat in itertools.product(range(4), range(1, 26)):
        world.says(chat, f"q{number}")
    with (
        start(role="intake"),
        start(role="worker", lease=0.5),
        start(kill="worker.turned:5", role="worker", lease=0.5) as worker,
        start(role="sender", lease=0.5),
        start(kill="outbox.delivered:5", role="sender", lease=0.5) as sender,
    ):
        assert worker.ended() == -9
        assert sender.ended() == -9
        assert world.until(lambda: all(len(answers(world, chat)) == 4 for chat in range(1, 26)), 30)
    for chat in range(1, 26):
        assert answers(world, chat) == [f"{number + 1}:q{number}" for number in range(4)]


@postgres_only
def test_a_killed_intake_is_taken_over_by_its_twin(world: World, start: Start) -> None:
    """Two that poll disturb each other (409), which must cost time only."""
    for number, chat in itertools.product(range(2), range(1, 6)):
        world.says(chat, f"q{number}")
    with (
        start(role="intake", kill="intake.received:1") as first,
        start(role="intake") as second,
        start(role="worker"),
        start(role="sender"),
    ):
        assert first.ended() == -9
        assert world.until(lambda: len(world.messages) >= 10, 30), second.said()[-2000:]
        world.says(7, "later")
        assert world.until(lambda: world.texts(7) == ["1:later"], 30), second.said()[-2000:]
        assert second.terminate() == 0
    for chat in range(1, 6):
        assert world.texts(chat) == ["1:q0", "2:q1"]


@sqlite_only
def test_a_role_alone_needs_postgresql(start: Start) -> None:
    with start(role="worker") as bot:
        assert bot.ended() == 1
        assert "postgresql://" in bot.said()


@postgres_only
def test_a_webhook_answers_503_while_the_database_is_away_and_nothing_is_lost(
    world: World, start: Start, database_url: str, port: int
) -> None:
    with start(webhook=f"http://127.0.0.1:{port}/telegram", listen=f"127.0.0.1:{port}") as bot:
        world.says(7, "q0")
        assert world.until(lambda: world.texts(7) == ["1:q0"]), bot.said()
        with away(database_url):
            world.says(7, "q1")
            assert world.until(lambda: any((call.method, call.outcome) == ("push", "503") for call in world.calls))
            assert fetched(port, "/health")[0] == 503
        assert world.until(lambda: world.texts(7) == ["1:q0", "2:q1"]), bot.said()


@postgres_only
def test_polling_goes_on_when_the_database_comes_back(world: World, start: Start, database_url: str) -> None:
    with start() as bot:
        world.says(7, "q0")
        assert world.until(lambda: world.texts(7) == ["1:q0"])
        with away(database_url):
            world.says(7, "q1")
            assert world.until(lambda: "store.away" in bot.actions())
        assert world.until(lambda: world.texts(7) == ["1:q0", "2:q1"], 20), bot.said()
        assert bot.terminate() == 0


@contextlib.contextmanager
def away(database_url: str) -> Iterator[None]:
    """The database refuses connections for a while, and those it had are cut."""
    url = make_url(database_url)
    admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{url.database}" WITH ALLOW_CONNECTIONS false'))
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
        connection.execute(text(cut), {"name": url.database})
        try:
            yield
        finally:
            connection.execute(text(f'ALTER DATABASE "{url.database}" WITH ALLOW_CONNECTIONS true'))
    admin.dispose()


@sqlite_only
def test_a_webhook_takes_only_what_carries_the_secret_and_is_an_update(world: World, start: Start, port: int) -> None:
    with start(webhook=f"http://127.0.0.1:{port}/telegram", listen=f"127.0.0.1:{port}") as bot:
        world.says(7, "q0")
        assert world.until(lambda: world.texts(7) == ["1:q0"]), bot.said()
        update = json.dumps({"update_id": 1, "message": {"chat": {"id": 7, "type": "private"}, "text": "x"}}).encode()
        assert posted(port, update, "wrong") == 403
        assert posted(port, update, "wrong", forwarded=True) == 403
        assert posted(port, update, None) == 403
        for nonsense in (b"", b"[]", b"{}", b'{"update_id": "x"}', b"\xff", b"x" * 1_100_000):
            assert posted(port, nonsense, SECRET) == 400
        assert posted(port, update, SECRET) == 200
        assert posted(port, update, SECRET, forwarded=True) == 200  # Telegram may send it twice, a proxy lies between
        assert world.until(lambda: len(world.texts(7)) == 2)
        assert world.texts(7)[1] == "2:x"
        assert SECRET not in bot.said()


@sqlite_only
def test_updates_pushed_out_of_order_and_in_parallel_are_answered(world: World, start: Start, port: int) -> None:
    for number, chat in itertools.product(range(3), range(1, 31)):
        world.says(chat, f"q{number}")
    world.updates.reverse()
    # The model loads while they arrive: what is in the inbox by then is answered in the order it was said.
    with start(webhook=f"http://127.0.0.1:{port}/telegram", listen=f"127.0.0.1:{port}", load=4.0) as bot:
        assert world.until(lambda: not world.updates, 20), bot.said()[-2000:]
        assert "worker.ready" not in bot.actions()
        assert world.until(lambda: len(world.messages) == 90, 20), bot.said()[-2000:]
    assert all(world.texts(chat) == ["1:q0", "2:q1", "3:q2"] for chat in range(1, 31))


@sqlite_only
def test_health_and_figures_are_served(world: World, start: Start, port: int) -> None:
    world.says(7, "q")
    with start(listen=f"127.0.0.1:{port}"):
        assert world.until(lambda: world.texts(7) == ["1:q"])
        assert fetched(port, "/health") == (200, '{"store":"ok"}')
        status, page = fetched(port, "/metrics")
    assert status == 200
    assert 'huiqi_events_total{action="worker.done"} 1.0' in page
    assert 'huiqi_seconds_count{action="worker.done"} 1.0' in page
    assert 'huiqi_rows{state="done",table="inbox"} 1.0' in page
    assert "huiqi_store_up 1.0" in page
    assert 'huiqi_waiting_seconds{table="inbox"} 0.0' in page


@sqlite_only
def test_a_taken_port_is_said_clearly(start: Start, port: int) -> None:
    with start(listen=f"127.0.0.1:{port}") as first:
        assert first.process.is_alive()
        while "telegram.connected" not in first.said():
            first.process.join(0.05)
        with start(listen=f"127.0.0.1:{port}", database_url=f"sqlite:///{first.log}.db") as second:
            assert second.ended() == 1
            assert "HUIQI_LISTEN" in second.said()


def listens(port: int) -> bool:
    try:
        return fetched(port, "/health")[0] == 200
    except OSError:
        return False


def posted(port: int, body: bytes, secret: str | None, *, forwarded: bool = False) -> int:
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
    if forwarded:
        headers |= {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/elsewhere"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/telegram", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def fetched(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=15) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
