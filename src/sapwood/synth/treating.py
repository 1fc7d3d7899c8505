"""A line of treatment: which one, its cycles dose by dose, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from .beginning import billing
from .case import Case
from .chart import Chart
from .content import Giving, Regimen
from .people import CHEMISTRY, COUNT, LYSIS, usual, write_values
from .watched import Watch, watched_cycle

_CHOSEN = ("choice of the patient", "within a trial", "age and comorbidity", "other drug not available")
_REFUSED = "declined by the patient"


@dataclass(frozen=True, slots=True)
class Course:
    """One line of treatment as it went."""

    ended: int
    remission: bool
    lasts: str  # the rate of how long such a remission lasts


def treat(chart: Chart, case: Case, line: int, day: int) -> Course | None:
    """One line from its first day on; `None` where no treatment of the disease is given."""
    dice = chart.dice
    regimen = _regimen(chart, case, line, day)
    if regimen is None:
        _palliative(chart, case, day)
        return None
    if line == 1 and dice.chance("treatment_refused"):
        other = "hyper_cvad" if regimen.name != "hyper_cvad" else "tagraxofusp"
        chart.order(
            chart.content.regimens[other].first[0].drug,
            day - 2,
            status="cancelled",
            why=_REFUSED if dice.chance("reason_written") else "",
        )
    case.reach("treatment" if line == 1 else "later treatment", day)
    chart.order(regimen.first[0].drug, day - 1, status="completed" if day < chart.until else "active")
    if "gentle" in regimen.flags and dice.chance("declines_chemotherapy"):
        chart.noted("declines_chemotherapy", day - 4)
    remission = dice.chance(regimen.remission if line == 1 else "remission_later")
    partial = not remission and dice.chance("partial_response")
    return _give(chart, case, regimen, day, remission, partial)


def _regimen(chart: Chart, case: Case, line: int, day: int) -> Regimen | None:
    """What is given; `None` where nothing is."""
    name = _named(chart, case, line, day)
    return None if name == "none" else chart.content.regimens[name]


def _named(chart: Chart, case: Case, line: int, day: int) -> str:
    dice = chart.dice
    if case.who.age(day) < 18:
        return "all_type" if line < 3 else "none"
    name = dice.choice("first_line" if line == 1 else "later_line")
    early = day < chart.content.days["pivekimab_approved"]
    if name == "pivekimab" and (case.cns or (early and not dice.chance("trial_drug_age"))):
        return "tagraxofusp"
    if (
        name != "none"
        and case.who.age(day) > dice.value("strong_until")
        and "strong" in chart.content.regimens[name].flags
    ):
        return "hma_ven"
    return name


def _palliative(chart: Chart, case: Case, day: int) -> None:
    dice = chart.dice
    if dice.chance("declines_everything"):
        chart.noted("declines_treatment", day)
        chart.order(
            "tagraxofusp", day, status="cancelled", why=_REFUSED if dice.chance("reason_written") else ""
        )
    chart.procedure("palliative", day + 3)
    chart.procedure("goals", day)
    for visit in range(6):
        chart.visit("clinic", day + 14 * (visit + 1))
        write_values(
            chart,
            day + 14 * (visit + 1),
            COUNT[:3],
            chart.values("palliative"),
        )


def _give(chart: Chart, case: Case, regimen: Regimen, day: int, remission: bool, partial: bool) -> Course:
    """The cycles one after the other; the response after the first or second."""
    dice = chart.dice
    fewest, most = regimen.cycles
    cycles = dice.whole(max(fewest, 2), most) if remission else dice.whole(1, 2) + partial
    assessed = day + max(21, round(dice.around(dice.value("time_to_remission"), 8)))
    watch = Watch(chart, case) if "watched" in regimen.flags else None
    _before_start(chart, case, regimen, day)
    _into_fluid(chart, case, day)
    last = start = day
    told = stopped = False
    for cycle in range(1, cycles + 1):
        if start > chart.until:
            break
        givings = regimen.first if cycle % 2 else regimen.other
        if watch:
            last = watched_cycle(watch, start, givings, cycle)
        else:
            last = _cycle(
                chart, case, regimen, start, givings, cycle == 1, better=cycle > 1 and (remission or partial)
            )
        if case.dead:
            return Course(last, False, "")
        if not told and (start + regimen.cycle > assessed or cycle == cycles):
            told = True
            assessed = max(assessed, last + 7)
            _assess(chart, case, assessed, remission, partial)
        if (watch and watch.stopped) or (cycle < cycles and dice.chance("second_cycle_stops")):
            stopped = True
            break
        start += regimen.cycle + (dice.whole(0, 6) if dice.chance("cycle_late") else 0)
    if not told:
        assessed = max(assessed, last + 7)
        _assess(chart, case, assessed, remission, partial)
    if dice.chance("radiotherapy"):
        chart.procedure("radiotherapy", last + 5)
    if (why := _why_it_ended(chart, remission, partial, stopped)) and dice.chance("reason_written"):
        chart.order(regimen.first[0].drug, max(assessed, last), status="stopped", why=why)
    ended = max(assessed, last) + 1
    return Course(ended, remission, regimen.lasts)


def _why_it_ended(chart: Chart, remission: bool, partial: bool, stopped: bool) -> str:
    """Why a course was given up; nothing where it went its way."""
    if not remission and not partial:
        return "progressive disease"
    if stopped:
        return chart.dice.one_of(("toxicity", "infection", "wish of the patient"))
    return ""


def _into_fluid(chart: Chart, case: Case, day: int) -> None:
    """The doses into the spinal fluid that were planned at the diagnosis, once a week."""
    for week in range(case.into_fluid):
        chart.procedure("lumbar_puncture", day + 5 + 7 * week)
        chart.dose("it_cytarabine", day + 5 + 7 * week, "11:30")
    case.into_fluid = 0


def _before_start(chart: Chart, case: Case, regimen: Regimen, day: int) -> None:
    """Blood and drugs on the eve of the first dose."""
    dice = chart.dice
    write_values(
        chart, day - 1, (*COUNT, *CHEMISTRY, *LYSIS), {"albumin": case.albumin, **case.counts(chart)}
    )
    drugs = {giving.drug for giving in regimen.first}
    if len(drugs) > 1:
        chart.taken("allopurinol", day - 1, day + 20)
        chart.noted("tls_prophylaxis", day - 1)
    if "venetoclax" in regimen.flags:
        if dice.chance("azole"):
            chart.taken("posaconazole", day, day + 90)
        elif dice.chance("interactions_checked"):
            chart.finding("cyp3a4", day - 1, "none", reported=0)
    if len(drugs) > 1:
        chart.taken("aciclovir", day, day + 180)
    if dice.chance("tumour_lysis" if "watched" in regimen.flags else "tumour_lysis_else"):
        case.lysis = day + 2
        chart.condition("tumour_lysis", day + 2, over=day + 8)
        lysed = chart.values("lysis")
        write_values(chart, day + 2, tuple(lysed), lysed)
        chart.dose("rasburicase", day + 2, "14:00")


def _cycle(
    chart: Chart,
    case: Case,
    regimen: Regimen,
    start: int,
    givings: tuple[Giving, ...],
    first: bool,
    *,
    better: bool,
) -> int:
    """One cycle of a regimen without daily checks; its last day of treatment."""
    dice = chart.dice
    counts = chart.values("on_treatment") if better else case.counts(chart)
    write_values(chart, start, COUNT, counts, "07:10")
    write_values(chart, start, CHEMISTRY, {"albumin": case.albumin}, "07:10")
    chart.measure("weight", start, case.who.weight + dice.around(0, 1))
    last = start
    why = dice.one_of(_CHOSEN) if first and dice.chance("line_reason") else ""
    for giving in givings:
        for offset in giving.days:
            chart.dose(giving.drug, start + offset, "10:00", why=why if offset == 0 else "")
            last = max(last, start + offset)
    if "harms_marrow" in regimen.flags:
        nadir = start + dice.whole(10, 15)
        low = chart.values("nadir")
        write_values(chart, nadir, COUNT, {"wbc": low["neutrophils"] + dice.between(0.1, 0.7), **low})
        if dice.chance("neutropenic_fever"):
            chart.condition("neutropenic_fever", nadir, over=nadir + 9)
            for name, value in chart.values("fever").items():
                chart.measure(name, nadir, value)
            chart.order("antibiotic", nadir, status="completed")
            if dice.chance("pneumonia"):
                chart.condition("pneumonia", nadir + 1, over=nadir + 16)
    return last


def _assess(chart: Chart, case: Case, day: int, remission: bool, partial: bool) -> None:
    """The response, and each first site looked at again."""
    dice = chart.dice
    left = remission and case.skin and dice.chance("clinical_remission")
    fewer = remission and not left and dice.chance("incomplete_counts")
    other = "PR" if partial else dice.one_of(("SD", "PD", "no response"))
    word = other if not remission else "CRc" if left else "CRi" if fewer else "CR"
    if dice.chance("response_written"):
        chart.finding("response", day, word, reported=0)
    if not remission and not partial and dice.chance("refractory_written"):
        chart.condition("bpdcn_refractory", day)
    whole = dice.chance("restaged_wholly")
    involved = {*case.sites, *(("site_skin",) if case.skin else ())}
    for site in sorted(case.written & {*involved, *(("site_marrow",) if remission else ())}):
        if whole or dice.chance("site_looked_at_again"):
            chart.finding(site, day, not remission, reported=0, there=True)
    if not remission:
        return
    case.reach("remission", day)
    if case.elsewhere and (whole or dice.chance("site_looked_at_again")):
        chart.finding("other_sites", day, False, reported=0, there=True)
    if whole or dice.chance("site_looked_at_again"):
        chart.procedure("marrow", day)
        chart.measure("marrow_blasts", day, chart.value("marrow", "remission"))
        if dice.chance("mrd_tested"):
            chart.measure("mrd", day, 0.01, below=True)
    if left:
        chart.finding("residual_lesion", day, True, reported=0, there=True)
    if left and dice.chance("residual_biopsied"):
        chart.procedure("skin_biopsy", day + 2)
        chart.finding("residual_biopsy", day + 2, "no disease", reported=5)
    if whole or dice.chance("csf_again"):
        chart.procedure("lumbar_puncture", day + 1)
        chart.finding("csf_flow", day + 1, False, reported=2)
    write_values(chart, day + 1, COUNT, chart.values("remission_incomplete" if fewer else "remission"))
    if dice.chance("coded_remission") and (code := billing(chart, day, remission=True)).endswith(
        "_remission"
    ):
        chart.condition(code, day + 4)
    if dice.chance("remission_noted"):
        chart.noted("remission", day)
    case.albumin = max(case.albumin, usual(chart, "albumin"))
