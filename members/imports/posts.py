"""Reading who holds which post: 组织委员：张三；宣传委员：李四 and its many other spellings."""

import re
from collections.abc import Iterator

from members.models import Office
from partybuild.values import clean_name, clean_text, is_blank, squeeze

Post = Office.Post
PLAIN: list[str] = [Post.COMMITTEE_MEMBER]
NAME_LENGTH = 60

POST_WORDS = (
    ("副书记", Post.DEPUTY_SECRETARY),
    ("书记", Post.SECRETARY),
    ("组织", Post.ORGANIZATION_MEMBER),
    ("宣传", Post.PUBLICITY_MEMBER),
    ("纪检|纪律检查|纪律", Post.DISCIPLINE_INSPECTION_MEMBER),
    ("统战|统一战线", Post.UNITED_FRONT_MEMBER),
    ("青年", Post.YOUTH_MEMBER),
    ("群工|群众|群团|工会|妇女", Post.MASS_WORK_MEMBER),
    ("保密", Post.CONFIDENTIALITY_MEMBER),
    ("生活|福利", Post.LIFE_MEMBER),
)
GROUP_LEADER = re.compile("(党小组|小组)(组)?长|组长")
POST_TEXT = re.compile(
    "(?:(?:副书记|书记|组织|宣传|纪检|纪律检查|统战|青年|群工|群众|群团|工会|妇女|保密|生活|福利)(?:工作)?(?:兼|及|、|和|与|/)?)*"
    "(?:委员|书记|支委|党小组组长|党小组长|小组长|组长)?"
)
SEPARATORS = re.compile("[;；,，、\n]+")
BRACKETED = re.compile("(?P<name>[^(（]+)[(（](?P<post>[^)）]*)[)）]")
LABELLED = re.compile("(?P<post>[^:：]+)[:：](?P<name>.*)")


def parse_posts(text: object) -> list[str]:
    """Return the posts named in a text such as 组织委员兼宣传委员; [] when there is none."""
    said = squeeze(text)
    if is_blank(text):
        return []
    if GROUP_LEADER.search(said):
        return [Post.GROUP_LEADER]
    posts: list[str] = []
    for pattern, post in POST_WORDS:
        if re.search(pattern, said):
            posts.append(post)
            said = re.sub(pattern, "", said)
    return posts or ([Post.COMMITTEE_MEMBER] if re.search("委员|支委", said) else [])


def parse_holders(text: object) -> list[tuple[str, str]]:
    """Return (post, name) for each person of a cell that lists the members of a committee.

    The post stands before the name (组织委员：张三, 组织委员 张三) or in brackets behind it. A name
    without a post has the one that was written before another name (委员：张三、李四), else is a 委员.
    """
    if is_blank(text):
        return []
    holders: list[tuple[str, str]] = []
    posts = PLAIN
    for item in _items(clean_text(text)):
        if match := BRACKETED.fullmatch(item):
            own, name, posts = parse_posts(match["post"]), _name(match["name"]), PLAIN
        else:
            said, name = _split(item)
            own = posts = parse_posts(said) or posts
        holders.extend((post, name) for post in own or PLAIN if name)
    return holders


def parse_names(text: object) -> list[str]:
    """Return the names of a cell that holds one or several people."""
    if is_blank(text):
        return []
    parts = re.split("[;；,，、/\n]+", clean_text(text))
    return [
        name
        for part in parts
        if (name := _name(re.sub("[(（].*?[)）]", "", part))) and not is_blank(name)
    ]


def _items(text: str) -> Iterator[str]:
    """Split a list at its separators, but not inside brackets."""
    bracket_safe = re.sub("[(（][^)）]*[)）]", lambda match: SEPARATORS.sub("和", match[0]), text)
    for part in SEPARATORS.split(bracket_safe):
        if part.strip():
            yield part.strip()


def _split(item: str) -> tuple[str, str]:
    """Split one item into what it says of the post and the name."""
    if match := LABELLED.fullmatch(item):
        return match["post"], _name(match["name"])
    post = POST_TEXT.match(squeeze(item))
    said = post[0] if post else ""
    if said.endswith(("委员", "书记", "支委", "长")):
        return said, _name(squeeze(item)[len(said) :])
    return "", _name(item)


def _name(text: str) -> str:
    return clean_name(text)[:NAME_LENGTH]
