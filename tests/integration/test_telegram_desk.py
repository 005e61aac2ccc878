"""The staff's group on both databases: tickets in topics, answers both ways, and a clear word for all that goes wrong."""

from collections.abc import AsyncIterator, Iterator

import pytest

from bot.telegram import Telegram
from helpdesk.reception import Ask, Reception
from storage.engine import Store
from tests.fakes.offices import AGENT, GROUP, LEAD, OTHER, Office
from tests.fakes.telegram import forum, server
from tests.fakes.telegram.world import World
from tests.fakes.timepiece import FakeTime

OWNER = 7
NOBODY = 666
MEGABYTE = 1024 * 1024


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def fake(time: FakeTime) -> Iterator[server.Server]:
    with server.running(World(clock=time.seconds)) as running:
        yield running


@pytest.fixture
async def telegram(fake: server.Server) -> AsyncIterator[Telegram]:
    async with Telegram(fake.token, base_url=fake.base_url) as connected:
        yield connected


@pytest.fixture
async def office(store: Store, time: FakeTime, fake: server.Server, telegram: Telegram) -> Office:
    opened = Office(store, time, fake.world, telegram)
    opened.hire()
    return opened


async def opened(office: Office, *, claimed: bool = True) -> int:
    """A ticket of the owner with its topic."""
    office.world.says(OWNER, "稳岗返还能返多少")
    office.asks(OWNER)
    await office.run()
    if claimed:
        office.presses(AGENT, "领取")
        await office.run()
    return office.topics[-1]


async def test_a_ticket_gets_one_topic_whose_card_says_all_that_is_known(office: Office) -> None:
    await opened(office, claimed=False)
    [ticket] = office.tickets()
    [(chat, _, name)] = office.world.made_topics
    assert (chat, name) == (GROUP, f"{ticket.number} {ticket.subject}")
    assert len(office.seen()) == 1
    for part in (ticket.number, "待领取", "稳岗返还", "市人力资源社会保障局", "时限：", "稳岗返还能返多少"):
        assert part in office.card().text
    assert office.card().labels == ["领取", "转办"]
    assert ticket.number in office.world.texts(OWNER)[-1]
    assert "工作日" in office.world.texts(OWNER)[-1]


async def test_claiming_edits_the_card_in_place_and_tells_both(office: Office) -> None:
    await opened(office)
    assert len(office.seen()) == 1
    assert "办理中 · 李明" in office.card().text
    assert office.card().labels == ["办结", "常用答复", "转办", "退回待办"]
    assert office.alerts()[-1].endswith("由您办理。")
    assert "工作人员已接手" in office.world.texts(OWNER)[-1]
    assert "李明" not in "".join(office.world.texts(OWNER))


async def test_the_one_who_is_too_late_to_claim_is_told_who_has_it(office: Office) -> None:
    await opened(office, claimed=False)
    office.presses(AGENT, "领取")
    office.presses(OTHER, "领取")
    await office.run()
    assert "由您办理" in office.alerts()[0]
    assert "已由 李明 领取" in office.alerts()[1]
    assert len([text for text in office.world.texts(OWNER) if "已接手" in text]) == 1


async def test_an_answer_to_the_card_or_to_the_owner_goes_out_and_chatter_stays_inside(office: Office) -> None:
    await opened(office)
    office.writes(AGENT, "这个问题谁熟？")
    office.writes(AGENT, "您好，按实缴的90%返。", answers=office.card())
    office.world.says(OWNER, "那要交材料吗")
    await office.run()
    asked = office.seen()[-1]
    assert asked.text.endswith("：那要交材料吗")
    office.writes(AGENT, "免申即享，不用交。", answers=asked)
    await office.run()
    sent = [text for text in office.world.texts(OWNER) if text.startswith("工作人员：")]
    assert sent == ["工作人员：\n您好，按实缴的90%返。", "工作人员：\n免申即享，不用交。"]
    assert "等用户回复" in office.card().text
    assert len(office.seen()) == 2  # neither chatter nor answers are shown a second time


