"""docker-compose.yml and Dockerfile: what an administrator relies on without reading them."""

import re

import pytest
import yaml

import run

COMPOSE = yaml.safe_load((run.PROJECT / "docker-compose.yml").read_text(encoding="utf-8"))
DOCKERFILE = (run.PROJECT / "Dockerfile").read_text(encoding="utf-8")


def test_only_the_web_service_is_reachable_and_from_this_machine_only():
    reachable = {
        name: service["ports"]
        for name, service in COMPOSE["services"].items()
        if "ports" in service
    }

    assert reachable == {"web": ["127.0.0.1:8000:8000"]}


def test_every_lasting_service_has_a_health_check():
    unwatched = {
        name for name, service in COMPOSE["services"].items() if "healthcheck" not in service
    }

    assert unwatched == {"migrate"}


def test_no_secret_is_written_into_the_environment():
    services = COMPOSE["services"].values()
    names = {name for service in services for name in service.get("environment", ())}
    secret = {name for name in names if re.search("KEY|PASSWORD|DATABASE_URL", name)}

    assert {name for name in secret if not name.endswith("_FILE")} == set()
    assert len(secret) == 4


@pytest.mark.parametrize("name", COMPOSE["secrets"])
def test_every_secret_comes_from_a_file_that_is_not_committed(name):
    ignored = (run.PROJECT / ".gitignore").read_text(encoding="utf-8").splitlines()

    assert COMPOSE["secrets"][name] == {"file": f"./secrets/{name}"}
    assert "/secrets/" in ignored


def test_paths_in_the_database_are_compared_byte_by_byte():
    arguments = COMPOSE["services"]["db"]["environment"]["POSTGRES_INITDB_ARGS"]

    assert arguments == "--encoding=UTF8 --locale=C.UTF-8"


def test_the_image_serves_as_an_ordinary_user_after_the_house_rules_were_checked():
    lines = DOCKERFILE.splitlines()

    assert lines.index("USER portal") < lines.index("EXPOSE 8000")
    assert '"python manage.py check --deploy && exec gunicorn ' in lines[-1]


def test_the_image_holds_every_app_and_nothing_private():
    ignored = (run.PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line[1:] for line in ignored if line.startswith("!")}
    apps = {path.parent.name for path in run.PROJECT.glob("*/apps.py")}

    assert ignored[0] == "*"
    assert apps - allowed == set()
    assert len(apps) == 5
    assert allowed & {".env", ".git", ".venv", "data", "secrets", "tests"} == set()
