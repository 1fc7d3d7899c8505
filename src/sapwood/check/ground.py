"""What every promise stands on: any patient, a prover, and the real planner that confirms every patient found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

import z3

from sapwood.answers import sheet_of
from sapwood.criteria.tree import bases_in
from sapwood.errors import SapwoodError
from sapwood.facts import Facts
from sapwood.pack import Pack
from sapwood.pathway import locate
from sapwood.plan import Plan, make_plan
from sapwood.record import Record
from sapwood.verdicts import Verdict, evaluate_all

from .findings import Finding, Section, Witness
from .logic import Bit
from .patient import Patient
from .places import Places
from .prover import NotAnsweredError, Prover, Told, sheet_content

NOTHING = Record(None, (), {}, (), ())
_DEEP = 4


def shows_nothing(plan: Plan) -> bool:
    """For what no plan can show: were a patient found, the fault would be the checker's."""
    return False


class Ground:
    """Any patient of one pack, and the ways to ask about them."""

    def __init__(self, pack: Pack, *, seconds: float = 5.0, known: frozenset[str] = frozenset()) -> None:
        self.pack = pack
        self.known = known
        self.seconds = seconds
        self._under: dict[str, tuple[str, ...]] = {}

    @cached_property
    def patient(self) -> Patient:
        """Every symbol of the pack, so that the prover knows all that binds a patient."""
        patient = Patient(self.pack)
        for name in self.sentences:
            patient.truth(name)
        return patient

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """Every sentence that is true, false or unknown of the person."""
        return tuple(
            name
            for name, sentence in self.pack.sentences.items()
            if sentence.kind == "boolean" and not (sentence.per_specimen and name in self.pack.facts)
        )

    @cached_property
    def places(self) -> Places:
        """Where any patient stands."""
        return Places(self.patient)

    @cached_property
    def prover(self) -> Prover:
        """The solver with all that holds of every patient."""
        return Prover(self.patient, seconds=self.seconds)

    @cached_property
    def contradiction(self) -> tuple[str, ...]:
        """The invariants of `always` that cannot all be true of one patient; none where they can."""
        solver = z3.Solver()
        solver.add(*(bound for bound in self.patient.bounds if bound is not True))
        marks = {z3.Bool(name): self.patient.truth(name).true for name in self.pack.invariants}
        for mark, holds in marks.items():
            solver.add(z3.Implies(mark, holds))
        if solver.check(*marks) != z3.unsat:
            return ()
        core = {str(one) for one in solver.unsat_core()}
        return tuple(name for name in self.pack.invariants if name in core)

    def criteria_under(self, name: str) -> tuple[str, ...]:
        """The criteria that a sentence reads, itself or through others."""
        if name not in self._under:
            found: dict[str, None] = {}
            for used in bases_in(self.pack.sentences[name].tree) if name in self.pack.sentences else ():
                if used in self.pack.criteria:
                    found[used] = None
                found.update(dict.fromkeys(self.criteria_under(used)))
            self._under[name] = tuple(found)
        return self._under[name]

    def where(self, sort: str, name: str) -> str:
        """A place in the pack, for a person."""
        return f"{self.pack.about.id}, {sort} `{name}`"

    def possible(self, section: Section, what: str, *formulas: Bit) -> bool | None:
        """Whether there is such a patient; where z3 does not say, the section names what was asked."""
        try:
            return self.prover.possible(*formulas)
        except NotAnsweredError:
            section.not_proved.append(what)
            return None

    def never(
        self,
        section: Section,
        formulas: Sequence[Bit],
        question: Finding,
        shows: Callable[[Plan], bool],
        because: Iterable[str],
    ) -> None:
        """Proves that there is no such patient, or files the finding with one, confirmed by the real planner."""
        if question.key in self.known:
            return
        said = f"{question.where}: {question.what}"
        try:
            told = self.prover.smallest(*formulas)
        except NotAnsweredError:
            section.not_proved.append(said)
            return
        if told is None:
            section.proved += 1
            return
        plan = self.plan_of(told, question.what)
        if plan is None or not shows(plan):
            section.not_proved.append(f"{said} (a patient was thought of whom the planner does not show)")
            return
        section.findings.append(replace(question, witness=self.witness(told, plan, question.what, because)))

    def plan_of(self, told: Sequence[Told], title: str) -> Plan | None:
        """The plan that Sapwood really makes for a patient, read from an answers file as a person would load it."""
        try:
            sheet = sheet_of(sheet_content(told, title), self.pack, "the patient")
        except SapwoodError:
            return None
        assert sheet.as_of is not None
        facts = Facts(NOTHING, self.pack, sheet.as_of, sheet.answers)
        verdicts = evaluate_all(self.pack.criteria, facts)
        return make_plan(locate(self.pack.pathway, verdicts), facts)

    def witness(self, told: Sequence[Told], plan: Plan, title: str, because: Iterable[str]) -> Witness:
        """A patient in words, with the reasons behind some sentences."""
        lines = [line for name in because for line in self.reasons(plan, name)]
        return Witness(sheet_content(told, title), tuple(self.words(plan)), tuple(dict.fromkeys(lines)))

    def words(self, plan: Plan) -> Iterator[str]:
        """Everything on record of a patient, one fact a line."""
        facts = plan.facts
        said = {(answer.fact, answer.specimen) for answer in facts.answers}
        if not said:
            yield "Nothing is on record."
        for name, definition in self.pack.facts.items():
            for group in facts.groups if definition.per == "specimen" else (None,):
                if (name, group.label if group is not None else "") in said:
                    fact = facts.fact(name, group)
                    yield fact.text + (f" [{group.label}]" if group is not None else "")
        yield f"Stands on: {plan.position.title}."

    def reasons(self, plan: Plan, name: str, depth: int = 0, seen: tuple[str, ...] = ()) -> Iterator[str]:
        """The reasons of one sentence as a tree."""
        verdict = Verdict(name, plan.facts)
        if depth == 0:
            yield f"{name} is {verdict.word}: {self.pack.sentences[name].text}"
        for reason in verdict.because:
            yield f"{'  ' * (depth + 1)}{reason.name} is {reason.value}: {reason.text}"
            if reason.is_criterion and reason.name not in seen and depth < _DEEP:
                yield from self.reasons(plan, reason.name, depth + 1, (*seen, reason.name))
