"""Of the page for a tumour board: what stands in each of its parts, in the order of the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sapwood.asking import Question
from sapwood.definitions import Topic
from sapwood.duties import AlertStanding, OptionStanding, TaskStanding, Weighed
from sapwood.fact import Fact
from sapwood.follow_up import FollowUpStanding
from sapwood.formats.cited import numbers, shown_evidence, works_of
from sapwood.formats.html_charts import Chart, Single, charts_of, drawable
from sapwood.formats.html_lines import Timeline, timeline_of
from sapwood.formats.html_pathway import Rail, rail_of
from sapwood.formats.text import headline, what_stands
from sapwood.formats.text_ahead import STATUS, fit_words, window
from sapwood.formats.text_choices import STANDINGS, on_hold
from sapwood.formats.text_findings import came_out_well, findings_of, fitness_rules, site_name, stained
from sapwood.pathway import NO_SIGNAL
from sapwood.plan import Plan
from sapwood.trials import TrialStanding
from sapwood.verdicts import Reason, Verdict

SEVERITY = {"urgent": "Urgent", "stop": "Stop", "hold": "Hold", "warn": "Warning"}
SIGNS = {"recommended": "✓", "possible": "○", "cannot_tell": "?", "ruled_out": "–"}
TASKS = {"due": "due", "cannot_tell": "if it applies", "declined": "declined", "done": "done"}
_PER_TABLE = 3
_DEEP = 4
_ANSWERS = {True: "yes", False: "no", None: "not known"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One result in a table: a sign, and the word for it."""

    sort: str
    sign: str
    word: str


@dataclass(frozen=True, slots=True)
class MarkerTable:
    """Markers by specimen: the specimens, and for each marker what each of them says."""

    specimens: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True, slots=True)
