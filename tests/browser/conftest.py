"""One browser for all browser tests, found or fetched; where there is none the tests fail and say how to get it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Playwright, sync_playwright

from course import doctor

# Playwright's own flags leave these: the first for machines without a graphics card, the others look for the network.
FLAGS = ["--disable-gpu", "--disable-quic", "--disable-sync", "--no-first-run"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless browser, closed after its tests: as long as it is open Playwright keeps an event loop running."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(playwright), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> Callable[..., list[str]]:
    """A function of a page and a selector: what axe-core finds wrong with our parts and cards, in words."""
    checker = Axe()

    def violations(page, selector: str = ".course-part, .claim-card") -> list[str]:
        found = checker.run(page, context=selector).response["violations"]
        return [f"{v['id']}: {v['help']}: {n['html'][:120]}" for v in found for n in v["nodes"]]

    return violations


def executable(playwright: Playwright) -> str:
    """Return the path of an installed Chromium, Chrome or Edge, else of Playwright's own, else of Debian's package."""
    own = playwright.chromium.executable_path
    if found := doctor.browsers():
        return found[0]
    if Path(own).is_file() or (ran(sys.executable, "-m", "playwright", "install", "chromium") and Path(own).is_file()):
        return own
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = ("-qq", "-o", "Dpkg::Use-Pty=0")
        ran("apt-get", *quiet, "update")
        ran("apt-get", *quiet, "install", "-y", "--no-install-recommends", "chromium-headless-shell")
        if found := doctor.browsers():
            return found[0]
    pytest.fail(
        "no browser: install Chromium, Chrome or Edge, or run `.venv/bin/playwright install chromium`, "
        "or on Debian `sudo apt-get install chromium-headless-shell`; then run the tests again",
        pytrace=False,
    )


def ran(*command: str) -> bool:
    return subprocess.run(command, timeout=600).returncode == 0
