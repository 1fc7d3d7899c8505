"""The words of an interview, for a clinician and for a patient: questions, reasons for asking, where one stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sapwood.answers_file import OPEN, Said
from sapwood.asking import Question
from sapwood.choosing import plain, unit_words
from sapwood.definitions import FactDefinition, Plain
from sapwood.duties import AlertStanding
from sapwood.fact import Fact
from sapwood.pack import Pack
from sapwood.pathway import NO_SIGNAL
from sapwood.plan import Plan

DAYS = "A day, a month or a year is enough: 2026-03-01, March 2026, 2026."
_LIST = 12


def name_of(definition: FactDefinition, audience: str) -> str:
    """The name of a fact in the audience's words."""
    return (definition.patient if audience == "patient" else "") or definition.title


def question_text(pack: Pack, question: Question, audience: str, specimen: str) -> str:
    """The question, with the specimen it is about."""
    ask = pack.facts[question.fact].ask
    text = (ask.patient if ask is not None and audience == "patient" else "") or question.ask
    if pack.facts[question.fact].per == "specimen":
        text = f"{text} [{specimen or 'in the specimen that has no name'}]"
    if audience == "clinician" and question.of == "patient":
        text = f"{text} (a question to the patient)"
    return text


def choices_of(definition: FactDefinition, audience: str) -> tuple[tuple[str, str], ...]:
    """The answers to choose from, each with its words; none where the answer is free."""
    if definition.type == "boolean":
        return (("yes", "yes"), ("no", "no"))
    if definition.type != "code":
        return ()
    offered = definition.ask.answers if definition.ask is not None else []
    labels = offered if isinstance(offered, dict) else {}
    return tuple(
        (str(word), labels.get(str(word)) or str(word).replace("_", " ")) for word in definition.values
    )


def how_to_answer(definition: FactDefinition, audience: str) -> Iterator[str]:
    """What kind of answer is asked for: the choices, the unit, how exact a day must be."""
    choices = choices_of(definition, audience)
    if definition.type == "boolean":
        shows = definition.ask is not None and definition.ask.text.startswith("What ")
        yield "positive (yes) or negative (no)" if shows else "yes or no"
    elif choices:
        yield "; ".join(f"{number} {words}" for number, (_, words) in enumerate(choices, start=1))
    elif definition.type == "quantity":
        unit = unit_words(definition.unit) or "a plain number"
        if unit == "years":
            yield "in years"
        elif unit != "a plain number":
            yield f"Write the number with its unit, as the report prints it; without one it is taken as {unit}."
    elif definition.type == "instant":
        yield DAYS
    ask = definition.ask
    shown = ask is not None and not (audience == "patient" and ask.patient)
    if ask is not None and shown and ask.hint and ask.hint.lower() not in DAYS.lower():
        yield ask.hint


def why_asked(question: Question, plan: Plan, audience: str) -> tuple[str, ...]:
    """What an answer could change, in the audience's words."""
    pack = plan.facts.pack
    options = {option.id: option for option in pack.pathway.options}
    follow_up = {item.id: item for item in pack.pathway.follow_up}
    ours: dict[str, None] = {}
    unworded = 0
    for name in question.would_change:
        if name == "position":
            ours["where you stand on the way" if audience == "patient" else "the position on the pathway"] = (
                None
            )
        elif name in options:
            title = (options[name].patient.title if audience == "patient" else "") or f"{options[name].title}"
            ours[f"whether this is a choice for you now: {title}" if audience == "patient" else title] = None
        elif name in follow_up:
            title = (
                follow_up[name].patient.title if audience == "patient" else ""
            ) or f"{follow_up[name].title}"
            ours[f"when this is due: {title}"] = None
        elif audience == "patient":
            text = pack.criteria[name].patient.text.rstrip(".")
            if text:
                ours[f"whether this is so: {text}"] = None
            else:
                unworded += 1
        else:
            criterion = pack.criteria[name]
            ours[criterion.title or criterion.means.rstrip(".")] = None
    lines = list(ours)
    more = unworded + len(lines[_LIST:])
    said = ["The answer could change:", *(f"- {line}" for line in lines[:_LIST])]
    if audience == "patient":
        if not lines:
            return ("The answer helps your team with one of the checks they make before they decide.",)
        if more:
            said.append(f"- and {more} more of the checks your team makes")
        said.append("You need not answer: `skip` and `I don't know` are always fine.")
    elif more:
        said.append(f"- and {more} more")
    return tuple(said)


