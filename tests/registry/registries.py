"""Small registries for tests: example people, their resources taken apart, and the rows that came of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from sapwood.registry.build import Built, Wanted, build
from sapwood.registry.layout import TABLES, Layout
from sapwood.registry.progress import Progress

ROOT = Path(__file__).resolve().parents[2]
CASES = sorted((ROOT / "examples" / "cases").glob("???.bundle.json"))
AS_OF = "2026-06-01"

Row = dict[str, Any]


def built(folder: Path, *sources: Path, as_of: str = AS_OF, pack: str = "bpdcn", **more: Any) -> Built:
    """A registry built, or added to, without processes of its own."""
    wanted = Wanted([str(source) for source in sources], folder, pack, as_of, None, workers=1, **more)
    return build(wanted, Progress())


def rows(folder: Path, table: str, leave_out: str = "") -> list[str]:
    """The rows of one table, each as text, in order: two registries with the same rows hold the same."""
    without = f"EXCLUDE ({leave_out})" if leave_out else ""
    found = duckdb.execute(
        f"SELECT * {without} FROM read_parquet('{Layout(folder).parts(table)}')"
    ).fetchall()
    return sorted(map(repr, found))


def everything(folder: Path) -> dict[str, list[str]]:
    """Every row of every table."""
    return {table: rows(folder, table) for table in TABLES}


def ask(folder: Path, query: str) -> list[tuple[Any, ...]]:
    """What DuckDB answers about a registry's tables."""
    for table in TABLES:
        query = query.replace(f"<{table}>", f"read_parquet('{Layout(folder).parts(table)}')")
    return duckdb.execute(query).fetchall()


def resources_of(bundle: Path, person: str) -> list[Row]:
    """An example's resources as a bulk export holds them: with ids, naming their Patient."""
    found = []
    for number, entry in enumerate(json.loads(bundle.read_bytes())["entry"]):
        resource = entry["resource"]
        if resource["resourceType"] == "Patient":
            resource["id"] = person
        else:
            resource["id"] = f"{person}-{number}"
            resource["subject"] = {"reference": f"Patient/{person}"}
        found.append(resource)
    return found


def write_bulk(folder: Path, resources: Iterable[Row]) -> Path:
    """Resources as a bulk export: a file for each type."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, list[str]] = {}
    for resource in resources:
        files.setdefault(resource["resourceType"], []).append(json.dumps(resource))
    for kind, lines in files.items():
        (folder / f"{kind}.ndjson").write_text("\n".join(lines) + "\n")
    return folder


def bundle_of(resources: Iterable[Row]) -> str:
    """Resources as one Bundle."""
    entries = [{"resource": resource} for resource in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


def patient(person: str, **more: Any) -> Row:
    """An invented Patient."""
    return {"resourceType": "Patient", "id": person, "birthDate": "1960-02-03", "gender": "female", **more}


def albumin(person: str, number: str = "a", value: float = 3.9, **more: Any) -> Row:
    """An albumin of an invented person."""
    return {
        "resourceType": "Observation",
        "id": f"{person}-{number}",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "1751-7"}]},
        "subject": {"reference": f"Patient/{person}"},
        "effectiveDateTime": "2026-05-30",
        "valueQuantity": {
            "value": value,
            "unit": "g/dL",
            "system": "http://unitsofmeasure.org",
            "code": "g/dL",
        },
        **more,
    }


def lines(path: Path, *resources: Row | str) -> Path:
    """A file with one resource (or any text) a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in resources))
    return path
