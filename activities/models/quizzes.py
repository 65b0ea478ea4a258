"""Short quizzes that go with study: questions, and what each person answered."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from activities.models.materials import MaterialVersion
from branches.models import PartyOrganization, User
from members.models import Member
from partybuild.crypto import EncryptedTextField
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel, TrashableModel


class Quiz(TrashableModel):
    """学习小测: a few questions that the members below its issuer may answer between two days.

    Nobody owes an answer. `material_version` is what it goes with, if anything. It ends after
    `closes_on`, or at `closed_at` when somebody ends it before; what has ended never opens again.
    """

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="quizzes", verbose_name="党组织"
    )
    title = models.CharField("标题", max_length=100)
    note = models.CharField("说明", max_length=300, blank=True)
    material_version = models.ForeignKey(
        MaterialVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="quizzes",
        verbose_name="配套资料",
    )
    opens_on = models.DateField("从哪天起")
    closes_on = models.DateField("到哪天止")
    closed_at = models.DateTimeField("提前结束的时间", null=True, blank=True)
    made_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="出题人"
    )
    made_at = models.DateTimeField("出题时间", auto_now_add=True)

    class Meta:
        verbose_name = "学习小测"
        ordering = ["-opens_on", "-pk"]
        indexes = [models.Index(fields=["organization", "closes_on"], name="quiz_place_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")), name="a_quiz_closes_after_it_opens"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("activities:quiz", args=[self.public_id])


class QuizQuestion(ScopedModel):
    """小测题目: one question, its options and the letters of the right ones.

    The options of a 判断 are 对 and 错. Once anybody has answered, a question changes no more; a
    wrong one is voided with a reason, and counts for nobody.
    """

    class Kind(models.TextChoices):
        SINGLE = "single", "单选"
        MULTIPLE = "multiple", "多选"
        JUDGEMENT = "judgement", "判断"

    LETTERS = "ABCDEFGH"
    JUDGEMENT_OPTIONS: ClassVar = ("对", "错")

    scope_path = "quiz__organization__path"
    trash_path = "quiz__deleted_at"

    public_id = PublicIdField()
    quiz = models.ForeignKey(Quiz, models.CASCADE, related_name="questions")
    number = models.PositiveSmallIntegerField("第几题")
    kind = models.CharField("题型", max_length=9, choices=Kind)
    text = models.TextField("题目")
    options = models.JSONField("选项", default=list)
    answers = models.CharField("答案", max_length=8)
    explanation = models.TextField("解析", blank=True)
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)
    void_reason = models.CharField("作废原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "小测题目"
        ordering = ["quiz", "number"]
        constraints = [
            models.UniqueConstraint(fields=["quiz", "number"], name="each_question_has_its_number"),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, void_reason="")
                | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                name="a_question_is_voided_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 题"


class QuizAttempt(ScopedModel):
    """小测作答: what one person answered, the first time; read by that person only.

    `chosen` holds a line for each question, its public id and the letters, encrypted. Others see
    how many chose what (`activities.queries.quizzes.tally_of`), never whose answer is whose.
    """

    scope_path = "quiz__organization__path"
    trash_path = "quiz__deleted_at"

    quiz = models.ForeignKey(Quiz, models.CASCADE, related_name="attempts")
    member = models.ForeignKey(Member, models.CASCADE, related_name="quiz_attempts")
    chosen = EncryptedTextField("所选")
    answered_at = models.DateTimeField("作答时间", auto_now_add=True)

    class Meta:
        verbose_name = "小测作答"
        ordering = ["quiz", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["quiz", "member"], name="each_person_answers_a_quiz_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.quiz_id}"
