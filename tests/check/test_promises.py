"""Each promise is kept by a small sound pack, and each way of breaking it is found, with a patient who shows it."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from small_packs import small_pack

from sapwood.answers import sheet_of
from sapwood.check.choices import no_contradictions, nothing_silent
from sapwood.check.content import nothing_left_over
from sapwood.check.findings import Finding, Section
from sapwood.check.ground import Ground
from sapwood.check.sentences import every_way, learning_settles
from sapwood.check.standing import every_step_is_reached_and_left, one_position, something_to_do
from sapwood.check.thresholds import numbers
from sapwood.pack import Pack

ASK = {"ask": {"text": "?"}}
FACTS: dict[str, Any] = {
    "sick": {"type": "boolean", **ASK},
    "told": {"type": "boolean", **ASK},
    "cured": {"type": "boolean", **ASK},
    "allergy": {"type": "boolean", **ASK},
    "lux": {"type": "quantity", "unit": "g/dL", "plausible": [0.5, 7], **ASK},
    "wick": {"type": "quantity", "unit": "U/L", "plausible": [1, 900], **ASK},
    "record_read": {"type": "boolean", "derived": "TRUE"},
    "moved": {"type": "boolean", "closed_world": {"covered_by": "record_read"}},
}
CRITERIA: dict[str, Any] = {
    "is_sick": {"is": "sick", "means": "so"},
    "is_cured": {"is": "cured", "means": "so"},
    "lux_fine": {"is": "lux >= 3.2", "means": "so", "rule_set": "label"},
    "allergic": {"is": "allergy", "means": "so", "rule_set": "safety"},
    "stayed": {"is": "NOT moved", "means": "so"},
}
PATHWAY: dict[str, Any] = {
    "steps": [
        {"id": "first", "title": "First", "opens": "is_sick", "closes": "told"},
        {"id": "second", "title": "Second", "opens": "is_sick AND told", "closes": "is_cured"},
    ],
    "tracks": [
        {
            "id": "stay",
            "title": "Stay",
            "statuses": [{"status": "stayed", "when": "stayed"}, {"status": "left"}],
        }
    ],
    "tasks": [
        {"id": "tell", "title": "Tell", "why": "so", "steps": ["first"]},
        {"id": "watch", "title": "Watch", "why": "so", "steps": ["second"]},
    ],
    "options": [
        {
            "id": "quill",
            "title": "Quill",
            "kind": "drug",
            "steps": ["second"],
            "regimen": "quill",
            "requires": [{"when": "lux_fine", "text": "so"}],
            "rules_out": [{"when": "allergic", "text": "so"}],
        },
        {
            "id": "candle",
            "title": "Candle",
            "kind": "drug",
            "steps": ["second"],
            "rules_out": [{"when": "lux_fine", "text": "so"}],
        },
    ],
    "alerts": [
        {
            "id": "stop",
            "title": "Stop",
            "severity": "stop",
            "when": "allergic",
            "applies": "is_sick",
            "message": "so",
            "about": ["quill"],
        }
    ],
}
REGIMENS = {"quill": {"drugs": [{"id": "quill", "words": ["quill"]}], "gates": ["lux_fine"]}}


def pack_with(facts: Any = None, criteria: Any = None, change: Any = None) -> Pack:
    """The small sound pack with some things different."""
    pathway = deepcopy(PATHWAY)
    if change is not None:
        change(pathway)
    return small_pack(
        {**FACTS, **(facts or {})},
        criteria={**CRITERIA, **(criteria or {})},
        pathway=pathway,
        regimens=REGIMENS,
    )


def found(section: Section) -> list[tuple[str, str]]:
    assert not section.not_proved
    return [(finding.kind, finding.where.split("`")[1]) for finding in section.findings]


@pytest.mark.parametrize(
    "promise",
    [
        one_position,
        something_to_do,
        no_contradictions,
        every_way,
        every_step_is_reached_and_left,
        learning_settles,
        nothing_silent,
        numbers,
    ],
)
def test_a_sound_pack_keeps_every_promise(promise: Any) -> None:
    section = promise(Ground(pack_with()))
    assert found(section) == [] and section.proved > 0


def shown(ground: Ground, finding: Finding) -> Any:
    """The plan of the patient of a finding, loaded as an answers file."""
    assert finding.witness is not None and finding.witness.because
    sheet = sheet_of(finding.witness.content, ground.pack, "the patient")
    assert sheet.as_of is not None
    return sheet


def test_a_track_that_says_nothing_of_somebody() -> None:
    def change(pathway: Any) -> None:
        pathway["tracks"][0]["statuses"].pop()

    ground = Ground(pack_with(change=change))
    (finding,) = one_position(ground).findings
    assert finding.where == "small, track `stay`"
    assert {answer.fact for answer in shown(ground, finding).answers} == {"sick", "moved"}


def test_a_dead_end() -> None:
    def change(pathway: Any) -> None:
        pathway["tasks"].pop()

    ground = Ground(pack_with(change=change))
    (finding,) = something_to_do(ground).findings
    assert (finding.kind, finding.where) == ("dead end", "small, step `second`")
    given = {answer.fact: answer.value for answer in shown(ground, finding).answers}
    assert given["sick"] is True and given["told"] is True
    assert given["allergy"] is True and given["lux"] >= Decimal("3.2"), (
        "quill by the allergy, candle by the lux"
    )


def test_a_patient_nobody_asks() -> None:
    facts = {
        name: {key: value for key, value in fact.items() if key != "ask"} for name, fact in FACTS.items()
    }
    kinds = [finding.kind for finding in something_to_do(Ground(pack_with(facts))).findings]
    assert "nothing asked" in kinds


def test_options_that_exclude_each_other_and_stand_open_together() -> None:
    def change(pathway: Any) -> None:
        pathway["options"][0]["exclusive"] = ["candle"]

    assert found(no_contradictions(Ground(pack_with(change=change)))) == []

    def and_open(pathway: Any) -> None:
        change(pathway)
        pathway["options"][1]["rules_out"] = []

    ground = Ground(pack_with(change=and_open))
    (finding,) = no_contradictions(ground).findings
    assert finding.what == "stands open together with `candle`, which it excludes"
    assert shown(ground, finding)


def test_an_option_that_stands_open_under_a_stop() -> None:
    def change(pathway: Any) -> None:
        pathway["options"][0]["rules_out"] = []

    ground = Ground(pack_with(change=change))
    (finding,) = no_contradictions(ground).findings
    assert (finding.kind, finding.where) == ("open under a stop", "small, option `quill`")
    assert {answer.fact for answer in shown(ground, finding).answers} == {"sick", "told", "lux", "allergy"}


@pytest.mark.parametrize(
    ("sentence", "what"),
    [
        ("lux >= 8", "can be true only of a value outside its plausible range, which is never read"),
        ("lux >= 0.5", "can never be false"),
        ("lux < 2 AND lux > 3", "can never be true"),
    ],
)
def test_a_criterion_that_never_comes_out_one_way(sentence: str, what: str) -> None:
    section = every_way(Ground(pack_with(criteria={"odd": {"is": sentence, "means": "so"}})))
    assert [finding.what for finding in section.findings if "`odd`" in finding.where] == [what]


def test_a_criterion_that_says_what_it_never_is() -> None:
    meant = {"is": "lux >= 0.5", "means": "so", "never": ["false"]}
    assert found(every_way(Ground(pack_with(criteria={"odd": meant})))) == []
    wrong = {"is": "lux >= 1", "means": "so", "never": ["false"]}
    (finding,) = every_way(Ground(pack_with(criteria={"odd": wrong}))).findings
    assert finding.what == "can be false, though the pack says it never is"


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("sick OR sick AND told", "always answer alike"),
        ("NOT sick", "each other's opposite"),
        ("sick AND (sick OR told)", "always answer alike"),
    ],
)
def test_copies_and_opposites(sentence: str, said: str) -> None:
    (finding,) = every_way(Ground(pack_with(criteria={"again": {"is": sentence, "means": "so"}}))).findings
    assert finding.kind == "copies" and said in finding.what
    other = {"is": sentence, "means": "so", "rule_set": "trial"}
    section = every_way(Ground(pack_with(criteria={"again": other})))
    assert not section.findings and any(said in note for note in section.notes), "rule sets are never merged"


def test_an_opposite_that_is_written_as_one_cannot_drift() -> None:
    again = {"is": "NOT is_sick", "means": "so"}
    assert found(every_way(Ground(pack_with(criteria={"again": again})))) == []


def test_steps_that_cannot_be_reached_or_left() -> None:
    def unreachable(pathway: Any) -> None:
        pathway["steps"][0]["closes"] = "is_sick"

    def endless(pathway: Any) -> None:
        pathway["steps"][1]["closes"] = "FALSE"

    assert ("unreachable step", "first") in found(
        every_step_is_reached_and_left(Ground(pack_with(change=unreachable)))
    )
    assert found(every_step_is_reached_and_left(Ground(pack_with(change=endless)))) == [
        ("endless step", "second")
    ]


def test_verdicts_that_rest_on_silence_are_listed() -> None:
    section = learning_settles(Ground(pack_with()))
    assert section.notes == ["stayed: may rest on silence about moved"]


def test_one_code_in_two_units() -> None:
    code = {"find": [{"in": "Observation", "codes": {"lab": ["lux"]}}]}
    pack = pack_with(
        {"lux": {**FACTS["lux"], **code}, "lux_today": {"type": "quantity", "unit": "g/L", **code}}
    )
    (finding,) = numbers(Ground(pack)).findings
    assert finding.what == "holds lab lux in g/L, and `lux` in g/dL"


def test_a_hold_that_says_nothing() -> None:
    def change(pathway: Any) -> None:
        pathway["alerts"][0]["speak_when_unknown"] = False
        pathway["options"][0]["rules_out"] = []

    ground = Ground(pack_with(change=change))
    kinds = found(nothing_silent(ground))
    assert ("silent hold", "stop") in kinds and ("silent hold", "allergic") in kinds


def test_a_hold_that_is_about_more_says_nothing_of_one_drug() -> None:
    """Whether a dose is in question is told by a hold of that option alone, not by one that is about others too."""

    def change(pathway: Any) -> None:
        watch = {
            "id": "watch",
            "severity": "urgent",
            "when": "allergic",
            "about": ["quill"],
            "title": "Watch",
        }
        own = {"id": "own", "severity": "hold", "when": "NOT lux_fine", "applies": "told", "about": ["quill"]}
        both = {"id": "both", "severity": "hold", "when": "FALSE", "applies": "is_sick"}
        never = {"id": "never", "severity": "stop", "when": "allergic", "applies": "FALSE", "title": "Never"}
        pathway["alerts"] = [
            {**watch, "applies": "is_sick", "message": "so"},
            {**never, "about": ["quill"], "message": "so"},
            {**own, "title": "Own", "message": "so"},
            {**both, "title": "Both", "message": "so", "about": ["quill", "candle"]},
        ]
        pathway["options"][0]["rules_out"] = []

    ground = Ground(pack_with(change=change))
    unheard = [one for one in nothing_silent(ground).findings if one.where.endswith("`allergic`")]
    assert len(unheard) == 1 and unheard[0].witness is not None
    assert unheard[0].witness.content["given"]["told"] is True, "only where a hold of quill itself applies"


def test_a_gate_of_the_regimen_that_the_option_does_not_ask() -> None:
    def change(pathway: Any) -> None:
        pathway["options"][0]["requires"] = []

    ground = Ground(pack_with(change=change))
    (finding,) = nothing_silent(ground).findings
    assert (finding.kind, finding.where) == ("silent gate", "small, option `quill`")


FOLLOW_UP: dict[str, Any] = {
    "id": "look",
    "title": "Look",
    "why": "so",
    "since": "began",
    "steps": ["second"],
    "phases": [{"every": ["1mo"], "until": "always"}],
}


@pytest.mark.parametrize("ask", [{}, ASK])
def test_a_follow_up_without_a_date_is_something_to_do_only_where_the_day_is_asked(
    ask: dict[str, Any],
) -> None:
    def change(pathway: Any) -> None:
        pathway["tasks"] = [one for one in pathway["tasks"] if one["id"] != "watch"]
        pathway["options"] = []
        pathway["alerts"] = []
        pathway["follow_up"] = [FOLLOW_UP]

    began = {"began": {"type": "instant", **ask}}
    kinds = found(something_to_do(Ground(pack_with(began, change=change))))
    assert kinds == ([] if ask else [("dead end", "second")])


def test_a_fact_that_silence_answers_for_need_not_be_asked() -> None:
    """Read by nothing but a derived fact that silence answers, it leaves no answer open; read elsewhere, it does."""
    facts = {
        "once": {"type": "boolean"},
        "ever": {"type": "boolean", "derived": "once", "closed_world": {"covered_by": "record_read"}},
    }
    used = {"was": {"is": "ever", "means": "so"}}

    def not_asked(criteria: Any) -> list[str]:
        findings = nothing_left_over(Ground(pack_with(facts, criteria=criteria)), ()).findings
        return [one.where for one in findings if one.kind == "not asked"]

    assert not_asked(used) == []
    assert not_asked({**used, "bare": {"is": "once", "means": "so"}}) == ["small, fact `once`"]


def test_numbers_in_the_wrong_unit_or_range() -> None:
    criteria = {
        "mixed": {"is": "lux - wick > 1", "means": "so"},
        "far": {"is": "lux < 32 OR sick", "means": "so"},
        "ages": {"is": "days_between(as_of, as_of) < 99999 OR sick", "means": "so"},
        "this_side": {"is": "lux <= 5", "means": "so"},
        "that_side": {"is": "lux < 5", "means": "so"},
    }
    section = numbers(Ground(pack_with(criteria=criteria)))
    assert [(one.kind, one.where) for one in section.findings] == [
        ("units", "small, sentence `mixed`"),
        ("threshold", "small, sentence `far`"),
        ("threshold", "small, sentence `ages`"),
    ]
    assert section.notes == ["lux at 5 belongs to both sides: this_side (<=); that_side (<)"]


def test_invariants_that_contradict_each_other() -> None:
    always = ["NOT sick", "sick OR told", "NOT told", "NOT cured"]
    pack = pack_with({"always": [{"is": one, "means": "so"} for one in always]})
    (finding,) = [one for one in every_way(Ground(pack)).findings if one.kind == "always"]
    assert finding.what == "cannot all be true of one patient: 1, 2, 3"


def test_an_invariant_that_excludes_nobody() -> None:
    pack = pack_with({"always": [{"is": "sick OR NOT sick", "means": "so"}]})
    assert "always:1 excludes nobody whom other rules do not exclude already" in every_way(Ground(pack)).notes
