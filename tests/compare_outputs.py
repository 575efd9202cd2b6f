"""Execute notebooks again and compare their outputs with the stored ones: nbval, in the environment of `course run`.

python tests/compare_outputs.py                    all of the default environment, two at once
python tests/compare_outputs.py --labs             those of the isolated labs, which `make lab-NAME` sets up
python tests/compare_outputs.py NOTEBOOK...        these
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from course.notebooks import kernel, run

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 600  # for one cell


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebook", nargs="*", type=Path, help="which (default: all of the default environment)")
    parser.add_argument("--labs", action="store_true", help="those of the isolated labs instead")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="how many at once (default: 2)")
    options = parser.parse_args()
    chosen = options.notebook or [path for path in run.discover(ROOT) if is_lab(path) == options.labs]
    if not chosen:
        parser.error("there is no such notebook")
    # Those that measure time run beside others here: what they measured is not compared, only what they assert of it.
    nbval = ["--nbval", f"--nbval-cell-timeout={SECONDS}", "--nbval-kernel-startup-timeout=120"]
    # A file stays with one worker: its cells share a kernel.
    parallel = ["-n", str(options.jobs), "--dist", "loadfile"] if options.jobs > 1 and len(chosen) > 1 else []
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *nbval, *parallel]
    return subprocess.run([*command, *map(str, chosen)], env=kernel.environment()).returncode


def is_lab(path: Path) -> bool:
    return json.loads(path.read_bytes())["metadata"].get("kernelspec", {}).get("name", "python3") != "python3"


if __name__ == "__main__":
    sys.exit(main())
