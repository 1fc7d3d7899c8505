"""The plan as JSON text."""

from __future__ import annotations

import json

from small_packs import condition, lantern, observed, plan_of

from sapwood.contract import as_dict
from sapwood.formats import write


def test_the_text_is_the_plan() -> None:
    plan = plan_of(lantern(), condition("c-glow"), observed("lux", 3.4))
    text = write(plan, "json")
    assert json.loads(text) == json.loads(json.dumps(as_dict(plan)))
    assert text.endswith("}\n")


def test_an_id_is_written_only_when_asked_for() -> None:
    plan = plan_of(lantern(), condition("c-glow"))
    assert "id" not in json.loads(write(plan, "json"))["patient"]
    assert json.loads(write(plan, "json", with_id=True))["patient"]["id"] == "p"
