"""The trusted side: starts bubblewrap with the zygote in it, and puts questions to confined processes."""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory

from course.grading import seccomp, wire

PACKAGE = Path(__file__).resolve().parents[2]
LIMITS = {"cpu_seconds": 10, "memory_mb": 1024}
# All of the environment that a submission sees. One thread, as each would count as a process.
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8", "MPLCONFIGDIR": "/tmp", "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
}  # fmt: skip
VENV = Path("/venv")  # the virtual environment, within the sandbox
START_SECONDS = 120  # heavy imports on a loaded machine
RECIPE = "grade on Linux, or in the container of book/instructors.md"
GONE = "the sandbox ended while a question was running; run again, finished results are kept"
FORBIDDEN = "this system does not allow the sandbox what it needs ({}): " + RECIPE


class Unavailable(ValueError):
    """There is no sandbox on this machine, and without one nothing is graded."""


@dataclass
class Answered:
    """What came back of a question: state of its answers, errors of its cells, a reply for each request, and cost.

    A reply is {"value"}, {"error"} or {"lost": time, ended, size or form}. Where the process was lost while cells ran,
    state is {"lost"}, and `cell` the number of the cell that ran. cpu in seconds, memory in kilobytes.
    """

    state: dict
    cell: int = -1
    errors: list[dict] = field(default_factory=list)
    replies: list[dict] = field(default_factory=list)
    cpu: float = 0.0
    memory: int = 0


def unavailable() -> str:
    """Return why nothing can be graded on this machine, and what to do; "" where all is there."""
    if not sys.platform.startswith("linux"):
        return f"submissions are graded in bubblewrap, which needs Linux: {RECIPE}"
    if not shutil.which("bwrap"):
        return f"bubblewrap is missing (`apt install bubblewrap`, `dnf install bubblewrap`): install it or {RECIPE}"
    if not seccomp.supported():
        return f"this processor's system calls are not known to the sandbox (x86_64 and aarch64 are): {RECIPE}"
    return ""


