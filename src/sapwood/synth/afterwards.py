"""After a remission: transplant, follow-up, relapse."""

from __future__ import annotations

from dataclasses import dataclass

from .beginning import stain_again
from .case import Case
from .chart import Chart
from .people import CHEMISTRY, COUNT, usual, write_values
from .treating import Course

_YEAR = 365


@dataclass(frozen=True, slots=True)
class Transplant:
    """A transplant, and when the disease comes back after it, if it does."""

    day: int
    donor: bool
    back: int | None


def transplant(chart: Chart, case: Case, course: Course, line: int) -> Transplant | None:
    """The transplant in this remission, or the word that there is none."""
    dice = chart.dice
    young = case.who.age(course.ended) <= 75
    wanted = not case.transplanted and dice.chance("transplant" if young else "transplant_over_75")
    day = course.ended + dice.whole(25, 75)
    if not wanted:
        _none(chart, case, course.ended + dice.whole(3, 20), young)
        return None
    case.transplanted = True
    case.reach("transplant", day)
    donor = not dice.chance("autologous")
    _ready(chart, case, day, donor)
    sick = donor and dice.chance("veno_occlusive")
    _day_zero(chart, case, day, donor, sick)
    outcome = dice.choice("transplant_outcome") if donor else dice.one_of(("relapse", "alive"))
    back = None
    if outcome == "death":
        died = day + min(dice.lasting("transplant_death_after"), 5 * _YEAR)
        case.die(died)
    elif outcome == "relapse":
        back = day + 40 + min(dice.lasting("transplant_relapse_after"), 5 * _YEAR)
    stop = min(case.died or chart.until, back or chart.until)
    _after_day_zero(chart, case, day, donor, stop)
    return Transplant(day, donor, back)


def _none(chart: Chart, case: Case, day: int, young: bool) -> None:
    """Why no transplant follows, where that is written."""
    dice = chart.dice
    if dice.chance("transplant_declined"):
        chart.noted("declines_transplant", day)
        if dice.chance("reason_written"):
            chart.procedure("allo", day, status="not-done", why="declined by the patient")
    elif dice.chance("team_says_no"):
        chart.finding("candidacy", day, "not a candidate", reported=0)
        if dice.chance("reason_written"):
            why = "comorbidity" if young else "age and comorbidity"
            chart.procedure("allo", day, status="not-done", why=why)
    elif young and not dice.chance("donor_found"):
        chart.finding("donor_status", day, "no suitable donor found", reported=0)
    elif dice.chance("no_transplant_written"):
        chart.noted("no_transplant", day)


def _ready(chart: Chart, case: Case, day: int, donor: bool) -> None:
    """What is done before a transplant."""
    dice = chart.dice
    chart.visit("transplant_talk", day - 30)
    if donor:
        chart.procedure("hla_typing", day - 60)
        chart.finding("donor_status", day - 35, "donor identified", reported=0)
        chart.finding("donor_status", day - 14, "cleared", reported=0)
        chart.finding(
            "donor_type",
            day - 14,
            dice.one_of(("matched sibling", "matched unrelated donor", "haploidentical")),
            reported=0,
        )
    if dice.chance("told_candidate"):
        chart.finding("candidacy", day - 28, "candidate", reported=0)
    if case.who.age(day) >= 8 and dice.chance("tested_again"):
        chart.measure("dlco", day - 25, chart.value("work_up", "dlco"))
        chart.measure("lvef", day - 25, usual(chart, "lvef"))
    if dice.chance("dental"):
        chart.procedure("dental", day - 30)
    if dice.chance("caregiver"):
        chart.noted("caregiver", day - 20)
    chart.procedure("marrow", day - 18)
    chart.measure("marrow_blasts", day - 18, chart.value("marrow", "remission"))


def _day_zero(chart: Chart, case: Case, day: int, donor: bool, sick: bool) -> None:
    """The stay: conditioning, the cells, the low counts and what comes with them."""
    dice = chart.dice
    chart.visit("admission", day - 8, day + dice.whole(18, 32))
    reduced = case.who.age(day) >= 55 or dice.chance("reduced_intensity")
    for offset in (6, 5, 4):
        chart.dose("fludarabine" if donor else "melphalan", day - offset, "10:00")
    if donor and reduced:
        chart.dose("melphalan", day - 2, "10:00")
    elif donor:
        chart.procedure("tbi", day - 3)
    words = "reduced intensity" if reduced else "myeloablative"
    if dice.chance("conditioning_written"):
        chart.finding("conditioning", day - 6, words, reported=0)
    chart.procedure("allo" if donor else "auto", day)
    if donor:
        chart.taken("tacrolimus", day - 1, day + dice.whole(120, 300))
    chart.taken("aciclovir", day, day + _YEAR)
    chart.taken("cotrimoxazole", day + 30, day + _YEAR)
    chart.order("antibiotic", day + 7, status="completed")
    for offset in (3, 7, 10, 14, 21, 28):
        counts = chart.values("aplasia" if offset < 14 else "engraftment")
        counts["wbc"] = counts["neutrophils"] + 0.4
        write_values(chart, day + offset, COUNT, counts)
        swollen = sick and offset >= 14
        liver = chart.values("veno_occlusive") if swollen else {}
        write_values(chart, day + offset, CHEMISTRY[:6], liver)
        chart.measure("weight", day + offset, case.who.weight + dice.around(6 if swollen else 0.5, 1.0))
    if sick:
        chart.condition("veno_occlusive", day + 14, onset=day + 13, over=day + 40)


