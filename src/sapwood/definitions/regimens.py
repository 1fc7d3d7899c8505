"""The shapes of regimens/*.yaml: how records name a regimen, its schedule, its label's tables."""

from __future__ import annotations

from typing import Any

from sapwood.definitions.entries import Codes, Definition, Words


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


class Around(Definition, frozen=True):
    """The days around an adjunct in which its drugs belong to it, and over which it keeps a line going."""

    before: int
    after: int
    bridges: int = 0


class Regimen(Definition, frozen=True):
    """One regimen: how records name it, its schedule, its gates and holds, and what is not loaded."""

    id: str
    title: str
    drugs: list[Drug] = []
    names: Words = []
    without: Words = []
    adjunct: bool = False
    around: Around | None = None
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
