"""A folder of content becomes a `Pack`: every problem is collected before anything is refused."""

from __future__ import annotations

import difflib
import re
import typing
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from sapwood.criteria.language import Name, names_in, parse
from sapwood.definitions import (
    Always,
    CriterionDefinition,
    EvidenceDefinition,
    FactDefinition,
    KnowledgeDefinition,
    PackDefinition,
    PathwayDefinition,
    Regimen,
    Review,
    Trial,
    TrialsDefinition,
)
from sapwood.errors import PackError, Problem, SentenceError
from sapwood.pack_content import IDENTIFIER, Pack, Sentence
from sapwood.pack_files import PackFiles
from sapwood.pack_references import Content, mentions
from sapwood.pack_soundness import unsound

BUILT_IN = {"as_of": Name("moment")}
T = TypeVar("T")


def read_pack(folder: Path, key: str) -> Pack:
    """The pack in a folder; raises PackError with every problem found."""
    return read_content(PackFiles(folder), key)


def read_content(files: PackFiles, key: str) -> Pack:
    """The pack in these files, which need not lie in a folder."""
    return _Reading(files, key).pack()


class _Reading:
    """One reading of a folder; collects problems, and stops only when a whole stage is read."""

    def __init__(self, files: PackFiles, key: str) -> None:
        self.key = key
        self.files = files
        self.problems = self.files.problems
        self.sentences: dict[str, Sentence] = {}
        self.names: dict[str, Name] = dict(BUILT_IN)

    def where(self, file: str, entry: str = "") -> str:
        return self.files.where(file, entry)

    def problem(self, where: str, what: str, remedy: str) -> None:
        self.problems.append(Problem(where, what, remedy))

    def stop_if_faulty(self) -> None:
        if self.problems:
            raise PackError(*self.problems)

    def pack(self) -> Pack:
        about = self.whole("pack", PackDefinition)
        facts = self.entries("facts", FactDefinition)
        always = self.always()
        criteria = self.entries("criteria", CriterionDefinition, optional=True)
        pathway = self.whole("pathway", PathwayDefinition, default=PathwayDefinition(steps=[]))
        evidence = self.whole("evidence", EvidenceDefinition, default=EvidenceDefinition({}, {}))
        knowledge = self.whole("knowledge", KnowledgeDefinition, default=KnowledgeDefinition())
        trials = self.whole("trials", TrialsDefinition, default=TrialsDefinition())
        regimens = self.regimens()
        reviews = self.reviews()
        self.stop_if_faulty()
        assert about is not None and pathway is not None and evidence is not None
        assert knowledge is not None and trials is not None
        self.name_everything(facts, criteria)
        self.parse_everything(facts, criteria, pathway, trials)
        for name, invariant in always.items():
            self.sentence(name, invariant.is_, self.where("facts.yaml", name), "boolean", False)
        content = Content(about, facts, criteria, pathway, evidence, regimens, knowledge, trials)
        self.check_references(content)
        self.check_cycles(facts)
        for file, entry, what, remedy in unsound(content):
            self.problem(self.where(file, entry), what, remedy)
        self.stop_if_faulty()
        return Pack(
            about,
            facts,
            criteria,
            pathway,
            regimens,
            evidence.sources,
            evidence.claims,
            self.sentences,
            self.key,
            tuple(always),
            tuple(knowledge.topics),
            tuple(trials.trials),
            reviews,
        )

    # --- reading files -------------------------------------------------------------------------

    def convert(self, data: Any, shape: type[T], where: str) -> T | None:
        try:
            return msgspec.convert(data, shape)
        except msgspec.ValidationError as error:
            unknown = re.search(r"unknown field `([^`]+)`", str(error))
            remedy = "Mend the entry; docs/packs.md lists what it may hold."
            if unknown:
                known = {name for struct in _structs(shape) for name in struct.__struct_encode_fields__}
                close = difflib.get_close_matches(unknown[1], known, 1)
                remedy = f"Did you mean `{close[0]}`?" if close else remedy
            self.problem(where, str(error), remedy)
            return None

    def whole(self, name: str, shape: type[T], default: T | None = None) -> T | None:
        if default is not None and not self.files.there(name):
            return default
        data = self.files.merged(name)
        if data is None and self.problems:
            return default
        return self.convert(data, shape, self.where(f"{name}.yaml")) or default

    def entries(self, name: str, shape: type[T], optional: bool = False) -> dict[str, T]:
        file = f"{name}.yaml"
        if optional and not self.files.there(name):
            return {}
        data = self.files.merged(name)
        if not isinstance(data, dict):
            if not self.problems:
                self.problem(self.where(file), "holds no entries", "Write one `id:` for each entry.")
            return {}
        found: dict[str, T] = {}
        for entry, content in data.items():
            if entry == "always":
                continue
            where = self.where(file, str(entry))
            if not isinstance(entry, str) or IDENTIFIER.match(entry) is None:
                self.problem(where, "not a usable id", "Use small letters, digits and single underscores.")
                continue
            value = self.convert(content, shape, where)
            if value is not None:
                found[entry] = value
        return found

    def always(self) -> dict[str, Always]:
        data = self.files.merged("facts")
        listed = data.get("always") if isinstance(data, dict) else None
        found: dict[str, Always] = {}
        for number, content in enumerate(listed or [], start=1):
            invariant = self.convert(content, Always, self.where("facts.yaml", f"always {number}"))
            if invariant is not None:
                found[f"always:{number}"] = invariant
        return found

    def reviews(self) -> tuple[Review, ...]:
        """The signatures in the folder `reviews`, each over the content it was given for."""
        found = [
            self.convert(self.files.read(file), Review, self.where(file))
            for file in self.files.there("reviews")
        ]
        return tuple(review for review in found if review is not None)

    def regimens(self) -> dict[str, Regimen]:
        found: dict[str, Regimen] = {}
        for file in self.files.there("regimens"):
            regimen = self.convert(self.files.read(file), Regimen, self.where(file))
            if regimen is not None:
                found[regimen.id] = regimen
                if file != f"regimens/{regimen.id}.yaml":
                    self.problem(self.where(file), f"the id is `{regimen.id}`", "Name the file after its id.")
        return found

    # --- names and sentences -------------------------------------------------------------------

    def name_everything(
        self, facts: Mapping[str, FactDefinition], criteria: Mapping[str, CriterionDefinition]
    ) -> None:
        for name, fact in facts.items():
            words = tuple(str(word) for word in fact.values) if fact.type == "code" else ()
            if (
                fact.type == "code"
                and not words
                and not (fact.from_lines or fact.from_record or fact.derived)
            ):
                self.problem(self.where("facts.yaml", name), "a code without `values`", "List its words.")
            attributes = frozenset({"high", "low"}) if fact.type == "quantity" else frozenset()
            self.names[name] = Name(fact.kind, words, fact.per == "specimen", attributes)
        for name, criterion in criteria.items():
            if name in self.names:
                self.problem(
                    self.where("criteria.yaml", name), "a fact has this id too", "Rename one of them."
                )
            self.names[name] = Name(
                "boolean", (), criterion.for_each == "specimen", frozenset(), has_when=False
            )

    def parse_everything(
        self,
        facts: Mapping[str, FactDefinition],
        criteria: Mapping[str, CriterionDefinition],
        pathway: PathwayDefinition,
        trials: TrialsDefinition,
    ) -> None:
        for name, fact in facts.items():
            where = self.where("facts.yaml", name)
            if fact.derived:
                self.sentence(name, fact.derived, where, fact.kind, fact.per == "specimen")
            if fact.not_when:
                self.sentence(f"fact:{name}:not_when", fact.not_when, where, "boolean", False)
        for name, criterion in criteria.items():
            where = self.where("criteria.yaml", name)
            self.sentence(name, criterion.is_, where, "boolean", criterion.for_each == "specimen")
        for name, text in pathway_sentences(pathway):
            self.sentence(name, text, self.where("pathway.yaml", name), "boolean", False)
        for name, text in trial_sentences(trials.trials):
            self.sentence(name, text, self.where("trials.yaml", name), "boolean", False)

    def sentence(self, name: str, text: str, where: str, kind: str, per_specimen: bool) -> None:
        try:
            tree = parse(text, self.names, where=where, kind=kind)
        except SentenceError as error:
            self.problems.extend(error.problems)
            return
        if not per_specimen:
            for used in names_in(tree):
                base = used.split(".")[0]
                if self.names[base].per_specimen and not self.is_criterion(base):
                    self.problem(
                        where,
                        f"`{base}` is found per specimen, but this sentence speaks of a person",
                        "Put it into a criterion with `for_each: specimen` and use that criterion here.",
                    )
        self.sentences[name] = Sentence(name, text, tree, kind, per_specimen)

    def is_criterion(self, name: str) -> bool:
        return not self.names[name].has_when

    def uses(self, name: str, facts: Mapping[str, FactDefinition]) -> list[str]:
        """What must be known before a sentence or fact can be worked out."""
        sentence = self.sentences.get(name)
        used = [key.split(".")[0] for key in names_in(sentence.tree)] if sentence is not None else []
        fact = facts.get(name)
        if fact is not None:
            used += [one for one in (fact.before, fact.after, fact.on_day, fact.day_before) if one]
            used += [f"fact:{name}:not_when"] if fact.not_when else []
            used += [fact.closed_world.covered_by] if fact.closed_world else []
        return used

    def check_cycles(self, facts: Mapping[str, FactDefinition]) -> None:
        done: set[str] = set()

        def walk(name: str, path: tuple[str, ...]) -> None:
            if name in path:
                circle = " -> ".join((*path[path.index(name) :], name))
                self.problem(
                    self.where("criteria.yaml", name), f"rests on itself: {circle}", "Break the circle."
                )
                done.update(path)
                return
            if name in done:
                return
            for used in self.uses(name, facts):
                walk(used, (*path, name))
            done.add(name)

        for name in (*self.sentences, *facts):
            walk(name, ())

    def check_references(self, content: Content) -> None:
        known = content.known()
        for sort, name, where in mentions(content, self.where):
            if name not in known[sort]:
                close = difflib.get_close_matches(name, sorted(known[sort]), 1)
                remedy = f"Did you mean `{close[0]}`?" if close else "Add it, or take the mention out."
                self.problem(where, f"unknown {sort} `{name}`", remedy)


