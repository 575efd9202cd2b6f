"""A filter of system calls for the process that runs a submission: standard library only.

Namespaces and limits already confine it. The filter takes away the calls that reach far into the kernel, so that less
of the kernel has to be right; the kernel's key rings, which siblings would share; memory that no limit of a process
counts (memfd_create, shmget); and sessions of one's own, each of which gets as much of the processor as a neighbour.
A denied call fails as forbidden.
"""

import ctypes
import errno
import platform
import struct

# Name: number on x86_64, number on aarch64 (include/uapi/asm-generic/unistd.h and arch/x86/entry/syscalls).
CALLS = {
    "add_key": (248, 217), "bpf": (321, 280), "finit_module": (313, 273), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fsopen": (430, 430), "init_module": (175, 105), "io_uring_setup": (425, 425),
    "kexec_load": (246, 104), "keyctl": (250, 219), "memfd_create": (319, 279), "mount": (165, 40),
    "mount_setattr": (442, 442), "move_mount": (429, 429), "open_by_handle_at": (304, 265), "open_tree": (428, 428),
    "perf_event_open": (298, 241), "pivot_root": (155, 41), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "ptrace": (101, 117), "request_key": (249, 218), "setns": (308, 268),
    "setsid": (112, 157), "shmget": (29, 194), "umount2": (166, 39), "unshare": (272, 97), "userfaultfd": (323, 282),
}  # fmt: skip
CLONE, CLONE3 = (56, 220), 435
NEW_NAMESPACES = 0x7E020000  # every CLONE_NEW... flag
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data


def supported() -> bool:
    """Return whether this machine's numbers of system calls are known here."""
    return platform.machine() in _ARCHITECTURES


def program(machine: str) -> bytes:
    """Return the filter for x86_64 or aarch64 as instructions of classic BPF, eight bytes each."""
    column, audit = _ARCHITECTURES[machine]
    denied = sorted(numbers[column] for numbers in CALLS.values())
    steps = [(_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 1, 0, audit), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, _NUMBER)]
    if machine == "x86_64":  # the x32 numbers are the same calls under other names
        steps += [(_AT_LEAST, 0, 1, 0x40000000), (_RETURN, 0, 0, _KILL)]
    for number in denied:
        steps += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERROR | errno.EPERM)]
    # clone3 passes its flags in memory, where no filter sees them: "not there" makes the C library use clone.
    steps += [(_EQUAL, 0, 1, CLONE3), (_RETURN, 0, 0, _ERROR | errno.ENOSYS)]
    steps += [(_EQUAL, 0, 3, CLONE[column]), (_LOAD, 0, 0, _FIRST_ARGUMENT), (_ANY_BIT, 0, 1, NEW_NAMESPACES)]
    steps += [(_RETURN, 0, 0, _ERROR | errno.EPERM), (_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def install(libc: ctypes.CDLL) -> None:
    """Install the filter in this process and all that it starts. Needs no_new_privs. Raises OSError if refused."""

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_void_p)]

    code = program(platform.machine())
    buffer = ctypes.create_string_buffer(code, len(code))
    filter_ = Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    if libc.prctl(22, 2, ctypes.byref(filter_), 0, 0):  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
        raise OSError(ctypes.get_errno(), "the filter of system calls was refused")
