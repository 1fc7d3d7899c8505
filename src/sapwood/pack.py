"""A folder of content becomes a `Pack`: every sentence parsed, every name checked, every problem collected."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from sapwood import pack_cache
from sapwood.criteria.evaluate import compile_tree
from sapwood.criteria.language import Name, Tree, names_in, parse
from sapwood.definitions import (
    Alert,
    Always,
    Claim,
    CriterionDefinition,
    EvidenceDefinition,
    EvidenceSource,
    FactDefinition,
    Option,
    PackDefinition,
    PathwayDefinition,
    Regimen,
    Step,
    Task,
)
from sapwood.errors import PackError, Problem, SentenceError
from sapwood.values import Value

_ID = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*\Z")
BUILT_IN = {"as_of": Name("moment")}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A parsed sentence of a pack: its name, its tree, and whether it is read per specimen."""

    name: str
    text: str
    tree: Tree
    kind: str
    per_specimen: bool = False


@dataclass(frozen=True)
class Pack:
    """What a haematologist reviews, ready to be asked: facts, criteria, pathway, regimens, evidence."""

    about: PackDefinition
    facts: Mapping[str, FactDefinition]
    criteria: Mapping[str, CriterionDefinition]
    pathway: PathwayDefinition
    regimens: Mapping[str, Regimen]
    sources: Mapping[str, EvidenceSource]
    claims: Mapping[str, Claim]
    sentences: Mapping[str, Sentence]
    hash: str
    invariants: tuple[str, ...] = ()
    _compiled: dict[str, Callable[[Mapping[str, Value]], Value]] = field(default_factory=dict, repr=False)

    @property
    def reviewed(self) -> bool:
        """Whether a clinician has put their name to this content; until then nothing is recommended."""
        return bool(self.about.reviews)

    def compiled(self, name: str) -> Callable[[Mapping[str, Value]], Value]:
        """The sentence of that name as a function of the values."""
        function = self._compiled.get(name)
        if function is None:
            function = self._compiled[name] = compile_tree(self.sentences[name].tree)
        return function

    @cached_property
    def base_facts(self) -> Mapping[str, tuple[str, ...]]:
        """For each sentence, the facts it rests on in the end, in reading order."""
        found: dict[str, tuple[str, ...]] = {}

        def collect(name: str) -> tuple[str, ...]:
            if name in found:
                return found[name]
            bases: dict[str, None] = {}
            for used in names_in(self.sentences[name].tree):
                base = used.split(".")[0]
                if base in self.sentences:
                    bases.update(dict.fromkeys(collect(base)))
                elif base in self.facts:
                    bases[base] = None
            found[name] = tuple(bases)
            return found[name]

        for name in self.sentences:
            collect(name)
        return found

    @cached_property
    def dependents(self) -> Mapping[str, tuple[str, ...]]:
        """For each fact, the sentences that rest on it."""
        dependents: dict[str, list[str]] = {}
        for name, bases in self.base_facts.items():
            for base in bases:
                dependents.setdefault(base, []).append(name)
        return {base: tuple(names) for base, names in dependents.items()}

    def __getstate__(self) -> dict[str, Any]:
        """What is kept when a pack is cached: the content, not the functions made from it."""
        state = dict(self.__dict__)
        state["_compiled"] = {}
        for lazy in ("base_facts", "dependents", "extraction", "shortcuts", "constants"):
            state.pop(lazy, None)
        return state


def packs_folder() -> Path:
    """Where the packs that come with Sapwood lie."""
    here = Path(__file__).resolve().parent
    inside = here / "packs"
    return inside if inside.is_dir() else here.parents[1] / "packs"


def known_packs() -> list[str]:
    """The ids of the packs that come with Sapwood."""
    folder = packs_folder()
    return (
        sorted(path.name for path in folder.iterdir() if (path / "pack.yaml").is_file())
        if folder.is_dir()
        else []
    )


def load_pack(pack: str | Path) -> Pack:
    """The pack with that id, or in that folder.

    Raises PackError with every problem found: unknown keys, names, evidence; sentences outside the language.
    """
    folder = Path(pack)
    if not (folder / "pack.yaml").is_file():
        folder = packs_folder() / str(pack)
        if _ID.match(str(pack)) is None or not folder.is_dir():
            close = difflib.get_close_matches(str(pack), known_packs(), 1)
            hint = (
                f"Did you mean `{close[0]}`?"
                if close
                else f"Known packs: {', '.join(known_packs()) or 'none'}."
            )
            raise PackError(
                Problem("--pack", "no pack has this id and no such folder holds a pack.yaml", hint)
            )
    content = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*.yaml"))
        if path.relative_to(folder).parts[0] not in ("cases", "questionnaires")
    }
    digest = hashlib.sha256()
    for name, data in content.items():
        digest.update(f"{name}\0{len(data)}\0".encode() + data)
    key = digest.hexdigest()
    cached = pack_cache.fetch(key)
    if isinstance(cached, Pack):
        return cached
    loaded = _Loading(folder, key).pack()
    pack_cache.store(key, loaded)
    return loaded


