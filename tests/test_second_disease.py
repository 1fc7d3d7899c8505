"""A second disease is a folder of content: from a record to a plan without a line of Python."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_packs import LANTERN, bundle_text, condition, given, lantern, observed, plan_of, quantity

from sapwood.cli import main


def test_a_pack_needs_no_python() -> None:
    assert not [path for path in LANTERN.rglob("*") if path.is_file() and path.suffix != ".yaml"]
    assert lantern().about.id == "lantern"


def test_the_command_line_takes_any_pack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = tmp_path / "record.json"
    record.write_text(bundle_text(condition(text="lantern disease"), observed("lux", 3.0)))
    arguments = [str(record), "--pack", str(LANTERN), "--as-of", "2026-03-02"]
    assert main(["plan", *arguments, "--format", "json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert (plan["pack"]["id"], plan["position"]["step"]) == ("lantern", "workup")
    assert plan["criteria"]["quill_may_start"]["because"][0]["criterion"] == "lux_enough"
    assert main(["explain", "lux_enough", *arguments]) == 0
    assert "FALSE" in capsys.readouterr().out


def test_the_whole_journey() -> None:
    glow = condition("c-glow", onsetDateTime="2026-01-02")
    ember, ash = (observed(name, True, "2026-01-20", bodySite={"text": "skin"}) for name in ("ember", "ash"))
    lux = observed("lux", 3.8, "2026-02-01")
    staged = {
        "resourceType": "Procedure",
        "status": "completed",
        "code": {"text": "lantern staging"},
        "performedDateTime": "2026-02-02",
    }
    dose = given("Quill", "2026-02-10", note=[{"text": "response: complete remission"}])
    weight = observed("weight", quantity(60, "kg"), "2026-02-01")
    record = [glow, ember, ash, lux, staged, weight, dose]
    seen = [
        plan_of(lantern(), *record, as_of=day).position.step
        for day in ("2026-01-01", "2026-01-10", "2026-01-25", "2026-02-03", "2026-02-09")
    ]
    assert seen == ["no_signal", "suspicion", "workup", "treatment", "treatment"]
