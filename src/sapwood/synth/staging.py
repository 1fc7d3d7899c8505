"""The work-up: every site, the spinal fluid, genes, organs, the search for a donor, and what the person wants."""

from __future__ import annotations

from .case import Case
from .chart import Chart
from .people import CHEMISTRY, CLOTTING, COUNT, LYSIS, usual, write_values

_SITES = ("site_skin", "site_marrow", "site_blood", "site_nodes", "site_spleen", "site_liver")
_GENES = ("tet2", "asxl1", "nras", "npm1", "runx1", "dnmt3a")
_SEROLOGY = ("hbsag", "hbcore", "hcv", "hiv")
_KARYOTYPES = (
    "abnormal karyotype with loss of 5q and 13q", "complex karyotype with losses of 5q, 12p and 13q",
    "abnormal karyotype, loss of 6q", "abnormal karyotype, monosomy 9",
)  # fmt: skip


def stage(chart: Chart, case: Case) -> None:
    """Everything that is looked at between the diagnosis and the first treatment."""
    dice = chart.dice
    day = case.diagnosed + dice.whole(1, 5)
    case.reach("work-up", day)
    _sites(chart, case, day)
    spinal_fluid(chart, case, day + 2, positive=case.cns)
    _genes(chart, case, day)
    _organs(chart, case, day + 1)
    _donor(chart, case, day + 3)
    _talks(chart, case, day + 2)


def _sites(chart: Chart, case: Case, day: int) -> None:
    dice = chart.dice
    for site in _SITES:
        present = case.skin if site == "site_skin" else site in case.sites
        if dice.chance("site_written"):
            case.written.add(site)
            chart.finding(site, day, present, reported=0, there=True)
    if case.elsewhere:
        chart.finding(
            "site_other", day, dice.one_of(("soft tissue of the thigh", "tonsil", "lung")), reported=0
        )
    if "site_marrow" in case.sites:
        few = dice.chance("marrow_microscopic")
        blasts = chart.value("marrow", "few" if few else "overt")
    else:
        blasts = chart.value("marrow", "clear")
    chart.procedure("marrow", day)
    chart.measure("marrow_blasts", day, blasts)
    if "site_blood" in case.sites:
        chart.measure("blood_blasts", day, case.blood_blasts(chart))
    if dice.chance("pet_ct"):
        chart.procedure("pet_ct", day + 3)
    if case.skin and dice.chance("mswat_written"):
        chart.measure("mswat", day, chart.value("work_up", "mswat"))


def spinal_fluid(chart: Chart, case: Case, day: int, *, positive: bool) -> None:
    """A lumbar puncture, read by flow or by cytology, often with a drug given into the fluid."""
    dice = chart.dice
    if not dice.chance("lp_done"):
        if dice.chance("lp_declined"):
            chart.noted("declines_lp", day)
        return
    chart.procedure("lumbar_puncture", day)
    for name, value in chart.values("fluid" if positive else "fluid_clear").items():
        chart.measure(name, day, value)
    found = positive
    if dice.chance("csf_flow_used"):
        chart.finding("csf_flow", day, found, reported=2)
    else:
        found = positive and dice.chance("cytology_finds_it")
        chart.finding("csf_cytology", day, found, reported=2)
    if found and dice.chance("site_written"):
        chart.finding("site_cns", day + 1, True, reported=0, there=True)
    if dice.chance("intrathecal"):
        chart.dose("it_methotrexate", day, "11:00")
        case.into_fluid = dice.whole(3, 6) if found else dice.whole(0, 3)


def _genes(chart: Chart, case: Case, day: int) -> None:
    dice = chart.dice
    found = {name: dice.chance(name) for name in _GENES}
    found["zrsr2"] = case.who.male and dice.chance("zrsr2")
    if dice.chance("sequenced"):
        chart.report(
            "Myeloid gene panel", day + 12, [chart.variant(name, day, found[name]) for name in found]
        )
    abnormal = dice.chance("karyotype")
    if dice.chance("karyotyped"):
        normal = "normal male karyotype" if case.who.male else "normal female karyotype"
        chart.finding("karyotype", day, dice.one_of(_KARYOTYPES) if abnormal else normal, reported=9)
    rearranged = dice.chance("myc")
    if dice.chance("myc_tested"):
        chart.finding("myc", day, rearranged, reported=6)


