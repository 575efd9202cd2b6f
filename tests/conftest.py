"""What several test files share: the project's folder, the built book and its server."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
# A busy machine must not fail a test, and every run tries the same.
settings.register_profile("ours", deadline=None, derandomize=True)
settings.load_profile("ours")


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items):
    """Keep the tests of a file with one worker, so that what they share is made once; those marked `apart` need not."""
    for item in items:
        if not item.get_closest_marker("apart"):
            item.add_marker(pytest.mark.xdist_group(item.path.relative_to(ROOT).as_posix()))


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def book() -> Path:
    """The folder of the built pages, built with `course build` once in a run, also where workers share the tests."""
    built = ROOT / "_build" / f".built-{os.environ.get('PYTEST_XDIST_TESTRUNUID', 'alone')}"
    built.parent.mkdir(exist_ok=True)
    with FileLock(ROOT / "_build" / ".tests.lock"):
        if built.name.endswith("alone") or not built.exists():
            done = subprocess.run(
                [sys.executable, "-m", "course.cli", "build"], cwd=ROOT, capture_output=True, text=True, timeout=600
            )
            assert done.returncode == 0, f"`course build` failed:\n{done.stderr}"
            for old in built.parent.glob(".built-*"):
                old.unlink()
            built.touch()
    return ROOT / "_build" / "html"


@pytest.fixture(scope="session")
def pages(book) -> list[Path]:
    """Every page of the built book; what lies under _static are the theme's parts of pages."""
    found = sorted(path for path in book.rglob("*.html") if path.relative_to(book).parts[0] != "_static")
    assert book / "index.html" in found
    assert len(found) > 5
    return found


class _Pages(SimpleHTTPRequestHandler):
    """Serves files, in silence."""

    protocol_version = "HTTP/1.1"  # keeps connections: a page loads a dozen files

    def end_headers(self):
        self.send_header("LinkChecker", "own site")  # by this header linkchecker knows that it need not go slowly
        super().end_headers()

    def log_message(self, *arguments):
        pass


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve `folder` on a free port of 127.0.0.1 and yield the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Pages, directory=str(folder))) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@pytest.fixture(scope="session")
def serve():
    """The function `serving`."""
    return serving


@pytest.fixture(scope="session")
def site(book) -> Iterator[str]:
    """The address of the built book."""
    with serving(book) as address:
        yield address
