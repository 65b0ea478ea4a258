"""What a line of a pasted quiz can be: the start of a question, an option, an answer, a heading."""

import re

from activities.models import QuizQuestion

Kind = QuizQuestion.Kind

# What some programs write and nobody sees, other signs for the end of a line and for a space, and
# the wide forms of digits and capitals.
_SIGNS: dict[int, str | None] = {ord(sign): None for sign in "\u200b\u200c\u200d\u2060\ufeff\x00"}
_SIGNS |= {ord(sign): "\n" for sign in "\v\f\x1c\x1d\x1e\x85\u2028\u2029\r"}
_SIGNS |= {ord(sign): " " for sign in "\t\u3000\xa0\x1f"}
_SIGNS |= {0xFF10 + at: chr(ord("0") + at) for at in range(10)}
_SIGNS |= {0xFF21 + at: chr(ord("A") + at) for at in range(26)}

RIGHT, WRONG = "正确|对|是|√|✓|✔|T", "不正确|错误|不对|错|否|×|✗|✘|X|F"
MARK = rf"(?:{WRONG}|{RIGHT})"
CHOICE = r"[A-H](?:[ 、,，;；]*[A-H])*"
OPEN, CLOSE = r"[（(【\[〔]", r"[）)】\]〕]"
NUMERAL = r"[一二三四五六七八九十]+"
STOP = r"[.．、:：)）]"
PAIR = rf"(\d{{1,3}}) *(?:[-—–~～至到]+ *(\d{{1,3}}) *)?[.．、:：]? *({CHOICE}|{MARK}(?: *{MARK})*)(?=[ ,，;；、。\d]|$)"

KIND_WORDS = (
    (Kind.SINGLE, "单项?选择?"),
    (Kind.MULTIPLE, "多项?选择?|不定项(?:选择)?"),
    (Kind.JUDGEMENT, "判断(?:正误|对错)?|是非"),
)
# A marker of the kind before a question or behind it.
LEADING = [(k, re.compile(rf"^{OPEN} *(?:{words})题? *{CLOSE} *")) for k, words in KIND_WORDS]
TRAILING = [(k, re.compile(rf" *{OPEN} *(?:{words})题? *{CLOSE}$")) for k, words in KIND_WORDS]
_NUMBERED = rf"(?:{NUMERAL} *[、.．:：]|{OPEN}{NUMERAL}{CLOSE}|第{NUMERAL}部分)"
HEADINGS = [
    (kind, re.compile(rf"^{_NUMBERED}? *{OPEN}?(?:{words})题{CLOSE}? *(?:$|[:：（(，,。 共每].*)"))
    for kind, words in (*KIND_WORDS, ("", "选择"))
]
# How questions may begin; the first of these that occurs in a text is how all its questions do.
STYLES = [
    re.compile(rf"^(?:{OPEN} *({CHOICE}|{MARK})? *{CLOSE} *)?(\d{{1,3}}) *{STOP}(?!\d) *(.*)$"),
    re.compile(rf"^()第 *(\d{{1,3}}) *题 *{STOP}? *(.*)$"),
    re.compile(rf"^(){OPEN} *(\d{{1,3}}) *{CLOSE} *{STOP}? *(.*)$"),
    re.compile(rf"^()({NUMERAL}) *[、.．] *(.*)$"),
]
OPTION = re.compile(
    rf"^(?:{OPEN} *([A-H]) *{CLOSE} *[.．、:：]?|([A-H])(?: *[.．、:：)）,，]| +(?=\S))) *(.*)$"
)
TICKED = re.compile(rf" *{OPEN} *(?:正确答案|正确选项|正确|答案|√|✓|✔) *{CLOSE}$")
ANSWER = re.compile(
    rf"^(?:{OPEN} *(?:正确|参考|标准)?答案 *{CLOSE} *[:：]?"
    rf"|(?:正确|参考|标准)?答案 *[是为]? *(?:[:：]|(?=(?:{CHOICE}|{MARK})[。.]?$))) *(.*)$"
)
_EXPLAINED = rf"(?:{OPEN} *(?:答案|试题)?(?:解析|说明|解释|依据) *{CLOSE} *[:：]?|(?:答案|试题)?(?:解析|说明|解释|依据) *[:：])"
EXPLANATION = re.compile(rf"^{_EXPLAINED} *(.*)$")
THEN_EXPLAINED = re.compile(rf"[ 。.；;，,]*{_EXPLAINED} *")
# Options that stand behind a question on its own line.
OPTION_FOLLOWS = re.compile(
    r"(?:(?<=[ ）)。；;？?：:】\]])|^)A *[.．、:：)）].*?(?<![A-Za-z0-9])B *[.．、:：)）]|(?<= )A +\S.*? B +\S"
)
KEY_PAIR = re.compile(PAIR)
KEY_LINE = re.compile(
    rf"^(?:{OPEN}?(?:参考|标准|正确)?答案{CLOSE}? *[:：]? *)?(?:{PAIR}[ ,，;；、。]*)+$"
)
KEY_TITLE = re.compile(rf"^{OPEN}?(?:参考|标准|正确)?答案{CLOSE}? *[:：]?$")
BLANK = re.compile(r"[（(] *[)）]|_{2,}|＿+")
HELD_CHOICE = re.compile(rf"[（(【\[] *({CHOICE}) *[)）】\]]")
HELD_MARK = re.compile(rf"^{OPEN} *({MARK}) *{CLOSE} *|{OPEN} *({MARK}) *{CLOSE}([。.!！]?)$")


