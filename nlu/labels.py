"""What the classifier tells apart, in Chinese, for keepers: docs/intents.md says what each label covers."""

NAMES = {
    "what": "是什么",
    "amount": "多少钱",
    "audience": "谁能享受",
    "conditions": "条件",
    "scope": "范围",
    "until": "期限",
    "how": "怎么办理",
    "materials": "材料",
    "who": "哪个部门",
    "use": "资金用途",
    "combine": "能否叠加",
    "status": "还有效吗",
    "when_paid": "何时到账",
    "target": "目标数字",
    "compute": "帮我算",
    "qualify": "我行不行",
    "list": "有哪些",
    "tell": "讲自家情况",
    "greet": "招呼",
    "thanks": "感谢",
    "bye": "告别",
    "affirm": "肯定",
    "deny": "否定",
    "correct": "更正",
    "cancel": "取消",
    "subscribe": "订阅",
    "human": "转人工",
    "complain": "不满",
    "progress": "查进度",
    "unsafe": "不该答",
    "capabilities": "问助手",
    "out_of_scope": "无关",
}


def name(label: str) -> str:
    """The label in Chinese; a label nobody named yet as it is."""
    return NAMES.get(label, label)
