"""Cleaning of what people type: names, dates, ID numbers, phones, figures.

Used by every importer, where a value comes from a cell and may be a number or a date, and by forms.
A parser gives the clean value, None for a blank, or a `Problem` whose name is the code that import
reports show. Nothing is guessed: what can be read two ways is a problem, not a value.
"""

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from functools import cached_property
from typing import Any, Literal, TypeGuard

Precision = Literal["day", "month", "year"]

BLANK_WORDS = ("", "-", "--", "—", "——", "–", "/", "\\", "无", "暂无", "空", "没有")
UNKNOWN_WORDS = ("不详", "不明", "未知", "不清楚", "待查", "待核", "待补", "记不清")
FIRST_YEAR, LAST_YEAR = 1900, 2100
FIRST_SERIAL, LAST_SERIAL = 10_000, 79_999  # Excel's count of days in 1927 and in 2119

# U+200B-200F, 202A-202E, 2060-2069 and FEFF are invisible: zero width, or turning the direction.
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
MIDDLE_DOTS = "·\u0387•‧․∙⋅・･．"
HAN = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"


class Problem(Enum):
    """Why a cell is not (only) a value; the name is the code of the import report."""

    NAME_PUA = auto()
    NAME_LOSSY = auto()
    DATE_INVALID = auto()
    DATE_UNKNOWN = auto()
    DATE_AMBIGUOUS = auto()
    ID_NUMERIC = auto()
    ID_SCI_TEXT = auto()
    ID_LENGTH = auto()
    ID_FORMAT = auto()
    ID_CHECKSUM = auto()
    ID_BAD_DATE = auto()
    ID_15 = auto()
    PHONE_FORMAT = auto()
    SEX_UNKNOWN = auto()
    ETHNIC_UNKNOWN = auto()
    NUMBER_TEXT = auto()


# --- text ------------------------------------------------------------------------------------


def clean_text(value: Any) -> str:
    """Give a cell as text: no outer blanks, no invisible or control characters, one kind of line end.

    A whole number loses its `.0`, a date becomes `2026-05-18`; None becomes the empty string.
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004 -- digits Excel keeps
        value = int(value)
    if isinstance(value, dt.datetime):
        value = value.isoformat(" ", "minutes") if value.time() != dt.time() else value.date()
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    return CONTROL.sub("", INVISIBLE.sub("", text)).strip()


def squeeze(value: Any) -> str:
    """Give a cell as text without any blank, in half-width letters, digits and marks."""
    return "".join(clean_text(value).translate(FULL_WIDTH).split())


def is_blank(value: Any) -> bool:
    """Tell whether a cell says nothing: empty, `无`, `—`, `/` and the like."""
    return squeeze(value) in BLANK_WORDS


def is_unknown(value: Any) -> bool:
    """Tell whether a cell says that nobody knows: `不详`, `待核`, `？`."""
    text = squeeze(value)
    return text.startswith(UNKNOWN_WORDS) or (text != "" and not text.strip("?"))


def looks_like_formula(value: Any) -> bool:
    """Tell whether text could start a formula or a command once it is in a spreadsheet again."""
    if not isinstance(value, str) or is_blank(value):
        return False
    text = unwrap(value)
    return text.startswith(("=", "+", "-", "@")) and not re.fullmatch(r"[+-][\d\s.,%-]+", text)


def unwrap(value: Any) -> str:
    """Give text without what protects digits in spreadsheets: `="…"`, an apostrophe, blanks."""
    text = clean_text(value).translate(FULL_WIDTH).strip()
    if match := re.fullmatch(r'="(.*)"', text):
        text = match[1]
    return text.strip("'’‘`\"").strip()


# --- names -----------------------------------------------------------------------------------


def clean_name(value: Any) -> str:
    """Give a person's name: no blanks (but between Latin words), every middle dot as `·`."""
    text = re.sub(r"\s+", " ", clean_text(value))
    text = re.sub(rf"\s*[{MIDDLE_DOTS}]\s*", "·", text)
    text = re.sub(rf"(?<=[{HAN}])\s*\.\s*(?=[{HAN}])", "·", text)
    return re.sub(r"(?<![A-Za-z.])\s+|\s+(?![A-Za-z])", "", text)


