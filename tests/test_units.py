"""Units: what real records write, what it certainly means, and that every factor is the library's."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sapwood.units import TABLE, contradicts_itself, convert, ucum_code

SPELLINGS = {
    "10*3/uL": "K/uL|k/ul|K/mm3|10^3/µL|10^3/μL|10³/µL|10*3/uL|10E3/uL|x10E3/uL|x10^3/uL|X 10^3/mm^3|"
    "thou/mm3|Thousand/uL|10**3/uL|10e3/ul|10(3)/uL|x10³/mm³",
    "10*6/uL": "M/uL|10^6/uL|million/mm3|x10E6/uL",
    "10*9/L": "x10^9/L|10*9/L|G/L|G/l|Gpt/L|10^9 cells/L|10⁹/L|x10⁹/L|x10(9)/L|10E9/L|x109/L|10E+09/L|Mrd/l",
    "10*12/L": "T/L|10*12/L|x10^12/L|Tpt/l",
    "10*5/uL": "lakhs/cumm",
    "/uL": "/mm3|cells/uL|/cumm|cells/µL|1/uL|cells/mm³",
    "g/L": "g/L|g/l|gm/L",
    "g/dL": "g/dL|g/dl|G/DL|gm/dL|gm%|g%",
    "mg/dL": "mg/dL|mg/dl|MG/DL|mg%|mg/100mL",
    "ug/kg": "mcg/kg|µg/kg|ug/kg|MCG/KG",
    "umol/L": "µmol/L|μmol/L|umol/L|umol/l|micromol/L|mcmol/L",
    "mmol/L": "mmol/L|MMOL/L|mmol/l",
    "meq/L": "mEq/L|meq/l|MEQ/L",
    "mm[Hg]": "mm Hg|mmHg|MMHG|mm[Hg]",
    "Cel": "°C|degC|C|Cel|deg C|Celsius|℃",
    "[degF]": "F|°F|degF|[degF]|Fahrenheit|℉",
    "/min": "bpm|BPM|beats/min|beats/minute|/min|{beats}/min|breaths/min|1/min",
    "%": "%|percent|Percent|{%}".removesuffix("|{%}"),
    "U/L": "IU/L|U/l|U/L|units/L|u/l|UI/L|[IU]/L",
    "ukat/L": "µkat/L|ukat/l",
    "kg": "kg|KG|Kg|kilograms|kgs",
    "[lb_av]": "lb|lbs|LB|pounds|[lb_av]",
    "[oz_av]": "oz|ounces",
    "cm": "cm|CM|centimetres",
    "[in_i]": "in|inches|inch|[in_i]|IN",
    "m": "m|meter",
    "m2": "m2|m²|m^2",
    "kg/m2": "kg/m2|kg/m²|kg/m^2",
    "mL/min": "mL/min|ml/min",
    "mL/min/{1.73_m2}": "mL/min/1.73m2|mL/min/1.73 m2|mL/min/1.73m²|mL/min/1.73.m2|mL/min/{1.73_m2}|"
    "ml/min/1.73 m^2|mL/min/1.73/m2",
    "s": "sec|s|seconds|secs",
    "1": "ratio|1|{ratio}",
    "{INR}": "{INR}|INR|inr",
    "{score}": "{score}|points",
    "ng/mL": "ng/mL|ng/ml",
    "fL": "fL|fl|FL",
}


@pytest.mark.parametrize(
    ("written", "code"), [(written, code) for code, all_ in SPELLINGS.items() for written in all_.split("|")]
)
def test_what_records_write_is_understood(written: str, code: str) -> None:
    assert ucum_code(written) == code
    assert ucum_code(f"  {written} ") == code


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "foo",
        "K",
        "m/uL",
        "mM",
        "109/L",
        "10 9/L",
        "pt",
        "#",
        "{weird}",
        "x",
        "[",
        "mg/",
        "a" * 500,
        "10*999999999",
    ],
)
def test_what_is_ambiguous_or_unknown_is_no_unit(written: str) -> None:
    assert ucum_code(written) is None


def test_a_code_of_the_table_means_itself() -> None:
    """Converting reads spellings, so reading a code again must give the same unit."""
    for units in TABLE.values():
        for unit in units:
            assert convert(Decimal(1), unit, ucum_code(unit) or "") == 1, unit
            assert ucum_code(ucum_code(unit) or "") == ucum_code(unit), unit


@pytest.mark.parametrize(
    ("value", "unit", "to", "wanted"),
    [
        ("36", "g/L", "g/dL", "3.6"),
        ("3.20", "g/dL", "g/L", "32.0"),
        ("98.6", "[degF]", "Cel", "37"),
        ("100.4", "[degF]", "Cel", "38"),
        ("38.3", "Cel", "[degF]", "100.94"),
        ("150", "[lb_av]", "kg", "68.0388555"),
        ("70", "[in_i]", "cm", "177.8"),
        ("7.1", "10*3/uL", "10*9/L", "7.1"),
        ("7100", "/uL", "10*9/L", "7.1"),
        ("7100", "/mm3", "10*9/L", "7.1"),
        ("1", "ukat/L", "U/L", "60"),
        ("40", "IU/L", "U/L", "40"),
        ("0.45", "1", "%", "45"),
        ("1.1", "1", "{INR}", "1.1"),
        ("5", "10*3/uL{cells}", "10*9/L", "5"),
        ("12", "ug/kg", "mg/kg", "0.012"),
        ("0.1", "g/dL", "mg/dL", "100"),
        ("4.1", "g/dl", "g/dL", "4.1"),
        ("12", "mmol/mol", "1", "0.012"),
    ],
)
def test_conversions_are_exact(value: str, unit: str, to: str, wanted: str) -> None:
    assert convert(Decimal(value), unit, to) == Decimal(wanted)


@pytest.mark.parametrize(
    ("unit", "to"),
    [
        ("g/dL", "mmol/L"),  # without a molar mass
        ("g/L", "10*9/L"),
        ("G/L", "g/L"),  # giga, not gram
        ("%", "{INR}"),  # Quick's percentage is no INR
        ("mL/min/{1.73_m2}", "mL/min"),  # one is of the body, the other of its surface
        ("meq/L", "mmol/L"),  # the charge is not known
        ("[IU]/mL", "ng/mL"),
        ("kg", "m"),
        ("", "kg"),
        ("kg", ""),
        ("K/uL", "K"),
        ("mmol/mol", "g/L"),
        ("nonsense", "kg"),
        ("Cel", "kg"),
    ],
)
def test_what_cannot_be_compared_is_none(unit: str, to: str) -> None:
    assert convert(Decimal(1), unit, to) is None


def test_moles_become_mass_only_with_a_molar_mass() -> None:
    creatinine = Decimal("113.12")
    assert convert(Decimal(100), "umol/L", "mg/dL", molar_mass=creatinine) == Decimal("1.1312")
    assert convert(Decimal("1.1312"), "mg/dL", "umol/L", molar_mass=creatinine) == 100
    for senseless in ("0", "-1", "NaN"):
        assert convert(Decimal(1), "umol/L", "mg/dL", molar_mass=Decimal(senseless)) is None


def test_an_equivalent_is_a_mole_only_for_an_ion_of_one_charge() -> None:
    potassium, calcium = Decimal("39.098"), Decimal("40.078")
    assert convert(Decimal("4.1"), "mEq/L", "mmol/L", molar_mass=potassium) == Decimal("4.1")
    assert convert(Decimal("4.1"), "mEq/L", "mmol/L", molar_mass=calcium) is None
    assert convert(Decimal("4.1"), "mEq/L", "mg/dL", molar_mass=calcium) is None


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1E+999999", "-1E-999999"])
def test_a_number_without_measure_is_none(number: str) -> None:
    assert convert(Decimal(number), "g/L", "g/dL") is None


def test_no_fraction_is_cut_short() -> None:
    third = convert(Decimal(1), "/h", "/min")
    assert third is not None
    assert abs(Fraction(third) - Fraction(1, 60)) < Fraction(1, 10**38)


@pytest.mark.parametrize("kind", TABLE)
def test_every_row_of_the_table_is_the_librarys(kind: str) -> None:
    ucumvert = pytest.importorskip("ucumvert")
    registry = library(ucumvert)
    base = next(iter(TABLE[kind]))
    for unit, factor in TABLE[kind].items():
        if kind in ("temperature", "normalised ratio", "score"):
            continue  # a zero of its own is tested below; the library does not read a bare annotation
        one, target = registry.from_ucum(unit), registry.from_ucum(base)
        theirs = Fraction(str(registry.Quantity(Decimal(1), one.units).to(target.units).magnitude))
        theirs *= Fraction(str(one.magnitude)) / Fraction(str(target.magnitude))
        # mm[Hg]: the library has conventional millimetres of mercury, UCUM's own table 133.322 Pa.
        close = Fraction(1, 10**5) if unit == "mm[Hg]" else Fraction(1, 10**25)
        assert abs(theirs / Fraction(factor) - 1) < close, (unit, theirs)


def test_temperatures_are_the_librarys() -> None:
    registry = library(pytest.importorskip("ucumvert"))
    for unit in ("[degF]", "Cel"):
        for to in ("[degF]", "Cel"):
            theirs = registry.Quantity(Decimal("98.6"), registry.from_ucum(unit).units)
            ours = convert(Decimal("98.6"), unit, to)
            assert ours is not None
            assert abs(ours - theirs.to(registry.from_ucum(to).units).magnitude) < Decimal("1e-20"), (
                unit,
                to,
            )


_REGISTRY: list[Any] = []


def library(ucumvert: Any) -> Any:
    if not _REGISTRY:
        _REGISTRY.append(ucumvert.PintUcumRegistry(non_int_type=Decimal))
    return _REGISTRY[0]


def test_usual_units_never_load_the_library() -> None:
    """It takes a second to load, and a plan should not wait for it."""
    code = (
        "import sys; from decimal import Decimal; from sapwood.units import convert, ucum_code\n"
        "assert convert(Decimal(36), 'g/L', 'g/dL') == Decimal('3.6')\n"
        "assert ucum_code('K/uL') and not ucum_code('{x}')\n"
        "assert convert(Decimal(1), 'umol/L', 'mg/dL') is None and convert(Decimal(1), 'U/L', 'kg') is None\n"
        "sys.exit('ucumvert' in sys.modules or 'pint' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_code_and_a_printed_unit_that_differ_are_noticed() -> None:
    assert contradicts_itself({"code": "mg/dL", "unit": "g/dL"})
    assert contradicts_itself({"code": "mg/dL", "unit": "mmol/L"})
    for code, unit in [
        ("10*3/uL", "K/uL"),
        ("mg/dL", "mg/dL"),
        ("U/L", "IU/L"),
        ("%", "% of cells seen"),
        (None, "g/L"),
    ]:
        assert not contradicts_itself({"code": code, "unit": unit}), (code, unit)


@given(st.text(max_size=80))
def test_any_text_is_a_unit_or_none(text: str) -> None:
    code = ucum_code(text)
    assert code is None or ucum_code(code) == code
    assert convert(Decimal(1), text, "g/dL") is None or code is not None


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**6), max_value=10**6),
    st.sampled_from([(kind, unit) for kind, units in TABLE.items() for unit in units]),
    st.data(),
)
def test_there_and_back_is_the_same_number(
    number: Decimal, first: tuple[str, str], data: st.DataObject
) -> None:
    kind, unit = first
    other = data.draw(st.sampled_from(sorted(TABLE[kind])))
    there = convert(number, unit, other)
    assert there is not None
    back = convert(there, other, unit)
    assert back is not None
    assert abs(back - number) <= abs(number) * Decimal("1e-30") + Decimal("1e-30")
