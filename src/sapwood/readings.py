"""One FHIR element read as one typed value, or a refusal that says why; nothing is guessed.

A value in another unit is converted, an implausible one refused, a text read only when all of it is understood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from sapwood.concepts import Resource, codes_of, concept_text, phrases_of, tokens
from sapwood.definitions import FactDefinition
from sapwood.record import normalise
from sapwood.units import contradicts_itself, convert, ucum_code
from sapwood.values import Moment, Range, Value, read_moment


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something that is there cannot be used; `conflict` where it says itself that results disagree."""

    why: str
    conflict: bool = False


Reading = bool | str | Decimal | Range | Moment | Refusal

_POSITIVE = frozenset(
    "positive pos + ++ +++ ++++ 1+ 2+ 3+ 4+ present detected reactive yes y true expressed weak weakly dim "
    "bright partial partially subset strong strongly mutated".split()
)
_NEGATIVE = frozenset("negative neg - absent undetected nonreactive no n false none".split())
_NEGATIVE_PHRASES = frozenset(
    (
        "not detected",
        "not present",
        "non reactive",
        "not reactive",
        "not expressed",
        "none detected",
        "not seen",
        "not mutated",
        "wild type",
        "wildtype",
    )
)
_QUALIFIERS = frozenset(
    "in a an of the all most some many cells cell blasts blast tumour tumor neoplastic atypical diffuse "
    "diffusely focal focally variable variably heterogeneous expression staining moderate moderately patchy "
    "result".split()
)
_ALONE = frozenset("none false true reactive no".split())
"""Answers only when they stand alone: "reactive cells" and "no result" say something else."""
_SOME = frozenset("most some many few".split())
_INITIALS = frozenset("y n".split())
"""An answer when they stand alone; among other words (`n/a`) they say nothing."""
_DENIALS = frozenset("no not non without denies never cannot neither nor absent".split())
_CONFLICT = frozenset("conflicting discordant discrepant contradictory".split())
_OPEN = frozenset(
    "equivocal indeterminate inconclusive borderline suspected possible probable pending unknown unclear "
    "uncertain".split()
)
_SNOMED, _LOINC = "http://snomed.info/sct", "http://loinc.org"
_ANSWER = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
_TRUE_CODES = frozenset(
    [(_SNOMED, code) for code in ("10828004", "52101004", "260373001", "11214006")]
    + [(_LOINC, code) for code in ("LA6576-8", "LA9633-4", "LA11882-0", "LA33-6", "LA15255-5")]
    + [("http://terminology.hl7.org/CodeSystem/v2-0136", "Y")]
    + [(_ANSWER, code) for code in ("POS", "DET", "WR", "RR")]
)
_FALSE_CODES = frozenset(
    [(_SNOMED, code) for code in ("260385009", "2667000", "260415000", "131194007")]
    + [(_LOINC, code) for code in ("LA6577-6", "LA9634-2", "LA11883-8", "LA32-8")]
    + [("http://terminology.hl7.org/CodeSystem/v2-0136", "N")]
    + [(_ANSWER, code) for code in ("NEG", "ND", "NR")]
)
_NUMBER = re.compile(r"\s*(<=|>=|<|>|≤|≥)?\s*([+-]?\d+(?:\.\d+)?)\s*([^\s\d].*)?\Z")
_BETWEEN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:-|–|to)\s*(\d+(?:\.\d+)?)\s*([^\s\d].*)?\Z")
_COMPARATORS = {"≤": "<=", "≥": ">="}


def value_element(resource: Resource) -> tuple[str, Any] | None:
    """The resource's `value[x]`, as its suffix and content."""
    for key, content in resource.items():
        if key.startswith("value") and len(key) > 5 and content is not None:
            return key[5:], content
    return None


def read_value(resource: Resource, fact: FactDefinition) -> Reading:
    """The value of an Observation, or of one of its components, as this fact's type."""
    found = value_element(resource)
    if found is None:
        if isinstance(resource.get("dataAbsentReason"), dict):
            return Refusal("recorded as not known")
        interpretation = _interpretation(resource)
        if fact.type == "boolean" and interpretation is not None:
            return interpretation
        return Refusal("has no value")
    return read_element(found[0], found[1], fact)


def _interpretation(resource: Resource) -> bool | None:
    concepts = resource.get("interpretation")
    answers = {
        _coded_answer(concept)
        for concept in (concepts if isinstance(concepts, list) else [concepts])
        if concept
    } - {None}
    return answers.pop() if len(answers) == 1 else None


def read_element(suffix: str, content: Any, fact: FactDefinition) -> Reading:
    """One `value[x]` as this fact's type; `suffix` is what follows `value` in its name."""
    kind = fact.kind
    if kind == "boolean":
        return _boolean(suffix, content, fact)
    if kind == "number":
        return _number(suffix, content, fact)
    if kind == "moment":
        moment = read_moment(_start(content))
        return moment if moment is not None else Refusal("not a date that exists")
    if kind == "code":
        word = pick(content, fact)
        return word if word is not None else Refusal("a value the pack does not know")
    text = concept_text(content)
    return text if text else Refusal("has no text")