def name_problem(name: str) -> Problem | None:
    """Tell whether a rare character was lost from a name, or stands in a private code."""
    if re.search("[?？\ufffd]", name):
        return Problem.NAME_LOSSY
    if PRIVATE_USE.search(name):
        return Problem.NAME_PUA
    return None


# --- dates -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class PartialDate:
    """A day, or as much of it as is known; `date` is the first day of the month or year."""

    date: dt.date
    precision: Precision = "day"

    def __str__(self) -> str:
        return self.date.isoformat()[: {"day": 10, "month": 7, "year": 4}[self.precision]]

    @property
    def last(self) -> dt.date:
        """The last day it may mean."""
        if self.precision == "day":
            return self.date
        month = self.date.month if self.precision == "month" else 12
        return self.date.replace(month=month, day=calendar.monthrange(self.date.year, month)[1])

    def may_be(self, other: "PartialDate") -> bool:
        """Tell whether both may mean the same day."""
        return self.date <= other.last and other.date <= self.last


TIME = r"(?:(?:上午|下午|中午|晚上|早上|凌晨)?\d{1,2}[:时点]\d{0,2}(?::\d{2})?(?:\.\d+)?分?)"
TIMES = rf"(?:(?:上午|下午|中午|晚上|全天)|{TIME}(?:[-~—至到]{TIME})?)"
WRITTEN_DATE = re.compile(
    r"(?P<year>\d{4})\s*[-./年]\s*(?P<month>\d{1,2})\s*(?:[-./月]\s*(?:(?P<day>\d{1,2})\s*[日号]?)?)?"
    rf"(?:(?:(?<=[日号])|[\sT]|(?=[上下中晚早凌全]))\s*{TIMES})?"
)
YEAR_ONLY = re.compile(r"(\d{4})\s*年?")
SHORT_DATE = re.compile(
    rf"(?P<month>\d{{1,2}})\s*[-./月]\s*(?P<day>\d{{1,2}})\s*[日号]?(?:\s*{TIMES})?"
)
TWO_DIGIT_YEAR = re.compile(
    r"\d{2}\s*[-./年]\s*\d{1,2}\s*(?:[-./月]\s*(?:\d{1,2}\s*[日号]?)?)?|\d{6}"
)
CHINESE_DATE = re.compile(r"[〇零○Ｏ一二三四五六七八九]{4}年.*|[一二三四五六七八九十]{1,3}月.*")
CHINESE_DIGITS = {"〇": 0, "零": 0, "○": 0} | {c: i for i, c in enumerate("一二三四五六七八九", 1)}


def parse_date(value: Any, *, year: int | None = None) -> PartialDate | Problem | None:
    """Read a date cell: a date, an Excel serial number, or any of the written forms.

    `year` is the year of a ledger in which dates are written without one (`5月12日`). A time of day
    behind the date is dropped.
    """
    if isinstance(value, dt.datetime):
        return _checked(value.year, value.month, value.day)
    if isinstance(value, dt.date):
        return _checked(value.year, value.month, value.day)
    if isinstance(value, bool):
        return Problem.DATE_INVALID
    if isinstance(value, int | float):
        return _date_from_number(value)
    text = unwrap(value)
    if is_blank(text):
        return None
    if is_unknown(text):
        return Problem.DATE_UNKNOWN
    return _date_from_text(_with_arabic_digits(text), year)


def _checked(
    year: int, month: int = 1, day: int = 1, precision: Precision = "day"
) -> PartialDate | Problem:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return Problem.DATE_INVALID
    try:
        return PartialDate(dt.date(year, month, day), precision)
    except ValueError:
        return Problem.DATE_INVALID


