"""What must hold within one row of a roster, rule by rule."""

import datetime as dt

from members.imports.resources import SOME_MEMBER
from members.models import Member
from partybuild.imports import Row
from partybuild.periods import add_years
from partybuild.regulations import regulation
from partybuild.sheets import DataSheet
from partybuild.values import (
    IdNumber,
    PartialDate,
    Problem,
    clean_text,
    id_check_digit,
    is_blank,
    name_problem,
)

Category = Member.Category

ID_REASONS = {
    Problem.ID_NUMERIC: "身份证号是数字格式，Excel 只保留前 15 位，后几位已丢失；请把单元格改为文本格式后重新填写",
    Problem.ID_SCI_TEXT: "身份证号变成了科学计数（如 9.99E+17），后几位已丢失；请按文本格式重新填写",
    Problem.ID_LENGTH: "身份证号是 {length} 位，应为 18 位",
    Problem.ID_FORMAT: "身份证号里有不是数字的字符，例如把 0 写成了字母 O",
    Problem.ID_CHECKSUM: "身份证号最后一位校验不符：按前 17 位推算应为 {digit}；也可能是中间某一位写错",
    Problem.ID_BAD_DATE: "身份证号第 7 至 14 位不是有效的出生日期",
}


class Rules:
    """The numbers of the rules as they stood on the day the roster is judged."""

    def __init__(self, as_of: dt.date) -> None:
        admission = regulation("members.admission", on=as_of)
        self.as_of = as_of
        self.citation = admission.citation
        self.age_years: int = admission.values["age_years"]
        self.probation_years: int = admission.values["probation_years"]


def check_name(row: Row) -> None:
    name = row.get("姓名")
    if not name:
        row.reject("NAME_MISSING", "没有姓名")
        return
    problem = name_problem(name)
    if problem is Problem.NAME_LOSSY:
        row.remark(problem.name, "姓名里有“?”，原来的生僻字已丢失，请核对后改正")
    elif problem is Problem.NAME_PUA:
        row.remark(problem.name, "姓名里有旧字库的字，换一台电脑可能显示不出来，请核对后改正")


def check_id_number(row: Row) -> None:
    number: IdNumber | None = row.get("身份证号码")
    if number is None:
        if "身份证号码" not in row.record.formulas:  # else that has been said
            row.remark("ID_MISSING", "没有身份证号，以后只能按姓名、党支部和出生日期认人")
    elif number.problem is Problem.ID_15:
        row.remark(number.problem.name, "是 15 位的旧身份证号，没有校验位，请换成 18 位")
    elif number.problem is not None:
        digit = id_check_digit(number.text) if number.problem is Problem.ID_CHECKSUM else ""
        reason = ID_REASONS[number.problem].format(length=len(number.text), digit=digit)
        row.reject(number.problem.name, reason)


def check_category(row: Row, sheet: DataSheet) -> str:
    """Return the category, "" where the file does not say."""
    said = row.get("人员类别")
    cell = row.record.get("人员类别")
    if said is None and not is_blank(cell):
        row.reject(
            "KIND_UNKNOWN",
            f"“{clean_text(cell)[:40]}”不是党员、预备党员，也不是发展党员各阶段的类别",
        )
    return "" if said in {None, SOME_MEMBER} else str(said)


def category_by_dates(row: Row, rules: Rules) -> str:
    """Tell the category of a new person from dates, "" where they do not tell.

    Somebody who was confirmed is a full member. So is somebody who joined so long ago that even a
    prolonged probation is over.
    """
    if row.get("人员类别") is None and "人员类别" in row.record.cells:
        return ""
    joined: PartialDate | None = row.get("入党时间")
    if row.get("转正时间"):
        return Category.FULL
    if joined is None:
        return Category.APPLICANT if row.get("申请入党时间") else ""
    if add_years(joined.last, 2 * rules.probation_years) < rules.as_of:
        return Category.FULL
    return (
        Category.PROBATIONARY
        if add_years(joined.date, rules.probation_years) >= rules.as_of
        else ""
    )


