"""`sapwood check` on the invented pack: exit codes, words, JSON, patients, drawing, document, seeded faults."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from small_packs import LANTERN

from sapwood.check.faults import Bench, run_faults
from sapwood.check.mutants import KINDS, content_of, faults
from sapwood.cli import main
from sapwood.pack import load_pack


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything one check writes."""
    folder = tmp_path_factory.mktemp("check")
    arguments = ["check", str(LANTERN), "--format", "json", "--patients", str(folder / "patients")]
    arguments += ["--draw", str(folder / "path.svg"), "--review", str(folder / "review.html")]
    with pytest.MonkeyPatch.context() as patch:
        said: list[str] = []
        patch.setattr("sys.stdout.write", said.append)
        assert main(arguments) == 3
    (folder / "report.json").write_text("".join(said), encoding="utf-8")
    return folder


def test_the_json_holds_every_promise_and_every_finding(written: Path) -> None:
    report = json.loads((written / "report.json").read_text(encoding="utf-8"))
    assert [one["promise"] for one in report["promises"]] == list(range(1, 10))
    assert report["pack"]["content"] == load_pack(LANTERN).hash and not report["sound"]
    assert report["not_covered"] and not any(one["not_proved"] for one in report["promises"])
    unused = {one["where"] for one in report["findings"] if one["kind"] == "unused"}
    assert unused == {"lantern, fact `current_regimen`", "lantern, fact `fog_free`"}
    weights = [("danger", "gap", "content").index(one["weight"]) for one in report["findings"]]
    assert weights == sorted(weights), "worst first"


def test_a_patient_found_can_be_planned_for(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    patients = sorted((written / "patients").glob("*.yaml"))
    assert patients
    for path in patients:
        assert main(["plan", "--pack", str(LANTERN), "--answers", str(path), "--colour", "never"]) == 0
    assert "lantern" in capsys.readouterr().out.lower()


def test_the_drawing_is_an_svg_of_every_step(written: Path) -> None:
    drawn = xml.etree.ElementTree.parse(written / "path.svg").getroot()
    said = " ".join(drawn.itertext())
    assert drawn.tag.endswith("svg")
    assert all(step.title in said for step in load_pack(LANTERN).pathway.steps)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.depth = 0

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.depth += tag in ("article", "ul", "body")

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag in ("article", "ul", "body")


def test_the_document_shows_each_criterion_and_where_to_sign(written: Path) -> None:
    page = _Text()
    page.feed((written / "review.html").read_text(encoding="utf-8"))
    said = " ".join(page.said)
    pack = load_pack(LANTERN)
    assert page.depth == 0, "every part is closed"
    assert all(one.is_ in said and one.means in said for one in pack.criteria.values())
    assert f"content: {pack.hash}" in said and "Signature" in said


def test_a_review_counts_for_exactly_its_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAPWOOD_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "lantern"
    shutil.copytree(LANTERN, folder)
    pack = load_pack(folder)
    assert not pack.reviewed
    (folder / "reviews").mkdir()
    signature = f"name: A. Nobody\nrole: invented\ndate: 2026-01-01\ncontent: {pack.hash}\n"
    (folder / "reviews" / "nobody-2026-01-01.yaml").write_text(signature, encoding="utf-8")
    assert load_pack(folder).reviewed and load_pack(folder).hash == pack.hash
    criteria = folder / "criteria.yaml"
    criteria.write_text(criteria.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
    assert not load_pack(folder).reviewed, "any edit ends it"


def test_a_file_that_cannot_be_written_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("sapwood: ")


def test_words_name_what_was_found_and_what_is_not_covered(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(LANTERN), "--all"]) == 3
    said, progress = capsys.readouterr()
    assert "What this does not cover" in said and "A patient who shows it" in said
    assert "Could mislead about a patient" in said and "[9/9]" in progress


# --- the seeded faults ------------------------------------------------------------------------------------


def test_every_kind_of_fault_can_be_made_in_the_bpdcn_pack(root: Path) -> None:
    content = content_of(root / "packs" / "bpdcn")
    made = faults(content, 200)
    assert {fault.kind for fault in made} == set(KINDS) and len(made) == 200
    assert [fault.entry for fault in made] == [fault.entry for fault in faults(content, 200)], (
        "always the same"
    )
    for fault in made[:30]:
        assert fault.made_in(content) != content, f"{fault.kind} in {fault.entry} changes nothing"


@pytest.fixture(scope="module")
def bench(root: Path) -> Bench:
    return Bench(root / "packs" / "bpdcn", promises=(5,))


@pytest.mark.parametrize("kind", ["a dropped question", "a step that never opens", "a flipped comparison"])
def test_a_fault_in_the_bpdcn_pack_is_found(bench: Bench, kind: str) -> None:
    fault = next(fault for fault in faults(bench.content, 60) if fault.kind == kind)
    outcome = bench.outcome(fault)
    assert outcome.found_by and outcome.found_by not in bench.known, (
        f"{outcome.kind} in {outcome.entry} is missed"
    )


def test_the_suite_says_what_it_missed() -> None:
    said: list[str] = []
    found = run_faults(LANTERN, 6, workers=1, say=said.append)
    assert len(found) == 6 and len(said) == 7
    assert all(
        ("MISSED" in line) is not bool(one.found_by) for line, one in zip(said[1:], found, strict=True)
    )
