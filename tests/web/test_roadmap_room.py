"""Roadmap, card, daily sheet and figures: in plain words, nothing watched, no figure unasked."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from people import let_in, make_person, make_record, signed_in

from sapwood import load_pack
from sapwood_web.accounts import actions as account_actions
from sapwood_web.accounts import consents
from sapwood_web.accounts.models import Person
from sapwood_web.audit.models import Event
from sapwood_web.journey.roadmap import FIGURES, figures_of, without_commands
from sapwood_web.records import actions as record_actions
from sapwood_web.records.daily import LAST, ON_THE_DAY, SIGNS, SWELLING, TEMPERATURE, THE_DAY_BEFORE, WEIGHT
from sapwood_web.records.models import Record
from sapwood_web.records.reading import Reading

EXAMPLE = Path(__file__).parents[2] / "examples" / "demo.json"
SURVIVAL = re.compile(r"surviv\w*[^.<]*\d|\d+ ?% (?:live|die)|median overall", re.IGNORECASE)


@pytest.fixture
def example(alice: Person) -> Record:
    """Alice's record with the worked example in it."""
    for purpose in consents.PURPOSES:
        account_actions.decide(alice, purpose, given=True)
    record = record_actions.begin_record(alice)
    record_actions.keep_upload(alice, record, EXAMPLE.read_bytes())
    return record


def page(client: Client, record: Record, name: str) -> str:
    response = client.get(f"/records/{record.pk}/{name}/")
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def day(client: Client, record: Record, **typed: str) -> Any:
    sent = {"day": timezone.localdate().isoformat(), "weight_unit": "kg", "temperature_unit": "c", **typed}
    return client.post(f"/records/{record.pk}/daily/", sent)


def test_the_roadmap_says_where_what_next_what_is_unknown_and_when_to_call(
    alice: Person, example: Record
) -> None:
    text = page(signed_in(alice), example, "roadmap")
    for heading in (
        "Where you are",
        "When to call",
        "What comes next",
        "Choices to talk about",
        "What is still unknown",
        "What to ask at your next visit",
        "Where this comes from",
    ):
        assert f">{heading}<" in text, heading
    assert 'aria-current="step"' in text
    assert "Nobody watches this site." in text
    assert "`" not in text and "sapwood read" not in text, "no command of a terminal"


def test_no_page_shows_a_figure_of_survival_unasked(alice: Person, example: Record) -> None:
    client = signed_in(alice)
    for name in ("roadmap", "questions", "daily", "card", "pictures", "figures"):
        assert not SURVIVAL.search(page(client, example, name)), name


def test_figures_come_only_when_asked_for_dated_and_never_of_one_person(
    alice: Person, example: Record
) -> None:
    client = signed_in(alice)
    text = page(client, example, "figures")
    assert "Do you want to see figures?" in text and "Both are fine." in text
    shown = html.unescape(client.post(f"/records/{example.pk}/figures/").content.decode())
    assert SURVIVAL.search(shown)
    assert "None of them is about you." in shown
    assert f"edition {load_pack('bpdcn').about.version}" in shown
    assert re.search(r"\b20\d\d\b", shown), "each source with its year"
    other = make_record(make_person("bob@example.org"))
    same = html.unescape(signed_in(other.owner).post(f"/records/{other.pk}/figures/").content.decode())
    assert re.findall(r"<dt>.*?</dd>", shown) == re.findall(r"<dt>.*?</dd>", same), "the same for everyone"


def test_the_topics_of_figures_are_the_packs() -> None:
    pack = load_pack("bpdcn")
    assert [one.topic.id for one in figures_of(pack)] == [one.id for one in pack.topics if one.id in FIGURES]
    assert len(figures_of(pack)) == len(FIGURES)


def test_an_empty_record_has_a_roadmap_too(alice: Person) -> None:
    for purpose in consents.PURPOSES:
        account_actions.decide(alice, purpose, given=True)
    record = record_actions.begin_record(alice)
    assert "Nothing in this record points to BPDCN" in page(signed_in(alice), record, "roadmap")