def check_person(row: Row, category: str, rules: Rules) -> None:
    """Check dates, sex and state against each other."""
    _check_against_id(row)
    _check_unknown_words(row)
    if category in {Category.APPLICANT, Category.ACTIVIST, Category.CANDIDATE}:
        _check_age(row, "申请入党时间", "DEV-AGE", rules)
        _check_future(row, "申请入党时间", "DATE_FUTURE", rules)
        return
    _check_future(row, "入党时间", "JOIN_FUTURE", rules)
    _check_age(row, "入党时间", "JOIN_UNDER_18", rules)
    if category == Category.PROBATIONARY:
        _check_probation(row, rules)
    else:
        _check_confirmation(row, rules)
    state = row.get("党籍状态")
    if state and state != Member.State.NORMAL:
        row.remark("STATE_NOT_ROLL", f"党籍状态是“{Member.State(state).label}”，不计入党员数")


def _check_against_id(row: Row) -> None:
    number: IdNumber | None = row.get("身份证号码")
    if number is None or not number.is_usable:
        return
    gender, born = row.get("性别"), row.get("出生日期")
    if gender and Member.Gender(gender).label != number.sex:
        row.remark(
            "SEX_ID_MISMATCH", f"性别与身份证号不符（身份证号是{number.sex}），按填写的保存，请核对"
        )
    if born and not born.may_be(PartialDate(number.born_on)):
        row.remark(
            "BIRTH_ID_MISMATCH",
            f"出生日期与身份证号不符（身份证号是 {number.born_on}），按填写的保存，请核对",
        )


def _check_unknown_words(row: Row) -> None:
    state = row.record.get("党籍状态")
    if row.get("党籍状态") is None and not is_blank(state):
        row.remark(
            "STATUS_UNKNOWN", f"党籍状态“{clean_text(state)[:40]}”认不出来，没有保存，请核对"
        )


def _check_future(row: Row, title: str, code: str, rules: Rules) -> None:
    day: PartialDate | None = row.get(title)
    if day and day.date > rules.as_of:
        row.reject(code, f"“{title}”{day} 晚于 {rules.as_of}")


def _check_age(row: Row, title: str, code: str, rules: Rules) -> None:
    born, day = row.get("出生日期"), row.get(title)
    number: IdNumber | None = row.get("身份证号码")
    if born is None and number and number.is_usable:
        born = PartialDate(number.born_on)
    if born and day and day.last < add_years(born.date, rules.age_years):
        row.remark(code, f"“{title}”{day} 时未满 {rules.age_years} 周岁（{rules.citation}）")


def _check_probation(row: Row, rules: Rules) -> None:
    joined, confirmed = row.get("入党时间"), row.get("转正时间")
    if confirmed:
        row.remark("PROB_WITH_CONFIRM", "人员类别是预备党员，却填了转正时间，请核对")
    elif joined and add_years(joined.last, rules.probation_years) < rules.as_of:
        row.remark("PROB_OVERDUE", f"{joined} 入党，预备期已满，没有转正时间，请核对")


def _check_confirmation(row: Row, rules: Rules) -> None:
    joined, confirmed = row.get("入党时间"), row.get("转正时间")
    if not confirmed:
        return
    if confirmed.date > rules.as_of:
        row.reject("DATE_FUTURE", f"“转正时间”{confirmed} 晚于 {rules.as_of}")
    if joined and joined.date > confirmed.last:
        row.reject("JOIN_AFTER_CONFIRM", f"入党时间 {joined} 晚于转正时间 {confirmed}")
    elif joined and confirmed.last < add_years(joined.date, rules.probation_years):
        row.remark(
            "CONFIRM_TOO_EARLY",
            f"{joined} 入党，{confirmed} 转正，预备期不满 {rules.probation_years} 年，请核对",
        )
