"""Figures for Prometheus: every event is counted by its action, and the queues are measured when asked."""

from collections.abc import Iterable
from datetime import datetime

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from structlog.typing import EventDict, WrappedLogger

from scheduler.timepiece import Timepiece
from storage import inbox, outbox, tickets
from storage.engine import Store, StoreUnavailableError

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The figures of one process."""

    def __init__(self, store: Store, timepiece: Timepiece) -> None:
        self._registry = CollectorRegistry()
        self._events = Counter("huiqi_events", "Events by action", ["action"], registry=self._registry)
        self._seconds = Histogram(
            "huiqi_seconds", "Seconds an action took", ["action"], buckets=SECONDS, registry=self._registry
        )
        self._registry.register(_Queues(store, timepiece))

    def count(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        """Processor of structlog: counts the event and passes it on."""
        action = str(event.get("event", ""))
        self._events.labels(action).inc()
        if isinstance(seconds := event.get("seconds"), float):
            self._seconds.labels(action).observe(seconds)
        return event

    def listen(self) -> None:
        """Count every event from now on, those too that the log level leaves out."""
        structlog.configure(processors=[self.count, *structlog.get_config()["processors"]])

    def page(self) -> bytes:
        """What Prometheus reads."""
        return generate_latest(self._registry)


class _Queues(Collector):
    def __init__(self, store: Store, timepiece: Timepiece) -> None:
        self._store = store
        self._time = timepiece

    def collect(self) -> Iterable[GaugeMetricFamily]:
        up = GaugeMetricFamily("huiqi_store_up", "Whether the database answers")
        rows = GaugeMetricFamily("huiqi_rows", "Rows by table and state", labels=["table", "state"])
        waits = GaugeMetricFamily("huiqi_waiting_seconds", "How long the oldest row due has waited", labels=["table"])
        now = self._time.now()
        try:
            with self._store.read() as session:
                waits.add_metric(["inbox"], _seconds(inbox.oldest(session), now))
                waits.add_metric(["outbox"], _seconds(outbox.oldest(session, now), now))
                for table, counts in (("inbox", inbox.counts(session)), ("outbox", outbox.counts(session))):
                    for state, number in counts.items():
                        rows.add_metric([table, state], number)
                rows.add_metric(["tickets", "open"], tickets.open_count(session))
            up.add_metric([], 1)
        except StoreUnavailableError:
            up.add_metric([], 0)
        return [up, rows, waits]


def _seconds(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