def pathway_sentences(pathway: PathwayDefinition) -> Iterator[tuple[str, str]]:
    """Every sentence of a pathway, under the name by which its verdict is kept."""
    for step in pathway.steps:
        yield f"step:{step.id}:opens", step.opens
        yield f"step:{step.id}:closes", step.closes
    for track in pathway.tracks:
        for number, status in enumerate(track.statuses):
            yield f"track:{track.id}:{number}", status.when
    for task in pathway.tasks:
        yield f"task:{task.id}:applies", task.applies
        yield f"task:{task.id}:done", task.done
        yield f"task:{task.id}:declined", task.declined
    for option in pathway.options:
        yield f"option:{option.id}:offered", option.offered
        for sort in ("requires", "rules_out", "for_", "against"):
            for number, point in enumerate(getattr(option, sort)):
                yield f"option:{option.id}:{sort}:{number}", point.when
    for alert in pathway.alerts:
        yield f"alert:{alert.id}:applies", alert.applies
        yield f"alert:{alert.id}:when", alert.when
    for item in pathway.follow_up:
        yield f"follow_up:{item.id}:applies", item.applies
        yield f"follow_up:{item.id}:done", item.done
        yield f"follow_up:{item.id}:declined", item.declined


def trial_sentences(trials: Sequence[Trial]) -> Iterator[tuple[str, str]]:
    """Every sentence of the trials, under the name by which its verdict is kept."""
    for trial in trials:
        yield f"trial:{trial.nct}:offered", trial.offered
        for sort in ("meets", "excludes"):
            for number, point in enumerate(getattr(trial, sort)):
                yield f"trial:{trial.nct}:{sort}:{number}", point.when


def _structs(shape: Any) -> Iterator[type[msgspec.Struct]]:
    """A struct and the structs inside it, for suggestions."""
    if isinstance(shape, type) and issubclass(shape, msgspec.Struct):
        yield shape
        for hint in typing.get_type_hints(shape).values():
            yield from _structs(hint)
    else:
        for part in typing.get_args(shape):
            yield from _structs(part)
