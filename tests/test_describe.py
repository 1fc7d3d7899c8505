"""What `facts`, `explain` and `pack` print."""

from __future__ import annotations

import pytest
from small_packs import LANTERN, condition, facts_of, given, lantern, observed

from sapwood.describe import explain_criterion, list_facts, list_packs, show_pack
from sapwood.errors import AnswerError

RECORD = [
    observed("lux", 3.0),
    observed("lux", "odd", "2026-01-01"),
    condition(text="gout"),
    given("Quill", "2026-03-01"),
]


def test_facts_are_listed_with_source_and_what_was_ignored() -> None:
    text = list_facts(facts_of(lantern(), *RECORD))
    assert "lux: lux: 3 g/dL on 2026-03-02 -- Observation/r1" in text
    assert "ignored Observation/r2: words where a number belongs" in text
    assert "1 resources hold nothing this pack asks for: 1 Condition." in " ".join(text.split())
    assert "wick" not in text
    assert "wick: wick: not on record" in list_facts(facts_of(lantern(), *RECORD), everything=True)
    assert not [line for line in text.splitlines() if len(line) > 80]


def test_a_look_back_says_so() -> None:
    assert "A look back" in list_facts(facts_of(lantern(), *RECORD, as_of="2026-02-01"))


def test_a_criterion_is_explained_down_to_the_facts() -> None:
    text = explain_criterion(lantern(), "quill_may_start", facts_of(lantern(), *RECORD))
    assert "True means: Every gate of quill is open." in text
    assert "VERDICT AS OF 2026-03-02: FALSE" in text
    assert "lux_enough is false" in text
    assert "lux is 3: lux: 3 g/dL on 2026-03-02" in text
    assert "A tale told for tests, 2026." in text
    unknown = explain_criterion(lantern(), "lux_enough", facts_of(lantern()))
    assert "could become true by: lux" in unknown
    alone = explain_criterion(lantern(), "lantern_pattern", None)
    assert "Read within one specimen" in alone
    assert "VERDICT" not in alone


def test_an_unknown_criterion_is_refused() -> None:
    with pytest.raises(AnswerError, match="Did you mean `lux_enough`"):
        explain_criterion(lantern(), "lux_enuogh", None)


def test_packs_are_listed_and_shown() -> None:
    assert "bpdcn" in list_packs()
    assert "not yet reviewed by a clinician" in list_packs()
    text = show_pack(str(LANTERN))
    for word in ("lantern 0.0.1", "STEPS (3)", "quill_may_start", "OPTIONS (3)", "4 claims from 1 sources."):
        assert word in text
