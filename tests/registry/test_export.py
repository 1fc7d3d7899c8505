"""An export holds people who allow research, and nothing by which they could be named or dated."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest
from registries import albumin, built, lines, patient
from test_consent import consent

from sapwood.cli import main
from sapwood.registry.export import pseudonym
from sapwood.registry.layout import Layout


def agrees(person: str, **more: Any) -> dict[str, Any]:
    return {**consent(**more), "id": f"{person}-c", "patient": {"reference": f"Patient/{person}"}}


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    marker = {
        "resourceType": "Observation",
        "id": "yes-m",
        "status": "final",
        "code": {"text": "CD123"},
        "subject": {"reference": "Patient/yes"},
        "specimen": {"reference": "Specimen/secret-specimen"},
        "effectiveDateTime": "2026-05-20",
        "valueCodeableConcept": {"text": "positive"},
    }
    source = lines(
        folder / "in.ndjson",
        patient("yes", birthDate="1930-01-01"),
        agrees("yes"),
        albumin("yes", effectiveDateTime="2026-05-30"),
        albumin("yes", "b", 4.1, effectiveDateTime="2026-03-01"),
        marker,
        {"resourceType": "Specimen", "id": "secret-specimen", "subject": {"reference": "Patient/yes"}},
        patient("no"),
        agrees("no", provision={"type": "deny"}),
        albumin("no"),
        patient("silent"),
        albumin("silent"),
    )
    built(folder / "registry", source)
    return folder / "registry"


def exported(registry: Path, out: Path, to: str = "parquet") -> Path:
    key = out.parent / "keys" / "rows.key"
    key.parent.mkdir(exist_ok=True)
    assert main(["registry", "export", str(registry), "--to", to, "--out", str(out), "--key", str(key)]) == 0
    return out


def test_only_people_who_allow_it_are_in_it(
    registry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = exported(registry, tmp_path / "rows")
    (row,) = duckdb.execute(f"SELECT person, albumin__lo FROM '{out}/people.parquet'").fetchall()
    key = bytes.fromhex((tmp_path / "keys" / "rows.key").read_text())
    assert (row[0], str(row[1])) == (pseudonym(key, "yes"), "3.900000")
    said = capsys.readouterr().out
    assert (
        said.startswith("1 people who allow") and "1 who do not allow it, 1 of whom it is not known" in said
    )


@pytest.mark.parametrize("to", ["parquet", "csv"])
def test_no_date_and_no_id_leaves(registry: Path, tmp_path: Path, to: str) -> None:
    """Not of the person, the specimen, an entry or the registry's day; days are counted from the first entry."""
    out = exported(registry, tmp_path / "rows", to)
    for table in ("people", "specimens"):
        found = duckdb.execute(f"SELECT * FROM '{out}/{table}.{to}'")
        names = [column[0] for column in found.description]
        kinds = {str(column[1]) for column in found.description}
        assert not kinds & {"DATE", "TIMESTAMP"}
        assert not [name for name in names if name.startswith("as_of")]
        text = repr(found.fetchall())
        assert not re.search(r"20\d\d-\d\d|secret|Patient/|'yes'", text)
    first = "SELECT record_last__first_days, age_years__lo, age_years__hi FROM"
    (row,) = duckdb.execute(f"{first} '{out}/people.{to}'").fetchall()
    assert [float(cell) for cell in row] == [90.0, 90.0, 90.0]  # from 1 March to 30 May; older than 90
    (specimen,) = duckdb.execute(f"SELECT specimen, cd123 FROM '{out}/specimens.{to}'").fetchall()
    assert (int(specimen[0]), str(specimen[1]).lower()) == (1, "true")


def test_the_dictionary_names_every_column(registry: Path, tmp_path: Path) -> None:
    out = exported(registry, tmp_path / "rows")
    entries = list(csv.DictReader((out / "dictionary.csv").read_text().splitlines()))
    for table in ("people", "specimens"):
        found = duckdb.execute(f"SELECT * FROM '{out}/{table}.parquet'")
        listed = {entry["column"] for entry in entries if entry["table"] == table}
        assert {column[0] for column in found.description} - {"person", "specimen"} == listed
    albumin_low = next(entry for entry in entries if entry["column"] == "albumin__lo")
    assert (albumin_low["unit"], albumin_low["rows_known"]) == ("g/dL", "1-10")


def test_the_same_key_gives_the_same_pseudonyms(registry: Path, tmp_path: Path) -> None:
    one, two = (exported(registry, tmp_path / name) for name in ("one", "two"))
    assert (one / "people.parquet").read_bytes() == (two / "people.parquet").read_bytes()
    assert oct((tmp_path / "keys" / "rows.key").stat().st_mode)[-3:] == "600"


@pytest.mark.parametrize(
    ("key", "says"),
    [("rows/in.key", "beside the rows"), ("short.key", "too short"), ("bad.key", "no key of ours")],
)
def test_a_key_that_cannot_serve_is_refused(
    registry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], key: str, says: str
) -> None:
    (tmp_path / "short.key").write_text("abcd")
    (tmp_path / "bad.key").write_text("not a key")
    given = ["registry", "export", str(registry), "--to", "csv", "--out", str(tmp_path / "rows")]
    assert main([*given, "--key", str(tmp_path / key)]) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "rows").exists()


def test_the_tables_keep_what_was_said_of_consent(registry: Path) -> None:
    people = Layout(registry).parts("people")
    found = duckdb.execute(f"SELECT person, research_consent FROM '{people}' ORDER BY person").fetchall()
    assert found == [("no", "deny"), ("silent", None), ("yes", "permit")]