async def test_an_answer_to_a_colleague_or_to_a_system_line_stays_inside(office: Office) -> None:
    await opened(office)
    number = office.writes(AGENT, "谁有电话？")
    office.world.says(OTHER, "我有", GROUP, thread=office.topics[-1], reply_to=number)
    office.world.says(OWNER, "/bot")
    await office.run()
    line = office.seen()[-1]
    assert "叫回了助手" in line.text
    office.writes(AGENT, "好的", answers=line)
    await office.run()
    assert not [text for text in office.world.texts(OWNER) if text.startswith("工作人员：\n")]
    assert "这句没有发给用户" in office.texts()[-1]


async def test_pictures_and_files_go_both_ways_by_their_id(office: Office) -> None:
    thread = await opened(office)
    office.world.sends(OWNER, "photo", "回执", caption="这是回执")
    await office.run()
    shown = office.seen()[-1]
    assert (shown.kind, shown.file) == ("photo", "photo:回执")
    assert shown.text.endswith("这是回执")
    office.world.sends(AGENT, "document", "申请表.pdf", GROUP, caption="填这个", thread=thread, reply_to=shown.number)
    await office.run()
    got = office.world.sees(OWNER)[-1]
    assert (got.kind, got.file, got.text) == ("document", "document:申请表.pdf", "工作人员：\n填这个")


async def test_edits_are_carried_over_both_ways(office: Office) -> None:
    await opened(office)
    office.world.says(OWNER, "我们有12个人")
    await office.run()
    office.world.edits(OWNER, office.world.wrote(OWNER), "我们有21个人")
    number = office.writes(AGENT, "返1万", answers=office.card())
    await office.run()
    assert office.seen()[-1].text.endswith("：我们有21个人（改过）")
    assert len(office.seen()) == 2
    office.world.edits(AGENT, number, "返2万", chat=GROUP)
    await office.run()
    assert office.world.texts(OWNER)[-1] == "工作人员：\n返2万"
    assert office.world.sees(OWNER)[-1].edits == 1


async def test_a_message_that_does_not_arrive_is_shown_below_the_answer_with_its_reason(office: Office) -> None:
    await opened(office)
    number = office.writes(AGENT, "您在吗", answers=office.card())
    office.world.blocked.add(OWNER)
    await office.run()
    failed = office.seen()[-1]
    assert failed.reply_to == number
    assert "没有送到用户：用户停用了机器人" in failed.text
    again = office.writes(AGENT, "还在吗", answers=office.card())
    await office.run()
    assert office.seen()[-1].reply_to == again


async def test_from_claim_to_grade(office: Office) -> None:
    await opened(office)
    office.writes(AGENT, "按90%返。", answers=office.card())
    await office.run()
    office.world.says(OWNER, "明白了")
    await office.run()
    office.presses(AGENT, "办结")
    await office.run()
    assert "已办结" in office.card().text
    assert office.card().labels == ["重新打开"]
    assert "非常满意" in office.world.sees(OWNER)[-1].labels
    office.world.presses(OWNER, "满意")
    await office.run()
    assert "评价收到：“满意”" in office.world.texts(OWNER)[-1]
    assert "评价：满意" in office.texts()[-1]
    office.world.presses(OWNER, "非常满意")
    await office.run()
    assert "评价改为“非常满意”" in office.world.texts(OWNER)[-1]


async def test_a_low_grade_opens_a_follow_up_for_somebody_else(office: Office) -> None:
    await opened(office)
    office.writes(AGENT, "不归我们管。", answers=office.card())
    office.writes(AGENT, "/resolve")
    await office.run()
    office.world.presses(OWNER, "非常不满意")
    await office.run()
    assert "换一位工作人员" in office.world.texts(OWNER)[-1]
    assert "重新打开、待领取" in office.card().text
    office.presses(AGENT, "领取")
    await office.run()
    assert "要由另一个人办理" in office.alerts()[-1]
    office.presses(OTHER, "领取")
    await office.run()
    assert "办理中 · 王芳" in office.card().text


