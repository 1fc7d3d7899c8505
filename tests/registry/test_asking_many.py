"""`summary`, `find`, `ask` and `missing` say of many what plans say of each; small counts are never shown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from case_runner import case_files, case_of, pack_of
from small_registries import opened_here, registry_on_disk

from sapwood.criteria.evaluate import compile_tree
from sapwood.errors import SapwoodError
from sapwood.plan import Plan
from sapwood.registry.agreement import answers_of_plan
from sapwood.registry.asked import ask, sentence_of
from sapwood.registry.asked_words import asked_list, asked_words, found_list, found_words, missing_words
from sapwood.registry.case_finding import find
from sapwood.registry.opened import Registry
from sapwood.registry.overview import NOT_SAID, overview
from sapwood.registry.overview_html import as_html
from sapwood.registry.overview_words import as_csv, as_json, as_text, to_show
from sapwood.registry.questions import Question, missing
from sapwood.registry.what_if import askable

PACK = pack_of("hairy_cell")
PLANS: dict[str, Plan] = {
    path.stem: case_of(path).plan for path in case_files() if path.parent.parent.name == "hairy_cell"
}
CRITERION = "hcl_confirmed" if "hcl_confirmed" in PACK.criteria else next(iter(PACK.about.turns_on))


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    folder: Path = tmp_path_factory.mktemp("registry")
    layout = registry_on_disk(folder / "out", PACK, [(name, plan.facts) for name, plan in PLANS.items()])
    opened = opened_here(layout, PACK)
    yield opened
    opened.engine.close()


@pytest.fixture(scope="module")
def questions(registry: Registry) -> tuple[Question, ...]:
    return missing(registry)


def test_an_overview_counts_what_plans_say(registry: Registry) -> None:
    found = overview(registry)
    said = [answers_of_plan(plan) for plan in PLANS.values()]
    assert found.people == len(PLANS)
    assert {step: count for step, count in found.steps.items() if count} == Counter(
        plan.position.step for plan in PLANS.values()
    )
    for told in found.criteria:
        expected = Counter({True: "true", False: "false", None: "unknown"}[one[told.id]] for one in said)  # type: ignore[index]
        assert told.verdicts == {word: expected[word] for word in ("true", "false", "unknown")}, told.id
    for spread in found.spreads:
        words = Counter(one.get(f"{spread.sort}:{spread.id}") or NOT_SAID for one in said)
        assert spread.standings == {word: words[word] for word in spread.standings}, spread.id  # type: ignore[index]


def test_why_unknown_adds_up_and_names_the_worst_state(registry: Registry) -> None:
    for told in overview(registry).criteria:
        assert sum(told.unknown.values()) == told.verdicts["unknown"], told.id
        doubted = 0
        for plan in PLANS.values():
            facts = plan.facts
            states = {
                facts.fact(base, group).state
                for base in PACK.base_facts[told.id]
                for group in (facts.groups if PACK.facts[base].per == "specimen" else (None,))
            }
            doubted += plan.verdicts[told.id].value is None and bool(
                states & {"conflicting", "unusable", "stale"}
            )
        worst = told.unknown["conflicting"] + told.unknown["unusable"] + told.unknown["stale"]
        assert worst == doubted, told.id


def test_a_sentence_is_answered_as_the_evaluator_answers_it(registry: Registry) -> None:
    sentence = f"{CRITERION} AND NOT age_years >= 60"
    read = compile_tree(sentence_of(sentence, PACK).tree)
    found = ask(registry, sentence)
    assert found.people == {
        answer: tuple(sorted(name for name, plan in PLANS.items() if read(plan.facts.values) is answer))
        for answer in (True, False, None)
    }


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("hcl_confirmd", "unknown name `hcl_confirmd`"),
        ("age_years + 1", "not a yes or no"),
        ("age_years IS NULL", "IS"),
    ],
)
def test_the_same_errors_as_in_a_pack(registry: Registry, sentence: str, said: str) -> None:
    with pytest.raises(SapwoodError) as refused:
        ask(registry, sentence)
    assert said in str(refused.value), str(refused.value)


def test_what_is_found_per_specimen_is_asked_by_a_criterion(registry: Registry) -> None:
    marker = next(
        name for name, fact in PACK.facts.items() if fact.per == "specimen" and fact.type == "boolean"
    )
    with pytest.raises(SapwoodError, match="found per specimen"):
        ask(registry, marker)


@pytest.mark.parametrize("criterion", [CRITERION, *list(PACK.criteria)[:3]])
def test_case_finding_says_who_and_which_single_fact_would_settle_it(
    registry: Registry, criterion: str
) -> None:
    found = find(registry, criterion)
    truths = {name: plan.verdicts[criterion].value for name, plan in PLANS.items()}
    assert set(found.true) == {name for name, truth in truths.items() if truth is True}
    assert found.counts["unknown"] == sum(truth is None for truth in truths.values())
    possible = set(askable(PACK, [criterion]))
    settled = {
        (row[0], row[1])
        for row in registry.rows("SELECT DISTINCT person, fact FROM one_answer WHERE to_true")
    }
    for name, plan in PLANS.items():
        if truths[name] is None:
            singles = {one[0] for one in plan.verdicts[criterion].settle.true if len(one) == 1} & possible
            assert singles <= {fact for person, fact in settled if person == name}, f"{name}: {singles}"
        else:
            assert not any(person == name for person, _ in settled), name


def test_a_criterion_that_is_not_there_is_named(registry: Registry) -> None:
    with pytest.raises(SapwoodError, match="has no `hcl_nothing`"):
        find(registry, "hcl_nothing")


def test_a_question_is_put_to_nobody_who_answered_it(questions: tuple[Question, ...]) -> None:
    found = questions
    assert found and [one.people for one in found] == sorted((one.people for one in found), reverse=True)
    for one in found:
        unknown = [
            name
            for name, plan in PLANS.items()
            if plan.position.step != "no_signal"
            and any(
                not plan.facts.fact(one.fact, group).known
                for group in (plan.facts.groups if PACK.facts[one.fact].per == "specimen" else (None,))
            )
        ]
        assert one.people <= len(unknown), one.fact
        assert sum(count for _, count in one.most) == one.verdicts >= one.people, one.fact


def test_no_small_count_is_shown(registry: Registry, questions: tuple[Question, ...]) -> None:
    """Not in words, tables, pictures or data; a hidden figure cannot be worked out from a total."""
    shown = to_show(overview(registry), questions, PACK, registry.manifest, 11)
    for _, _, _, count in _rows(shown):
        assert count is None or count == 0 or count >= 11
    for counts, total in [
        (shown.steps, len(PLANS)),
        *((verdicts, len(PLANS)) for verdicts, _ in shown.criteria.values()),
    ]:
        hidden = [key for key, count in counts.items() if count is None]
        left = total - sum(count for count in counts.values() if count is not None)
        assert not hidden or (len(hidden) > 1 and left >= 11), counts
    for text in (as_text(shown), as_csv(shown), as_json(shown), as_html(shown)):
        assert not re.search(
            r"(?:^|[ >:,])([1-9]|10)(?:</td>|$|,? *\n)", _without_titles(text), re.MULTILINE
        ), text
    words = asked_words(ask(registry, CRITERION), registry, 11) + found_words(
        find(registry, CRITERION), registry, 11
    )
    words += missing_words(questions, registry, 11)
    assert not re.search(r"^ +([1-9]|10)  ", words, re.MULTILINE), words


def _rows(shown: object) -> Iterator[tuple[str, str, str, int | None]]:
    from sapwood.registry.overview_words import Shown, rows_of

    assert isinstance(shown, Shown)
    return rows_of(shown)


def _without_titles(text: str) -> str:
    return re.sub(r"<th[^>]*>.*?</th>", "", text)


def test_lists_hold_ids_and_say_for_whom_they_are(registry: Registry) -> None:
    for text in (asked_list(ask(registry, CRITERION)), found_list(find(registry, CRITERION), registry)):
        assert text.startswith("# For the hospital's own eyes")
    listed = found_list(find(registry, CRITERION), registry)
    for name, plan in PLANS.items():
        assert (f"{name},true," in listed) == (plan.verdicts[CRITERION].value is True), name


def test_the_page_tells_its_pictures_in_words(registry: Registry, questions: tuple[Question, ...]) -> None:
    page = as_html(to_show(overview(registry), questions, PACK, registry.manifest, 1))
    assert 'role="img"' in page and "<script" not in page and "http" not in page.replace("http-equiv", "")
    told = re.findall(r'<svg[^>]*aria-label="([^"]+)"', page)
    assert told[0].startswith("People along the pathway") and len(told) == 2
    for step in PACK.pathway.steps:
        assert step.title in told[0].replace("&#x27;", "'")