def _date_from_number(number: float) -> PartialDate | Problem:
    """Read 20180512, 201805, 2018, 2018.05 and Excel's count of days."""
    if FIRST_SERIAL <= number <= LAST_SERIAL:
        return _date_from_serial(int(number))
    whole, _, fraction = str(number).removesuffix(".0").partition(".")
    if not fraction:
        return _date_from_digits(whole)
    # 1985.10 typed into a number cell is kept as 1985.1: January or October.
    if fraction == "1":
        return Problem.DATE_AMBIGUOUS
    if len(whole) == 4 and len(fraction) <= 2 and number > 0:  # noqa: PLR2004 -- a year and a month
        return _checked(int(whole), int(fraction), precision="month")
    return Problem.DATE_INVALID


def _date_from_serial(days: int) -> PartialDate:
    return PartialDate(dt.date(1899, 12, 30) + dt.timedelta(days=days))


def _date_from_digits(digits: str) -> PartialDate | Problem:
    if not digits.isdecimal():
        return Problem.DATE_INVALID
    if len(digits) == len("20180512"):
        return _checked(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    if len(digits) == len("2018"):
        return _checked(int(digits), precision="year")
    if len(digits) not in (5, 6):
        return Problem.DATE_INVALID
    month = _checked(int(digits[:4]), int(digits[4:]), precision="month")
    if len(digits) == len("201805"):  # or 180512, of which nobody knows the century
        return Problem.DATE_AMBIGUOUS if isinstance(month, Problem) else month
    serial = int(digits)
    if isinstance(month, Problem) and FIRST_SERIAL <= serial <= LAST_SERIAL:
        return _date_from_serial(serial)
    return Problem.DATE_AMBIGUOUS  # 20185: May 2018, or a day of 1955


def _date_from_text(text: str, year: int | None) -> PartialDate | Problem:
    if text.isdecimal():
        return _date_from_digits(text)
    if match := YEAR_ONLY.fullmatch(text):
        return _checked(int(match[1]), precision="year")
    if match := WRITTEN_DATE.fullmatch(text):
        day = match["day"]
        precision: Precision = "day" if day else "month"
        return _checked(int(match["year"]), int(match["month"]), int(day or 1), precision)
    if year and (match := SHORT_DATE.fullmatch(text)):
        return _checked(year, int(match["month"]), int(match["day"]))
    if TWO_DIGIT_YEAR.fullmatch(text) or SHORT_DATE.fullmatch(text):
        return Problem.DATE_AMBIGUOUS
    return Problem.DATE_INVALID


def _with_arabic_digits(text: str) -> str:
    """Turn `二〇一八年五月十二日` into `2018年5月12日`; leave other text alone."""
    if not CHINESE_DATE.fullmatch(text):
        return text
    text = re.sub(
        "^.{4}(?=年)", lambda m: "".join(str(CHINESE_DIGITS.get(c, c)) for c in m[0]), text
    )
    return re.sub(
        "[一二三四五六七八九十]{1,3}(?=[月日号])", lambda m: str(chinese_number(m[0])), text
    )


WEEKDAYS = {name: index for index, name in enumerate("一二三四五六日")} | {"天": 6, "末": 6}
RELATIVE_DAYS = {
    "今天": 0,
    "今日": 0,
    "昨天": -1,
    "昨日": -1,
    "前天": -2,
    "大前天": -3,
    "明天": 1,
    "明日": 1,
    "后天": 2,
}
WEEKDAY = re.compile(
    r"(?P<week>上上|上|本|这|下|)(?:个)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])"
)
DAY_OF_MONTH = re.compile(
    r"(?P<month>上|本|这|下)(?:个)?月(?P<day>\d{1,2})[日号]?|(?P<bare>\d{1,2})[日号]"
)


def parse_typed_date(text: str, *, today: dt.date) -> PartialDate | Problem | None:
    """Read what a person types into a date field: all of `parse_date`, and 昨天, 上周五, 11.21, 5号.

    A date without a year is the latest one that is not more than a month ahead; `周五` is that day
    of this week.
    """
    word = squeeze(text)
    if word in RELATIVE_DAYS:
        return PartialDate(today + dt.timedelta(days=RELATIVE_DAYS[word]))
    if match := WEEKDAY.fullmatch(word):
        weeks = {"上上": -2, "上": -1, "下": 1}.get(match["week"], 0)
        monday = today - dt.timedelta(days=today.weekday())
        return PartialDate(monday + dt.timedelta(weeks=weeks, days=WEEKDAYS[match["day"]]))
    if match := DAY_OF_MONTH.fullmatch(word):
        months = {"上": -1, "下": 1}.get(match["month"] or "", 0)
        year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
        return _checked(year, month + 1, int(match["day"] or match["bare"]))
    if SHORT_DATE.fullmatch(word):
        return _latest_without_year(word, today)
    return parse_date(text)


def _latest_without_year(word: str, today: dt.date) -> PartialDate | Problem:
    """Try next year first: on 28 December, `1.5` means the January that comes."""
    found: PartialDate | Problem = Problem.DATE_INVALID
    for year in (today.year + 1, today.year, today.year - 1):
        found = _date_from_text(word, year)
        if isinstance(found, PartialDate) and found.date <= today + dt.timedelta(days=31):
            return found
    return found if isinstance(found, Problem) else Problem.DATE_INVALID


# --- ID numbers (GB 11643) -------------------------------------------------------------------

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK = "10X98765432"
SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d+", re.IGNORECASE)


@dataclass(frozen=True)
class IdNumber:
    """身份证号 as written, in half-width digits and upper-case X, and what is wrong with it.

    `ID_15` is no fault but a reminder: the old kind has no check digit. The area code is never
    judged: areas are renamed and dissolved, numbers stay.
    """

    text: str
    problem: Problem | None = None

    @property
    def is_usable(self) -> bool:
        """Whether the number may identify a person."""
        return self.problem in (None, Problem.ID_15)

    @cached_property
    def _birth_digits(self) -> str:
        return self.text[6:14] if len(self.text) == 18 else f"19{self.text[6:12]}"  # noqa: PLR2004

    @property
    def born_on(self) -> dt.date:
        """The birth date it tells; only of a usable number."""
        return dt.date.fromisoformat(self._birth_digits)

    @property
    def sex(self) -> str:
        """`男` or `女`; only of a usable number."""
        return "男" if int(self.text[16] if len(self.text) == 18 else self.text[14]) % 2 else "女"  # noqa: PLR2004


def parse_id_number(value: Any) -> IdNumber | None:
    """Read an ID number cell; None when it is blank. What is wrong stands in `problem`."""
    if is_blank(value) or is_unknown(value):
        return None
    if _is_number(value) and abs(value) >= 1e15:  # noqa: PLR2004 -- Excel keeps 15 digits
        return IdNumber("", Problem.ID_NUMERIC)
    text = re.sub(r"[\s\-‐-―]", "", unwrap(value)).upper()
    if SCIENTIFIC.fullmatch(text):
        return IdNumber(text, Problem.ID_SCI_TEXT)
    return IdNumber(text, _id_problem(text))


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _id_problem(text: str) -> Problem | None:
    if not re.fullmatch(r"[0-9X]*", text):
        return Problem.ID_FORMAT
    if len(text) not in (15, 18):
        return Problem.ID_LENGTH
    if not re.fullmatch(r"\d{15}|\d{17}[\dX]", text):
        return Problem.ID_FORMAT
    if len(text) == 18 and id_check_digit(text) != text[17]:  # noqa: PLR2004 -- the kind with a check digit
        return Problem.ID_CHECKSUM
    born = _date_from_digits(IdNumber(text)._birth_digits)  # noqa: SLF001 -- ours
    if isinstance(born, Problem):
        return Problem.ID_BAD_DATE
    return Problem.ID_15 if len(text) == 15 else None  # noqa: PLR2004


def id_check_digit(text: str) -> str:
    """Compute the 18th character from the first 17 digits."""
    return ID_CHECK[sum(int(d) * w for d, w in zip(text, ID_WEIGHTS, strict=False)) % 11]


# --- phones, sex, ethnicity ------------------------------------------------------------------

PHONE = re.compile(
    r"1\d{10}"  # mobile
    r"|0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}"  # with area code
    r"|[2-9]\d{6,7}",  # within the town
    re.ASCII,
)


def parse_phone(value: Any) -> str | Problem | None:
    """Read a phone number into bare digits; only the number of digits is judged."""
    if is_blank(value) or is_unknown(value):
        return None
    digits = re.sub(r"[\s\-‐-―()]", "", unwrap(value))
    digits = re.sub(r"^(\+86|0086|86(?=1\d{10}$))", "", digits)
    return digits if PHONE.fullmatch(digits) else Problem.PHONE_FORMAT


SEXES = {
    "男": "男",
    "男性": "男",
    "1": "男",
    "M": "男",
    "女": "女",
    "女性": "女",
    "2": "女",
    "F": "女",
}


def parse_sex(value: Any) -> str | Problem | None:
    """Give `男` or `女`; codes of GB/T 2261.1 are known too."""
    if is_blank(value) or is_unknown(value):
        return None
    return SEXES.get(squeeze(value).upper(), Problem.SEX_UNKNOWN)


# GB/T 3304-1991, in the order of its codes 01 to 56, each without its 族.
ETHNICITIES = tuple(
    f"{name}族"
    for line in (
        "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳",
        "佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯",
        "阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴",
        "珞巴 基诺",
    )
    for name in line.split()
)


def parse_ethnicity(value: Any) -> str | Problem | None:
    """Give the full name (`汉族`) for a name with or without 族, or a code of GB/T 3304."""
    if is_blank(value) or is_unknown(value):
        return None
    text = squeeze(value)
    if text.isdecimal():
        code = int(text)
        return ETHNICITIES[code - 1] if 1 <= code <= len(ETHNICITIES) else Problem.ETHNIC_UNKNOWN
    name = text if text.endswith("族") else f"{text}族"
    return name if name in ETHNICITIES else Problem.ETHNIC_UNKNOWN


# --- figures ---------------------------------------------------------------------------------

UNITS = "元|人|名|个|次|件|项|年|月|天|户"
FIGURE = re.compile(
    rf"[¥￥]?([+-]?(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?|[+-]?\.\d+)(万)?(?:{UNITS})?(?:整|正)?"
)
CHINESE_FIGURE = re.compile(rf"([零〇一二两三四五六七八九十]{{1,3}})(?:{UNITS})?")


def parse_number(value: Any) -> Decimal | Problem | None:
    """Read a figure: a number cell, or text such as `1,200.50`, `￥500元`, `1.2万`, `三年`, `12个`."""
    if isinstance(value, bool):
        return Problem.NUMBER_TEXT
    if _is_number(value):
        figure = Decimal(str(value))
        return figure if figure.is_finite() else Problem.NUMBER_TEXT
    text = squeeze(unwrap(value))
    if is_blank(text):
        return None
    if match := FIGURE.fullmatch(text):
        figure = Decimal(match[1].replace(",", ""))
        return figure * 10_000 if match[2] else figure
    if match := CHINESE_FIGURE.fullmatch(text):
        figure_in_words = chinese_number(match[1])
        return Problem.NUMBER_TEXT if figure_in_words is None else Decimal(figure_in_words)
    return Problem.NUMBER_TEXT


def chinese_number(text: str) -> int | None:
    """Read 零 to 九十九; None for anything else."""
    tens, ten, ones = text.replace("两", "二").partition("十")
    if not ten:
        return CHINESE_DIGITS.get(tens)
    if not {tens, ones} <= CHINESE_DIGITS.keys() | {""}:
        return None
    return CHINESE_DIGITS.get(tens, 1) * 10 + CHINESE_DIGITS.get(ones, 0)
