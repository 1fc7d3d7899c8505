"""Stages that follow from the verdicts: position, gaps, tracks, then options, tasks, alerts and trials.

Said as `pathway.py`, `duties.py`, `trials.py`, `verdicts.py` and `plan.py` say it of one person; a test holds the two
together on every patient. The answers of a person are one row:

- `position:step`, `gap:ID` and `unclear:ID`;
- each criterion under its id, as it may be shown;
- `track:ID`, `option:ID`, `task:ID`, `alert:ID`, `trial:NCT`: the words of a plan, or NULL where it says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sapwood.definitions import Alert, Option, Task, Track, Trial
from sapwood.pack import Pack
from sapwood.pathway import NO_SIGNAL

from .parts import text
from .stages import FULL, KEYS, PLAIN, TRUSTED, Stages, quoted

STEP = "position:step"
Column = Callable[[str], str]
"""Where the answer of a sentence stands."""
Added = Iterator[tuple[str, str]]
"""Columns of a stage: an expression and its name."""


@dataclass(frozen=True, slots=True)
class Script:
    """Tables to make, in their order, and then the rows to ask for."""

    tables: tuple[tuple[str, str], ...]
    select: str


def answers_script(pack: Pack, *, own_word: bool) -> Script:
    """Everybody's answers as SQL over `people` and `specimens`: person, as_of and the `answer_columns`.

    `own_word` says whether some rows leave out the patient's own word; those people's answers are read from both of
    their rows, which are made into tables of their own first.
    """
    names, ended = list(_asked(pack)), pack.about.ended_when
    keep = [ended] if ended else []
    guarded = [name for name in names if _guarded(pack, name)]
    alike: dict[str, str] = {}

    def verdicts(world: str, asked: Sequence[str]) -> tuple[str, str]:
        stages = Stages(pack, own_word=own_word, alike=alike)
        last = stages.verdicts(asked, world, keep)
        columns = {column: None for name in asked if (column := stages.column(name))[0] == '"'}
        columns |= {quoted(name): None for name in keep}
        return f"verdicts_{world}", stages.query(f"SELECT {', '.join((KEYS, *columns))} FROM {last}")  # nosec B608: names of the pack

    plain = verdicts(PLAIN, names)
    stages = Stages(pack, alike=alike)
    answers = "answers_plain", _answers(stages, stages.column, plain[0])
    if not own_word:
        return Script((plain, answers), "SELECT * FROM answers_plain")
    own = "answers_own", _both_worlds(Stages(pack, alike=alike), guarded)
    tables = (plain, answers, verdicts(FULL, names), verdicts(TRUSTED, guarded), own)
    return Script(tables, "SELECT * FROM answers_plain UNION ALL SELECT * FROM answers_own")


def _answers(stages: Stages, trusted: Column, base: str) -> str:
    last = _Standings(stages, stages.column, trusted).add(base)
    columns = ", ".join((KEYS, *map(quoted, answer_columns(stages.pack))))
    return stages.query(f"SELECT {columns} FROM {last}")  # nosec B608: names of the pack


def _both_worlds(stages: Stages, guarded: Sequence[str]) -> str:
    """The answers of those who spoke for themselves: their word closes gates and raises alerts, and opens nothing."""

    def trusted(name: str) -> str:
        column = stages.column(name)
        return quoted("trusted:" + column[1:-1]) if column[0] == '"' else column

    read = {stages.column(name): trusted(name) for name in guarded}
    beside = [f"t.{column} AS {own}" for column, own in read.items() if column != own]
    select = ", ".join(["f.*", *beside])
    worlds = stages.add(
        "both_worlds",
        f"SELECT {select}\nFROM verdicts_full f\nJOIN verdicts_trusted t USING (person, as_of)",  # nosec B608: names of the pack
    )
    return _answers(stages, trusted, worlds)


def answer_columns(pack: Pack) -> list[str]:
    """The columns of the answers beside the keys, in their order."""
    path = pack.pathway
    return [
        STEP,
        *(f"gap:{step.id}" for step in path.steps),
        *(f"unclear:{step.id}" for step in path.steps),
        *pack.criteria,
        *(f"track:{track.id}" for track in path.tracks),
        *(f"option:{option.id}" for option in path.options),
        *(f"task:{task.id}" for task in path.tasks),
        *(f"alert:{alert.id}" for alert in path.alerts),
        *(f"trial:{trial.nct}" for trial in pack.trials),
    ]


def _asked(pack: Pack) -> Iterator[str]:
    yield from pack.criteria
    yield from (name for name in pack.sentences if name.partition(":")[0] in _SORTS)


_SORTS = ("step", "track", "task", "option", "alert", "trial")


def _guarded(pack: Pack, name: str) -> bool:
    """Whether a sentence is read without the patient's own word too."""
    sort, _, rest = name.partition(":")
    inner = rest.split(":")
    return (
        name in pack.roles
        or (sort == "option" and inner[1] in ("requires", "rules_out"))
        or (sort == "alert" and inner[1] == "when")
    )


