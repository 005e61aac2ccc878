"""What a message means: the act, what is asked about, which entries, which facts. One parse a message."""

import asyncio
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from nlu import encoder, knowledge, normalise
from nlu.fact_reading import Reading
from nlu.quantities import Quantity
from policy_kb.search import Hit, Role

ACTS = frozenset(
    {
        "greet",
        "thanks",
        "bye",
        "affirm",
        "deny",
        "correct",
        "cancel",
        "subscribe",
        "human",
        "complain",
        "unsafe",
        "out_of_scope",
        "capabilities",
        "tell",
        "progress",
    }
)
"""Labels that are acts; every other label of the classifier says what is asked about a measure."""


@dataclass(frozen=True)
class Understanding:
    """A message understood. `text` is the normalised form; `hits` are best first; `told` maps fact ids to readings."""

    text: str
    original: str
    label: str
    confidence: float
    ranking: tuple[tuple[str, float], ...] = ()
    hits: tuple[Hit, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    told: dict[str, Reading] | None = None

    def likelihood(self, *labels: str) -> float:
        """Summed confidence of some labels."""
        return sum(score for label, score in self.ranking if label in labels)

    @property
    def about(self) -> str:
        """The likeliest thing asked about a measure, passing over acts."""
        return next((label for label, _ in self.ranking if label not in ACTS), "what")


class ModelMissing(Exception):
    """No trained model; run ./huiqi nlu train."""


def _quiet() -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")


class Understander:
    """Holds the loaded Rasa model. Parsing is CPU-bound; call it from a worker thread, not from an event loop."""

    def __init__(self, model: Path, known: knowledge.Knowledge) -> None:
        if not model.exists():
            raise ModelMissing(ModelMissing.__doc__)
        _quiet()
        from rasa.core.agent import Agent

        knowledge.use(known)
        self._agent = Agent.load(model_path=model)
        encoder.encode([""])  # builds the network now, not with the first question
        self._loop = asyncio.new_event_loop()
        self._lock = threading.Lock()

    def understand(self, text: str, as_of: date) -> Understanding:
        """Parse one message as of a day."""
        from rasa.core.channels.channel import UserMessage

        plain = normalise.normalise(text).text
        if not any(character.isalnum() for character in plain):
            return Understanding(plain, text, "out_of_scope", 1.0, (("out_of_scope", 1.0),))
        # A leading slash is Rasa's own language for intents; an owner's slash is just text.
        message = UserMessage(text.lstrip("/ ") or " ", metadata={"as_of": as_of.isoformat()})
        with self._lock:
            parsed = self._loop.run_until_complete(self._agent.processor.parse_message(message))
        return read(parsed)

    def search(self, text: str) -> Sequence[Hit]:
        """Look a text up in the catalogue without parsing it (about 15 ms)."""
        return knowledge.current().index.search(text)

    def parts(self, entry: str, text: str) -> tuple[tuple[Role, str, float], ...]:
        """The parts of one entry by likeness to a text, best first."""
        return knowledge.current().index.parts(entry, text)


def read(parsed: dict[str, Any]) -> Understanding:
    """What Rasa returned, typed."""
    intent = parsed.get("intent") or {}
    ranking: Sequence[dict[str, Any]] = parsed.get("intent_ranking") or []
    return Understanding(
        text=parsed.get("text") or "",
        original=parsed.get("original") or "",
        label=intent.get("name") or "out_of_scope",
        confidence=float(intent.get("confidence") or 0.0),
        ranking=tuple((item["name"], float(item["confidence"])) for item in ranking),
        hits=tuple(parsed.get("hits") or ()),
        quantities=tuple(parsed.get("quantities") or ()),
        told=dict(parsed.get("told") or {}),
    )
