"""The pages, questions and cards of the BPDCN pack: how they read, what they rest on, what must not stand there."""

from __future__ import annotations

import math
import re

import pytest

from sapwood.articles import LINK, Article, CardDefinition, Library, read_library, too_hard
from sapwood.pack import load_pack, pack_folder
from sapwood.reading_grade import LIMIT, grade, sentences

LIBRARY = read_library(load_pack("bpdcn"), pack_folder("bpdcn"))
PAGES = list(LIBRARY.articles.values())
CARDS = list(LIBRARY.cards.values())
ORDER = """tonight most_bruises its_name why_it_took_long second_opinion tests this_week fertility
questions_to_take tagraxofusp pivekimab tag_aza_ven hma_ven chemotherapy spinal_fluid radiotherapy trials comfort
transplant sun_and_genes remission relapse living_with_it children carers sheet questions""".split()
TREATMENTS = [page for page in PAGES if page.about.treatment and page.about.kind == "article"]

# Domain facts that were never verified: a page says "not known here: ask" instead.
NOT_VERIFIED = r"\b(?:24-36 ?Gy|twice weekly|4-8 doses|4 to 8 doses)\b"


def named(page: Article) -> str:
    return page.about.id


@pytest.fixture
def library() -> Library:
    return LIBRARY


def test_they_stand_in_the_order_people_need_them(library: Library) -> None:
    assert list(library.articles) == ORDER
    assert not any(page.about.reviewed for page in PAGES), "a review needs a clinician's name in pack.yaml"


def test_one_can_walk_from_the_first_page_to_the_last(library: Library) -> None:
    walked = [PAGES[0]]
    while walked[-1].about.next:
        walked.append(library.article(walked[-1].about.next))
    assert walked == PAGES


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_page_reads_at_grade_8_or_below_and_its_sentences_are_short(page: Article) -> None:
    assert grade(page.body) <= LIMIT
    allowed = 45 if page.about.kind == "sheet" else 33
    assert max(len(sentence.split()) for sentence in sentences(page.body)) <= allowed


def test_every_answer_reads_at_grade_8_or_below_without_its_way_on(library: Library) -> None:
    answers = library.article("questions").answers
    assert len(answers) >= 25
    hard = {question: grade(answer.split("More:")[0]) for question, answer in answers.items()}
    assert {question: reached for question, reached in hard.items() if reached > LIMIT} == {}
    assert list(too_hard(library)) == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_page_rests_on_claims_and_says_what_is_not_known(page: Article) -> None:
    assert page.claims
    assert not re.search(NOT_VERIFIED, page.body)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_page_neither_ranks_nor_promises_nor_gives_an_outcome(page: Article) -> None:
    text = re.sub(r"\[\^\w+\]", "", page.body)
    assert not re.search(
        r"\d ?%|\b(?:median|prognosis|life expectancy|odds|respond(?:ed|ers)?)\b", text, re.I
    )
    assert not re.search(r"\b(?:best treatment|miracle|breakthrough|battle|warrior|no choice)\b", text, re.I)
    assert not re.search(r"\b(?:tumor|leukemia|hematolog|center|edema)\w*\b", text), "British spelling"


def test_red_flags_stand_at_four_levels_with_the_signs_of_the_domain(library: Library) -> None:
    parts = re.split(r"^## ", library.article("tonight").body, flags=re.MULTILINE)
    levels = {part.splitlines()[0]: part for part in parts[1:]}
    emergency, hour, today, days = list(levels.values())[:4]
    for signs, level in (
        (
            "breathing, chest pain, fainting, confusion, seizure, weakness, numb, stiff neck, bleeding, tongue",
            emergency,
        ),
        (
            "38.0, 100.4, shake, dizzy, 1.5 kg, 3.3 lb, swelling, less water, yellow eyes, dark urine, belly, sight",
            hour,
        ),
        ("bruises, purple spots, cough, vomit, sore mouth, rash, burning, one leg", today),
        ("lump, gland, sweats, low mood", days),
    ):
        assert [sign for sign in signs.split(", ") if sign not in level] == []
    assert "donor transplant" in hour and "donor transplant" in today
    assert "before you take paracetamol" in parts[0]
    assert "For a child, your team gives you the numbers" in parts[0]


@pytest.mark.parametrize("page", TREATMENTS, ids=named)
def test_a_treatment_says_what_to_watch_for_and_how_many_days_or_that_it_is_not_known(page: Article) -> None:
    if page.about.id in ("trials", "comfort"):
        return
    assert re.search(r"watch for|main danger", page.body)
    assert re.search(r"Days in hospital|stay\?|How many days", page.body)


def test_every_page_with_a_number_for_adults_says_what_holds_for_a_child(library: Library) -> None:
    for name in ("tonight", "tagraxofusp", "carers", "sheet"):
        body = library.article(name).body
        assert "1.5 kg" in body and re.search(r"child, your team gives you the numbers", body), name
    assert not re.search(r"\d\.\d (?:kg|°C)", library.article("children").body)


def test_the_sheet_has_two_weeks_of_blank_days(library: Library) -> None:
    rows = re.findall(r"^\|(?:  \|)+$", library.article("sheet").body, re.MULTILINE)
    assert len(rows) == 14


def test_every_treatment_of_the_disease_has_a_page_and_a_card(library: Library) -> None:
    explained = {name for page in PAGES for name in page.about.treatment}
    for name, regimen in library.pack.regimens.items():
        assert library.card(name), regimen.title
        assert name in explained or name in library.articles or name.startswith("other_"), regimen.title


def test_the_cards_warn_of_what_each_treatment_is_feared_for(library: Library) -> None:
    feared = {
        "tagraxofusp": "Capillary leak",
        "pivekimab": "veno-occlusive disease",
        "hma_ven": "Tumour lysis",
        "chemotherapy": "Febrile neutropenia",
        "asparaginase_mtx": "Pancreatitis",
        "transplant": "GVHD",
    }
    for name, danger in feared.items():
        assert any(danger in line.text for line in library.card(name).think_of), name
    assert any("NEVER into the spine" in line.text for line in library.card("chemotherapy").do_not)
    assert any("IRRADIATED" in line.text for line in library.card("transplant").do)
    assert not any("Capillary leak" in line.text for line in library.card("pivekimab").think_of)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_a_card_holds_what_fits_its_back(card: CardDefinition) -> None:
    """Measured in a browser with a wide letter: 54 letters a line; 14 lines beside three headings."""
    lines = [*card.think_of, *card.do, *card.do_not]
    assert sum(math.ceil(len(line.text) / 54) for line in lines) <= 14
    assert len(card.treated_with) <= 110


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_a_card_fills_in_no_number_and_says_when_a_fever_is_one(card: CardDefinition) -> None:
    said = " ".join(line.text for line in (*card.think_of, *card.do, *card.do_not))
    assert "local policy" in said and "38.0 °C" in said
    assert not re.search(r"\b(?:911|112|999|\d{3}[- ]\d{3,})\b", said)


def test_links_say_where_they_lead() -> None:
    for page in PAGES:
        for match in re.finditer(r"\[([^\]^]*)\]\(", page.body):
            assert match[1].strip() and match[1].lower() not in ("here", "click here", "this")
    assert all(LINK.findall(answer) for answer in LIBRARY.article("questions").answers.values())