class Site:
    """One site of the disease, with its date, and how it stands since treatment began."""

    name: str
    said: str
    when: str
    since: str


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason as it is shown: its words, the entries of the record it rests on, and its own reasons."""

    text: str
    sources: tuple[str, ...]
    deeper: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class FitnessItem:
    """One item that decided a rule set, and whether it can be put right."""

    text: str
    detail: str
    can_change: str


@dataclass(frozen=True, slots=True)
class FitnessRule:
    """One fitness rule by itself, never merged with another."""

    title: str
    rule_set: str
    answer: str
    items: tuple[FitnessItem, ...]
    waits_for: tuple[str, ...]
    cites: tuple[str, ...]


class Board:
    """What the page's templates read.

    `address_of` makes the address of an entry of the record, where a page has one to lead to.
    """

    def __init__(self, plan: Plan, address_of: Callable[[str], str] | None = None) -> None:
        self.plan = plan
        self.address_of = address_of
        self.pack = plan.facts.pack
        self.signs, self.severity = SIGNS, SEVERITY
        self.standings = {name: word for name, (word, _) in STANDINGS.items()}
        self.silent = plan.position.step == NO_SIGNAL
        self.works = works_of(plan, shown_evidence(plan))
        self.numbers = {claim.id: claim.number for work in self.works for claim in work.claims}
        self.more_evidence = len(set(plan.cited()) - set(self.numbers))

    @property
    def headline(self) -> str:
        """Who this is about, in one sentence."""
        return headline(self.plan)

    @property
    def about(self) -> str:
        """The pack this rests on, and whether anybody reviewed it."""
        about = self.pack.about
        reviewed = "reviewed" if self.pack.reviewed else "not yet reviewed by a clinician"
        return f"{about.title}, version {about.version}, {about.region}; {reviewed}"

    @property
    def urgent(self) -> list[AlertStanding]:
        """The raised alerts that stand first."""
        return [
            alert
            for alert in self.plan.alerts
            if alert.alert.severity in ("urgent", "stop") and alert.state == "raised"
        ]

    @property
    def others(self) -> list[AlertStanding]:
        """The other alerts."""
        urgent = self.urgent
        return [alert for alert in self.plan.alerts if alert not in urgent]

    @property
    def rail(self) -> Rail | None:
        """The pathway as it is drawn."""
        return rail_of(self.plan)

    @property
    def about_here(self) -> str:
        """What the step the person stands on is for."""
        return what_stands(self.plan)

    @property
    def line(self) -> str:
        """The line of treatment the position is in, in words."""
        treated = bool(self.plan.facts.treatment.lines) and not self.silent
        return f"line {self.plan.position.line}" if treated else ""

    @property
    def decision(self) -> list[tuple[str, str, list[str]]]:
        """The options by standing, and what the undecided ones wait for."""
        if not self.plan.options:
            return []
        rows = []
        for standing in ("recommended", "possible", "cannot_tell"):
            titles = [
                one.option.title + self.on_hold(one) for one in self.plan.options if one.standing == standing
            ]
            if titles:
                rows.append((SIGNS[standing], self.standings[standing], titles))
        blockers: dict[str, int] = {}
        for one in self.plan.options:
            if one.standing == "cannot_tell":
                for fact in dict.fromkeys(one.missing):
                    blockers[fact] = blockers.get(fact, 0) + 1
        ranked = sorted(blockers, key=lambda fact: -blockers[fact])[:8]
        if ranked:
            rows.append(("…", "waits for", [self.pack.facts[fact].title for fact in ranked]))
        return rows

    @property
    def markers(self) -> list[MarkerTable]:
        """Markers by specimen, a few specimens to a table so that it fits a phone."""
        facts, board = self.plan.facts, self.pack.about.board
        tested = [] if self.silent else stained(self.plan)
        others = [
            name
            for name in board.other_markers
            if any(facts.fact(name, group).state != "missing" for group in tested)
        ]
        names = [*board.markers, *others]
        tables = []
        for start in range(0, len(tested), _PER_TABLE):
            groups = tested[start : start + _PER_TABLE]
            rows = tuple(
                (self.pack.facts[name].title, tuple(_cell(facts.fact(name, group)) for group in groups))
                for name in names
            )
            tables.append(MarkerTable(tuple(group.label for group in groups), rows))
        return tables

    @property
    def sites(self) -> tuple[list[Site], list[str]]:
        """Each site that something is known of, by date; and the sites nothing is on record about."""
        found: list[tuple[str, Site]] = []
        unknown: list[str] = []
        board = self.pack.about.board
        for name in [] if self.silent else board.sites:
            fact = self.plan.facts.fact(name)
            if fact.state == "missing":
                unknown.append(site_name(fact))
                continue
            said = {True: "involved", False: "not involved"}.get(fact.value, "")  # type: ignore[arg-type]
            when = str(fact.when) if fact.when is not None else "undated" if fact.known else ""
            said = said or fact.text.partition(": ")[2]
            since = self._since(board.clear.get(name, ""))
            found.append((when, Site(site_name(fact), said, when, since)))
        found.sort(key=lambda entry: entry[0] or "9")
        return [site for _, site in found], unknown

    @property
    def treated(self) -> bool:
        """Whether sites have a response to speak of: treatment began, and the pack says what clear means."""
        return bool(self.plan.facts.treatment.lines and self.pack.about.board.clear)

    def _since(self, criterion: str) -> str:
        if not criterion or self.plan.hidden(criterion):
            return "not said"
        return {True: "clear", False: "disease", None: "not known"}[self.plan.verdicts.truth(criterion)]

    @property
    def findings(self) -> dict[str, list[str]]:
        """What else is on record that a board asks about, by group; measurements stand in their own part."""
        measured = {name for name, definition in self.pack.facts.items() if drawable(definition)}
        return findings_of(self.plan, without=measured)

    @property
    def fitness(self) -> list[FitnessRule]:
        """Each fitness rule by itself, with what failed or is awaited."""
        plan = self.plan
        names = [name for name in fitness_rules(plan) if not plan.hidden(name)]
        return [_rule(plan, plan.verdicts[name]) for name in names]

    @property
    def adult_only(self) -> str:
        """Why numbers for adults are not shown, where they are not."""
        return "" if self.plan.adult_numbers else self.pack.about.adult_only_text

    @property
    def timeline(self) -> Timeline | None:
        """The lines of treatment over time."""
        return None if self.silent else timeline_of(self.plan)

    @property
    def measured(self) -> tuple[list[Chart], list[Single]]:
        """Measurements over time, and those with one value."""
        return ([], []) if self.silent else charts_of(self.plan)

    @property
    def tasks(self) -> list[tuple[str, TaskStanding]]:
        """The tasks that apply, those due first, each with the word for its status."""
        return [
            (word, one) for status, word in TASKS.items() for one in self.plan.tasks if one.status == status
        ]

    @property
    def due(self) -> list[TaskStanding]:
        """The tasks that are due."""
        return [one for one in self.plan.tasks if one.status == "due"]

    @property
    def questions(self) -> tuple[Question, ...]:
        """What to ask next; nothing of a record in which nothing points anywhere."""
        return () if self.silent and not self.plan.points_somewhere else self.plan.questions

    @property
    def follow_up(self) -> list[tuple[str, FollowUpStanding, str]]:
        """What comes round: the word for its status, the entry, and its window in words."""
        return [(STATUS[one.status][0], one, window(one, self.plan)) for one in self.plan.follow_up]

    @property
    def trials(self) -> list[tuple[str, TrialStanding]]:
        """The trials to talk about, each with whether this person may fit."""
        return [(fit_words(one), one) for one in self.plan.trials]

    @property
    def topics(self) -> list[tuple[Topic, list[tuple[str, str, str]]]]:
        """What is known side by side: each claim with its figures and its id."""
        claims = self.pack.claims
        return [
            (topic, [(claims[row].text, numbers(claims[row]), row) for row in topic.rows])
            for topic in self.plan.topics
        ]

    @property
    def labels(self) -> list[tuple[OptionStanding, object]]:
        """The label's own tables of the drugs that are still possible."""
        found = ((standing, self.plan.label_rules(standing)) for standing in self.plan.options)
        return [(standing, regimen) for standing, regimen in found if regimen is not None]

    def on_hold(self, standing: OptionStanding) -> str:
        """What stands behind an option's title while its next dose has to wait."""
        return on_hold(self.plan, standing)

    def approved(self, standing: OptionStanding) -> str:
        """What an option is approved for where the pack is from."""
        region = self.pack.about.region
        words = standing.option.approved.get(region)
        return f"{region}: {words}" if words else ""

    def deciding(self, standing: OptionStanding) -> tuple[Weighed, ...]:
        """What decides a standing: the gates that close it or wait; of an open option, what speaks against it."""
        gates = tuple(one for one in (*standing.against, *standing.open_) if one.gate)
        return gates or standing.against

    def besides(self, standing: OptionStanding) -> tuple[Weighed, ...]:
        """The other points for and against an option."""
        shown = self.deciding(standing)
        return tuple(one for one in (*standing.for_, *standing.against, *standing.open_) if one not in shown)

    def sign_of(self, standing: OptionStanding, point: Weighed) -> tuple[str, str]:
        """The sign of a point, and the word for it."""
        if point in standing.for_:
            return "+", "for"
        return ("?", "not known") if point in standing.open_ else ("−", "against")

    def counted(self, standing: OptionStanding) -> str:
        """What an option's fold holds, in a line."""
        rest = self.besides(standing)
        signs = [self.sign_of(standing, one)[1] for one in rest]
        counts = [f"{signs.count(word)} {word}" for word in ("for", "against", "not known") if word in signs]
        return ", ".join(["More", *counts]) if counts else "More"

    def unknown_words(self, point: Weighed) -> str:
        """The facts that a point waits for, in words, where its own words do not name them."""
        names = [
            self.pack.facts[reason.name].title
            for reason in point.because
            if not reason.is_criterion and reason.name in self.pack.facts
        ]
        words = ", ".join(dict.fromkeys(names))
        return f" ({words})" if words and words not in point.text else ""

    def reasons(self, reasons: Iterable[Reason]) -> tuple[Ground, ...]:
        """Reasons as they are shown, each with its own down to the entries of the record."""
        return self._grounds(reasons, _DEEP)

    def _grounds(self, reasons: Iterable[Reason], depth: int) -> tuple[Ground, ...]:
        found = []
        for reason in reasons:
            where = f" [{reason.specimen}]" if reason.specimen and reason.specimen not in reason.text else ""
            deeper: tuple[Ground, ...] = ()
            if depth and reason.is_criterion and not self.plan.hidden(reason.name):
                deeper = self._grounds(self.plan.verdicts[reason.name].because, depth - 1)
            found.append(Ground(f"{reason.text}{where}", reason.sources[:3], deeper))
        return tuple(found)


