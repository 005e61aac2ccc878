"""A reply's text: within the limit of its kind, conclusion first, validity and source last."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import compose, reply
from handlers.reply import Citation, ReplyKind
from policy_kb import entries
from tests.fakes import catalogue

LINES = st.lists(st.text(alphabet="一二三四，。90%\n ", max_size=500), min_size=1, max_size=6)
CLOSING = st.lists(st.text(alphabet="来源：执行期限2022年。", max_size=60), max_size=3)


def limit(kind: ReplyKind) -> int:
    return reply.LENGTH_LIMITS.get(kind, reply.DEFAULT_LENGTH_LIMIT)


@given(st.sampled_from(list(ReplyKind)), LINES, CLOSING)
def test_no_text_is_over_the_limit_of_its_kind(kind: ReplyKind, lines: list[str], last: list[str]) -> None:
    assert len(compose.fit(kind, lines, last)) <= limit(kind)


@given(st.sampled_from(list(ReplyKind)), LINES, CLOSING)
def test_the_closing_lines_always_stand_at_the_end(kind: ReplyKind, lines: list[str], last: list[str]) -> None:
    assert compose.fit(kind, lines, last).endswith("\n".join(line for line in last if line))


def test_the_conclusion_stays_and_the_end_of_the_body_goes() -> None:
    text = compose.fit(ReplyKind.ANSWER, ["结论。", "细节" * 100, "更细" * 150], ["来源：甲"])
    assert text.splitlines() == ["结论。", "细节" * 100, "来源：甲"]


def test_short_lines_are_only_joined() -> None:
    assert compose.fit(ReplyKind.ANSWER, ["一。", "二。"], ["", "三。"]) == "一。\n二。\n三。"


def test_optional_sentences_come_while_it_reads_comfortably() -> None:
    assert compose.body(["要的。"], ["好的。", "长" * 300, "还有。"]) == ["要的。", "好的。", "还有。"]


def test_what_is_needed_stays_however_long() -> None:
    assert compose.body(["长" * 300]) == ["长" * 300]


@pytest.mark.parametrize("again", ["返还90%。", "按90%算。", "不裁员返还90%"])
def test_an_optional_sentence_that_says_nothing_new_is_left_out(again: str) -> None:
    assert compose.body(["不裁员返还90%。"], [again]) == ["不裁员返还90%。"]


def test_citations_name_the_document_by_its_title() -> None:
    known = catalogue.catalogue(catalogue.measure())
    cited = [entries.Citation(document="doc", section="稳岗就业", clause="二（三）")]
    assert compose.citations(cited, known) == (Citation("昆明市试行办法", "稳岗就业", "二（三）"),)
    line = compose.source(cited, known)
    assert line.startswith("来源：试行办法")
    assert "二（三）" in line
    assert "2022-08-18" in line