class _Loading:
    """One reading of a folder; collects problems, and stops only when a whole stage is read."""

    def __init__(self, folder: Path, key: str) -> None:
        self.folder = folder
        self.key = key
        self.problems: list[Problem] = []
        self.sentences: dict[str, Sentence] = {}
        self.names: dict[str, Name] = dict(BUILT_IN)

    def where(self, file: str, entry: str = "") -> str:
        return f"{self.folder.name}/{file}" + (f", `{entry}`" if entry else "")

    def problem(self, where: str, what: str, remedy: str) -> None:
        self.problems.append(Problem(where, what, remedy))

    def stop_if_faulty(self) -> None:
        if self.problems:
            raise PackError(*self.problems)

    def pack(self) -> Pack:
        about = self.whole("pack.yaml", PackDefinition)
        facts = self.entries("facts.yaml", FactDefinition)
        always = self.always()
        criteria = self.entries("criteria.yaml", CriterionDefinition, optional=True)
        pathway = self.whole("pathway.yaml", PathwayDefinition, default=PathwayDefinition(steps=[]))
        evidence = self.whole("evidence.yaml", EvidenceDefinition, default=EvidenceDefinition({}, {}))
        regimens = self.regimens()
        self.stop_if_faulty()
        assert about is not None and pathway is not None and evidence is not None
        self.name_everything(facts, criteria)
        self.parse_everything(facts, criteria, pathway)
        for name, invariant in always.items():
            self.sentence(name, invariant.is_, self.where("facts.yaml", name), "boolean", False)
        self.check_references(about, facts, criteria, pathway, evidence, regimens)
        self.check_cycles()
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
        )

    # --- reading files -------------------------------------------------------------------------

    def read(self, file: str) -> Any:
        from sapwood.yaml_files import read_yaml

        try:
            return read_yaml(self.folder / file, self.where(file))
        except PackError as error:
            self.problems.extend(error.problems)
            return None

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

    def whole(self, file: str, shape: type[T], default: T | None = None) -> T | None:
        if default is not None and not (self.folder / file).is_file():
            return default
        data = self.read(file)
        if data is None and self.problems:
            return default
        return self.convert(data, shape, self.where(file)) or default

    def entries(self, file: str, shape: type[T], optional: bool = False) -> dict[str, T]:
        if optional and not (self.folder / file).is_file():
            return {}
        data = self.read(file)
        if not isinstance(data, dict):
            if not self.problems:
                self.problem(self.where(file), "holds no entries", "Write one `id:` for each entry.")
            return {}
        found: dict[str, T] = {}
        for entry, content in data.items():
            if entry == "always":
                continue
            where = self.where(file, str(entry))
            if not isinstance(entry, str) or _ID.match(entry) is None:
                self.problem(where, "not a usable id", "Use small letters, digits and single underscores.")
                continue
            value = self.convert(content, shape, where)
            if value is not None:
                found[entry] = value
        return found

    def always(self) -> dict[str, Always]:
        data = self.read("facts.yaml")
        listed = data.get("always") if isinstance(data, dict) else None
        found: dict[str, Always] = {}
        for number, content in enumerate(listed or [], start=1):
            invariant = self.convert(content, Always, self.where("facts.yaml", f"always {number}"))
            if invariant is not None:
                found[f"always:{number}"] = invariant
        return found

    def regimens(self) -> dict[str, Regimen]:
        found: dict[str, Regimen] = {}
        for path in sorted((self.folder / "regimens").glob("*.yaml")):
            file = f"regimens/{path.name}"
            regimen = self.convert(self.read(file), Regimen, self.where(file))
            if regimen is not None:
                found[regimen.id] = regimen
                if regimen.id != path.stem:
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

    def check_cycles(self) -> None:
        done: set[str] = set()

        def walk(name: str, path: tuple[str, ...]) -> None:
            if name in path:
                circle = " -> ".join((*path[path.index(name) :], name))
                self.problem(
                    self.where("criteria.yaml", name), f"rests on itself: {circle}", "Break the circle."
                )
                done.update(path)
                return
            if name in done or name not in self.sentences:
                return
            for used in names_in(self.sentences[name].tree):
                walk(used.split(".")[0], (*path, name))
            done.add(name)

        for name in self.sentences:
            walk(name, ())

    # --- references ----------------------------------------------------------------------------

    def check_references(
        self,
        about: PackDefinition,
        facts: Mapping[str, FactDefinition],
        criteria: Mapping[str, CriterionDefinition],
        pathway: PathwayDefinition,
        evidence: EvidenceDefinition,
        regimens: Mapping[str, Regimen],
    ) -> None:
        known = {
            "evidence": set(evidence.claims),
            "source": set(evidence.sources),
            "criterion": set(criteria),
            "fact": set(facts) | {"as_of"},
            "step": {step.id for step in pathway.steps},
            "option": {option.id for option in pathway.options},
            "regimen": set(regimens),
            "code system": set(about.codesystems),
        }
        for sort, name, where in _references(facts, criteria, pathway, evidence, regimens, about, self.where):
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


