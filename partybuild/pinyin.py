"""Pinyin of people's names, for ordering and for search by sound or initials."""

import os
import re

# Read as surnames these sound otherwise than as words; the compound ones first.
SURNAMES = {
    "万俟": "mo qi", "尉迟": "yu chi", "长孙": "zhang sun", "澹台": "tan tai", "单于": "chan yu",
    "令狐": "ling hu", "鲜于": "xian yu", "宿勤": "su qin", "相里": "xiang li", "乐正": "yue zheng",
    "单": "shan", "解": "xie", "仇": "qiu", "曾": "zeng", "查": "zha", "区": "ou", "朴": "piao",
    "盖": "ge", "缪": "miao", "乐": "yue", "尉": "wei", "任": "ren", "华": "hua", "召": "shao",
    "洗": "xian", "员": "yun", "贠": "yun", "覃": "qin", "秘": "bi", "种": "chong", "折": "she",
    "黑": "he", "翟": "zhai", "宓": "mi", "句": "gou", "卜": "bu", "祭": "zhai", "谌": "chen",
    "粘": "nian", "隗": "wei", "过": "guo", "呙": "guo", "么": "yao", "繁": "po", "应": "ying",
    "相": "xiang", "行": "xing", "强": "qiang", "都": "du", "阚": "kan", "颉": "xie", "不": "fou",
    "佴": "nai", "那": "na", "车": "che", "石": "shi", "纪": "ji", "宁": "ning", "哈": "ha",
    "晟": "cheng", "适": "kuo", "牟": "mu", "甄": "zhen", "冼": "xian", "逄": "pang", "臧": "zang",
}  # fmt: skip


def pinyin_of(name: str) -> tuple[str, str]:
    """Return the syllables of a name run together, and their initials: ("zhangwei", "zw").

    Letters of other scripts are kept in lower case; signs, and characters without a sound, drop out.
    """
    syllables = _syllables(name.strip())
    return "".join(syllables), "".join(syllable[0] for syllable in syllables)


def _syllables(name: str) -> list[str]:
    for length in (2, 1):
        if name[:length] in SURNAMES and len(name) > length:
            return SURNAMES[name[:length]].split() + _sounds(name[length:])
    return _sounds(name)


def _sounds(text: str) -> list[str]:
    # Without this the phrase book costs 45 MB of memory; names need no phrases.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    from pypinyin import lazy_pinyin  # noqa: PLC0415 -- 13 MB that only writers of names need

    found = lazy_pinyin(text, errors=lambda rest: rest)
    return [part.lower() for sound in found for part in re.findall(r"[A-Za-zü]+", sound)]
