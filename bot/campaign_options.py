"""The options of ``./huiqi campaign``: their words, and what they mean."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from policy_kb import districts
from policy_kb.catalogues import Catalogue
from scheduler import audiences, campaign_copies
from scheduler.campaign_copies import CampaignError
from storage.times import SHANGHAI

Number = Annotated[int, typer.Argument(help="群发编号，见 campaign list。")]
By = Annotated[str, typer.Option("--by", help="谁做的，写姓名。")]
Title = Annotated[str | None, typer.Option(help="给工作人员看的名称。")]
Text = Annotated[str | None, typer.Option(help="正文；讲一项政策时可以不写，用知识库的。")]
TextFile = Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="正文在这个文件里（UTF-8）。")]
Measure = Annotated[str | None, typer.Option(help="讲哪项政策（编号，见 kb list）。")]
Verdict = Annotated[
    audiences.Reach | None, typer.Option(help="只发给这项政策符合（eligible）或可能符合（possible）的。")
]
Districts = Annotated[list[str] | None, typer.Option("--district", help="县（市）区，可写多次。")]
Industries = Annotated[list[str] | None, typer.Option("--industry", help="行业，写名称或编号，可写多次。")]
Sizes = Annotated[list[str] | None, typer.Option("--size", help="规模，写名称或编号，可写多次。")]
Where = Annotated[str | None, typer.Option(help="知识库写法的条件，如 '{fact: employees, at_least: 20}'。")]
Categories = Annotated[list[str] | None, typer.Option("--category", help="只发给订阅了这个类别的，可写多次。")]
NotAfter = Annotated[list[int] | None, typer.Option("--not-after", help="收过这些群发的人不再发。")]
Query = Annotated[Path | None, typer.Option("--audience", exists=True, dir_okay=False, help="整个人群写在 YAML 里。")]
Spread = Annotated[float | None, typer.Option("--spread", min=0, max=72, help="分散在几个小时里发。")]


def query(
    file: Path | None,
    catalogue: Catalogue,
    measure: str | None,
    verdict: audiences.Reach | None,
    district: list[str] | None,
    industry: list[str] | None,
    size: list[str] | None,
    where: str | None,
    category: list[str] | None,
    not_after: list[int] | None,
) -> dict[str, Any]:
    """The audience as plain JSON: the file first, what is named beside it on top. Raises ``CampaignError``."""
    query: dict[str, Any] = _yaml(file.read_text(encoding="utf-8")) if file else {}
    given = {
        "districts": [_district(name) for name in district or ()],
        "industries": [_value("industry", name, catalogue) for name in industry or ()],
        "sizes": [_value("enterprise_size", name, catalogue) for name in size or ()],
        "where": _yaml(where) if where else None,
        "categories": category,
        "not_after": not_after,
        "verdict": verdict.value if verdict else None,
    }
    query |= {name: value for name, value in given.items() if value}
    if "verdict" in query:
        query.setdefault("measure", measure)
    return query


def _yaml(text: str) -> Any:
    try:
        found = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506 - builds texts, lists and dicts only
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CampaignError(f"条件不是 YAML 或 JSON：{str(error).splitlines()[0]}") from error
    if not isinstance(found, dict):
        raise CampaignError("条件应写成 {fact: employees, at_least: 20} 这样")
    return found


def checked(query: dict[str, Any], catalogue: Catalogue) -> str:
    """The audience as it is kept. Raises ``AudienceError``."""
    return audiences.read(query, catalogue).model_dump_json(by_alias=True, exclude_defaults=True)


def _value(name: str, text: str, catalogue: Catalogue) -> str:
    fact = catalogue.facts.get(name)
    known = fact.values if fact else {}
    return next((value for value, choice in known.items() if text in (value, choice.label)), text)


def _district(text: str) -> str:
    try:
        return districts.read(text)
    except districts.NoSuchDistrictError as error:
        raise CampaignError(str(error)) from error


def text(text: str | None, file: Path | None, measure: str | None, catalogue: Catalogue, now: datetime) -> str:
    """What is sent: written here, in a file, or what the catalogue says. Raises ``CampaignError``."""
    version(measure, catalogue)
    if file is not None:
        text = file.read_text(encoding="utf-8")
    if text is None and measure is not None:
        text = campaign_copies.text_of(catalogue.measures[measure], catalogue, now)
    return campaign_copies.checked_text(text or "")


def version(measure: str | None, catalogue: Catalogue) -> int | None:
    """The version of the measure as it stands. Raises ``CampaignError``."""
    if measure is None:
        return None
    if measure not in catalogue.measures:
        raise CampaignError(f"知识库里没有 {measure} 这项政策，见 ./huiqi kb list")
    return catalogue.measures[measure].version


def name(by: str) -> str:
    """Who does it. Raises ``CampaignError``."""
    name = by.strip()[:64]
    if not name:
        raise CampaignError("--by 要写姓名")
    return name


def moment(text: str | None, now: datetime) -> datetime | None:
    """A time to come, in Kunming where it names no zone. Raises ``CampaignError``."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise CampaignError(f"看不懂时间 {text}：写成 2026-11-23 09:00") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    if moment < now:
        raise CampaignError(f"{text} 已经过去了")
    return moment
