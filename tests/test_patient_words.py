"""Every line that a patient may read has words for them, and these are plain, kind, and free of what nobody asked for.

The reading grade is a formula for whole texts and unfair to a line of five words. So it is asked of each section of a
pack as one text (all its tasks, all its alerts ...), and of each text of 40 words or more. Every single sentence,
however short its text, keeps to 25 words, and to words of three syllables at most but for the few of a list.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from sapwood.definitions import Plain
from sapwood.pack import load_pack
from sapwood.pack_content import Pack
from sapwood.reading_grade import LIMIT, NAMES, grade, sentences

PACKS = sorted(path.parent for path in (Path(__file__).resolve().parents[1] / "packs").glob("*/pack.yaml"))
WORDS_IN_A_SENTENCE = 25
LONG_TEXT = 40
SYLLABLES = 3

# Long words that a person meets on the ward and cannot avoid, or that no shorter word says as well.
KNOWN = """
aciclovir antibiotic antibiotics antibody bilirubin chemotherapy chromosomes clinicaltrials.gov co-trimoxazole
cyclophosphamide daunorubicin diabetes diagnosis dialysis doxorubicin emergency fibrinogen haemoglobin hepatitis
ibuprofen idarubicin leukaemia lymphoblastic mitoxantrone palliative pathologist pathology pentostatin potassium
radiotherapy rasburicase posaconazole temperature ulcerative
""".split()
# A figure on survival that nobody asked for, what nobody outside a study can say, and words that blame.
FORBIDDEN = re.compile(
    r"\b(eligib\w*|surviv\w*|median|mortality|prognos\w*|fatal\w*|deadly|die|dies|dying|death|killed|incurable|terminal\w*"
    r"|refus\w*|non-?complian\w*|noncomplian\w*|blame|fail(?:ed|s|ure of)?"
    r"|your own fault|you should have|neglect\w*|qualif\w*"
    r"|guarantee\w*|promis\w*)\b|\d\s*(?:%|percent|per cent)",
    re.IGNORECASE,
)
MACHINE = re.compile(r"\b[a-z0-9]+_[a-z0-9_]+\b")


@cache
def pack_of(folder: Path) -> Pack:
    return load_pack(folder)


def texts(pack: Pack) -> Iterator[tuple[str, str, str]]:
    """Section, place and words of everything there is for patients in a pack."""

    def plain(
        section: str, place: str, words: Plain, keys: tuple[str, ...]
    ) -> Iterator[tuple[str, str, str]]:
        for key in keys:
            yield section, f"{place}.{key}", getattr(words, key)

    for name in ("patient_notice", "no_signal_patient", "closed_patient", "call_patient", "trials_patient"):
        yield "pack", name, getattr(pack.about, name)
    if pack.about.adult_when_false:
        yield "pack", "adult_only_patient", pack.about.adult_only_patient
    if pack.about.ended_when:
        yield "pack", "ended_patient", pack.about.ended_patient
    for name, fact in pack.facts.items():
        yield "facts", name, fact.patient
    for name, criterion in pack.criteria.items():
        keys = ("text", "change") if criterion.reversible else ("text",)
        yield from plain("criteria", name, criterion.patient, keys)
    pathway = pack.pathway
    for step in pathway.steps:
        yield from plain("steps", step.id, step.patient, ("title", "text", "change"))
    for track in pathway.tracks:
        yield from plain("tracks", track.id, track.patient, ("title", "unknown"))
        for status in (one for one in track.statuses if one.text):  # one without words is left out of a plan
            yield "tracks", f"{track.id}.{status.status}", status.patient
    for task in pathway.tasks:
        yield from plain("tasks", task.id, task.patient, ("title", "text"))
    for option in pathway.options:
        yield from plain("options", option.id, option.patient, ("title", "text"))
        for sort in ("requires", "rules_out", "for_", "against"):
            for number, point in enumerate(getattr(option, sort)):
                yield "options", f"{option.id}.{sort}.{number}", point.patient
    for alert in pathway.alerts:
        keys = ("title", "text", "unknown") if alert.speaks_when_unknown else ("title", "text")
        yield from plain("alerts", alert.id, alert.patient, keys)
    for item in pathway.follow_up:
        yield from plain("follow_up", item.id, item.patient, ("title", "text"))
    for trial in pack.trials:
        if trial.status == "recruiting":
            yield from plain("trials", trial.nct, trial.patient, ("title", "text"))
            for sort in ("meets", "excludes"):
                for number, point in enumerate(getattr(trial, sort)):
                    yield "trials", f"{trial.nct}.{sort}.{number}", point.patient


def more_texts(pack: Pack) -> Iterator[tuple[str, str, str]]:
    """Words that need not be there, but must be plain where they are."""
    for name, fact in pack.facts.items():
        if fact.ask is not None:
            yield "questions", f"{name}.ask.patient", fact.ask.patient
            yield "questions", f"{name}.ask.bring", fact.ask.bring
    for alert in pack.pathway.alerts:
        yield "alerts", f"{alert.id}.unknown", alert.patient.unknown
    for topic in pack.topics:
        yield "topics", f"{topic.id}.title", topic.patient.title
        yield "topics", f"{topic.id}.text", topic.patient.text


def every_text(pack: Pack) -> list[tuple[str, str, str]]:
    return [entry for entry in (*texts(pack), *more_texts(pack)) if entry[2]]


@pytest.mark.parametrize("folder", PACKS, ids=lambda path: path.name)
def test_every_line_has_words_for_patients(folder: Path) -> None:
    without = [f"{section}: {place}" for section, place, words in texts(pack_of(folder)) if not words]
    assert not without, f"{len(without)} lines have no words for patients: {without[:20]}"


@pytest.mark.parametrize("folder", PACKS, ids=lambda path: path.name)
def test_each_section_and_each_long_text_keeps_to_the_grade(folder: Path) -> None:
    sections: dict[str, list[str]] = {}
    hard = []
    for section, place, words in every_text(pack_of(folder)):
        sections.setdefault(section, []).append(words if words.endswith((".", "?")) else f"{words}.")
        if len(words.split()) >= LONG_TEXT and grade(words) > LIMIT:
            hard.append(f"{place} asks for grade {grade(words)}: {words}")
    for section, lines in sections.items():
        if grade("\n\n".join(lines)) > LIMIT:
            hard.append(f"{section} as a whole asks for grade {grade(' '.join(lines))}")
    assert not hard, "\n".join(hard)


@pytest.mark.parametrize("folder", PACKS, ids=lambda path: path.name)
def test_sentences_and_words_are_short(folder: Path) -> None:
    syllables = importlib.import_module("readability.langdata").LANGDATA["en"]["syllables"]
    allowed = set(KNOWN) | {part for name in NAMES for part in name.split()}
    hard = []
    for _, place, text in every_text(pack_of(folder)):
        for sentence in sentences(text):
            if len(sentence.split()) > WORDS_IN_A_SENTENCE:
                hard.append(f"{place}: a sentence of {len(sentence.split())} words: {sentence}")
        for word in re.findall(r"[A-Za-z][A-Za-z'.-]*[A-Za-z]", text):
            small = word.lower().removesuffix("'s")
            parts = small.split("-") if small not in allowed else []
            hard += [
                f"{place}: the word `{word}`"
                for part in parts
                if part not in allowed and not word.isupper() and syllables(part) > SYLLABLES
            ]
    assert not hard, f"{len(hard)} hard places:\n" + "\n".join(hard[:60])


@pytest.mark.parametrize("folder", PACKS, ids=lambda path: path.name)
def test_no_word_blames_promises_or_counts_survival(folder: Path) -> None:
    found = [
        f"{place}: {match[0]!r} in {words!r}"
        for _, place, words in every_text(pack_of(folder))
        for match in FORBIDDEN.finditer(words)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("folder", PACKS, ids=lambda path: path.name)
def test_no_name_of_the_machine_stands_in_a_sentence(folder: Path) -> None:
    found = [
        f"{place}: {words!r}" for _, place, words in every_text(pack_of(folder)) if MACHINE.search(words)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("folder", PACKS, ids=lambda path: path.name)
def test_what_an_option_requires_reads_after_not_now_because(folder: Path) -> None:
    """A requirement that is not met is a reason; "Your heart is strong enough" would then say the opposite."""
    wrong = [
        f"{option.id}: {point.patient!r}"
        for option in pack_of(folder).pathway.options
        for point in option.requires
        if not point.patient.startswith("It needs ") or ". " in point.patient
    ]
    assert not wrong, f"say in one sentence what the option needs, as `It needs ...`: {wrong}"