def noted(fact: Fact, audience: str) -> str:
    """What was understood, or why what was said does not count."""
    name = name_of(fact.definition, audience)
    if not fact.known:
        mine = [why for source, why in fact.rejected if source == "answer"]
        why = mine[-1] if mine else fact.note or "other sources disagree"
        return f"Kept, but it does not count here: {why}."
    unit = unit_words(fact.definition.unit) if fact.definition.kind == "number" else ""
    day = f", {fact.when}" if fact.when is not None and fact.definition.type != "instant" else ""
    value = plain(fact.value).replace("_", " ")
    return f"Noted: {name}: {value}{' ' + unit if unit else ''}{day}."


def spoken_alerts(alerts: Iterable[AlertStanding], audience: str) -> tuple[str, ...]:
    """What must not wait until the end, each in one paragraph."""
    marks = {"urgent": "URGENT", "stop": "STOP"}
    said = []
    for standing in alerts:
        if standing.state == "raised" and standing.alert.severity in marks:
            text = standing.alert.patient.text if audience == "patient" else ""
            said.append(f"{marks[standing.alert.severity]}: {text or standing.message}")
    return tuple(said)


def where_one_stands(plan: Plan, audience: str) -> tuple[str, ...]:
    """The position in the audience's words."""
    position = plan.position
    if audience == "patient":
        step = next((one for one in position.pathway.steps if one.id == position.step), None)
        about = plan.facts.pack.about
        if position.step == NO_SIGNAL:
            return (about.no_signal_patient or position.about,)
        words = step.patient if step is not None else Plain()
        title, text = words.title or position.title, words.text
        return (f"Where you stand now: {title}.", *([text] if text else []))
    gaps = f" Still open behind: {', '.join(gap.title for gap in position.gaps)}." if position.gaps else ""
    return (f"Position: {position.title}. {position.about}{gaps}".rstrip(),)


def for_the_team(questions: Sequence[Question], pack: Pack) -> tuple[str, ...]:
    """What is left for the team to answer, as a list a patient can hand over."""
    if not questions:
        return ()
    said = ["For your team (you can show them this list; these would still change something):"]
    for question in questions[:_LIST]:
        specimen = f" [{question.specimen}]" if question.specimen else ""
        said.append(f"- {pack.facts[question.fact].title}{specimen}: {question.ask}")
    if len(questions) > _LIST:
        said.append(f"- and {len(questions) - _LIST} more; the plan lists them")
    return tuple(said)


def what_is_open(said: Sequence[Said], pack: Pack, audience: str) -> tuple[str, ...]:
    """What was skipped or not known, so that nobody takes it for answered."""
    lines = []
    for one in said:
        specimen = f" [{one.specimen}]" if one.specimen else ""
        who = f", {one.by}" if (one.by == "patient") != (audience == "patient") else ""
        lines.append(f"- {name_of(pack.facts[one.fact], audience)}{specimen}: {OPEN[one.why]}{who}")
    return ("Left open, and not asked again:", *lines) if lines else ()


def in_own_words_only(plan: Plan, audience: str) -> tuple[str, ...]:
    """Which facts rest on the patient's word alone, and what that means."""
    facts = plan.facts
    names = [
        name_of(definition, audience)
        for name, definition in facts.pack.facts.items()
        if definition.per == "person" and definition.ask is not None and not definition.derived
        if facts.fact(name).known and facts.fact(name).assurance == "patient"
    ]
    if not names:
        return ()
    if audience == "patient":
        return (
            "What you said counts. Before a medicine is started, your team checks it with you once more.",
        )
    return (
        "In the patient's own words only, which opens no drug's gate until a clinician confirms it: "
        f"{'; '.join(names)}.",
    )


def needs_day(definition: FactDefinition) -> bool:
    """Whether it matters on which day a value was measured."""
    return (
        definition.holds != "always"
        or definition.undated == "refuse"
        or any(
            (definition.within, definition.before, definition.after, definition.on_day, definition.day_before)
        )
    )