def _start(content: Any) -> Any:
    return content.get("start") or content.get("end") if isinstance(content, dict) else content


# --- words and codes ------------------------------------------------------------------------------


def pick(content: Any, fact: FactDefinition) -> Any:
    """The pack's own word for a value, by its codes first, then by its words; `None` where none or several fit."""
    pairs = {code for _, code in codes_of(content)}
    by_code = {
        word for word, match in fact.values.items() for codes in match.codes.values() if pairs & set(codes)
    }
    if len(by_code) == 1:
        return by_code.pop()
    text = tokens(concept_text(content))
    if not text or "?" in concept_text(content):
        return None
    exact = {word for word, match in fact.values.items() if text in phrases_of(tuple(match.words))}
    if len(exact) == 1:
        return exact.pop()
    if set(text) & (_OPEN | _CONFLICT):
        return None
    by_words = {word for word, match in fact.values.items() if _stated(text, match.words)}
    return by_words.pop() if len(by_words) == 1 else None


def _stated(text: tuple[str, ...], words: list[str]) -> bool:
    """Whether one of the phrases stands in the text, with no denial before it."""
    for phrase in phrases_of(tuple(words)):
        size = len(phrase)
        for start in range(len(text) - size + 1 if size else 0):
            if text[start : start + size] == phrase and not _DENIALS & set(text[:start]):
                return True
    return False


def _coded_answer(content: Any) -> bool | None:
    pairs = set(codes_of(content))
    positive, negative = bool(pairs & _TRUE_CODES), bool(pairs & _FALSE_CODES)
    return positive if positive != negative else None


def read_answer(text: str) -> bool | Refusal:
    """A result in words as yes or no; refused unless every word of it is understood."""
    plain = normalise(text).strip()
    if plain in ("+-", "+/-", "±") or "?" in text:
        return Refusal("an answer that is neither yes nor no")
    if plain in _POSITIVE:
        return True
    if plain in _NEGATIVE or plain in _NEGATIVE_PHRASES:
        return False
    words = tokens(plain)
    present = set(words)
    if present & _CONFLICT:
        return Refusal("the record itself says that results conflict", conflict=True)
    if present & _OPEN:
        return Refusal("an answer that is neither yes nor no")
    if len(words) > 1 and present & _ALONE and not any(one in " ".join(words) for one in _NEGATIVE_PHRASES):
        return Refusal("words that could not be read as yes or no")
    if present & _SOME and present & _NEGATIVE:
        return Refusal("an answer for some of the cells only")
    joined = " ".join(words)
    negative = bool(present & _NEGATIVE) or any(phrase in joined for phrase in _NEGATIVE_PHRASES)
    positive = bool(present & (_POSITIVE - {"no"}))
    if negative and any(phrase in joined for phrase in _NEGATIVE_PHRASES):
        present -= set("not non none detected present reactive expressed seen mutated wild type".split())
        positive = bool(present & _POSITIVE)
    understood = present <= (_POSITIVE | _NEGATIVE | _QUALIFIERS) - _INITIALS
    if understood and positive != negative:
        return positive
    return Refusal("words that could not be read as yes or no")


def _boolean(suffix: str, content: Any, fact: FactDefinition) -> bool | Refusal:
    if suffix == "Boolean" and isinstance(content, bool):
        return content
    if fact.values:
        word = pick(content, fact)
        if isinstance(word, bool):
            return word
    if suffix in ("CodeableConcept", "Coding", "String"):
        text = concept_text(content)
        coded = None if isinstance(content, str) else _coded_answer(content)
        said = read_answer(text) if text.strip() else Refusal("has no value")
        if coded is not None:
            if isinstance(said, bool) and said != coded:
                return Refusal("its code and its words disagree", conflict=True)
            return coded
        return said
    return Refusal("a value of another kind where yes or no belongs")


# --- numbers --------------------------------------------------------------------------------------


def decimal_of(content: Any) -> Decimal | None:
    """A JSON number exactly as printed, or `None`."""
    if isinstance(content, bool) or content is None:
        return None
    if isinstance(content, Decimal):
        return content if content.is_finite() else None
    if isinstance(content, int):
        return Decimal(content)
    if isinstance(content, float):
        try:
            number = Decimal(repr(content))
        except InvalidOperation:
            return None
        return number if number.is_finite() else None
    return None