async def test_two_who_answer_within_a_minute_are_warned(office: Office) -> None:
    await opened(office)
    office.writes(AGENT, "一", answers=office.card())
    await office.run(5)
    office.writes(OTHER, "二", answers=office.card())
    await office.run()
    assert "李明" in office.texts()[-1]
    assert "秒前刚答复过" in office.texts()[-1]


# What must not be


async def test_who_is_not_staff_is_told_so_and_reaches_nobody(office: Office) -> None:
    await opened(office, claimed=False)
    before = len(office.world.texts(OWNER))
    office.writes(NOBODY, "我来答", answers=office.card())
    office.presses(NOBODY, "领取")
    office.writes(NOBODY, "/claim")
    await office.run()
    assert [text for text in office.texts() if "您不在坐席名单里" in text] == office.texts()[1:]
    assert len(office.texts()) == 3
    assert "您不在坐席名单里" in office.alerts()[-1]
    assert len(office.world.texts(OWNER)) == before


async def test_a_role_that_does_not_suffice_is_named(office: Office) -> None:
    await opened(office)
    office.presses(OTHER, "办结")
    await office.run()
    assert "要组长以上的角色" in office.alerts()[-1]
    office.presses(LEAD, "办结")
    await office.run()
    assert "已办结" in office.card().text


async def test_forged_buttons_do_nothing_and_say_so(office: Office) -> None:
    thread = await opened(office, claimed=False)
    [ticket] = office.tickets()
    office.asks(8)
    await office.run()
    other = office.tickets()[1]
    card = office.card(thread)
    for data in (
        f"d:claim:{other.id}",
        "d:claim:4711",
        "d:",
        f"d:nonsense:{ticket.id}",
        "m:x",
        f"d:give:{ticket.id}:99",
    ):
        office.world.forges(AGENT, data, GROUP, shown=card)
    office.world.forges(OWNER, f"d:claim:{ticket.id}", shown=office.world.sees(OWNER)[-1])
    office.world.forges(8, f"grade:{ticket.id}:5", shown=office.world.sees(8)[-1])
    await office.run()
    assert all("没有执行" in text or "已失效" in text for text in office.alerts()[:6])
    assert "按钮" in office.world.texts(OWNER)[-1]
    assert "这不是您的工单" in office.world.texts(8)[-1]
    assert {one.state.value for one in office.tickets()} == {"open"}


async def test_an_answer_to_a_closed_ticket_says_that_it_must_be_reopened(office: Office) -> None:
    await opened(office)
    office.writes(AGENT, "/resolve 谢谢")
    office.writes(AGENT, "/close")
    await office.run()
    before = len(office.world.texts(OWNER))
    office.writes(AGENT, "补充一句", answers=office.card())
    await office.run()
    assert "已关闭" in office.texts()[-1]
    assert "请先重新打开" in office.texts()[-1]
    assert len(office.world.texts(OWNER)) == before
    office.writes(LEAD, "/reopen")
    await office.run()
    assert "重新打开、待领取" in office.card().text


async def test_files_over_20_megabytes_are_refused_on_both_sides_with_their_size(office: Office) -> None:
    thread = await opened(office)
    office.world.sends(OWNER, "document", "全部.zip", size=25 * MEGABYTE)
    office.world.sends(AGENT, "video", "讲解", GROUP, size=50 * MEGABYTE, thread=thread, reply_to=office.card().number)
    await office.run()
    assert "25MB" in office.world.texts(OWNER)[-1]
    assert "最多20MB，这个有50MB" in office.texts()[-1]
    assert not [seen for seen in (*office.world.sees(OWNER), *office.seen()) if seen.file]


