"""From the first sign to the diagnosis: lesions, wrong turns, the biopsy and its stains."""

from __future__ import annotations

from .case import Case
from .chart import Chart
from .people import CHEMISTRY, COUNT, write_values
from .pieces import iso

_ORDINARY = (
    "hypertension", "diabetes", "hyperlipidaemia", "coronary", "atrial_fibrillation", "copd", "depression",
    "kidney", "prostate", "breast", "hypothyroid",
)  # fmt: skip
_SAYS = {
    "nodular": "violaceous nodules of the {site}",
    "bruise_like": "bruise-like patch of the {site} that does not fade",
    "disseminated": "several purple patches and nodules, {site} and elsewhere",
}
_LESION = {"nodular": "nodule", "bruise_like": "bruise_like", "disseminated": "nodes_and_patches"}
_PDC = ("cd123", "tcf4", "tcl1", "cd303", "cd304")
_NEGATIVE = ("cd3", "cd14", "cd19", "lysozyme", "mpo")
_TRIAD = ("cd123", "cd4", "cd56")


def write_beginning(chart: Chart, case: Case) -> None:
    """Everything up to the diagnosis."""
    dice = chart.dice
    _before(chart, case)
    biopsy = max(case.first + 2, case.diagnosed - dice.whole(6, 16))
    (_skin_signs if case.skin else _blood_signs)(chart, case, biopsy)
    if dice.chance("other_centre"):
        chart.move_to("centre_si" if chart.place.units == "si" else "centre")
    case.reach("biopsy", biopsy)
    _biopsy(chart, case, biopsy)
    _named(chart, case)


def _before(chart: Chart, case: Case) -> None:
    """Illnesses that were there before."""
    dice = chart.dice
    old = case.who.age(case.first)
    for name in _ORDINARY:
        if old >= 35 and dice.chance("comorbidity") and name != ("breast" if case.who.male else "prostate"):
            day = case.first - dice.whole(150, 2500)
            chart.condition(name, day)
            if "drug" in chart.content.traits[name]:
                chart.taken(chart.content.traits[name]["drug"], day, None)
    if case.prior and old >= 18:
        day = case.first - dice.whole(40, 900)
        chart.visit("clinic", day)
        write_values(chart, day, COUNT, chart.values("prior"))
        chart.procedure("marrow", day)
        chart.condition(case.prior, day + 6, clinical="remission" if case.prior == "aml" else "active")


