"""Reading members' files."""

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q, QuerySet

from branches.models import PartyOrganization, User
from members.models import (
    AttendanceExemption,
    Member,
    Membership,
)
from partybuild.crypto import keyed_digest
from partybuild.periods import add_years
from partybuild.scoping import everything
from partybuild.values import ETHNICITIES, PartialDate, id_check_digit, parse_id_number, parse_phone

OLD_ID_LENGTH = 15
PHONE_DIGITS = re.compile(r"[\d\s\-()+]{7,20}")

# GB/T 4658-2006 as far as people's files use it.
EDUCATIONS = (
    *("博士研究生", "硕士研究生", "研究生班", "大学本科", "大学普通班", "大学专科"),
    *("中等专科", "职业高中", "技工学校", "普通高中", "初中", "小学", "其他"),
)
# Words by which a free text is read, in this order: 中专 before 专科, 研究生 before 本科.
EDUCATION_WORDS = (
    ("postgraduate", "研究生", ("研究生", "硕士", "博士")),
    (
        "secondary",
        "高中、中专",
        ("高中", "中专", "中等专科", "技工", "技校", "职高", "中技", "职业高中"),
    ),
    ("college", "大专", ("大专", "专科", "高职")),
    ("undergraduate", "大学本科", ("本科", "大学", "学士")),
    ("basic", "初中及以下", ("初中", "小学", "文盲")),
)
OTHER_EDUCATION = "other"
DEGREES = ("博士", "硕士", "学士")

# The dates of a file that may be known in part: the name in forms -> the column of the day.
PARTLY_KNOWN = {
    "born": "born_on",
    "graduated": "graduated_on",
    "work_started": "work_started_on",
    "discharged": "discharged_on",
    "applied": "applied_on",
    "joined": "joined_on",
    "confirmed": "confirmed_on",
}
PLAIN = (
    *("name", "gender", "category", "ethnicity", "native_place", "birthplace", "household_place"),
    *("education", "education_kind", "degree", "school", "professional_title", "workplace"),
    *("job_title", "served_in", "note"),
)
PRIVATE = ("id_number", "phone", "second_phone", "address")


def members_in_scope() -> QuerySet[Member]:
    """Return the files in scope with their branch."""
    return Member.objects.select_related("branch").order_by("branch__path", "pinyin", "pk")


def search_members(text: str) -> QuerySet[Member]:
    """Return the files that a text means.

    A whole ID number or phone number is looked up in its blind index; anything else is (the
    beginning of) a name, its pinyin or initials.
    """
    exact = _by_number(text)
    if exact is not None:
        return members_in_scope().filter(exact)
    text = "".join(text.split()).lower()
    return members_in_scope().filter(
        Q(name__icontains=text) | Q(initials__startswith=text) | Q(pinyin__startswith=text)
    )


def _by_number(text: str) -> Q | None:
    number = parse_id_number(text)
    if number is not None and number.is_usable:
        return Q(id_number_index=id_number_index(number.text))
    phone = parse_phone(text) if PHONE_DIGITS.fullmatch(text.strip()) else None
    return Q(phone_index=phone_index(phone)) if isinstance(phone, str) else None


def id_number_index(id_number: str) -> str | None:
    """Return the blind index of an ID number, None without one.

    A number of the old kind (15 digits) has the index of the 18 characters that replaced it.
    """
    if not id_number:
        return None
    whole = id_number
    if len(id_number) == OLD_ID_LENGTH:
        whole = f"{id_number[:6]}19{id_number[6:]}"
        whole += id_check_digit(whole)
    return keyed_digest(whole, purpose="members.id_number")


def phone_index(phone: str) -> str:
    """Return the blind index of a phone number in bare digits, "" without one."""
    return keyed_digest(phone, purpose="members.phone") if phone else ""


def names_of(members: Iterable[Member]) -> str:
    """Return names joined for a sentence."""
    return "、".join(member.name for member in members)


def member_list(
    *, text: str = "", branch: PartyOrganization | None = None, category: str = ""
) -> QuerySet[Member]:
    """Return the files in scope that meet the conditions."""
    found = search_members(text) if text else members_in_scope()
    if branch:
        found = found.filter(branch=branch)
    if category:
        found = found.filter(category=category)
    return found


