"""A talk with somebody of the place, one in the trash, and an integrity talk."""

from django.utils import timezone

from tests.factories.talks import TalkFactory, TalkPersonFactory


def furnish(place, member):
    branch, secretary = place.organization, place.secretary
    talk = TalkFactory(organization=branch, recorded_by=secretary)
    integrity = TalkFactory(organization=branch, recorded_by=secretary, kind="integrity")
    return (
        talk,
        integrity,
        TalkFactory(organization=branch, recorded_by=secretary, deleted_at=timezone.now()),
        TalkPersonFactory(talk=talk, member=member),
        TalkPersonFactory(talk=talk, member=None, name="上级", role="talker"),
        TalkPersonFactory(talk=integrity, member=member),
    )
