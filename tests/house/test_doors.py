"""Every address of the portal: who may knock, what they see, what it leaves behind.

The doors are walked from the URLconf: a page that is added tomorrow is tested tomorrow. Each rule
returns the doors that break it, so that a house in order gives an empty list; the rules themselves
are tried on a careless house at the end.
"""

import itertools

import pytest
from django.urls import reverse

from partybuild.scoping import EVERYTHING
from tests.house import world as worlds
from tests.house.doors import House, Walker, same_but_for

METHODS = ("get", "post")

pytestmark = pytest.mark.walk


@pytest.fixture
def house(world):
    return House(world)


def undeclared(house):
    return [str(door) for door in house.doors if door.permission is None]


def never_open(house):
    """Find doors whose arguments cannot be made, or that open to nobody."""
    return [str(door) for door in house.declared_doors if house.key_of(door) is None]


def open_to_strangers(house):
    """Find doors that neither declare themselves public nor send a stranger to sign in."""
    found = []
    for door in house.open_doors:
        address = house.address_at(door, house.world.places["own"])
        for method in METHODS:
            response = house.stranger.knock(method, address)
            sent = response.headers.get("Location", "").startswith(
                f"{reverse('branches:sign_in')}?next="
            )
            if sent == door.is_public or (sent and house.world.places["own"].mark in str(response)):
                found.append(f"{method} {door}")
    return found


def open_without_permission(house):
    """Find doors that do not answer 403, with a note in the audit, to whoever lacks the permission."""
    found = []
    for door in house.guarded_doors:
        address = house.address_at(door, house.world.places["own"])
        for role, walker in house.walkers.items():
            if walker.user.has_perm(door.permission):
                continue
            if [walker.status_and_notes(method, address) for method in METHODS] != [(403, 1)] * 2:
                found.append(f"{role} {door}")
    return found


def telling_foreign_from_missing(house):
    """Find doors whose answer to somebody else's row differs from the one to a missing row."""
    found = []
    for door in house.guarded_doors:
        for walker in house.holders(door):
            for missing, strange_ones in house.strange_addresses(walker, door):
                for method in METHODS:
                    found += [
                        f"{method} {door} {walker} {place}"
                        for place in tells_apart(walker, method, missing, strange_ones)
                    ]
    return found


def tells_apart(walker, method, missing, strange_ones):
    """Return the places whose row is answered otherwise than a missing one."""
    if not strange_ones:
        return []
    nothing = walker.knock(method, missing)
    return [
        place
        for place, strange in strange_ones.items()
        if look_of(walker.knock(method, strange), strange, missing)
        != look_of(nothing, strange, missing)
    ]


def look_of(answer, *asked):
    return answer.status_code, same_but_for(answer.body, *asked)


def showing_what_lies_elsewhere(house):
    """Find doors on whose pages, files or headers a mark of another place stands."""
    found = []
    for door in house.guarded_doors:
        for walker in house.holders(door):
            scope = walker.user.scope_for(door.permission)
            if scope == EVERYTHING:
                continue
            address = house.address_at(door, house.opening_place(walker, door))
            hidden = house.world.places_beyond(walker.horizon)
            bodies = [walker.knock(method, address).body for method in METHODS]
            bodies += [walker.knock("get", address, about(place)).body for place in hidden]
            body = b"".join(bodies)
            found += [
                f"{door} {walker} {place.name}"
                for place in hidden
                if any(mark.encode() in body for mark in place.marks)
            ]
    return found


def about(place):
    """Ask for another place, and for a part of its mark."""
    public_id = place.organization.public_id
    return {"organization": public_id, "branch": public_id, "q": place.mark[0], "period": "2026"}


def ending_in_a_fault(house):
    """Find doors that answer an odd question with a fault."""
    odd = {
        "cursor": "1:AAAA",
        "period": "9999Q9",
        "organization": "\x00",
        "branch": "",
        "q": "\x00%'\"",
        "kind": "?",
        "version": "x",
        "number": "-1",
        "held_on": "2026-02-30",
    }
    found = []
    for door, method in itertools.product(house.open_doors, METHODS):
        walker = house.first_holder(door)
        address = house.address_at(door, house.opening_place(walker, door))
        try:
            walker.knock(method, address, odd)
        except Exception as fault:  # noqa: BLE001 -- whatever it is, it is a fault
            found.append(f"{method} {door} {fault!r}")
    return found


def taking_posts_without_a_token(house):
    """Find doors that take a post which no page of ours has sent."""
    found = []
    for door in house.open_doors:
        walker = Walker(house.first_holder(door).user, enforce_csrf_checks=True)
        address = house.address_at(door, house.opening_place(walker, door))
        if walker.knock("post", address).status_code != 403 or walker.changes("post", address):
            found.append(str(door))
    return found


def changing_when_looked_at(house):
    """Find doors that change something when they are only looked at."""
    found = []
    for door in house.open_doors:
        walker = house.first_holder(door)
        address = house.address_at(door, house.opening_place(walker, door))
        changes = walker.changes("get", address)
        if changes:
            found.append(f"{door} {walker} {changes}")
    return found


def test_there_are_doors(house):
    assert len(house.doors) > 40


def test_the_places_are_furnished_with_every_model(world):
    lacking = {
        (place.name, model.__name__)
        for place in world.places.values()
        for model in worlds.own_models()
        if model not in worlds.OF_NO_PLACE and not place.rows[model]
    }

    assert lacking == set()


def test_every_door_declares_its_permission(house):
    assert undeclared(house) == []


def test_every_door_can_be_opened(house):
    assert never_open(house) == []


def test_strangers_are_sent_to_sign_in(house):
    assert open_to_strangers(house) == []


def test_whoever_lacks_the_permission_is_refused_and_noted(house):
    assert open_without_permission(house) == []


def test_a_row_of_others_answers_exactly_like_a_missing_one(house):
    assert telling_foreign_from_missing(house) == []


def test_no_page_shows_what_lies_elsewhere(house):
    assert showing_what_lies_elsewhere(house) == []


def test_no_question_ends_in_a_fault(house):
    assert ending_in_a_fault(house) == []


def test_a_post_that_no_page_of_ours_has_sent_is_refused(house):
    assert taking_posts_without_a_token(house) == []


def test_looking_changes_nothing(house):
    assert changing_when_looked_at(house) == []


@pytest.fixture
def careless(world):
    return House(world, prefix="careless/")


RULES = {
    undeclared: ["undeclared/"],
    never_open: ["unheard-of/<slug:unheard_of>/"],
    open_to_strangers: ["half-public/"],
    telling_foreign_from_missing: ["telling/<str:public_id>/"],
    showing_what_lies_elsewhere: ["leaking-in-a-file/", "leaking-on-request/", "leaking/"],
    ending_in_a_fault: ["stumbling/"],
    taking_posts_without_a_token: ["exempt/"],
    changing_when_looked_at: ["changing/"],
}


@pytest.mark.urls("tests.house.careless_urls")
@pytest.mark.parametrize(
    ("rule", "broken"), RULES.items(), ids=lambda rule: getattr(rule, "__name__", "")
)
def test_each_rule_notices_who_breaks_it(rule, broken, careless):
    found = {word for line in rule(careless) for word in line.split() if "careless" in word}

    assert sorted(found) == [f"/careless/{route}" for route in broken]
