"""Inside bubblewrap: imports what an exercise allows, once, and forks a confined process for each question.

Standard library only, and no learner's code in this process. It sees numbers and sockets, never a submission or a
hidden case: what a fork would inherit from it is therefore empty of both. Two processes take part in a question:

- this one, which forks, keeps the time, kills, and reports what a question cost when it has ended;
- the box, first process of its own pid namespace: it gives up what it could misuse, and runs the cells.
"""

import ctypes
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import sys
import tempfile
import time
from dataclasses import dataclass

NOBODY = 65534
PLAIN = 65533  # who runs a submission where there are no namespaces: nobody else is called so
SCRATCH = 64  # megabytes of disk
OPEN_FILES, PROCESSES = 64, 8
NEW_USER, NEW_PID = 0x10000000, 0x20000000
NEW_OTHERS = 0x00020000 | 0x40000000 | 0x08000000 | 0x04000000  # mount net ipc uts
ENDED = 1  # a box's status where it could not run the cells
_NOSUID, _NODEV, _READ_ONLY, _PRIVATE = 2, 4, 1, 0x4000 | 0x40000
LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass
class Running:
    """A question whose box runs: its number, the box's pid, when its time is over, and the folder made for it or ""."""

    question: int
    pid: int
    deadline: float
    work: str
    late: bool = False


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    settings = json.loads(sys.argv[2])
    before = 0.0  # CPU seconds
    if not settings["plain"]:
        # Limits on processes do not hold for root. In the sandbox the imports show that its user can read them.
        if os.getuid() == 0:
            _become(NOBODY)
        before = time.process_time()
        try:
            _may_make_namespaces(control)
        except OSError as error:
            control.send(json.dumps({"forbidden": str(error)}).encode())
            return
    sys.path.insert(0, settings["package"])
    try:
        for name in (*settings["imports"], "course.exercises.answers", "course.grading.wire", "course.grading.seccomp"):
            importlib.import_module(name)
    except Exception as error:
        control.send(json.dumps({"failed": f"{type(error).__name__}: {error}"}).encode())
        return
    control.send(json.dumps({"ready": True, "cpu": before + time.process_time()}).encode())
    gc.collect()
    gc.freeze()  # else each box would copy the pages of everything imported when it collects garbage
    serve(control, settings, before)


def _become(user: int) -> None:
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    _call(LIBC.prctl, 4, 1, 0, 0, 0)  # PR_SET_DUMPABLE: changing the user made /proc/self root's


def _may_make_namespaces(control: socket.socket) -> None:
    """Go on in a child with a user and a pid namespace of its own, in which it may make one for each box."""
    _unshare(NEW_USER | NEW_PID)
    pid = os.fork()
    if pid:
        control.close()
        os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) and 1)


