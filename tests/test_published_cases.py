"""Published cases: the diagnosis rule by hand, what is confirmed and what never is, and the page about them."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import Any

import pytest

import sapwood
from sapwood.formats import write

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "examples" / "cases"
RECORDS = ROOT / "examples" / "records"
PAGE = ROOT / "docs" / "published-cases.md"

DAY_0 = "2025-03-01"
A_YEAR_ON = "2026-06-01"
NUMBERS = sorted(path.stem for path in CASES.glob("???.json"))
OTHERS = sorted(path.name for path in RECORDS.glob("*.json"))

#: Which bundle, read when; and the column of the page that shows where it stands.
READINGS = {
    "blind": ("blind.bundle", DAY_0),
    "full": ("bundle", DAY_0),
    "a year on": ("bundle", A_YEAR_ON),
}

# --- the rule by hand, over what the case report says -----------------------------------------------------------

POSITIVE = {"positive", "weak", "partial"}
NEGATIVE = {"negative"}
PDC_MARKERS = ["CD123", "TCF4", "TCL1", "CD303", "CD304"]
EXPECTED_NEGATIVE = ["CD3", "CD14", "CD19", "CD34", "lysozyme", "MPO"]


def marker(case: dict[str, Any], name: str) -> bool | None:
    """One marker: true, false, or None where it was not reported or results conflict."""
    said = case["facts"]["immunophenotype"].get(name, "not_reported")
    return True if said in POSITIVE else False if said in NEGATIVE else None


def how_many(answers: list[bool | None]) -> tuple[int, int]:
    """The least and the most that can be true."""
    return sum(a is True for a in answers), sum(a is not False for a in answers)


def joined(all_of: list[tuple[bool, bool]]) -> tuple[bool, bool]:
    """Every part must hold: (is it sure, can it still be)."""
    return all(sure for sure, _ in all_of), all(can for _, can in all_of)


def phenotype_by_hand(case: dict[str, Any]) -> str:
    """The two-branch rule of WHO 2022, written out without the engine."""
    pdc = [marker(case, name) for name in PDC_MARKERS]
    cd123, rest = pdc[0], pdc[1:]
    cd4_or_cd56 = how_many([marker(case, "CD4"), marker(case, "CD56")])
    least, most = how_many(rest)
    branch_a = joined(
        [
            (cd123 is True, cd123 is not False),
            (least >= 1, most >= 1),
            (cd4_or_cd56[0] >= 1, cd4_or_cd56[1] >= 1),
        ]
    )
    least, most = how_many(pdc)
    unwanted = how_many([marker(case, name) for name in EXPECTED_NEGATIVE])
    branch_b = joined([(least >= 3, most >= 3), (unwanted[1] == 0, unwanted[0] == 0)])
    if branch_a[0] or branch_b[0]:
        return "true"
    return "unknown" if branch_a[1] or branch_b[1] else "false"


# --- what the engine says ---------------------------------------------------------------------------------------


@functools.cache
def case_of(number: str) -> dict[str, Any]:
    """What the report says, as structured facts."""
    read: dict[str, Any] = json.loads((CASES / f"{number}.json").read_text(encoding="utf-8"))
    return read


@functools.cache
def written(path: Path, as_of: str) -> tuple[dict[str, Any], str]:
    """The plan of one record as JSON and as text."""
    pack = sapwood.load_pack("bpdcn")
    facts = sapwood.extract(sapwood.read_record(str(path)), pack, as_of=as_of)
    plan = sapwood.make_plan(sapwood.locate(pack.pathway, sapwood.evaluate_all(pack.criteria, facts)), facts)
    return json.loads(write(plan, "json")), write(plan, "text")


def plan_of(number: str, reading: str) -> dict[str, Any]:
    name, as_of = READINGS[reading]
    return written(CASES / f"{number}.{name}.json", as_of)[0]


def stands(plan: dict[str, Any]) -> str:
    """The position as the page writes it: `diagnosis`, or `later (line 2)`."""
    step, line = plan["position"]["step"], plan["position"]["line"]
    return step if line in (None, 1) else f"{step} (line {line})"


@pytest.fixture(scope="module", params=NUMBERS)
def number(request: pytest.FixtureRequest) -> str:
    """Each case; for the whole module, so that the tests of one case run together and share its plans."""
    return str(request.param)


each_reading = pytest.mark.parametrize("reading", READINGS)


def test_all_the_cases_are_here() -> None:
    assert len(NUMBERS) == 32
    for number in NUMBERS:
        assert case_of(number)["case_id"] == number
        assert (CASES / f"{number}.bundle.json").is_file()
        assert (CASES / f"{number}.blind.bundle.json").is_file()
    assert len(OTHERS) == 3


@each_reading
def test_the_phenotype_is_the_rule_by_hand(number: str, reading: str) -> None:
    verdict = plan_of(number, reading)["criteria"]["bpdcn_phenotype"]["verdict"]
    assert verdict == phenotype_by_hand(case_of(number))


def test_the_rule_by_hand_knows_both_answers() -> None:
    """A hand rule that says unknown to everything would agree with anything."""

    def says(**markers: str) -> str:
        return phenotype_by_hand({"facts": {"immunophenotype": markers}})

    clean = {"CD3": "negative", "CD14": "negative", "CD19": "negative", "CD34": "negative"}
    assert says(CD123="weak", TCL1="partial", CD56="positive") == "true"
    assert says(CD123="positive", CD4="positive", CD56="positive") == "unknown"
    assert says(TCF4="positive", TCL1="positive", CD303="positive", **clean) == "unknown"
    assert (
        says(TCF4="positive", TCL1="positive", CD303="positive", lysozyme="negative", MPO="negative", **clean)
        == "true"
    )
    assert says(CD123="negative", CD3="positive") == "false"
    assert says(CD123="conflicting", TCL1="positive", CD4="positive", CD3="positive") == "unknown"


@each_reading
def test_no_mimic_and_no_disputed_case_is_confirmed(number: str, reading: str) -> None:
    if case_of(number)["expected"]["was_bpdcn"] is not True:
        assert plan_of(number, reading)["criteria"]["bpdcn_confirmed"]["verdict"] != "true"


def test_every_full_record_of_bpdcn_is_confirmed(number: str) -> None:
    if case_of(number)["expected"]["was_bpdcn"] is True:
        for reading in ("full", "a year on"):
            assert plan_of(number, reading)["criteria"]["bpdcn_confirmed"]["verdict"] == "true"


@each_reading
def test_an_unknown_phenotype_is_asked_about_early(number: str, reading: str) -> None:
    plan = plan_of(number, reading)
    phenotype = plan["criteria"]["bpdcn_phenotype"]
    if phenotype["verdict"] != "unknown":
        return
    could_settle = {fact for way in ("true", "false") for one in phenotype["settle"][way] for fact in one}
    asked = [question["fact"] for question in plan["ask_next"][:5]]
    assert could_settle & set(asked), f"asked {asked}; {sorted(could_settle)} could settle it"


@each_reading
def test_every_bundle_gives_a_plan_that_recommends_nothing(number: str, reading: str) -> None:
    name, as_of = READINGS[reading]
    plan, text = written(CASES / f"{number}.{name}.json", as_of)
    assert [line for line in text.splitlines() if len(line) > 80] == []
    assert plan["notice"] and plan["pack"]["reviewed"] is False
    assert "recommended" not in {option["standing"] for option in plan["options"]}


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("as_of", [DAY_0, A_YEAR_ON])
def test_the_records_of_other_people_show_no_sign(name: str, as_of: str) -> None:
    plan, text = written(RECORDS / name, as_of)
    assert plan["position"]["step"] == "no_signal"
    assert plan["options"] == [] and plan["position"]["gaps"] == []
    assert "Nothing in this record points to BPDCN." in text
    assert [line for line in text.splitlines() if len(line) > 80] == []


# --- the page ---------------------------------------------------------------------------------------------------


@functools.cache
def table() -> dict[str, dict[str, str]]:
    """The rows of the page's table by case number."""
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if re.match(r"\| (Case|\d{3}) ", line)
    ]
    head, *body = rows
    return {row[0]: dict(zip(head, row, strict=True)) for row in body}


def test_the_page_has_every_case_once() -> None:
    assert sorted(table()) == NUMBERS
    readings = {row["Reading"] for row in table().values()}
    assert readings <= {"agree", "differ", "cannot judge"}


def test_the_page_says_where_the_engine_puts_the_case(number: str) -> None:
    row = table()[number]
    now = {reading: stands(plan_of(number, reading)) for reading in READINGS}
    now["phenotype"] = phenotype_by_hand(case_of(number))
    assert {
        "blind": row["Blind"],
        "full": row["Full"],
        "a year on": row["A year on"],
        "phenotype": row["Phenotype"],
    } == now, f"correct the row of {number} in {PAGE.name}, and read its plan again"


def test_the_page_reads_each_case_that_differs_and_cites_its_source(number: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert case_of(number)["source"]["title"] in page
    if table()[number]["Reading"] == "differ":
        assert re.search(rf"^\*\*[^*]*\b{number}\b", page, re.MULTILINE), f"no reading of {number}"
