"""One person's pieces -> their record -> the rows of every table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from sapwood.decode import decode
from sapwood.errors import Problem, RecordError
from sapwood.fact import Fact
from sapwood.facts import Facts, extract
from sapwood.pack import Pack
from sapwood.record import Record, parse_record
from sapwood.unwrap import Notes, unwrap
from sapwood.values import Moment, Range, Value

from .consent import research_consent
from .slices import Kept
from .wide import Row, Wide, named_groups, wide_rows

_OPEN, _CLOSE = b'{"resourceType":"Bundle","type":"collection","entry":[', b"]}"
_FIGURES = re.compile(r"\d[\d.:TZ+-]*")


class Person(NamedTuple):
    """Whom a part holds: the rows of every table by its name."""

    facts: list[Row]
    people: list[Row]
    specimens: list[Row]
    problems: list[Row]


class Seen(NamedTuple):
    """From where people are looked at: the pack, the names of its wide rows, the moment."""

    pack: Pack
    wide: Wide
    as_of: Moment
    written: str
    looks_back: bool | None


def record_of(key: str, pieces: Sequence[Kept]) -> Record:
    """The record of one person from their pieces, read as a file of the same content would be.

    Raises RecordError where it cannot be read, and where the pieces are of two people with one id.
    """
    refuse_two_people(key, pieces)
    if len(pieces) == 1:
        data = pieces[0].data
    else:
        ordered = sorted(pieces, key=lambda piece: (not piece.patient, piece.place))
        entries = b",".join(b'{"resource":' + piece.data + b"}" for piece in ordered)
        data = _OPEN + entries + _CLOSE
    try:
        return parse_record(data, where=f"Patient/{key}")
    except RecordError:
        return parse_record(data, patient=key, where=f"Patient/{key}")


def refuse_two_people(key: str, pieces: Sequence[Kept]) -> None:
    """Raises RecordError where Patients of one id have different birth dates, sexes or identifiers of one system."""
    told = {piece.data for piece in pieces if piece.patient}
    if len(told) < 2:
        return
    seen: dict[tuple[str, str], set[str]] = {}
    for data in told:
        patients = [
            item.resource
            for item in unwrap(decode(data, "the record").values, Notes()).located
            if item.resource["resourceType"] == "Patient"
        ]
        identifiers: dict[str, set[str]] = {}
        for patient in patients[:1]:
            for element in ("birthDate", "gender"):
                if isinstance(patient.get(element), str) and patient[element] != "unknown":
                    value = {patient[element]}
                    if seen.setdefault((element, ""), value) != value:
                        raise RecordError(_two_people(key))
            listed = patient.get("identifier")
            for one in listed if isinstance(listed, list) else ():
                if isinstance(one, dict) and isinstance(one.get("value"), str):
                    identifiers.setdefault(str(one.get("system") or ""), set()).add(one["value"])
        for system, values in identifiers.items():
            if system and not (values & seen.setdefault(("identifier", system), values)):
                raise RecordError(_two_people(key))


def _two_people(key: str) -> Problem:
    what = "several Patients have this id, and they are not one person (birth date, sex or identifier differ)"
    return Problem(f"Patient/{key}", what, "Build a registry for each source, or mend the ids")


def rows_of(key: str, record: Record, seen: Seen) -> Person:
    """The rows of one person."""
    facts = extract(record, seen.pack, as_of=seen.as_of, looks_back=seen.looks_back)
    keys = {"person": key, "as_of": seen.written}
    wide = wide_rows(facts, seen.wide, key, seen.written)
    told = [{**keys, **row} for row in _fact_rows(facts)]
    if consent := research_consent(record, seen.as_of):
        for row in wide.people:
            row["research_consent"] = consent
    problems: Counter[tuple[str, str]] = Counter(
        (_FIGURES.sub("…", problem.what), problem.remedy) for problem in facts.problems
    )
    noted = [
        {**keys, "what": what, "remedy": remedy, "times": times} for (what, remedy), times in problems.items()
    ]
    return Person(told, list(wide.people), list(wide.specimens), noted)


def _fact_rows(facts: Facts) -> Iterator[Row]:
    """A row for each fact with a source, or with a reason why it has no value."""
    silent, bases = facts.hushed, facts.pack.base_facts
    groups = named_groups(facts)
    for name, definition in facts.pack.facts.items():
        if name in silent or (definition.derived and silent.issuperset(bases[name])):
            continue  # no source, and nothing that was left out
        if definition.per == "specimen":
            for specimen, group in groups:
                fact = facts.fact(name, group)
                if _tells(fact):
                    yield {"specimen": specimen, **_fact_row(fact)}
        else:
            fact = facts.fact(name)
            if _tells(fact):
                yield {"specimen": "", **_fact_row(fact)}


def _tells(fact: Fact) -> bool:
    if fact.state == "known":
        return bool(fact.sources)
    return fact.state != "missing" or bool(fact.rejected)


def _fact_row(fact: Fact) -> Row:
    value = fact.value if fact.definition.type != "text" else None  # free text stays in the record
    reason = fact.note
    if not reason and not fact.known and fact.rejected:
        reason = fact.rejected[0][1]
    row: Row = {
        "fact": fact.id,
        "state": fact.state,
        "assurance": fact.assurance if fact.known else None,
        "reason": reason or None,
        "source": " ".join(fact.sources or tuple(source for source, _ in fact.rejected[:5])) or None,
        "unit": fact.definition.unit or None,
        "instant": moment_text(fact.when),
        "recorded": moment_text(fact.recorded),
        "limit_low": value_text(fact.low),
        "limit_high": value_text(fact.high),
    }
    if isinstance(value, Range):
        row |= {"low": value_text(value.low), "high": value_text(value.high)}
    else:
        row["value"] = value_text(value)
    return {column: cell for column, cell in row.items() if cell is not None}


def value_text(value: Value | Fraction) -> str | None:
    """A value as the table of facts writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Moment):
        return moment_text(value)
    if isinstance(value, Range):
        return f"{value.low if value.low is not None else ''}..{value.high if value.high is not None else ''}"
    return None if value is None else str(value)


def moment_text(moment: Moment | None) -> str | None:
    """A moment: an instant in UTC where it is one, else its day, month or year as the record wrote it."""
    if moment is None:
        return None
    return moment.first.isoformat() if moment.exact else str(moment)
