"""The people in whom nobody suspects BPDCN: check-ups, ordinary illness, skin complaints, other cancers."""

from __future__ import annotations

from .chart import Chart
from .people import CHEMISTRY, COUNT, Person, person_of, usual, write_person, write_values

_LONG = frozenset(
    "hypertension diabetes hyperlipidaemia asthma copd depression hypothyroid coronary kidney".split()
)
_DRUG = {
    "hypertension": "amlodipine", "diabetes": "metformin", "hyperlipidaemia": "atorvastatin",
    "reflux": "omeprazole", "atrial_fibrillation": "apixaban", "back_pain": "ibuprofen",
    "cellulitis": "cefalexin", "urinary": "cefalexin",
}  # fmt: skip
_CREAM = frozenset("eczema atopic contact psoriasis insect_bite rash".split())
_TISSUE = {"all_b": "Bone marrow", "cll": "Blood"}
_TAKEN_BY = {"Skin": "skin_biopsy", "Bone marrow": "marrow", "Lymph node": "node_biopsy"}
_SAMPLED = {
    "purpura": "Extravasated red cells, no vasculitis", "vasculitis": "Leukocytoclastic vasculitis",
    "benign_nodule": "Benign dermal nodule", "eczema": "Spongiotic dermatitis", "psoriasis": "Psoriasiform dermatitis",
    "dermatofibroma": "Dermatofibroma", "lipoma": "Lipoma", "keratosis": "Seborrheic keratosis",
    "haemangioma": "Haemangioma", "cutaneous_lupus": "Interface dermatitis, consistent with cutaneous lupus",
    "basal_cell": "Basal cell carcinoma, nodular", "melanoma": "Melanoma, superficial spreading",
}  # fmt: skip


def live_in_background(chart: Chart, last: int) -> str:
    """Fills the chart of somebody without BPDCN; the group they belong to."""
    dice = chart.dice
    group = dice.choice("group")
    day = last - dice.whole(20, int(dice.days("years_looked_back")))
    old = group in ("myeloid", "lymphoid", "skin_cancer")
    age = min(97.0, max(30.0, dice.around(67, 13)) if old else max(1.0, dice.around(48, 22)))
    who = person_of(dice, dice.chance("background_male"), age, day)
    if group == "check_up":
        _visit(chart, who, day)
    elif group == "ordinary":
        _ordinary(chart, who, day)
    elif group == "skin":
        _skin(chart, who, day, dice.choice("skin_kind" if who.age(day) >= 18 else "skin_kind_child"))
    elif group == "skin_cancer":
        _sampled(chart, day, dice.choice("skin_cancer_kind"), day + dice.whole(7, 40))
    elif group == "myeloid":
        group = _myeloid(chart, who, day)
    else:
        group = _lymphoid(chart, who, day)
    if dice.chance("second_complaint"):
        _ordinary(chart, who, day + dice.whole(30, 700))
    if dice.chance("background_consent"):
        chart.consent(min(day + 1, chart.until), True)
    died = chart.until - dice.whole(0, 20) if dice.chance("dies_of_other_causes") else None
    if died is not None:
        chart.end(died)
    write_person(chart, who, died)
    return group


def _visit(chart: Chart, who: Person, day: int) -> None:
    """A check-up: a pressure, a weight, perhaps blood."""
    dice = chart.dice
    chart.visit("check_up", day)
    _pressure(chart, who, day, 0)
    chart.measure("weight", day, who.weight)
    if dice.chance("visit_counts"):
        write_values(chart, day, COUNT[:3])
    if dice.chance("visit_more"):
        write_values(chart, day, CHEMISTRY[:6])


