"""Talks between members: that they were held, who talked, and what was said."""

from django.db import models
from django.urls import reverse

from branches.models import PartyOrganization, User
from members.models import Member
from partybuild.crypto import EncryptedTextField
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel, TrashableModel


class Talk(TrashableModel):
    """谈心谈话: one talk, its place and day, and what was said in it.

    What was said is confidential: it is encrypted, and read only by those whom
    `activities.queries.talks.may_read` names. That it was held, when and by whom is no secret.
    """

    class Kind(models.TextChoices):
        HEART_TO_HEART = "heart_to_heart", "谈心谈话"
        INTEGRITY = "integrity", "廉政谈话"
        REMINDER = "reminder", "提醒谈话"

    # What only those read who may read the talk.
    CONFIDENTIAL = ("reason", "content", "suggestions", "follow_up", "stance", "note")

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="talks", verbose_name="党支部"
    )
    kind = models.CharField("谈话类型", max_length=20, choices=Kind, default=Kind.HEART_TO_HEART)
    held_on = models.DateField("谈话时间")
    place = models.CharField("谈话地点", max_length=100, blank=True)
    reason = EncryptedTextField("谈话事由", blank=True)
    content = EncryptedTextField("主要内容", blank=True)
    suggestions = EncryptedTextField("意见建议", blank=True)
    follow_up = EncryptedTextField("整改落实", blank=True)
    stance = EncryptedTextField("被谈话人表态", blank=True)
    note = EncryptedTextField("备注", blank=True)
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = "谈心谈话"
        ordering = ["-held_on", "-pk"]
        indexes = [
            models.Index(fields=["organization", "held_on"], name="talk_place_day"),
            models.Index(fields=["held_on", "id"], name="talk_day"),
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("activities:talk", args=[self.public_id])


class TalkPerson(ScopedModel):
    """谈话参加人: one person in one talk. Several may talk, several may be talked to.

    `member` is filled where the file lies in the branch; a superior who talks is a name alone.
    """

    class Role(models.TextChoices):
        TALKER = "talker", "谈话人"
        TALKED = "talked", "被谈话人"

    scope_path = "talk__organization__path"
    trash_path = "talk__deleted_at"

    talk = models.ForeignKey(Talk, models.CASCADE, related_name="people")
    role = models.CharField("身份", max_length=10, choices=Role)
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="talks", verbose_name="党员"
    )
    name = models.CharField("姓名", max_length=60)

    class Meta:
        verbose_name = "谈话参加人"
        ordering = ["talk", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["talk", "member"], name="nobody_talks_to_themselves")
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.name}"
