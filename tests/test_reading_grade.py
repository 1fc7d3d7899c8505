"""The reading grade: what counts as a sentence and as a word, and that hard text scores as hard."""

from __future__ import annotations

import builtins
from decimal import Decimal
from typing import Any

import pytest

from sapwood.errors import SapwoodError
from sapwood.reading_grade import LIMIT, NAMES, grade, sentences


def test_short_plain_sentences_are_well_below_the_limit() -> None:
    assert grade("Call now. Do not wait. Your team wants to hear from you, day or night.") < Decimal(4)


def test_the_way_papers_are_written_is_above_the_limit() -> None:
    paper = (
        "Allogeneic haematopoietic transplantation following myeloablative conditioning was associated with "
        "significantly improved progression-free survival among individuals achieving complete remission."
    )
    assert grade(paper) > LIMIT + 4


def test_the_same_words_in_fewer_full_stops_are_harder() -> None:
    assert grade("You may feel weak. You may feel cold. You may want to sleep.") < grade(
        "You may feel weak and you may feel cold and you may want to sleep."
    )


def test_the_formula_is_the_published_one() -> None:
    # 6 words, 1 sentence, 6 syllables: 0.39 * 6 + 11.8 * 1 - 15.59 = -1.45, which is shown as grade 0.
    assert grade("The cat sat on the mat.") == 0
    # 4 words, 11 syllables: 0.39 * 4 + 11.8 * 11 / 4 - 15.59 = 18.42
    assert grade("Potato animal banana table.") == Decimal("18.4")


def test_headings_tables_and_addresses_are_not_counted() -> None:
    body = "Your blood is checked before every dose, and again on the day after it."
    page = f"# Now\n\n## Go\n\n| a | b |\n|---|---|\n| c | d |\n\n{body}\n\n<https://example.org/a-b>\n"
    assert sentences(page) == (body,)
    assert grade(page) == grade(body)


def test_an_item_of_a_list_is_a_sentence_and_its_marks_are_not_words() -> None:
    assert sentences("Call if you have:\n\n- **chest pain**\n- a [red spot](04-x.md)\n1. `fever`\n") == (
        "Call if you have:",
        "chest pain",
        "a red spot",
        "fever",
    )


def test_a_mark_of_citation_is_no_word() -> None:
    assert sentences("It is rare.[^disease_definition][^age_any] It grows fast.") == (
        "It is rare.",
        "It grows fast.",
    )


def test_numbers_and_short_forms_do_not_end_a_sentence() -> None:
    assert sentences("Call at 38.0 C (100.4 F). Ask Dr. Ames about it.") == (
        "Call at 38.0 C (100.4 F).",
        "Ask Dr Ames about it.",
    )


def test_a_name_is_counted_as_a_plain_word_and_nothing_else_is() -> None:
    assert grade("You get tagraxofusp by drip.") == grade("You get drug by drip.")
    assert sentences("Hypomethylating tagraxofusp.") == ("Hypomethylating drug.",)


def test_the_names_left_out_of_the_count_are_few_and_written_down() -> None:
    assert len(NAMES) <= 20
    assert all(len(plain.split()) <= 2 for plain in NAMES.values())


@pytest.mark.parametrize("text", ["", "  \n", "# Title only", "---"])
def test_a_text_without_words_is_grade_0(text: str) -> None:
    assert grade(text) == 0


def test_without_the_library_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *more: Any, **named: Any) -> Any:
        if name == "readability":
            raise ImportError(name)
        return real(name, *more, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SapwoodError) as refused:
        grade("Some words.")
    assert "extra `check`" in refused.value.problems[0].remedy
