"""Understanding beside stock Rasa, trained on the same examples in the same run: python -m bench.understanding.

Four fifths of `nlu/data` train both pipelines, the last fifth and the questions of a case file ask them: the share of labels
told right, the time of a message on one core, messages a second of two processes, the time of training. Stock is what `rasa
init` writes, with Rasa's Chinese tokenizer for its English one. Each measurement is a process of its own. Stock trains for
minutes; --ours leaves it out and asks the model in use. Times grow as soon as anything else runs: the load is printed.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from sklearn.model_selection import train_test_split

from bot import assembly, clock, logs, settings
from nlu import encoder, examples, knowledge, training, understanding
from nlu.examples import Example

SEED = 7
CASES = Path(__file__).parent.parent.parent / "shared" / "eval" / "dev.jsonl"
PROCESSES = 2
STOCK: dict[str, Any] = {
    "recipe": "default.v1",
    "assistant_id": "stock",
    "language": "zh",
    "pipeline": [
        {"name": "JiebaTokenizer"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True},
        {"name": "EntitySynonymMapper"},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ],
    "policies": [],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path, default=CASES)
    parser.add_argument("--ours", action="store_true", help="only time the model in use")
    parser.add_argument("--part", nargs=2, metavar=("NAME", "FOLDER"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    current = settings.load()
    logs.configure(settings.LogLevel.WARNING, settings.LogFormat.AUTO)
    if args.part:
        print(json.dumps(PARTS[args.part[0].split("-")[0]](args.part[0], Path(args.part[1]), current)))
        return
    print(f"{clock.today()}, {os.cpu_count()} cores, load before: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="huiqi-bench-") as name:
        folder = Path(name)
        questions(args.cases, folder)
        if args.ours:
            show("ours, in use", folder, "used")
            return
        split(folder)
        for kind in ("ours", "stock"):
            print(f"{kind}: trained in {part(f'train-{kind}', folder)['seconds']:.0f} s", flush=True)
        for kind in ("ours", "stock"):
            show(kind, folder, kind)
    print(f"load after: {os.getloadavg()[0]:.1f}")


def show(words: str, folder: Path, kind: str) -> None:
    found = part(f"ask-{kind}", folder)
    print(f"{words}: {found['right']}", *(f"  {name} {value}" for name, value in found["times"].items()), sep="\n")
    begun = [start(f"flood-{kind}", folder) for _ in range(PROCESSES)]
    rates = [result(one)["rate"] for one in begun]
    print(f"  {PROCESSES} processes: {sum(rates):.1f} messages a second", flush=True)


# ---- what is asked ------------------------------------------------------------------------------------------------


def questions(cases: Path, folder: Path) -> None:
    """The last turns of the cases, with their days."""
    lines = [json.loads(line) for line in cases.read_text(encoding="utf-8").splitlines()]
    asked = [[line["turns"][-1], line["as_of"]] for line in lines]
    (folder / "asked.json").write_text(json.dumps(asked), encoding="utf-8")


def split(folder: Path) -> None:
    written = examples.read()
    seen, unseen = train_test_split(written, test_size=0.2, random_state=SEED, stratify=[e.label for e in written])
    (folder / "data").mkdir()
    (folder / "data" / "nlu.yml").write_text(as_rasa(seen), encoding="utf-8")
    (folder / "unseen.json").write_text(json.dumps([[e.text, e.label] for e in unseen]), encoding="utf-8")
    (folder / "stock.yml").write_text(yaml.safe_dump(STOCK), encoding="utf-8")


def as_rasa(written: Sequence[Example]) -> str:
    labels = sorted({example.label for example in written})
    entries = [
        {"intent": label, "examples": "".join(f"- {e.text}\n" for e in written if e.label == label)} for label in labels
    ]
    return yaml.safe_dump({"version": "3.1", "nlu": entries}, allow_unicode=True, width=1000)


# ---- the parts, each a process ------------------------------------------------------------------------------------


def train(name: str, folder: Path, current: settings.Settings) -> dict[str, Any]:
    """Train from scratch: no cache of Rasa's; the vectors of the catalogue are kept, as they belong to the index."""
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    from rasa.model_training import train_nlu

    kind = name.removeprefix("train-")
    if kind == "ours":
        training.prepare(assembly.catalogue(current), current.home)
    begun = time.perf_counter()
    config = str(training.CONFIG) if kind == "ours" else str(folder / "stock.yml")
    train_nlu(config=config, nlu_data=str(folder / "data"), output=str(folder), fixed_model_name=kind)
    return {"seconds": time.perf_counter() - begun}


