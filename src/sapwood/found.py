"""What a record holds for one fact: candidates, and what was looked at and does not count, with the reason."""

from __future__ import annotations

from dataclasses import dataclass, field

from sapwood.concepts import Resource
from sapwood.values import Moment, Value


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something found for a fact that does not count, and why.

    `unusable` where it could not be understood, `pending` where it is not yet settled (provisional, preliminary,
    planned): neither lets silence be read as "no". `elsewhere` where it surely belongs to another
    time than the one asked about: it says nothing about this one.
    """

    resource: Resource | None
    why: str
    unusable: bool
    when: Moment | None = None
    conflict: bool = False
    pending: bool = False
    elsewhere: bool = False


@dataclass(slots=True)
class Candidate:
    """A value that could be the fact's: with its time, when it became known, and where it stands."""

    value: Value
    when: Moment | None
    known: Moment | None
    resource: Resource | None
    assurance: str = "clinical"
    override: bool = False
    note: str = ""
    limits: tuple[Value, Value] = (None, None)
    until: Moment | None = None  # when what it says ended, where it has
    placed: bool = False  # an answer that needs no date: it says itself which time it is about


@dataclass(slots=True)
class Found:
    """What a record holds for one fact, before any of it is chosen."""

    candidates: list[Candidate] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
