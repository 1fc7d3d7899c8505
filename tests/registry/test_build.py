"""A registry is built from any shape of the same people, says what it could not use, and grows without a rebuild."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import pytest
from registries import (
    AS_OF,
    CASES,
    albumin,
    ask,
    built,
    bundle_of,
    everything,
    lines,
    patient,
    resources_of,
    rows,
    write_bulk,
)

from sapwood.errors import SapwoodError
from sapwood.facts import extract
from sapwood.pack import load_pack
from sapwood.record import read_record
from sapwood.registry import worker
from sapwood.registry.layout import TABLES
from sapwood.registry.manifest import read_manifest
from sapwood.registry.wide import wide_of, wide_rows

SOME = CASES[::4]


def people_of_examples() -> list[list[dict[str, object]]]:
    return [resources_of(path, f"p{path.name[:3]}") for path in SOME]


def refusal(error: pytest.ExceptionInfo[SapwoodError]) -> str:
    return " ".join(map(str, error.value.problems))


# --- the same people, however they come ---------------------------------------------------------------


def test_bundles_give_the_rows_of_the_single_patient_code(tmp_path: Path) -> None:
    """Each example as it lies in its folder: the wide row is that of `extract` on the same file."""
    source = tmp_path / "source"
    source.mkdir()
    for path in SOME:
        shutil.copy(path, source)
    out = tmp_path / "out"
    assert built(out, source).manifest.counts["people"] == len(SOME)
    pack = load_pack("bpdcn")
    wide = wide_of(pack)
    names = [column for column, _ in wide.people_columns]
    found = {
        row[0]: dict(zip(names, row, strict=True))
        for row in ask(
            out, f"SELECT {', '.join(f'{chr(34)}{name}{chr(34)}' for name in names)} FROM <people>"
        )
    }
    for path in SOME:
        facts = extract(read_record(path), pack, as_of=AS_OF)
        patient_url = json.loads(path.read_bytes())["entry"][0]["fullUrl"]
        key = patient_url.removeprefix("urn:uuid:")
        expected = wide_rows(facts, wide, key, AS_OF).people[0]
        for name in names:
            other = False if name.endswith(("__known", "__lo_open", "__hi_open")) else None
            assert found[key][name] == expected.get(name, other), f"{path.name}: {name}"


def test_any_shape_of_the_same_people_gives_the_same_rows(tmp_path: Path) -> None:
    """One Bundle each, all in one Bundle, a bulk export, the same packed, lines in any order: the same rows."""
    people = people_of_examples()
    everybody = [resource for resources in people for resource in resources]
    for number, resources in enumerate(people):
        (tmp_path / "bundles").mkdir(exist_ok=True)
        (tmp_path / "bundles" / f"{number}.json").write_text(bundle_of(resources))
    (tmp_path / "together").mkdir()
    (tmp_path / "together" / "all.json").write_text(bundle_of(everybody))
    write_bulk(tmp_path / "bulk", everybody)
    write_bulk(tmp_path / "packed", everybody)
    for path in list((tmp_path / "packed").iterdir()):
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    lines(tmp_path / "lines" / "a.ndjson", *(bundle_of(resources) for resources in people))
    half = len(everybody) // 2
    lines(tmp_path / "mixed" / "a.ndjson", *everybody[half:])
    (tmp_path / "mixed" / "b.json").write_text(bundle_of(everybody[:half]))
    first = None
    for shape in ("bundles", "together", "bulk", "packed", "lines", "mixed"):
        manifest = built(tmp_path / f"out-{shape}", tmp_path / shape).manifest
        assert manifest.counts["people"] == len(people), shape
        assert manifest.counts["quarantined"] == 0, shape
        found = {table: rows(tmp_path / f"out-{shape}", table) for table in ("people", "specimens", "facts")}
        first = first or found
        assert found == first, shape


def test_a_bucket_too_large_to_be_read_at_once_gives_the_same_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write_bulk(tmp_path / "bulk", [one for resources in people_of_examples() for one in resources])
    built(tmp_path / "whole", source)
    monkeypatch.setattr(worker, "SHARE", 10_000)
    built(tmp_path / "shares", source)
    assert everything(tmp_path / "shares") == everything(tmp_path / "whole")


# --- whose a resource is --------------------------------------------------------------------------------


def test_medication_and_specimen_reach_the_person_who_refers_to_them(tmp_path: Path) -> None:
    """A drug named only by reference counts as given; its Medication names nobody and lies in another file."""
    code = {"text": "tagraxofusp"}
    dose = {
        "resourceType": "MedicationAdministration",
        "id": "d1",
        "status": "completed",
        "medicationReference": {"reference": "Medication/tag"},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-05-01T09:00:00Z",
    }
    source = write_bulk(
        tmp_path / "bulk",
        [patient("p1"), patient("p2"), dose, {"resourceType": "Medication", "id": "tag", "code": code}],
    )
    built(tmp_path / "out", source)
    given = ask(tmp_path / "out", "SELECT person, current_regimen FROM <people> ORDER BY person")
    assert given == [("p1", "tagraxofusp"), ("p2", None)]


def test_two_medications_of_one_id_are_given_to_nobody(tmp_path: Path) -> None:
    one = {"resourceType": "Medication", "id": "m", "code": {"text": "tagraxofusp"}}
    dose = {
        "resourceType": "MedicationAdministration",
        "id": "d1",
        "status": "completed",
        "medicationReference": {"reference": "Medication/m"},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-05-01",
    }
    source = lines(tmp_path / "a.ndjson", patient("p1"), dose, one, {**one, "code": {"text": "aspirin"}})
    manifest = built(tmp_path / "out", source).manifest
    assert manifest.counts["shared_contradicting"] == 1
    assert ask(tmp_path / "out", "SELECT current_regimen FROM <people>") == [(None,)]
    assert any("the medicine it refers to is not in the record" in one["what"] for one in manifest.problems)


def test_a_patient_named_by_an_identifier_is_found_in_another_file(tmp_path: Path) -> None:
    by_number = albumin("p1")
    by_number["subject"] = {"identifier": {"system": "urn:hospital", "value": "77"}}
    nobody = albumin("x", "b")
    nobody["subject"] = {"identifier": {"system": "urn:hospital", "value": "78"}}
    lines(tmp_path / "in" / "a.ndjson", by_number, nobody)
    identifier = [{"system": "urn:hospital", "value": "77"}]
    lines(tmp_path / "in" / "b.ndjson", patient("p1", identifier=identifier), patient("p2"))
    manifest = built(tmp_path / "out", tmp_path / "in").manifest
    found = ask(tmp_path / "out", "SELECT person, value FROM <facts> WHERE fact = 'albumin'")
    assert found == [("p1", "3.9")]
    assert manifest.counts["name_unknown"] == 1


def test_two_people_with_one_id_never_merge(tmp_path: Path) -> None:
    """Two hospitals count from one: neither person is built, and it is said."""
    lines(tmp_path / "in" / "a.ndjson", patient("1"), albumin("1"), patient("2"))
    lines(tmp_path / "in" / "b.ndjson", patient("1", birthDate="1999-09-09"), albumin("1", "b", 2.0))
    manifest = built(tmp_path / "out", tmp_path / "in").manifest
    assert ask(tmp_path / "out", "SELECT person FROM <people>") == [("2",)]
    assert manifest.counts["set_aside"] == 1
    quarantine = (tmp_path / "out" / "quarantine.ndjson").read_text()
    assert "are not one person" in quarantine and "1999" not in quarantine


def test_patients_without_ids_stay_apart(tmp_path: Path) -> None:
    """Even where all that is said of them is the same."""
    for name in ("a", "b"):
        nameless = {"resourceType": "Patient", "gender": "male"}
        result = {key: value for key, value in albumin("x", name).items() if key != "subject"}
        (tmp_path / f"{name}.json").write_text(bundle_of([nameless, result]))
    built(tmp_path / "out", tmp_path / "a.json", tmp_path / "b.json")
    assert ask(tmp_path / "out", "SELECT count(DISTINCT person), count(*) FROM <people>") == [(2, 2)]
    assert ask(tmp_path / "out", "SELECT count(*) FROM <facts> WHERE fact = 'albumin'") == [(2,)]


# --- what cannot be used ----------------------------------------------------------------------------------


def test_unreadable_lines_go_to_quarantine_with_place_and_reason(tmp_path: Path) -> None:
    """Nothing of what they say is kept there; the lines around them are read."""
    source = lines(
        tmp_path / "a.ndjson",
        patient("p1"),
        '{"resourceType": "Observation", "note": "Mrs Secret',
        "Mrs Secret",
        '["Mrs Secret"]',
        albumin("p1"),
        {"resourceType": "Observation", "status": "final", "code": {"text": "albumin"}},
        {"resourceType": "Organization", "id": "o"},
    )
    manifest = built(tmp_path / "out", source).manifest
    entries = [json.loads(line) for line in (tmp_path / "out" / "quarantine.ndjson").read_text().splitlines()]
    places = [entry["where"] for entry in entries]
    assert all(place.startswith(f"a.ndjson, line {n}") for place, n in zip(places, (2, 3, 4), strict=True)), (
        places
    )
    assert "cut off" in entries[0]["what"]
    assert "Secret" not in (tmp_path / "out" / "quarantine.ndjson").read_text()
    assert manifest.counts["quarantined"] == len(entries)
    assert manifest.counts["of_nobody"] == {"Observation": 1, "Organization": 1}
    assert ask(tmp_path / "out", "SELECT count(*) FROM <facts> WHERE fact = 'albumin'") == [(1,)]


def test_a_damaged_packed_file_gives_what_came_before_the_damage(tmp_path: Path) -> None:
    whole = gzip.compress(lines(tmp_path / "x", *(patient(f"p{n}") for n in range(2000))).read_bytes())
    path = tmp_path / "a.ndjson.gz"
    path.write_bytes(whole[: len(whole) // 2])
    manifest = built(tmp_path / "out", path).manifest
    assert 0 < manifest.counts["people"] < 2000
    assert "damaged" in (tmp_path / "out" / "quarantine.ndjson").read_text()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty", None, "there is no FHIR file in it"),
        ("a.json", b'{"hello": 1}', "no FHIR resource in it"),
        ("a.json", b"%PDF-1.4", "PDF"),
        ("a.ndjson", b"hello\n", "nothing of any person could be read"),
    ],
)
def test_input_that_cannot_be_used_is_one_clear_problem(
    tmp_path: Path, name: str, content: bytes | None, says: str
) -> None:
    source = tmp_path / name
    if content is None:
        source.mkdir()
    else:
        source.write_bytes(content)
    with pytest.raises(SapwoodError) as error:
        built(tmp_path / "out", source)
    assert says in refusal(error)
    assert not list((tmp_path / "out").glob("*")), "a second try begins anew"


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    source = lines(tmp_path / "a.ndjson", patient("p1"))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("keep me")
    with pytest.raises(SapwoodError) as error:
        built(tmp_path / "out", source)
    assert "something else than a registry" in refusal(error)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["letter.txt"]


def test_no_name_reaches_a_table(tmp_path: Path) -> None:
    who = patient("p1", name=[{"family": "Verysecret", "given": ["Anna"]}], address=[{"city": "Hiddentown"}])
    source = lines(tmp_path / "a.ndjson", who, albumin("p1", note=[{"text": "Verysecret was told"}]))
    built(tmp_path / "out", source)
    for table in TABLES:
        kept = "".join(rows(tmp_path / "out", table))
        assert "Verysecret" not in kept and "Hiddentown" not in kept and "1960-02-03" not in kept


# --- growing, and what may not mix --------------------------------------------------------------------


def test_new_data_read_only_the_people_they_touch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Added in two goes or given at once: the same rows; the others are not extracted again."""
    first = lines(tmp_path / "1.ndjson", *(patient(f"p{n}") for n in range(6)), albumin("p1"))
    second = lines(
        tmp_path / "2.ndjson",
        albumin("p3"),
        patient("p9"),
        albumin("p1", "b", 2.5, effectiveDateTime="2026-05-31"),
    )
    built(tmp_path / "once", first, second)
    built(tmp_path / "grown", first)
    seen: list[str] = []
    rows_of = worker.rows_of
    monkeypatch.setattr(worker, "rows_of", lambda key, *rest: (seen.append(key), rows_of(key, *rest))[1])
    built(tmp_path / "grown", second)
    assert seen == ["p1", "p3", "p9"]
    assert everything(tmp_path / "grown") == everything(tmp_path / "once")
    assert read_manifest(tmp_path / "grown").counts == read_manifest(tmp_path / "once").counts


