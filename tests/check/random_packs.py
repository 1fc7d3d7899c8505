"""Random small packs, and random patients for them, from any source of randomness."""

from __future__ import annotations

from random import Random
from typing import Any

from random_sentences import NAMES, WORDS, boolean, small, some_moment
from small_packs import small_pack

from sapwood.answers import UNCLEAR, Answer
from sapwood.criteria.language import parse, write
from sapwood.errors import SentenceError
from sapwood.pack import Pack
from sapwood.values import Moment, Range, day_moment

ASKED = {"ask": {"text": "?"}}
OF_SPECIMEN = ("p", "q")


def sentence(r: Random, depth: int = 2) -> str:
    """A sentence that can be read back."""
    while True:
        text = write(boolean(r, depth, 1))
        try:
            parse(text, NAMES, where="here")
        except SentenceError:
            continue
        if len(text) < 400:
            return text


def random_pack(r: Random) -> Pack:
    """A pack of everything that a check proves things about."""
    content = random_content(r)
    return small_pack(content.pop("facts"), **content)


def random_content(r: Random) -> dict[str, Any]:
    """The files of such a pack."""
    facts: dict[str, Any] = {
        "a": {"type": "boolean"},
        "b": {
            "type": "boolean",
            "not_when": r.choice(["x > 1", "tissue = 'skin'"]),
            "find": [{"in": "Flag"}],
        },
        "c": {"type": "boolean", "closed_world": {"covered_by": "record_read"}},
        "d": {
            "type": "boolean",
            "closed_world": {"covered_by": "covered"},
            "not_when": r.choice(["", "y < 1"]),
        },
        **{name: {"type": "quantity", "unit": "g/dL"} for name in "xyz"},
        "tissue": {"type": "code", "values": {word: {"words": [word]} for word in WORDS}},
        "regimen": {"type": "text"},
        "m": {"type": "instant"},
        "n": {"type": "instant"},
        "record_read": {"type": "boolean", "derived": "TRUE"},
        "covered": {"type": "boolean", "derived": "days_between(m, as_of) BETWEEN 0 AND 2"},
        "e": {"type": "boolean", "derived": sentence(r), "closed_world": {"covered_by": "record_read"}},
        "f": {"type": "boolean", "derived": sentence(r), **ASKED},
        "g": {"type": "quantity", "unit": "1", "derived": r.choice(["x - y", "score(1, a, 2, b)", "x / 2"])},
        "p": {"type": "boolean", "per": "specimen"},
        "q": {"type": "boolean", "per": "specimen"},
        "s": {
            "type": "boolean",
            "per": "specimen",
            "derived": "p AND NOT q",
            "closed_world": {"covered_by": "record_read"},
        },
        "always": [{"is": r.choice(["NOT (a AND tissue = 'skin')", "x < 5 OR NOT b"]), "means": "so"}],
    }
    criteria: dict[str, Any] = {f"k{number}": {"is": sentence(r, 3)} for number in range(4)}
    criteria["k4"] = {"is": r.choice(["e AND NOT f", "g > 1 OR e", "at_least(2, e, f, k0)"])}
    criteria["w0"] = {
        "is": r.choice(["p AND (q OR a)", "NOT p OR s", "at_least(2, p, q, a)"]),
        "for_each": "specimen",
    }
    criteria["w1"] = {"is": r.choice(["w0 AND NOT q", "s OR (p AND k1)"]), "for_each": "specimen"}
    criteria["k5"] = {"is": r.choice(["w0 AND k0", "w1 OR NOT w0", "at_least(2, w0, w1, k4)"])}
    criteria = {name: {**content, "means": "so"} for name, content in criteria.items()}
    pick = list(criteria)

    def point() -> dict[str, str]:
        return {"text": "so", "when": r.choice(pick)}

    speaks = {"speak_when_unknown": r.random() < 0.5}
    pathway = {
        "steps": [
            {"id": name, "title": name, "opens": r.choice(pick), "closes": r.choice([*pick, "FALSE"])}
            for name in ("one", "two", "three")
        ],
        "tracks": [
            {
                "id": "t",
                "title": "t",
                "statuses": [{"status": f"s{n}", "when": r.choice(pick)} for n in range(3)],
            }
        ],
        "tasks": [
            {
                "id": f"t{n}",
                "title": "t",
                "why": "so",
                "steps": r.choice([[], ["one"], ["two", "three"]]),
                "applies": r.choice(pick),
                "done": r.choice(pick),
                "declined": r.choice([*pick, "FALSE"]),
            }
            for n in range(2)
        ],
        "options": [
            {
                "id": f"o{n}",
                "title": "o",
                "steps": r.choice([[], ["one"], ["two", "three"]]),
                "offered": r.choice([*pick, "TRUE"]),
                "requires": [point() for _ in range(r.randrange(3))],
                "rules_out": [point() for _ in range(r.randrange(2))],
            }
            for n in range(2)
        ],
        "alerts": [
            {
                "id": f"a{n}",
                "title": "a",
                "severity": r.choice(["urgent", "stop", "hold", "warn"]),
                "when": r.choice(pick),
                "applies": r.choice([*pick, "TRUE"]),
                "message": "so",
                **r.choice([{}, speaks]),
            }
            for n in range(3)
        ],
    }
    return {"facts": facts, "criteria": criteria, "pathway": pathway}


def random_answers(r: Random) -> tuple[Answer, ...]:
    """What may be said of a patient of such a pack."""
    found = []
    chance = r.choice((0.2, 0.5, 0.9))
    for name, kind in [
        *((name, known.kind) for name, known in NAMES.items()),
        ("f", "boolean"),
        ("covered", "boolean"),
    ]:
        if name != "as_of" and r.random() < chance:
            found.append(answer(r, name, kind))
    for specimen in ("skin", "marrow")[: r.randrange(3)]:
        for name in OF_SPECIMEN:
            if r.random() < chance:
                found.append(Answer(name, r.choice((True, False, UNCLEAR)), specimen=specimen))
    return tuple(found)


def answer(r: Random, name: str, kind: str) -> Answer:
    if r.random() < 0.1:
        return Answer(name, UNCLEAR)
    if kind == "boolean":
        return Answer(name, r.random() < 0.5, past(r) if name == "a" else None)
    if kind in ("code", "text"):
        return Answer(name, r.choice(WORDS))
    if kind == "moment":
        return Answer(name, past(r))
    low, high = sorted((small(r), small(r)))
    value = low if low == high or r.random() < 0.5 else Range(low, high)
    limits = sorted(abs(small(r)) for _ in range(2))
    if not limits[1] or r.random() < 0.4:
        return Answer(name, value, past(r) if name == "x" else None)
    return Answer(name, value, past(r) if name == "x" else None, low=limits[0], high=limits[1])


def past(r: Random) -> Moment:
    """Some whole days that have begun."""
    found = some_moment(r)
    return day_moment(found.first_day, max(found.first_day, found.last_day))
