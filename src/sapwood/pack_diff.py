"""Two editions of a pack held against people: which worked patients and stored plans would read differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sapwood.answers import sheet_of
from sapwood.criteria.tree import names_in
from sapwood.duties import weigh_alerts, weigh_options, weigh_tasks
from sapwood.errors import AnswerError, PackError
from sapwood.facts import Facts, extract
from sapwood.follow_up import weigh_follow_up
from sapwood.pack import Pack
from sapwood.pack_differences import Difference, differences
from sapwood.pathway import Position, locate
from sapwood.plan import has_ended
from sapwood.record import Record
from sapwood.stored_plans import StoredFacts, StoredPlan
from sapwood.trials import weigh_trials
from sapwood.verdicts import evaluate_all

Key = tuple[str, str]
Reading = Mapping[Key, str]
"""What a plan says of each thing: `("option", "tagraxofusp")` is `possible`."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that reads differently under the new edition, and which of its changes it rests on."""

    sort: str
    id: str
    before: str
    after: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """One worked patient or stored plan under both editions; `refused` where it could not be run at all."""

    name: str
    turns: tuple[Turn, ...] = ()
    left_out: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    refused: str = ""


@dataclass(frozen=True, slots=True)
class PackDiff:
    """How two editions differ, and whose plans that changes."""

    old: Pack
    new: Pack
    entries: tuple[Difference, ...]
    patients: tuple[Read, ...]
    plans: tuple[Read, ...]


def diff(old: Pack, new: Pack, folders: Iterable[Path] = (), plans: Iterable[StoredPlan] = ()) -> PackDiff:
    """Two editions compared; the worked patients of the folders and the stored plans are run under both."""
    entries = differences(old, new)
    why = _Why(old, new, entries)
    patients = [_patient(path, old, new, why) for path in _cases(folders)]
    return PackDiff(old, new, entries, tuple(patients), tuple(_stored(plan, old, new, why) for plan in plans))


def read_differently(old: Facts, new: Facts) -> tuple[Key, ...]:
    """What one person's plan says otherwise under two editions: facts of one record and moment, read by each."""
    before, after = _reading(_position(old)), _reading(_position(new))
    return tuple(key for key in {**before, **after} if _turned(before.get(key, ""), after.get(key, "")))


def _turned(before: str, after: str) -> bool:
    """Whether two words differ for a reader; what does not apply and what is not there say the same."""
    return before != after and not {before, after} <= {"", "not_applicable"}


def _cases(folders: Iterable[Path]) -> list[Path]:
    """The worked patients of both folders; one that both have alike is taken once, from the later."""
    found: dict[tuple[str, bytes], Path] = {}
    for folder in folders:
        for path in sorted((folder / "cases").glob("*.yaml")):
            found[path.name, path.read_bytes()] = path
    return sorted(found.values(), key=lambda path: (path.name, str(path)))


def _patient(path: Path, old: Pack, new: Pack, why: _Why) -> Read:
    from sapwood.yaml_files import read_yaml

    name = f"{path.parent.parent.name}/{path.stem}"
    try:
        content = read_yaml(path, path.name)
        sides = [_sheet_facts(content, pack, path.name) for pack in (old, new)]
    except (AnswerError, PackError) as error:
        return Read(name, refused=str(error.problems[0]))
    left_out = [
        f"`{fact}` is unknown to the {edition} pack"
        for edition, (_, dropped) in zip(("old", "new"), sides, strict=True)
        for fact in dropped
    ]
    positions = [_position(facts) for facts, _ in sides]
    turns = why.turns(positions[0], positions[1], _reading(positions[0]), _reading(positions[1]))
    return Read(name, turns, tuple(left_out))


