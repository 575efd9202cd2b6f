"""Submissions that attack the grader: what stands in place of the solution of question 2, and what must come of it."""

# ruff: noqa: E501 - one line for each attack reads better than four
from dataclasses import dataclass

FORGED = "import struct\nframe = lambda text: struct.pack('!I', len(text)) + text\n"
RIGHT = "def squares(numbers):\n    return sum(number * number for number in numbers)\n"


@dataclass(frozen=True)
class Attack:
    """Code of question 2 with its exact outcome; the questions beside it stay correct (2 points each).

    `after` is the outcome of question 3, which runs in a process of its own, but after the cells above it.
    """

    name: str
    code: str
    outcome: str
    says: str = ""  # words of the message
    points: int = 0
    after: str = "correct"


def found(name: str, code: str) -> Attack:
    """An attack that looks for something: it returns what it found, or -1 where nothing, so it is always wrong."""
    return Attack(name, code, "incorrect", "The sum of squares is off.")


def raises(name: str, code: str, error: str) -> Attack:
    return Attack(name, code, "error", error)


ATTACKS = [
    # Reading what is not theirs
    raises("read-hidden", "def squares(n):\n    return open('{HIDDEN}').read()", "FileNotFoundError"),
    raises("read-source", "def squares(n):\n    return open('{SOURCE}').read()", "FileNotFoundError"),
    raises("read-others", "import os\ndef squares(n):\n    return os.listdir('{SUBMISSIONS}')", "FileNotFoundError"),
    raises("read-passwords", "def squares(n):\n    return open('/etc/passwd').read()", "FileNotFoundError"),
    raises("read-harness-memory", "def squares(n):\n    return open('/proc/self/mem', 'rb').read(1)", "FileNotFoundError"),
    found("walk-for-canary", """import os
def squares(n):
    for top in ('/book', '/tmp', '/root', '/home', '/files', '/work'):
        for folder, _, files in os.walk(top):
            if '.venv' in folder: continue
            for file in files:
                if file in ('hidden.py', 'source.ipynb'): return file
                if not file.endswith('.py'): continue
                if 'canary-' + 'three' in open(os.path.join(folder, file), errors='replace').read(): return file
    return -1"""),
    found("environment", "import os\ndef squares(n):\n    return [k for k in os.environ if 'SALT' in k or 'KEY' in k] or -1"),
    found("processes", "import os\ndef squares(n):\n    return [p for p in os.listdir('/proc')] or -1"),
    found("callers", """import sys
def squares(n):
    frame, seen = sys._getframe(), []
    while frame:
        seen += [k for k in frame.f_locals if k in ('expected', 'right', 'asked', 'CHECKS')]
        frame = frame.f_back
    return seen or -1"""),
    found("modules", "import sys\ndef squares(n):\n    return [m for m in sys.modules if m.startswith('hidden') or 'compare' in m and 'course' in m] or -1"),
    found("memory-of-before", """import gc
def squares(n):
    return [o for o in gc.get_objects() if isinstance(o, dict) and 'expected' in o and 'asked' in o][:1] or -1"""),
    # Changing the judge
    found("patch-comparison", """import builtins, operator
class Yes(int):
    def __eq__(self, other): return True
    __ne__ = lambda self, other: False
    __hash__ = int.__hash__
def squares(n): return Yes(5)"""),
    Attack("patch-builtins", "import builtins\nbuiltins.all = lambda x: True\nbuiltins.sum = lambda *a: 1 / 0\n" + RIGHT, "error", "ZeroDivisionError", after="error"),
    found("patch-harness", """import course.exercises.answers as a, course.grading.wire as w, sys
a.Session.reply = lambda self, request: {'value': 5}
w.send = lambda *x: None
def squares(n): return 5"""),
    found("patch-json", """import json
json.dumps = lambda *a, **k: '{"value": 5, "points": 2, "outcome": "correct"}'
def squares(n): return 5"""),
    found("import-grader", """def squares(n):
    import course.grading.compare as c
    c._passes = lambda *a: True
    c.judge = lambda *a: None
    return -1"""),
    Attack("write-package", "def squares(n):\n    open('/book/course/grading/compare.py', 'a').write('#')", "error", "PermissionError"),
    # Forging the channel
    found("forge-answer", FORGED + """import os
def squares(n):
    os.write(3, frame(b'{"value": 5}'))
    return 5"""),
    Attack("forge-score", FORGED + """import os
os.write(3, frame(b'{"state": {"squares": "correct"}, "errors": [], "points": 2}'))
def squares(n): return 5""", "not attempted"),
    Attack("forge-junk", "import os\nos.write(3, b'\\xff' * 4096)\ndef squares(n): return 5", "error", "larger than allowed"),
    Attack("forge-not-json", FORGED + "import os\nos.write(3, frame(b'{]'))\ndef squares(n): return 5", "error", "form"),
    Attack("forge-deep", FORGED + "import os\nos.write(3, frame(b'[' * 100000))\ndef squares(n): return 5", "error", "form"),
    Attack("close-channel", "import os\nos.close(3)\ndef squares(n): return 5", "error", "ended the program"),
    found("every-descriptor", """import os
def squares(n):
    found = []
    for d in range(4, 64):
        try: found.append(os.fstat(d).st_mode)
        except OSError: pass
    return found or -1"""),
    # Never ending, ending too soon
    Attack("endless-loop", "def squares(n):\n    while True: pass", "error", "longer than the time"),
    Attack("endless-cell", "while True: pass", "error", "longer than the time"),
    Attack("sleep", "import time\ndef squares(n):\n    time.sleep(1000)", "error", "longer than the time"),
    Attack("catch-everything", """import signal
for s in range(1, 65):
    try: signal.signal(s, signal.SIG_IGN)
    except (OSError, ValueError): pass
def squares(n):
    while True:
        try:
            while True: pass
        except BaseException: pass""", "error", "longer than the time"),
    Attack("exit-cell", "import sys\nsys.exit(0)\n" + RIGHT, "error", "SystemExit"),
    Attack("exit-then-answer", RIGHT + "import sys\nsys.exit(0)", "correct", points=2),
    raises("exit-call", "import sys\ndef squares(n):\n    sys.exit(0)", "SystemExit"),
    Attack("os-exit-cell", "import os\nos._exit(0)", "error", "ended the program"),
    Attack("os-exit-call", "import os\ndef squares(n):\n    os._exit(0)", "error", "ended the program"),
    Attack("segfault", "import ctypes\ndef squares(n):\n    ctypes.string_at(0)", "error", "ended the program"),
    Attack("kill-all", "import os, signal\ndef squares(n):\n    os.kill(-1, signal.SIGKILL)\n    return -1", "error", "ProcessLookupError"),
    raises("deep-recursion", "def squares(n):\n    return squares(n)", "RecursionError"),
    # Using up the machine
    raises("fork-bomb", "import os\ndef squares(n):\n    while True: os.fork() or None", ""),
    raises("threads", "import threading, time\ndef squares(n):\n    while True: threading.Thread(target=time.sleep, args=(99,)).start()", "RuntimeError"),
    raises("memory", "def squares(n):\n    return len(bytearray(4 * 10**9))", "MemoryError"),
    raises("memory-slowly", "def squares(n):\n    x = []\n    while True: x.append(bytearray(10**7))", "MemoryError"),
    raises("disk", "def squares(n):\n    with open('/tmp/f', 'wb') as f:\n        while True: f.write(bytes(10**6))", "OSError"),
    raises("many-files", "def squares(n):\n    for i in range(10**5): open(f'/tmp/{i}', 'w').close()", "OSError"),
    Attack("a-gigabyte-printed", "for _ in range(1000): print('x' * 10**6)\n" + RIGHT, "correct", points=2),
    Attack("large-answer", "def squares(n):\n    return 'x' * 20_000_000", "error", "larger than allowed"),
    raises("deep-answer", "def squares(n):\n    x = []\n    for _ in range(10**5): x = [x]\n    return x", "TypeError"),
    Attack("large-integer", "def squares(n):\n    return 10 ** 10000", "error", ""),
    raises("descriptors", "def squares(n):\n    return len([open('/dev/null') for _ in range(500)])", "OSError"),
    # Getting out
    Attack("memory-in-segments", """import ctypes
def squares(n):
    libc = ctypes.CDLL(None)
    libc.shmat.restype = ctypes.c_void_p
    for _ in range(40):
        segment = libc.shmget(0, 10**8, 0o1600)
        if segment < 0: return -1
        ctypes.memset(libc.shmat(segment, None, 0), 1, 10**8)
    return sum(x * x for x in n)""", "incorrect", "off"),
    raises("memory-in-a-file", "import os\ndef squares(n):\n    return os.memfd_create('m')", "PermissionError"),
    found("session-of-its-own", """import os
def squares(n):
    pid = os.fork()
    if pid == 0:
        try: os.setsid()
        except PermissionError: os._exit(1)
        os._exit(0)
    return -1 if os.waitpid(pid, 0)[1] else sum(x * x for x in n)"""),
    raises("network", "import socket\ndef squares(n):\n    socket.create_connection(('1.1.1.1', 53), 2)", "OSError"),
    raises("loopback", "import socket\ndef squares(n):\n    socket.create_connection(('127.0.0.1', 22), 2)", "OSError"),
    found("new-namespace", "import ctypes\ndef squares(n):\n    return ctypes.CDLL(None).unshare(0x10000000)"),
    found("mount", "import ctypes\ndef squares(n):\n    return ctypes.CDLL(None).mount(b'p', b'/proc', b'proc', 0, None)"),
    found("unmount", "import ctypes\ndef squares(n):\n    return ctypes.CDLL(None).umount2(b'/proc', 2)"),
    found("trace", "import ctypes\ndef squares(n):\n    return ctypes.CDLL(None).ptrace(16, 1, 0, 0)"),
    found("become-root", "import ctypes\ndef squares(n):\n    return ctypes.CDLL(None).setuid(0)"),
    found("key-ring", "import ctypes\ndef squares(n):\n    return ctypes.CDLL(None).syscall(250, 0, -3, 0)"),
    raises("shared-memory", "import os\ndef squares(n):\n    return open('/dev/shm/left').read()", "FileNotFoundError"),
    Attack("leave-behind", "import os, time\ndef squares(n):\n    open('/dev/shm/left', 'w').write('x')\n    if os.fork() == 0:\n        time.sleep(300)\n    return -1", "incorrect", "off"),
    Attack("pickle", "class Evil:\n    def __reduce__(self): return (print, ('x',))\ndef squares(n): return Evil()", "error", "TypeError"),
    # Fooling the feedback and the tables
    raises("tell-the-input", "def squares(n):\n    raise ValueError(str(n))", "ValueError in line 2"),
    raises("script-in-error", "class E(Exception): pass\nE.__name__ = '<script>alert(1)</script>'\ndef squares(n):\n    raise E()", "<script>"),
    raises("input-in-a-name", """def squares(n):
    raise type('leak_' + '_'.join(map(str, n)), (Exception,), {})""", "Your code raised an error of its own kind in line 2"),
    Attack("half-a-character", FORGED + """import os
def squares(n):
    os.write(3, frame(b'{"error": {"type": "\\\\ud800x", "message": "", "line": 9}}'))""", "error", "own kind"),
    Attack("half-a-character-in-a-cell", "raise ValueError('\\ud800')", "error", "`squares` is not there"),
    Attack("blank-lines", "\n" * 300_000 + RIGHT, "correct", points=2),
    Attack("none", "def squares(n):\n    x = None\n    return x", "incorrect", "off"),
    Attack("error-that-raises", "class E(Exception):\n    def __str__(self): raise E()\ndef squares(n):\n    raise E()", "error", "raised E"),
    Attack("nan", "def squares(n): return float('nan')", "incorrect", "off"),
    Attack("hard-coded", "def squares(n): return 5", "incorrect", "off"),
]  # fmt: skip
