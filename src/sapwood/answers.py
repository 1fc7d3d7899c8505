"""Facts that a person types: `albumin=3.4 g/dL`, or a file of answers; each a fact with its own source.

An answers file is YAML or JSON: facts under `given`, findings of a specimen under `specimens`, treatment under
`lines`. A worked patient of a pack is such a file too.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sapwood.choosing import unit_words
from sapwood.definitions import FactDefinition, Regimen
from sapwood.errors import AnswerError, PackError, Problem
from sapwood.lines import Event
from sapwood.pack import Pack
from sapwood.readings import Refusal, read_answer, read_element
from sapwood.values import Moment, Value, day_moment, read_moment

_BARE = re.compile(
    r"(?P<sign><=|>=|<|>|≤|≥)?\s*(?P<low>[+-]?\d+(?:\.\d+)?)(?:\s*(?:-|–|to)\s*(?P<high>\d+(?:\.\d+)?))?"
)
TOP_KEYS = (
    "title",
    "about",
    "as_of",
    "given",
    "specimens",
    "lines",
    "expect",
    "shows",
    "note",
    "region",
    "not_answered",
)


class _Unclear:
    """Stands for what is on record and cannot be used."""

    def __repr__(self) -> str:
        return "unclear"


UNCLEAR = _Unclear()
"""The answer that something is there and cannot be used: unknown, and never read as "no"."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One fact as somebody stated it; `by` is clinician or patient, `specimen` the tissue it was found in.

    `low` and `high` are the laboratory's own limits, where they were stated with a number; `said` is the day on
    which it was told, before which nobody knew it.
    """

    fact: str
    value: Any
    when: Moment | None = None
    by: str = "clinician"
    specimen: str = ""
    source: str = "answer"
    low: Value = None
    high: Value = None
    said: Moment | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What an answers file holds: its answers, and what else it says (title, date, expectations)."""

    answers: tuple[Answer, ...]
    as_of: Moment | None
    rest: Mapping[str, Any]


