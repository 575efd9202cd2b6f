"""Execute one notebook in its own kernel and learn what it loaded."""

import ast
import inspect
import json
import os
import subprocess
from pathlib import Path
from typing import NamedTuple

from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from course.notebooks.stale import normal_name

# One thread in each kernel: several run at once, and sums must not depend on the number of cores.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "TQDM_DISABLE": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
}
PATIENCE = 120  # seconds for a kernel to start, or for a finished cell's outputs to arrive, on a busy machine


class Loaded(NamedTuple):
    """What a notebook loaded: modules of `course` and data files (paths relative to the root), {package: version}."""

    modules: list[str]
    data: list[str]
    packages: dict[str, str]


class NotebookFailed(Exception):
    """A notebook did not run to its end: `cell` is the id of the failing cell, None where there is none."""

    def __init__(self, cell: str | None, message: str):
        super().__init__(message)
        self.cell = cell


def environment() -> dict[str, str]:
    """Return the environment variables of a notebook's kernel; a comparison of stored outputs must use the same."""
    return {key: value for key, value in os.environ.items() if key != "PYTHONWARNINGS"} | ENVIRONMENT


async def run_cells(root: Path, folder: Path, nb: NotebookNode) -> Loaded:
    """Execute the cells of `nb` in place, in `folder`, and return what they loaded.

    Raises NotebookFailed at the first failing cell, or where the kernel is not installed or dies.
    """
    client = NotebookClient(
        nb,
        startup_timeout=PATIENCE,
        iopub_timeout=PATIENCE,
        raise_on_iopub_timeout=True,  # else outputs that come late are dropped
        record_timing=False,
        store_widget_state=False,
        extra_arguments=["--IPKernelApp.capture_fd_output=False"],  # nbval sees only what Python writes
    )
    manager = client.create_kernel_manager()
    cell = None
    # nbclient's own context manager takes Ctrl-C away from the other kernels, so the kernel is started and stopped
    # here.
    try:
        # What a cell writes arrives as a message; what the kernel itself writes is its log.
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        await client.async_start_new_kernel(cwd=str(folder), env=environment(), **silent)
        await client.async_start_new_kernel_client()
        await _ask(client, f"exec({inspect.getsource(_watch) + '_watch()'!r}, {{}})")
        for index, cell in enumerate(nb.cells):
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
            # As nbval does, without history: it decides whether a `;` at a cell's end hides the value.
            await client.async_execute_cell(cell, index, execution_count=index + 1, store_history=False)
        cell = None
        seen = await _ask(client, "", answer="__import__('sys')._course_seen()")
        nb.metadata["language_info"] = {"name": manager.kernel_spec.language}
        return _loaded(root, **json.loads(seen))
    except CellExecutionError as failure:
        message = f"{failure.ename}: {failure.evalue}".splitlines()[0]
        raise NotebookFailed(_cell_id(nb, cell), message) from None
    except NoSuchKernel as missing:
        raise NotebookFailed(None, _no_such_kernel(missing.name)) from None
    except (DeadKernelError, OSError, RuntimeError) as failure:  # OSError: TimeoutError, or an interpreter that is gone
        raise NotebookFailed(_cell_id(nb, cell), f"{type(failure).__name__}: {str(failure).strip()}") from None
    finally:
        if client.kc is not None:
            client.kc.stop_channels()
        if client.km is not None and manager.has_kernel:  # else nbclient has stopped it already
            await manager.shutdown_kernel(now=False)


async def _ask(client: NotebookClient, code: str, answer: str = "''") -> str:
    """Run `code` and return the value of `answer`, an expression for a string, without either entering the notebook."""
    request = client.kc.execute(code, silent=True, store_history=False, user_expressions={"answer": answer})
    content = (await client.async_wait_for_reply(request))["content"]
    reply = content["user_expressions"]["answer"] if content["status"] == "ok" else content
    if reply["status"] != "ok":
        raise RuntimeError(f"the kernel could not say what it loaded: {reply['ename']}: {reply['evalue']}")
    return ast.literal_eval(reply["data"]["text/plain"])


def _watch() -> None:
    """Install, in the kernel, `sys._course_seen`; its source is sent there, so it imports all that it uses."""
    import json
    import os
    import sys
    from importlib.metadata import packages_distributions, version

    opened = set()
    before = {name.partition(".")[0] for name in sys.modules}

    def note_open(event, arguments):
        if event == "open" and isinstance(arguments[0], str | bytes):
            opened.add(os.path.abspath(os.fsdecode(arguments[0])))

    def seen() -> str:
        files = sorted(opened)  # first: what follows opens files too
        modules = {name: hasattr(module, "__path__") for name, module in list(sys.modules.items())}
        distributions = packages_distributions()
        known = {name for top in before for name in distributions.get(top, [])}
        new = {name.partition(".")[0] for name in modules} - before - {"course"}
        used = {name for top in new for name in distributions.get(top, [])} - known
        return json.dumps(
            {
                "opened": files,
                "modules": {name: has_path for name, has_path in modules.items() if name.partition(".")[0] == "course"},
                "packages": {name: version(name) for name in used},
            }
        )

    sys._course_seen = seen
    sys.addaudithook(note_open)


def _loaded(root: Path, opened: list[str], modules: dict[str, bool], packages: dict[str, str]) -> Loaded:
    sources = [name.replace(".", "/") + ("/__init__.py" if folder else ".py") for name, folder in modules.items()]
    paths = {Path(name).resolve() for name in opened}
    folders = (root / "data", root / "notebooks")  # a page of verdicts reads the notebooks that print them
    paths = {path for path in paths if path.is_file() and any(path.is_relative_to(folder) for folder in folders)}
    paths = {path for path in paths if path.suffix == ".ipynb" or not path.is_relative_to(root / "notebooks")}
    # The tables are recorded, not their descriptions: one file, whose every edit would outdate every notebook.
    data = [path.relative_to(root) for path in paths if path.name != "datapackage.json"]
    return Loaded(
        sorted(sources),
        sorted(path.as_posix() for path in data if "__pycache__" not in path.parts),
        {normal_name(name): version for name, version in packages.items()},
    )


def _cell_id(nb: NotebookNode, cell: NotebookNode | None) -> str | None:
    return None if cell is None else cell.get("id", f"number {nb.cells.index(cell) + 1}")


def _no_such_kernel(name: str) -> str:
    target = f"lab-{name.removeprefix('course-')}" if name.startswith("course-") else "book"
    return f"the kernel {name} is not installed; run `make {target}`"
