"""The passes of `python3 run.py test`.

The suite runs on SQLite with a private broker, and again on a throw-away PostgreSQL and Redis
when the machine has them; the tests marked `browser` run in the first pass when there is a
Chromium. What is missing is said plainly; with CI=true it is a failure. A given DATABASE_URL
or REDIS_URL is used instead of a throw-away one.

Tests marked `services` need PostgreSQL and Redis and run in the second pass only; those
marked `browser` as well run there and not in the first. What cannot depend on the database
(tests/conftest.py marks it `pure`) runs in the first pass only. What opens every page of the
portal, many times over, is marked `walk` and runs in the last pass that there is: on the database
of the offices where the machine has it.
"""

import argparse
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import run

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NOTHING_COLLECTED = 5
TEST_SECONDS = 600  # one test that takes this long hangs; a walk through all doors takes minutes
# What the settings read: a test must not depend on who runs it.
SETTINGS = (
    *("ALLOWED_HOSTS", "BROKER_SOCKET", "CSRF_TRUSTED_ORIGINS", "DATABASE_URL", "DATA_DIR"),
    *("DEBUG", "FIELD_KEYS", "HTTPS", "PRODUCTION", "REDIS_URL", "SECRET_KEY"),
    *("SESSION_IDLE_SECONDS", "STATIC_ROOT"),
)


@dataclass(frozen=True)
class Tools:
    """What the machine has: paths of programs, addresses of services; empty when lacking."""

    chromium: str
    pdftotext: str  # measures what the browser prints
    postgres: str  # folder of the server's programs
    redis: str
    database_url: str
    redis_url: str

    def missing(self) -> list[str]:
        here = {
            "PostgreSQL": self.database_url or self.postgres,
            "Redis": self.redis_url or self.redis,
            "Chromium": self.chromium,
            "pdftotext": self.pdftotext,
        }
        return [name for name, found in here.items() if not found]


@dataclass(frozen=True)
class Outcome:
    """How one pass went: pytest's exit code and closing line."""

    title: str
    code: int
    closing: str
    seconds: float


def find_tools() -> Tools:
    return Tools(
        chromium=first_on_path(BROWSERS),
        pdftotext=first_on_path(("pdftotext",)),
        postgres=find_postgres(),
        redis=first_on_path(("redis-server", "valkey-server")),
        database_url=os.environ.get("DATABASE_URL", ""),
        redis_url=os.environ.get("REDIS_URL", ""),
    )


def first_on_path(names: Sequence[str]) -> str:
    return next(filter(None, map(shutil.which, names)), "")


