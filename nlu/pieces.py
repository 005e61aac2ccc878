"""Text cut into the pieces a language model knows: of all ways to cut it, the one whose pieces are likeliest together."""

from nlu.weights import Vocabulary

SPACE = "\u2581"
UNKNOWN_COST = 10.0  # an unknown letter costs this much more than the rarest piece


class Cutter:
    """Cuts texts by a vocabulary (a unigram model, as SentencePiece has it)."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._known = vocabulary
        self._longest = max(map(len, vocabulary.pieces))
        self._unknown_score = min(vocabulary.scores) - UNKNOWN_COST

    def cut(self, text: str, most: int) -> list[int]:
        """The places of the pieces, at most `most` of them, begin and end marks included."""
        pieces = self._best(self._prepared(text))[: most - 2]
        return [self._known.begin, *pieces, self._known.end]

    def _prepared(self, text: str) -> str:
        letters = self._known.letters
        text = "".join(letters.get(ord(letter), letter) for letter in text)
        while "  " in text:
            text = text.replace("  ", " ")
        return (text if text.startswith(" ") else f" {text}").replace(" ", SPACE)

    def _best(self, text: str) -> list[int]:
        """The likeliest cut: the best way to reach each letter is that to the start of its last piece, and the piece."""
        known, scores, unknown = self._known.pieces, self._known.scores, self._known.unknown
        reached = [(0.0, 0, unknown)] + [(-float("inf"), 0, unknown)] * len(text)  # score, from where, by which piece
        for start in range(len(text)):
            score = reached[start][0]
            for end in range(start + 1, min(len(text), start + self._longest) + 1):
                piece = known.get(text[start:end], unknown)
                if piece != unknown and score + scores[piece] > reached[end][0]:
                    reached[end] = score + scores[piece], start, piece
            if score + self._unknown_score > reached[start + 1][0]:
                reached[start + 1] = score + self._unknown_score, start, unknown
        found, place = [], len(text)
        while place:
            _, place, piece = reached[place]
            found.append(piece)
        return found[::-1]
