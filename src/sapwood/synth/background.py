"""The people in whom nobody suspects BPDCN: check-ups, ordinary illness, skin complaints, other cancers."""

from __future__ import annotations

from .chart import Chart
from .people import CHEMISTRY, COUNT, Person, person_of, usual, write_person, write_values

_TAKEN_BY = {"Skin": "skin_biopsy", "Bone marrow": "marrow", "Lymph node": "node_biopsy"}


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
    traits = chart.content.traits[kind]
    chart.visit("check_up", day)
    over = None if "lasting" in traits else day + dice.whole(5, 40)
    chart.condition(kind, day, over=over)
    if "drug" in traits:
        chart.taken(traits["drug"], day, over)
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
    traits = chart.content.traits[kind]
    resolved = dice.chance("skin_resolved")
    began = day - dice.whole(1, 90) if dice.chance("onset_written") else None
    over = day + dice.whole(5, 60) if resolved else None
    chart.visit("dermatology" if dice.chance("skin_at_dermatology") else "check_up", day)
    chart.condition(kind, day, onset=began, over=over, site=dice.one_of(chart.content.body_sites))
    if "cream" in traits and dice.chance("cream"):
        chart.order("hydrocortisone_cream", day, status="completed")
    if "drug" in traits:
        chart.taken(traits["drug"], day, day + 10)
    if kind == "vasculitis" or (kind in ("eczema", "atopic") and dice.chance("eczema_tablets")):
        chart.order("prednisone", day, status="completed")
    if kind in ("spontaneous_bruise", "purpura", "vasculitis"):
        write_values(chart, day, (*COUNT[:3], "inr"))
    if not resolved and "sampled" in traits and dice.chance("skin_biopsied"):
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
    result = chart.finding(
        "pathology", day, chart.content.traits[kind]["sampled"], specimen=specimen, reported=6
    )
    chart.report("Dermatopathology report", day + 5, [result], specimen=specimen)


# ------------------------------------------------------------------ other blood cancers


def _stained(chart: Chart, day: int, tissue: str, disease: str) -> None:
    """One specimen and what was stained on it, by the disease."""
    dice = chart.dice
    specimen = chart.specimen(tissue, day)
    for name, answer in chart.content.stains[disease].items():
        tested, rate = answer if isinstance(answer, list) else ("", answer)
        if not tested or dice.chance(tested):
            positive = rate if isinstance(rate, bool) else dice.chance(rate)
            chart.finding(name, day, positive, specimen=specimen, reported=5)


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
            _stained(chart, day, "Bone marrow", "chronic")
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
    if with_pdc:
        chart.variant("runx1", day, dice.chance("pdc_aml_runx1"))
    _stained(chart, day, "Bone marrow", "aml_pdc" if with_pdc else "aml")
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
    tissue = chart.content.traits[kind]["tissue"]
    if tissue in _TAKEN_BY:
        chart.procedure(_TAKEN_BY[tissue], day)
    if tissue == "Skin":
        chart.condition("eczema", day - 200, over=day)
    _stained(chart, day, tissue, kind)
    known = {"ldh": usual(chart, "ldh") * dice.between(1, 2)}
    if kind in chart.content.values:
        known |= chart.values(kind)
    write_values(chart, day, (*COUNT, "ldh", "creatinine"), known)
    chart.condition(kind, day + 5)
    return kind
