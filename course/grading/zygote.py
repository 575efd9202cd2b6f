"""Inside bubblewrap: imports what an exercise allows, once, and forks a confined process for each question.

Standard library only, and no learner's code in this process. It sees numbers and sockets, never a submission or a
hidden case: what a fork would inherit from it is therefore empty of both. Three processes take part in a question:

- this one, which forks, and reports what a question cost when it has ended;
- a nanny in this pid namespace, which makes the new namespaces, keeps the time, and kills;
- the box, first process of its own pid namespace: it gives up what it could misuse, and runs the cells.
"""

import ctypes
import gc
import importlib
import json
import os
import resource
import select
import shutil
import signal
import socket
import sys
import tempfile

NOBODY = 65534
PLAIN = 65533  # who runs a submission where there are no namespaces: nobody else is called so
SCRATCH = 64  # megabytes of disk
OPEN_FILES, PROCESSES = 64, 8
NAMESPACES = 0x10000000 | 0x00020000 | 0x20000000 | 0x40000000 | 0x08000000 | 0x04000000  # user mount pid net ipc uts
ENDED, TIME = 1, 2  # how a nanny says that its box ended before it was done
_NOSUID, _NODEV, _READ_ONLY, _PRIVATE = 2, 4, 1, 0x4000 | 0x40000
LIBC = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    settings = json.loads(sys.argv[2])
    # Limits on processes do not hold for root. In the sandbox the imports show that its user can read them.
    if os.getuid() == 0 and not settings["plain"]:
        _become(NOBODY)
    sys.path.insert(0, settings["package"])
    try:
        for name in (*settings["imports"], "course.exercises.answers", "course.grading.wire", "course.grading.seccomp"):
            importlib.import_module(name)
    except Exception as error:
        control.send(json.dumps({"failed": f"{type(error).__name__}: {error}"}).encode())
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    control.send(json.dumps({"ready": True, "cpu": used.ru_utime + used.ru_stime}).encode())
    gc.collect()
    gc.freeze()  # else each box would copy the pages of everything imported when it collects garbage
    serve(control, settings)


def _become(user: int) -> None:
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    _call(LIBC.prctl, 4, 1, 0, 0, 0)  # PR_SET_DUMPABLE: changing the user made /proc/self root's


def serve(control: socket.socket, settings: dict) -> None:
    """Fork a nanny for each socket that comes, report each that ends; return when the grader has gone."""
    poll = select.poll()
    poll.register(control, select.POLLIN)
    running = {}  # descriptor of a nanny's end -> (number of the question, pid)
    while True:
        for descriptor, _ in poll.poll():
            if descriptor == control.fileno():
                text, sockets, _, _ = socket.recv_fds(control, 4096, 1)
                if not text:
                    return
                order = json.loads(text)
                if "kill" in order:
                    for number, pid in running.values():
                        if number == order["kill"]:
                            os.kill(pid, signal.SIGTERM)
                    continue
                pid = os.fork()
                if pid == 0:
                    nanny(sockets[0], settings)
                os.close(sockets[0])
                end = os.pidfd_open(pid)
                poll.register(end, select.POLLIN)
                running[end] = (order["question"], pid)
            else:
                number, pid = running.pop(descriptor)
                poll.unregister(descriptor)
                os.close(descriptor)
                _, status, used = os.wait4(pid, 0)
                own = resource.getrusage(resource.RUSAGE_SELF)
                report = {"cpu": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss}
                report["zygote"] = own.ru_utime + own.ru_stime
                reason = {0: "done", TIME: "time"}.get(os.waitstatus_to_exitcode(status), "ended")
                control.send(json.dumps({"question": number, "reason": reason, **report}).encode())


def nanny(connection: int, settings: dict) -> None:
    """Make the namespaces, start the box in them, wait for it, and end with what became of it. Does not return."""
    status, work = ENDED, ""
    try:
        _keep_only(connection)
        with open("/proc/self/oom_score_adj", "w") as file:  # where memory runs out, it is a box that goes
            file.write("1000")
        if settings["plain"]:
            work = tempfile.mkdtemp(prefix="work-")
            os.chown(work, PLAIN, PLAIN)
        else:
            _namespaces()
        out_of_time, first = [], []

        def end(number, frame):
            out_of_time.append(number == signal.SIGALRM)
            for descriptor in first:
                try:
                    signal.pidfd_send_signal(descriptor, signal.SIGKILL)
                except ProcessLookupError:  # it has ended by itself, this very moment
                    pass

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGALRM, end)
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            box(settings, work)
        os.close(3)
        first.append(os.pidfd_open(pid))
        if out_of_time:  # the end came before there was something to kill
            signal.pidfd_send_signal(first[0], signal.SIGKILL)
        signal.alarm(settings["wall_seconds"])
        _, ended, used = os.wait4(pid, 0)
        busy = used.ru_utime + used.ru_stime >= settings["cpu_seconds"] or os.WTERMSIG(ended) == signal.SIGXCPU
        late = any(out_of_time) or busy
        status = TIME if late else 0 if ended == 0 else ENDED
        if work:
            _end_all(PLAIN)
            shutil.rmtree(work, ignore_errors=True)
    except BaseException as error:
        _complain(error)
    finally:
        os._exit(status)


def _end_all(user: int) -> None:
    """Kill every process of a user: without a pid namespace some may have outlived their question."""
    pid = os.fork()
    if pid == 0:
        try:
            _become(user)
            os.kill(-1, signal.SIGKILL)  # all that this user may kill, but not itself
        finally:
            os._exit(0)
    os.waitpid(pid, 0)


def _namespaces() -> None:
    uid, gid = os.getuid(), os.getgid()
    _call(LIBC.unshare, NAMESPACES)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{NOBODY} {uid} 1"), ("gid_map", f"{NOBODY} {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def box(settings: dict, work: str) -> None:
    """Give up what could be misused, then answer a question on descriptor 3. Does not return.

    `work` is the folder to work in where there are no namespaces, "" where there are.
    """
    status = ENDED
    try:
        if work:
            _become(PLAIN)
        _call(LIBC.prctl, 1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG: not outlive the nanny
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
