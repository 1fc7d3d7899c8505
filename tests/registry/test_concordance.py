"""Over a registry: decisions counted by step and option, small counts hidden, and the list for the house itself."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from registries import built, lines
from treated import Row, dose, obs, person

from sapwood.cli import main


def people(count: int, prefix: str, rows: dict[str, Row]) -> list[Row]:
    """So many of the same invented person."""
    everybody = []
    for number in range(count):
        own = f"{prefix}{number}"
        text = json.dumps(list(rows.values())).replace('"Patient/p"', f'"Patient/{own}"')
        for row in json.loads(text):
            row["id"] = own if row["resourceType"] == "Patient" else f"{own}-{row['id']}"
            everybody.append(row)
    return everybody


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve whose option was open, three who were treated although it was ruled out, one of whom with a reason."""
    folder = tmp_path_factory.mktemp("concordance")
    low = person()
    low["albumin"] = obs("albumin", "albumin", (2.8, "g/dL"), "2026-05-01T07:00:00Z")
    stated = low | {"first": dose("first", "2026-05-01T09:00:00Z", reasonCode=[{"text": "Secret reason"}])}
    everybody = people(12, "a", person()) + people(2, "b", low) + people(1, "c", stated)
    built(folder / "out", lines(folder / "in.ndjson", *everybody), as_of="2026-11-01")
    return folder / "out"


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main([*map(str, arguments)]) == 0
    return capsys.readouterr().out


def test_small_counts_are_hidden_with_what_would_tell_them(
    registry: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """15 decisions, 12 the same: the rest would be told by the difference."""
    content = json.loads(said(capsys, "registry", "concordance", registry, "--format", "json"))
    assert (content["decisions"], content["people"]) == (15, 15)
    (row,) = content["rows"]
    assert (row["kind"], row["step"], row["option"]) == ("line", "first_treatment", "tagraxofusp")
    assert [row[key] for key in ("same", "differed_with_reason", "differed_without_reason")] == [
        None,
        None,
        None,
    ]
    assert row["same_share"] is None
    (kind,) = content["kinds"]
    assert kind["same"] is None, "the total would tell what is hidden in its one row"
    assert content["differed_because"] == [{"why": "it was ruled out", "decisions": None}]


def test_a_lower_threshold_shows_them_and_says_what_that_means(
    registry: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(capsys, "registry", "concordance", registry, "--small-counts", "1")
    assert "80% (55% to 93%)" in text  # 12 of 15
    assert "it was ruled out" in text and "can point at a person" in text
    kind, row = csv.DictReader(
        io.StringIO(
            said(capsys, "registry", "concordance", registry, "--small-counts", "1", "--format", "csv")
        )
    )
    assert (kind["kind"], kind["step"], kind["same"]) == ("line", "", "12")
    assert (row["same"], row["differed_with_reason"], row["differed_without_reason"]) == ("12", "1", "2")


def test_the_list_names_decisions_and_never_the_words_of_a_record(
    registry: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(capsys, "registry", "concordance", registry, "--list")
    found = list(csv.DictReader(io.StringIO(text)))
    assert len(found) == 15 and "Secret" not in text
    assert [row["outcome"] for row in found if row["person"] == "c0"] == ["differed"]
    assert next(row["reasons"] for row in found if row["person"] == "c0") == "stated"
    assert found[0]["when"] == "2026-05-01"


def test_a_folder_that_is_no_registry_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["registry", "concordance", str(tmp_path)]) == 2
    assert "this is no registry" in capsys.readouterr().err
