"""Age and death of a person at one moment, from what the Patient resource says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sapwood.values import Moment, Range, Value, is_later, read_moment


def age_in_years(birth_date: Any, as_of: Moment) -> tuple[Value, str]:
    """Whole years of age: a number, or a range where the birth date is partial; and why where unknown."""
    days = _days_of(birth_date)
    if days is None:
        return None, "the birth date is not one that exists" if birth_date is not None else ""
    youngest = _years(days[1], as_of.first_day)
    exact = days[0] is days[1] and as_of.exact
    oldest = youngest if exact else _years(days[0], as_of.last_day)
    if youngest < 0:
        if oldest < 0:
            return None, "the birth date is after the day of this plan"
        youngest = 0
    if oldest > 130:
        return None, "the birth date gives an age no person has reached"
    if youngest == oldest:
        return Decimal(oldest), ""
    return Range(Decimal(youngest), Decimal(oldest)), ""


AGE_ON_A_DAY = "urn:sapwood:age-on-a-day"
"""An extension of Patient: the age (`from`, `to`) on a day (`on`), where the birth date stays behind."""


def stated_age(patient: Mapping[str, Any], as_of: Moment) -> tuple[Value, str]:
    """The age that a Patient without a birth date states of one day, moved on to another; and why where unknown."""
    for extension in patient.get("extension") or ():
        if not isinstance(extension, dict) or extension.get("url") != AGE_ON_A_DAY:
            continue
        parts = {part.get("url"): part for part in extension.get("extension") or () if isinstance(part, dict)}
        low, high = (parts.get(key, {}).get("valueInteger") for key in ("from", "to"))
        days = _days_of(parts.get("on", {}).get("valueDate"))
        if type(low) is not int or type(high) is not int or days is None:
            return None, "an age is stated that cannot be read"
        if as_of.first_day < days[1]:
            return None, "the age is stated of a later day"
        passed = _years(days[0], as_of.last_day)
        later = passed + (as_of.last_day > days[0])
        if not 0 <= low <= high <= high + later <= 130:
            return None, "an age is stated that no person has"
        if low + passed == high + later:
            return Decimal(low + passed), ""
        return Range(Decimal(low + passed), Decimal(high + later)), ""
    return None, ""


def _days_of(text: Any) -> tuple[date, date] | None:
    """The first and the last day a date can mean; the commonest form is read without a `Moment`."""
    if type(text) is str and len(text) == 10 and text[4] == "-" == text[7]:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return None
        return day, day
    moment = read_moment(text)
    return (moment.first_day, moment.last_day) if moment is not None else None


def _years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def has_died(patient: Mapping[str, Any], as_of: Moment, replay: bool) -> tuple[Value, str]:
    """Whether a person had died by then, and why where it is not known; an undated death counts only today."""
    died = patient.get("deceasedDateTime")
    if died is not None:
        moment = read_moment(died)
        if moment is None:
            return None, "the date of death is not one that exists"
        return not is_later(moment, as_of), ""
    stated = None if replay else patient.get("deceasedBoolean")
    return (stated, "") if isinstance(stated, bool) else (None, "")
