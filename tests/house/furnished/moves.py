"""What a merge moved."""

from branches.models import MoveRecord


def furnish(place, member):
    return [MoveRecord.objects.create(event=f"event-{place.name}", code="branches.platforms")]
