"""Names by their sound."""

import pytest

from partybuild.pinyin import pinyin_of


@pytest.mark.parametrize(
    ("name", "sound"),
    [
        ("张伟", ("zhangwei", "zw")),
        ("单小红", ("shanxiaohong", "sxh")),
        ("曾丽", ("zengli", "zl")),
        ("解放", ("xiefang", "xf")),
        ("尉迟永安", ("yuchiyongan", "ycya")),
        ("吐尔逊·吐尔地", ("tuerxuntuerdi", "texted")),
        ("Anna Li", ("annali", "al")),
        ("王?", ("wang", "w")),
        ("", ("", "")),
    ],
)
def test_a_name_is_found_by_sound_and_initials(name, sound):
    assert pinyin_of(name) == sound
