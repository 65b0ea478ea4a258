"""Addresses of the pages that read the roll as a whole."""

from django.urls import path

from members.views import structure

urlpatterns = [
    path("structure/", structure.StructureView.as_view(), name="structure"),
    path("structure/people/", structure.StructurePeopleView.as_view(), name="structure_people"),
    path("birthdays/", structure.BirthdayView.as_view(), name="birthdays"),
    path("fifty-years/", structure.FiftyYearsView.as_view(), name="fifty_years"),
]
