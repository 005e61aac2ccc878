"""Figures for Prometheus: every event is counted by its action, and the queues are measured when asked."""

from collections.abc import Iterable

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from structlog.typing import EventDict, WrappedLogger

from storage import inbox, outbox, tickets
from storage.engine import Store, StoreUnavailableError

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The figures of one process."""

    def __init__(self, store: Store) -> None:
        self._registry = CollectorRegistry()
        self._events = Counter("huiqi_events", "Events by action", ["action"], registry=self._registry)
        self._seconds = Histogram(
            "huiqi_seconds", "Seconds an action took", ["action"], buckets=SECONDS, registry=self._registry
        )
        self._registry.register(_Queues(store))

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
    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self) -> Iterable[GaugeMetricFamily]:
        up = GaugeMetricFamily("huiqi_store_up", "Whether the database answers")
        rows = GaugeMetricFamily("huiqi_rows", "Rows by table and state", labels=["table", "state"])
        try:
            with self._store.read() as session:
                for table, counts in (("inbox", inbox.counts(session)), ("outbox", outbox.counts(session))):
                    for state, number in counts.items():
                        rows.add_metric([table, state], number)
                rows.add_metric(["tickets", "open"], tickets.open_count(session))
            up.add_metric([], 1)
        except StoreUnavailableError:
            up.add_metric([], 0)
        return [up, rows]
