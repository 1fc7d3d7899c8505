"""Units: the spellings of real records -> UCUM codes, and exact conversion between them.

What is ambiguous or unknown is `None`, never a guess; a number without a unit has no unit.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

_PER_173 = "mL/min/{1.73_m2}"
_WIDE = Context(prec=1000)  # wide enough that multiplying two printed numbers is exact
_LONG = Context(prec=40)  # for what no decimal states exactly, such as a third

# kind -> {UCUM code: how many of the kind's first unit it is}. A test proves every row against the library.
TABLE: dict[str, dict[str, str]] = {
    "mass concentration": {
        "g/L": "1", "g/dL": "10", "g/mL": "1000", "mg/dL": "0.01", "mg/L": "0.001", "mg/mL": "1",
        "ug/mL": "0.001", "ug/dL": "0.00001", "ug/L": "0.000001", "ng/mL": "0.000001",
        "ng/dL": "0.00000001", "ng/L": "0.000000001", "pg/mL": "0.000000001",
    },
    "amount concentration": {
        "mol/L": "1", "mmol/L": "0.001", "umol/L": "0.000001", "nmol/L": "0.000000001",
        "pmol/L": "0.000000000001", "mmol/dL": "0.01", "umol/dL": "0.00001", "nmol/mL": "0.000001",
    },
    "equivalent concentration": {"eq/L": "1", "meq/L": "0.001", "meq/dL": "0.01"},
    "number concentration": {
        "/L": "1", "/mL": "1000", "/uL": "1000000", "/mm3": "1000000", "10*3/mL": "1000000",
        "10*6/mL": "1000000000", "10*3/uL": "1000000000", "10*3/mm3": "1000000000",
        "10*5/uL": "100000000000", "10*6/uL": "1000000000000", "10*6/mm3": "1000000000000",
        "10*6/L": "1000000", "10*9/L": "1000000000", "10*12/L": "1000000000000",
    },
    "enzyme activity": {
        "U/L": "1", "U/mL": "1000", "mU/mL": "1", "mU/L": "0.001", "kU/L": "1000", "kat/L": "60000000",
        "ukat/L": "60", "nkat/L": "0.06",
    },
    "international units": {
        "[IU]/L": "1", "[IU]/mL": "1000", "m[IU]/mL": "1", "m[IU]/L": "0.001", "u[IU]/mL": "0.001",
        "k[IU]/L": "1000", "[IU]/dL": "10",
    },
    "mass": {
        "kg": "1", "g": "0.001", "mg": "0.000001", "ug": "0.000000001", "ng": "0.000000000001",
        "pg": "0.000000000000001", "[lb_av]": "0.45359237", "[oz_av]": "0.028349523125",
        "[stone_av]": "6.35029318",
    },
    "dose by weight": {"mg/kg": "1", "ug/kg": "0.001", "g/kg": "1000", "ng/kg": "0.000001"},
    "dose by surface": {"mg/m2": "1", "g/m2": "1000", "ug/m2": "0.001"},
    "length": {
        "m": "1", "cm": "0.01", "mm": "0.001", "um": "0.000001", "[in_i]": "0.0254", "[ft_i]": "0.3048",
    },
    "area": {"m2": "1", "cm2": "0.0001", "mm2": "0.000001"},
    "volume": {
        "L": "1", "dL": "0.1", "mL": "0.001", "uL": "0.000001", "fL": "0.000000000000001", "cm3": "0.001",
        "mm3": "0.000001",
    },
    "mass by area": {"kg/m2": "1"},
    "time": {"s": "1", "ms": "0.001", "min": "60", "h": "3600", "d": "86400", "wk": "604800"},
    "frequency": {"/min": "1", "/s": "60", "/h": "1/60"},
    "pressure": {"kPa": "1", "Pa": "0.001", "mm[Hg]": "0.133322", "cm[H2O]": "0.0980665"},
    "flow": {"mL/min": "1", "L/min": "1000", "mL/s": "60", "dL/min": "100"},
    "flow by surface": {_PER_173: "1"},
    "speed": {"mm/h": "1"},
    "share": {"1": "1", "%": "0.01", "[ppth]": "0.001"},
    "normalised ratio": {"{INR}": "1"},
    "score": {"{score}": "1"},
    "temperature": {"Cel": "1", "[degF]": "1"},
}  # fmt: skip

_FACTORS = {unit: (kind, Fraction(factor)) for kind, units in TABLE.items() for unit, factor in units.items()}
_SAME_NUMBER = {("{INR}", "1"), ("1", "{INR}"), ("{score}", "1"), ("1", "{score}")}
_TO_CELSIUS = {"Cel": (Fraction(1), Fraction(0)), "[degF]": (Fraction(5, 9), Fraction(-160, 9))}
# g/mol of the ions with one charge: only for them is an equivalent a mole.
_ONE_CHARGE = {
    "sodium": "22.99", "potassium": "39.098", "chloride": "35.45", "bicarbonate": "61.017", "lithium": "6.94",
}  # fmt: skip


def convert(value: Decimal, unit: str, to: str, *, molar_mass: Decimal | None = None) -> Decimal | None:
    """A number in another unit, exact where a decimal can state it; `None` where the two cannot be compared.

    Units are UCUM codes or any spelling `ucum_code` knows. Moles become mass only with a molar mass (g/mol),
    and equivalents become moles or mass only with the molar mass of an ion of one charge.
    """
    if not value.is_finite() or abs(value.adjusted()) > 400:
        return None
    if unit == to:
        return value
    unit, to = ucum_code(unit) or "", ucum_code(to) or ""
    if unit in _TO_CELSIUS and to in _TO_CELSIUS:
        scale, zero = _TO_CELSIUS[unit]
        to_scale, to_zero = _TO_CELSIUS[to]
        return _decimal((Fraction(value) * scale + zero - to_zero) / to_scale)
    factor = _factor(unit, to, molar_mass)
    if factor is None:
        return None
    if type(factor) is Decimal:
        return _WIDE.multiply(value, factor)
    return _decimal(Fraction(value) * Fraction(factor))


@lru_cache(maxsize=4096)
def _factor(unit: str, to: str, molar_mass: Decimal | None) -> Decimal | Fraction | None:
    ratio = _ratio(unit, to, molar_mass)
    if ratio is None:
        return None
    exact = _decimal(ratio)
    return exact if Fraction(exact) == ratio else ratio


def _ratio(unit: str, to: str, molar_mass: Decimal | None) -> Fraction | None:
    if not unit or not to:
        return None
    if unit == to:
        return Fraction(1)
    if (unit, to) in _SAME_NUMBER:
        return Fraction(1)
    unit, to = _plain(unit), _plain(to)
    if unit not in _FACTORS or to not in _FACTORS:
        return _library_ratio(unit, to)
    kind, factor = _FACTORS[unit]
    to_kind, to_factor = _FACTORS[to]
    if kind == to_kind:
        return None if kind == "temperature" else factor / to_factor
    kinds = {kind, to_kind}
    if kinds == {"enzyme activity", "international units"}:
        return factor / to_factor  # laboratories write IU/L for the enzyme unit
    if molar_mass is None or not molar_mass.is_finite() or molar_mass <= 0:
        return None
    if "equivalent concentration" in kinds and not _has_one_charge(molar_mass):
        return None
    grams = Fraction(molar_mass)
    to_grams = {
        "mass concentration": Fraction(1),
        "amount concentration": grams,
        "equivalent concentration": grams,
    }
    if not kinds <= to_grams.keys():
        return None
    return factor * to_grams[kind] / (to_factor * to_grams[to_kind])


def _has_one_charge(molar_mass: Decimal) -> bool:
    return any(abs(molar_mass - Decimal(mass)) < Decimal("0.05") for mass in _ONE_CHARGE.values())


def _decimal(ratio: Fraction) -> Decimal:
    rest = ratio.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    context = _WIDE if rest == 1 else _LONG
    return context.divide(Decimal(ratio.numerator), Decimal(ratio.denominator))


def _plain(unit: str) -> str:
    """A code without the annotations that only name what is counted: `{cells}/uL` is `/uL`."""
    if "{" not in unit or unit in _FACTORS:
        return unit
    return re.sub(r"\{[^{}]*\}", "", unit) or unit


# What the library is never asked: units whose dimension hides their meaning (an equivalent is no mole, an
# international unit no plain number), and what could cost time without bound.
_SHAPE = re.compile(r"[A-Za-z0-9*/.()\[\]_'%^+\-]{1,40}\Z")
_MISLEADING = re.compile(r"eq|\[IU\]|\[iU\]|\[arb|\[.*U\]|\{|\d{3}")


@lru_cache(maxsize=1)
def _library() -> Any:
    import ucumvert  # type: ignore[import-untyped]  # takes a second, and most records need nothing beyond the table

    return ucumvert.PintUcumRegistry(non_int_type=Decimal)


@lru_cache(maxsize=4096)
def _library_quantity(unit: str) -> Any:
    if not _SHAPE.match(unit) or _MISLEADING.search(unit):
        return None
    try:
        return _library().from_ucum(unit)
    except Exception:  # whatever a parser of other people's text raises: the unit is not understood
        return None


def _library_ratio(unit: str, to: str) -> Fraction | None:
    one, target = _library_quantity(unit), _library_quantity(to)
    if one is None or target is None:
        return None
    try:
        registry = _library()
        zero, single = (registry.Quantity(Decimal(n), one.units).to(target.units).magnitude for n in (0, 1))
        if zero != 0:
            return None
        return Fraction(str(single)) * Fraction(str(one.magnitude)) / Fraction(str(target.magnitude))
    except Exception:  # different dimensions, or a scale with a zero of its own
        return None


# As written, where case tells them apart: G and T before "per litre" are giga and tera, while g/L is gram.
_AS_WRITTEN: dict[str, str | None] = {
    "G/L": "10*9/L", "G/l": "10*9/L", "Gpt/L": "10*9/L", "Gpt/l": "10*9/L", "Giga/L": "10*9/L",
    "Giga/l": "10*9/L", "T/L": "10*12/L", "T/l": "10*12/L", "Tpt/L": "10*12/L", "Tpt/l": "10*12/L",
    "M/uL": "10*6/uL", "M/UL": "10*6/uL", "M/mm3": "10*6/uL", "m/uL": None, "m/ul": None, "m/mm3": None,
    "m": "m", "mm": "mm", "s": "s", "h": "h",
    "d": "d", "L": "L", "l": "L", "g": "g", "K": None, "C": "Cel", "F": "[degF]", "%": "%", "1": "1",
    "in": "[in_i]", "IN": "[in_i]", "pt": None, "Pt": None, "ft": "[ft_i]", "FT": "[ft_i]", "fL": "fL",
    "fl": "fL", "FL": "fL", "pg": "pg", "PG": "pg",
}  # fmt: skip

# Any case, without spaces: the UCUM code, then how people write it.
_SPELLINGS = {
    "g/dL": "g/dl gm/dl gms/dl g% gm% grams/dl gram/dl g/100ml",
    "g/L": "g/l gm/l grams/l",
    "mg/dL": "mg/dl mg% mgs/dl mg/100ml mgm/dl",
    "mg/L": "mg/l",
    "mg/mL": "mg/ml",
    "ug/mL": "ug/ml mcg/ml",
    "ug/dL": "ug/dl mcg/dl",
    "ug/L": "ug/l mcg/l",
    "ng/mL": "ng/ml",
    "ng/dL": "ng/dl",
    "ng/L": "ng/l",
    "pg/mL": "pg/ml",
    "mmol/L": "mmol/l mmols/l millimol/l millimole/l",
    "umol/L": "umol/l mcmol/l micromol/l micromole/l umols/l",
    "nmol/L": "nmol/l",
    "pmol/L": "pmol/l",
    "meq/L": "meq/l meqs/l mval/l",
    "10*3/uL": "k/ul k/mm3 k/cumm k/cmm thou/ul thou/mm3 thou/cumm thous/ul thous/mm3 thousand/ul "
    "thousands/ul thousand/mm3 thousands/mm3 thousand/cumm th/ul th/mm3 th/cumm tsd/ul tsd./ul",
    "10*5/uL": "lakh/cumm lakhs/cumm lakh/mm3 lakhs/mm3 lakh/ul lakhs/ul lac/cumm lacs/cumm",
    "10*6/uL": "mil/ul mil/mm3 mill/ul mill/mm3 mill/cumm million/ul millions/ul million/mm3 million/cumm",
    "10*9/L": "bil/l billion/l mrd/l mrd./l",
    "/uL": "/ul /mm3 /cumm /cmm 1/ul 1/mm3 cell/ul cells/ul cells/mm3 cells/cumm cells/cmm #/ul per_ul perul",
    "/L": "/l 1/l cells/l",
    "/mL": "/ml 1/ml cells/ml",
    "U/L": "u/l iu/l ui/l units/l unit/l u/liter [iu]/l [iU]/l",
    "U/mL": "u/ml units/ml",
    "kU/L": "ku/l",
    "mU/mL": "mu/ml",
    "ukat/L": "ukat/l mckat/l",
    "nkat/L": "nkat/l",
    "[IU]/mL": "iu/ml [iu]/ml",
    "m[IU]/mL": "miu/ml m[iu]/ml",
    "m[IU]/L": "miu/l m[iu]/l",
    "u[IU]/mL": "uiu/ml u[iu]/ml",
    "kg": "kg kgs kilo kilos kilogram kilograms kilogramme kilogrammes",
    "g": "gm gms gram grams gramme grammes",
    "mg": "mg mgs milligram milligrams",
    "ug": "ug mcg microgram micrograms",
    "[lb_av]": "lb lbs pound pounds [lb_av] lb_av lb.",
    "[oz_av]": "oz ounce ounces [oz_av] oz_av",
    "ug/kg": "ug/kg mcg/kg microgram/kg micrograms/kg",
    "mg/kg": "mg/kg",
    "mg/m2": "mg/m2 mg/m^2 mg/sqm",
    "cm": "cm cms centimeter centimeters centimetre centimetres",
    "m": "meter meters metre metres",
    "mm": "millimeter millimeters millimetre millimetres",
    "[in_i]": "in. inch inches [in_i] in_i [in_us]",
    "[ft_i]": "ft. foot feet [ft_i]",
    "m2": "m2 m^2 sqm sq.m",
    "kg/m2": "kg/m2 kg/m^2 kg/sqm kg/sq.m kg/(m2) kg/(m^2)",
    "Cel": "cel degc c° °c degreec degreesc degreecelsius degreescelsius celsius centigrade",
    "[degF]": "[degf] degf °f f° degreef degreesf degreefahrenheit degreesfahrenheit fahrenheit",
    "mm[Hg]": "mmhg mm[hg] mm/hg mm(hg) torr",
    "kPa": "kpa",
    "/min": "bpm beats/min beats/minute beat/min breaths/min breaths/minute breath/min br/min resp/min "
    "/min 1/min /minute {beats}/min {breaths}/min beatsperminute breathsperminute perminute rpm",
    "mL/min": "ml/min ml/minute mls/min cc/min",
    _PER_173: "ml/min/1.73m2 ml/min/1.73m^2 ml/min/{1.73_m2} ml/min/{1.73m2} ml/min/1.73 ml/min/1.73sqm "
    "ml/min/1.73/m2 ml/min/1.73_m2 ml/min/bsa ml/min/1.73sq.m ml/minper1.73m2 ml/min/(1.73m2) ml/min/1.73.m2 "
    "ml/min/1.73m*2 ml/min/1.73m2bsa ml/min1.73m2 ml/min/1.73_m^2",
    "mm/h": "mm/h mm/hr mm/1h mm/hour",
    "L": "liter liters litre litres",
    "mL": "ml mls cc milliliter milliliters millilitre millilitres",
    "s": "sec secs sec. second seconds",
    "min": "min mins minute minutes",
    "h": "hr hrs hour hours",
    "d": "day days",
    "wk": "wk wks week weeks",
    "mo": "mo mos month months",
    "a": "yr yrs year years",
    "%": "percent percentage pct %{cells} %ofcells",
    "1": "ratio {ratio} fraction {fraction} proportion unitless",
    "{INR}": "inr {inr} inrunits",
    "{score}": "score {score} points {points} point",
}
_BY_SPELLING = {word: code for code, words in _SPELLINGS.items() for word in words.split()}
_SUPERSCRIPTS = re.compile("[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_POWER = re.compile(
    r"(?:[x*]?10(?:\^|\*\*|\*|e\+?|exp|\()|x10|e\+?)0?(3|5|6|9|12)\)?(?:cells|\{[^{}]*\})?/(ul|mm3|mm\^3|cumm|cmm|ml|l)\Z"
)
_PER = {"ul": "/uL", "mm3": "/uL", "mm^3": "/uL", "cumm": "/uL", "cmm": "/uL", "ml": "/mL", "l": "/L"}


@lru_cache(maxsize=4096)
def ucum_code(text: str) -> str | None:
    """The UCUM code that a unit, as people and machines write it, certainly means; otherwise `None`."""
    if len(text) > 60:
        return None
    text = _SUPERSCRIPTS.sub(lambda match: "^" + match[0], text.replace("×", "x"))
    text = "".join(unicodedata.normalize("NFKC", text).replace("μ", "u").replace("⁻", "-").split())
    text = text.replace("^^", "^")
    if text in _AS_WRITTEN:
        return _AS_WRITTEN[text]
    folded = text.lower().replace("m^2", "m2").replace("m^3", "m3")
    code = _BY_SPELLING.get(folded)
    if code is not None:
        return code
    if text in _FACTORS:
        return text
    power = _POWER.match(folded)
    if power is not None:
        return f"10*{power[1]}{_PER[power[2]]}"
    if text.startswith("{") and text.endswith("}"):
        return None
    plain = _plain(text)
    if plain != text:
        return text if ucum_code(plain) == plain else None
    return text if _library_quantity(text) is not None else None


def contradicts_itself(quantity: dict[str, Any]) -> bool:
    """Whether a Quantity's code and its printed unit are two different units (mg/dL shown as g/dL)."""
    code, unit = quantity.get("code"), quantity.get("unit")
    if type(code) is not str or type(unit) is not str or code == unit:
        return False
    meant, shown = ucum_code(code), ucum_code(unit)
    if meant is None or shown is None:
        return False
    return convert(Decimal(1), meant, shown) != 1