async def test_a_caption_over_the_limit_is_refused_to_staff_and_split_for_owners(office: Office) -> None:
    thread = await opened(office)
    office.world.sends(OWNER, "photo", "回执", caption="长" * 1024)
    office.world.sends(AGENT, "photo", "图", GROUP, caption="长" * 1024, thread=thread, reply_to=office.card().number)
    await office.run(40)
    refused = next(text for text in office.texts() if "文件的说明" in text)
    assert "最多1018字，现在1024字" in refused
    photo = next(seen for seen in office.seen() if seen.file == "photo:回执")
    assert photo.text == "〔说明太长，放在下一条〕"
    assert next(text for text in office.texts() if text.endswith("长" * 1024))
    assert not [seen for seen in office.world.sees(OWNER) if seen.file]


async def test_what_cannot_be_sent_on_is_named(office: Office) -> None:
    thread = await opened(office)
    sticker = {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1}
    sticker |= {"is_animated": False, "is_video": False}
    answered = {"message_id": office.card().number, "from": {"id": 4242}}
    office.world.writes(
        AGENT, GROUP, sticker=sticker, message_thread_id=thread, is_topic_message=True, reply_to_message=answered
    )
    office.world.writes(OWNER, sticker=sticker)
    await office.run()
    assert "表情转不了" in office.texts()[-1]
    assert "表情" in office.world.texts(OWNER)[-1]


async def test_a_command_outside_of_all_topics_needs_a_number(office: Office) -> None:
    await opened(office, claimed=False)
    [ticket] = office.tickets()
    for words in ("/resolve", "/claim 9999", "/nonsense", "/queue", f"/claim {ticket.number[-4:]}"):
        office.world.says(AGENT, words, GROUP)
    await office.run(40)
    said = office.outside()
    assert "这里不是工单话题" in said[0]
    assert "没有工单" in said[1]
    assert "没有这个命令" in said[2]
    assert ticket.number in said[3]
    assert "由您办理" in said[4]


# Staff's other tools


async def test_notes_transfers_priorities_and_ready_answers(office: Office) -> None:
    await opened(office)
    office.writes(AGENT, "/note 这家去年领过")
    office.writes(AGENT, "/priority 急")
    office.writes(AGENT, "/priority 很急")
    office.writes(AGENT, "/transfer 王芳 她熟")
    await office.run(40)
    assert "很急" not in office.card().text
    assert "一般" not in office.card().text
    assert "办理中 · 王芳" in office.card().text
    assert [text for text in office.texts() if "缓急写" in text]
    office.presses(OTHER, "常用答复")
    await office.run()
    offered = office.seen()[-1]
    assert "来源" in offered.text
    office.presses(OTHER, "发第1条")
    await office.run()
    assert "来源" in office.world.texts(OWNER)[-1]
    assert office.world.texts(OWNER)[-1].startswith("工作人员：")
    assert "去年领过" not in "".join(office.world.texts(OWNER))


async def test_handing_over_by_buttons_and_to_a_department(office: Office) -> None:
    await opened(office)
    office.presses(AGENT, "转办")
    await office.run()
    assert office.seen()[-1].labels == ["王芳", "赵强"]
    office.presses(AGENT, "赵强")
    await office.run()
    assert "办理中 · 赵强" in office.card().text
    office.writes(LEAD, "/transfer 市税务局 要问税务")
    office.writes(LEAD, "/transfer 没有的单位")
    await office.run()
    assert [text for text in office.texts() if "没有叫“没有的单位”的在岗人员" in text]
    assert "待领取" in office.card().text
    assert "市税务局" in office.card().text


async def test_what_is_done_in_the_terminal_shows_in_the_topic(office: Office) -> None:
    await opened(office, claimed=False)
    [ticket] = office.tickets()
    with office.store.write() as session:
        desk = office.desk(session)
        desk.claim(desk.find(ticket.number), office.staff(OTHER))
        desk.reply(desk.find(ticket.number), office.staff(OTHER), "终端答复")
        desk.note(desk.find(ticket.number), office.staff(OTHER), "终端备注")
    await office.run()
    assert "王芳答复：终端答复\n王芳备注：终端备注" in office.texts()[-1]
    assert office.world.texts(OWNER)[-1] == "工作人员：\n终端答复"


