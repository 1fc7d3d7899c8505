"""Facts that the lines of treatment tell: when it began, which regimen, which cycle, which day; and why where not."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sapwood.definitions import Regimen
from sapwood.lines import Treatment, last_time
from sapwood.values import Moment, Value


def line_value(treatment: Treatment, key: str, as_of: Moment, regimens: Mapping[str, Regimen]) -> Value:
    """What the lines of treatment tell under a name of `from_lines`, or `None` where they tell nothing."""
    line = treatment.current
    if key.startswith("given:"):
        return True if treatment.gave(key.removeprefix("given:")) else None
    if key.startswith("last_dose_day:"):
        return treatment.last_dose(key.removeprefix("last_dose_day:"), regimens)
    if key == "treatment_planned":
        return True if treatment.planned else None
    if key == "treatment_started":
        return True if any(one.given for one in treatment.lines) else None
    if line is None:
        return None
    cycle = line.cycles[-1] if line.cycles else None
    clear = cycle if cycle is not None and not cycle.uncertain else None
    numbered = cycle is not None and not any(one.uncertain for one in line.cycles)
    stated = Decimal(line.cycles_stated) if line.cycles_stated else None
    worked: dict[str, Value] = {
        "line_count": Decimal(line.number),
        "current_regimen": line.regimen or None,
        "current_line_start": line.began,
        "first_dose_day": line.began,
        "last_dose_day": last_time(line.doses),
        "best_response": line.response or None,
        "cycle_number": Decimal(cycle.number) if cycle is not None and numbered else stated,
        "cycle_start": clear.start if clear else None,
        "doses_this_cycle": Decimal(len(clear.given)) if clear and clear.days_known else None,
        "previous_dose_day": line.previous_day(as_of.first_day),
    }
    return worked.get(key)


def unclear(treatment: Treatment, key: str) -> str:
    """Why the lines of treatment do not tell something though there are entries about it."""
    if treatment.unread:
        return "a treatment entry is there that was not understood"
    line = treatment.current
    if line is None or not line.cycles:
        return ""
    if key in ("cycle_start", "cycle_number", "doses_this_cycle") and line.cycles[-1].uncertain:
        return "it is not clear which doses belong to one cycle"
    if key in ("doses_this_cycle", "last_dose_day", "previous_dose_day"):
        return "" if all(dose.single for dose in line.doses) else "the days of the doses are not told"
    return ""