def ask(name: str, folder: Path, current: settings.Settings) -> dict[str, Any]:
    """Labels told right, and the time of each question, none met before."""
    parse = parser_of(name.removeprefix("ask-"), folder, current)
    right = "the model in use has seen all examples"
    if name != "ask-used":
        unseen = json.loads((folder / "unseen.json").read_text(encoding="utf-8"))
        hits = sum(parse(text, "2026-11-21") == label for text, label in unseen)
        right = f"{hits / len(unseen):.1%} of {len(unseen)} unseen examples told right"
    asked = json.loads((folder / "asked.json").read_text(encoding="utf-8"))
    for text, day in asked[:5]:
        parse(text, day)
    encoder._kept.clear()  # noqa: SLF001 - no question was met before
    walls, works = [], []
    for text, day in asked:
        wall, work = time.perf_counter(), time.process_time()
        parse(text, day)
        walls.append((time.perf_counter() - wall) * 1000)
        works.append((time.process_time() - work) * 1000)
    return {"right": right, "times": {"clock": told(walls), "processor": told(works)}}


def flood(name: str, folder: Path, current: settings.Settings) -> dict[str, Any]:
    """Messages a second of this process, for ten seconds, beginning as the other does."""
    parse = parser_of(name.removeprefix("flood-"), folder, current)
    asked = json.loads((folder / "asked.json").read_text(encoding="utf-8"))
    (folder / f"ready-{os.getpid()}").touch()
    while len(list(folder.glob("ready-*"))) % PROCESSES:
        time.sleep(0.01)
    done, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < 10:
        if done % len(asked) == 0:
            encoder._kept.clear()  # noqa: SLF001 - no question was met before
        parse(*asked[done % len(asked)])
        done += 1
    return {"rate": done / (time.perf_counter() - begun)}


PARTS: dict[str, Callable[[str, Path, settings.Settings], dict[str, Any]]] = {
    "train": train,
    "ask": ask,
    "flood": flood,
}


def parser_of(kind: str, folder: Path, current: settings.Settings) -> Callable[[str, str], str]:
    """A function from a question and its day to the label."""
    if kind == "stock":
        from rasa.core.agent import Agent
        from rasa.core.channels.channel import UserMessage

        agent, loop = Agent.load(str(folder / "stock.tar.gz")), asyncio.new_event_loop()

        def stock(text: str, _: str) -> str:
            parsed = loop.run_until_complete(agent.processor.parse_message(UserMessage(text)))
            ranking = [item["name"] for item in parsed["intent_ranking"] if item["name"] != "nlu_fallback"]
            return str(ranking[0]) if ranking else ""

        return stock
    model = training.model_path(current.model_dir) if kind == "used" else folder / "ours.tar.gz"
    known = knowledge.build(assembly.catalogue(current), current.home / "cache")
    mind = understanding.Understander(model, known)
    return lambda text, day: mind.understand(text, date.fromisoformat(day)).label


def told(times: list[float]) -> str:
    return f"median {statistics.median(times):.1f} ms, 95th percentile {statistics.quantiles(times, n=20)[-1]:.1f} ms"


def part(name: str, folder: Path) -> dict[str, Any]:
    return result(start(name, folder))


def start(name: str, folder: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-W", "ignore", "-m", "bench.understanding", "--part", name, str(folder)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def result(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{process.args!r} failed; run it by hand")
    found: dict[str, Any] = json.loads(out.strip().splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
