"""The BPDCN pack held against what its reviewers were promised: safety rules that no engine can keep for it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from case_runner import Case, case_files, case_of, pack_of

from sapwood.articles import read_library
from sapwood.facts import extract
from sapwood.formats import write
from sapwood.pack import Pack, pack_folder
from sapwood.record import parse_record
from sapwood.units import ucum_code

LABELLED = {"tagraxofusp", "pivekimab"}
GUIDELINE = "nccn_tr"
MARK = "check the current guideline"

# What an adult is held by, and what an adult is given.
# 38 °C and the label's limit of 3.2 g/dL (from age 2) are not among them.
ADULT_NUMBERS = re.compile(
    r"\b3\.5 g/dL|below 3\.5|3\.5 or more|\b0\.5 (?:g/dL|below)|\b1\.5 kg|\b5 times|2\.5 times|five times|\b1\.8\b"
    r"|159 umol|60 mL/min|below 60\b|under 60\b|least 60\b|\b160\b|\b130\b|\b80 mmHg|albumin 25 g|\b25 g (?:IV|by vein)"
    r"|below 25\b|of 25 or more|m(?:c)?g/kg|mg/m2|\b50 mg\b|ECOG [234]|age 75|DLCO (?:and|is|<)|65%"
)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return pack_of("bpdcn")


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [case_of(path) for path in case_files() if path.parent.parent.name == "bpdcn"]


# --- a code is not a diagnosis ------------------------------------------------------------------------

CODES = [
    ("http://hl7.org/fhir/sid/icd-10-cm", "C86.4"),
    ("http://hl7.org/fhir/sid/icd-10-cm", "C86.40"),
    ("http://hl7.org/fhir/sid/icd-10-cm", "C86.41"),
    ("http://hl7.org/fhir/sid/icd-10", "C86.4"),
    ("http://hl7.org/fhir/sid/icd-9-cm", "202.80"),
    ("http://terminology.hl7.org/CodeSystem/icd-o-3", "9727/3"),
]


@pytest.mark.parametrize(("system", "code"), CODES)
@pytest.mark.parametrize("display", ["", "Blastic NK-cell lymphoma"])
def test_a_code_alone_never_confirms(pack: Pack, system: str, code: str, display: str) -> None:
    coding = {"system": system, "code": code, **({"display": display} if display else {})}
    verified = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
    active = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    condition = {
        "resourceType": "Condition",
        "id": "billed",
        "subject": {"reference": "Patient/p"},
        "verificationStatus": {"coding": [{"system": verified, "code": "confirmed"}]},
        "clinicalStatus": {"coding": [{"system": active, "code": "active"}]},
        "category": [{"coding": [{"code": "encounter-diagnosis"}]}],
        "code": {"coding": [coding]},
        "recordedDate": "2026-03-01",
    }
    patient = {"resourceType": "Patient", "id": "p", "gender": "male", "birthDate": "1955-04-04"}
    facts = extract(parse_record(json.dumps([patient, condition])), pack, as_of="2026-03-04")
    assert facts.values["dx_coded"] is True
    assert facts.values["dx_confirmed"] is not True
    assert facts.values["bpdcn_confirmed"] is not True
    assert facts.values["tagraxofusp_may_start"] is not True


def test_the_phenotype_alone_never_confirms(cases: list[Case]) -> None:
    for case in cases:
        if (
            case.verdicts["bpdcn_confirmed"].value is True
            and case.plan.facts.value("dx_confirmed") is not True
        ):
            assert case.verdicts["bpdcn_by_pathology"].value is True, case.path.name


# --- children ------------------------------------------------------------------------------------------


def test_a_child_never_sees_adult_numbers(pack: Pack, cases: list[Case]) -> None:
    children = [case for case in cases if case.verdicts["adult"].value is not True]
    assert len([case for case in children if case.verdicts["paediatric"].value is True]) >= 6
    adult_only = _adult_lines(pack)
    for case in children:
        text = " ".join(write(case.plan, "text").split())
        plan = json.loads(write(case.plan, "json"))
        shown = {"the text": text}
        if case.verdicts["paediatric"].value is True:  # of unknown age: the text alone, which people read
            shown["an option"] = json.dumps(_bare(plan["options"]), ensure_ascii=False)
            shown["an alert"] = json.dumps(_bare(plan["alerts"]), ensure_ascii=False)
        for where, content in shown.items():
            found = ADULT_NUMBERS.search(content)
            around = content[max(0, found.start() - 90) : found.end() + 40] if found else ""
            assert found is None, f"{case.path.name}: {where} shows an adult number: …{around}…"
            for line in adult_only:
                assert line not in content, f"{case.path.name}: {where} shows an adult line: {line}"
        for option in plan["options"]:
            assert set(option["schedule"]) <= {pack.about.adult_only_text}
            assert not any(step["shown"] for step in option["dose"])


def test_someone_of_unknown_age_is_no_adult(cases: list[Case]) -> None:
    case = next(case for case in cases if case.path.stem == "age_unknown_on_tagraxofusp")
    assert not case.plan.adult_numbers
    assert "age_unknown" in {one.alert.id for one in case.plan.alerts}


def _adult_lines(pack: Pack) -> list[str]:
    lines: list[str] = []
    for regimen in pack.regimens.values():
        lines += [*regimen.schedule, *regimen.premedication]
        lines += [row.hold for row in regimen.hold_table] + [
            row.action for row in regimen.cls_table if len(row.action) > 20
        ]
    for name in pack.about.adult_numbers:
        if re.search(r"\d", pack.criteria[name].means):
            lines.append(pack.criteria[name].means)
    return [" ".join(line.split()) for line in lines]


def _bare(content: Any) -> Any:
    """Without the ids of criteria and claims: what a person could read."""
    if isinstance(content, dict):
        hidden = ("id", "evidence", "missing", "criterion", "fact", "about", "source")
        return {key: _bare(value) for key, value in content.items() if key not in hidden}
    return [_bare(value) for value in content] if isinstance(content, list) else content


# --- doses ---------------------------------------------------------------------------------------------


def test_only_labelled_drugs_carry_a_dose(pack: Pack) -> None:
    assert {name for name, regimen in pack.regimens.items() if regimen.dose is not None} == LABELLED
    for name in LABELLED:
        dose = pack.regimens[name].dose
        assert dose is not None and dose.per == "kg" and dose.of == "weight"
    assert pack.regimens["tagraxofusp"].dose.amount == 12  # type: ignore[union-attr]
    assert Decimal(pack.regimens["pivekimab"].dose.amount) == Decimal("0.045")  # type: ignore[union-attr]


def test_no_plan_works_a_dose_out_while_the_pack_is_not_reviewed(pack: Pack, cases: list[Case]) -> None:
    assert not pack.reviewed
    for case in cases:
        assert not any(one.standing == "recommended" for one in case.plan.options)
        assert not any(step.shown for one in case.plan.options for step in case.plan.dose(one))


# --- evidence -------------------------------------------------------------------------------------------


def test_every_criterion_names_its_rule_set(pack: Pack) -> None:
    known = {"label", "trial", "practice", "definition", "safety", "design", "score", "wish"}
    assert {criterion.rule_set for criterion in pack.criteria.values()} <= known
    for name, criterion in pack.criteria.items():
        definition = {"practice": "practice", "label": "label"}.get(name.split("_")[0])
        assert definition in (None, criterion.rule_set), name
    names = (
        "tagraxofusp_may_start",
        "tagraxofusp_entry_practice",
        "unfit_intensive_trial_rule",
        "tagraxofusp_hold",
    )
    assert [pack.criteria[name].rule_set for name in names] == ["label", "practice", "trial", "label"]


def test_rule_sets_are_never_merged(pack: Pack) -> None:
    """The label's gate reads no entry limit of practice, and the other way round."""
    label, practice = (
        pack.base_facts[name] for name in ("tagraxofusp_may_start", "tagraxofusp_entry_practice")
    )
    assert not {"lvef", "creatinine", "bilirubin", "alt", "ast"} & set(label)
    assert "cardiac_function" not in practice