# Topics


async def test_a_topic_deleted_by_hand_is_made_again_with_everything_said(office: Office) -> None:
    thread = await opened(office)
    office.writes(AGENT, "按90%返。", answers=office.card())
    office.world.says(OWNER, "那材料呢")
    await office.run()
    office.world.deletes_topic(GROUP, thread)
    office.world.says(OWNER, "还在吗")
    office.world.sends(OWNER, "photo", "回执")
    await office.run(60)
    assert len(office.topics) == 1
    assert office.topics[-1] != thread
    said = "\n".join(office.texts())
    assert [said.count(words) for words in ("李明答复：按90%返。", "：那材料呢", "：还在吗")] == [1, 1, 1]
    assert [seen.file for seen in office.seen() if seen.file] == ["photo:回执"]
    assert "办理中 · 李明" in office.card().text
    office.writes(AGENT, "在的", answers=office.card())
    await office.run()
    assert office.world.texts(OWNER)[-1] == "工作人员：\n在的"


async def test_a_group_without_topics_gets_everything_marked_with_the_number(office: Office) -> None:
    office.world.flat.add(GROUP)
    office.asks(OWNER)
    await office.run(40)
    [ticket] = office.tickets()
    assert office.outside()[0].startswith(f"［{ticket.number}］")
    office.world.says(OWNER, "在吗")
    await office.run()
    shown = office.world.sees(GROUP)[-1]
    office.world.says(AGENT, "在的", GROUP, reply_to=shown.number)
    await office.run()
    assert office.world.texts(OWNER)[-1] == "工作人员：\n在的"


async def test_a_bot_let_in_again_shows_what_it_could_not_before(office: Office) -> None:
    office.world.blocked.add(GROUP)
    office.asks(OWNER)
    await office.run(40)
    assert office.topics == []
    office.world.blocked.discard(GROUP)
    office.world.says(AGENT, "/queue", GROUP)
    await office.run(60)
    assert len(office.topics) == 1
    assert office.tickets()[0].number in office.card().text


async def test_who_has_everything_erased_leaves_no_topic_behind(office: Office) -> None:
    await opened(office)
    office.world.says(OWNER, "/forget")
    await office.run(40)
    assert office.topics == []
    assert not office.world.topic(GROUP, None)


async def test_a_topic_made_twice_loses_the_one_that_came_to_light_later(office: Office) -> None:
    await opened(office, claimed=False)
    [thread] = office.topics
    name = office.world.made_topics[0][2]
    with office.world.changed:
        forum.open_topic(office.world, GROUP, name)  # asked for by a process that died, told of only now
        forum.open_topic(office.world, GROUP, "同事自己开的话题")
    await office.run(40)
    assert thread in office.topics
    assert len(office.topics) == 2
    assert len(office.seen(thread)) == 1


async def test_a_button_pressed_long_ago_is_answered_by_a_message(office: Office) -> None:
    await opened(office, claimed=False)
    office.presses(AGENT, "领取")
    why = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    office.world.trouble(method="answerCallbackQuery", code=400, description=why)
    await office.run(40)
    assert office.texts()[-1].endswith("由您办理。")
    assert office.seen()[-1].reply_to == office.card().number


async def test_an_owner_who_is_not_satisfied_takes_the_ticket_up_again(office: Office) -> None:
    await opened(office)
    office.presses(AGENT, "办结")
    await office.run()
    office.world.presses(OWNER, "还没解决")
    await office.run()
    assert "已重新打开" in office.world.texts(OWNER)[-1]
    assert "重新打开、待领取" in office.card().text
    assert len(office.topics) == 1