def board_of(plan: Plan, address_of: Callable[[str], str] | None = None) -> Board:
    """What the page for a tumour board shows."""
    return Board(plan, address_of)


def _cell(fact: Fact) -> Cell:
    if fact.value is True:
        return Cell("positive", "+", "positive")
    if fact.value is False:
        return Cell("negative", "−", "negative")
    if fact.state == "conflicting":
        return Cell("disagree", "±", "results disagree")
    if fact.state in ("unusable", "stale"):
        return Cell("unreadable", "!", "not readable" if fact.state == "unusable" else "too old")
    return Cell("untested", "·", "not tested")


def _rule(plan: Plan, verdict: Verdict) -> FitnessRule:
    definition = verdict.definition
    assert definition is not None
    well = came_out_well(plan, verdict)
    waits: list[str] = []
    items: list[FitnessItem] = []
    if verdict.value is None and verdict.missing:
        for name in verdict.missing:
            fact = plan.facts.pack.facts[name]
            known = fact.per == "person" and plan.facts.fact(name).known
            waits.append(f"{fact.title}{' (its limits of normal)' if known else ''}")
    else:
        for reason in (one for one in verdict.because if not plan.hidden(one.name)):
            item = plan.verdicts[reason.name] if reason.is_criterion else None
            facts = [inner.text for inner in item.because if not inner.is_criterion] if item else []
            change = item.definition.reversible if item is not None and item.definition and not well else ""
            items.append(FitnessItem(reason.text, "; ".join(facts[:3]), change))
    return FitnessRule(
        definition.title or definition.means,
        definition.rule_set,
        _ANSWERS[verdict.value],
        tuple(items),
        tuple(waits),
        tuple(definition.evidence),
    )
