"""Questions typed in pinyin (wen gang fan huan neng fan duo shao) put into characters.

A sound is spelt by many characters; which one is meant is told by the two before it, as often as they stand together in
the texts of the catalogue and in our examples. So a new measure is read without more ado, and a sentence about other
things is not: what the texts make unlikely stays as it was typed.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from typing import TypeAlias

from pypinyin import Style, pinyin

_HAN = re.compile(r"[\u4e00-\u9fff]+")
_RUN = re.compile(r"[A-Za-zü]+[1-5]?(?!\d)(?:(?:\s*['’-]\s*|\s+)?[A-Za-zü]+[1-5]?(?!\d))*")
_WORD = re.compile(r"[A-Za-zü]+")
_LONGEST_SOUND = 6  # zhuang
_BEAM = 48
_THREE, _TWO, _ONE, _NONE = 0.6, 0.3, 0.0999, 0.0001
_ACCENT = math.log(0.03)
"""An accent that makes one of zh and z, ng and n costs this much a sound."""

FEWEST_SOUNDS, FEWEST_LETTERS = 2, 5
LIKELY_FROM = -4.8
"""Mean logarithm of the likelihood of a character from which a reading is believed."""

_State: TypeAlias = tuple[str, str]
_Path: TypeAlias = tuple[float, str]  # logarithm of the likelihood, characters so far


def may_be(text: str) -> bool:
    """Whether a text holds enough Latin letters together to be worth reading."""
    return any(sum(map(len, _WORD.findall(run.group()))) >= FEWEST_LETTERS for run in _RUN.finditer(text))


class Reader:
    """Reads pinyin by the texts it was made from."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._threes: Counter[str] = Counter()
        self._twos: Counter[str] = Counter()
        self._ones: Counter[str] = Counter()
        for text in texts:
            for han in _HAN.findall(text):
                line = f"^^{han}"
                self._ones.update(han)
                self._twos.update(line[at : at + 2] for at in range(len(line) - 1))
                self._threes.update(line[at : at + 3] for at in range(len(line) - 2))
        self._twos["^^"] = sum(count for pair, count in self._twos.items() if pair[0] == "^")
        self._ones["^"] = self._twos["^^"]
        self._all = max(1, sum(self._ones.values()))
        self._spelt: dict[str, dict[str, float]] = defaultdict(dict)
        for letter in self._ones:
            if letter != "^":
                self._learn(letter)

    def _learn(self, letter: str) -> None:
        sounds = _sounds(letter)
        for sound in sounds:
            self._spelt[sound][letter] = 0.0
        for near in {_flat(sound) for sound in sounds}:
            self._spelt[f"~{near}"].setdefault(letter, _ACCENT)

    def read(self, text: str) -> str:
        """The text with its pinyin in characters; any other text as it is."""
        return _RUN.sub(lambda run: self._read(run.group(), text[: run.start()]) or run.group(), text)

    def _read(self, run: str, before: str) -> str | None:
        words = [word.lower().replace("ü", "v") for word in _WORD.findall(run)]
        if sum(map(len, words)) < FEWEST_LETTERS:
            return None
        left = before.rstrip()[-1:]
        state = ("^", left) if _HAN.fullmatch(left) else ("^", "^")
        paths: dict[_State, _Path] = {state: (0.0, "")}
        for word in words:
            paths = self._word(word, paths)
        if not paths:
            return None
        score, found = max(paths.values())
        likely = score / len(found) >= LIKELY_FROM
        return found if likely and len(found) >= FEWEST_SOUNDS else None

    def _word(self, word: str, paths: dict[_State, _Path]) -> dict[_State, _Path]:
        """The best ways to read on by one word, which may be several sounds written together."""
        reached: list[dict[_State, _Path]] = [paths, *({} for _ in word)]
        for start in range(len(word)):
            best = sorted(reached[start].items(), key=lambda item: -item[1][0])[:_BEAM]
            for end in range(start + 1, min(len(word), start + _LONGEST_SOUND) + 1):
                letters = self._letters(word[start:end])
                if letters:
                    self._step(best, letters, reached[end])
        return reached[-1]

    def _letters(self, sound: str) -> dict[str, float]:
        """Characters a sound may stand for, with what that costs."""
        exact = self._spelt.get(sound)
        near = self._spelt.get(f"~{_flat(sound)}") if exact or _flat(sound) != sound else None
        return {**(near or {}), **(exact or {})}

    def _step(self, best: list[tuple[_State, _Path]], letters: dict[str, float], reached: dict[_State, _Path]) -> None:
        for (first, second), (score, found) in best:
            for letter, cost in letters.items():
                path = score + cost + self._likelihood(first, second, letter), found + letter
                state = (second, letter)
                if state not in reached or reached[state] < path:
                    reached[state] = path

    def _likelihood(self, first: str, second: str, letter: str) -> float:
        three = self._threes[first + second + letter] / max(1, self._twos[first + second])
        two = self._twos[second + letter] / max(1, self._ones[second])
        return math.log(_THREE * three + _TWO * two + _ONE * self._ones[letter] / self._all + _NONE)


@cache
def _sounds(letter: str) -> frozenset[str]:
    """Every way a character is read, without tones, ü as v."""
    return frozenset(pinyin(letter, style=Style.NORMAL, heteronym=True, v_to_u=False)[0])


def _flat(sound: str) -> str:
    """A sound as it is written where zh, ch, sh and ng are not told from z, c, s and n."""
    begun = sound[0] + sound[2:] if sound[:2] in {"zh", "ch", "sh"} else sound
    return begun.removesuffix("g") if begun.endswith("ng") else begun
