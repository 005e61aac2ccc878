"""What counts as wanting to bind an enterprise, and what is said."""

import pytest

from handlers import linking
from handlers.linking import TryLinkCode, UseLinkCode
from handlers.person import NOBODY, Person
from handlers.reply import ACTION_BYTES
from handlers.session import Session

OWNER = Person(may_keep=True)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("/link ABCD-EFGH-JKLM", "ABCD-EFGH-JKLM"),
        ("/link@huiqi_bot abcdefghjklm", "abcdefghjklm"),
        ("绑定 ABCD-EFGH-JKLM", "ABCD-EFGH-JKLM"),
        ("绑定码：ABCD EFGH JKLM", "ABCD EFGH JKLM"),
        ("绑定企业 abcd-efgh-jklm", "abcd-efgh-jklm"),
    ],
)
def test_a_code_is_taken_as_people_type_it(text: str, code: str) -> None:
    found = linking.wanted(text, None, Session(), OWNER)
    assert found is not None
    assert found.effects == (TryLinkCode(code),)


@pytest.mark.parametrize("text", ["绑定合同要不要交印花税", "绑定", "/link", "微信绑定 银行卡怎么弄", "稳岗返还"])
def test_other_words_are_no_code(text: str) -> None:
    found = linking.wanted(text, None, Session(), OWNER)
    assert found is None or found.effects == ()


def test_in_a_group_and_without_an_account_nothing_is_bound() -> None:
    found = linking.wanted("绑定 ABCD-EFGH-JKLM", None, Session(), NOBODY)
    assert found is not None
    assert found.effects == ()
    assert "单独聊" in found.reply.text


def test_only_a_yes_binds() -> None:
    agreed = linking.wanted("", "link:abc", Session(), OWNER)
    refused = linking.wanted("", "link:no", Session(), OWNER)
    assert agreed is not None
    assert agreed.effects == (UseLinkCode("abc"),)
    assert refused is not None
    assert refused.effects == ()
    assert linking.wanted("", "check:x", Session(), OWNER) is None


def test_consent_is_asked_with_what_is_known_in_sight_and_fits_a_phone() -> None:
    facts = [(f"事实{n}", "是") for n in range(12)]
    reply = linking.found("昆明甲饭店", "官渡区", facts, "f" * 48)
    assert "昆明甲饭店（官渡区）" in reply.text
    assert "事实7 是等12项" in reply.text
    assert "事实8" not in reply.text
    assert "同意" in reply.text
    assert len(reply.text) <= 450
    assert all(len(button.action.encode()) <= ACTION_BYTES for button in reply.buttons)
