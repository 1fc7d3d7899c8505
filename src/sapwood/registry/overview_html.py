"""An overview as one page that needs nothing else: pictures of where people stand and what is missing, and every table.

The pictures are drawn here, as SVG; each is told in words for those who do not see it, and stands in a table too.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from sapwood.pathway import NO_SIGNAL

from .overview import NOT_SAID, REASONS
from .overview_words import NOTICE, SORTS, WORDS, Counts, Shown, titles_of
from .small_numbers import what_it_means

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2321; --paper: #fff; --line: #c9d2ce; --bar: #2f6f5e; --soft: #5b6763; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eeeb; --paper: #151a18; --line: #3b4743; --bar: #6fb8a3; --soft: #a3b1ac; }
}
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto;
  max-width: 62rem; padding: 1.5rem; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.2rem; margin-top: 2.2rem; }
p.note { color: var(--soft); max-width: 46rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
caption { text-align: left; color: var(--soft); padding-bottom: .4rem; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td small { color: var(--soft); display: block; }
svg { width: 100%; height: auto; display: block; }
svg text { fill: var(--ink); font: 14px system-ui, sans-serif; }
svg .bar { fill: var(--bar); } svg .few { fill: none; stroke: var(--bar); stroke-dasharray: 3 3; }
@media print { body { max-width: none; padding: 0; font-size: 11px; } h2 { break-after: avoid; }
  tr { break-inside: avoid; } }
"""
_LABEL, _BAR, _ROW, _WIDTH = 330, 420, 30, 860


def as_html(found: Shown) -> str:
    """The page."""
    about, manifest = found.pack.about, found.manifest
    title = f"{about.title}: {found.people} people as of {manifest.as_of}"
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="note">Pack {escape(about.id)} {escape(about.version)}. {escape(NOTICE)}</p>',
        f'<p class="note">{escape(what_it_means(found.threshold))}</p>',
        "<h2>Where people stand</h2>",
        f"<p>{escape(found.step_title(NO_SIGNAL))}: {_cell(found.steps[NO_SIGNAL])} people. On the pathway:</p>",
        _bars(
            "People along the pathway, step by step",
            [(found.step_title(step), count) for step, count in found.steps.items() if step != NO_SIGNAL],
        ),
        _steps(found),
    ]
    if found.questions:
        told = [(found.fact_title(fact), count) for fact, count in found.questions if count is not None]
        few = len(found.questions) - len(told)
        parts += [
            "<h2>What is most often missing</h2>",
            '<p class="note">People in whom one answer to this alone would settle something that their step turns '
            "on.</p>",
            _bars("What is most often missing", told[:10]),
            _table(
                "What one answer would settle",
                ("Fact", "People"),
                [(title, _cell(count)) for title, count in told],
            ),
            f"<p>And {few} facts for fewer people each.</p>" if few else "",
        ]
    parts += ["<h2>Criteria</h2>", _criteria(found)]
    for sort, heading in SORTS.items():
        rows = [(name, counts) for one, name, counts in found.spreads if one == sort]
        if rows:
            parts += [f"<h2>{heading}</h2>", _spreads(found, sort, heading, rows)]
    return (
        f'<!doctype html>\n<html lang="{escape(about.language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(parts)
        + "\n</main>\n</body>\n</html>\n"
    )


def _bars(title: str, rows: Sequence[tuple[str, int | None]]) -> str:
    """A bar for each count; one that is hidden is a short dashed outline that says nothing of its size."""
    most = max((count for _, count in rows if count), default=1)
    height = _ROW * len(rows) + 6
    drawn = []
    for number, (label, count) in enumerate(rows):
        top = number * _ROW + 6
        middle = top + 15
        drawn.append(f'<text x="{_LABEL - 10}" y="{middle}" text-anchor="end">{escape(_short(label))}</text>')
        if count is None:
            drawn.append(f'<rect class="few" x="{_LABEL}" y="{top}" width="24" height="20"/>')
            drawn.append(f'<text x="{_LABEL + 34}" y="{middle}">hidden</text>')
            continue
        width = round(_BAR * count / most, 1)
        drawn.append(f'<rect class="bar" x="{_LABEL}" y="{top}" width="{width}" height="20"/>')
        drawn.append(f'<text x="{_LABEL + width + 10}" y="{middle}">{count:,}</text>')
    told = "; ".join(f"{label}: {_cell(count)}" for label, count in rows)
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(f"{title}. {told}")}">'
        f"{''.join(drawn)}</svg>"
    )


def _short(label: str) -> str:
    return label if len(label) <= 44 else label[:42].rstrip() + " …"


def _steps(found: Shown) -> str:
    rows = [
        (found.step_title(step), _cell(count), _cell(found.gaps.get(step, 0)))
        for step, count in found.steps.items()
    ]
    return _table("People on each step of the pathway", ("Step", "Stand here", "Still open behind"), rows)


def _criteria(found: Shown) -> str:
    body = []
    for name, (verdicts, why) in found.criteria.items():
        criterion = found.pack.criteria[name]
        said = [f"{WORDS[reason]} {_cell(why[reason])}" for reason in REASONS if why[reason] != 0]
        cells = "".join(
            f'<td class="n">{_cell(verdicts[word])}</td>' for word in ("true", "false", "unknown")
        )
        body.append(
            f'<tr><th scope="row">{escape(criterion.title or criterion.means)}<small>{escape(name)}</small></th>'
            f"{cells}<td>{escape('; '.join(said))}</td></tr>"
        )
    head = "".join(
        f'<th scope="col"{class_}>{word}</th>'
        for word, class_ in (
            ("Criterion", ""),
            ("True", ' class="n"'),
            ("False", ' class="n"'),
            ("Unknown", ' class="n"'),
            ("Why unknown", ""),
        )
    )
    return (
        '<div class="wide" tabindex="0" role="region" aria-label="Criteria"><table><caption>What each criterion '
        f"says of how many people</caption><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def _spreads(found: Shown, sort: str, heading: str, rows: Sequence[tuple[str, Counts]]) -> str:
    titles = titles_of(found.pack, sort)
    words = [word for word in rows[0][1] if any(counts[word] != 0 for _, counts in rows) or word == NOT_SAID]
    cells = [(titles[name], *(_cell(counts[word]) for word in words)) for name, counts in rows]
    return _table(heading, (heading[:-1], *(WORDS[word].capitalize() for word in words)), cells)


def _table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    columns = "".join(
        f'<th scope="col"{" class=n" if number else ""}>{escape(word)}</th>'
        for number, word in enumerate(head)
    )
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f'<td class="n">{escape(cell)}</td>' for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(caption)}"><table><caption>{escape(caption)}'
        f"</caption><thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(count: int | None) -> str:
    return "hidden" if count is None else f"{count:,}"