def _sheet_facts(content: Any, pack: Pack, where: str) -> tuple[Facts, list[str]]:
    """The facts of a worked patient under a pack, and the answers that this pack has no fact for."""
    if not isinstance(content, dict):
        sheet_of(content, pack, where)
    dropped: dict[str, None] = {}

    def known(given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        dropped.update({str(name): None for name in given if name not in pack.facts and name != "name"})
        return {name: value for name, value in given.items() if name in pack.facts or name == "name"}

    fitted = {**content}
    if "given" in fitted:
        fitted["given"] = known(fitted["given"])
    if isinstance(fitted.get("specimens"), list):
        fitted["specimens"] = [known(one) for one in fitted["specimens"]]
    sheet = sheet_of(fitted, pack, where)
    if sheet.as_of is None:
        sheet_of({"as_of": "none"}, pack, where)
    assert sheet.as_of is not None
    facts = extract(Record(None, (), {}, (), ()), pack, as_of=sheet.as_of, answers=sheet.answers)
    return facts, list(dropped)


def _stored(plan: StoredPlan, old: Pack, new: Pack, why: _Why) -> Read:
    """A stored plan run again from the facts it carries; what the old pack no longer says alike is not compared."""
    if plan.pack[0] not in (old.about.id, new.about.id):
        return Read(plan.name, refused=f"it is a plan of another pack, `{plan.pack[0]}`")
    facts = [StoredFacts(plan, pack) for pack in (old, new)]
    positions = [_position(one) for one in facts]
    readings = [_reading(one) for one in positions]
    told = _told(plan, old)
    compared = {key for key in readings[0] if key[0] in ("position", "track", "option", "task", "alert")} | {
        *told
    }
    unclear = {
        key: readings[0].get(key, "") for key in compared if readings[0].get(key, "") != told.get(key, "")
    }
    unsure = [
        f"{' '.join(key).strip()}: {told.get(key) or 'not there'} in the plan, {again or 'not there'} when run again "
        "under the old pack; not compared"
        for key, again in sorted(unclear.items())
    ]
    turns = [
        turn
        for turn in why.turns(positions[0], positions[1], readings[0], readings[1])
        if (turn.sort, turn.id) not in unclear
    ]
    changed = {one.id for one in why.entries if one.sort == "fact" and one.kind == "changed" and one.logic}
    left_out = [f"`{name}`: {reason}" for name, reason in {**facts[1].unread}.items()]
    left_out += [
        f"`{name}`: read from the record by the old pack; what the new one would have read, a plan does not carry"
        for name in sorted(changed - set(facts[1].unread))
    ]
    version = (
        ""
        if plan.pack[1] == old.about.version
        else f"the plan is of version {plan.pack[1]}, not of the old pack"
    )
    return Read(plan.name, tuple(turns), tuple(left_out), tuple([version] if version else []) + tuple(unsure))


def _told(plan: StoredPlan, pack: Pack) -> dict[Key, str]:
    """What a stored plan says, in the same terms; a child's plan hides criteria with numbers for adults."""
    content = plan.content
    position = content["position"]
    found: dict[Key, str] = {("position", ""): str(position.get("step"))}
    found |= {("track", str(one["id"])): str(one["status"]) for one in position.get("tracks") or ()}
    found |= {("option", str(one["id"])): str(one["standing"]) for one in content["options"]}
    found |= {("task", str(one["id"])): str(one["status"]) for one in content["tasks"]}
    found |= {("alert", str(one["id"])): str(one["state"]) for one in content["alerts"]}
    for name, one in content["criteria"].items():
        if one.get("because") or one.get("missing") or name not in pack.about.adult_numbers:
            found["criterion", str(name)] = str(one["verdict"])
    return found


# --- one reading --------------------------------------------------------------------------------------


def _position(facts: Facts) -> Position:
    return locate(facts.pack.pathway, evaluate_all(facts.pack.criteria, facts))


def _reading(position: Position) -> Reading:
    """What a plan from this position says, thing by thing."""
    facts = position.verdicts.facts
    found: dict[Key, str] = {("position", ""): position.step}
    found |= {("gap", gap.id): "open" for gap in position.gaps}
    found |= {("track", track.id): track.status for track in position.tracks}
    found |= {("criterion", name): position.verdicts[name].word for name in facts.pack.criteria}
    if has_ended(facts):
        return found
    found |= {("option", one.option.id): one.standing for one in weigh_options(position)}
    found |= {("task", one.task.id): one.status for one in weigh_tasks(position)}
    found |= {("alert", one.alert.id): one.state for one in weigh_alerts(position)}
    found |= {("trial", one.trial.nct): one.fit for one in weigh_trials(position)}
    for item in weigh_follow_up(position):
        window = f" {item.begins} to {item.ends}" if item.begins is not None else ""
        found["follow_up", item.item.id] = f"{item.status}{window}"
    return found


class _Why:
    """Finds which changed entries of a pack a difference rests on."""

    def __init__(self, old: Pack, new: Pack, entries: Iterable[Difference]) -> None:
        self.packs = (old, new)
        self.entries = tuple(entries)
        self.telling = {(one.sort, one.id) for one in self.entries if one.logic}

    def turns(self, old: Position, new: Position, before: Reading, after: Reading) -> tuple[Turn, ...]:
        """Everything that reads differently; what came or went with the position says so."""
        moved = before["position", ""] != after["position", ""]
        gone = {one.id for one in self.entries if one.kind != "changed" and one.sort == "criterion"}
        found = []
        for sort, name in {**before, **after}:
            were, are = before.get((sort, name), ""), after.get((sort, name), "")
            if not _turned(were, are) or (sort == "criterion" and name in gone):
                continue
            because = tuple(self._because(sort, name, (old.step, new.step)))
            if not because and moved:
                because = ("the position is another",)
            found.append(Turn(sort, name, were, are, because))
        return tuple(found)

    def _because(self, sort: str, name: str, steps: tuple[str, str]) -> Iterator[str]:
        names: set[str] = set()
        own = [(sort, name)]
        for pack in self.packs:
            if sort in ("position", "gap"):
                ids = steps if sort == "position" else (name,)
                own += [("step", one) for one in ids]
                start = [one for one in pack.sentences for step in ids if one.startswith(f"step:{step}:")]
            elif sort == "criterion":
                start = [name]
            else:
                start = [one for one in pack.sentences if one.startswith(f"{sort}:{name}:")]
            names |= self._reach(pack, start)
        for key in dict.fromkeys(own):
            if key in self.telling:
                yield f"{key[0]} {key[1]}"
        for inner in ("criterion", "fact"):
            for one in sorted(names):
                if (inner, one) in self.telling and (inner, one) not in own:
                    yield f"{inner} {one}"

    @staticmethod
    def _reach(pack: Pack, start: Iterable[str]) -> set[str]:
        """Every criterion and fact that sentences rest on."""
        found: set[str] = set()
        waiting = list(start)
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found.add(name)
            sentence = pack.sentences.get(name)
            if sentence is not None:
                waiting += [used.partition(".")[0] for used in names_in(sentence.tree)]
            definition = pack.facts.get(name)
            if definition is not None:
                bounds = (definition.before, definition.after, definition.on_day, definition.day_before)
                waiting += [one for one in bounds if one]
                if definition.closed_world is not None:
                    waiting.append(definition.closed_world.covered_by)
        return found
