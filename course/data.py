"""Load the book's tables with their types and their provenance.

A folder of tables is described by its datapackage.json, a Frictionless Data Package (https://datapackage.org): the
schema of each table gives the types, and `load` refuses a file whose hash is not the one recorded there.
"""

import hashlib
import io
import json
from pathlib import Path

import pandas as pd

# Frictionless field type -> pandas dtype. Integers are nullable, so that a missing count does not turn its column into
# floats. Every other type is read as text; dates are parsed after that.
DTYPES = {"integer": "Int64", "year": "Int64", "number": "float64", "boolean": "boolean"}


def load(folder: str | Path, name: str) -> pd.DataFrame:
    """Return table `name` of `folder`, typed as its schema says.

    Types: string -> str, integer and year -> Int64, number -> float64, boolean -> boolean, date -> datetime64,
    yearmonth -> period[M]; the schema's missing values are missing in every type. Units: see `catalogue`.
    `frame.attrs["provenance"]` holds name, title, licence, date, sources (a list of {"title", "path"}; no "path" where
    each row has its address), rows, hash, and upstream_rows and retrieved (None where not recorded). pandas keeps it
    through selections and copies, not through every merge.

    Raises FileNotFoundError where the folder or file is missing, ValueError for an unknown table or a changed file.
    """
    folder = Path(folder)
    resource = _resource(_package(folder), name, folder)
    frame = _typed(_content(folder, resource), resource["schema"])
    frame.attrs["provenance"] = _provenance(resource, len(frame))
    return frame


def source_line(frame: pd.DataFrame) -> str:
    """Return one Markdown sentence with the sources, licence, date and rows of a table from `load`.

    Raises ValueError for a table without provenance.
    """
    if "provenance" not in frame.attrs:
        raise ValueError("this table has no provenance: pass the one that course.data.load returned")
    provenance = frame.attrs["provenance"]
    label = "Source" if len(provenance["sources"]) == 1 else "Sources"
    made_from = f" made from {provenance['upstream_rows']:,}" if provenance["upstream_rows"] else ""
    return (
        f"{label}: {_links(provenance['sources'])}; licence: {provenance['licence']}; "
        f"data of {provenance['date']}; {provenance['rows']:,} rows{made_from}."
    )


def catalogue(folder: str | Path) -> str:
    """Return the Markdown page that describes every table of `folder`: rows, source, licence, date, fields with units.

    Raises FileNotFoundError where the folder or its datapackage.json is missing.
    """
    package = _package(Path(folder))
    sections = [_section(resource) for resource in package["resources"]]
    return "\n\n".join(["# Data catalogue", package["description"], *sections]) + "\n"


def _package(folder: Path) -> dict:
    path = folder / "datapackage.json"
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file; give the folder of the tables and their datapackage.json")
    return json.loads(path.read_text(encoding="utf-8"))


def _resource(package: dict, name: str, folder: Path) -> dict:
    resources = {resource["name"]: resource for resource in package["resources"]}
    if name not in resources:
        raise ValueError(f"no table {name!r} in {folder}; it has: {', '.join(sorted(resources))}")
    return resources[name]


def _content(folder: Path, resource: dict) -> bytes:
    path = folder / resource["path"]
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file, though datapackage.json lists it; restore it")
    content = path.read_bytes()
    found = f"sha256:{hashlib.sha256(content).hexdigest()}"
    if found != resource["hash"]:
        raise ValueError(
            f"{path}: hash is {found}, datapackage.json says {resource['hash']}; "
            "restore the file or, if the change is meant, run data/make/datapackage.py"
        )
    return content


def _typed(content: bytes, schema: dict) -> pd.DataFrame:
    types = {field["name"]: field["type"] for field in schema["fields"]}
    frame = pd.read_csv(
        io.BytesIO(content),
        dtype={name: DTYPES.get(type_, "str") for name, type_ in types.items()},
        na_values=schema.get("missingValues", [""]),
        keep_default_na=False,  # else a text such as "NA" or "None" would be read as missing
    )
    for name, type_ in types.items():
        if type_ == "date":
            frame[name] = pd.to_datetime(frame[name], format="%Y-%m-%d")
        elif type_ == "yearmonth":
            frame[name] = pd.to_datetime(frame[name], format="%Y-%m").dt.to_period("M")
    return frame


def _provenance(resource: dict, rows: int) -> dict:
    return {
        "name": resource["name"],
        "title": resource["title"],
        "licence": _licence(resource),
        "date": resource["date"],
        "retrieved": resource.get("retrieved"),
        "sources": [dict(source) for source in resource["sources"]],
        "rows": rows,
        "upstream_rows": resource.get("upstream_rows"),
        "hash": resource["hash"],
    }


def _licence(resource: dict) -> str:
    return ", ".join(licence.get("title", licence["name"]) for licence in resource["licenses"])


def _links(sources: list[dict]) -> str:
    # A source without a path has its addresses in the rows of the table.
    links = [f"[{source['title']}]({source['path']})" if "path" in source else source["title"] for source in sources]
    return ", ".join(links)


def _section(resource: dict) -> str:
    facts = {
        "Table": f"`{resource['name']}`, {resource['rows']:,} rows",
        "Source": _links(resource["sources"]),
        "Licence": _licence(resource),
        "Date of the data": resource["date"],
        "Retrieved": resource.get("retrieved"),
        "Made from": f"{resource['upstream_rows']:,} rows" if "upstream_rows" in resource else None,
    }
    listed = "\n".join(f"- {label}: {value}" for label, value in facts.items() if value)
    header = "| Field | Type | Unit | Meaning |\n|---|---|---|---|\n"
    fields = "\n".join(_field_row(field) for field in resource["schema"]["fields"])
    return f"## {resource['title']}\n\n{resource['description']}\n\n{listed}\n\n{header}{fields}"


def _field_row(field: dict) -> str:
    cells = [f"`{field['name']}`", field["type"], field.get("unit", ""), field["description"]]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
