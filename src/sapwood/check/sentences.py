"""Promises 4 and 6: every criterion can come out every way, none is a copy, and learning more settles for good."""

from __future__ import annotations

from typing import Any

import z3

from sapwood.criteria.tree import In, Literal, Named, Not, Tree, kind_of, parts, rebuilt, walk, write
from sapwood.pack import Pack

from .findings import TITLES, Finding, Section
from .ground import Ground
from .logic import Bit, Three, every, no, same, some
from .patient import OTHER, Patient
from .prover import NotAnsweredError, Prover
from .spans import Share, Span, When, compare_shares, products_allowed
from .translate import Word, translate

WAYS = ("true", "false", "unknown")
_TRIED = 80


def every_way(ground: Ground) -> Section:
    """Every criterion can be true, false and unknown; no two are the same, or each other's opposite."""
    section = Section(4, TITLES[4])
    if ground.contradiction:
        numbers = ", ".join(name.removeprefix("always:") for name in ground.contradiction)
        what, remedy = f"cannot all be true of one patient: {numbers}", "Mend or take out one of them."
        section.findings.append(Finding("always", "danger", ground.where("facts", "always"), what, remedy))
    for name in ground.pack.invariants:
        _excludes_somebody(ground, section, name)
    for name in ground.pack.criteria:
        _comes_out(ground, section, name)
    _copies(ground, section)
    return section


def _excludes_somebody(ground: Ground, section: Section, name: str) -> None:
    """An invariant is there to rule out an impossible patient; one that rules out nobody is a slip."""
    solver = z3.Solver()
    solver.set("timeout", int(ground.seconds * 1000))
    solver.add(*(bound for bound in ground.patient.bounds if bound is not True))
    broken = ground.patient.truth(name).false
    if broken is False or (broken is not True and solver.check(broken) == z3.unsat):
        section.notes.append(f"{name} excludes nobody whom other rules do not exclude already")
    else:
        section.proved += 1


def _comes_out(ground: Ground, section: Section, name: str) -> None:
    criterion = ground.pack.criteria[name]
    truth = ground.patient.truth(name)
    where = ground.where("criterion", name)
    for way in WAYS:
        can = ground.possible(section, f"{where}: can be {way}", getattr(truth, way))
        if can is None:
            continue
        if can is (way not in criterion.never):
            section.proved += 1
        elif can:
            what = f"can be {way}, though the pack says it never is"
            remedy = f"Take `{way}` out of `never`."
            section.findings.append(Finding("comes out", "gap", where, what, remedy, detail=way))
        elif way == "true" and _outside_the_ranges(ground, name):
            what = "can be true only of a value outside its plausible range, which is never read"
            section.findings.append(
                Finding("comes out", "danger", where, what, "Mend the number or the range.", detail=way)
            )
        else:
            what = f"can never be {way}"
            remedy = f"Mend the sentence; where it is meant so, say `never: [{way}]`."
            section.findings.append(
                Finding("comes out", "danger" if way == "true" else "gap", where, what, remedy, detail=way)
            )


def _outside_the_ranges(ground: Ground, name: str) -> bool:
    """Whether a criterion could be true if values outside their plausible ranges were read."""
    anybody = Patient(ground.pack, ranges=False)
    truth = anybody.truth(name)
    try:
        return Prover(anybody, seconds=ground.seconds).possible(truth.true)
    except NotAnsweredError:
        return False


def _copies(ground: Ground, section: Section) -> None:
    """Pairs that answer alike on many patients are held against each other for every patient."""
    names = list(ground.pack.criteria)
    truths = {name: ground.patient.truth(name) for name in names}
    seen = _answers(ground, truths)
    alike: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        alike.setdefault(seen[name], []).append(name)
    turned = {"t": "f", "f": "t", "u": "u"}
    for number, name in enumerate(names):
        opposite = tuple(turned[one] for one in seen[name])
        for kind, others in (("copy", alike[seen[name]]), ("opposite", alike.get(opposite, []))):
            for other in others:
                if names.index(other) > number:
                    _one_pair(ground, section, kind, name, other)
        section.proved += 1


