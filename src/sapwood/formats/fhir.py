"""The plan as FHIR R4: a CarePlan that only proposes, with the facts it rests on, so that they can be read again."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from sapwood.facts import Facts, Group, extract
from sapwood.formats.fhir_answered import Answered, kept_open
from sapwood.formats.fhir_carried import Carried
from sapwood.formats.fhir_parts import Resource, bundled, is_id, origin
from sapwood.formats.fhir_plan import Proposed
from sapwood.lifetime import AGE_ON_A_DAY
from sapwood.plan import Plan
from sapwood.record import parse_record
from sapwood.values import Moment, Range, read_moment

_JSON = msgspec.json.Encoder(decimal_format="number")


def write(plan: Plan, *, with_id: bool = False) -> str:
    """The plan as a collection Bundle; the record's own patient id and whole birth date only when asked for."""
    facts = plan.facts
    person = _person(facts, with_id=with_id)
    carried, answered = Carried(facts, person), Answered(facts, person)
    given = [*carried.resources, *answered.resources]
    if facts.record.problems:
        carried.doubt(_cleared_up(facts, _read(facts, person, given)))
    lost: tuple[str, ...] = ()
    if facts.answers:
        given, lost = _faithful(facts, person, given, answered.made)
    kept = {id(resource) for resource in given}
    findings = {source: one for source, one in carried.by_source.items() if id(one) in kept}
    proposed = Proposed(plan, person, findings)
    behind = _left_behind(facts, carried, lost)
    if behind:
        proposed.care_plan.setdefault("note", []).append({"text": behind})
    return _text([person, *proposed.resources, *given], facts.as_of) + "\n"


def _text(resources: list[Resource], as_of: Moment) -> str:
    return msgspec.json.format(_JSON.encode(bundled(resources, as_of)), indent=1).decode()


def _person(facts: Facts, *, with_id: bool) -> Resource:
    """Whom it is about: sex, death and age; no name, and the birth date only beside the record's own id."""
    patient = facts.record.patient or {}
    own = patient.get("id")
    made: Resource = {
        "resourceType": "Patient",
        "id": own if with_id and is_id(own) else "patient",
    }
    made["meta"] = origin("carried")
    sex = facts.fact("sex").value if "sex" in facts.pack.facts else None
    made["gender"] = sex if isinstance(sex, str) else "unknown"
    born = facts.record.birth_date
    if with_id and isinstance(born, str) and read_moment(born) is not None:
        made["birthDate"] = born
    elif "age_years" in facts.pack.facts:
        made["extension"] = list(_age(facts))
        made = {key: content for key, content in made.items() if content}
    if "deceased" in facts.pack.facts and facts.value("deceased") is True:
        made["deceasedBoolean"] = True
    return made


def _age(facts: Facts) -> Iterator[Resource]:
    """The age on the day of the plan, which says less than a birth date and reads back the same."""
    age = facts.fact("age_years")
    ends = (age.value.low, age.value.high) if isinstance(age.value, Range) else (age.value, age.value)
    if age.known and all(isinstance(end, Decimal) for end in ends):
        inner: list[Resource] = [
            {"url": key, "valueInteger": int(end)}  # type: ignore[arg-type]
            for key, end in zip(("from", "to"), ends, strict=True)
        ]
        day = facts.as_of.first_day.isoformat()
        yield {
            "url": AGE_ON_A_DAY,
            "extension": [*inner, {"url": "on", "valueDate": day}],
        }
    elif age.state == "unusable":  # there is one, and it was not understood: that is no silence
        yield {
            "url": AGE_ON_A_DAY,
            "extension": [{"url": "from", "valueString": "not understood"}],
        }