def _number(suffix: str, content: Any, fact: FactDefinition) -> Reading:
    if suffix == "Quantity" and isinstance(content, dict):
        number = decimal_of(content.get("value"))
        if number is None:
            return Refusal("has no number")
        if contradicts_itself(content):
            return Refusal("its unit code and its printed unit are two different units")
        return _limited(content.get("comparator"), number, unit_of(content), fact)
    if suffix in ("Integer", "Decimal", "PositiveInt", "UnsignedInt"):
        number = decimal_of(content)
        return _limited(None, number, "", fact) if number is not None else Refusal("has no number")
    if suffix == "Range" and isinstance(content, dict):
        ends = [content.get("low"), content.get("high")]
        numbers = [decimal_of(end.get("value")) if isinstance(end, dict) else None for end in ends]
        units = [unit_of(end) for end in ends if isinstance(end, dict)]
        if numbers == [None, None] or len(set(units)) > 1:
            return Refusal("a range that could not be read")
        return _ranged(numbers[0], numbers[1], units[0] if units else "", fact)
    if suffix in ("CodeableConcept", "Coding") and fact.values:
        word = pick(content, fact)
        number = decimal_of(word)
        if number is not None:
            return _plausible(number, fact)
    if suffix in ("String", "CodeableConcept", "Coding"):
        return _printed(concept_text(content), fact)
    return Refusal("a value of another kind where a number belongs")


def _printed(text: str, fact: FactDefinition) -> Reading:
    between = _BETWEEN.match(text)
    if between:
        return _ranged(Decimal(between[1]), Decimal(between[2]), (between[3] or "").strip(), fact)
    single = _NUMBER.match(text)
    if single is None:
        return Refusal("words where a number belongs")
    return _limited(
        _COMPARATORS.get(single[1], single[1]), Decimal(single[2]), (single[3] or "").strip(), fact
    )


def unit_of(quantity: Resource) -> str:
    """The unit of a Quantity: its UCUM code where it has one, else what is printed."""
    code, unit = quantity.get("code"), quantity.get("unit")
    if isinstance(code, str) and code and "unitsofmeasure" in str(quantity.get("system", "")):
        return code
    for candidate in (code, unit):
        if isinstance(candidate, str) and candidate and ucum_code(candidate) is not None:
            return candidate
    return str(code or unit or "")


def in_unit(number: Decimal, unit: str, fact: FactDefinition) -> Decimal | Refusal:
    """A number in the fact's own unit; a unit that is missing or not understood is refused, never assumed."""
    if fact.type != "quantity":
        if unit in ("", "1") or unit.startswith("{"):
            return number
        return Refusal("a unit where a plain number belongs")
    if unit == fact.unit:
        return number
    if not unit:
        return Refusal(f"has no unit; {fact.unit} is needed")
    molar_mass = decimal_of(fact.molar_mass)
    converted = convert(number, unit, fact.unit, molar_mass=molar_mass)
    if converted is None:
        return Refusal(f"in a unit that cannot be turned into {fact.unit}")
    return converted


def _plausible(number: Decimal, fact: FactDefinition) -> Decimal | Refusal:
    if fact.plausible:
        low, high = fact.plausible
        if not low <= number <= high:
            return Refusal(f"outside the plausible {low} to {high} {fact.unit}".rstrip())
    return number


def _limited(comparator: Any, number: Decimal, unit: str, fact: FactDefinition) -> Reading:
    converted = in_unit(number, unit, fact)
    if isinstance(converted, Refusal):
        return converted
    if not comparator:
        return _plausible(converted, fact)
    if fact.plausible and (
        converted > fact.plausible[1] if comparator[0] == ">" else converted < fact.plausible[0]
    ):
        return _plausible(converted, fact)
    floor = Decimal(0) if not fact.plausible or fact.plausible[0] >= 0 else None
    if comparator == "<" or comparator == "<=":
        if floor is not None and converted < floor:
            return Refusal("below zero")
        return Range(floor, converted, high_open=comparator == "<")
    if comparator == ">" or comparator == ">=":
        return Range(converted, None, low_open=comparator == ">")
    return Refusal("a comparator that is not known")


def _ranged(low: Decimal | None, high: Decimal | None, unit: str, fact: FactDefinition) -> Reading:
    ends: list[Decimal | None] = []
    for end in (low, high):
        if end is None:
            ends.append(None)
            continue
        converted = in_unit(end, unit, fact)
        if isinstance(converted, Decimal):
            converted = _plausible(converted, fact)
        if isinstance(converted, Refusal):
            return converted
        ends.append(converted)
    if ends[0] is not None and ends[1] is not None and ends[0] > ends[1]:
        return Refusal("a range whose ends are the wrong way round")
    if ends[0] is not None and ends[0] == ends[1]:
        return ends[0]
    return Range(ends[0], ends[1])


def reference_limits(resource: Resource, fact: FactDefinition) -> tuple[Value, Value]:
    """The low and high normal limit printed with a value, in the fact's unit; unknown where not given."""
    ranges = resource.get("referenceRange")
    found: set[tuple[Value, Value]] = set()
    for entry in ranges if isinstance(ranges, list) else ():
        if not isinstance(entry, dict):
            continue
        kind = {code for _, code in codes_of(entry.get("type"))}
        if kind and "normal" not in kind:
            continue
        found.add((_limit(entry.get("low"), fact), _limit(entry.get("high"), fact)))
    return found.pop() if len(found) == 1 else (None, None)


def _limit(content: Any, fact: FactDefinition) -> Value:
    if not isinstance(content, dict):
        return None
    number = decimal_of(content.get("value"))
    if number is None:
        return None
    converted = in_unit(number, unit_of(content), fact)
    return None if isinstance(converted, Refusal) else converted
