"""What the BPDCN pack knows, held against the list of study rows it was made from: nothing lost, nothing pooled."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from case_runner import pack_of

from sapwood.pack import Pack
from sapwood.reading_grade import LIMIT, grade

ROWS = Path(__file__).with_name("bpdcn_study_rows.tsv")
COVERAGE = Path(__file__).resolve().parent.parent / "packs" / "bpdcn" / "COVERAGE.md"
UNSURE = ("guru_inc", "ba2022_cns", "jegalian_surv")


def rows() -> list[list[str]]:
    """The study rows: claim, value, n, interval, where it comes from, whether it may be pooled, overlap group."""
    return [line.split("\t") for line in ROWS.read_text(encoding="utf-8").splitlines()[1:]]


@pytest.fixture(scope="module")
def pack() -> Pack:
    return pack_of("bpdcn")


def test_every_study_row_is_a_claim_or_named_as_left_out(pack: Pack) -> None:
    left_out = COVERAGE.read_text(encoding="utf-8")
    assert len(rows()) > 250
    for name, *_ in rows():
        assert name in pack.claims or f"`{name}`" in left_out, f"{name} got lost"
    for name in UNSURE:
        assert name not in pack.claims and f"`{name}`" in left_out


def test_figures_are_those_of_the_study_row(pack: Pack) -> None:
    for name, value, n, interval, source, pool_ok, group in rows():
        if name not in pack.claims:
            continue
        claim = pack.claims[name]
        shown = None if claim.value is None else Decimal(str(claim.value))
        assert shown == (None if value == "-" else Decimal(value)), name
        assert claim.n == (None if n == "-" else int(n)), name
        ends = [] if interval == "-" else [Decimal(end) for end in interval.split("..")]
        assert [Decimal(str(end)) for end in claim.ci] == ends, name
        assert (claim.ci_source or "-") == source, name
        assert {True: "yes", False: "no", None: "-"}[claim.pool_ok] == pool_ok, name
        assert (claim.overlap_group or "-") == group, name


def test_every_study_row_stands_in_a_topic(pack: Pack) -> None:
    shown = {row for topic in pack.topics for row in topic.rows}
    assert not [name for name, *_ in rows() if name in pack.claims and name not in shown]


def test_registry_rows_are_never_poolable(pack: Pack) -> None:
    for name, claim in pack.claims.items():
        if claim.overlap_group == "SEER":
            assert claim.pool_ok is not True, name
    trap = next(topic for topic in pack.topics if topic.id == "registry_trap")
    assert "lymphoblastic lymphoma" in trap.why_they_differ and "40" in trap.why_they_differ
    assert {"karki_age", "karki_lt20", "seer_code_alternates"} <= set(trap.rows)


def test_capillary_leak_rates_stand_apart_with_their_definitions(pack: Pack) -> None:
    leak = next(topic for topic in pack.topics if topic.id == "capillary_leak_rates")
    rates = {str(pack.claims[row].value) for row in leak.rows if "CLS any grade" in pack.claims[row].measure}
    assert {"53", "21"} <= rates and leak.conflict and "definition" in leak.why_they_differ
    for option in pack.pathway.options:
        for point in (*option.for_, *option.against):
            assert not {"nejm_cls", "jco2022_cls"} & set(point.evidence) or not {"elz_cls", "jen_cls"} & set(
                point.evidence
            ), f"{option.id} mixes the definitions"


def test_the_nervous_system_rates_are_not_one_rate(pack: Pack) -> None:
    topic = next(topic for topic in pack.topics if topic.id == "cns_rates")
    assert topic.conflict
    for counted in ("6 of 10", "6 of 27", "16%", "20 to 30%"):
        assert counted in topic.why_they_differ
    assert pack.claims["cns_stated_range"].value is None, "a statement without a count carries no figure"


def test_a_conflict_says_why_and_no_topic_pools_or_scores(pack: Pack) -> None:
    for topic in pack.topics:
        assert bool(topic.why_they_differ) is topic.conflict, topic.id
        said = f"{topic.title} {topic.about} {topic.why_they_differ}".lower()
        assert not any(
            word in said for word in ("pooled estimate", "average of", "risk class", "on the whole")
        ), topic.id
        assert len(topic.rows) == len(set(topic.rows)), topic.id
    outlook = next(topic for topic in pack.topics if topic.id == "outlook_factors")
    assert "no_score" in outlook.rows and "not low risk" in outlook.about and not outlook.steps


def test_ultraviolet_light_blames_nobody(pack: Pack) -> None:
    topic = next(topic for topic in pack.topics if topic.id == "ultraviolet")
    assert "uv_not_shown" in topic.rows
    assert "Nothing you did is known to cause it" in topic.patient.text
    assert (
        "could have stopped it" in topic.patient.text
    )  # as a denial: "does not mean ... you could have stopped it"


SURVIVAL = ("months", "median", "% alive", "survival of")


def test_topics_speak_to_patients_plainly_and_give_no_survival_figure(pack: Pack) -> None:
    for topic in pack.topics:
        assert topic.patient.title and topic.patient.text, topic.id
        assert grade(topic.patient.text) <= LIMIT, f"{topic.id}: {grade(topic.patient.text)}"
        if topic.id != "time_to_diagnosis":
            assert not any(word in topic.patient.text.lower() for word in SURVIVAL), topic.id
        assert "eligible" not in topic.patient.text.lower(), topic.id


def test_a_figure_says_in_whom_it_was_found(pack: Pack) -> None:
    for topic in pack.topics:
        for row in topic.rows:
            claim = pack.claims[row]
            if claim.measure:
                assert claim.population, f"{topic.id}: {row} says a figure of nobody"
                assert not claim.population.startswith("as above"), row
