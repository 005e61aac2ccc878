"""The contract of a reply: what every channel and the batch rely on."""

import json
from decimal import Decimal

import pytest

from handlers import reply
from handlers.reply import Button, Citation, Reply, ReplyKind
from policy_kb.eligibility import Outward


def test_the_kinds_are_those_of_the_contract() -> None:
    assert {kind.value for kind in ReplyKind} == {
        *("answer", "compute", "list", "contact", "expired", "not_yet", "eligibility"),
        *("clarify", "unknown", "handoff", "refuse", "out_of_scope", "greeting"),
    }


def test_a_bare_reply_has_every_key_of_the_contract() -> None:
    assert Reply("好", ReplyKind.GREETING).as_json() == {
        "text": "好",
        "kind": "greeting",
        "verdict": None,
        "amount": None,
        "amount_min": None,
        "amount_max": None,
        "measures": [],
        "citations": [],
        "buttons": [],
    }


def test_a_full_reply_is_plain_json() -> None:
    full = Reply(
        "按30万元",
        ReplyKind.COMPUTE,
        verdict=Outward.ELIGIBLE,
        amount=Decimal("300000.00"),
        amount_min=Decimal("0.5"),
        amount_max=Decimal(300000),
        measures=("voucher",),
        citations=(Citation("行动方案", "融通发展二", "二（五）"), Citation("办法")),
        buttons=(Button("能享受吗", "check:voucher"), Button("官网", url="https://example.cn")),
    )
    back = json.loads(json.dumps(full.as_json(), ensure_ascii=False))
    assert (back["verdict"], back["amount"], back["amount_min"]) == ("eligible", 300000, 0.5)
    assert isinstance(back["amount"], int)
    assert back["citations"][1] == {"document": "办法", "section": None, "clause": None}
    assert [button["url"] for button in back["buttons"]] == [None, "https://example.cn"]


def test_a_button_of_64_bytes_is_the_longest() -> None:
    assert Button("好", "字" * 21 + "x").action
    with pytest.raises(ValueError, match="64 bytes"):
        Button("好", "字" * 21 + "xx")


def test_length_limits_are_those_of_the_contract() -> None:
    assert reply.DEFAULT_LENGTH_LIMIT == 450
    assert reply.LENGTH_LIMITS == {ReplyKind.LIST: 1500, ReplyKind.ELIGIBILITY: 700, ReplyKind.UNKNOWN: 350}
