"""The commands Telegram offers when somebody types a slash. What they do is up to the conversation."""

from telegram import BotCommand

START = BotCommand("start", "从头开始")
POLICIES = BotCommand("policies", "按类别看政策")
CHECK = BotCommand("check", "看看我能享受哪些")
PROFILE = BotCommand("profile", "看我说过的企业情况")
CALENDAR = BotCommand("calendar", "最近的到期日和申报期")
SUBSCRIBE = BotCommand("subscribe", "订阅、退订提醒")
HUMAN = BotCommand("human", "转人工")
BOT = BotCommand("bot", "人工在办时，叫回助手")
FORGET = BotCommand("forget", "清除我的全部信息")
HELP = BotCommand("help", "我能做什么")

PRIVATE = (START, POLICIES, CHECK, PROFILE, CALENDAR, SUBSCRIBE, HUMAN, BOT, FORGET, HELP)
GROUP = (POLICIES, HUMAN, HELP)