def parse_setting(text: str, pack: Pack) -> Answer:
    """`FACT=VALUE`, with `SPECIMEN:` before and `@DATE` behind where needed, as an answer.

    Raises AnswerError for an unknown fact, a value it cannot have, or a unit that does not fit.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise AnswerError(Problem("--set", "no `=` in the setting", "Write it as FACT=VALUE."))
    specimen, colon, fact = (part.strip() for part in name.rpartition(":"))
    value, _, day = value.partition("@")
    when = None
    if day:
        when = read_moment(day.strip())
        if when is None:
            raise AnswerError(
                Problem(f"--set {name}", "the part after `@` is not a date", "Write it as 2026-03-01.")
            )
    problems: list[Problem] = []
    found = _answer(fact, value.strip(), pack, f"--set {name.strip()}", problems)
    if problems or found is None:
        raise AnswerError(*problems)
    return Answer(fact, found, when, "clinician", specimen.strip() if colon else "", "--set")


def read_answers(path: str | Path, pack: Pack) -> Sheet:
    """An answers file, or a worked patient of a pack.

    Raises AnswerError with every problem found.
    """
    from sapwood.yaml_files import read_yaml

    try:
        content = read_yaml(Path(path), str(path))
    except PackError as error:
        raise AnswerError(*error.problems) from None
    return sheet_of(content, pack, str(path))


def sheet_of(content: Any, pack: Pack, where: str) -> Sheet:
    """The answers in the content of a file."""
    if not isinstance(content, dict):
        raise AnswerError(Problem(where, "holds no answers", "Write `fact: value`, one a line."))
    problems: list[Problem] = []
    sectioned = any(key in content for key in ("given", "specimens", "lines"))
    if sectioned:
        for key in content:
            if key not in TOP_KEYS:
                problems.append(Problem(where, f"unknown key `{key}`", f"Known keys: {', '.join(TOP_KEYS)}."))
        given, rest = content.get("given") or {}, content
    else:
        given = {key: value for key, value in content.items() if key not in TOP_KEYS}
        rest = {key: value for key, value in content.items() if key in TOP_KEYS}
    as_of = as_moment(rest["as_of"]) if "as_of" in rest else None
    if "as_of" in rest and as_of is None:
        problems.append(Problem(f"{where}, `as_of`", "not a date", "Write it as 2026-03-01."))
    answers = list(_facts(given, pack, where, "", problems))
    for number, specimen in enumerate(
        _list(content.get("specimens") if sectioned else None, where, problems)
    ):
        if not isinstance(specimen, dict):
            problems.append(
                Problem(f"{where}, `specimens`", "an entry is not a mapping", "Write `name:` and facts.")
            )
            continue
        name = str(specimen.get("name") or specimen.get("tissue") or f"specimen {number + 1}")
        findings = {key: value for key, value in specimen.items() if key != "name"}
        answers.extend(_facts(findings, pack, where, name, problems))
    events = list(_events(content.get("lines") if sectioned else None, pack, where, problems))
    if events:
        answers.append(Answer("lines", tuple(events), source=where))
    if problems:
        raise AnswerError(*problems)
    return Sheet(tuple(answers), as_of, rest)


def _list(content: Any, where: str, problems: list[Problem]) -> list[Any]:
    if content is None:
        return []
    if isinstance(content, list):
        return content
    problems.append(Problem(where, "a list is needed", "Start each entry with `- `."))
    return []


def _facts(given: Any, pack: Pack, where: str, specimen: str, problems: list[Problem]) -> Iterable[Answer]:
    if not isinstance(given, dict):
        problems.append(Problem(where, "`given` is not a mapping", "Write `fact: value`, one a line."))
        return
    for name, content in given.items():
        place = f"{where}, `{name}`"
        for entry in content if isinstance(content, list) else [content]:
            by, day, source, value, unit = "clinician", None, "answer", entry, ""
            told: Moment | None = None
            limits: dict[str, Value] = {}
            if isinstance(entry, dict):
                unknown = set(entry) - {"value", "unit", "when", "by", "source", "low", "high", "said"}
                if unknown or "value" not in entry:
                    problems.append(
                        Problem(
                            place,
                            "an answer has `value`, and may have `unit`, `when`, `by`, `source`, `low`, `high`, `said`",
                            "Mend the entry.",
                        )
                    )
                    continue
                value, unit = entry["value"], str(entry.get("unit", ""))
                by, day, source = (
                    str(entry.get("by", by)),
                    entry.get("when"),
                    str(entry.get("source", source)),
                )
                for key in ("low", "high"):
                    if key in entry:
                        limit = f"{entry[key]} {unit}" if unit else entry[key]
                        limits[key] = _answer(str(name), limit, pack, f"{place}, `{key}`", problems)
                if by not in ("clinician", "patient"):
                    problems.append(
                        Problem(place, "`by` is neither clinician nor patient", "Use one of them.")
                    )
                if "said" in entry and (told := read_moment(str(entry["said"]))) is None:
                    problems.append(Problem(place, "`said` is not a date", "Write it as 2026-03-01."))
            when = read_moment(str(day)) if day is not None else None
            if day is not None and when is None:
                problems.append(Problem(place, "`when` is not a date", "Write it as 2026-03-01."))
            found = _answer(str(name), f"{value} {unit}" if unit else value, pack, place, problems)
            if found is not None:
                yield Answer(str(name), found, when, by, specimen, source, said=told, **limits)


def _answer(name: str, value: Any, pack: Pack, where: str, problems: list[Problem]) -> Any:
    fact = pack.facts.get(name)
    if fact is None:
        close = difflib.get_close_matches(name, list(pack.facts), 1)
        remedy = (
            f"Did you mean `{close[0]}`?"
            if close
            else f"`sapwood pack show {pack.about.id}` lists the facts."
        )
        problems.append(Problem(where, "the pack has no such fact", remedy))
        return None
    if isinstance(value, str) and value.strip().lower() == "unclear" and "unclear" not in fact.values:
        return UNCLEAR
    reading = read_typed(value, fact)
    if isinstance(reading, Refusal):
        problems.append(Problem(where, reading.why, _remedy(fact)))
        return None
    found: Value = reading
    return found


def read_typed(value: Any, fact: FactDefinition) -> Any:
    """A typed value as the fact's own type, or a refusal; a bare number is in the fact's unit."""
    if value is None:
        return Refusal("has no value")
    if fact.type == "boolean":
        if isinstance(value, bool):
            return value
        return read_answer(str(value))
    if fact.type == "code":
        text = str(value).strip()
        for word in fact.values:
            if text.lower() == str(word).lower():
                return word
        if not fact.values:
            return text
        return read_element("String", text, fact)
    if fact.kind == "number":
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            value = format(Decimal(value), "f")
        text = str(value).strip()
        bare = _BARE.fullmatch(text) if fact.type == "quantity" else None
        if bare is not None and bare["high"] is None:
            sign = {"≤": "<=", "≥": ">="}.get(bare["sign"], bare["sign"])
            content = {"value": Decimal(bare["low"]), "comparator": sign, "code": fact.unit}
            return read_element("Quantity", content, fact)
        if bare is not None:
            ends = {key: {"value": Decimal(bare[key]), "code": fact.unit} for key in ("low", "high")}
            return read_element("Range", ends, fact)
        return read_element("String", text, fact)
    if fact.type == "instant":
        moment = read_moment(value.isoformat() if isinstance(value, date) else str(value).strip())
        return moment if moment is not None else Refusal("not a date that exists")
    return str(value)


def _remedy(fact: FactDefinition) -> str:
    if fact.type == "boolean":
        return "Answer yes or no; leave it out where it is not known."
    if fact.type == "code":
        return f"It is one of: {', '.join(str(word) for word in fact.values)}."
    if fact.kind == "number":
        unit = f" in {words}" if (words := unit_words(fact.unit)) else ""
        span = f", between {fact.plausible[0]} and {fact.plausible[1]}" if fact.plausible else ""
        return f"Give a number{unit}{span}."
    if fact.type == "instant":
        return "Write it as 2026-03-01."
    return "Mend the value."


def _events(content: Any, pack: Pack, where: str, problems: list[Problem]) -> Iterable[Event]:
    for number, line in enumerate(_list(content, where, problems), start=1):
        place = f"{where}, line {number} of `lines`"
        regimen: Regimen | None = (
            pack.regimens.get(str(line.get("regimen"))) if isinstance(line, dict) else None
        )
        if regimen is None:
            problems.append(
                Problem(
                    place, "names no regimen of the pack", f"Known: {', '.join(pack.regimens) or 'none'}."
                )
            )
            continue
        drugs = frozenset(drug.id for drug in regimen.drugs)
        place_in_order = None if regimen.adjunct else number  # what is given beside a line is no line
        kinds = {"doses": "given", "held": "held", "planned": "planned"}
        for key in line:
            if key not in (*kinds, "regimen", "response", "cycles", "undated"):
                problems.append(
                    Problem(place, f"unknown key `{key}`", "Use regimen, doses, held, planned, response.")
                )
        for key, kind in kinds.items():
            for day in _list(line.get(key), place, problems):
                moment = read_moment(str(day))
                if moment is None:
                    problems.append(
                        Problem(place, "a dose has no date that exists", "Write it as 2026-03-01.")
                    )
                    continue
                yield Event(
                    kind,
                    frozenset({regimen.id}),
                    drugs,
                    moment,
                    place_in_order,
                    str(line.get("response", "")),
                )
        if not any(line.get(key) for key in kinds):
            yield Event(
                "given",
                frozenset({regimen.id}),
                drugs,
                None,
                place_in_order,
                str(line.get("response", "")),
                line.get("cycles"),
            )


def as_moment(text: object) -> Moment | None:
    """A date or an instant as `--as-of` takes it; a date is the whole of that day."""
    moment = read_moment(text)
    if moment is None or (not moment.exact and moment.first_day != moment.last_day):
        return None
    return moment if moment.exact else day_moment(moment.first_day, moment.last_day)