def _ordinary(chart: Chart, who: Person, day: int) -> None:
    dice = chart.dice
    age = who.age(day)
    kind = dice.choice(
        "ordinary_kind" if age >= 35 else "ordinary_kind_young" if age >= 16 else "ordinary_kind_child"
    )
    lasting = kind in _LONG
    chart.visit("check_up", day)
    over = None if lasting else day + dice.whole(5, 40)
    chart.condition(kind, day, over=over)
    if kind in _DRUG:
        chart.taken(_DRUG[kind], day, over)
    if dice.chance("ordinary_bloods"):
        write_values(chart, day, (*COUNT[:3], "creatinine", "alt"))
    if dice.chance("ordinary_pressure"):
        _pressure(chart, who, day, 12 if kind == "hypertension" else 0)


def _pressure(chart: Chart, who: Person, day: int, more: int) -> None:
    """A blood pressure, of somebody old enough to have it taken as a matter of course."""
    if who.age(day) >= 14:
        dice = chart.dice
        chart.pressure(day, dice.around(126 + more, 13), dice.around(77 + more / 2, 8))


def _skin(chart: Chart, who: Person, day: int, kind: str) -> None:
    """An ordinary skin complaint, often over soon, now and then biopsied."""
    dice = chart.dice
    resolved = dice.chance("skin_resolved")
    began = day - dice.whole(1, 90) if dice.chance("onset_written") else None
    over = day + dice.whole(5, 60) if resolved else None
    chart.visit("dermatology" if dice.chance("skin_at_dermatology") else "check_up", day)
    chart.condition(kind, day, onset=began, over=over, site=dice.one_of(chart.content.body_sites))
    if kind in _CREAM and dice.chance("cream"):
        chart.order("hydrocortisone_cream", day, status="completed")
    if kind in _DRUG:
        chart.taken(_DRUG[kind], day, day + 10)
    if kind == "vasculitis" or (kind in ("eczema", "atopic") and dice.chance("eczema_tablets")):
        chart.order("prednisone", day, status="completed")
    if kind in ("spontaneous_bruise", "purpura", "vasculitis"):
        write_values(chart, day, (*COUNT[:3], "inr"))
    if not resolved and kind in _SAMPLED and dice.chance("skin_biopsied"):
        _biopsy(chart, day + dice.whole(5, 40), kind)


def _sampled(chart: Chart, day: int, kind: str, cut: int) -> None:
    """A skin cancer: seen, biopsied, cut out."""
    chart.visit("dermatology", day)
    if chart.dice.chance("cancer_as_nodule"):
        chart.condition("benign_nodule", day, over=cut)
    _biopsy(chart, day + 3, kind)
    chart.condition(kind, day + 10, onset=None, site=chart.dice.one_of(chart.content.body_sites))
    chart.procedure("skin_excision", cut + 10)


def _biopsy(chart: Chart, day: int, kind: str) -> None:
    site = chart.dice.one_of(chart.content.body_sites)
    specimen = chart.specimen("Skin", day, site)
    chart.procedure("skin_biopsy", day)
    result = chart.finding("pathology", day, _SAMPLED[kind], specimen=specimen, reported=6)
    chart.report("Dermatopathology report", day, [result], specimen=specimen)


# ------------------------------------------------------------------ other blood cancers


def _stained(chart: Chart, day: int, tissue: str, stains: dict[str, bool | None]) -> list[str]:
    """One specimen and what was stained on it; `None` was not done."""
    specimen = chart.specimen(tissue, day)
    return [
        chart.finding(name, day, value, specimen=specimen, reported=5)
        for name, value in stains.items()
        if value is not None
    ]