def test_a_medication_that_comes_later_touches_those_who_refer_to_it(tmp_path: Path) -> None:
    dose = {
        "resourceType": "MedicationAdministration",
        "id": "d1",
        "status": "completed",
        "medicationReference": {"reference": "Medication/m"},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-05-01",
    }
    first = lines(tmp_path / "1.ndjson", patient("p1"), patient("p2"), dose)
    second = lines(
        tmp_path / "2.ndjson", {"resourceType": "Medication", "id": "m", "code": {"text": "tagraxofusp"}}
    )
    built(tmp_path / "grown", first)
    assert ask(tmp_path / "grown", "SELECT current_regimen FROM <people> WHERE person = 'p1'") == [(None,)]
    built(tmp_path / "grown", second)
    built(tmp_path / "once", first, second)
    assert ask(tmp_path / "grown", "SELECT current_regimen FROM <people> WHERE person = 'p1'") == [
        ("tagraxofusp",)
    ]
    assert everything(tmp_path / "grown") == everything(tmp_path / "once")


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    """By its content, whatever it is called now."""
    first = lines(tmp_path / "1.ndjson", patient("p1"), albumin("p1"))
    built(tmp_path / "out", first)
    before = everything(tmp_path / "out")
    first.rename(tmp_path / "other.ndjson")
    again = built(tmp_path / "out", tmp_path / "other.ndjson")
    assert (again.known, again.changed) == (1, 0)
    assert everything(tmp_path / "out") == before