def _unshare(namespaces: int) -> None:
    """Leave namespaces; a new user namespace knows NOBODY alone."""
    uid, gid = os.getuid(), os.getgid()
    _call(LIBC.unshare, namespaces)
    if namespaces & NEW_USER:
        for name, text in (("setgroups", "deny"), ("uid_map", f"{NOBODY} {uid} 1"), ("gid_map", f"{NOBODY} {gid} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)


def serve(control: socket.socket, settings: dict, before: float) -> None:
    """Start a box for each socket that comes, report each that ends; return when the grader has gone.

    `before` is what this process took before it was one of its own, in CPU seconds.
    """
    poll = select.poll()
    poll.register(control, select.POLLIN)
    own_pids = -1 if settings["plain"] else os.open("/proc/self/ns/pid", os.O_RDONLY)
    running: dict[int, Running] = {}  # by the descriptor that tells of the box's end

    def tell(question: int, **report) -> None:
        report |= {"question": question, "zygote": before + time.process_time()}
        control.send(json.dumps(report).encode())

    try:
        while True:
            for descriptor, _ in poll.poll(_until_the_next_is_late(running)):
                if descriptor == control.fileno():
                    text, sockets, _, _ = socket.recv_fds(control, 4096, 1)
                    if not text:
                        return
                    order = json.loads(text)
                    if "kill" in order:
                        for end, each in running.items():
                            if each.question == order["kill"]:
                                _kill(end)
                    elif started := start(order["question"], sockets[0], own_pids, settings):
                        end = os.pidfd_open(started.pid)
                        poll.register(end, select.POLLIN)
                        running[end] = started
                    else:
                        tell(order["question"], reason="ended", cpu=0.0, memory=0)
                else:
                    poll.unregister(descriptor)
                    each = running.pop(descriptor)
                    os.close(descriptor)
                    tell(each.question, **ended(each, settings))
            for end, each in running.items():
                if each.deadline <= time.monotonic():
                    each.late, each.deadline = True, float("inf")
                    _kill(end)
    finally:  # the grader may have been killed: without namespaces nobody else ends what is left
        for end, each in running.items():
            _kill(end)
            ended(each, settings)


def _until_the_next_is_late(running: dict[int, Running]) -> float | None:
    """Return milliseconds, or None where nothing is to wait for."""
    first = min((each.deadline for each in running.values()), default=float("inf"))
    return None if first == float("inf") else max(0, (first - time.monotonic()) * 1000)


def _kill(end: int) -> None:
    try:
        signal.pidfd_send_signal(end, signal.SIGKILL)
    except ProcessLookupError:  # it has ended by itself, this very moment
        pass


def start(question: int, connection: int, own_pids: int, settings: dict) -> Running | None:
    """Fork the box of a question, as first process of a new pid namespace where there are namespaces.

    Returns None where the system refuses, for want of processes or disk, say: that costs this question alone.
    """
    work = ""
    try:
        if settings["plain"]:
            work = tempfile.mkdtemp(prefix="work-")
            os.chown(work, PLAIN, PLAIN)
        else:
            _unshare(NEW_PID)  # for the next child, not for this process
        try:
            pid = os.fork()
            if pid == 0:
                box(connection, settings, work)
        finally:
            if not settings["plain"]:
                _call(LIBC.setns, own_pids, NEW_PID)  # else there could be no new one for the next question
    except OSError as error:
        _complain(error)
        return None
    finally:
        os.close(connection)
    return Running(question, pid, time.monotonic() + settings["wall_seconds"], work)


def ended(box: Running, settings: dict) -> dict:
    """Return what became of a box that has ended, and what it cost; nothing of it remains."""
    _, status, used = os.wait4(box.pid, 0)
    cpu = used.ru_utime + used.ru_stime
    late = box.late or cpu >= settings["cpu_seconds"] or os.WTERMSIG(status) == signal.SIGXCPU
    if box.work:
        cpu += _end_all(PLAIN)
        os.spawnv(os.P_WAIT, "/bin/rm", ["rm", "-rf", "--", box.work])  # shutil.rmtree stops at deep folders
    return {"reason": "time" if late else "done" if status == 0 else "ended", "cpu": cpu, "memory": used.ru_maxrss}


def _end_all(user: int) -> float:
    """Kill every process of a user, as without a pid namespace some may outlive their question; return CPU seconds."""
    pid = os.fork()
    if pid == 0:
        try:
            _become(user)
            os.kill(-1, signal.SIGKILL)  # all that this user may kill, but not itself
        finally:
            os._exit(0)
    used = os.wait4(pid, 0)[2]
    return used.ru_utime + used.ru_stime


def box(connection: int, settings: dict, work: str) -> None:
    """Give up what could be misused, then answer a question on descriptor 3. Does not return.

    `work` is the folder to work in where there are no namespaces, "" where there are.
    """
    status = ENDED
    try:
        _keep_only(connection)
        with open("/proc/self/oom_score_adj", "w") as file:  # where memory runs out, it is a box that goes
            file.write("1000")
        if work:
            _become(PLAIN)
        else:
            _unshare(NEW_USER | NEW_OTHERS)
        _call(LIBC.prctl, 1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG: not outlive the zygote
        before = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
        _mounts(settings, work)
        _limits(settings, before)
        _no_capabilities()
        from course.grading import seccomp

        seccomp.install(LIBC)
        _silence(2)
        answer(socket.socket(fileno=3))
        status = 0
    except BaseException as error:
        _complain(error)
    finally:
        os._exit(status)


def answer(connection: socket.socket) -> None:
    """Run the cells that come, say how they went, and only then take hidden requests, one by one."""
    from course.exercises.answers import Session
    from course.grading import wire

    order = wire.receive(connection, 1 << 30)
    session = Session()
    # Taken now: the learner's code may put others in their place, to its own harm alone.
    send, receive, broken, reply = wire.send, wire.receive, wire.Broken, session.reply
    errors = session.run(order["cells"], lambda number: send(connection, {"cell": number}))
    send(connection, {"state": session.state(order["answers"]), "errors": errors[-20:]})
    while True:
        try:
            request = receive(connection, 1 << 30)
        except broken:
            return
        try:
            send(connection, reply(request))
        except (ValueError, TypeError, RecursionError, UnicodeError) as error:
            send(connection, {"error": {"type": type(error).__name__, "message": "", "line": 0}})


def _keep_only(connection: int) -> None:
    """Make `connection` descriptor 3, the only one beside silent 0 and 1; 2 is for complaints until `_silence`."""
    # Above all else first, as 3 may be in use; then every other one is closed.
    os.dup2(connection, 200)
    os.dup2(200, 3)
    os.closerange(4, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    _silence(0, 1)


def _silence(*descriptors: int) -> None:
    silent = os.open("/dev/null", os.O_RDWR)
    for descriptor in descriptors:
        os.dup2(silent, descriptor)
    os.close(silent)


def _mounts(settings: dict, work: str) -> None:
    """Cover what is shared by empty, private, small folders; start in one that holds the exercise's public files.

    `work` is for a container that is made for one submission and allows no namespaces: there nothing is covered.
    """
    if not work:
        work = "/tmp/work"
        _cover()
        os.mkdir(work)
    for name in settings["files"]:
        target = os.path.join(work, name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.symlink(os.path.join(settings["folder"], name), target)
    os.chdir(work)


def _cover() -> None:
    _mount("none", "/", None, _PRIVATE)
    for target, size in (("/tmp", SCRATCH), ("/dev/shm", SCRATCH)):
        _mount("tmpfs", target, "tmpfs", _NOSUID | _NODEV, f"size={size}m,nr_inodes=4096,mode=700")
    _mount("tmpfs", "/proc", "tmpfs", _NOSUID | _NODEV | _READ_ONLY, "size=4k,mode=555")


def _limits(settings: dict, before: int) -> None:
    cpu, memory = settings["cpu_seconds"], before + settings["memory_mb"] * 1_000_000
    for what, soft, hard in (
        (resource.RLIMIT_CPU, cpu, cpu + 1),
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_NPROC, PROCESSES, PROCESSES),
        (resource.RLIMIT_NOFILE, OPEN_FILES, OPEN_FILES),
        (resource.RLIMIT_FSIZE, SCRATCH << 20, SCRATCH << 20),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_MSGQUEUE if hasattr(resource, "RLIMIT_MSGQUEUE") else resource.RLIMIT_CORE, 0, 0),
    ):
        resource.setrlimit(what, (soft, hard))


def _no_capabilities() -> None:
    os.setsid()
    os.umask(0o077)
    for capability in range(64):
        LIBC.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP; fails past the last one, which is the end
    _call(LIBC.prctl, 47, 4, 0, 0, 0)  # PR_CAP_AMBIENT, clear all
    header, nothing = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    _call(LIBC.capset, header, nothing)
    _call(LIBC.prctl, 38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS


def _mount(source: str, target: str, kind: str | None, flags: int, data: str = "") -> None:
    kind_ = kind.encode() if kind else None
    _call(LIBC.mount, source.encode(), target.encode(), kind_, ctypes.c_ulong(flags), data.encode() or None)


def _call(function, *arguments) -> None:
    if function(*arguments) < 0:
        raise OSError(ctypes.get_errno(), f"{function.__name__}: {os.strerror(ctypes.get_errno())}")


def _complain(error: BaseException) -> None:
    """Say on the sandbox's standard error why a box could not be made; once the learner's code runs, nobody hears."""
    try:
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
    except OSError:
        pass


if __name__ == "__main__":
    main()
