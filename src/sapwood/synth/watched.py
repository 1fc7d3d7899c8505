"""Tagraxofusp day by day: what is measured before each dose, capillary leak, doses held and why."""

from __future__ import annotations

from .case import Case
from .chart import Chart
from .content import Giving
from .people import usual

_REASON = {
    "albumin": "albumin below 3.5 g/dL",
    "fall": "albumin fell by 0.5 g/dL or more",
    "weight": "weight up by 1.5 kg or more",
    "liver": "ALT above 5 times the upper limit",
    "kidney": "creatinine above 1.8 mg/dL",
    "leak": "capillary leak syndrome",
}


class Watch:
    """One person on tagraxofusp: what was drawn for them once, and how they are from day to day."""

    def __init__(self, chart: Chart, case: Case) -> None:
        dice = chart.dice
        self.chart = chart
        self.case = case
        self.ward = chart.content.ward
        self.leak = dice.choice("cls")
        self.onset = min(8, max(2, round(dice.around(dice.value("leak_onset"), 1.3))))
        self.liver = dice.chance("alt_rise")
        self.reaction = ""
        if dice.chance("hypersensitivity"):
            severe = self.leak == "none" and dice.chance("hypersensitivity_severe")
            self.reaction = "severe" if severe else "mild"
        self.stopped = False


def watched_cycle(watch: Watch, start: int, givings: tuple[Giving, ...], cycle: int) -> int:
    """One cycle with its daily checks; the last day on which a dose was given."""
    chart = watch.chart
    days = next(giving.days for giving in givings if giving.drug == "tagraxofusp")
    for giving in givings:
        if giving.drug != "tagraxofusp":
            for offset in giving.days:
                chart.dose(giving.drug, start + offset, "09:00")
    day = _wait_for_albumin(watch, start + days[0])
    if cycle == 1:
        chart.visit("admission", day - 1, day + 9)
    chart.order("methylprednisolone", day, status="completed")
    return _doses(watch, day, len(days), cycle)


def _wait_for_albumin(watch: Watch, day: int) -> int:
    """The day on which the first dose may be given; albumin is given until then."""
    chart, case = watch.chart, watch.case
    _checks(watch, day - 1, case.albumin, case.who.weight, usual(chart, "alt"))
    while case.albumin < watch.ward["first_albumin"]:
        chart.dose("albumin_infusion", day - 1, "18:00")
        case.albumin += chart.value("albumin_given", "albumin")
        day += 1
        _checks(watch, day - 1, case.albumin, case.who.weight, usual(chart, "alt"))
    return day


def _doses(watch: Watch, day: int, wanted: int, cycle: int) -> int:
    chart, case, dice = watch.chart, watch.case, watch.chart.dice
    base = albumin = case.albumin
    weight = before = case.who.weight + dice.around(0, 0.6)
    liver, given, last = usual(chart, "alt"), 0, day
    rises = watch.liver and (cycle == 1 or dice.chance("liver_again"))
    leaking = cycle == 1 and watch.leak != "none"
    for offset in range(int(watch.ward["window"])):
        now = day + offset
        leak_day = offset + 1 - watch.onset if leaking else -1
        if (given == wanted and not (leaking and leak_day < 1)) or now > chart.until:
            break
        albumin, weight = _change(watch, leak_day, offset, albumin, weight, base)
        liver = _liver(watch, offset, liver, rises)
        _checks(watch, now, albumin, weight, liver, leak_day)
        if leak_day == 0:
            _leak_begins(watch, now)
            if watch.leak == "fatal":
                case.die(now + dice.whole(2, 9))
                return last
        why = _held(watch, leak_day, now, albumin, base, weight - before if offset else 0.0, liver)
        if offset == 0 and why == "albumin" and albumin >= watch.ward["first_albumin"]:
            why = ""  # the first dose goes by its own gate
        if given == wanted:
            continue
        if cycle == 1 and offset == 1 and watch.reaction:
            _reaction(watch, now)
            if watch.reaction == "severe":
                watch.stopped = True
                chart.order("tagraxofusp", now, status="stopped", why="severe infusion reaction")
                return last
        if why:
            reason = _REASON[why] if dice.chance("reason_written") else ""
            chart.dose("tagraxofusp", now, "10:30", held=reason)
            if why in ("albumin", "fall", "leak"):
                chart.dose("albumin_infusion", now, "12:00")
                albumin += chart.value("albumin_given", "albumin")
            if leaking and watch.leak == "severe" and leak_day > 1:
                break
        else:
            chart.dose("tagraxofusp", now, "10:30")
            before, last, given = weight, now, given + 1
    case.albumin = min(base, max(albumin, watch.ward["first_albumin"]) + chart.value("mending", "albumin"))
    return last


