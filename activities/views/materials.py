"""Pages of the materials library: list, one material, its versions and files, what activities used."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from activities.documents import as_attachment
from activities.forms.materials import (
    MaterialFilterForm,
    MaterialForm,
    NewMaterialForm,
    WordingForm,
)
from activities.models import Activity, MaterialUse, MaterialVersion, Quiz, StudyMaterial
from activities.queries.materials import (
    deleted_materials,
    find_version,
    in_force,
    materials,
    materials_at,
    used_in,
    uses_of,
    versions_in_force,
    versions_of,
)
from activities.queries.quizzes import quizzes_about
from activities.services.materials import (
    add_material,
    add_version,
    correct_material,
    drop_use,
    restore_material,
    send_material,
    use_version,
    withdraw_material,
)
from activities.views.places import may, may_change
from branches.queries.organizations import organizations_in_scope
from members.queries.files import find_own_file
from partybuild.audit import history_of
from partybuild.history import steps_of
from partybuild.lists import Link
from partybuild.paging import page_of, pager_urls
from partybuild.refusals import Refused
from partybuild.saving import ButtonView, EditingView, SavingView, VersionedView
from partybuild.scoping import scoped_to

SEE, CHANGE, ACTIVITIES = (
    "activities.view_material",
    "activities.change_material",
    "activities.view_activity",
)
SHOWN_USES = 50
SHOWN_TRASH = 200


class StudyMaterialsView(TemplateView):
    """The materials one may read: those of the scope, and those sent down from above."""

    permission_required = SEE
    template_name = "activities/materials.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = MaterialFilterForm(self.request.GET or None)
        page = page_of(
            materials(form.words()), order=("-pk",), cursor=self.request.GET.get("cursor", "")
        )
        known = versions_in_force([one.pk for one in page.rows], timezone.localdate())
        return super().get_context_data(
            form=form,
            page=page,
            pager=pager_urls(self.request, page),
            rows=[material_cells(one, known.get(one.pk)) for one in page.rows],
            may_change=self.request.user.has_perm(CHANGE),
            **kwargs,
        )


class StudyMaterialView(TemplateView):
    """One material: the version that holds, the others, which activities used it."""

    permission_required = SEE
    template_name = "activities/material.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        material = material_or_404(kwargs["public_id"])
        user: Any = self.request.user
        found = versions_of(material)
        uses: list[MaterialUse] = []
        count = 0
        if user.has_perm(ACTIVITIES):
            with scoped_to(user.scope_for(ACTIVITIES)):
                used = uses_of(material)
                uses, count = list(used[:SHOWN_USES]), used.count()
        may_write = may(user, CHANGE, material.organization)
        about = quizzes_about(found, find_own_file(user), timezone.localdate())
        return super().get_context_data(
            material=material,
            current=in_force(found, timezone.localdate()),
            versions=found,
            uses=uses,
            count=count,
            quizzes=[(quiz, quiz_url(quiz, user)) for quiz in about],
            sees_uses=user.has_perm(ACTIVITIES),
            may_change=may_write,
            may_send=may_write and not (material.sent_at or material.organization.is_branch),
            steps=steps_of(history_of(material)) if may_write else [],
            **kwargs,
        )


class AddStudyMaterialView(SavingView):
    """Put a material into the library, with its first version."""

    permission_required = CHANGE
    form_class = NewMaterialForm
    heading = "登记学习资料"
    done = "已登记。"
    draft_key = "material"

    def get_initial(self) -> dict[str, Any]:
        first = organizations_in_scope().order_by("path").first()
        return {"organization": first.public_id if first else ""}

    def back_url(self) -> str:
        return reverse("activities:materials")

    def save(self, form: NewMaterialForm) -> str:
        said = form.cleaned_data
        material = add_material(
            actor=self.request.user,
            organization=said["organization"],
            title=said["title"],
            summary=said["summary"],
            wording=form.wording(),
        )
        return material.get_absolute_url()


class CorrectStudyMaterialView(EditingView):
    """Correct what a material is called."""

    permission_required = CHANGE
    form_class = MaterialForm
    heading = "更正学习资料"
    hint = "正文和文件不在这里改：有改动的，请增加一版，用过旧版的记录仍写旧版。"
    done = "已更正。"

    def record(self) -> StudyMaterial:
        return own_material_or_404(self.kwargs["public_id"])

    def edit(self, form: MaterialForm, record: StudyMaterial, version: int) -> str:
        material = correct_material(
            actor=self.request.user, material=record, version=version, **form.cleaned_data
        )
        return material.get_absolute_url()


class StudyMaterialVersionView(VersionedView):
    """Add a newer version of a material."""

    permission_required = CHANGE
    form_class = WordingForm
    heading = "增加一版"
    done = "已增加，以前的版本都留着。"

    def record(self) -> StudyMaterial:
        return own_material_or_404(self.kwargs["public_id"])

    def get_lead(self) -> str:
        return str(self.record())

    def get_draft_key(self) -> str:
        return f"material-{self.kwargs['public_id']}"

    def edit(self, form: WordingForm, record: StudyMaterial, version: int) -> str:
        add_version(
            actor=self.request.user, material=record, version=version, wording=form.wording()
        )
        return record.get_absolute_url()


class SendStudyMaterialView(ButtonView):
    """Send a material down to the organisations below."""

    permission_required = CHANGE
    done = "已下发，下面的党组织在“学习资料”里看得到。"

    @cached_property
    def material(self) -> StudyMaterial:
        return own_material_or_404(self.kwargs["public_id"])

    def act(self, version: int) -> None:
        send_material(actor=self.request.user, material=self.material, version=version)

    def back_url(self) -> str:
        return self.material.get_absolute_url()


class WithdrawStudyMaterialView(ButtonView):
    """Take a material out of the library; the trash gives it back."""

    permission_required = CHANGE
    done = "已撤下，用过它的记录不变。要恢复，请到学习资料的回收站。"

    @cached_property
    def material(self) -> StudyMaterial:
        return own_material_or_404(self.kwargs["public_id"])

    def act(self, version: int) -> None:
        withdraw_material(actor=self.request.user, material=self.material, version=version)

    def back_url(self) -> str:
        return (
            reverse("activities:materials")
            if self.material.deleted_at
            else self.material.get_absolute_url()
        )


class RestoreStudyMaterialView(View):
    """Take a material out of the trash."""

    permission_required = CHANGE

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        material = deleted_materials().filter(public_id=public_id).first()
        if material is None:
            return redirect(own_material_or_404(public_id))
        restore_material(actor=request.user, material=material)
        messages.success(request, f"已恢复“{material}”，各个版本都在。")
        return redirect(material)


class StudyMaterialTrashView(TemplateView):
    """Which materials were withdrawn and can be taken back."""

    permission_required = CHANGE
    template_name = "activities/materials_trash.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(materials=deleted_materials()[:SHOWN_TRASH], **kwargs)


class MaterialVersionFileView(View):
    """The file of a version, to be saved and never shown by the browser, for who may read it."""

    permission_required = SEE

    def get(self, request: HttpRequest, public_id: str) -> FileResponse:
        version = find_version(public_id)
        if version is None:
            raise Http404
        return as_attachment(version.stored_as, file_name=version.file_name, kind=version.kind)


# --- what an activity used -----------------------------------------------------------------------


class ActivityMaterialsView(TemplateView):
    """Choose what an activity has read: of each material the version of its day."""

    permission_required = CHANGE
    template_name = "activities/activity_materials.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        activity = activity_or_refuse(self.request.user, kwargs["public_id"])
        form = MaterialFilterForm(self.request.GET or None)
        page = page_of(
            materials_at(activity.organization, form.words()),
            order=("-pk",),
            cursor=self.request.GET.get("cursor", ""),
        )
        used = list(used_in(activity))
        known = versions_in_force([one.pk for one in page.rows], activity.held_on)
        taken = {one.version_id for one in used}
        return super().get_context_data(
            activity=activity,
            form=form,
            used=used,
            page=page,
            pager=pager_urls(self.request, page),
            choices=[
                (one, known[one.pk], known[one.pk].pk in taken)
                for one in page.rows
                if one.pk in known
            ],
            **kwargs,
        )


class ActivityUseView(ButtonView):
    """Note that an activity used a version."""

    permission_required = CHANGE
    done = "已选用。"

    @cached_property
    def activity(self) -> Activity:
        return activity_or_refuse(self.request.user, self.kwargs["public_id"])

    def act(self, version: int) -> None:
        chosen = find_version(self.request.POST.get("material", ""))
        if chosen is None:
            raise Refused("没有选用：这份资料刚被撤下，或者没有选。请重新选。")
        use_version(actor=self.request.user, activity=self.activity, version=chosen)

    def back_url(self) -> str:
        return reverse("activities:activity_materials", args=[self.activity.public_id])


class DropMaterialUseView(ButtonView):
    """Take back that an activity used a version."""

    permission_required = CHANGE
    done = "已取消选用，资料本身不变。"

    @cached_property
    def used(self) -> MaterialUse:
        rows = MaterialUse.objects.select_related(
            "activity__organization", "version__material__organization"
        )
        used = get_object_or_404(rows, public_id=self.kwargs["public_id"])
        if not may_change(self.request.user, used.activity.organization):
            raise PermissionDenied
        return used

    def act(self, version: int) -> None:
        drop_use(actor=self.request.user, used=self.used)

    def back_url(self) -> str:
        return reverse("activities:activity_materials", args=[self.used.activity.public_id])


def material_or_404(public_id: str) -> StudyMaterial:
    """Return a material that one may read."""
    return get_object_or_404(materials(), public_id=public_id)


def own_material_or_404(public_id: str) -> StudyMaterial:
    """Return a material of the open scope, which alone may be changed."""
    return get_object_or_404(
        StudyMaterial.objects.select_related("organization"), public_id=public_id
    )


def activity_or_refuse(user: Any, public_id: str) -> Activity:
    """Return an activity in scope whose record one may correct."""
    activity = get_object_or_404(
        Activity.objects.select_related("organization"), public_id=public_id
    )
    if not may_change(user, activity.organization):
        raise PermissionDenied
    return activity


def quiz_url(quiz: Quiz, user: Any) -> str:
    """Return where a quiz opens for somebody: with its counts for who keeps it, else to be answered."""
    if may(user, ACTIVITIES, quiz.organization):
        return quiz.get_absolute_url()
    return reverse("activities:answer_quiz", args=[quiz.public_id])


def material_cells(material: StudyMaterial, version: MaterialVersion | None) -> tuple[Any, ...]:
    """Return the cells of one material in the list, told by the version that holds today."""
    state = "" if material.organization.is_branch else "还没有下发"
    return (
        Link(material.title, material.get_absolute_url()),
        material.organization.label,
        version.document if version else "",
        version.in_force_from if version else None,
        f"{version}" if version else "",
        (version.get_kind_display() if version.kind else "正文") if version else "",
        "已下发" if material.sent_at else state,
    )
