"""Addresses of responsibility letters and their goals."""

from django.urls import path

from assessments.views import goals, letters

urlpatterns = [
    path("letters/", letters.LetterListView.as_view(), name="letters"),
    path("letters/new/", letters.IssueView.as_view(), name="issue_letters"),
    path("letters/trash/", letters.LetterTrashView.as_view(), name="letters_trash"),
    path("letters/<str:letter>/", letters.LetterView.as_view(), name="letter"),
    path("letters/<str:letter>/print/", letters.PrintView.as_view(), name="print_letter"),
    path("letters/<str:letter>/correct/", letters.CorrectView.as_view(), name="correct_letter"),
    path("letters/<str:letter>/secretary/", letters.NameView.as_view(), name="name_secretary"),
    path("letters/<str:letter>/sign/", letters.SignView.as_view(), name="sign_letter"),
    path("letters/<str:letter>/succeed/", letters.SucceedView.as_view(), name="succeed_letter"),
    path("letters/<str:letter>/delete/", letters.DeleteView.as_view(), name="delete_letter"),
    path("letters/<str:letter>/restore/", letters.RestoreView.as_view(), name="restore_letter"),
    path("letters/<str:letter>/goals/", goals.AddGoalView.as_view(), name="add_goal"),
    path("letters/goals/<str:goal>/correct/", goals.CorrectGoalView.as_view(), name="correct_goal"),
    path("letters/goals/<str:goal>/remove/", goals.RemoveGoalView.as_view(), name="remove_goal"),
    path("letters/goals/<str:goal>/report/", goals.ReportGoalView.as_view(), name="report_goal"),
    path("letters/goals/<str:goal>/confirm/", goals.ConfirmGoalView.as_view(), name="confirm_goal"),
]