def test_the_card_of_the_treatment_given_now_comes_first(alice: Person, example: Record) -> None:
    client = signed_in(alice)
    assert "We cannot tell which treatment you have now" in page(client, example, "card")
    data = EXAMPLE.read_bytes().replace(
        b'"entry": [',
        b'"entry": [{"resource": {"resourceType": "MedicationAdministration", "id": "dose1", "status":'
        b' "completed", "medicationCodeableConcept": {"text": "tagraxofusp"}, "effectiveDateTime": "2026-11-20",'
        b' "subject": {"reference": "Patient/demo"}}},',
        1,
    )
    example.uploads.all().delete()
    record_actions.keep_upload(alice, example, data)
    text = page(client, example, "card")
    assert "<h2>Tagraxofusp (Elzonris)</h2>" in text
    assert text.index("I am treated with tagraxofusp (Elzonris)") < text.index("Other cards")


# --- the daily sheet ----------------------------------------------------------------------------------


def test_a_day_is_kept_as_the_persons_own_word_and_read_as_facts(alice: Person, example: Record) -> None:
    client = signed_in(alice)
    assert (
        day(
            client, example, weight="71,5", temperature="101", temperature_unit="f", swelling="yes"
        ).status_code
        == 302
    )
    said = example.daily_entries.get().said
    assert (said["weight"], said["temperature"], said["swelling"]) == ("71.5 kg", "101 °F", "yes")
    facts = Reading(example, timezone.localdate()).facts
    for name in ("weight", "weight_today", "temperature", "temperature_today", "oedema_today"):
        assert facts.fact(name).assurance == "patient", name
        assert facts.trusted[name] is None, "it opens no gate"
    assert float(facts.fact("temperature_today").value) == pytest.approx(38.333, abs=0.001)  # type: ignore[arg-type]
    assert facts.fact("fever_today").value is True
    text = page(client, example, "daily")
    assert "71.5 kg" in text and "101 °F" in text, "as it was measured, with its unit"


def test_a_fever_by_the_day_before_yesterday_is_no_fever_of_today(alice: Person, example: Record) -> None:
    client = signed_in(alice)
    old = (timezone.localdate() - timedelta(days=3)).isoformat()
    day(client, example, day=old, temperature="39", swelling="yes", weight="70")
    facts = Reading(example, timezone.localdate()).facts
    assert facts.value("temperature_today") is None and facts.value("oedema_today") is None, "unknown, not no"
    assert facts.fact("weight").known and facts.value("weight_today") is None


def test_a_fever_or_swelling_today_says_to_call_whatever_else_is_known(
    alice: Person, example: Record
) -> None:
    client = signed_in(alice)
    for name in ("daily", "roadmap", "questions"):
        assert "Call your clinic now" not in page(client, example, name)
    day(client, example, temperature="38.0")
    for name in ("daily", "roadmap", "questions"):
        text = page(client, example, name)
        assert "Call your clinic now" in text and "a fever today." in text, name
    day(client, example, swelling="yes")
    assert "a fever today; new swelling today." in page(client, example, "daily")


def test_how_a_weight_differs_from_the_day_before_is_shown(alice: Person, example: Record) -> None:
    client = signed_in(alice)
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    day(client, example, day=yesterday, weight="70")
    day(client, example, weight="157.6", weight_unit="lb")
    assert '157.6 lb <span class="soft">(+1.5 kg)</span>' in page(client, example, "daily")


def test_100_4_fahrenheit_is_a_fever(alice: Person, example: Record) -> None:
    day(signed_in(alice), example, temperature="100.4", temperature_unit="f")
    assert Reading(example, timezone.localdate()).facts.value("fever_today") is True


