"""Where in Kunming: the fourteen county-level districts, and the zones that authorities list beside them. Pure."""

DISTRICTS = (
    "五华区",
    "盘龙区",
    "官渡区",
    "西山区",
    "东川区",
    "呈贡区",
    "晋宁区",
    "安宁市",
    "富民县",
    "宜良县",
    "石林县",
    "嵩明县",
    "禄劝县",
    "寻甸县",
    "高新区",
    "经开区",
    "度假区",
    "阳宗海",
    "空港经济区",
)
_ALSO = {
    "石林彝族自治县": "石林县",
    "禄劝彝族苗族自治县": "禄劝县",
    "寻甸回族彝族自治县": "寻甸县",
    "高新技术产业开发区": "高新区",
    "高新技术开发区": "高新区",
    "经济技术开发区": "经开区",
    "滇池旅游度假区": "度假区",
    "滇池国家旅游度假区": "度假区",
    "滇池度假区": "度假区",
    "阳宗海风景名胜区": "阳宗海",
    "阳宗海度假区": "阳宗海",
    "滇中新区空港经济区": "空港经济区",
}


class NoSuchDistrictError(ValueError):
    """昆明没有这个县（市）区或开发区"""


def read(text: str) -> str:
    """The district as it is kept: 昆明市官渡区, 官渡 and 官渡区 are one. Raises ``NoSuchDistrictError``."""
    name = "".join(text.split()).removeprefix("云南省").removeprefix("昆明市").removeprefix("昆明")
    name = _ALSO.get(name.removeprefix("国家级").removeprefix("国家"), name)
    found = next((known for known in DISTRICTS if name == known or (len(name) >= 2 and name == known[:-1])), None)
    if found is None:
        raise NoSuchDistrictError(f"昆明没有“{text.strip()[:20]}”这个县（市）区或开发区")
    return found