def test_another_pack_or_moment_is_refused_until_asked_to_rebuild(tmp_path: Path) -> None:
    source = lines(tmp_path / "a.ndjson", patient("p1"), albumin("p1"))
    built(tmp_path / "out", source)
    pack = tmp_path / "packs" / "bpdcn"
    shutil.copytree("packs/bpdcn", pack)
    about = pack / "pack.yaml"
    about.write_text(about.read_text() + "\n# changed\n")
    with pytest.raises(SapwoodError) as error:
        built(tmp_path / "out", source, pack=str(pack))
    assert "pack bpdcn was changed" in refusal(error) and "all 1 people" in refusal(error)
    with pytest.raises(SapwoodError) as error:
        built(tmp_path / "out", source, as_of="2026-07-01")
    assert f"as of {AS_OF}" in refusal(error)
    read_manifest(tmp_path / "out")  # a refusal leaves it as it was
    built(tmp_path / "out", pack=str(pack), as_of="2026-07-01", rebuild=True)
    built(tmp_path / "anew", source, pack=str(pack), as_of="2026-07-01")
    assert everything(tmp_path / "out") == everything(tmp_path / "anew")
    assert ask(tmp_path / "out", "SELECT DISTINCT as_of FROM <people>") == [("2026-07-01",)]


def test_an_unfinished_registry_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = lines(tmp_path / "a.ndjson", patient("p1"))
    built(tmp_path / "out", source)
    more = lines(tmp_path / "b.ndjson", albumin("p1"))

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(worker, "write_part", stop)
        with pytest.raises(KeyboardInterrupt):
            built(tmp_path / "out", more)
    with pytest.raises(SapwoodError) as error:
        read_manifest(tmp_path / "out")
    assert "interrupted" in refusal(error)
    built(tmp_path / "out", more)
    assert read_manifest(tmp_path / "out").counts["rows"]["facts"] > 0
