"""Bring `bytes`, `hash` and `rows` in datapackage.json up to date after a table was changed on purpose.

    python data/make/datapackage.py            updates data/datapackage.json and says what changed
    python data/make/datapackage.py --check    writes nothing; exit status 1 if anything is out of date

Titles, descriptions, sources, licences and fields are written by hand in datapackage.json.
Exit status: 0 done or up to date, 1 out of date (--check), 2 a file is missing or not readable.
"""

import argparse
import csv
import hashlib
import io
import json
import os
import sys
import tempfile
from pathlib import Path


def measured(content: bytes) -> dict:
    """Return the `bytes`, `hash` and `rows` (without the header) of a CSV file's content."""
    lines = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    return {
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "rows": sum(1 for line in lines if line) - 1,
    }


def updated(package: dict, folder: Path) -> dict:
    """Return a copy of the package whose resources carry what is measured on their files in `folder`."""
    resources = [resource | measured((folder / resource["path"]).read_bytes()) for resource in package["resources"]]
    return package | {"resources": resources}


def changed(before: dict, after: dict) -> list[str]:
    """Return the names of the resources that differ."""
    pairs = zip(before["resources"], after["resources"], strict=True)
    return [new["name"] for old, new in pairs if old != new]


def write_atomically(path: Path, content: bytes) -> None:
    """Write through a temporary file beside `path`, so that a reader never sees half a file."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o644)  # a temporary file is private to its owner
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def update(folder: Path, check: bool) -> int:
    """Update datapackage.json in `folder`, or only compare; return the exit status.

    Raises OSError where a file is missing, ValueError where datapackage.json is not JSON or a table not UTF-8.
    """
    path = folder / "datapackage.json"
    before = json.loads(path.read_text(encoding="utf-8"))
    after = updated(before, folder)
    names = changed(before, after)
    if names and not check:
        write_atomically(path, (json.dumps(after, indent=2, ensure_ascii=False) + "\n").encode())
    print(f"{'out of date' if check else 'updated'}: {', '.join(names)}" if names else "up to date")
    return 1 if names and check else 0


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(description="Update bytes, hash and rows in datapackage.json.")
    parser.add_argument("--data", type=Path, default=Path(__file__).parent.parent, help="folder (default: data/)")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if anything is out of date")
    options = parser.parse_args(argv)
    try:
        return update(options.data, options.check)
    except (OSError, ValueError) as error:
        print(f"datapackage.py: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