def test_the_highest_of_a_day_counts_and_the_newest_weight(alice: Person, example: Record) -> None:
    client = signed_in(alice)
    for temperature, weight in (("38.4", "71"), ("36.9", "71.4")):
        day(client, example, temperature=temperature, weight=weight)
    facts = Reading(example, timezone.localdate()).facts
    assert str(facts.value("temperature_today")) == "38.4"
    assert str(facts.value("weight_today")) == "71.4"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"temperature": "98.6"}, "cannot be the temperature of a body"),
        ({"temperature": "38", "temperature_unit": "f"}, "cannot be the temperature of a body"),
        ({"weight": "700"}, "cannot be a weight"),
        ({"weight": "seventy"}, "Write the number only, such as 71.5"),
        ({"weight": "70", "weight_unit": "stone"}, "valid choice"),
        ({}, "Nothing is filled in yet"),
        ({"day": "2999-01-01", "weight": "70"}, "still to come"),
    ],
)
def test_what_cannot_be_is_refused_with_a_kind_word(
    alice: Person, example: Record, typed: dict[str, str], words: str
) -> None:
    response = day(signed_in(alice), example, **typed)
    assert response.status_code == 422
    assert words in html.unescape(response.content.decode())
    assert not example.daily_entries.exists()


def test_a_weight_far_from_the_last_is_asked_about_once_more(alice: Person, example: Record) -> None:
    client = signed_in(alice)
    day(client, example, weight="71")
    response = day(client, example, weight="157")  # pounds, with kilograms chosen
    assert response.status_code == 422 and "at the unit" in response.content.decode()
    assert example.daily_entries.count() == 1
    assert day(client, example, weight="157", weight_unit="lb").status_code == 302
    assert day(client, example, weight="58", sure="on").status_code == 302, "who is sure is believed"


def test_an_alert_is_raised_by_the_persons_own_word(alice: Person, example: Record) -> None:
    """Swelling on tagraxofusp: an urgent alert on the sheet and on the roadmap, with whom to call."""
    data = EXAMPLE.read_bytes().replace(
        b'"entry": [',
        b'"entry": [{"resource": {"resourceType": "MedicationAdministration", "id": "dose1", "status":'
        b' "completed", "medicationCodeableConcept": {"text": "tagraxofusp"}, "effectiveDateTime": "'
        + (timezone.localdate() - timedelta(days=2)).isoformat().encode()
        + b'", "subject": {"reference": "Patient/demo"}}},',
        1,
    )
    example.uploads.all().delete()
    record_actions.keep_upload(alice, example, data)
    client = signed_in(alice)
    assert "What needs attention now" not in page(client, example, "daily")
    day(client, example, swelling="yes")
    for name in ("daily", "roadmap", "questions"):
        text = page(client, example, name)
        assert 'class="callout stop"' in text, name
    assert "Nobody watches this site." in page(client, example, "daily")


def test_a_day_is_taken_back_by_who_wrote_it(record: Record) -> None:
    ines = make_person("ines@example.org", "care_partner")
    let_in(record, ines, "add")
    day(signed_in(record.owner), record, weight="70")
    entry = record.daily_entries.get()
    address = f"/records/{record.pk}/daily/{entry.pk}/remove/"
    assert signed_in(ines).post(address).status_code == 404
    assert signed_in(record.owner).post(address).status_code == 302
    assert not record.daily_entries.exists()
    assert Event.objects.filter(deed="took a day back", what=f"day {entry.pk}").count() == 1


def test_who_may_only_read_sees_the_sheet_and_writes_nothing(record: Record) -> None:
    reader = make_person("r@example.org", "care_partner")
    let_in(record, reader)
    client = signed_in(reader)
    assert "Keep this day" not in page(client, record, "daily")
    assert day(client, record, weight="70").status_code == 404


def test_the_facts_of_the_sheet_are_the_packs() -> None:
    facts = load_pack("bpdcn").facts
    assert all(facts[name].patient for name in SIGNS)
    for name in (WEIGHT, TEMPERATURE, SWELLING, *ON_THE_DAY.values(), *THE_DAY_BEFORE.values()):
        assert facts[name].ask is not None and facts[name].ask.of in ("patient", "either"), name
    for fact, days in LAST.items():
        assert facts[fact].holds == f"{days}d"


def test_commands_of_a_terminal_are_left_out() -> None:
    assert (
        without_commands("Call now. `sapwood read x` has it. Rest at 38.0 °C.")
        == "Call now. Rest at 38.0 °C."
    )