def _answers(ground: Ground, truths: dict[str, Three]) -> dict[str, tuple[str, ...]]:
    """How each criterion answers for a few dozen patients who differ much."""
    solver = ground.prover.solver
    names = list(truths)
    found: dict[str, list[str]] = {name: [] for name in names}
    for number in range(_TRIED):
        solver.push()
        for place in range(4):
            truth = truths[names[(number * 31 + place * 17) % len(names)]]
            wanted = (truth.true, truth.false)[(number + place) % 2]
            solver.push()
            if wanted is not True and wanted is not False:
                solver.add(wanted)
            if solver.check() != z3.sat:
                solver.pop()
        model = solver.model() if solver.check() == z3.sat else None
        if model is not None:
            for name, truth in truths.items():
                true, false = (_holds(model, bit) for bit in (truth.true, truth.false))
                found[name].append("t" if true else "f" if false else "u")
        while solver.num_scopes() > 0:
            solver.pop()
    return {name: tuple(answers) for name, answers in found.items()}


def _holds(model: Any, bit: Bit) -> bool:
    return bit if isinstance(bit, bool) else bool(z3.is_true(model.eval(bit, model_completion=True)))


def _one_pair(ground: Ground, section: Section, kind: str, one: str, other: str) -> None:
    pack = ground.pack
    if _by_name(pack, one, other) or _by_name(pack, other, one):
        section.proved += 1
        return
    first, second = ground.patient.truth(one), ground.patient.truth(other)
    if kind == "opposite":
        second = Three(second.false, second.true)
    differ = no(every(same(first.true, second.true), same(first.false, second.false)))
    can = ground.possible(section, f"{one} and {other} differ", differ)
    if can is not False:
        return
    sets = pack.criteria[one].rule_set, pack.criteria[other].rule_set
    said = f"`{one}` and `{other}` " + (
        "always answer alike" if kind == "copy" else "are each other's opposite"
    )
    if sets[0] != sets[1] or pack.criteria[one].for_each != pack.criteria[other].for_each:
        section.notes.append(f"{said}; they are kept apart as rules of {sets[0]} and of {sets[1]}")
        return
    remedy = "Keep one and use it in both places; or let the two differ in `rule_set`, if they are two rules."
    section.findings.append(
        Finding("copies", "content", ground.where("criterion", one), said, remedy, detail=other)
    )


def _by_name(pack: Pack, one: str, other: str) -> bool:
    """Whether a criterion is written as another, or as NOT another: then they cannot drift apart."""
    tree = pack.sentences[one].tree
    inner = tree.item if isinstance(tree, Not) else tree
    return isinstance(inner, Named) and inner.name == other


# --- learning more ---------------------------------------------------------------------------------------


def learning_settles(ground: Ground) -> Section:
    """Every form a sentence is made of never turns over as its parts become better known; so no sentence does."""
    section = Section(6, TITLES[6])
    answers: dict[str, bool | None] = {}
    for name, sentence in ground.pack.sentences.items():
        forms = [form for node in walk(sentence.tree) if (form := _form(node)) is not None]
        for form in forms:
            if write(form) not in answers:
                answers[write(form)] = _turns_over(form, ground.seconds)
        found = [answers[write(form)] for form in forms]
        if any(found):
            what, remedy = (
                "learning more can turn its answer over",
                "Report this: the criteria language should not allow it.",
            )
            section.findings.append(
                Finding("turns over", "danger", ground.where("sentence", name), what, remedy)
            )
        elif None in found:
            section.not_proved.append(f"`{name}`: z3 gave no answer in its time")
        else:
            section.proved += 1
    for name, facts in resting_on_silence(ground, section).items():
        section.notes.append(f"{name}: may rest on silence about {', '.join(facts)}")
    return section


def _form(node: Tree) -> Tree | None:
    """One node alone, each part of it anything of its kind; `None` for what has no parts."""
    if not parts(node):
        return None
    count = iter(range(1000))

    def anything(part: Tree) -> Tree:
        kind = kind_of(part)
        if isinstance(part, Literal) and kind != "number":
            return part
        return Named(f"part_{next(count)}", None, kind)

    return rebuilt(node, anything)


def _turns_over(form: Tree, seconds: float) -> bool | None:
    """Whether one form can answer otherwise once its parts are better known; `None` where z3 does not say."""
    solver = z3.Solver()
    solver.set("timeout", int(seconds * 1000))
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    said = _words_in(form)
    for node in walk(form):
        if isinstance(node, Named):
            before[node.key], bounds = _free(f"{node.key} before", node, said)
            after[node.key], more = _free(f"{node.key} after", node, said)
            solver.add(*bounds, *more, *_narrower(before[node.key], after[node.key]))
    with products_allowed():
        solver.add(no(_kept(translate(form, before.__getitem__), translate(form, after.__getitem__))))
    answer = solver.check()
    return None if answer == z3.unknown else bool(answer == z3.sat)


