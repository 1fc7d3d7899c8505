"""What is asked in the rooms of a patient, beside the interview's own questions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from sapwood_web.records.daily import (
    BIG_STEP,
    TEMPERATURE,
    UNITS,
    WEIGHT,
    number_in,
    span_of,
    value_of,
)
from sapwood_web.records.reading import pack


class DayForm(forms.Form):
    """One day: weight, temperature, swelling; each may be left out."""

    day = forms.DateField(
        label=later("Which day?"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "invalid": later("Choose a day from the calendar."),
            "required": later("Choose a day."),
        },
    )
    weight = forms.CharField(
        label=later("Weight"),
        required=False,
        max_length=8,
        help_text=later("In the morning, after the toilet, before breakfast, on the same scale."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "short", "autocomplete": "off"}),
    )
    weight_unit = forms.ChoiceField(
        label=later("Unit of the weight"),
        choices=[("kg", later("kilograms (kg)")), ("lb", later("pounds (lb)"))],
    )
    temperature = forms.CharField(
        label=later("Temperature"),
        required=False,
        max_length=8,
        help_text=later("Measure it before you take paracetamol."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "short", "autocomplete": "off"}),
    )
    temperature_unit = forms.ChoiceField(
        label=later("Unit of the temperature"),
        choices=[("c", later("Celsius (°C)")), ("f", later("Fahrenheit (°F)"))],
    )
    swelling = forms.ChoiceField(
        label=later("Is there new or worse swelling, in the legs, belly, hands or face?"),
        required=False,
        choices=[("no", later("No")), ("yes", later("Yes")), ("", later("I did not look, or I am not sure"))],
        widget=forms.RadioSelect,
    )
    sure = forms.BooleanField(
        label=later("The weight is right. I looked at the scale and at the unit."), required=False
    )

    def __init__(self, *arguments: Any, last_weight: Decimal | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.last_weight = last_weight
        self.asks_sure = False

    def clean_day(self) -> date:
        """The day; none that is still to come."""
        day: date = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come. Choose today or a day before."))
        return day

    def clean(self) -> dict[str, Any]:
        """Each measurement held against what a body can have, and against the last one."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        said: dict[str, str] = {}
        weight = self._measured(WEIGHT, typed, UNITS.get(typed.get("weight_unit", "")), said)
        self._measured(TEMPERATURE, typed, UNITS.get(typed.get("temperature_unit", "")), said)
        if weight is not None and not typed.get("sure") and self._is_odd(weight):
            self.asks_sure = True
            self.add_error(
                "weight",
                _(
                    "This is far from the last weight that we have. Look once more at the number and at the unit. "
                    "If it is right, tick the box below and send it again."
                ),
            )
        if typed.get("swelling"):
            said["swelling"] = typed["swelling"]
        if not said and not self.errors:
            raise forms.ValidationError(_("Nothing is filled in yet. One of the three is enough."))
        if "day" in typed:
            said["day"] = typed["day"].isoformat()
        typed["said"] = said
        return typed

    def _measured(
        self, fact: str, typed: dict[str, Any], unit: str | None, said: dict[str, str]
    ) -> Decimal | None:
        text = typed.get(fact, "").strip()
        if not text:
            return None
        number = number_in(text)
        if number is None or unit is None:
            self.add_error(
                fact, _("Write the number only, such as %(example)s.") % {"example": EXAMPLES[fact]}
            )
            return None
        value = value_of(pack(), fact, f"{number} {unit}")
        if value is None:
            low, high = span_of(pack(), fact)
            words = {"low": low, "high": high, "number": text, "unit": unit}
            self.add_error(
                fact,
                {
                    WEIGHT: _(
                        "%(number)s %(unit)s cannot be a weight. Look once more at the number and at the unit."
                    ),
                    TEMPERATURE: _(
                        "%(number)s %(unit)s cannot be the temperature of a body. It lies between %(low)s and "
                        "%(high)s °C. Look once more at the number and at the unit."
                    ),
                }[fact]
                % words,
            )
            return None
        said[fact] = f"{number} {unit}"
        return value

    def _is_odd(self, weight: Decimal) -> bool:
        last = self.last_weight
        return last is not None and abs(weight - last) > BIG_STEP * last


EXAMPLES = {WEIGHT: "71.5", TEMPERATURE: "36.8"}
