"""The shapes of a pack's content: what each YAML entry may say, and nothing else.

Every class refuses unknown keys, so that a typo cannot be silently ignored.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Words = list[str]
Codes = dict[str, list[str]]
Scalar = Any  # bool, int, Decimal or str; checked against the fact it belongs to


class Definition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Frozen content that refuses unknown keys."""


class Match(Definition, frozen=True):
    """Codes and words that pick a concept."""

    codes: Codes = {}
    words: Words = []


class Source(Definition, frozen=True, rename={"in_": "in"}):
    """One way in which a record can hold a fact."""

    in_: str | list[str]
    codes: Codes = {}
    words: Words = []
    without: Words = []
    beside: Words = []
    hedged: Literal["refuse", "accept"] = "refuse"
    value_words: Words = []
    note_words: Words = []
    component: Match | None = None
    take: Literal["value", "component"] = "value"
    at: Match | None = None
    category: Words = []
    verification: Words = []
    clinical: Words = []
    status: Words = []
    path: str | list[str] | None = None
    value: Scalar = None

    @property
    def types(self) -> list[str]:
        """The FHIR resource types this source reads."""
        return [self.in_] if isinstance(self.in_, str) else self.in_


class Ask(Definition, frozen=True):
    """How to ask a person for a fact."""

    text: str
    of: Literal["clinician", "patient", "either"] = "clinician"
    answers: dict[str, str] | list[str] = []
    hint: str = ""


class ClosedWorld(Definition, frozen=True):
    """Leave to read "not recorded" as "no", while the record covers the period."""

    covered_by: str


FactType = Literal["boolean", "code", "quantity", "count", "score", "instant", "text"]
Which = Literal["latest", "earliest", "highest", "lowest", "any", "all", "count", "agree"]


class FactDefinition(Definition, frozen=True):
    """One typed answer: where to find it, which value counts, how long it holds, how to ask for it."""

    title: str
    type: FactType
    group: str = "other"
    unit: str = ""
    molar_mass: Any = None
    plausible: list[Any] = []
    per: Literal["person", "specimen"] = "person"
    values: dict[Any, Match] = {}
    find: list[Source] = []
    which: Which = "latest"
    before: str = ""
    after: str = ""
    on_day: str = ""
    day_before: str = ""
    within: str = ""
    holds: str = "always"
    undated: Literal["accept", "refuse"] = "accept"
    closed_world: ClosedWorld | None = None
    not_when: str = ""
    derived: str = ""
    from_lines: str = ""
    from_record: str = ""
    ask: Ask | None = None
    note: str = ""
    evidence: Words = []

    @property
    def kind(self) -> str:
        """The kind of value it has in sentences."""
        return {"quantity": "number", "count": "number", "score": "number", "instant": "moment"}.get(
            self.type, self.type
        )


class CriterionDefinition(Definition, frozen=True, rename={"is_": "is"}):
    """A named sentence over facts and other criteria."""

    is_: str
    means: str
    title: str = ""
    false_means: str = ""
    rule_set: str = "definition"
    for_each: Literal["person", "specimen"] = "person"
    reversible: str = ""
    evidence: Words = []
    note: str = ""


class Step(Definition, frozen=True):
    """A place on the pathway: open while `opens` is true and `closes` is not."""

    id: str
    title: str
    opens: str
    closes: str = "FALSE"
    focus: Words = []
    about: str = ""
    evidence: Words = []


class TrackStatus(Definition, frozen=True):
    """One state a track can be in."""

    status: str
    when: str = "TRUE"
    text: str = ""


class Track(Definition, frozen=True):
    """Something that runs beside the steps."""

    id: str
    title: str
    statuses: list[TrackStatus]
    about: str = ""
    evidence: Words = []


class Task(Definition, frozen=True):
    """Something somebody should do, and how the record shows that it was done."""

    id: str
    title: str
    why: str
    steps: Words = []
    applies: str = "TRUE"
    done: str = "FALSE"
    declined: str = "FALSE"
    due: str = ""
    who: str = ""
    evidence: Words = []


class Point(Definition, frozen=True):
    """Something that speaks for or against an option, or opens or closes it."""

    text: str
    when: str = "TRUE"
    evidence: Words = []


class Option(Definition, frozen=True, rename={"for_": "for"}):
    """A way of treating, with what opens it, what closes it, and what speaks for and against."""

    id: str
    title: str
    kind: str = ""
    steps: Words = []
    offered: str = "TRUE"
    requires: list[Point] = []
    rules_out: list[Point] = []
    for_: list[Point] = []
    against: list[Point] = []
    regimen: str = ""
    approved: dict[str, str] = {}
    schedule: Words = []
    monitoring: Words = []
    exclusive: Words = []
    source_note: str = ""
    evidence: Words = []


