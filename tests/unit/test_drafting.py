"""From a new document to drafts."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from bot import kb_drafts
from policy_kb import checks, drafting, loader
from tests.unit.test_sources import HELD, needs_sources

RIGHT = Path(__file__).parents[1] / "data" / "right"
TODAY = date(2026, 11, 21)

NEW = """某市人民政府文件
某政发〔2027〕3号
某市人民政府关于支持中小企业稳岗扩岗的若干措施
各区县人民政府：
为稳定就业，制定本措施。
一、给予扩岗补助。对招用毕业生的企业，按每人2000元的标准给予一次性补助，
单户企业最高50万元，执行期限至2027年12月31日。（市人社局牵头，市财政局配合）
二、降低用工成本。对稳岗企业按上年缴费的60%返还。（责任单位：市人社局、市税务局）
三、优化服务。设立企业用工服务专员。（责任单位：市人社局）
某市人民政府
2027年3月1日
（联系人及电话：张某，0871-12345678）
"""


def draft(text: str, name: str = "Mou-2027.txt") -> drafting.Draft:
    return drafting.draft(text, name, loader.load(RIGHT / "catalogue"), TODAY)


def test_the_document_is_read_from_its_head_and_signature() -> None:
    assert draft(NEW).document == {
        "id": "mou-2027",
        "title": "某市人民政府关于支持中小企业稳岗扩岗的若干措施",
        "short": "某市人民政府关于支持中小企业稳岗扩岗的若干措施",
        "number": "某政发〔2027〕3号",
        "issuer": "待填",
        "level": "national",
        "kind": "policy",
        "issued": "2027-03-01",
        "text": "Mou-2027.txt",
    }


def test_every_clause_becomes_a_draft_with_what_it_prints() -> None:
    proposals = draft(NEW).proposals
    assert [(one.clause.number, one.raw["title"], one.raw["kind"]) for one in proposals] == [
        ("一", "给予扩岗补助", "claim"),
        ("二", "降低用工成本", "claim"),
        ("三", "优化服务", "service"),
    ]
    first = proposals[0].raw
    assert {one.raw["status"] for one in proposals} == {"draft"}
    assert first["tracks"][0]["in_force"] == {"to": "2027-12-31"}
    assert [benefit["amount"] for benefit in first["tracks"][0]["benefits"]] == ["2000元", "50万元"]
    assert (
        "对招用毕业生的企业,按每人2000元的标准给予一次性补助,单户企业最高50万元" in first["cites"]["text"]["evidence"]
    )
    assert first["departments"] == {"lead": ["rsj"], "with": ["czj"]}
    assert proposals[1].unknown == ("市税务局",)


def test_names_and_telephone_numbers_are_left_out() -> None:
    told = str([one.raw for one in draft(NEW).proposals])
    assert "张某" not in told
    assert "12345678" not in told


def test_the_files_load_and_their_evidence_is_in_the_text(tmp_path: Path) -> None:
    root, texts = tmp_path / "catalogue", tmp_path / "texts"
    shutil.copytree(RIGHT / "catalogue", root)
    shutil.copytree(RIGHT / "texts", texts)
    (texts / "Mou-2027.txt").write_text(NEW, encoding="utf-8")
    paths = kb_drafts.write(draft(NEW), tmp_path / "draft")
    assert len(paths) == 3
    shutil.copytree(tmp_path / "draft" / "measures", root / "measures" / "draft")
    documents = (root / "documents.yml").read_text(encoding="utf-8")
    fresh = (tmp_path / "draft" / "documents.yml").read_text(encoding="utf-8")
    (root / "documents.yml").write_text(documents + fresh, encoding="utf-8")
    faults = [str(fault) for fault in checks.check(root, texts, TODAY).faults if "draft" in fault.file]
    assert len(faults) == 3
    assert all("is not `verified`" in fault for fault in faults)


def test_plans_printed_one_after_another_become_sections() -> None:
    text = NEW.replace("一、给予", "稳岗专项行动实施方案(一)\n一、给予") + NEW.replace(
        "一、给予", "减租实施方案(二)\n一、给予"
    )
    assert draft(text).document["sections"] == {"稳岗一": "稳岗专项行动实施方案(一)", "减租二": "减租实施方案(二)"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "从前有座山，山里有座庙。庙里有个老和尚在讲故事。",
        "一、红烧肉\n（一）五花肉切块。\n（二）下锅煸炒。\n二、番茄炒蛋\n（一）打蛋。\n",
        "会议纪要\n一、上周工作\n修了三个问题。\n二、下周安排\n继续修。\n",
        "import os\n\ndef main():\n    print('hello')\n",
        "某公司与某企业供货合同\n一、甲方向乙方供货。\n二、乙方按月付款。\n三、争议由法院裁决。\n",
    ],
    ids=["empty", "story", "recipe", "minutes", "code", "contract"],
)
def test_what_is_no_policy_is_told_so(text: str) -> None:
    with pytest.raises(drafting.NoPolicyError, match="这不像政策文件"):
        draft(text)


@needs_sources
def test_the_provincial_opinion_gives_25_clauses_all_with_departments() -> None:
    name = "004_35ec917ba6668eb5.txt"
    found = draft((HELD / name).read_text(encoding="utf-8"), name)
    assert len(found.proposals) == 25
    assert all(one.departments for one in found.proposals)
    assert found.document["number"] == "云工信中小〔2021〕237号"
    assert found.document["issued"] == "2021-08-26"
    assert found.document["title"] == "关于进一步健全支持中小企业发展制度的实施意见"


@needs_sources
@pytest.mark.parametrize(
    ("start", "clauses", "kind"),
    [("000", 11, "reply"), ("001", 118, "policy"), ("002", 16, "plan"), ("003", 13, "reply")],
)
def test_the_other_held_documents_are_cut_whole(start: str, clauses: int, kind: str) -> None:
    path = next(HELD.glob(f"{start}_*.txt"))
    found = draft(path.read_text(encoding="utf-8"), path.name)
    assert (len(found.proposals), found.document["kind"]) == (clauses, kind)
