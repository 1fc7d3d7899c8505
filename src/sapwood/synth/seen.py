"""What the written files show of each rate that says how it is seen: counted from the resources alone."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from sapwood.errors import Problem, SapwoodError

from .cohort import KEY
from .content import Term, load_content
from .rates import Rate

_WINDOW = 30  # days after a first dose in which its events show
_STAGED = 8  # days after the diagnosis by which the work-up is written
_POSITIVE = ("positive", "present", "weak", "abnormal", "complex")


@dataclass(slots=True)
class Somebody:
    """One person, as the key and the files tell."""

    kind: str
    group: str
    first_sign: int | None
    diagnosed: int | None
    male: bool = False
    born: int = 0
    dead: bool = False
    consent: str = ""
    tagraxofusp: int = 0
    first: dict[str, bool] = field(default_factory=dict)  # the first plain answer to each finding asked about
    there: dict[str, int] = field(default_factory=dict)  # the first day on which an entry stands


def read_seen(folder: Path, rates: Mapping[str, Rate], until: date) -> dict[str, tuple[int, int]]:
    """For each rate with a way to be seen: of how many people it can be told, and of how many it came out."""
    people = _key(folder)
    wanted = {name: rate for name, rate in rates.items() if rate.seen}
    terms = {
        f"{kind}.{rate.seen[kind]}"
        for rate in wanted.values()
        if rate.seen
        for kind in ("finding", "condition", "procedure")
        if kind in rate.seen
    }
    _read(folder, people, _Names({name: load_content().terms[name] for name in terms}))
    last = until.toordinal()
    return {name: _count(rate, people.values(), last) for name, rate in wanted.items()}


# ------------------------------------------------------------------ reading


class _Names:
    """Which term an entry names, by its words or its code."""

    def __init__(self, terms: Mapping[str, Term]) -> None:
        self.by_words: dict[str, str] = {}
        self.by_gene: dict[str, str] = {}
        for name, term in terms.items():
            for concept in term.texts:
                self.by_words[concept["text"]] = name
            if term.gene:
                self.by_gene[term.gene[1]] = name

    def of(self, concept: Mapping[str, Any]) -> str:
        return self.by_words.get(concept.get("text", ""), "")


def _key(folder: Path) -> dict[str, Somebody]:
    try:
        with open(folder / KEY, encoding="utf-8", newline="") as file:
            return {
                row["person"]: Somebody(
                    row["kind"], row["group"], _day(row["first_sign"]), _day(row["diagnosed"])
                )
                for row in csv.DictReader(file)
            }
    except (OSError, KeyError, ValueError):
        what = f"{KEY} is missing or is not what `sapwood synth` writes"
        raise SapwoodError(Problem(str(folder), what, "Name a folder that `sapwood synth` wrote.")) from None


def _day(text: str) -> int | None:
    return date.fromisoformat(text[:10]).toordinal() if text else None


def _lines(folder: Path, kind: str) -> Iterator[dict[str, Any]]:
    decoder = msgspec.json.Decoder(dict[str, Any])
    for path, packed in ((folder / f"{kind}.ndjson", False), (folder / f"{kind}.ndjson.gz", True)):
        if path.exists():
            with gzip.open(path, "rb") if packed else path.open("rb") as file:
                for line in file:
                    yield decoder.decode(line)


def _read(folder: Path, people: Mapping[str, Somebody], names: _Names) -> None:
    for resource in _lines(folder, "Patient"):
        who = people[resource["id"]]
        who.male = resource["gender"] == "male"
        birth = resource["birthDate"]
        who.born = date.fromisoformat(birth if len(birth) == 10 else f"{birth}-07-01").toordinal()
        who.dead = "deceasedDateTime" in resource
    for resource in _lines(folder, "Consent"):
        people[_person(resource, "patient")].consent = resource["provision"]["type"]
    for resource in _lines(folder, "MedicationAdministration"):
        words = resource["medicationCodeableConcept"]["text"].lower()
        if resource["status"] == "completed" and ("tagraxofusp" in words or "elzonris" in words):
            who = people[_person(resource)]
            day = _day(resource["effectiveDateTime"]) or 0
            who.tagraxofusp = min(who.tagraxofusp or day, day)
    for resource in _lines(folder, "Observation"):
        if resource["status"] in ("final", "amended"):
            _finding(people[_person(resource)], resource, names)
    for kind, key in (("Condition", "recordedDate"), ("Procedure", "performedDateTime")):
        for resource in _lines(folder, kind):
            named = names.of(resource["code"])
            if named:
                _there(people[_person(resource)], named, resource.get(key, resource.get("onsetDateTime", "")))


def _person(resource: Mapping[str, Any], whose: str = "subject") -> str:
    reference: str = resource[whose]["reference"]
    return reference.partition("/")[2]


def _finding(who: Somebody, resource: Mapping[str, Any], names: _Names) -> None:
    name = names.of(resource["code"])
    if not name:
        for part in resource.get("component", ()):
            for coding in part.get("valueCodeableConcept", {}).get("coding", ()):
                name = names.by_gene.get(coding["code"], "")
        if not name:
            return
        who.first.setdefault(name, True)
        return
    _there(who, name, resource.get("effectiveDateTime", resource.get("issued", "")))
    value = resource.get("valueCodeableConcept", {}).get("text", resource.get("valueString"))
    if value is not None:
        words = value.lower()
        who.first.setdefault(name, any(word in words for word in _POSITIVE))


def _there(who: Somebody, name: str, when: str) -> None:
    day = _day(when) or 0
    who.there[name] = min(who.there.get(name, day), day)


# ------------------------------------------------------------------ counting


def _count(rate: Rate, people: Iterable[Somebody], last: int) -> tuple[int, int]:
    answers = [answer for who in people if (answer := _answer(rate, who, last)) is not None]
    return len(answers), sum(answers)


def _answer(rate: Rate, who: Somebody, last: int) -> bool | None:
    """Whether a rate came out for one person, as the files show it; `None` where they cannot tell."""
    seen = rate.seen or {}
    if who.kind != ("background" if rate.of.startswith("background") else "patient"):
        return None
    if "AML" in rate.of and who.group != "aml":
        return None
    if "gender" in seen:
        return who.male
    if "deceased" in seen:
        return who.dead
    if "age" in seen:
        assert who.first_sign is not None
        age = (who.first_sign - who.born) / 365.25
        if seen["age"] == "median":
            return None if age < 18.5 else age < (rate.value or 0)
        return age < 18
    if "consent" in seen:
        if who.kind == "patient" and (who.diagnosed is None or who.diagnosed > last - _STAGED):
            return None
        return bool(who.consent == seen["consent"])
    kind = next(key for key in ("finding", "condition", "procedure") if key in seen)
    name = f"{kind}.{seen[kind]}"
    if rate.of == "tagraxofusp":
        if not who.tagraxofusp or who.tagraxofusp > last - _WINDOW:
            return None
        return name in who.there and who.there[name] <= who.tagraxofusp + _WINDOW
    return who.first.get(name) if seen["is"] == "positive" else name in who.there
