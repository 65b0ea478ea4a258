"""What the demonstration tells of study."""

import pytest

from activities.models import MaterialUse, Quiz, StudyMaterial
from activities.queries.lectures import lecturers_of, lectures_in
from activities.queries.study import study_of
from assessments.demonstration import study
from assessments.demonstration.organization import Demonstration
from partybuild.periods import Period
from tests.cast import enrolled
from tests.factories.members import OfficeFactory

pytestmark = pytest.mark.usefixtures("everywhere")


def test_two_branches_study_with_materials_and_the_secretary_of_the_committee_lectures(
    today, committee, first_branch, second_branch
):
    for branch in (first_branch, second_branch):
        people = [enrolled(f"{branch.name}{at}", branch, pinyin=str(at)) for at in range(3)]
        OfficeFactory(organization=branch, member=people[0])
    OfficeFactory(organization=committee, member=people[0])

    study.tell(Demonstration(today=today), committee, [first_branch, second_branch])

    year = Period.year(today.year)
    hours = [
        {one.sums.hours for one in study_of(branch, year, as_of=today).people}
        for branch in (first_branch, second_branch)
    ]
    assert hours == [{9}, {6}]
    assert {one.name for one in lecturers_of(lectures_in(year))} == {
        "许文博",
        "第一党支部2",
        "第二党支部2",
        "第二党支部0",
    }
    assert sorted(str(one.version) for one in MaterialUse.objects.all()) == [
        "第1版",
        "第2版",
        "第2版",
        "第2版",
    ]
    assert StudyMaterial.objects.filter(sent_at__isnull=False).count() == 1
    [quiz] = Quiz.objects.all()
    assert (str(quiz.material_version), quiz.questions.count()) == ("第2版", 4)
