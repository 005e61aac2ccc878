"""Places whose rules are not ours: prefectures of Yunnan beside Kunming, provinces and large cities elsewhere."""

import re

ELSEWHERE = (
    "玉溪 曲靖 保山 昭通 丽江 普洱 临沧 楚雄 红河 文山 西双版纳 大理 德宏 怒江 迪庆 个旧 蒙自 景洪 瑞丽 腾冲 宣威 弥勒 香格里拉 "
    "北京 上海 天津 重庆 广州 深圳 成都 杭州 南京 武汉 西安 长沙 郑州 苏州 贵阳 南宁 贵州 四川 广西 广东 浙江 江苏 湖南 湖北 "
    "河南 河北 山东 山西 陕西 福建 江西 安徽 辽宁 吉林 黑龙江 甘肃 青海 宁夏 新疆 西藏 内蒙古 海南 香港 澳门 台湾 厦门 青岛 大连"
).split()

_PLACE = re.compile("|".join(ELSEWHERE))


def elsewhere(text: str) -> list[str]:
    """Places outside Kunming named in a text, in order, each once."""
    return list(dict.fromkeys(_PLACE.findall(text)))