def _myeloid(chart: Chart, who: Person, day: int) -> str:
    """AML, MDS or CMML, with a marrow and its stains; the kind."""
    dice = chart.dice
    kind = dice.choice("myeloid_kind")
    chart.move_to("centre_si" if chart.place.units == "si" else "centre")
    chart.visit("clinic", day)
    chart.procedure("marrow", day)
    acute = kind == "aml"
    blasts = chart.value("marrow", "acute" if acute else "chronic")
    values = chart.values(kind)
    write_values(chart, day, COUNT, values)
    write_values(chart, day, (*CHEMISTRY, "ldh"), {"ldh": values["ldh"]})
    chart.measure("marrow_blasts", day, blasts)
    if acute:
        _acute_myeloid(chart, who, day)
    else:
        if dice.chance("chronic_cd123"):
            _stained(chart, day, "Bone marrow", {"cd123": True, "cd34": dice.chance("chronic_cd34")})
            if dice.chance("mature_pdc"):
                chart.condition("mature_pdc", day + 6)
        chart.condition(kind, day + 6)
        chart.variant("tet2", day, dice.chance("cmml_tet2" if kind == "cmml" else "mds_tet2"))
        if dice.chance("chronic_skin"):
            chart.condition(dice.one_of(("benign_nodule", "spontaneous_bruise", "eczema")), day + 90)
        if dice.chance("chronic_treated"):
            for n in range(dice.whole(1, 6)):
                for given in range(7):
                    chart.dose("azacitidine", day + 30 + 28 * n + given, "09:00")
    return kind


def _acute_myeloid(chart: Chart, who: Person, day: int) -> None:
    dice = chart.dice
    with_pdc = dice.chance("pdc_aml")
    stains: dict[str, bool | None] = {
        "cd34": dice.chance("pdc_aml_cd34" if with_pdc else "aml_cd34"),
        "mpo": dice.chance("aml_mpo"),
        "cd123": True
        if with_pdc
        else (dice.chance("aml_cd123") if dice.chance("aml_cd123_tested") else None),
        "cd56": dice.chance("pdc_aml_cd56" if with_pdc else "aml_cd56"),
        "cd4": dice.chance("aml_cd4"),
        "cd33": True,
        "cd117": dice.chance("aml_cd117"),
        "cd19": False,
        "cd3": False,
        "cd14": dice.chance("aml_cd14"),
    }
    if with_pdc:
        stains |= {"tcl1": dice.chance("pdc_aml_tcl1"), "cd303": True}
        chart.variant("runx1", day, dice.chance("pdc_aml_runx1"))
    _stained(chart, day, "Bone marrow", stains)
    chart.condition("aml_pdc" if with_pdc else "aml", day + 4)
    if dice.chance("aml_skin"):
        chart.condition("benign_nodule", day, onset=day - 30)
    if who.age(day) < 65:
        for n in range(7):
            chart.dose("cytarabine", day + 6 + n, "10:00")
            if n < 3:
                chart.dose("daunorubicin", day + 6 + n, "11:00")
    elif dice.chance("aml_old_treated"):
        for n in range(7):
            chart.dose("azacitidine", day + 8 + n, "10:00")
        chart.taken("venetoclax", day + 8, day + 120)
    else:
        chart.order("hydroxycarbamide", day + 5)


def _lymphoid(chart: Chart, who: Person, day: int) -> str:
    """A lymphoma or lymphoid leukaemia; the kind."""
    dice = chart.dice
    kind = dice.choice("lymphoid_kind")
    chart.visit("clinic", day)
    skin = kind == "mycosis_fungoides"
    tissue = "Skin" if skin else _TISSUE.get(kind, "Lymph node")
    if tissue != "Blood":
        chart.procedure(_TAKEN_BY[tissue], day)
    t_cell = kind in ("mycosis_fungoides", "nk_t")
    stains: dict[str, bool | None] = {"cd3": t_cell, "cd20": kind in ("dlbcl", "follicular", "cll")}
    if kind == "all_b":
        stains |= {"cd19": True, "tdt": True, "cd34": True, "mpo": False}
    if kind == "nk_t":
        stains |= {"cd56": True, "eber": True, "cd4": False}
    if skin:
        stains |= {"cd4": True, "cd7": False}
        chart.condition("eczema", day - 200, over=day)
    _stained(chart, day, tissue, stains)
    known = {"ldh": usual(chart, "ldh") * dice.between(1, 2)}
    if kind in chart.content.values:
        known |= chart.values(kind)
    write_values(chart, day, (*COUNT, "ldh", "creatinine"), known)
    chart.condition(kind, day + 5)
    return kind
