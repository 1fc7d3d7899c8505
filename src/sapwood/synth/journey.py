"""The whole way of one person with BPDCN, from the first sign to late follow-up or death."""

from __future__ import annotations

from .afterwards import follow, relapse, transplant
from .beginning import write_beginning
from .case import Case
from .chart import Chart
from .people import person_of, write_person
from .staging import stage
from .treating import Course, treat

_SITES = ("site_marrow", "site_nodes", "site_blood", "site_spleen", "site_liver")
_LINES = 4


def live_with_bpdcn(chart: Chart, last: int) -> Case:
    """Fills the chart of somebody with BPDCN; what is true of them."""
    case = _case(chart, last)
    write_beginning(chart, case)
    if case.diagnosed <= chart.until:
        stage(chart, case)
        _treated(chart, case)
    if case.died is not None:
        chart.end(case.died)
    written = case.died if case.dead and chart.dice.chance("death_written") else None
    write_person(chart, case.who, written)
    return case


def _case(chart: Chart, last: int) -> Case:
    """Who it is, where the disease is, and when it was first seen and named."""
    dice = chart.dice
    male = dice.chance("male")
    if dice.chance("child"):
        age = dice.between(2, 17)
    else:
        age = min(94.0, max(19.0, dice.around(dice.value("age"), dice.value("age_spread"))))
    recent = dice.chance("recent")
    first = last - dice.whole(10, 365 if recent else int(dice.days("years_looked_back")))
    extent = dice.choice("extent")
    sites = [] if extent == "skin_only" else [site for site in _SITES if dice.chance(site)]
    case = Case(
        who=person_of(dice, male, age, first),
        first=first,
        diagnosed=first + max(9, dice.lasting_long("lag_median", "lag_mean")),
        skin=extent != "no_skin",
        sites=frozenset(sites),
        elsewhere=extent != "skin_only" and not sites,
        cns=dice.chance("site_cns"),
        prior=dice.choice("prior_myeloid_kind") if dice.chance("prior_myeloid") else "",
    )
    case.albumin = chart.value("albumin", "low" if dice.chance("albumin_low") else "fine")
    case.leukaemic = 10 ** dice.between(0.0, 1.6)
    case.reach("first sign", first)
    if dice.chance("lost_to_view"):
        chart.end(case.diagnosed + dice.whole(20, 900))
    return case


def _treated(chart: Chart, case: Case) -> None:
    """Line after line, until the record ends, the person dies, or no more treatment is given."""
    dice = chart.dice
    day = case.diagnosed + dice.whole(8, 30)
    for line in range(1, _LINES + 1):
        course = treat(chart, case, line, day)
        if course is None:  # no treatment of the disease
            case.die(day + dice.lasting("refractory_survival"))
            return
        if case.dead or course.ended > chart.until:
            return
        again = _after(chart, case, course, line)
        if again is None or again > chart.until:
            return
        day = again + dice.whole(10, 28)
    case.die(day + dice.lasting("refractory_survival"))


def _after(chart: Chart, case: Case, course: Course, line: int) -> int | None:
    """What follows a course: the day on which the disease is back or still there; `None` where nothing more comes."""
    if not course.remission:
        if chart.dice.chance("given_up"):
            case.die(course.ended + chart.dice.lasting("refractory_survival"))
            return None
        return course.ended
    transplanted = transplant(chart, case, course, line)
    if case.dead:
        return None
    back = transplanted.back if transplanted else course.ended + chart.dice.lasting(course.lasts)
    follow(chart, case, course, transplanted, back)
    if back is None or case.dead:
        return None
    relapse(chart, case, back)
    if chart.dice.chance("relapse_given_up"):
        case.die(back + chart.dice.lasting("relapsed_survival"))
        return None
    return back
