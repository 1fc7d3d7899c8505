"""A reviewer's document: every criterion in SQL and in words, its evidence, its worked patients, a place to sign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from sapwood.pack import Pack

from .content import read_cases
from .findings import Report
from .worked import Case, entry_of

_STYLE = """
:root{color-scheme:light}
body{font:16px/1.5 Georgia,serif;color:#1b241d;max-width:46rem;margin:2rem auto;padding:0 1rem}
h1,h2,h3{font-family:system-ui,sans-serif;line-height:1.25}
h2{margin-top:2.5rem;border-bottom:2px solid #4d7c59}
article{border-top:1px solid #b9c7bc;padding:.8rem 0;break-inside:avoid}
article h3{margin:.2rem 0}
code,pre{font:14px/1.45 ui-monospace,monospace}
pre{background:#f3f6f2;padding:.5rem .7rem;white-space:pre-wrap;overflow-wrap:anywhere;margin:.4rem 0}
.small{font-size:.85rem;color:#48564c}
ul{margin:.3rem 0;padding-left:1.2rem}
.judge{margin-top:.5rem;font-family:system-ui,sans-serif;font-size:.9rem}
.judge span{display:inline-block;margin-right:1.5rem}
.line{display:inline-block;border-bottom:1px solid #1b241d;min-width:16rem;height:1.3rem}
.open{color:#9c3a18;font-weight:600}
@media print{body{margin:0;max-width:none;font-size:9pt;line-height:1.35}code,pre{font-size:8pt}}
@media print{a{color:inherit;text-decoration:none}}
"""
_JUDGE = '<p class="judge"><span>☐ right</span><span>☐ to change</span><span>Remark: <b class="line"></b></span></p>'


def document(pack: Pack, folder: Path, report: Report) -> str:
    """One HTML page that needs nothing else, to read, print and sign."""
    cases, _ = read_cases(pack, folder)
    shown = _cases_of(cases)
    silent = {
        name: said
        for section in report.sections
        if section.number == 6
        for note in section.notes
        for name, _, said in [note.partition(": ")]
    }
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>Review of {escape(pack.about.title)}</title><style>{_STYLE}</style></head><body>",
        *_head(pack, report),
        "<h2>Criteria</h2>",
        *(
            part
            for name in pack.criteria
            for part in _criterion(pack, name, shown.get(name, []), silent.get(name, ""))
        ),
        "<h2>Steps</h2>",
        *_steps(pack),
        "<h2>Options</h2>",
        *_options(pack),
        "<h2>Alerts</h2>",
        *_alerts(pack),
        *_answers(report),
        *_signature(pack),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _head(pack: Pack, report: Report) -> Iterator[str]:
    about = pack.about
    yield f"<h1>{escape(about.title)}: a review</h1>"
    yield f"<p>Version {escape(about.version)}, {escape(about.region)}. Content <code>{pack.hash}</code>.</p>"
    yield f"<p>{escape(about.notice)}</p>"
    yield "<h2>What was checked before you</h2><ul>"
    for section in report.sections:
        state = f"{section.proved} proved"
        state += f', <b class="open">{len(section.findings)} findings</b>' if section.findings else ""
        state += f", {len(section.answered)} findings answered" if section.answered else ""
        state += f", {len(section.not_proved)} not proved" if section.not_proved else ""
        yield f"<li>{escape(section.title)}: {state}</li>"
    yield "</ul><p>What is not covered:</p><ul>"
    yield from (f"<li>{escape(said)}</li>" for said in report.limits)
    yield "</ul>"
    notes = [note for section in report.sections for note in section.notes if section.number in (4, 8)]
    if notes:
        yield "<p>For you to judge:</p><ul>"
        yield from (f"<li>{escape(note)}</li>" for note in notes)
        yield "</ul>"


def _criterion(pack: Pack, name: str, cases: Sequence[str], silent: str) -> Iterator[str]:
    one = pack.criteria[name]
    title = one.title or name.replace("_", " ")
    yield f'<article id="{name}"><h3>{escape(title)}</h3>'
    scope = "; read within one specimen" if one.for_each == "specimen" else ""
    yield f'<p class="small"><code>{name}</code>, rule of: {escape(one.rule_set)}{scope}</p>'
    yield f"<p>True means: {escape(one.means)}"
    yield f" False means: {escape(one.false_means)}" if one.false_means else ""
    yield f"</p><pre>{escape(one.is_)}</pre>"
    if one.note:
        yield f'<p class="small">{escape(one.note)}</p>'
    if one.patient:
        words = " ".join(text for text in (one.patient.text, one.patient.change) if text)
        yield f"<p>To a patient: {escape(words)}</p>"
    yield "<ul>"
    for claim_id in one.evidence:
        claim = pack.claims[claim_id]
        source = pack.sources[claim.source]
        mark = {"V": "read in the source", "K": "known, not read again", "ours": "our own choice"}[claim.mark]
        yield f'<li>{escape(claim.text)} <span class="small">({escape(source.citation)}; {mark})</span></li>'
    if not one.evidence:
        yield '<li class="open">No evidence is cited.</li>'
    yield "</ul>"
    if silent:
        yield f'<p class="small">Its answer {escape(silent)}: where the record is silent, that counts as no.</p>'
    listed = "; ".join(cases) if cases else "none"
    yield f'<p class="small">Worked patients: {escape(listed)}.</p>{_JUDGE}</article>'


def _cases_of(cases: Sequence[Case]) -> Mapping[str, list[str]]:
    """For each criterion, the worked patients that expect an answer of it."""
    found: dict[str, list[str]] = {}
    for case in cases:
        for name, content in (case.expected.get("criteria") or {}).items():
            said = entry_of(content, "verdict")["verdict"]
            answer = str(said).lower()
            found.setdefault(name, []).append(f"{case.sheet.rest.get('title', case.path.stem)}: {answer}")
    return found


def _steps(pack: Pack) -> Iterator[str]:
    for step in pack.pathway.steps:
        yield f"<article><h3>{escape(step.title)}</h3><p>{escape(step.about)}</p>"
        yield f"<pre>opens: {escape(step.opens)}\ncloses: {escape(step.closes)}</pre>{_JUDGE}</article>"


def _options(pack: Pack) -> Iterator[str]:
    for option in pack.pathway.options:
        yield f"<article><h3>{escape(option.title)}</h3><pre>offered: {escape(option.offered)}"
        for label, points in (("requires", option.requires), ("ruled out by", option.rules_out)):
            yield from (f"{label}: {escape(point.when)} — {escape(point.text)}" for point in points)
        yield "</pre><ul>"
        for label, points in (("for", option.for_), ("against", option.against)):
            for point in points:
                when = "" if point.when == "TRUE" else f" (when {point.when})"
                yield f"<li>{label}: {escape(point.text + when)}</li>"
        yield f"</ul>{_JUDGE}</article>"


def _alerts(pack: Pack) -> Iterator[str]:
    for alert in pack.pathway.alerts:
        yield f"<article><h3>{escape(alert.title)} ({alert.severity})</h3>"
        yield f"<pre>when: {escape(alert.when)}\napplies: {escape(alert.applies)}</pre>"
        yield f"<p>{escape(alert.message)}</p>"
        if alert.unknown_message:
            yield f"<p>Where it cannot be assessed: {escape(alert.unknown_message)}</p>"
        yield f"{_JUDGE}</article>"


def _answers(report: Report) -> Iterator[str]:
    """What the check found and the authors of the pack take to be right as it stands."""
    if report.answered:
        yield "<h2>Findings answered by the authors</h2>"
    for finding in report.answered:
        yield f"<article><p>{escape(finding.where)}: {escape(finding.what)}.</p>"
        yield f"<p>Answer: {escape(finding.answer)}</p>{_JUDGE}</article>"


def _signature(pack: Pack) -> Iterator[str]:
    yield "<h2>Signature</h2>"
    yield "<p>I have reviewed the content named below and take it to be right for use as decision support.</p>"
    for label in ("Name", "Role", "Date", "Signature"):
        yield f'<p class="judge">{label}: <b class="line"></b></p>'
    yield "<p>For the pack, as <code>reviews/NAME-DATE.yaml</code>, written by or for the person who signed:</p>"
    yield f"<pre>name: \nrole: \ndate: \ncontent: {pack.hash}</pre>"
    yield '<p class="small">It counts for exactly this content: after any edit the pack is not reviewed any more.</p>'
