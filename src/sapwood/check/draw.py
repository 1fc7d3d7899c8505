"""The pathway as proved, as one drawing: steps, the ways between them, what is there, dead ends marked."""

from __future__ import annotations

from html import escape

from sapwood.pack import Pack

from .findings import Report
from .ground import Ground
from .standing import ways

WIDE, HIGH, GAP, LEFT = 560, 96, 44, 150
_STYLE = """
text{font:15px system-ui,sans-serif;fill:#1d2a22}
.title{font-weight:600;font-size:17px}
.small{font-size:13px;fill:#4c5a50}
.box{fill:#f4f8f3;stroke:#4d7c59;stroke-width:1.5}
.end{fill:#fdf1ec;stroke:#b5431f;stroke-width:2.5}
.mark{fill:#b5431f;font-weight:600;font-size:14px}
.way{fill:none;stroke:#8aa694;stroke-width:1.4}
.back{fill:none;stroke:#6c7fb0;stroke-width:1.4;stroke-dasharray:5 4}
"""


def drawing(pack: Pack, report: Report) -> str:
    """An SVG of the pathway; a way is drawn where learning one thing can move somebody from one step to the other."""
    steps = pack.pathway.steps
    ground = Ground(pack)
    faulty = {
        step.id: [finding for finding in report.findings if f"step `{step.id}`" in finding.where]
        for step in steps
    }
    order = {step.id: number for number, step in enumerate(steps)}
    height = 110 + len(steps) * (HIGH + GAP)
    width = LEFT * 2 + WIDE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="t d">',
        f'<title id="t">The pathway of {escape(pack.about.title)}</title>',
        f'<desc id="d">{escape(_said(pack, report))}</desc>',
        f"<style>{_STYLE}</style>",
        '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#6b7f72"/></marker></defs>',
        f'<text x="20" y="34" class="title">{escape(pack.about.title)} {escape(pack.about.version)}</text>',
        f'<text x="20" y="56" class="small">{escape(_said(pack, report))}</text>',
    ]
    legend = "An arrow: one more fact can move somebody on (or back, dashed) who has no other step open."
    parts.append(f'<text x="20" y="{height - 12}" class="small">{legend}</text>')
    for one, other in ways(ground):
        parts.append(_way(order[one], order[other]))
    for step in steps:
        place = order[step.id]
        options = [
            option.title for option in pack.pathway.options if step.id in option.steps or not option.steps
        ]
        dead = any(finding.kind == "dead end" for finding in faulty[step.id])
        parts += _box(place, step.title, options, bool(faulty[step.id]), dead)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _said(pack: Pack, report: Report) -> str:
    found = len(report.findings)
    return f"{len(pack.pathway.steps)} steps, content {report.hash[:12]}: " + (
        "sound" if report.sound else f"{found} findings"
    )


def _top(place: int) -> int:
    return 80 + place * (HIGH + GAP)


def _box(place: int, title: str, options: list[str], faulty: bool, dead: bool) -> list[str]:
    top = _top(place)
    parts = [
        f'<rect x="{LEFT}" y="{top}" width="{WIDE}" height="{HIGH}" rx="10" class="{"end" if faulty else "box"}"/>',
        f'<text x="{LEFT + 16}" y="{top + 26}" class="title">{escape(title)}</text>',
    ]
    for line, text in enumerate(_lines(options)):
        parts.append(f'<text x="{LEFT + 16}" y="{top + 48 + line * 18}" class="small">{escape(text)}</text>')
    if faulty:
        mark = "dead end" if dead else "finding"
        parts.append(
            f'<text x="{LEFT + WIDE - 16}" y="{top + 26}" class="mark" text-anchor="end">{mark}</text>'
        )
    return parts


def _lines(options: list[str]) -> list[str]:
    """The options in at most three lines."""
    lines = [""]
    for number, title in enumerate(options):
        piece = title + (", " if number + 1 < len(options) else "")
        if len(lines[-1]) + len(piece) > 80:
            if len(lines) == 3:
                lines[-1] += f"and {len(options) - number} more"
                break
            lines.append("")
        lines[-1] += piece
    return lines if options else ["no option is bound to this step"]


def _way(one: int, other: int) -> str:
    start, end = _top(one), _top(other)
    if other == one + 1:
        x = LEFT + WIDE // 2
        return f'<path d="M{x} {start + HIGH}V{end - 2}" class="way" marker-end="url(#a)"/>'
    reach = min(130, 24 + 12 * abs(other - one))
    if other > one:
        x, y, z = LEFT + WIDE, start + HIGH - 24, end + 24
        bend = x + reach
        return f'<path d="M{x} {y}C{bend} {y} {bend} {z} {x + 2} {z}" class="way" marker-end="url(#a)"/>'
    x, y, z = LEFT, start + 24, end + HIGH - 24
    bend = x - reach
    return f'<path d="M{x} {y}C{bend} {y} {bend} {z} {x - 2} {z}" class="back" marker-end="url(#a)"/>'