def _after_day_zero(chart: Chart, case: Case, day: int, donor: bool, stop: int) -> None:
    """Graft-versus-host disease, day 100, one year, and on; nothing from the day the disease is back."""
    dice = chart.dice
    acute, chronic = dice.chance("gvhd_acute") and donor, dice.chance("gvhd_chronic") and donor
    if acute and (began := day + dice.whole(20, 85)) < stop:
        chart.condition("gvhd_acute", began, onset=began, over=began + dice.whole(30, 120))
        chart.order("methylprednisolone", began, status="completed")
    if chronic and (began := day + dice.whole(120, 400)) < stop:
        over = began + dice.whole(200, 900)
        chart.condition("gvhd_chronic", began, onset=began, over=over if dice.chance("gvhd_ends") else None)
        chart.taken("ruxolitinib", began + 10, over)
    if day + 100 < stop:
        if donor and dice.chance("follow_up_done"):
            chart.finding("chimerism", day + 98, "donor 99 %", reported=4)
        if dice.chance("follow_up_done"):
            chart.procedure("marrow", day + 97)
            chart.measure("marrow_blasts", day + 97, chart.value("marrow", "clear"))
        if dice.chance("follow_up_done"):
            chart.procedure("skin_examination", day + 97)
    if day + 200 < stop:
        for offset in (190, 250, 310):
            if day + offset < stop and dice.chance("follow_up_done"):
                chart.vaccine(day + offset)
    for year in range(1, 8):
        at = day + year * _YEAR
        if at >= stop:
            break
        for name in ("eye", "lung_function", "bone_density"):
            if dice.chance("yearly_look"):
                chart.procedure(name, at)
        chart.visit("endocrine", at + 3)
        write_values(chart, at, ("tsh", "ferritin"))


def follow(chart: Chart, case: Case, course: Course, done: Transplant | None, back: int | None) -> None:
    """Visits in remission, until the disease is back, the person dies, or the record ends."""
    dice = chart.dice
    start = (done.day + 60) if done else course.ended + 30
    stop = min(x for x in (back, case.died, chart.until + 1) if x is not None)
    if not done and dice.chance("end_written"):
        chart.noted("ended", course.ended + 5)
    case.reach("follow-up", start)
    if dice.chance("summary") and start + 60 < stop:
        chart.procedure("summary", start + 60)
    day, visits = start, 0
    while day < stop:
        if dice.chance("follow_up_done"):
            chart.visit("clinic", day)
            write_values(chart, day, COUNT, chart.values("follow_up"))
            if dice.chance("visit_chemistry"):
                write_values(chart, day, CHEMISTRY[:6])
            if dice.chance("visit_skin"):
                chart.procedure("skin_examination", day)
            if visits % 4 == 1 and dice.chance("yearly_scan"):
                chart.procedure("pet_ct", day + 2)
            if visits % 4 == 2:
                _beside(chart, day)
        visits += 1
        day += dice.whole(26, 40) if visits < 6 else dice.whole(75, 105)


def _beside(chart: Chart, day: int) -> None:
    """What a follow-up clinic asks about beside the blood, here and there."""
    dice = chart.dice
    chart.visit("dermatology_later", day + 6)
    if dice.chance("distress_asked"):
        chart.finding("distress", day, "no distress", reported=0)
    if dice.chance("self_check"):
        chart.noted("self_check", day)
    if dice.chance("screening"):
        chart.procedure("screening", day + 20)
    if dice.chance("vaccination_plan"):
        chart.procedure("vaccination_plan", day)


def relapse(chart: Chart, case: Case, day: int) -> None:
    """The disease is back: where, proven how, and new tissue."""
    dice = chart.dice
    case.reach("relapse", day)
    chart.visit("clinic", day)
    if dice.chance("relapse_in_cns"):
        chart.condition("facial_palsy", day, onset=day - 2)
        chart.condition("relapse_cns", day + 3)
        chart.procedure("lumbar_puncture", day + 1)
        chart.finding("csf_flow", day + 1, True, reported=2)
        return
    skin = case.skin and dice.chance("relapse_in_skin")
    if skin:
        chart.condition("new_lesion", day, onset=day - dice.whole(3, 20))
    if dice.chance("relapse_biopsied"):
        chart.procedure("skin_biopsy" if skin else "marrow", day + 3)
        stain_again(chart, day + 3, "Skin" if skin else "Bone marrow")
        if skin:
            chart.finding("relapse_biopsy", day + 3, True, reported=5)
    chart.condition("relapse_skin" if skin else "bpdcn_relapsed", day + 8, clinical="recurrence")
    if not skin:
        chart.measure("marrow_blasts", day + 3, chart.value("marrow", "relapse"))
    write_values(chart, day, COUNT, chart.values("relapse"))
    if dice.chance("lp_done") and dice.chance("fluid_at_relapse"):
        chart.procedure("lumbar_puncture", day + 5)
        chart.finding("csf_flow", day + 5, case.cns, reported=2)
    if dice.chance("goals_talked"):
        chart.procedure("goals", day + 9)