def _faithful(
    facts: Facts, person: Resource, given: list[Resource], made: dict[str, Resource]
) -> tuple[list[Resource], tuple[str, ...]]:
    """What is carried, once it has been read again as its reader would; and the answers that do not read the same.

    An answer without a time that contradicts one of a certain day stays behind, and so does one whose words would read
    as a "no" to another question. Answers with dates can make the bundle a record that covers the care, where there was
    none: what its silence would then answer is kept open.
    """
    again = _read(facts, person, given)
    denied = _denied(facts, again)
    amiss = [
        one
        for name, one in made.items()
        if f"{one['resourceType']}/{one['id']}" in denied
        or (again.fact(name).state == "conflicting" and not _timed(facts, name))
    ]
    if amiss:
        given = [one for one in given if not any(one is other for other in amiss)]
        again = _read(facts, person, given)
    opened = list(kept_open(facts, again, person))
    if opened:
        given = [*given, *opened]
        again = _read(facts, person, given)
    told = dict.fromkeys(answer.fact for answer in facts.answers)
    lost = [name for name in told if name != "lines" and not _same(facts, again, name)]
    if "lines" in told and _lines(facts) != _lines(again):
        lost.append("lines")
    return given, tuple(lost)


def _cleared_up(facts: Facts, again: Facts) -> set[str]:
    """The resources that say, once cut down to sound shapes, what could not be read in the record."""
    found: set[str] = set()
    for name, definition in facts.pack.facts.items():
        pairs: list[tuple[Group | None, Group | None]] = [(None, None)]
        if definition.per == "specimen":
            pairs = [*_groups(facts, again)]
        for group, other in pairs if definition.find else ():
            read = again.fact(name, other)
            if read.known and read.assurance != "assumed" and not facts.fact(name, group).known:
                found.update(read.sources)
    return found


def _denied(facts: Facts, again: Facts) -> set[str]:
    """The sources of every "no" without an answer behind it, and of every "after" that nobody placed in time."""
    found: set[str] = set()
    for name, definition in facts.pack.facts.items():
        if definition.find and definition.type == "boolean" and definition.per == "person":
            read = again.fact(name)
            before = facts.fact(name)
            denied = read.value is False and not before.known
            moved = read.value is True and before.value is not True and bool(definition.after)
            if read.assurance == "clinical" and (denied or moved):
                found.update(read.sources)
    return found


def _timed(facts: Facts, name: str) -> bool:
    """Whether a fact is about a certain day, or about one specimen."""
    definition = facts.pack.facts[name]
    return bool(definition.on_day or definition.day_before) or definition.per == "specimen"


def _read(facts: Facts, person: Resource, given: list[Resource]) -> Facts:
    """The facts of the bundle, as somebody would read it who gets it."""
    record = parse_record(_text([person, *given], facts.as_of))
    return extract(record, facts.pack, as_of=facts.as_of, looks_back=False)


def _groups(facts: Facts, again: Facts) -> list[tuple[Group, Group]]:
    """The specimens of both, matched by their labels."""
    others = {group.label: group for group in again.groups}
    return [(group, others[group.label]) for group in facts.groups if group.label in others]


def _same(facts: Facts, again: Facts, name: str) -> bool:
    definition = facts.pack.facts[name]
    if definition.per != "specimen":
        return facts.fact(name).value == again.fact(name).value
    pairs = _groups(facts, again)
    return len(pairs) == len(facts.groups) and all(
        facts.fact(name, group).value == again.fact(name, other).value for group, other in pairs
    )


def _lines(facts: Facts) -> list[tuple[object, ...]]:
    return [
        (line.regimen, line.start, line.given, line.held, line.response) for line in facts.treatment.lines
    ]


def _left_behind(facts: Facts, carried: Carried, lost: tuple[str, ...]) -> str:
    """What does not go along, in words."""
    titles = ["lines of treatment" if name == "lines" else facts.pack.facts[name].title for name in lost]
    parts = [f"Answered, but not carried here as facts: {'; '.join(titles)}."] if titles else []
    if carried.left:
        count = len(carried.left)
        parts.append(f"{count} {'entry' if count == 1 else 'entries'} of the record could not be carried.")
    return " ".join(parts)