def _words_in(form: Tree) -> tuple[str, ...]:
    """The words a form asks for, and one more."""
    found: dict[str, None] = {}
    for node in walk(form):
        if isinstance(node, Literal) and isinstance(node.value, str):
            found[node.value] = None
        if isinstance(node, In):
            found.update((str(one), None) for one in node.options)
    return (*found, OTHER)


def _free(key: str, node: Named, said: tuple[str, ...]) -> tuple[Any, list[Any]]:
    """A part of this kind that could be anything."""
    if node.kind == "boolean":
        yes, nay = z3.Bool(f"{key} yes"), z3.Bool(f"{key} no")
        return Three(yes, nay), [z3.Not(z3.And(yes, nay))]
    known = z3.Bool(f"{key} known")
    if node.kind == "number":
        low, high = z3.Real(f"{key} low"), z3.Real(f"{key} high")
        return Span(known, (Share(low),), (Share(high),)), [low <= high]
    if node.kind == "moment":
        first, last = z3.Int(f"{key} first"), z3.Int(f"{key} last")
        return When(known, z3.ToReal(first), z3.ToReal(last), first, last), [first <= last]
    words = {word: z3.Bool(f"{key} {word}") for word in said}
    return Word(some(*words.values()), words), [z3.AtMost(*words.values(), 1)] if len(words) > 1 else []


def _narrower(before: Any, after: Any) -> list[Any]:
    """What was known stays so, and can only become more exact."""
    if isinstance(before, Three):
        return [z3.Implies(before.true, after.true), z3.Implies(before.false, after.false)]
    if isinstance(before, Word):
        return [z3.Implies(bit, after.words[word]) for word, bit in before.words.items()]
    if isinstance(before, When):
        inside = z3.And(before.first_day <= after.first_day, after.last_day <= before.last_day)
        return [z3.Implies(before.known, z3.And(after.known, inside))]
    inside = z3.And(before.lows[0].over <= after.lows[0].over, after.highs[0].over <= before.highs[0].over)
    return [z3.Implies(before.known, z3.And(after.known, inside))]


def _kept(before: Any, after: Any) -> Bit:
    """A known answer is still known, and no wider."""
    if isinstance(before, Three):
        return every(some(no(before.true), after.true), some(no(before.false), after.false))
    assert isinstance(before, Span)
    lows = every(*(some(*(compare_shares("<=", old, new) for old in before.lows)) for new in after.lows))
    highs = every(*(some(*(compare_shares("<=", new, old) for old in before.highs)) for new in after.highs))
    return some(no(before.known), every(after.known, lows, highs))


def resting_on_silence(ground: Ground, section: Section) -> dict[str, list[str]]:
    """The criteria whose answer may rest on a "no" that only silence says, with the facts in question."""
    pack = ground.pack
    open_world = Patient(pack, silence=False)
    for name in ground.sentences:
        open_world.truth(name)
    prover = Prover(open_world, seconds=ground.seconds, more=ground.patient.everybody())
    found = {}
    for name in pack.criteria:
        with_silence, without = ground.patient.truth(name), open_world.truth(name)
        loses = some(every(with_silence.true, no(without.true)), every(with_silence.false, no(without.false)))
        try:
            rests = prover.possible(loses)
        except NotAnsweredError:
            section.not_proved.append(f"`{name}`: whether it may rest on silence")
            continue
        if rests:
            found[name] = [one for one in _under(pack, name) if pack.facts[one].closed_world is not None]
        else:
            section.proved += 1
    return found


def _under(pack: Pack, name: str) -> list[str]:
    """Every fact below a sentence, derived ones too."""
    found: dict[str, None] = {}
    waiting = [name]
    while waiting:
        one = waiting.pop()
        sentence = pack.sentences.get(one)
        if sentence is None:
            continue
        for node in walk(sentence.tree):
            if isinstance(node, Named) and node.name != "as_of" and node.name not in found:
                if node.name in pack.facts:
                    found[node.name] = None
                waiting.append(node.name)
    return list(found)