def _organs(chart: Chart, case: Case, day: int) -> None:
    """Blood, heart, lungs, kidneys, and how the person manages daily life."""
    dice, who = chart.dice, case.who
    ldh = chart.value("work_up", "ldh") if len(case.sites) > 1 else usual(chart, "ldh") * dice.between(1, 1.5)
    chart.measure("height", day, who.height)
    chart.measure("weight", day, who.weight)
    if dice.chance("bmi_written"):
        chart.measure("bmi", day, who.weight / (who.height / 100) ** 2)
    write_values(chart, day, COUNT, case.counts(chart))
    kidney = (
        chart.value("work_up", "creatinine_high")
        if dice.chance("kidney_weak")
        else usual(chart, "creatinine")
    )
    write_values(chart, day, CHEMISTRY, {"albumin": case.albumin, "creatinine": kidney})
    write_values(chart, day, (*LYSIS, *CLOTTING, "ferritin"), {"ldh": ldh})
    age = who.age(day)
    if age >= 18:
        clearance = (140 - age) * who.weight / (72 * kidney) * (1 if who.male else 0.85)
        if dice.chance("clearance_written"):
            chart.measure("crcl", day, clearance)
    fit = dice.chance("ecog_below_2")
    if age >= 16 and dice.chance("ecog_written"):
        chart.finding("ecog", day, dice.whole(0, 1) if fit else dice.whole(2, 3), reported=0)
    low = dice.chance("lvef_low")
    if dice.chance("heart_scan"):
        chart.procedure("echo", day)
        if dice.chance("heart_judged"):
            chart.finding("cardiac_function", day, "impaired" if low else "adequate", reported=0)
        if low and dice.chance("heart_failure"):
            chart.condition("heart_failure", day)
        chart.measure("lvef", day, chart.value("work_up", "lvef_low") if low else usual(chart, "lvef"))
    if age >= 8 and dice.chance("lungs_tested"):
        chart.measure("dlco", day, chart.value("work_up", "dlco"))
        chart.measure("fev1", day, chart.value("work_up", "fev1"))
    for name in _SEROLOGY:
        if dice.chance("serology"):
            chart.finding(
                name, day, dice.chance("old_hepatitis" if name == "hbcore" else "virus_found"), reported=1
            )
    if dice.chance("cmv_tested"):
        chart.finding("cmv", day, dice.chance("cmv"), reported=2)
    if not who.male and 12 <= age <= 55:
        chart.finding("pregnancy", day + 4, False, reported=0)


def _donor(chart: Chart, case: Case, day: int) -> None:
    dice = chart.dice
    if dice.chance("tumour_board"):
        chart.procedure("tumour_board", day + 4)
    if case.who.age(day) <= 75 and dice.chance("hla_typed"):
        chart.procedure("hla_typing", day)
        chart.visit("transplant_talk", day + 10)
        if dice.chance("donor_searched"):
            chart.ask_for("donor_search", day + 4)


def _talks(chart: Chart, case: Case, day: int) -> None:
    dice = chart.dice
    if dice.chance("consent_given"):
        chart.consent(day, True)
    elif dice.chance("consent_refused"):
        chart.consent(day, False)
    if dice.chance("goals_talked"):
        chart.procedure("goals", day)
    if dice.chance("psychosocial"):
        chart.procedure("psychosocial", day + 1)
    wish = dice.choice("wish")
    if dice.chance("wish_written"):
        chart.finding("goal", day, wish, reported=0)
    if case.who.age(day) < 50 and dice.chance("fertility_talk"):
        chart.procedure("fertility", day)
    if dice.chance("trial_looked_for"):
        chart.noted("trial_search", day)
