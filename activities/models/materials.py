"""What is studied: materials in versions, and which occasion used which of them."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from activities.models.activities import Activity
from branches.models import PartyOrganization, User
from partybuild.publicids import PublicIdField
from partybuild.scoping import ScopedModel, TrashableModel


class StudyMaterial(TrashableModel):
    """学习资料: something to be read, in versions; once sent down, those below its issuer read it."""

    scope_path = "organization__path"

    public_id = PublicIdField()
    organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="materials", verbose_name="党组织"
    )
    title = models.CharField("标题", max_length=200)
    summary = models.CharField("说明", max_length=300, blank=True)
    sent_at = models.DateTimeField("下发时间", null=True, blank=True)
    sent_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="下发人"
    )
    added_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    added_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = "学习资料"
        ordering = ["-added_at", "-pk"]
        indexes = [
            models.Index(fields=["organization", "added_at"], name="material_place_day"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("activities:material", args=[self.public_id])


class MaterialVersion(ScopedModel):
    """资料版本: one wording of a material, its source and from when it is in force; never changed."""

    class Kind(models.TextChoices):
        NONE = "", "没有文件"
        PDF = "pdf", "PDF"
        WORD = "docx", "Word"
        TEXT = "txt", "纯文本"

    scope_path = "material__organization__path"
    trash_path = "material__deleted_at"

    public_id = PublicIdField()
    material = models.ForeignKey(StudyMaterial, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField("第几版")
    source = models.CharField("来源", max_length=100, blank=True)
    document = models.CharField("文号", max_length=60, blank=True)
    in_force_from = models.DateField("从哪天起", null=True, blank=True)
    text = models.TextField("正文", blank=True)
    file_name = models.CharField("文件名", max_length=100, blank=True)
    kind = models.CharField("文件类型", max_length=4, choices=Kind, blank=True)
    stored_as = models.CharField("存放", max_length=60, blank=True)
    byte_count = models.PositiveIntegerField("字节", default=0)
    sha256 = models.CharField("指纹", max_length=64, blank=True)
    added_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    added_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = "资料版本"
        ordering = ["material", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["material", "number"], name="each_version_has_its_number"
            ),
            models.CheckConstraint(
                condition=~Q(text="") | ~Q(stored_as=""), name="a_version_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"第{self.number}版"


class MaterialUse(ScopedModel):
    """资料使用: an activity read one version of a material; the record keeps which."""

    scope_path = "activity__organization__path"
    trash_path = "activity__deleted_at"

    public_id = PublicIdField()
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="material_uses")
    version = models.ForeignKey(MaterialVersion, models.PROTECT, related_name="uses")

    class Meta:
        verbose_name = "资料使用"
        ordering = ["activity", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "version"], name="each_version_once_per_activity"
            )
        ]

    def __str__(self) -> str:
        return str(self.version)
