"""Photos that belong to no activity are removed; nothing else is."""

import datetime as dt
import os

import pytest
from django.utils import timezone

from activities.photos import directory
from activities.tasks import tidy_photos
from tests.factories.activities import ActivityFactory, PhotoFactory

pytestmark = pytest.mark.usefixtures("today")


def left(name, *, hours):
    """Leave a photo that was stored so many hours ago."""
    file = directory() / name
    file.write_bytes(b"x")
    moment = (timezone.now() - dt.timedelta(hours=hours)).timestamp()
    os.utime(file, (moment, moment))


def test_photos_that_belong_to_nothing_are_removed_after_a_day(first_branch):
    saved = ActivityFactory(organization=first_branch)
    deleted = ActivityFactory(organization=first_branch, deleted_at=timezone.now())
    PhotoFactory(activity=saved, stored_as="saved.jpg")
    PhotoFactory(activity=deleted, stored_as="in-the-trash.jpg")
    left("saved.jpg", hours=900)
    left("in-the-trash.jpg", hours=900)
    left("never-saved.jpg", hours=25)
    left("being-recorded.jpg", hours=23)

    tidy_photos()

    assert sorted(file.name for file in directory().iterdir()) == [
        "being-recorded.jpg",
        "in-the-trash.jpg",
        "saved.jpg",
    ]
