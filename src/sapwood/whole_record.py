"""What a record as a whole says: age, sex, death, its first and last entry; and what of it a plan leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from sapwood.concepts import listed
from sapwood.elements import clinical_time
from sapwood.errors import Problem
from sapwood.lifetime import age_in_years, has_died, stated_age
from sapwood.record import Record
from sapwood.values import Moment, Value, is_later

_CLINICAL = ("Condition", "Observation", "Procedure", "MedicationAdministration", "MedicationStatement")


class WholeRecord:
    """One record seen from one moment."""

    def __init__(self, record: Record, as_of: Moment, looks_back: bool | None) -> None:
        self.record = record
        self.as_of = as_of
        self.looks_back = looks_back

    @cached_property
    def span(self) -> tuple[Moment | None, Moment | None]:
        """The first and the last dated entry up to now."""
        times = [time for time in self.times if not is_later(time, self.as_of)]
        if not times:
            return None, None
        return min(times, key=lambda time: time.first), max(times, key=lambda time: time.last)

    @cached_property
    def times(self) -> list[Moment]:
        """The time of every dated entry, in file order."""
        return [time for entry in self.record.resources if (time := clinical_time(entry)) is not None]

    @cached_property
    def replay(self) -> bool:
        """Whether this looks back: the record holds entries from after the moment of the plan."""
        if self.looks_back is not None:
            return self.looks_back
        return any(is_later(time, self.as_of) for time in self.times)

    def tells(self, key: str) -> tuple[Value, str]:
        """What the record, or its Patient, says under a name of `from_record`; and why where it does not."""
        record = self.record
        if key in ("record_first", "record_last"):
            return self.span[0 if key == "record_first" else 1], ""
        if not record.plain and record.patient is None:
            return None, "the record has no Patient resource"
        if key == "birth_age_years":
            if record.birth_date is None:
                return stated_age(record.patient or {}, self.as_of)
            return age_in_years(record.birth_date, self.as_of)
        if key == "deceased":
            return has_died(record.patient or {}, self.as_of, self.replay)
        gender = record.gender
        value = gender if gender in ("male", "female") else None
        return value, "" if value or gender is None else "recorded as other or unknown"

    def left_out(self) -> Iterator[Problem]:
        """What a plan leaves out: entries dated later, clinical entries inside others."""
        later = sum(is_later(time, self.as_of) for time in self.times)
        if later:
            what = f"{later} {'entry is' if later == 1 else 'entries are'} dated after {self.as_of}"
            yield Problem(
                "the record", what, "They do not count; check the dates if this is a plan of today."
            )
        inside = sum(
            isinstance(one, dict) and one.get("resourceType") in _CLINICAL
            for entry in self.record.resources
            for one in listed(entry.get("contained"))
        )
        if inside:
            stand = "entry stands" if inside == 1 else "entries stand"
            what = f"{inside} clinical {stand} inside another resource"
            remedy = "They are not read as facts; export them as resources of their own."
            yield Problem("the record", what, remedy)
