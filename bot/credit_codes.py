"""统一社会信用代码 (GB 32100-2015): checked, and kept only as a keyed one-way hash.

Whoever has the database has no list of firms: without the key, which lies in a file beside it, not even trying all
codes leads back to one.
"""

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(3**place % 31 for place in range(17))
LENGTH = 18


class WrongCodeError(ValueError):
    """A credit code that cannot be; the message says what is wrong."""


class NoKeyError(Exception):
    """The key of the hashes cannot be read."""


def checked(text: str) -> str:
    """The code in capitals without blanks. Raises ``WrongCodeError``."""
    code = "".join(text.split()).upper()
    if len(code) != LENGTH:
        raise WrongCodeError(f"统一社会信用代码应有18位，这里有{len(code)}位")
    wrong = next((char for char in code if char not in ALPHABET), None)
    if wrong is not None:
        raise WrongCodeError(
            f"统一社会信用代码里不会有“{wrong}”" + ("（不用字母 I O S V Z）" if wrong in "IOSVZ" else "")
        )
    if check_digit(code) != code[-1]:
        raise WrongCodeError("统一社会信用代码的校验位不对，可能有一位写错")
    return code


def check_digit(code: str) -> str:
    """The last character that the first 17 demand."""
    total = sum(ALPHABET.index(char) * weight for char, weight in zip(code, _WEIGHTS, strict=False))
    return ALPHABET[(31 - total % 31) % 31]


def hashed(code: str, key: bytes) -> str:
    """What is kept of a checked code."""
    return hmac.new(key, code.encode(), sha256).hexdigest()


def fingerprint(key: bytes) -> str:
    """Tells two keys apart and gives neither away."""
    return sha256(b"huiqi register key" + key).hexdigest()[:12]


def key(path: Path, *, make: bool) -> bytes:
    """The key in a file that only its owner reads; made where there is none yet and ``make`` is set.

    Raises ``NoKeyError``.
    """
    try:
        return _read(path)
    except FileNotFoundError:
        if not make:
            raise NoKeyError(f"没有密钥文件 {path}：名单用它认出同一家企业，请从备份恢复，不能另造一个") from None
    except (OSError, ValueError) as error:
        raise NoKeyError(f"读不到密钥文件 {path}（{error}）") from error
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:  # noqa: PTH123 - the mode must be there from the first moment
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise NoKeyError(f"写不了密钥文件 {path}（{error.strerror}）") from error
    return _read(path)


def _read(path: Path) -> bytes:
    found = bytes.fromhex(path.read_text(encoding="ascii").strip())
    if len(found) != 32:
        raise ValueError("内容不完整")
    return found
