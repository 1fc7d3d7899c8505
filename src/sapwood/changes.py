"""Two plans of one person: what is new, what changed, and because of which facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sapwood.definitions import Plain
from sapwood.duties import AlertStanding
from sapwood.fact_changes import BY_TIME, FactChange, compare_facts, days_between
from sapwood.follow_up import FollowUpStanding
from sapwood.pack import Pack
from sapwood.plan import Plan
from sapwood.values import Moment

__all__ = ["Change", "Changes", "FactChange", "compare"]


NO_WORDS = Plain()


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that stands differently, with the facts that explain it.

    `sort` is position, gap, line, alert, option, task, follow_up, track, trial or criterion; `before` and `after`
    are words of that sort (an option's standing), or empty where it was not, or is no longer, there. `by_time`:
    nothing but time explains it; `moved`: it came or went with the position; `matters`: worth a reader's time;
    `text`: an alert's message, or the window of a follow-up.
    """

    sort: str
    id: str
    title: str
    before: str
    after: str
    because: tuple[FactChange, ...] = ()
    by_time: bool = False
    moved: bool = False
    matters: bool = True
    patient: Plain = NO_WORDS
    text: str = ""
    severity: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that differs between two plans; `since` and `until` are the moments they are for."""

    since: Moment
    until: Moment
    found: tuple[Change, ...]
    facts: tuple[FactChange, ...]

    @property
    def days(self) -> int:
        """How many days lie between the two."""
        return days_between(self.since, self.until)

    @property
    def shown(self) -> tuple[Change, ...]:
        """The changes that matter to a reader."""
        return tuple(change for change in self.found if change.matters)

    @property
    def nothing(self) -> bool:
        """Whether no fact and nothing else changed."""
        return not self.found and not self.facts


def compare(before: Plan, after: Plan) -> Changes:
    """What differs between an earlier plan and a later one of the same person, both by the same pack."""
    facts = compare_facts(before.facts, after.facts)
    told = _Explaining(before, after, facts)
    found = [
        *_position(before, after, told),
        *_lines(before, after),
        *_alerts(before, after, told),
        *_options(before, after, told),
        *_tasks(before, after, told),
        *_follow_up(before, after, told),
        *_tracks(before, after, told),
        *_trials(before, after, told),
        *_criteria(before, after, told),
    ]
    listed = tuple(change for change in facts if change.listed)
    return Changes(before.facts.as_of, after.facts.as_of, tuple(found), listed)


class _Explaining:
    """Finds, for sentences that turned, the facts on which they rest and which changed."""

    def __init__(self, before: Plan, after: Plan, facts: Sequence[FactChange]) -> None:
        self.plans = (before, after)
        self.pack = after.facts.pack
        self.passed = days_between(before.facts.as_of, after.facts.as_of) != 0
        self.changed: dict[str, list[FactChange]] = {}
        for change in facts:
            self.changed.setdefault(change.fact, []).append(change)
        self._reached: dict[tuple[int, str], frozenset[str]] = {}

    def why(self, names: Iterable[str]) -> tuple[tuple[FactChange, ...], bool]:
        """The changed facts behind sentences, and whether time alone explains them."""
        before, after = self.plans
        names = list(names)
        turned = [
            name
            for name in names
            if name in self.pack.sentences and before.facts.values[name] != after.facts.values[name]
        ]
        found = self._of(
            {fact for name in turned or names for side in (0, 1) for fact in self._reach(name, side)}
        )
        if not found:
            found = self._of({fact for name in names for fact in self.pack.base_facts.get(name, (name,))})
        by_time = self.passed and all(change.kind in BY_TIME for change in found)
        return found, by_time

    def _of(self, facts: set[str]) -> tuple[FactChange, ...]:
        """The changed ones among some facts: what was learnt first, what has no date or was presumed last."""
        given = [name for name in self.changed if name in facts and not self.pack.facts[name].derived]
        given = given or [name for name in self.changed if name in facts]
        found = [change for name in given for change in self.changed[name]]
        telling = [change for change in found if change.kind not in ("again", "record")] or found
        return tuple(sorted(telling, key=lambda one: one.undated or not one.listed))

    def _reach(self, name: str, side: int, depth: int = 0) -> frozenset[str]:
        """The facts that decided a sentence on one side, followed down through criteria and derived facts."""
        key = (side, name)
        if key in self._reached:
            return self._reached[key]
        pack = self.pack
        found: set[str] = set()
        if name in pack.facts:
            found = {name, *pack.base_facts.get(name, ())}
        elif name in pack.sentences and depth < 12:
            verdict = self.plans[side].verdicts[name]
            for reason in verdict.because:
                if reason.name != name:
                    found |= self._reach(reason.name, side, depth + 1)
        for fact in list(found):
            closed = pack.facts[fact].closed_world
            if closed is not None:
                found |= {closed.covered_by, *pack.base_facts.get(closed.covered_by, ())}
        self._reached[key] = frozenset(found)
        return self._reached[key]


def _sentences(pack: Pack, *start: str) -> list[str]:
    begins = ":".join(start) + ":"
    return [name for name in pack.sentences if name.startswith(begins)]


def _position(before: Plan, after: Plan, told: _Explaining) -> Iterator[Change]:
    pack = told.pack
    old, new = before.position, after.position
    steps = {step.id: step for step in new.pathway.steps}
    if (old.step, old.line, old.title) != (new.step, new.line, new.title):
        names = [name for step in {old.step, new.step} for name in _sentences(pack, "step", step)]
        if new.step not in steps:
            names += [name for step in new.pathway.steps[:1] for name in _sentences(pack, "step", step.id)]
        because, by_time = told.why(names)
        titles = [
            f"{one.title} (line {one.line})" if one.line > 1 or old.line != new.line else one.title
            for one in (old, new)
        ]
        words = steps[new.step].patient if new.step in steps else Plain()
        yield Change("position", new.step, titles[1], titles[0], titles[1], because, by_time, patient=words)
    were, are = ({gap.id: gap for gap in one.gaps} for one in (old, new))
    for name in {**were, **are}:
        if (name in were) == (name in are):
            continue
        opened = name in are
        if not opened and new.step == name:
            continue  # it is the position again, and said there
        because, by_time = told.why(_sentences(pack, "step", name))
        left = opened and old.step == name
        if left and not because:
            because, by_time = told.why(_sentences(pack, "step", new.step))
        states = ("position" if left else "", "open") if opened else ("open", "")
        words = steps[name].patient if name in steps else Plain()
        yield Change("gap", name, {**were, **are}[name].title, *states, because, by_time, patient=words)


def _lines(before: Plan, after: Plan) -> Iterator[Change]:
    were = {line.number: line for line in before.facts.treatment.lines}
    are = {line.number: line for line in after.facts.treatment.lines}
    for number, line in are.items():
        old = were.get(number)
        began = f", from {line.start}" if line.start else ""
        if old is None or old.regimen != line.regimen:
            said = f"line {number}: {line.title}{began}"
            yield Change("line", str(number), said, old.title if old else "", line.title)
        elif old.response != line.response and line.response:
            title = f"best response in line {number}"
            yield Change("line", str(number), title, old.response, line.response)
    for number, line in were.items():
        if number not in are:
            yield Change("line", str(number), f"line {number}: {line.title}", line.title, "")


def _alerts(before: Plan, after: Plan, told: _Explaining) -> Iterator[Change]:
    were = {one.alert.id: one for one in before.alerts}
    are = {one.alert.id: one for one in after.alerts}
    for name in {**are, **were}:
        old, new = were.get(name), are.get(name)
        states = (_state(before, name, old), _state(after, name, new))
        if states[0] == states[1] or {*states} <= {"", "silent"}:
            continue
        alert = (new or were[name]).alert
        because, by_time = told.why(_sentences(told.pack, "alert", name))
        text = new.message if new else ""
        matters = "raised" in states or alert.severity in ("urgent", "stop")
        yield Change(
            "alert", name, alert.title, *states, because, by_time, False, matters, alert.patient, text,
            alert.severity,
        )  # fmt: skip


def _state(plan: Plan, name: str, standing: AlertStanding | None) -> str:
    """An alert's state; `silent` where it is neither raised nor settled, and says nothing: that is not all clear."""
    if standing is not None:
        return standing.state
    open_ = plan.verdicts.truth(f"alert:{name}:when") is None
    return "silent" if open_ and plan.verdicts.truth(f"alert:{name}:applies") is not False else ""