class Sandbox:
    """A zygote with the imports of one exercise; a context manager. `ask` may be called from several threads."""

    def __init__(self, imports: list[str], limits: dict | None = None, files: Path | None = None, plain: bool = False):
        """`files` is a folder whose files lie, read-only, in the current folder of each question.

        `plain` leaves out bubblewrap and namespaces: for root in a container that holds one submission alone
        (Gradescope). Another uid, limits and the filter of system calls remain.
        """
        if not plain and (reason := unavailable()):
            raise Unavailable(reason)
        if plain and os.getuid() != 0:
            raise Unavailable("without bubblewrap only root can grade, as the submission must run as another user")
        self.plain = plain
        self.limits = LIMITS | (limits or {})
        self.limits["wall_seconds"] = 10 + 3 * self.limits["cpu_seconds"]  # the machine may be busy
        names = (
            sorted(path.relative_to(files).as_posix() for path in files.rglob("*") if path.is_file()) if files else []
        )
        self.settings = {"imports": imports, "files": names, "folder": "/files", "package": "/book", "plain": plain}
        self.settings |= self.limits
        self.folder = files
        self.cpu = 0.0  # seconds that the zygote took: its imports, and a little for each question
        self._waiting: dict[int, SimpleQueue] = {}
        self._lock = threading.Lock()
        self._number = 0

    def __enter__(self) -> "Sandbox":
        with ExitStack() as stack:
            readable = stack.enter_context(_readable(self.folder)) if self.folder else None
            first = self._start_zygote(readable)
            if not first.get("ready"):
                told = self._killed()
                if "forbidden" in first:
                    raise Unavailable(FORBIDDEN.format(first["forbidden"]))
                why = first.get("failed") or (told[-1] if told else "it ended at once")
                raise Unavailable(f"the sandbox did not start: {why}")
            self.cpu = first["cpu"]
            threading.Thread(target=self._reports, daemon=True).start()
            # What a kernel or a container forbids is found out now, not as an error in everybody's marks.
            try:
                works = self.ask(["a = 1"], ["a"], [{"value": "a"}]).replies == [{"value": 1}]
            except RuntimeError:
                works = False
            if not works:
                raise Unavailable(FORBIDDEN.format(" ".join(self._killed()[-1:])))
            self._stack = stack.pop_all()
        return self

    def _start_zygote(self, readable: Path | None) -> dict:
        """Return the first thing that it says: {"ready", "cpu"}, {"forbidden"}, {"failed"}, or {} where it ended."""
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        if self.plain:
            self.settings |= {"package": str(PACKAGE), "folder": str(readable)}
            zygote = [sys.executable, "-I", "-B", str(PACKAGE / "course" / "grading" / "zygote.py")]
        else:
            zygote = _bubblewrap(readable)
        with theirs:
            self._process = subprocess.Popen(
                [*zygote, str(theirs.fileno()), json.dumps(self.settings)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=ENVIRONMENT,
            )
        self._control.settimeout(START_SECONDS)
        try:
            return json.loads(self._control.recv(4096) or b"{}")
        except TimeoutError:
            return {"failed": f"no answer within {START_SECONDS} s"}
        finally:
            self._control.settimeout(None)

    def _killed(self) -> list[str]:
        """End the zygote and return the lines of its complaints."""
        self._process.kill()
        return self._process.communicate()[1].decode(errors="replace").strip().splitlines()

    def __exit__(self, *error) -> None:
        try:
            self._control.shutdown(socket.SHUT_RDWR)  # closing alone would not wake the thread that reads
        except OSError:
            pass
        self._control.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stderr.close()
        self._stack.close()

    def ask(self, cells: list[str], answers: list[str], requests: list[dict]) -> Answered:
        """Return what a fresh confined process answers: it runs the cells, then gets the requests one by one."""
        ours, theirs = socket.socketpair()
        with ours:
            number, reports = self._start(theirs)
            ours.settimeout(self.limits["wall_seconds"] + 5)
            found = Answered({}, replies=[])
            lost = ""
            try:
                wire.send(ours, {"cells": cells, "answers": answers})
                while isinstance(told := wire.receive(ours), dict) and type(told.get("cell")) is int:
                    found.cell = told["cell"]
                _read_state(found, told, answers)
                if all(found.state.get(name) == "there" for name in answers):
                    for request in requests:
                        wire.send(ours, request)
                        found.replies.append(_reply(wire.receive(ours)))
            except wire.Broken as broken:
                lost = str(broken)
            except TimeoutError:
                lost = "time"
            except OSError:  # the other side went away while a request was sent
                lost = "ended"
        report = self._end(number, reports)
        found.cpu, found.memory = report["cpu"], report["memory"]
        if lost:
            lost = "time" if lost == "ended" and report["reason"] == "time" else lost
            if not found.state:
                found.state = {"lost": lost}
            found.replies += [{"lost": lost}] * (len(requests) - len(found.replies))
        return found

    def _start(self, theirs: socket.socket) -> tuple[int, SimpleQueue]:
        reports: SimpleQueue = SimpleQueue()
        with self._lock:
            self._number += 1
            number = self._number
            self._waiting[number] = reports
            with theirs:
                try:
                    socket.send_fds(self._control, [json.dumps({"question": number}).encode()], [theirs.fileno()])
                except OSError:
                    raise RuntimeError(GONE) from None
        return number, reports

    def _end(self, number: int, reports: SimpleQueue) -> dict:
        """Kill what is left of a question and return its report."""
        try:
            with self._lock:
                self._control.send(json.dumps({"kill": number}).encode())
        except OSError:
            pass  # the zygote has gone, and the thread that reads says so
        try:
            report = reports.get(timeout=self.limits["wall_seconds"] + 30)
        except Empty:
            report = {"gone": True}
        with self._lock:
            del self._waiting[number]
        if report.get("gone"):
            raise RuntimeError(GONE)
        return report

    def _reports(self) -> None:
        while True:
            try:
                text = self._control.recv(4096)
            except OSError:
                text = b""
            if not text:
                for waiting in list(self._waiting.values()):
                    waiting.put({"gone": True})
                return
            report = json.loads(text)
            self.cpu = report["zygote"]
            if waiting := self._waiting.get(report["question"]):  # else it came too late
                waiting.put(report)


@contextmanager
def _readable(folder: Path) -> Iterator[Path]:
    """Copy the files so that the sandbox's user can read them, whatever the rights of the exercise's folder."""
    with TemporaryDirectory(prefix="course-files-") as copy:
        for path in [folder, *sorted(folder.rglob("*"))]:
            target = Path(copy) / path.relative_to(folder)
            if path.is_dir():
                target.mkdir(exist_ok=True)
                target.chmod(0o755)
            else:
                target.write_bytes(path.read_bytes())
                target.chmod(0o644)
        yield Path(copy)


def _read_state(found: Answered, told, answers: list[str]) -> None:
    """Take over what the box says of its cells, as far as it has the right form: it may be the learner's forgery."""
    try:
        found.state = {name: str(told["state"][name])[:10] for name in answers}
        found.errors = [
            {
                "type": _short(e["type"], 60),
                "message": _short(e["message"], 300),
                "line": int(e["line"]),
            }
            for e in told["errors"]
        ]
    except (KeyError, TypeError, ValueError):
        raise wire.Broken("form") from None


def _reply(told) -> dict:
    if isinstance(told, dict):
        if "value" in told:
            return {"value": told["value"]}
        error = told.get("error")
        if isinstance(error, dict) and isinstance(error.get("type"), str) and type(error.get("line")) is int:
            return {"error": {"type": _short(error["type"], 60), "line": error["line"]}}
    return {"lost": "form"}


def _short(text, longest: int) -> str:
    return str(text).encode("utf-8", "replace").decode()[:longest]  # half a character could not be written to a file


def _bubblewrap(files: Path | None) -> list[str]:
    """Return the command up to the zygote's own arguments: read-only system and Python, nothing else from here."""
    command = [
        shutil.which("bwrap"),
        "--unshare-pid",
        "--unshare-net",
        "--unshare-ipc",
        "--unshare-uts",
        "--unshare-cgroup-try",
    ]
    if os.getuid() == 0:
        command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-user", "--uid", "65534", "--gid", "65534"]
    command += ["--die-with-parent", "--new-session", "--hostname", "box"]
    made: set[str] = set()

    def folder(path: Path) -> None:
        # Parents that bubblewrap makes by itself are closed to others: Python below them would not be found.
        for each in [*reversed(path.parents), path]:
            if str(each) not in made and str(each) != "/":
                made.add(str(each))
                command.extend(["--perms", "0755", "--dir", str(each)])

    def bind(path: Path, target: Path | None = None) -> None:
        target = target or path
        folder(target.parent)
        made.add(str(target))
        command.extend(["--ro-bind", str(path), str(target)])

    for name in ("tmp", "proc", "dev", "dev/shm", "book"):
        folder(Path("/", name))
    for name in ("usr", "bin", "lib", "lib64", "sbin"):
        path = Path("/", name)
        if path.is_symlink():
            command += ["--symlink", os.readlink(path), str(path)]
        elif path.is_dir():
            bind(path)
    for name in ("etc/ld.so.cache", "etc/alternatives", "etc/localtime"):
        if Path("/", name).exists():
            bind(Path("/", name))
    base, environment = Path(sys.base_prefix), Path(sys.prefix)
    if base.is_relative_to("/tmp"):
        raise Unavailable(f"Python is in {base}, and the sandbox covers /tmp: set up .venv with one from elsewhere")
    if not base.is_relative_to("/usr"):
        bind(base)
    python = Path(sys.executable)
    if environment != base:  # at a place of its own: a box covers /tmp, where this checkout may be
        bind(environment, VENV)
        python = VENV / python.relative_to(environment)
    bind(PACKAGE / "course", Path("/book/course"))
    if files:
        bind(files, Path("/files"))
    for name in ("null", "zero", "full", "random", "urandom"):
        command += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
    command += ["--proc", "/proc", "--remount-ro", "/"]
    zygote = "/book/course/grading/zygote.py"
    return [*command, "--chdir", "/", str(python), "-I", "-B", zygote]
