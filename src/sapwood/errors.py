"""What went wrong, for a person: where, what, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in what was given to Sapwood; never holds a person's name or free text."""

    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.remedy}"


class SapwoodError(Exception):
    """Input that cannot be used; carries every problem found, in the order they were found."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))

    def __reduce__(self) -> tuple[type[SapwoodError], tuple[Problem, ...]]:
        return type(self), self.problems  # so that it comes whole from another process


class RecordError(SapwoodError):
    """A record that cannot be read at all."""


class PackError(SapwoodError):
    """A pack that is not sound enough to use."""


class SentenceError(SapwoodError):
    """A sentence outside the criteria language."""


class AnswerError(SapwoodError):
    """An answer typed by a person that fits no fact of the pack."""