def _options(before: Plan, after: Plan, told: _Explaining) -> Iterator[Change]:
    were = {one.option.id: one for one in before.options}
    are = {one.option.id: one for one in after.options}
    for name in {**are, **were}:
        old, new = were.get(name), are.get(name)
        standings = (old.standing if old else "", new.standing if new else "")
        if standings[0] == standings[1]:
            continue
        option = (new or were[name]).option
        moved = before.position.concerns(option.steps) != after.position.concerns(option.steps)
        because, by_time = told.why(() if moved else _sentences(told.pack, "option", name))
        yield Change(
            "option",
            name,
            option.title,
            *standings,
            because,
            by_time and not moved,
            moved,
            patient=option.patient,
        )


def _tasks(before: Plan, after: Plan, told: _Explaining) -> Iterator[Change]:
    were = {one.task.id: one for one in before.tasks}
    are = {one.task.id: one for one in after.tasks}
    for name in {**are, **were}:
        old, new = were.get(name), are.get(name)
        statuses = (old.status if old else "", new.status if new else "")
        if statuses[0] == statuses[1] or {*statuses} <= {"", "not_applicable"}:
            continue
        task = (new or were[name]).task
        moved = before.position.concerns(task.steps) != after.position.concerns(task.steps)
        because, by_time = told.why(() if moved else _sentences(told.pack, "task", name))
        matters = bool({"due", "done", "declined"} & {*statuses})
        yield Change(
            "task", name, task.title, *statuses, because, by_time and not moved, moved, matters, task.patient
        )


