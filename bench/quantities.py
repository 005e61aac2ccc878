"""How far `nlu.quantities` agrees with a file of other projects' test cases: python -m bench.quantities FILE [--misses].

The cases come from JioNLP, cn2an and Recognizers-Text; their conventions are not ours. Compared are the ends as numbers
or days, not whether an end belongs to the stretch (they exclude 以上). Cases of another task (yes or no, numbers written
out) are counted apart. Each text goes through the normaliser first, as a message does; the time is that of both.
"""

import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from nlu import normalise, numerals, quantities
from nlu.quantities import Kind, Quantity

BASE = date(2021, 6, 14)  # most of JioNLP's expected days count from this one
NUMERIC = {Kind.NUMBER, Kind.MONEY, Kind.COUNT, Kind.HEADCOUNT, Kind.PERCENT, Kind.AREA}


def main() -> None:
    misses = "--misses" in sys.argv
    cases = [json.loads(line) for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
    quantities.read(normalise.normalise("2022年春节前交了3万2").text, BASE)  # loads what is loaded on first use
    tally: Counter[tuple[str, str]] = Counter()
    times = []
    for case in cases:
        begun = time.perf_counter()
        read = quantities.read(normalise.normalise(case["text"]).text, BASE)
        times.append((time.perf_counter() - begun) * 1000)
        verdict = compare(case, read)
        tally[case["type"], verdict] += 1
        if misses and verdict == "differs":
            ends = [(str(item.kind), item.text, str(item.low), str(item.high)) for item in read]
            print(case["type"], repr(case["text"]), json.dumps(case["gold"], ensure_ascii=False)[:160], "read:", ends)
    for kind in dict.fromkeys(case["type"] for case in cases):
        agree, differ, other = (tally[kind, verdict] for verdict in ("agrees", "differs", "other task"))
        share = f"{agree / (agree + differ):6.1%}" if agree + differ else "     –"
        print(f"{kind:48} {agree:4} of {agree + differ:4} {share}   other task: {other}")
    print(f"median {statistics.median(times):.3f} ms, 95th percentile {statistics.quantiles(times, n=20)[-1]:.3f} ms")


def compare(case: dict[str, Any], read: list[Quantity]) -> str:
    family = case["type"].split(":")[-1]
    judge = JUDGES.get(family.removesuffix("ExperimentalMode"))
    verdict = judge(case["gold"], read) if judge else None
    return "other task" if verdict is None else "agrees" if verdict else "differs"


def judge_money(gold: Any, read: list[Quantity]) -> bool | None:
    sums = [item for item in read if item.kind is Kind.MONEY]
    if isinstance(gold, list):
        return ["".join(item["text"].split()) for item in gold] == [item.text for item in sums]
    if len(sums) != 1 or sums[0].unit != gold["case"]:
        return False
    low, high = (None if end is None else cents(end) for end in (sums[0].low, sums[0].high))
    if isinstance(gold["num"], list):
        return [low, high] == [cents(Decimal(num)) for num in gold["num"]]
    number = cents(Decimal(gold["num"]))
    if gold["definition"] == "blur+":
        return low == number and high is None
    if gold["definition"] == "blur-":
        return high == number
    return low is not None and high is not None and low <= number <= high


def judge_number(gold: Any, read: list[Quantity]) -> bool | None:
    if isinstance(gold, str):
        return None
    numbers = [item for item in read if item.kind in NUMERIC]
    if gold is None:
        return not numbers
    return len(numbers) == 1 and numbers[0].exact is not None and abs(float(str(numbers[0].exact)) - gold) < 1e-12


def judge_people(gold: Any, read: list[Quantity]) -> bool | None:
    heads = [item.exact for item in read if item.kind is Kind.HEADCOUNT]
    return heads == [numerals.value(gold.removesuffix("人"))]


def judge_time(gold: Any, read: list[Quantity]) -> bool | None:
    if gold["type"] == "time_delta":
        spans = [item for item in read if item.kind is Kind.DURATION]
        return len(spans) == 1 and [spans[0].low, spans[0].high] == months_or_days(gold["time"], spans[0].unit)
    if gold["type"] not in ("time_point", "time_span"):
        return None
    if any(not end.endswith("inf") and end[11:] not in ("00:00:00", "23:59:59", "01:06:40") for end in gold["time"]):
        return None  # hours
    days = [item for item in read if item.kind is Kind.DATE]
    ends = [None if end.endswith("inf") else date.fromisoformat(end[:10]) for end in gold["time"]]
    if len(days) != 1:
        return False
    low_open = days[0].low is None and ends[0] in (None, BASE)  # their 年底前 begins today
    return (low_open or days[0].low == ends[0]) and days[0].high == ends[1]


def months_or_days(gold: Any, unit: str) -> list[Decimal] | None:
    ends = gold if isinstance(gold, list) else [gold, gold]
    factors = {"年": {"year": 1}, "月": {"year": 12, "month": 1}, "天": {"day": 1}, "工作日": {"workday": 1}}[unit]
    try:
        return [sum((Decimal(str(end[part])) * factors[part] for part in end), Decimal(0)) for end in ends]
    except (KeyError, TypeError, InvalidOperation):
        return None


def judge_range(gold: Any, read: list[Quantity]) -> bool | None:
    wanted = [tuple(end.strip() for end in item["resolution"]["value"].strip("[]()").split(",")) for item in gold]
    found = [item for item in read if item.kind in NUMERIC and not (item.exact is not None and len(read) > len(wanted))]
    ends = [tuple("" if end is None else f"{float(str(end)):g}" for end in (item.low, item.high)) for item in found]
    loose = [tuple("" if not end else f"{float(end):g}" for end in pair) for pair in wanted]
    return len(ends) == len(loose) and all(same(*pair) for pair in zip(ends, loose, strict=True))


def same(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """An end of theirs that is open agrees with one of ours that 多 or 几 closes (500多亿)."""
    return ours[0] == theirs[0] and (ours[1] == theirs[1] or (not theirs[1] and bool(theirs[0])))


def judge_currency(gold: Any, read: list[Quantity]) -> bool | None:
    wanted = [item["resolution"]["value"] for item in gold if item["resolution"]["value"] is not None]
    found = [item.exact for item in read if item.kind is Kind.MONEY]
    return len(wanted) == len(found) and all(
        isinstance(ours, Decimal) and abs(float(ours) / float(theirs) - 1) < 1e-9
        for ours, theirs in zip(found, wanted, strict=True)
    )


def cents(number: Any) -> Decimal:
    return Decimal(number).quantize(Decimal("0.01"))


JUDGES: dict[str, Callable[[Any, list[Quantity]], bool | None]] = {
    "money": judge_money,
    "number": judge_number,
    "headcount_written": judge_people,
    "time": judge_time,
    "NumberRangeModel": judge_range,
    "CurrencyModel": judge_currency,
}

if __name__ == "__main__":
    main()
