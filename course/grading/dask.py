"""The same grading on the workers of a Dask cluster: each holds a sandbox of its own for the exercise.

The cluster is the instructor's: it gets the hidden cases and the secret of the variants. Results are stored here.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from distributed import Client, WorkerPlugin, get_worker

from course.grading.grade import Grader, Pool, Task, grader_version
from course.grading.results import Result

PLUGIN = "course-grader"
CONNECT_SECONDS = 10


class OnWorker(WorkerPlugin):
    """What each worker sets up, those that join later too: the exercise as it was sent, and a grader for it."""

    name = PLUGIN

    def __init__(self, task: Task):
        self.task = task
        paths = [path for path in sorted(task.folder.rglob("*")) if path.is_file() and path.suffix != ".pyc"]
        self.files = {path.relative_to(task.folder).as_posix(): path.read_bytes() for path in paths}

    def setup(self, worker) -> None:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="course-exercise-")))
            for name, content in self.files.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
            self.grader = stack.enter_context(Grader(replace(self.task, folder=folder)))
            self.stack = stack.pop_all()

    def teardown(self, worker) -> None:
        self.stack.close()


@contextmanager
def pool(task: Task, address: str) -> Iterator[Pool]:
    """Yield the pool of the cluster at `address`.

    Raises ValueError where there is none or a worker has another grader, and `sandbox.Unavailable` for one that has no
    bubblewrap.
    """
    try:
        client = Client(address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise ValueError(
            f"no Dask scheduler answers at {address}: give its address, as tcp://127.0.0.1:8786"
        ) from error
    with client:
        if not client.nthreads():
            raise ValueError(f"the cluster at {address} has no worker: start one with `dask worker {address}`")
        for worker, version in client.run(grader_version).items():
            if version != grader_version():
                raise ValueError(f"{worker} has another version of the grader: install this checkout there")
        client.register_plugin(OnWorker(task))
        try:
            threads = client.get_executor(pure=False)
            yield Pool(lambda *submission: threads.submit(_grade, *submission), 2 * sum(client.nthreads().values()))
            threads.shutdown()
        finally:
            client.unregister_worker_plugin(PLUGIN)


def _grade(student: str, content: bytes | str) -> Result:
    return get_worker().plugins[PLUGIN].grader.grade(student, content)
