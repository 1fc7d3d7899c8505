"""What a plan as text says of what lies ahead: follow-up, trials, and what is known side by side."""

from __future__ import annotations

from sapwood.choosing import plain
from sapwood.definitions import Claim
from sapwood.follow_up import FollowUpStanding
from sapwood.formats.paper import Paper
from sapwood.plan import Plan
from sapwood.trials import TrialStanding

STATUS = {
    "overdue": ("overdue", "bad"),
    "due": ("due now", "open"),
    "planned": ("planned", "quiet"),
    "cannot_tell": ("cannot tell", "open"),
    "declined": ("declined", "quiet"),
    "done": ("done", "quiet"),
}
FITS = {"may_fit": "may fit", "cannot_tell": "cannot tell", "does_not_fit": "does not fit"}
_CLOSED = ("completed", "not_recruiting")


def follow_up(paper: Paper, plan: Plan) -> None:
    """What comes round, with its window; late things first."""
    if not plan.follow_up:
        return
    paper.heading("Follow-up")
    for standing in plan.follow_up:
        word, style = STATUS[standing.status]
        paper.row(word, f"{standing.item.title}: {window(standing, plan)}", style=style, width=14)


def window(standing: FollowUpStanding, plan: Plan) -> str:
    """When something is due, how often, and since when; or what is lacking to say so."""
    if standing.begins is None or standing.ends is None:
        titles = [plan.facts.pack.facts[name].title for name in standing.missing[:4]]
        return f"no date yet; not known: {', '.join(titles)}" if titles else standing.every or "no date"
    span = str(standing.begins)
    if standing.ends != standing.begins:
        span += f" to {standing.ends}"
    often = f", {standing.every}" if standing.every else ""
    last = f", last {standing.last}" if standing.last is not None else ""
    none = ", none on record yet" if standing.item.last and standing.last is None else ""
    return f"{span}{often}{last}{none}"


def trials(paper: Paper, plan: Plan) -> None:
    """The trials with whether this person may fit, and the day on which each status was last known."""
    if not plan.trials:
        return
    paper.heading("Trials to discuss; only the study team can say who takes part")
    for standing in plan.trials:
        trial = standing.trial
        status = f"{trial.status.replace('_', ' ')}, last known {trial.status_as_of}"
        paper.say(f"{trial.nct}, {trial.title} ({status}): {fit_words(standing)}", indent=2, hang=4)
        if trial.status in _CLOSED:
            continue
        for point in standing.fails:
            paper.say(point.text, indent=4, mark="- ")
        for point in standing.unknown[:6]:
            paper.say(f"not known: {point.text}", indent=4, mark="? ")
        if len(standing.unknown) > 6:
            paper.say(f"and {len(standing.unknown) - 6} more not known", indent=4, mark="? ")


def fit_words(standing: TrialStanding) -> str:
    """Whether a person may fit a trial; one that is closed fits nobody any more."""
    return "takes nobody new" if standing.trial.status in _CLOSED else FITS[standing.fit]


def known(paper: Paper, plan: Plan) -> None:
    """Claims side by side with their numbers and intervals; never pooled."""
    if not plan.topics:
        return
    paper.heading("What is known, side by side (never pooled)")
    for topic in plan.topics:
        conflict = " -- the sources conflict" if topic.conflict else ""
        paper.say(f"{topic.title}{conflict}", indent=2, style="strong")
        if topic.about:
            paper.say(topic.about, indent=4)
        for row in topic.rows:
            claim = plan.facts.pack.claims[row]
            paper.say(f"{claim.text}{figures(claim)} [{row}]", indent=4, mark="* ")
        if topic.why_they_differ:
            paper.say(f"why they differ: {topic.why_they_differ}", indent=4, hang=2)


def figures(claim: Claim) -> str:
    """What a claim may not say: in whom, how many people, the interval, with which series it shares them."""
    said = [claim.population] if claim.population else []
    said += [f"n={claim.n}"] if claim.n is not None else []
    if claim.ci:
        told = "95% interval" if "interval" in claim.text else ""
        told = told or f"95% interval {plain(claim.ci[0])} to {plain(claim.ci[1])}"
        if claim.ci_source.startswith("computed"):
            said.append(f"{told} worked out here")
        elif "interval" not in claim.text:
            said.append(told)
    said += [f"may share people with {claim.overlap_group}"] if claim.overlap_group else []
    said += ["not poolable"] if claim.pool_ok is False else []
    return f" ({'; '.join(said)})" if said else ""