def _references(
    facts: Mapping[str, FactDefinition],
    criteria: Mapping[str, CriterionDefinition],
    pathway: PathwayDefinition,
    evidence: EvidenceDefinition,
    regimens: Mapping[str, Regimen],
    about: PackDefinition,
    where: Callable[[str, str], str],
) -> Iterator[tuple[str, str, str]]:
    for name, fact in facts.items():
        place = where("facts.yaml", name)
        yield from (("evidence", claim, place) for claim in fact.evidence)
        for other in (fact.before, fact.after, fact.on_day, fact.day_before):
            if other:
                yield "fact", other, place
        if fact.closed_world:
            yield "fact", fact.closed_world.covered_by, place
        matches = [
            *fact.find,
            *fact.values.values(),
            *(s.at for s in fact.find),
            *(s.component for s in fact.find),
        ]
        for match in matches:
            if match is not None:
                yield from (("code system", system, place) for system in match.codes)
    for name, criterion in criteria.items():
        yield from (("evidence", claim, where("criteria.yaml", name)) for claim in criterion.evidence)
    yield from _pathway_references(pathway, where)
    for name, regimen in regimens.items():
        place = where(f"regimens/{name}.yaml", "")
        yield from (("evidence", claim, place) for claim in (*regimen.evidence, *regimen.efficacy))
        for row in (*regimen.hold_table, *regimen.cls_table, *regimen.seams):
            yield from (("evidence", claim, place) for claim in row.evidence)
        yield from (("criterion", criterion, place) for criterion in regimen.gates)
        for drug in regimen.drugs:
            yield from (("code system", system, place) for system in drug.codes)
    board = about.board
    for said in (*board.diagnosis, *board.wishes):
        yield "criterion", said.when, where("pack.yaml", "board")
    yield from (("criterion", name, where("pack.yaml", "board")) for name in board.fitness)
    yield from (("fact", name, where("pack.yaml", "board")) for name in (*board.markers, *board.sites))
    yield from (("criterion", name, where("pack.yaml", "turns_on")) for name in about.turns_on)
    yield from (("criterion", name, where("pack.yaml", "adult_numbers")) for name in about.adult_numbers)
    if about.adult_when_false:
        yield "criterion", about.adult_when_false, where("pack.yaml", "adult_when_false")
    for name, claim in evidence.claims.items():
        yield "source", claim.source, where("evidence.yaml", name)


def _pathway_references(
    pathway: PathwayDefinition, where: Callable[[str, str], str]
) -> Iterator[tuple[str, str, str]]:
    items = (*pathway.steps, *pathway.tracks, *pathway.tasks, *pathway.options, *pathway.alerts)
    for item in items:
        place = where("pathway.yaml", item.id)
        yield from (("evidence", claim, place) for claim in item.evidence)
        if isinstance(item, Step):
            yield from (("criterion", criterion, place) for criterion in item.focus)
        if isinstance(item, Task | Option):
            yield from (("step", step, place) for step in item.steps if step != "all")
        if isinstance(item, Alert):
            yield from (("option", option, place) for option in item.about)
        if isinstance(item, Option):
            yield from (("option", option, place) for option in item.exclusive)
            if item.regimen:
                yield "regimen", item.regimen, place
            for point in (*item.requires, *item.rules_out, *item.for_, *item.against):
                yield from (("evidence", claim, place) for claim in point.evidence)


def _structs(shape: Any) -> Iterator[type[msgspec.Struct]]:
    """A struct and the structs inside it, for suggestions."""
    import typing

    if isinstance(shape, type) and issubclass(shape, msgspec.Struct):
        yield shape
        for hint in typing.get_type_hints(shape).values():
            yield from _structs(hint)
    else:
        for part in typing.get_args(shape):
            yield from _structs(part)
