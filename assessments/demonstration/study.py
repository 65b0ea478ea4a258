"""Study: materials of the committee and of a branch, sessions that used them, who lectured."""

import datetime as dt
import io
from typing import TYPE_CHECKING

from django.utils import timezone

from activities.documents import store_document
from activities.models import Activity, MaterialVersion, Meeting, StudyMaterial
from activities.queries.editing import expected_people
from activities.quiztext.reading import read_questions
from activities.services.materials import (
    Wording,
    add_material,
    add_version,
    send_material,
    use_version,
)
from activities.services.occasions import Form, Presence, record_activity
from activities.services.quizzes import Frame, make_quiz
from branches.models import PartyOrganization
from members.queries.offices import secretary_of
from partybuild.calendar import is_workday

if TYPE_CHECKING:
    from assessments.demonstration.organization import Demonstration

HANDOUT = """党员教育管理学习提纲

一、学习什么：党的创新理论、党章党规、形势任务、业务知识。
二、怎样学习：集中培训、组织生活、个人自学，一般每人每年不少于三十二学时。
三、怎样记录：谁讲的、讲了什么、多少学时，记到每个到会的人。
"""
QUESTIONS = """一、单选题
1. 党员一般每人每年集中学习培训不少于（ ）学时。
A. 16  B. 24  C. 32  D. 40
答案：C
解析：提纲第二部分。
二、多选题
2. 下面哪些是党员学习的内容
A. 党的创新理论
B. 党章党规
C. 形势任务
D. 业务知识
答案：A、B、C、D
三、判断题
3. 学时记到每个到会的人。（√）
4. 请假的人和到会的人一样记学时。（×）
解析：列席、请假、缺席和补课的不记。
"""
# When the quiz opened and how long it is open, in days from today.
QUIZ_DAYS = (-2, 12)
# How many days ago, the lecturer, the topic.
SESSIONS = (
    (75, "许文博（市委党校教授）", "党员教育管理专题辅导"),
    (33, "", "业务学习：法律援助案件办理"),
)
LECTURE = (47, "书记讲党课：做群众信得过的司法行政人")


def tell(
    demo: "Demonstration", committee: PartyOrganization, branches: list[PartyOrganization]
) -> None:
    """Fill the libraries, hold sessions in two branches, let the committee's secretary lecture."""
    outline = _outline(demo, committee)
    _quiz(demo, committee, outline)
    notes = add_material(
        actor=None,
        organization=branches[0],
        title="法律援助案件办理讲稿",
        summary="本支部业务学习用",
        wording=Wording(source="支部自编", text="一、受理。\n二、指派。\n三、回访。"),
    )
    add_material(
        actor=None,
        organization=committee,
        title="明年学习安排（征求意见）",
        summary="",
        wording=Wording(text="还在征求意见，没有下发。"),
    )
    for branch in branches[:2]:
        for days, lecturer, topic in SESSIONS:
            material = notes if not lecturer and branch == branches[0] else outline
            own = expected_people(branch, demo.today, kinds=[], groups=[])[-1].member.name
            _session(demo, branch, days, lecturer or own, topic, material)
    secretary = secretary_of(committee, demo.today)
    if secretary:
        days, topic = LECTURE
        _session(
            demo, branches[0], days, secretary.name, topic, None, kind=Meeting.Kind.PARTY_LECTURE
        )


def _outline(demo: "Demonstration", committee: PartyOrganization) -> StudyMaterial:
    """Put the outline into the committee's library, in two versions, and send it down."""
    year = demo.today.year
    outline = add_material(
        actor=None,
        organization=committee,
        title="党员教育管理学习提纲",
        summary="各支部集中学习用",
        wording=Wording(
            source="局机关党委",
            document=f"云司机党〔{year - 1}〕15号",
            in_force_from=dt.date(year - 1, 3, 1),
            text=HANDOUT.splitlines()[2],
        ),
    )
    file = store_document(io.BytesIO(HANDOUT.encode()), size=len(HANDOUT), file_name="提纲")
    add_version(
        actor=None,
        material=outline,
        version=outline.version,
        wording=Wording(
            source="局机关党委",
            document=f"云司机党〔{year}〕3号",
            in_force_from=dt.date(year, 1, 1),
            file=file,
        ),
    )
    return send_material(actor=None, material=outline, version=outline.version)


def _quiz(demo: "Demonstration", committee: PartyOrganization, outline: StudyMaterial) -> None:
    """Let the committee ask about its outline; who wants to answers."""
    opens_on, closes_on = (demo.today + dt.timedelta(days=days) for days in QUIZ_DAYS)
    make_quiz(
        actor=None,
        organization=committee,
        frame=Frame("学习提纲小测", "先看资料再答，五分钟。", opens_on, closes_on),
        questions=read_questions(QUESTIONS).questions,
        material_version=outline.versions.order_by("-number").first(),
    )


def _session(
    demo: "Demonstration",
    branch: PartyOrganization,
    days: int,
    lecturer: str,
    topic: str,
    material: StudyMaterial | None,
    kind: str = Meeting.Kind.STUDY_SESSION,
) -> None:
    """Hold one session of three 学时, written down the same afternoon."""
    day = demo.today - dt.timedelta(days=days)
    while not is_workday(day):
        day -= dt.timedelta(days=1)
    people = [one.member for one in expected_people(branch, day, kinds=[kind], groups=[])]
    held = record_activity(
        actor=None,
        organization=branch,
        held_on=day,
        topic=topic,
        forms=[Form(kind=kind, lecturer=lecturer, minutes="一、听讲。\n二、讨论。\n三、小结。")],
        presences=dict.fromkeys(people, Presence()),
        started_at=dt.time(9, 30),
        place="二楼学习室",
        hours=3,
    )
    written_at = timezone.make_aware(dt.datetime.combine(day, dt.time(11, 30)))
    Activity.objects.filter(pk=held.pk).update(recorded_at=written_at)
    if material:
        chosen = MaterialVersion.objects.filter(material=material).order_by("-number").first()
        if chosen:
            use_version(actor=None, activity=held, version=chosen)