def test_every_line_cites_evidence(pack: Pack) -> None:
    pathway = pack.pathway
    uncited = [name for name, criterion in pack.criteria.items() if not criterion.evidence]
    for kind in (pathway.steps, pathway.tracks, pathway.tasks, pathway.options, pathway.alerts):
        uncited += [entry.id for entry in kind if not entry.evidence]
    uncited += [name for name, regimen in pack.regimens.items() if not regimen.evidence]
    assert not uncited
    for _, evidence, _ in _lines(pack):
        for claim in evidence:
            assert pack.claims[claim].source in pack.sources


def test_a_number_in_a_point_cites_evidence(pack: Pack) -> None:
    """A line for or against an option that gives results says where they come from."""
    for option in pack.pathway.options:
        for point in (*option.for_, *option.against):
            if re.search(r"\d+%|\d+ of \d+", point.text):
                assert point.evidence, f"{option.id}: {point.text}"


def test_what_only_a_guideline_says_is_marked(pack: Pack) -> None:
    for name, claim in pack.claims.items():
        if claim.source == GUIDELINE:
            assert MARK in claim.text, f"claim {name} rests on the guideline and does not say so"
    for place, evidence, texts in _lines(pack):
        if evidence and all(pack.claims[claim].source == GUIDELINE for claim in evidence):
            said = " ".join(" ".join(text.split()) for text in texts)
            assert MARK in said.lower(), f"{place} rests on the guideline alone and does not say so"