async def test_a_long_message_of_the_owner_comes_in_pieces_without_losing_a_letter(office: Office) -> None:
    await opened(office)
    office.world.says(OWNER, "字" * 4096)
    await office.run(40)
    assert "".join(office.texts()[1:]).count("字") == 4096


async def test_a_colleague_who_edits_chatter_changes_nothing_for_the_owner(office: Office) -> None:
    await opened(office)
    number = office.writes(AGENT, "谁懂这个？")
    await office.run()
    before = office.world.texts(OWNER)
    office.world.edits(AGENT, number, "谁懂那个？", chat=GROUP)
    await office.run()
    assert office.world.texts(OWNER) == before


async def test_while_the_assistant_is_back_nothing_reaches_the_ticket_until_the_human_answers(office: Office) -> None:
    await opened(office)
    office.world.says(OWNER, "/bot")
    office.world.says(OWNER, "稳岗返还能返多少")
    await office.run()
    assert "90%" in office.world.texts(OWNER)[-1]
    assert "正在用助手" in office.card().text
    shown = len(office.texts())
    office.writes(AGENT, "我查到了", answers=office.card())
    await office.run()
    office.world.says(OWNER, "好的")
    await office.run()
    assert office.texts()[shown:] == [office.texts()[-1]]
    assert office.texts()[-1].endswith("：好的")


# Many at once


def open_many(office: Office, number: int) -> None:
    """So many owners want a human in the same moment."""
    owners = [office.chat(1000 + place) for place in range(number)]
    with office.store.write() as session:
        reception = Reception(session, office.house, office.time.now())
        for place, owner in enumerate(owners):
            reception.open_(owner, Ask(f"第{place + 1}件", None, "asked"))


def most_in_a_minute(office: Office) -> int:
    """The most calls to the group that count as messages within any sixty seconds."""
    methods = {"sendMessage", "sendPhoto", "createForumTopic"}
    times = [call.at for call in office.world.calls if call.method in methods and str(GROUP) in str(call.given)]
    return max(sum(start <= other < start + 60 for other in times) for start in times)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
async def test_200_tickets_at_once_keep_the_groups_limit_oldest_first_with_digests(office: Office) -> None:
    open_many(office, 200)
    began = office.time.now()
    await office.run(60, step=1.0)
    [digest] = office.outside()
    first = office.tickets()[0]
    assert digest.startswith("200 件工单在排队")
    assert f"1. {first.number}" in digest
    assert "…还有185件" in digest
    # Somebody already served is not kept waiting, and a ticket asked for comes before its turn.
    office.presses(AGENT, "领取", office.topics[0])
    last = office.tickets()[-1]
    office.world.says(OTHER, f"/claim {last.number}", GROUP)
    await office.run(45, step=1.0)
    assert "办理中 · 李明" in office.card(office.topics[0]).text
    assert last.number in [name.split()[0] for _, _, name in office.world.made_topics]
    for _ in range(40):
        if len(office.topics) == 200:
            break
        await office.run(60, step=3.0)
    await office.run(60, step=1.0)
    names = [name.split()[0] for _, _, name in office.world.made_topics]
    assert len(names) == len(set(names)) == 200
    assert [name for name in names if name != last.number] == sorted(set(names) - {last.number})
    assert all(len(office.seen(thread)) == 1 for thread in office.topics)
    assert not [call for call in office.world.calls if call.outcome.startswith("429")]
    assert most_in_a_minute(office) <= 18
    assert (office.time.now() - began).total_seconds() <= 30 * 60


async def test_lines_that_had_to_wait_come_as_one_message(office: Office) -> None:
    thread = await opened(office)
    open_many(office, 4)  # keeps the group busy
    await office.run(2)
    for place in range(10):
        office.world.says(OWNER, f"第{place}句")
    await office.run(60)
    said = [seen.text for seen in office.seen(thread) if "句" in seen.text]
    assert len(said) < 10
    assert [line[-3:] for text in said for line in text.splitlines()] == [f"第{place}句" for place in range(10)]