def lines_of(text: str) -> list[tuple[int, str]]:
    """Return the lines of a text, counted from 1, without unseen signs; empty ones included."""
    plain = text.replace("\r\n", "\n").translate(_SIGNS)
    return [(number, line.strip()) for number, line in enumerate(plain.split("\n"), 1)]


def heading_kind(line: str) -> str | None:
    """Return the kind of question that a heading announces ('' for any); None for no heading."""
    return next((kind for kind, pattern in HEADINGS if pattern.match(line)), None)


def style_of(lines: list[tuple[int, str]]) -> re.Pattern[str] | None:
    """Return how the questions of a text begin, None where they carry no number."""
    told = [line for _, line in lines if heading_kind(line) is None and not KEY_LINE.match(line)]
    return next((style for style in STYLES if any(style.match(line) for line in told)), None)


def letters_in(said: str) -> str:
    """Return the letters of an answer such as A、C in their order, '' when it says anything else."""
    said = said.strip(" 。.；;（()）【】[]").upper()
    return "".join(sorted(set(re.findall("[A-H]", said)))) if re.fullmatch(CHOICE, said) else ""


def mark_in(said: str) -> str:
    """Return A for 对 and B for 错, whichever way it is written; '' when it says neither."""
    said = said.strip(" 。.；;（()）【】[]").upper()
    if re.fullmatch(RIGHT, said):
        return "A"
    return "B" if re.fullmatch(WRONG, said) else ""


def joined(parts: list[str]) -> str:
    """Put the lines of one text together: a space only between Latin words."""
    text = ""
    for part in parts:
        between = text[-1:].isascii() and part[:1].isascii() and text and part
        text += f" {part}" if between else part
    return text.strip()


def split_options(text: str, letters: str) -> list[str]:
    """Split a text at the next letters of options in it, as in 甲 B.乙 C.丙; first what stands before."""
    parts = []
    for letter in letters:
        found = re.search(
            rf"(?<![A-Za-z0-9（(【\[]){letter} *[.．、:：)）]|(?<= ){letter} +(?=\S)", text
        )
        if not found:
            break
        parts.append(text[: found.start()].strip())
        text = text[found.end() :].strip()
    return [*parts, text]
