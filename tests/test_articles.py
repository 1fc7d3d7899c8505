"""Pages and cards of a pack: what is read, and everything that is refused, each with its place."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from small_packs import folder_of

from sapwood.articles import Library, check_library, read_library
from sapwood.errors import AnswerError, PackError
from sapwood.pack import Pack, load_pack

EVIDENCE = {
    "sources": {"label": {"citation": "A label", "access": "copy read"}, "ours": {"citation": "Our choice"}},
    "claims": {
        "dose": {"source": "label", "text": "Given by vein."},
        "fever": {"source": "label", "text": "Fever is urgent."},
        "rest": {"source": "ours", "text": "Rest is allowed."},
    },
}
PATHWAY = {
    "steps": [{"id": "treatment", "title": "Treatment", "opens": "TRUE"}],
    "options": [{"id": "drug_a", "title": "Drug A"}],
}


def page(text: str = "Call us.[^fever]", **front: Any) -> str:
    """A page with these keys before it."""
    keys = {"id": "first", "title": "First", "order": 1, **front}
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in keys.items()) + f"---\n\n{text}\n"


def card(**changed: Any) -> str:
    """A card, changed in some keys; JSON is YAML too."""
    line = [{"text": "Fever.", "evidence": ["fever"]}]
    keys = {"id": "drug_a", "title": "Drug A", "order": 1, "treated_with": "I get drug A.", "think_of": line}
    return json.dumps({**keys, "do": line, "treatment": ["drug_a"], **changed})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "small"


def small(folder: Path) -> Pack:
    """The pack that the pages of these tests are about."""
    facts = {"age": {"title": "age", "type": "quantity", "unit": "a"}}
    return load_pack(folder_of(folder, facts=facts, evidence=EVIDENCE, pathway=PATHWAY))


def library_of(folder: Path, pages: dict[str, str], cards: dict[str, str] | None = None) -> Library:
    pack = small(folder)
    for place, files in (("articles", pages), ("cards", cards or {})):
        (folder / place).mkdir()
        for name, text in files.items():
            (folder / place / name).write_text(text, encoding="utf-8")
    return read_library(pack, folder)


def refused(folder: Path, pages: dict[str, str], cards: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(PackError) as error:
        library_of(folder, pages, cards)
    return [str(problem) for problem in error.value.problems]


# --- what is read ---------------------------------------------------------------------------------


def test_pages_come_in_their_order_with_what_they_rest_on(folder: Path) -> None:
    library = library_of(
        folder,
        {
            "01-first.md": page(
                "By vein.[^dose] Rest.[^rest] By vein.[^dose]", next="second", sources="[fever]"
            ),
            "02-second.md": page(id="second", order=2, reviewed="2026-03-02"),
        },
    )
    assert list(library.articles) == ["first", "second"]
    assert library.article("first").claims == ("dose", "rest", "fever")
    assert library.article("second").about.reviewed == "2026-03-02"


def test_a_source_is_numbered_once_though_two_claims_come_from_it(folder: Path) -> None:
    library = library_of(folder, {"01-first.md": page("A.[^dose] B.[^rest] C.[^fever]")})
    first, second = library.references(library.article("first").claims)
    assert (first.number, first.claims, first.words) == (1, ("dose", "fever"), "A label. Copy read.")
    assert (second.number, second.claims, second.words) == (2, ("rest",), "Our choice.")


def test_a_page_of_questions_gives_each_answer(folder: Path) -> None:
    text = "Short.\n\n## Why?\n\nSo.[^rest] [More](01-first.md).\n\n## When?\n\nNow.[^fever] [More](01-first.md)."
    article = library_of(folder, {"01-first.md": page(text, kind="questions")}).article("first")
    assert list(article.answers) == ["Why?", "When?"]
    assert article.answers["When?"].startswith("Now.")


def test_a_card_is_found_by_its_id_and_by_each_treatment(folder: Path) -> None:
    library = library_of(folder, {}, {"a.yaml": card(id="a")})
    assert library.card("a") is library.card("drug_a")


def test_the_pages_that_help_on_a_step_or_with_a_treatment(folder: Path) -> None:
    library = library_of(
        folder,
        {
            "01-first.md": page(next="second", steps="[treatment]"),
            "02-second.md": page(id="second", order=2, treatment="[drug_a]"),
        },
    )
    assert [one.about.id for one in library.helpful(step="treatment")] == ["first"]
    assert [one.about.id for one in library.helpful(treatment="drug_a")] == ["second"]
    assert library.helpful() == ()


def test_what_is_not_there_is_answered_with_what_is_near(folder: Path) -> None:
    library = library_of(folder, {"01-first.md": page()}, {"drug_a.yaml": card()})
    with pytest.raises(AnswerError, match=r"Did you mean `first`\?"):
        library.article("frist")
    with pytest.raises(AnswerError, match=r"Did you mean `drug_a`\?"):
        library.card("drug_b")


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ({"titel": "x"}, "Did you mean `title`?"),
        ({"order": "two"}, "Expected `int`"),
        ({"kind": "poem"}, "poem"),
        ({"reviewed": "soon"}, "`reviewed` is no day"),
        ({"sources": "[fevre]"}, "unknown claim `fevre`. Did you mean `fever`?"),
        ({"steps": "[tretment]"}, "unknown step `tretment`. Did you mean `treatment`?"),
        ({"treatment": "[drug_b]"}, "unknown treatment `drug_b`. Did you mean `drug_a`?"),
        ({"next": "second"}, "unknown page `second`"),
        ({"id": "Not an id"}, "not a usable id"),
        ({"order": 2}, "Name the file `02-what-it-is-of.md`"),
    ],
)
def test_a_fault_before_the_page_is_named(folder: Path, front: dict[str, Any], said: str) -> None:
    problems = refused(folder, {"01-first.md": page(**front)})
    assert any(said in problem for problem in problems), problems
    assert all(problem.startswith("small/articles/01-first.md") for problem in problems)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("By vein.[^dosis]", "unknown claim `dosis`. Did you mean `dose`?"),
        ("See [that](02-second.md).", "unknown page `02-second.md`"),
        ("You are eligible.", "holds `eligible`"),
        ("About 60% survive. ", "holds `60% survive`"),
        ("Median survival was 12 months.", "holds `survival was 12"),
        ("You should have come sooner.", "Take the blame out."),
        ("It will cure you.", "Promise nothing."),
        ("You failed treatment.", "Take the blame out."),
    ],
)
def test_a_fault_in_the_page_is_named(folder: Path, text: str, said: str) -> None:
    (problem, *_) = refused(folder, {"01-first.md": page(text)})
    assert said in problem


def test_an_answer_without_a_source_or_without_more_is_refused(folder: Path) -> None:
    more = "[More](01-first.md)"
    text = f"## Why?\n\nSo. {more}.\n\n## When?\n\nNow.[^fever]\n\n## Who?\n\nI.[^rest] {more}."
    problems = refused(folder, {"01-first.md": page(text, kind="questions")})
    assert [problem.split("`")[1] for problem in problems] == ["Why?", "When?"]


def test_a_page_to_which_nothing_leads_is_refused_and_a_link_is_enough(folder: Path) -> None:
    pages = {"01-first.md": page(), "02-second.md": page(id="second", order=2)}
    (problem,) = refused(folder, pages)
    assert "no page leads here" in problem and "02-second.md" in problem
    pages["01-first.md"] = page("Read [on](02-second.md).")
    (folder / "articles" / "01-first.md").write_text(pages["01-first.md"])
    assert check_library(small(folder), folder) == ()


def test_a_place_and_a_name_are_taken_once(folder: Path) -> None:
    problems = refused(folder, {"01-first.md": page(), "01-other.md": page(id="other")})
    assert any("its order is that of small/articles/01-first.md" in problem for problem in problems)


def test_every_problem_comes_in_one_list(folder: Path) -> None:
    problems = refused(
        folder,
        {"01-first.md": "No keys.\n", "02-second.md": page("[^dosis]", id="second", order=2)},
        {"drug_a.yaml": card(think_of=[{"text": "x", "evidence": ["fevre"]}])},
    )
    assert len(problems) == 3
    assert "nothing stands before the page" in problems[0]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"treat": []}, "Did you mean `treatment`?"),
        ({"id": "b"}, "Name the file after its id"),
        ({"do": [{"text": "Call.", "evidence": []}]}, "`Call.` has no evidence"),
        ({"treatment": ["drug_z"]}, "unknown treatment `drug_z`"),
        ({"reviewed": "yes"}, "`reviewed` is no day"),
    ],
)
def test_a_fault_of_a_card_is_named(folder: Path, changed: dict[str, Any], said: str) -> None:
    problems = refused(folder, {}, {"drug_a.yaml": card(**changed)})
    assert any(said in problem for problem in problems), problems


def test_a_treatment_has_one_card(folder: Path) -> None:
    (problem,) = refused(folder, {}, {"a.yaml": card(id="a"), "b.yaml": card(id="b", order=2)})
    assert "`drug_a` has the card a" in problem


def test_a_plan_is_made_without_reading_a_page() -> None:
    code = "import sys, sapwood.plan, sapwood.cli; print([m for m in sys.modules if 'articles' in m or 'markd' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
