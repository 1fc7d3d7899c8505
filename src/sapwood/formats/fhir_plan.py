"""Of the bundle: the CarePlan with its activities, the person's wishes as Goals, alerts as Flags and DetectedIssues.

All of it is proposed, none of it done: nothing here is a request, an order or a statement that something was given, and
what it is about stands in places that nobody reads as a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sapwood.duties import AlertStanding, OptionStanding, TaskStanding
from sapwood.follow_up import FollowUpStanding
from sapwood.formats.cited import shown_evidence, works_of
from sapwood.formats.fhir_parts import Resource, concept, day_of, id_of, narrative, origin, reference
from sapwood.formats.text import headline
from sapwood.formats.text_ahead import window
from sapwood.formats.text_choices import STANDINGS
from sapwood.pathway import NO_SIGNAL
from sapwood.plan import Plan
from sapwood.trials import TrialStanding
from sapwood.verdicts import Reason

_SEVERITY = {"urgent": "high", "stop": "high", "hold": "moderate", "warn": "low"}
_TASK = {"due": "not-started", "cannot_tell": "unknown", "declined": "cancelled", "done": "completed"}
_OPTION = {
    "recommended": "not-started",
    "possible": "not-started",
    "cannot_tell": "on-hold",
    "ruled_out": "on-hold",
}
_FOLLOW_UP = {
    "overdue": "not-started",
    "due": "not-started",
    "planned": "not-started",
    "done": "completed",
    "declined": "cancelled",
    "cannot_tell": "unknown",
}
_FITS = {"may_fit": "may fit", "cannot_tell": "cannot tell", "does_not_fit": "does not fit"}
_REASONS = ("Condition", "Observation", "DiagnosticReport", "DocumentReference")


class Proposed:
    """What a plan proposes, as resources; `findings` are those it may point to, by their source in the record."""

    def __init__(self, plan: Plan, person: Resource, findings: Mapping[str, Resource]) -> None:
        self.plan = plan
        self.subject = reference(person)
        self.findings = findings
        self.system = f"urn:sapwood:pack:{plan.facts.pack.about.id}"
        self.documents = list(self._documents())
        self.by_claim = {claim: document for document, claims in self.documents for claim in claims}
        self.goals = list(self._goals())
        self.flags = [self._flag(alert) for alert in plan.alerts if alert.state == "raised"]
        self.issues = [self._issue(alert) for alert in plan.alerts]
        self.care_plan = self._care_plan()

    @property
    def resources(self) -> list[Resource]:
        """All of them, the CarePlan first."""
        documents = [document for document, _ in self.documents]
        return [self.care_plan, *self.goals, *self.flags, *self.issues, *documents]

    # --- the plan ---------------------------------------------------------------------------------------

    def _care_plan(self) -> Resource:
        plan, about = self.plan, self.plan.facts.pack.about
        gaps = ", ".join(gap.title for gap in plan.position.gaps)
        reviewed = "" if plan.facts.pack.reviewed else "No clinician has reviewed this pack."
        said = [
            headline(plan),
            f"Position: {plan.position.title}.",
            f"Still open behind: {gaps}." if gaps else "",
            " ".join(about.notice.split()),
        ]
        made: Resource = {
            "resourceType": "CarePlan",
            "id": "plan",
            "meta": origin("proposed"),
            "text": narrative(said),
            "status": "draft",
            "intent": "proposal",
            "title": plan.position.title,
            "description": headline(plan),
            "subject": self.subject,
            "created": day_of(plan.facts.as_of),
        }
        addressed = self._addresses()
        listed: dict[str, list[Resource]] = {
            "addresses": addressed,
            "supportingInfo": [reference(one) for one in (*self.flags, *self.issues)]
            + [reference(document) for document, _ in self.documents],
            "goal": [reference(goal) for goal in self.goals],
            "activity": [{"detail": detail} for detail in self._activities()],
            "note": [{"text": text} for text in (*said[2:], reviewed) if text],
        }
        return made | {key: content for key, content in listed.items() if content}

    def _addresses(self) -> list[Resource]:
        """The Conditions behind the diagnosis."""
        plan = self.plan
        for said in plan.facts.pack.about.board.diagnosis:
            if plan.verdicts.truth(said.when) is not True:
                continue
            names = plan.facts.pack.base_facts[said.when]
            sources = dict.fromkeys(
                source
                for name in names
                if plan.facts.pack.facts[name].per == "person"
                for source in plan.facts.fact(name).sources
            )
            found = [self.findings[source] for source in sources if source in self.findings]
            return [reference(one) for one in found if one["resourceType"] == "Condition"]
        return []

    def _activities(self) -> Iterator[Resource]:
        for task in self.plan.tasks:
            if task.status != "not_applicable":
                yield self._task(task)
        for option in self.plan.options:
            yield self._option(option)
        for entry in self.plan.follow_up:
            yield self._follow_up(entry)
        for trial in self.plan.trials:
            yield self._trial(trial)

    def _detail(self, sort: str, name: str, title: str, status: str) -> Resource:
        return {"code": concept(f"{self.system}:{sort}", name, title), "status": status}

    def _grounds(self, reasons: Iterable[Reason], depth: int = 4) -> dict[str, Resource]:
        """The findings behind reasons, also behind the criteria among them, by their source."""
        found: dict[str, Resource] = {}
        for reason in reasons:
            if reason.is_criterion and depth and not self.plan.hidden(reason.name):
                found |= self._grounds(self.plan.verdicts[reason.name].because, depth - 1)
            found |= {source: self.findings[source] for source in reason.sources if source in self.findings}
        return found

    def _reasons(self, reasons: Iterable[Reason], claims: Iterable[str]) -> dict[str, list[Resource]]:
        found = list(self._grounds(reasons).values())
        found += list({id(one): one for claim in claims if (one := self.by_claim.get(claim))}.values())
        pointed = [reference(one) for one in found if one["resourceType"] in _REASONS]
        return {"reasonReference": pointed} if pointed else {}

    def _task(self, standing: TaskStanding) -> Resource:
        task = standing.task
        made = self._detail("task", task.id, task.title, _TASK[standing.status])
        made["kind"] = "Task"
        why = {"declined": "declined by the person", "cannot_tell": "cannot tell whether it applies"}
        if standing.status in why:
            made["statusReason"] = {"text": why[standing.status]}
        if task.due and standing.status == "due":
            made["scheduledString"] = task.due
        if task.why:
            made["description"] = task.why
        return made | self._reasons(standing.because, task.evidence)

    def _option(self, standing: OptionStanding) -> Resource:
        option = standing.option
        made = self._detail("option", option.id, option.title, _OPTION[standing.standing])
        said = STANDINGS[standing.standing][0]
        if standing.standing == "ruled_out":
            because = "; ".join(point.text for point in standing.against[:4])
            change = "; ".join(standing.reversible_by)
            said = f"{said}, because {because}" + (f"; would change if: {change}" if change else "")
        elif standing.standing == "cannot_tell" and standing.missing:
            titles = [self.plan.facts.pack.facts[name].title for name in standing.missing[:8]]
            said = f"{said}; waits for {', '.join(titles)}"
        made["statusReason"] = {"text": said}
        points = [f"+ {point.text}" for point in standing.for_]
        points += [f"- {point.text}" for point in standing.against]
        points += [f"? {point.text}" for point in standing.open_]
        if points:
            made["description"] = "\n".join(points)
        reasons = [
            reason for point in (*standing.for_, *standing.against) if point.gate for reason in point.because
        ]
        return made | self._reasons(reasons, option.evidence)

    def _follow_up(self, standing: FollowUpStanding) -> Resource:
        item = standing.item
        made = self._detail("follow-up", item.id, item.title, _FOLLOW_UP[standing.status])
        made["kind"] = "Appointment"
        if standing.status in ("overdue", "declined", "cannot_tell"):
            made["statusReason"] = {"text": standing.status.replace("_", " ")}
        if standing.begins is not None and standing.ends is not None:
            made["scheduledPeriod"] = {"start": standing.begins.isoformat(), "end": standing.ends.isoformat()}
        made["description"] = "; ".join(part for part in (item.why, window(standing, self.plan)) if part)
        return made | self._reasons(standing.because, item.evidence)

    def _trial(self, standing: TrialStanding) -> Resource:
        trial = standing.trial
        made = self._detail("trial", trial.nct, trial.title, "on-hold")
        status = f"{trial.status.replace('_', ' ')}, last known {trial.status_as_of}"
        made["statusReason"] = {"text": f"to discuss: {_FITS[standing.fit]}; only the study team can say"}
        made["description"] = f"{trial.nct}: {status}"
        return made | self._reasons((), trial.evidence)

    # --- wishes, alerts, evidence -----------------------------------------------------------------------

    def _goals(self) -> Iterator[Resource]:
        """What the person wants, as far as it is on record."""
        plan = self.plan
        if plan.position.step == NO_SIGNAL:
            return
        for said in plan.facts.pack.about.board.wishes:
            if plan.verdicts.truth(said.when) is True:
                yield {
                    "resourceType": "Goal",
                    "id": id_of("wish", said.when),
                    "meta": origin("proposed"),
                    "lifecycleStatus": "active",
                    "description": concept(f"{self.system}:wish", said.when, f"The person {said.text}"),
                    "subject": self.subject,
                    "expressedBy": self.subject,
                }

    def _flag(self, standing: AlertStanding) -> Resource:
        """An alert that is raised. Its words stand in the narrative: a code with words could be read as a finding."""
        return {
            "resourceType": "Flag",
            "id": id_of("alert", standing.alert.id),
            "meta": origin("proposed"),
            "text": narrative([f"{standing.alert.severity}: {standing.message}"]),
            "status": "active",
            "category": [concept("http://terminology.hl7.org/CodeSystem/flag-category", "clinical")],
            "code": concept(f"{self.system}:alert", standing.alert.id),
            "subject": self.subject,
        }

    def _issue(self, standing: AlertStanding) -> Resource:
        """An alert with its grounds, also one that cannot be assessed."""
        told = "" if standing.state == "raised" else "Cannot be assessed. "
        made: Resource = {
            "resourceType": "DetectedIssue",
            "id": id_of("issue", standing.alert.id),
            "meta": origin("proposed"),
            "text": narrative([f"{standing.alert.title}. {told}{standing.message}"]),
            "status": "preliminary",
            "code": concept(f"{self.system}:alert", standing.alert.id),
            "severity": _SEVERITY[standing.alert.severity],
            "patient": self.subject,
            "detail": f"{standing.alert.title}. {told}{standing.message}",
        }
        found = [reference(one) for one in self._grounds(standing.because).values()]
        found += [reference(one) for name in standing.alert.evidence if (one := self.by_claim.get(name))]
        return made | ({"evidence": [{"detail": found}]} if found else {})

    def _documents(self) -> Iterator[tuple[Resource, list[str]]]:
        """One DocumentReference a source, with the claims that the plan rests on."""
        for number, work in enumerate(works_of(self.plan, shown_evidence(self.plan)), start=1):
            attachment: dict[str, Any] = {"title": work.citation}
            if work.links:
                attachment["url"] = work.links[0][1]
            yield (
                {
                    "resourceType": "DocumentReference",
                    "id": id_of("source", str(number)),
                    "meta": origin("proposed"),
                    "status": "current",
                    "description": " ".join(claim.text for claim in work.claims),
                    "content": [{"attachment": attachment}],
                },
                [claim.id for claim in work.claims],
            )