def membership_history(member: Member) -> QuerySet[Membership]:
    """Return where one person has belonged, the newest first."""
    return member.memberships.select_related("organization", "group").order_by(
        F("started_on").desc(nulls_last=True), "-pk"
    )


def formal_memberships(member: Member) -> QuerySet[Membership]:
    """Return one person's formal memberships in scope, the newest first."""
    return membership_history(member).filter(kind=Membership.Kind.FORMAL)


def exemptions_of(member: Member) -> QuerySet[AttendanceExemption]:
    """Return when attendance was not required of somebody, the newest first."""
    return member.exemptions.order_by(F("started_on").desc(nulls_last=True), "-pk")


def find_own_file(user: User) -> Member | None:
    """Return the file of an account's own person; no identifier is taken from anywhere else."""
    with everything(reason="people may always read their own file"):
        return Member.objects.select_related("branch").filter(user=user).first()


def file_of_number(id_number: str, *, but: Member | None = None) -> Member | None:
    """Return the file in scope that holds an ID number, None without one."""
    found = Member.objects.filter(id_number_index=id_number_index(id_number))
    return found.exclude(pk=but.pk if but else None).first() if id_number else None


def number_is_taken(id_number: str, *, but: Member | None = None) -> bool:
    """Tell whether any file anywhere holds an ID number; says nothing of whose it is."""
    with everything(reason="one number is one person, wherever the file lies"):
        return file_of_number(id_number, but=but) is not None


def other_files_of(member: Member) -> list[tuple[str, Member]]:
    """Return the former and the later file in scope of somebody who applied anew, with their titles."""
    either = Q(followed_by=member) | Q(pk=member.followed_by_id)
    return [
        ("后来的档案" if one.pk == member.followed_by_id else "以前的档案", one)
        for one in Member.objects.filter(either).order_by("pk")
    ]


def known_date(member: Member, column: str) -> PartialDate | None:
    """Return a date of a file as far as it is known."""
    day = getattr(member, column)
    precision = getattr(member, f"{column.removesuffix('_on')}_precision")
    return PartialDate(day, precision) if day else None


def values_of_file(member: Member) -> dict[str, Any]:
    """Return what a form of the file starts from: plain texts, no personal numbers."""
    values: dict[str, Any] = {name: getattr(member, name) for name in PLAIN}
    for name, column in PARTLY_KNOWN.items():
        values[name] = str(known_date(member, column) or "")
    return values


def doubts_about(member: Member) -> list[str]:
    """Return what does not fit together in one file, in sentences; nothing of it is refused."""
    doubts = []
    number = parse_id_number(member.id_number)
    if number is not None and number.is_usable:
        born = known_date(member, "born_on")
        if born and not born.may_be(PartialDate(number.born_on)):
            doubts.append(f"身份证号里的出生日期是 {number.born_on}，档案里是 {born}。")
        if member.gender and number.sex != member.get_gender_display():
            doubts.append(f"身份证号表示性别{number.sex}，档案里是{member.get_gender_display()}。")
        if len(number.text) == OLD_ID_LENGTH:
            doubts.append("身份证号是 15 位的旧号码，请换成 18 位。")
    if member.ethnicity and member.ethnicity not in ETHNICITIES:
        doubts.append(f"民族“{member.ethnicity}”不在国家标准的 56 个民族里。")
    if member.education and education_band(member.education) == OTHER_EDUCATION:
        doubts.append(f"学历“{member.education}”不是常用写法，统计时记为“其他”。")
    joined, confirmed = member.joined_on, member.confirmed_on
    exact = member.joined_precision == member.confirmed_precision == "day"
    if joined and confirmed and exact and joined < confirmed < add_years(joined, 1):
        doubts.append("入党到转正不满一年，请核对两个日期。")
    return doubts


def education_band(text: str) -> str:
    """Return the code of the band into which a text falls, `other` where no word is known."""
    for code, _, words in EDUCATION_WORDS:
        if any(word in text for word in words):
            return code
    return OTHER_EDUCATION
