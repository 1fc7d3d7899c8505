"""The shape of pack.yaml: what a pack is, who reviewed it, what a board reads first."""

from __future__ import annotations

from sapwood.definitions.entries import Definition, Words
from sapwood.definitions.facts import Match


class Said(Definition, frozen=True):
    """Words used when a criterion is true."""

    when: str
    text: str


class Board(Definition, frozen=True):
    """What a tumour board reads first, and in which order; ids of the pack's facts and criteria."""

    diagnosis: list[Said] = []
    markers: Words = []
    other_markers: Words = []
    sites: Words = []
    clear: dict[str, str] = {}
    findings: Words = []
    fitness: Words = []
    wishes: list[Said] = []

    @property
    def facts(self) -> tuple[str, ...]:
        """Every fact that a board is shown."""
        return (*self.markers, *self.other_markers, *self.sites, *self.findings)


class Review(Definition, frozen=True):
    """A signature: a named person reviewed the pack as it was when its content had this hash."""

    name: str
    role: str
    date: str
    content: str
    note: str = ""


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
    patient_notice: str = ""
    no_signal_patient: str = ""
    adult_only_patient: str = ""
    ended_patient: str = ""
    closed_patient: str = ""
    call_patient: str = ""
    trials_patient: str = ""
    people: dict[str, str] = {}
    note: str = ""
