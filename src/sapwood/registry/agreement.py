"""The answers of one person as one canonical line, from a plan or from a row: two engines agree when hashes do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from sapwood.pack import Pack
from sapwood.plan import Plan

from .standings import STEP, answer_columns

Answers = Mapping[str, bool | str | None]
_LETTERS = {True: "T", False: "F", None: "-"}


def answers_of_plan(plan: Plan) -> Answers:
    """What a plan says, under the columns of the registry's answers."""
    position, verdicts = plan.position, plan.verdicts
    found: dict[str, bool | str | None] = {STEP: position.step}
    gaps, unclear = ({step.id for step in steps} for steps in (position.gaps, position.unclear))
    for step in position.pathway.steps:
        found[f"gap:{step.id}"] = step.id in gaps
        found[f"unclear:{step.id}"] = step.id in unclear
    found |= {name: None if plan.hidden(name) else verdicts[name].value for name in verdicts}
    found |= {f"track:{track.id}": track.status for track in position.tracks}
    found |= {f"option:{one.option.id}": one.standing for one in plan.options}
    found |= {f"task:{one.task.id}": one.status for one in plan.tasks}
    found |= {f"alert:{one.alert.id}": one.state for one in plan.alerts}
    found |= {f"trial:{one.trial.nct}": one.fit for one in plan.trials}
    return found


def line(person: str, as_of: str, answers: Answers, columns: Sequence[str]) -> str:
    """One person's answers as text, in the order of the columns."""
    said = (answers.get(column) for column in columns)
    return "|".join((person, as_of, *(one if isinstance(one, str) else _LETTERS[one] for one in said)))


def hash_of(lines: Iterable[str]) -> str:
    """The SHA-256 of the sorted lines."""
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def lines_of_rows(pack: Pack, rows: Iterable[Sequence[bool | str | None]]) -> list[str]:
    """The lines of rows that hold person, as_of and the answers in the order of `answer_columns`."""
    columns = answer_columns(pack)
    return [line(str(row[0]), str(row[1]), dict(zip(columns, row[2:], strict=True)), columns) for row in rows]