def find_postgres() -> str:
    """Return the newest of Debian's versions, which are not on PATH, else what is on PATH."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda initdb: float(initdb.parts[-3]), default=None)
    initdb = newest or shutil.which("initdb")
    return str(Path(initdb).parent) if initdb else ""


@contextlib.contextmanager
def running(
    command: Sequence[str], folder: Path, is_ready: Callable[[], bool], user: str | None = None
) -> Iterator[None]:
    """Keep a server running for a while; it must be ready within a minute."""
    account = {"user": user, "group": user, "extra_groups": []} if user else {}
    with (folder / "log").open("wb") as log:
        process = run.spawn(command, os.environ, output=log, cwd=folder, **account)
    try:
        deadline = time.monotonic() + 60
        while not is_ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise run.Problem(f"{command[0]} 没有启动：\n{(folder / 'log').read_text()}")
            time.sleep(0.05)
        yield
    finally:
        run.end([process])


@contextlib.contextmanager
def throw_away_redis(server: str, *, port: int = 0) -> Iterator[Path]:
    """Run a server of our own in a new folder, on a port of 127.0.0.1 too if one is given."""
    with tempfile.TemporaryDirectory(prefix="portal-") as name:
        folder = Path(name)
        command = run.broker_command(server, folder / "broker.sock", folder)
        command += ["--bind", run.HOST, "--port", str(port)]
        with running(command, folder, lambda: run.broker_answers(folder / "broker.sock")):
            yield folder / "broker.sock"


@contextlib.contextmanager
def throw_away_postgres(programs: str) -> Iterator[str]:
    """Run a cluster of our own, reached by its socket only; yield the URL of a new database.

    The server refuses to run as root, so root lends it the account of Debian's package.
    """
    user = "postgres" if os.geteuid() == 0 else None
    account = {"user": user, "group": user, "extra_groups": []} if user else {}
    with tempfile.TemporaryDirectory(prefix="portal-") as name:
        if user:
            shutil.chown(name, user, user)

        def program(tool: str, *arguments: str) -> bool:
            command = [f"{programs}/{tool}", *arguments]
            with tempfile.TemporaryFile() as output:
                started = run.spawn(command, os.environ, output=output, cwd=name, **account)
                return started.wait() == 0

        cluster = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
        locale = "C.UTF-8" if sys.platform == "linux" else "C"
        if not program("initdb", "--pgdata=cluster", f"--locale={locale}", *cluster):
            raise run.Problem("临时的 PostgreSQL 建不起来。")
        server = [f"{programs}/postgres", "-D", "cluster", "-k", name, "-c", "listen_addresses="]
        # Nor may it look at tables by itself: rows of a test that is under way do not count for it,
        # and a table it believes empty it walks once for every row of another.
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            server += ["-c", f"{setting}=off"]
        there = ("--host", name, "--username=postgres")
        with running(server, Path(name), lambda: program("pg_isready", *there), user):
            if not program("createdb", *there, "portal"):
                raise run.Problem("临时的 PostgreSQL 里建不起数据库。")
            yield f"postgres://postgres@{name.replace('/', '%2F')}/portal"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((run.HOST, 0))
        return int(probe.getsockname()[1])


def test_environment(tools: Tools, data: str, **settings: str) -> dict[str, str]:
    theirs = {*SETTINGS, *(f"{name}_FILE" for name in SETTINGS)}
    environment = {name: value for name, value in os.environ.items() if name not in theirs}
    environment |= {"PYTHONUTF8": "1", "CHROMIUM": tools.chromium, "DATA_DIR": data}
    return environment | settings


@contextlib.contextmanager
def on_sqlite(tools: Tools) -> Iterator[dict[str, str]]:
    with (
        tempfile.TemporaryDirectory(prefix="portal-") as data,
        throw_away_redis(run.find_broker()) as broker,
    ):
        yield test_environment(tools, data, BROKER_SOCKET=str(broker))


@contextlib.contextmanager
def on_services(tools: Tools) -> Iterator[dict[str, str]]:
    with contextlib.ExitStack() as stack:
        data = stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-"))
        database_url, redis_url = tools.database_url, tools.redis_url
        if not database_url:
            database_url = stack.enter_context(throw_away_postgres(tools.postgres))
        if not redis_url:
            port = free_port()
            stack.enter_context(throw_away_redis(tools.redis, port=port))
            redis_url = f"redis://{run.HOST}:{port}/0"
        yield test_environment(tools, data, DATABASE_URL=database_url, REDIS_URL=redis_url)


def run_pass(
    title: str, marks: str, arguments: argparse.Namespace, environment: Mapping[str, str]
) -> Outcome:
    """Run pytest on two cores; show its words as they come and keep the closing line."""
    run.say(f"\n== {title} ==")
    started = time.monotonic()
    chosen = f"({marks}) and ({arguments.marks})" if arguments.marks else marks
    command = [sys.executable, "-m", "pytest", "-m", chosen, "-rs", f"--timeout={TEST_SECONDS}"]
    command += ["--numprocesses", str(min(2, os.cpu_count() or 1)), "--dist", "worksteal"]
    process = run.spawn([*command, *arguments.pytest], environment, output=subprocess.PIPE)
    closing = b""
    try:
        for line in process.stdout:
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
            closing = line.strip() or closing
        code = process.wait()
    finally:
        run.end([process])
    return Outcome(
        title, code, closing.decode("utf-8", "replace").strip("= "), time.monotonic() - started
    )


def run_passes(tools: Tools, arguments: argparse.Namespace) -> list[Outcome]:
    missing = tools.missing()
    has_services = not {"PostgreSQL", "Redis"} & set(missing)
    outcomes = []
    marks = "not services and not browser" if "Chromium" in missing else "not services"
    marks = f"{marks} and not walk" if has_services else marks
    with on_sqlite(tools) as environment:
        outcomes.append(run_pass("SQLite", marks, arguments, environment))
    if has_services:
        marks = "not browser and not pure"
        marks = marks if "Chromium" in missing else f"{marks} or services"
        with on_services(tools) as environment:
            outcomes.append(run_pass("PostgreSQL + Redis", marks, arguments, environment))
    return outcomes


def verdict(outcomes: Sequence[Outcome], *, all_tests: bool) -> bool:
    """Tell whether every pass is good; a chosen few tests may belong to one pass only."""
    codes = {outcome.code for outcome in outcomes}
    if all_tests:
        return codes == {0}
    return 0 in codes and codes <= {0, NOTHING_COLLECTED}


def main(words: Sequence[str]) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-m", dest="marks")
    arguments, arguments.pytest = parser.parse_known_args(words)
    tools = find_tools()
    missing = tools.missing()
    for name in missing:
        run.say(f"本机没有 {name}：需要它的测试这次不运行。")
    if missing and os.environ.get("CI") == "true":
        run.say("持续集成必须运行全部测试，缺少以上程序，判为失败。")
        return 1
    try:
        outcomes = run_passes(tools, arguments)
    except run.Problem as problem:
        run.say(str(problem))
        return 1
    except KeyboardInterrupt:
        return 130
    run.say("\n== 测试结果 ==")
    for outcome in outcomes:
        run.say(f"{outcome.title}：{outcome.closing}（共 {outcome.seconds:.0f} 秒）")
    for name in missing:
        run.say(f"{name}：本机没有，未测试。")
    good = verdict(outcomes, all_tests=not words)
    run.say("全部通过。" if good else "有测试没有通过。")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
