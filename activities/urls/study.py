"""Addresses of study: 学时, lecturers, materials."""

from django.urls import path

from activities.views import answering, materials, quizzes, study

urlpatterns = [
    path("study/", study.StudyView.as_view(), name="study"),
    path("study/branches/", study.StudyBranchesView.as_view(), name="study_branches"),
    path("study/lecturers/", study.LecturersView.as_view(), name="lecturers"),
    path("study/lectures/", study.LecturesView.as_view(), name="lectures"),
    path("study/members/<str:public_id>/", study.MemberHoursView.as_view(), name="study_member"),
    path("materials/", materials.StudyMaterialsView.as_view(), name="materials"),
    path("materials/new/", materials.AddStudyMaterialView.as_view(), name="add_material"),
    path("materials/trash/", materials.StudyMaterialTrashView.as_view(), name="material_trash"),
    path(
        "materials/versions/<str:public_id>/file/",
        materials.MaterialVersionFileView.as_view(),
        name="material_file",
    ),
    path("materials/<str:public_id>/", materials.StudyMaterialView.as_view(), name="material"),
    path(
        "materials/<str:public_id>/change/",
        materials.CorrectStudyMaterialView.as_view(),
        name="correct_material",
    ),
    path(
        "materials/<str:public_id>/version/",
        materials.StudyMaterialVersionView.as_view(),
        name="add_material_version",
    ),
    path(
        "materials/<str:public_id>/send/",
        materials.SendStudyMaterialView.as_view(),
        name="send_material",
    ),
    path(
        "materials/<str:public_id>/withdraw/",
        materials.WithdrawStudyMaterialView.as_view(),
        name="withdraw_material",
    ),
    path(
        "materials/<str:public_id>/restore/",
        materials.RestoreStudyMaterialView.as_view(),
        name="restore_material",
    ),
    path(
        "activities/<str:public_id>/materials/",
        materials.ActivityMaterialsView.as_view(),
        name="activity_materials",
    ),
    path(
        "activities/<str:public_id>/materials/use/",
        materials.ActivityUseView.as_view(),
        name="use_material",
    ),
    path(
        "activities/materials/<str:public_id>/drop/",
        materials.DropMaterialUseView.as_view(),
        name="drop_material",
    ),
    path("quizzes/", answering.QuizzesView.as_view(), name="quizzes"),
    path("quizzes/new/", quizzes.MakeQuizView.as_view(), name="make_quiz"),
    path("quizzes/trash/", quizzes.QuizTrashView.as_view(), name="quiz_trash"),
    path(
        "quizzes/questions/<str:public_id>/void/",
        quizzes.VoidQuestionView.as_view(),
        name="void_question",
    ),
    path("quizzes/<str:public_id>/", quizzes.QuizView.as_view(), name="quiz"),
    path("quizzes/<str:public_id>/change/", quizzes.CorrectQuizView.as_view(), name="correct_quiz"),
    path("quizzes/<str:public_id>/close/", quizzes.CloseQuizView.as_view(), name="close_quiz"),
    path(
        "quizzes/<str:public_id>/withdraw/",
        quizzes.WithdrawQuizView.as_view(),
        name="withdraw_quiz",
    ),
    path(
        "quizzes/<str:public_id>/restore/", quizzes.RestoreQuizView.as_view(), name="restore_quiz"
    ),
    path("quizzes/<str:public_id>/answer/", answering.AnswerQuizView.as_view(), name="answer_quiz"),
    path(
        "quizzes/<str:public_id>/practise/",
        answering.PractiseView.as_view(),
        name="practise_quiz",
    ),
]