def _skin_signs(chart: Chart, case: Case, biopsy: int) -> None:
    dice = chart.dice
    pattern = dice.choice("lesion_pattern")
    site = dice.one_of(chart.content.body_sites)
    seen = case.first + dice.whole(1, max(2, (biopsy - case.first) // 3))
    chart.visit("check_up", seen)
    chart.finding("complaint", seen, _SAYS[pattern].format(site=site), reported=0)
    if dice.chance("looked_like_something_else"):
        wrong = dice.choice("looked_like")
        known = case.diagnosed <= chart.until
        verified = "refuted" if known and dice.chance("wrong_name_refuted") else "provisional"
        chart.condition(wrong, seen, onset=case.first, verified=verified, site=site)
        if dice.chance("steroid_cream"):
            chart.order("hydrocortisone_cream", seen, status="completed")
        if dice.chance("steroid_tablets"):
            chart.order("prednisone", seen + 10, status="completed")
    lesion = min(biopsy, seen + dice.whole(5, 40)) if dice.chance("lesion_named_late") else seen
    chart.condition(_LESION[pattern], lesion, onset=case.first, site=site)
    if dice.chance("mucosal"):
        chart.condition("mucosal", lesion + 3)
    if dice.chance("pattern_written"):
        words = {
            "nodular": "nodules only",
            "bruise_like": "patches only",
            "disseminated": "patches and nodules",
        }
        chart.finding("pattern", lesion, words[pattern], reported=0)
    if dice.chance("seen_by_dermatology"):
        chart.visit("dermatology", max(seen, biopsy - dice.whole(0, 15)))
    if dice.chance("photographed"):
        chart.procedure("photographs", biopsy)
    if dice.chance("biopsy_unhelpful") and biopsy - seen > 40:
        day = (seen + biopsy) // 2
        specimen = chart.specimen("Skin", day, site)
        chart.procedure("skin_biopsy", day)
        chart.finding(
            "pathology", day, "Dense dermal infiltrate, no specific diagnosis", specimen=specimen, reported=7
        )


def _blood_signs(chart: Chart, case: Case, biopsy: int) -> None:
    dice = chart.dice
    seen = case.first + dice.whole(1, 6)
    chart.visit("emergency" if dice.chance("by_emergency") else "check_up", seen)
    marrow = "site_marrow" in case.sites
    said = (
        ("fatigue and bruising", "fever and tiredness")
        if marrow
        else ("swollen glands", "weight loss and tiredness")
    )
    chart.finding("complaint", seen, dice.one_of(said), reported=0)
    write_values(chart, seen, COUNT, case.counts(chart))
    if "site_blood" in case.sites:
        chart.measure("blood_blasts", seen, case.blood_blasts(chart))
    chart.condition("pancytopenia" if marrow else "lymphadenopathy", seen)
    if marrow and dice.chance("leukaemia_first"):
        verified = (
            "refuted" if case.diagnosed <= chart.until and dice.chance("leukaemia_refuted") else "confirmed"
        )
        chart.condition("leukaemia_untyped", max(seen, biopsy), verified=verified)


def _biopsy(chart: Chart, case: Case, day: int) -> None:
    """The tissue that told: skin where it is involved, else marrow or a node."""
    dice = chart.dice
    node = not case.skin and "site_marrow" not in case.sites and "site_nodes" in case.sites
    tissue = "Skin" if case.skin else "Lymph node" if node else "Bone marrow"
    specimen = chart.specimen(tissue, day, dice.one_of(chart.content.body_sites) if case.skin else "")
    chart.procedure("skin_biopsy" if case.skin else "node_biopsy" if node else "marrow", day)
    results = _stains(chart, day, specimen)
    if dice.chance("morphology_written"):
        results.append(chart.finding("blastoid", day, True, specimen=specimen, reported=4, there=True))
    if dice.chance("ki67_written"):
        results.append(chart.measure("ki67", day, chart.value("work_up", "ki67")))
    if dice.chance("named_in_report"):
        named = "Blastic plasmacytoid dendritic cell neoplasm"
        results.append(chart.finding("pathology", day, named, specimen=specimen, reported=7))
    words = "Dermatopathology report" if case.skin else "Haematopathology report"
    chart.report(words, day + 6, results, specimen=specimen)
    if dice.chance("expert_asked"):
        confirmed = dice.chance("expert_confirms")
        said = "confirms BPDCN" if confirmed else "pending"
        chart.finding("expert", case.diagnosed + dice.whole(2, 20), said, reported=0)


def _stains(chart: Chart, day: int, specimen: str, only: tuple[str, ...] = ()) -> list[str]:
    """The stains of one specimen: the whole panel, or part of it."""
    dice = chart.dice
    whole = not only and dice.chance("full_panel")
    results = []
    lineage = dict.fromkeys(_NEGATIVE, False)
    for name in (*_PDC, "cd4", "cd56", "cd34", *_NEGATIVE, "cd7", "cd2", "cd33", "cd117", "tdt"):
        positive = dice.chance("lineage") if name in lineage else dice.chance(name)
        if only and name not in only:
            continue
        if name in _TRIAD:
            left_out = dice.chance("triad_left_out")
        else:
            left_out = name == "cd304" if whole else dice.chance("stain_left_out")
        if not left_out or only:
            weak = positive and dice.chance("weak_written")
            results.append(chart.finding(name, day, positive, specimen=specimen, reported=4, weak=weak))
    return results


def stain_again(chart: Chart, day: int, tissue: str) -> None:
    """New tissue at relapse: the stains that a second CD123 drug would rest on."""
    _stains(chart, day, chart.specimen(tissue, day), ("cd123", "cd4", "cd56", "tcl1"))


def billing(chart: Chart, day: int, *, remission: bool = False) -> str:
    """The billing code of a place and a day: the US one was cut in two in October 2024."""
    if chart.place.units == "si":
        return "bpdcn_billing_who"
    if day < chart.content.days["codes_changed"]:
        return "bpdcn_billing"
    return "bpdcn_billing_remission" if remission else "bpdcn_billing_active"


def _named(chart: Chart, case: Case) -> None:
    """The diagnosis as the record has it: plainly, in doubt, under an old name, or as a code and nothing else."""
    dice = chart.dice
    day = case.diagnosed
    case.reach("diagnosis", day)
    if dice.chance("diagnosis_code_only"):
        chart.condition(billing(chart, day), day, coded_only=True)
        return
    if dice.chance("diagnosis_in_doubt"):
        chart.condition("bpdcn", day, verified="provisional")
        if dice.chance("diagnosis_stays_in_doubt"):
            return
        day += dice.whole(4, 25)
    chart.condition("bpdcn_older" if dice.chance("older_name") else "bpdcn", day)
    if dice.chance("disease_coded"):
        chart.condition(billing(chart, day + 1), day + 1)
    chart.visit("clinic", day)
    write_values(chart, day, (*COUNT, *CHEMISTRY), {"albumin": case.albumin, **case.counts(chart)})
    if dice.chance("remark_written"):
        chart.finding(
            "remark", day, f"History reviewed on {iso(day)}: first lesion as told by the patient", reported=0
        )