def _follow_up(before: Plan, after: Plan, told: _Explaining) -> Iterator[Change]:
    were = {one.item.id: one for one in before.follow_up}
    are = {one.item.id: one for one in after.follow_up}
    for name in {**are, **were}:
        old, new = were.get(name), are.get(name)
        states = (old.status if old else "", new.status if new else "")
        windows = (_window(old), _window(new))
        if states[0] == states[1] and windows[0] == windows[1]:
            continue
        item = (new or were[name]).item
        moved = before.position.concerns(item.steps) != after.position.concerns(item.steps)
        names = [*_sentences(told.pack, "follow_up", name)]
        names += [one.partition(".")[0] for one in (item.since, item.last) if one]
        because, by_time = told.why(() if moved else names)
        matters = not moved or states[1] in ("due", "overdue")
        yield Change(
            "follow_up", name, item.title, *states, because, by_time and not moved, moved, matters, item.patient,
            windows[1],
        )  # fmt: skip


def _window(standing: FollowUpStanding | None) -> str:
    if standing is None or standing.begins is None:
        return ""
    return (
        str(standing.begins)
        if standing.ends in (None, standing.begins)
        else f"{standing.begins} to {standing.ends}"
    )


def _tracks(before: Plan, after: Plan, told: _Explaining) -> Iterator[Change]:
    were = {one.id: one for one in before.position.tracks}
    for track in after.position.tracks:
        old = were.get(track.id)
        if (old.status if old else "not_started") == track.status:
            continue
        because, by_time = told.why(_sentences(told.pack, "track", track.id) if old is not None else ())
        words = Plain(title=track.patient_title, text=track.patient)
        status = old.text or old.status if old else ""
        yield Change(
            "track", track.id, track.title, status, track.text or track.status, because, by_time and old is not None,
            old is None, old is not None or track.status != "cannot_tell", words,
        )  # fmt: skip


def _trials(before: Plan, after: Plan, told: _Explaining) -> Iterator[Change]:
    were = {one.trial.nct: one for one in before.trials}
    are = {one.trial.nct: one for one in after.trials}
    for name in {**are, **were}:
        old, new = were.get(name), are.get(name)
        fits = (old.fit if old else "", new.fit if new else "")
        if fits[0] == fits[1]:
            continue
        standing = new or were[name]
        moved = before.position.concerns(standing.trial.steps) != after.position.concerns(
            standing.trial.steps
        )
        because, by_time = told.why(() if moved else _sentences(told.pack, "trial", name))
        matters = standing.recruiting and bool({"may_fit", "does_not_fit"} & {*fits})
        yield Change(
            "trial", name, standing.trial.title, *fits, because, by_time and not moved, moved, matters,
            standing.trial.patient,
        )  # fmt: skip


def _criteria(before: Plan, after: Plan, told: _Explaining) -> Iterator[Change]:
    pack = told.pack
    here = {*before.position.here, *after.position.here}
    focus = {name for step in after.position.pathway.steps if step.id in here for name in step.focus}
    telling = focus | {*pack.about.turns_on, *pack.about.board.fitness}
    telling |= {name for name, role in pack.roles.items() if role == "gate"}
    for name, criterion in pack.criteria.items():
        words = (before.verdicts[name].word, after.verdicts[name].word)
        if words[0] == words[1] or before.hidden(name) or after.hidden(name):
            continue
        because, by_time = told.why([name])
        title = criterion.title or criterion.means
        yield Change(
            "criterion", name, title, *words, because, by_time, False, name in telling, criterion.patient
        )