@dataclass
class _Standings:
    stages: Stages
    full: Column
    trusted: Column

    def __post_init__(self) -> None:
        self.pack = self.stages.pack
        self.steps = self.pack.pathway.steps
        self.place = {step.id: number for number, step in enumerate(self.steps, 1)}

    def add(self, base: str) -> str:
        """Adds the stages after the verdicts, each resting on the one before."""
        for stage, columns in (("steps", self._open()), ("place", self._place()), ("here", self._here())):
            base = self._stage(stage, base, "*", columns)
        return self._stage("answers", base, KEYS, self._answers())

    def _stage(self, name: str, base: str, kept: str, columns: Added) -> str:
        added = "".join(f",\n  {expression} AS {quoted(column)}" for expression, column in columns)
        return self.stages.add(name, f"SELECT {kept}{added}\nFROM {base}")  # nosec B608: names of the pack

    # --- where people stand -----------------------------------------------------------------------

    def _open(self) -> Added:
        for step in self.steps:
            opens, closes = self.full(f"step:{step.id}:opens"), self.full(f"step:{step.id}:closes")
            yield f"({opens} IS TRUE AND {closes} IS NOT TRUE)", f"open:{step.id}"
        ended = self.pack.about.ended_when
        yield (f"({quoted(ended)} IS TRUE)" if ended else "FALSE"), "position:ended"

    def _place(self) -> Added:
        """The last open step; where none is, the last that has opened; else none."""
        whens = [f'WHEN "open:{step.id}" THEN {self.place[step.id]}' for step in reversed(self.steps)]
        for step in reversed(self.steps):
            whens.append(f"WHEN {self.full(f'step:{step.id}:opens')} IS TRUE THEN {self.place[step.id]}")
        yield _case(whens, "0"), "position:place"

    def _here(self) -> Added:
        for step in self.steps:
            place = self.place[step.id]
            yield f'("open:{step.id}" AND "position:place" > {place})', f"gap:{step.id}"
            yield (
                f'("position:place" = {place} OR ("open:{step.id}" AND "position:place" > {place}))',
                f"here:{step.id}",
            )

    def _concerns(self, steps: Sequence[str]) -> str:
        """What bounds something to these steps: that the person stands there, and has not died."""
        if not steps or "all" in steps:
            return 'NOT "position:ended"'
        here = " OR ".join(f'"here:{step}"' for step in steps)
        return f'NOT "position:ended" AND ({here})'

    # --- what is said of them ------------------------------------------------------------------------

    def _answers(self) -> Added:
        path = self.pack.pathway
        whens = [f'WHEN "position:place" = {self.place[step.id]} THEN {text(step.id)}' for step in self.steps]
        yield _case(whens, text(NO_SIGNAL)), STEP
        yield from ((quoted(f"gap:{step.id}"), f"gap:{step.id}") for step in self.steps)
        for step in self.steps:
            unknown = f"{self.full(f'step:{step.id}:opens')} IS NULL"
            yield f'({unknown} AND "position:place" < {self.place[step.id]})', f"unclear:{step.id}"
        yield from ((self._shown(name), name) for name in self.pack.criteria)
        yield from ((self._track(track), f"track:{track.id}") for track in path.tracks)
        yield from ((self._option(option), f"option:{option.id}") for option in path.options)
        yield from ((self._task(task), f"task:{task.id}") for task in path.tasks)
        yield from ((self._alert(alert), f"alert:{alert.id}") for alert in path.alerts)
        yield from ((self._trial(trial), f"trial:{trial.nct}") for trial in self.pack.trials)

    def _shown(self, name: str) -> str:
        """A verdict as it may be shown: no patient's own word opens a gate, no adult's number is a child's."""
        shown, role, about = self.full(name), self.pack.roles.get(name), self.pack.about
        if role is not None and self.trusted(name) != shown:
            doubted = "TRUE" if role == "gate" else "FALSE"
            same = f"{self.trusted(name)} IS {doubted}"
            shown = f"CASE WHEN {shown} IS {doubted} AND NOT ({same}) THEN NULL ELSE {shown} END"
        if about.adult_when_false and name in about.adult_numbers:
            shown = f"CASE WHEN {self.full(about.adult_when_false)} IS FALSE THEN {shown} END"
        return shown

    def _track(self, track: Track) -> str:
        whens = ['WHEN "position:place" = 0 THEN NULL']
        for number, status in enumerate(track.statuses):
            truth = self.full(f"track:{track.id}:{number}")
            whens.append(f"WHEN {truth} THEN {text(status.status)} WHEN {truth} IS NULL THEN 'cannot_tell'")
        return _case(whens, "'not_started'")

    def _option(self, option: Option) -> str:
        offered = self.full(f"option:{option.id}:offered")
        gates = [self._gate(f"option:{option.id}:requires:{n}") for n in range(len(option.requires))]
        gates += [
            f"NOT {self._closing(f'option:{option.id}:rules_out:{n}')}" for n in range(len(option.rules_out))
        ]
        passes = f"({' AND '.join(gates) or 'TRUE'})"
        best = "'recommended'" if self.pack.reviewed else "'possible'"
        whens = [
            f"WHEN NOT ({self._concerns(option.steps)}) OR {offered} IS FALSE THEN NULL",
            f"WHEN {passes} IS FALSE THEN 'ruled_out'",
            f"WHEN ({passes} AND {offered}) IS NULL THEN 'cannot_tell'",
        ]
        return _case(whens, best)

    def _gate(self, name: str) -> str:
        """Whether a gate is open: the patient's own word can close it, never open it."""
        full, trusted = self.full(name), self.trusted(name)
        if full == trusted:
            return full
        return f"(CASE WHEN {trusted} IS NULL AND {full} IS FALSE THEN FALSE ELSE {trusted} END)"

    def _closing(self, name: str) -> str:
        """Whether something closes: anyone's word may make it true, only a clinical source makes it false."""
        full, trusted = self.full(name), self.trusted(name)
        if full == trusted:
            return full
        return f"(CASE WHEN {full} IS TRUE THEN TRUE WHEN {trusted} IS FALSE THEN FALSE END)"

    def _task(self, task: Task) -> str:
        applies, done, declined = (
            self.full(f"task:{task.id}:{sort}") for sort in ("applies", "done", "declined")
        )
        whens = [
            f"WHEN NOT ({self._concerns(task.steps)}) THEN NULL",
            f"WHEN {applies} IS FALSE THEN 'not_applicable'",
            f"WHEN {done} THEN 'done' WHEN {declined} THEN 'declined'",
            f"WHEN {applies} IS NULL THEN 'cannot_tell'",
        ]
        return _case(whens, "'due'")

    def _alert(self, alert: Alert) -> str:
        applies, when = self.full(f"alert:{alert.id}:applies"), self._closing(f"alert:{alert.id}:when")
        whens = [
            f'WHEN "position:ended" OR {applies} IS FALSE OR {when} IS FALSE THEN NULL',
            f"WHEN {when} THEN 'raised'",
        ]
        if alert.speaks_when_unknown:
            holds = alert.severity in ("hold", "stop")
            whens.append(f"WHEN {'TRUE' if holds else f'{applies} IS TRUE'} THEN 'cannot_tell'")
        return _case(whens, "NULL")

    def _trial(self, trial: Trial) -> str:
        points = [self.full(f"trial:{trial.nct}:meets:{number}") for number in range(len(trial.meets))]
        points += [f"NOT {self.full(f'trial:{trial.nct}:excludes:{n}')}" for n in range(len(trial.excludes))]
        fits = f"({' AND '.join(points) or 'TRUE'})"
        offered = self.full(f"trial:{trial.nct}:offered")
        whens = [
            f"WHEN NOT ({self._concerns(trial.steps)}) OR {offered} IS NOT TRUE THEN NULL",
            f"WHEN {fits} IS FALSE THEN 'does_not_fit' WHEN {fits} IS NULL THEN 'cannot_tell'",
        ]
        return _case(whens, "'may_fit'")


def _case(whens: Sequence[str], otherwise: str) -> str:
    return f"CASE {' '.join(whens)} ELSE {otherwise} END" if whens else otherwise