class Alert(Definition, frozen=True):
    """Something that must not be overlooked; a hold that cannot be assessed speaks too."""

    id: str
    title: str
    severity: Literal["urgent", "stop", "hold", "warn"]
    when: str
    message: str
    applies: str = "TRUE"
    about: Words = []
    unknown_message: str = ""
    speak_when_unknown: bool | None = None
    evidence: Words = []

    @property
    def speaks_when_unknown(self) -> bool:
        """Holds and stops speak when they cannot be assessed, unless the pack says otherwise."""
        if self.speak_when_unknown is None:
            return self.severity in ("hold", "stop")
        return self.speak_when_unknown


class PathwayDefinition(Definition, frozen=True):
    """Steps in order, and what goes with them."""

    steps: list[Step]
    tracks: list[Track] = []
    tasks: list[Task] = []
    options: list[Option] = []
    alerts: list[Alert] = []


class Drug(Definition, frozen=True):
    """A drug as records name it."""

    id: str
    words: Words = []
    codes: Codes = {}


class Dose(Definition, frozen=True):
    """A labelled dose by weight; worked out only from a reviewed pack."""

    amount: Any
    unit: str
    days: list[int] = []
    per: str = "kg"
    of: str = "weight"
    window_days: int | None = None
    note: str = ""


class HoldRow(Definition, frozen=True):
    """One row of a label's hold table: when to hold, and when to go on."""

    id: str
    hold: str
    resume: str
    evidence: Words = []


class SignRow(Definition, frozen=True):
    """One row of a label's table of signs: at which time, which sign, what to do, and the dosing."""

    when: str
    sign: str
    action: str
    dosing: str
    evidence: Words = []


class Seam(Definition, frozen=True):
    """A place where two rules of one label do not fit together; shown, not hidden."""

    id: str
    text: str
    evidence: Words = []


class Regimen(Definition, frozen=True):
    """One regimen: how records name it, its schedule, its gates and holds, and what is not loaded."""

    id: str
    title: str
    drugs: list[Drug] = []
    names: Words = []
    adjunct: bool = False
    cycle_days: int | None = None
    schedule: Words = []
    dose: Dose | None = None
    window: str = ""
    setting: Words = []
    premedication: Words = []
    before_each_dose: Words = []
    monitoring: Words = []
    gates: Words = []
    holds: Words = []
    hold_table: list[HoldRow] = []
    cls_table: list[SignRow] = []
    seams: list[Seam] = []
    efficacy: Words = []
    not_loaded: Words = []
    approved: dict[str, str] = {}
    source_note: str = ""
    note: str = ""
    evidence: Words = []


class Always(Definition, frozen=True, rename={"is_": "is"}):
    """Something that holds of every patient; facts that break it together cannot all be right."""

    is_: str
    means: str


class EvidenceSource(Definition, frozen=True):
    """A paper, label, page or data set."""

    citation: str
    year: int | None = None
    kind: str = ""
    doi: str = ""
    pmid: str = ""
    url: str = ""
    access: str = ""
    status: str = ""
    note: str = ""


class Claim(Definition, frozen=True):
    """One thing a source says, with its number where it has one."""

    source: str
    text: str
    mark: Literal["V", "K", "ours"] = "V"
    population: str = ""
    n: int | None = None
    measure: str = ""
    value: Any = None
    unit: str = ""
    numerator: int | None = None
    denominator: int | None = None
    ci: list[Any] = []
    ci_source: str = ""
    pool_ok: bool | None = None
    overlap_group: str = ""
    note: str = ""


class EvidenceDefinition(Definition, frozen=True):
    """Sources and the claims that rest on them."""

    sources: dict[str, EvidenceSource]
    claims: dict[str, Claim]


class Said(Definition, frozen=True):
    """Words used when a criterion is true."""

    when: str
    text: str


class Board(Definition, frozen=True):
    """What a tumour board reads first, and in which order; ids of the pack's facts and criteria."""

    diagnosis: list[Said] = []
    markers: Words = []
    sites: Words = []
    fitness: Words = []
    wishes: list[Said] = []


class Review(Definition, frozen=True):
    """A named person who reviewed the pack."""

    name: str
    role: str
    date: str


class PackDefinition(Definition, frozen=True):
    """What a pack is: its name, its place, its reviewers, its code systems."""

    id: str
    title: str
    version: str
    region: str
    notice: str
    language: str = "en"
    disease: str = ""
    authors: Words = []
    reviews: list[Review] = []
    disease_words: Words = []
    hedges: Words = []
    populations: dict[str, Match] = {}
    codesystems: dict[str, list[str]] = {}
    board: Board = Board()
    turns_on: Words = []
    ended_when: str = ""
    adult_when_false: str = ""
    adult_numbers: Words = []
    adult_only_text: str = "The schedules in this pack are for adults; a paediatric team sets the doses."
    no_signal: str = "Nothing in this record points to the disease."
    note: str = ""