def test_nothing_uncertain_is_loaded(pack: Pack) -> None:
    assert {source.status for source in pack.sources.values()} <= {"verified", "known"}
    assert {claim.mark for claim in pack.claims.values()} <= {"V", "K", "ours"}
    for name in ("guru_inc", "ba2022_cns", "jegalian_surv"):  # uncertain on the domain page
        assert name not in pack.claims
    for name, claim in pack.claims.items():
        assert not re.search(r"\[U\]|uncertain", f"{claim.text} {claim.note}"), name
    folder = case_files()[0].parent.parent
    for path in (*folder.glob("*.yaml"), *folder.glob("regimens/*.yaml"), *folder.glob("facts/*.yaml")):
        assert "[U]" not in path.read_text(encoding="utf-8"), path.name


def test_every_claim_is_used(pack: Pack) -> None:
    used = {claim for _, evidence, _ in _lines(pack) for claim in evidence}
    used |= {claim for fact in pack.facts.values() for claim in fact.evidence}
    for regimen in pack.regimens.values():
        used |= {*regimen.evidence, *regimen.efficacy}
        used |= {
            claim
            for row in (*regimen.hold_table, *regimen.cls_table, *regimen.seams)
            for claim in row.evidence
        }
    used |= {row for topic in pack.topics for row in topic.rows}
    used |= read_library(pack, pack_folder("bpdcn")).cited
    assert not [name for name in pack.claims if name not in used]


def test_study_rows_carry_what_pooling_needs(pack: Pack) -> None:
    for name, claim in pack.claims.items():
        if claim.ci:
            low, high = (Decimal(str(end)) for end in claim.ci)
            assert low <= high and claim.ci_source, name
        if claim.numerator is not None and claim.denominator:
            assert claim.numerator <= claim.denominator, name


