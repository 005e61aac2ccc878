"""Does one chat's flood wait, or one slow connection, slow the others? Five interleaved pairs, calm and troubled.

``python -m bench.telegram_fairness [--pairs 5] [--messages 400]``: in the troubled run one chat always gets 429 and
another never gets an answer from Telegram, while it keeps being written to. Prints each pair's ratio of the others'
95th percentile, the median of the ratios and their spread. The median should be at most 1.25.
"""

import argparse
import statistics
import tempfile
from pathlib import Path
from typing import Any

from bench.telegram import CountingWorld, Crowd, ours
from tests.fakes.telegram import server

FLOODED, SLOW = 90_001, 90_002


def p95(messages: int, at_once: int, *, troubled: bool) -> float:
    world = CountingWorld()
    with tempfile.TemporaryDirectory() as folder, server.running(world) as fake, ours(fake, Path(folder), None):
        world.says(99_999, "warm")
        if not world.until(lambda: world.counted[99_999] > 0, 60):
            raise SystemExit("the bot does not answer")
        if troubled:
            flood: dict[str, Any] = {
                "code": 429,
                "description": "Too Many Requests: retry after 1",
                "parameters": {"retry_after": 1},
            }
            world.trouble(chat=FLOODED, times=10_000, **flood)
            world.trouble("hang", chat=SLOW, times=10_000)
        for number in range(10):  # in the calm run they speak, too: the same work, without the trouble
            world.says(FLOODED, f"q{number}")
            world.says(SLOW, f"q{number}")
        crowd = Crowd(world, 100, messages, at_once)
        crowd.speak()
    return sorted(crowd.latencies)[int(len(crowd.latencies) * 0.95)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--messages", type=int, default=400)
    parser.add_argument("--at-once", type=int, default=10)
    wanted = parser.parse_args()
    ratios = []
    for pair in range(1, wanted.pairs + 1):
        calm = p95(wanted.messages, wanted.at_once, troubled=False)
        troubled = p95(wanted.messages, wanted.at_once, troubled=True)
        ratios.append(troubled / calm)
        print(f"pair {pair}: calm {calm * 1000:.0f} ms, troubled {troubled * 1000:.0f} ms, ratio {ratios[-1]:.2f}")
    print(f"median ratio {statistics.median(ratios):.2f}, from {min(ratios):.2f} to {max(ratios):.2f}")


if __name__ == "__main__":
    main()
