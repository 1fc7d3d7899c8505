"""Worked patients: one file read, planned for, and held against what it expects, each with its reasons.

`expect:` of a case holds `position`, `gaps`, `criteria`, `options`, `alerts`, `tracks`, `tasks` and `ask_next`.
An entry says the answer and `because`: ids that must be among its reasons, followed through criteria to facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sapwood.answers import Sheet, read_answers
from sapwood.criteria.tree import bases_in
from sapwood.errors import AnswerError, Problem
from sapwood.facts import Facts
from sapwood.pack import Pack
from sapwood.pathway import locate
from sapwood.plan import Plan, make_plan
from sapwood.record import Record
from sapwood.verdicts import Verdict, Verdicts, evaluate_all

SECTIONS = (
    "position",
    "gaps",
    "criteria",
    "options",
    "alerts",
    "tracks",
    "tasks",
    "ask_next",
    "follow_up",
    "trials",
)
STANDINGS = ("recommended", "possible", "cannot_tell", "ruled_out", "not_offered")
_DEEP = 12


def case_files(folder: Path) -> list[Path]:
    """The worked patients of the pack in a folder."""
    return sorted((folder / "cases").glob("*.yaml"))


def read_case(path: Path, pack: Pack) -> Case:
    """One worked patient, read and planned for; AnswerError where the file is not sound."""
    sheet = read_answers(path, pack)
    if sheet.as_of is None:
        raise AnswerError(Problem(path.name, "has no `as_of`", "Say on which day it is read."))
    return case_of_sheet(path, pack, sheet)


def case_of_sheet(path: Path, pack: Pack, sheet: Sheet) -> Case:
    """The same of a sheet that was read."""
    assert sheet.as_of is not None
    facts = Facts(Record(None, (), {}, (), ()), pack, sheet.as_of, sheet.answers)
    verdicts = evaluate_all(pack.criteria, facts)
    return Case(path, pack, sheet, make_plan(locate(pack.pathway, verdicts), facts))


@dataclass(frozen=True)
class Case:
    """A worked patient with the plan that was made."""

    path: Path
    pack: Pack
    sheet: Sheet
    plan: Plan

    @property
    def expected(self) -> Mapping[str, Any]:
        """What the file expects."""
        expected: Mapping[str, Any] = self.sheet.rest.get("expect") or {}
        return expected

    @property
    def verdicts(self) -> Verdicts:
        """The verdict of every criterion and of every sentence of the pathway."""
        return self.plan.verdicts

    @cached_property
    def unmet(self) -> list[str]:
        """What the file expects and the plan does not say, one sentence each."""
        found = [f"`{key}` is nothing a case can expect" for key in self.expected if key not in SECTIONS]
        for section in SECTIONS:
            if section in self.expected:
                found += getattr(self, f"_{section}")(self.expected[section])
        return found

    # --- the sections -----------------------------------------------------------------------------

    def _position(self, wanted: Any) -> Iterator[str]:
        entry = entry_of(wanted, "step")
        position = self.plan.position
        if position.step != entry["step"]:
            yield f"position: {position.step}, not {entry['step']}"
        step = "suspicion" if entry["step"] == "no_signal" else entry["step"]
        yield from self._because("position", entry, [f"step:{step}:opens", f"step:{step}:closes"])

    def _gaps(self, wanted: Any) -> Iterator[str]:
        gaps = [gap.id for gap in self.plan.position.gaps]
        if gaps != list(wanted):
            yield f"gaps: {gaps}, not {list(wanted)}"

    def _criteria(self, wanted: Any) -> Iterator[str]:
        for name, content in wanted.items():
            entry = entry_of(content, "verdict")
            if name not in self.pack.criteria:
                yield f"criteria: the pack has no `{name}`"
                continue
            if self.verdicts[name].word != _word(entry["verdict"]):
                yield f"{name}: {self.verdicts[name].word}, not {_word(entry['verdict'])}"
            yield from self._because(name, entry, [name])
            missing = self.verdicts[name].missing
            for fact in entry.get("missing", ()):
                if fact not in missing:
                    yield f"{name}: `{fact}` is not among what could settle it: {', '.join(missing)}"

    def _options(self, wanted: Any) -> Iterator[str]:
        shown = {one.option.id: one for one in self.plan.options}
        known = {option.id for option in self.pack.pathway.options}
        for name, content in wanted.items():
            entry = entry_of(content, "standing")
            if name not in known:
                yield f"options: the pack has no `{name}`"
                continue
            standing = shown[name].standing if name in shown else "not_offered"
            if standing != entry["standing"]:
                yield f"option {name}: {standing}, not {entry['standing']}"
            if name not in shown:
                sentences = [f"option:{name}:offered"]
                yield from self._because(f"option {name}", entry, sentences)
                continue
            sides = {"for": shown[name].for_, "against": shown[name].against, "open": shown[name].open_}
            for side, points in sides.items():
                said = " | ".join(point.text for point in points)
                ids = {
                    reason for point in points for name in point.because for reason in self._reach(name.name)
                }
                for asked in entry.get(side, ()):
                    if str(asked).lower() not in said.lower() and asked not in ids:
                        yield f"option {name}, {side}: nothing says `{asked}`; it says: {said}"
            for asked in entry.get("reversible_by", ()):
                if not any(str(asked).lower() in words.lower() for words in shown[name].reversible_by):
                    yield f"option {name}: would not change by `{asked}`: {shown[name].reversible_by}"
            for fact in entry.get("missing", ()):
                if fact not in shown[name].missing:
                    yield f"option {name}: `{fact}` is not among what is missing: {shown[name].missing}"

    def _alerts(self, wanted: Any) -> Iterator[str]:
        shown = {one.alert.id: one for one in self.plan.alerts}
        known = {alert.id for alert in self.pack.pathway.alerts}
        for name, content in wanted.items():
            entry = entry_of(content, "state")
            if name not in known:
                yield f"alerts: the pack has no `{name}`"
                continue
            state = shown[name].state if name in shown else "absent"
            if state != entry["state"]:
                yield f"alert {name}: {state}, not {entry['state']}"
            yield from self._because(f"alert {name}", entry, [f"alert:{name}:when", f"alert:{name}:applies"])
            for asked in entry.get("says", ()):
                if name in shown and str(asked).lower() not in shown[name].message.lower():
                    yield f"alert {name} does not say `{asked}`: {shown[name].message}"

    def _tracks(self, wanted: Any) -> Iterator[str]:
        shown = {track.id: track for track in self.plan.position.tracks}
        for name, content in wanted.items():
            entry = entry_of(content, "status")
            status = shown[name].status if name in shown else "absent"
            if status != entry["status"]:
                yield f"track {name}: {status}, not {entry['status']}"
            ids = (
                {reason for one in shown[name].because for reason in self._reach(one.name)}
                if name in shown
                else set()
            )
            yield from _lacking(f"track {name}", entry.get("because", ()), ids)

    def _tasks(self, wanted: Any) -> Iterator[str]:
        shown = {one.task.id: one for one in self.plan.tasks}
        known = {task.id for task in self.pack.pathway.tasks}
        for name, content in wanted.items():
            entry = entry_of(content, "status")
            if name not in known:
                yield f"tasks: the pack has no `{name}`"
                continue
            status = shown[name].status if name in shown else "not_here"
            if status != entry["status"]:
                yield f"task {name}: {status}, not {entry['status']}"
            parts = [f"task:{name}:{part}" for part in ("applies", "done", "declined")]
            yield from self._because(f"task {name}", entry, parts)

    def _ask_next(self, wanted: Any) -> Iterator[str]:
        for entry in wanted if isinstance(wanted, list) else [wanted]:
            first = int(entry.get("first", 5))
            asked = [question.fact for question in self.plan.questions[:first]]
            if "any_of" in entry and not set(entry["any_of"]) & set(asked):
                yield f"ask_next: none of {', '.join(entry['any_of'])} among the first {first}: {', '.join(asked)}"
            for fact in entry.get("all_of", ()):
                if fact not in asked:
                    yield f"ask_next: `{fact}` is not among the first {first}: {', '.join(asked)}"

    def _follow_up(self, wanted: Any) -> Iterator[str]:
        shown = {one.item.id: one for one in self.plan.follow_up}
        known = {item.id for item in self.pack.pathway.follow_up}
        for name, content in wanted.items():
            entry = entry_of(content, "status")
            if name not in known:
                yield f"follow_up: the pack has no `{name}`"
                continue
            status = shown[name].status if name in shown else "not_here"
            if status != entry["status"]:
                yield f"follow-up {name}: {status}, not {entry['status']}"
            for key in ("from", "until"):
                day = {"from": shown[name].begins, "until": shown[name].ends}[key] if name in shown else None
                if key in entry and str(entry[key]) != str(day):
                    yield f"follow-up {name}, {key}: {day}, not {entry[key]}"
            for fact in entry.get("missing", ()):
                if name in shown and fact not in shown[name].missing:
                    yield f"follow-up {name}: `{fact}` is not among what is missing: {shown[name].missing}"
            parts = [f"follow_up:{name}:{part}" for part in ("applies", "done", "declined")]
            yield from self._because(f"follow-up {name}", entry, parts)

    def _trials(self, wanted: Any) -> Iterator[str]:
        shown = {one.trial.nct: one for one in self.plan.trials}
        known = {trial.nct for trial in self.pack.trials}
        for name, content in wanted.items():
            entry = entry_of(content, "fit")
            if name not in known:
                yield f"trials: the pack has no `{name}`"
                continue
            fit = shown[name].fit if name in shown else "not_shown"
            if fit != entry["fit"]:
                yield f"trial {name}: {fit}, not {entry['fit']}"
            if name not in shown:
                continue
            points = (*shown[name].meets, *shown[name].fails, *shown[name].unknown)
            said = " | ".join(point.text for point in shown[name].fails)
            ids = {reason for point in points for one in point.because for reason in self._reach(one.name)}
            yield from _lacking(f"trial {name}", entry.get("because", ()), ids)
            for asked in entry.get("fails", ()):
                if str(asked).lower() not in said.lower():
                    yield f"trial {name}: nothing that fails says `{asked}`; it says: {said}"
            for fact in entry.get("missing", ()):
                if fact not in shown[name].missing:
                    yield f"trial {name}: `{fact}` is not among what is missing: {shown[name].missing}"

    # --- reasons ------------------------------------------------------------------------------------

    def _because(self, what: str, entry: Mapping[str, Any], sentences: Sequence[str]) -> Iterator[str]:
        ids = {name for sentence in sentences for name in self._reach(sentence)}
        yield from _lacking(what, entry.get("because", ()), ids)

    def _reach(self, name: str) -> set[str]:
        return _reach(name, self.verdicts, 0)

    def tree(self, name: str) -> str:
        """The reasons of one verdict, and theirs, as an indented tree."""
        return "\n".join(_tree(name, self.verdicts, 0))

    def trees(self) -> str:
        """The reasons of everything the file expects of criteria, alerts and options."""
        names = [name for name in self.expected.get("criteria", {}) if name in self.pack.criteria]
        names += [
            sentence
            for name in self.expected.get("alerts", {})
            for sentence in (f"alert:{name}:when", f"alert:{name}:applies")
            if sentence in self.pack.sentences
        ]
        step = self.plan.position.step
        names = [f"step:{step}:opens", f"step:{step}:closes", *names]
        return "\n".join(self.tree(name) for name in names if name in self.pack.sentences)


def _lacking(what: str, asked: Sequence[str], found: set[str]) -> Iterator[str]:
    for name in asked:
        if name not in found:
            yield f"{what}: `{name}` is not among its reasons: {', '.join(sorted(found))}"


def entry_of(content: Any, key: str) -> Mapping[str, Any]:
    return content if isinstance(content, dict) else {key: content}


def _word(verdict: Any) -> str:
    return (
        {True: "true", False: "false"}.get(verdict, str(verdict))
        if isinstance(verdict, bool)
        else str(verdict)
    )


def _reach(name: str, verdicts: Verdicts, depth: int) -> set[str]:
    """A reason and everything that decided it, down to facts."""
    found = {name}
    if depth > _DEEP:
        return found
    for inner in _reasons(name, verdicts):
        found |= _reach(inner, verdicts, depth + 1)
    return found


def _reasons(name: str, verdicts: Verdicts) -> list[str]:
    """The names right behind a sentence: what decided it, or what a number is worked out from."""
    facts = verdicts.facts
    sentence = facts.pack.sentences.get(name)
    if sentence is None:
        return []
    if sentence.kind != "boolean":
        return [base.split(".")[0] for base in bases_in(sentence.tree)]
    return [reason.name for reason in Verdict(name, facts).because if reason.name != name]


def _tree(name: str, verdicts: Verdicts, depth: int) -> Iterator[str]:
    facts = verdicts.facts
    if name in facts.pack.facts and facts.pack.facts[name].per == "person":
        fact = facts.fact(name)
        if not facts.pack.facts[name].derived or depth > _DEEP:
            yield f"{'  ' * depth}{name}: {fact.text}"
            return
    if name not in facts.pack.sentences:
        shown = [f"{group.label}: {facts.fact(name, group).text}" for group in facts.groups]
        yield f"{'  ' * depth}{name}: {'; '.join(shown)}"
        return
    verdict = Verdict(name, facts)
    yield f"{'  ' * depth}{name} is {verdict.word}"
    if depth < _DEEP:
        for inner in dict.fromkeys(_reasons(name, verdicts)):
            yield from _tree(inner, verdicts, depth + 1)