def _lines(pack: Pack) -> Iterator[tuple[str, list[str], list[str]]]:
    """Everything a person can read that cites evidence: where it stands, what it cites, what it says."""
    for name, criterion in pack.criteria.items():
        yield name, criterion.evidence, [criterion.means, criterion.false_means, criterion.note]
    for step in pack.pathway.steps:
        yield f"step {step.id}", step.evidence, [step.title, step.about]
    for track in pack.pathway.tracks:
        yield f"track {track.id}", track.evidence, [track.about]
    for task in pack.pathway.tasks:
        yield f"task {task.id}", task.evidence, [task.title, task.why, task.due]
    for alert in pack.pathway.alerts:
        yield f"alert {alert.id}", alert.evidence, [alert.message, alert.unknown_message]
    for item in pack.pathway.follow_up:
        yield f"follow-up {item.id}", item.evidence, [item.title, item.why]
    for trial in pack.trials:
        yield f"trial {trial.nct}", trial.evidence, [trial.title, trial.note]
        for point in (*trial.meets, *trial.excludes):
            yield f"trial {trial.nct}", point.evidence, [point.text]
    for option in pack.pathway.options:
        yield f"option {option.id}", option.evidence, [option.title, option.source_note]
        for sort in ("requires", "rules_out", "for_", "against"):
            for point in getattr(option, sort):
                yield f"option {option.id}, {sort}", point.evidence, [point.text]


# --- numbers ---------------------------------------------------------------------------------------------

LIMITS = {  # the label's and the trials' own numbers, digit by digit
    "albumin_start_ok": ["3.2"],
    "hold_albumin_low": ["3.5"],
    "hold_albumin_fall": ["0.5"],
    "hold_weight": ["1.5"],
    "cls_weight": ["1.5"],
    "hold_liver": ["5", "5"],
    "resume_liver": ["2.5", "2.5"],
    "hold_creatinine": ["1.8"],
    "hold_crcl": ["60"],
    "hold_sbp": ["160", "80"],
    "hold_heart_rate": ["130", "40"],
    "hold_temperature": ["38"],
    "resume_renal": ["1.8", "60"],
    "resume_albumin": ["3.5", "0.5"],
    "practice_creatinine": ["1.5"],
    "practice_bilirubin": ["1.5"],
    "practice_liver": ["2.5", "2.5"],
    "unfit_age": ["75"],
    "unfit_crcl": ["30", "45"],
    "wbc_below_25": ["25"],
    "lp_safe_now": ["50", "1.5"],
    "dosing_days": ["9"],
    "febrile_neutropenia": ["38", "0.5"],
}


@pytest.mark.parametrize(("name", "numbers"), LIMITS.items())
def test_a_limit_is_the_sources_own(pack: Pack, name: str, numbers: list[str]) -> None:
    assert re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])", pack.criteria[name].is_) == numbers


def test_units_are_plausible(pack: Pack) -> None:
    for name, fact in pack.facts.items():
        if fact.type == "quantity":
            assert ucum_code(fact.unit) is not None, f"{name}: {fact.unit}"
            if fact.find:
                assert fact.plausible, f"{name} has no plausible limits"
    inside = {
        "albumin": "3.2",
        "creatinine": "1.8",
        "crcl": "60",
        "wbc": "25",
        "platelets": "50",
        "weight": "80",
        "sbp_today": "160",
    }
    for name, limit in inside.items():
        low, high = pack.facts[name].plausible
        assert low < Decimal(limit) < high
    low, high = pack.facts["albumin"].plausible
    assert not low <= 32 <= high, "an albumin in g/L would pass for one in g/dL"


def test_a_same_day_fact_stands_beside_each_hold(pack: Pack) -> None:
    """No hold reads a value of another day."""
    dated = {
        "albumin_cycle_baseline",
        "weight_previous_treatment_day",
        "weight_previous_day",
        "alt_cycle_peak",
        "ast_cycle_peak",
    }
    measured = {
        name
        for name in pack.base_facts["tagraxofusp_hold"]
        if pack.facts[name].type == "quantity" and name not in dated
    }
    assert measured and all(pack.facts[name].on_day == "as_of" for name in measured)
