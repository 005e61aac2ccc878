"""What came before: ellipsis, change of subject and return, forgetting."""

import pytest

from handlers.reply import ReplyKind
from handlers.turn import Forget, Message
from tests.fakes.talks import DAY, Chat, ask, assistant, measures


def test_an_ellipsis_stays_with_the_measure_in_hand() -> None:
    reply = ask("稳岗返还是什么", "那到哪天截止呢")
    assert "job-retention-refund" in measures(reply.measures)
    assert "2022年12月31日" in reply.text


def test_it_asks_about_another_size() -> None:
    reply = ask("稳岗返还中小微返多少", "那大型企业呢")
    assert "job-retention-refund" in measures(reply.measures)
    assert "50%" in reply.text


def test_a_new_subject_is_followed_and_the_old_one_found_again() -> None:
    chat = Chat()
    chat.say("稳岗返还能返多少", "科技创新券一年封顶多少")
    assert "innovation-voucher-2022" in chat.replies[-1].measures
    back = chat.say("回到刚才那个稳岗返还，归哪个部门管")
    assert "job-retention-refund" in measures(back.measures)


@pytest.mark.parametrize("question", ["归哪个部门管", "到哪天截止", "多久到账", "怎么申请"])
def test_a_question_that_names_nothing_is_about_the_measure_in_hand(question: str) -> None:
    reply = ask("一次性扩岗补助一个人多少钱", question)
    assert "expansion-subsidy-2022" in reply.measures


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("谢谢", ReplyKind.GREETING),
        ("你好", ReplyKind.GREETING),
        ("再见", ReplyKind.GREETING),
        ("今天天气怎么样", ReplyKind.OUT_OF_SCOPE),
    ],
)
def test_small_talk_inside_a_talk_is_small_talk(text: str, kind: ReplyKind) -> None:
    assert ask("一次性扩岗补助一个人多少钱", text).kind is kind


def test_a_dialog_waits_while_something_else_is_asked() -> None:
    chat = Chat()
    chat.act("check:expansion-subsidy-2022")
    reply = chat.say("科技创新券一年封顶多少？")
    assert "innovation-voucher-2022" in reply.measures
    assert chat.session.dialog is not None


def test_two_talks_share_nothing() -> None:
    one, other = Chat(), Chat()
    one.say("我们是中型企业，没裁员", "稳岗返还能返多少")
    other.say("你好")
    assert other.session.facts == {}
    assert other.session.focus == []


def test_forget_forgets() -> None:
    chat = Chat()
    chat.say("我们是中型企业，没裁员，去年交了12万失业保险费，稳岗返还能返多少")
    reply = chat.say("/forget")
    assert any(isinstance(effect, Forget) for effect in chat.effects)
    assert chat.session.facts == {}
    assert chat.session.said == []
    assert "12万" not in reply.text


def test_the_session_given_is_not_changed() -> None:
    chat = Chat()
    chat.say("稳岗返还能返多少")
    before = chat.session.model_dump_json()
    kept = chat.session
    assistant().turn(Message(text="我们是中型企业，没裁员"), kept, DAY)
    assert kept.model_dump_json() == before