def _change(
    watch: Watch, leak_day: int, offset: int, albumin: float, weight: float, base: float
) -> tuple[float, float]:
    """Albumin and weight from one day to the next."""
    chart = watch.chart
    if 0 <= leak_day <= 2:
        much = 1.6 if watch.leak in ("severe", "fatal") else 1.0
        albumin -= chart.value("leak", "albumin") * much
        weight += chart.value("leak", "weight") * much
    elif leak_day > 2:
        albumin = min(base, albumin + chart.value("mending", "albumin"))
        weight -= chart.value("mending", "weight")
    else:
        albumin -= chart.value("quiet_day", "albumin") if offset else 0.0
        weight += chart.value("quiet_day", "weight")
    return max(1.6, albumin), weight


def _liver(watch: Watch, offset: int, liver: float, rises: bool) -> float:
    """ALT from one day to the next."""
    if rises and 2 <= offset <= 5:
        return liver * watch.chart.value("liver_rise", "alt")
    own = usual(watch.chart, "alt")
    return max(own, liver * 0.75) if rises else own


def _held(
    watch: Watch, leak_day: int, day: int, albumin: float, base: float, gain: float, liver: float
) -> str:
    """Why a ward holds the day's dose; nothing where it gives it."""
    if watch.leak == "severe" and leak_day >= 0:
        return "leak"
    if round(albumin, 1) < watch.ward["albumin"]:
        return "albumin"
    if round(base - albumin, 1) >= watch.ward["albumin_fall"]:
        return "fall"
    if gain >= watch.ward["weight_gain"]:
        return "weight"
    if 0 <= day - watch.case.lysis <= 3:
        return "kidney"
    return "liver" if liver > watch.ward["alt"] else ""


def _checks(watch: Watch, day: int, albumin: float, weight: float, liver: float, leak_day: int = -1) -> None:
    """What is measured before a dose, here and there one not."""
    chart, dice = watch.chart, watch.chart.dice

    def there() -> bool:
        return not dice.chance("day_value_missing")

    if there():
        chart.measure("albumin", day, albumin, "06:40")
    if there():
        chart.measure("weight_lb" if dice.chance("day_lb") else "weight", day, weight, "07:00")
    if there():
        low = 0 <= leak_day <= 2
        severe = low and watch.leak != "mild"
        systolic = chart.value(
            *(("leak", "systolic_severe" if severe else "systolic") if low else ("quiet_day", "systolic"))
        )
        chart.pressure(day, systolic, systolic * 0.6, "07:05")
        chart.measure(
            "heart_rate", day, usual(chart, "heart_rate") + (35 if severe else 12 if low else 0), "07:05"
        )
    if there():
        chart.measure("temperature", day, usual(chart, "temperature"), "07:05")
    if there():
        chart.measure("alt", day, liver, "06:40")
        chart.measure("ast", day, liver * chart.value("liver_rise", "ast_of_alt"), "06:40")
    if there():
        lysis = 0 <= day - watch.case.lysis <= 3
        kidney = chart.value("lysis_kidney", "creatinine") if lysis else usual(chart, "creatinine")
        chart.measure("creatinine", day, kidney, "06:40")


def _leak_begins(watch: Watch, day: int) -> None:
    chart, dice = watch.chart, watch.chart.dice
    grade = {"mild": dice.whole(1, 2), "severe": 3 if dice.chance("severe_is_three") else 4, "fatal": 5}[
        watch.leak
    ]
    chart.condition(
        "capillary_leak", day, onset=day, over=day + dice.whole(5, 12) if watch.leak != "fatal" else None
    )
    chart.adverse("capillary_leak", day, "severe" if grade > 2 else "moderate" if grade == 2 else "mild")
    if dice.chance("grade_written"):
        chart.finding("cls_grade", day, grade, reported=0)
    if dice.chance("oedema_written"):
        chart.condition("oedema", day, onset=day, over=day + 8)
    if grade > 2:
        chart.noted("haemodynamic_support", day)
        chart.measure("spo2", day, chart.value("leak", "spo2"), "15:00")


def _reaction(watch: Watch, day: int) -> None:
    watch.chart.finding("hypersensitivity", day, watch.reaction, reported=0)
    if watch.reaction == "mild":
        watch.chart.finding("hypersensitivity", day + 1, "none", reported=0)
