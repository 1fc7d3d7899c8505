"""Editions of the pack: from the shelf, proved, counted without showing anybody, then put to use; the site follows."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from people import MARKER, let_in, make_person, make_record, signed_in

from sapwood.pack import pack_folder
from sapwood_web.accounts import actions as account_actions
from sapwood_web.accounts.models import Person
from sapwood_web.accounts.permissions import NotYoursError
from sapwood_web.accounts.policies import NotNowError
from sapwood_web.audit.models import Event
from sapwood_web.editions import actions, counting, proving
from sapwood_web.editions.active import active, active_pack, edition_of
from sapwood_web.editions.models import Activation, Edition, State
from sapwood_web.records.actions import add_answer
from sapwood_web.records.models import Record
from sapwood_web.records.reading import Reading

pytestmark = pytest.mark.django_db


@pytest.fixture
def steward() -> Person:
    return make_person("steward@example.org", "steward")


@pytest.fixture
def shelf(tmp_path: Path, settings: Any) -> Path:
    """A shelf with an edition that differs: the albumin gate lies higher, and a page says another word."""
    settings.PACK_SHELF = tmp_path / "shelf"
    folder = tmp_path / "shelf" / "next"
    shutil.copytree(pack_folder("bpdcn"), folder)
    change(folder / "pack.yaml", "version: 0.1.0", "version: 0.2.0")
    change(folder / "articles" / "03-its-name.md", "The short name is", "Its short name is")
    return settings.PACK_SHELF


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text, old
    path.write_text(text.replace(old, new))


def sound(edition: Edition) -> Edition:
    """As if the check had found nothing."""
    actions.keep_proof(edition, proving.Proof(State.SOUND, {"promises": [], "findings": [], "more": 0}))
    edition.refresh_from_db()
    return edition


def test_what_is_loaded_is_kept_byte_for_byte_and_not_used_yet(shelf: Path, steward: Person) -> None:
    edition = actions.load(steward, "next")
    assert (edition.pack, edition.version, edition.state) == ("bpdcn", "0.2.0", State.LOADED)
    assert edition.files["pack.yaml"] == (shelf / "next" / "pack.yaml").read_bytes()
    assert active_pack().about.version == "0.1.0"
    change(shelf / "next" / "pack.yaml", "version: 0.2.0", "version: 0.3.0")
    assert edition_of(edition.content).pack.about.version == "0.2.0", "the shelf changed, the edition did not"
    assert Event.objects.get(deed="loaded an edition").actor == steward.subject


def test_loading_the_same_twice_is_one_edition(shelf: Path, steward: Person) -> None:
    assert actions.load(steward, "next").pk == actions.load(steward, "next").pk


@pytest.mark.parametrize("name", ["", "..", "../shelf/next", "/etc", "next/articles", "nowhere"])
def test_only_what_lies_on_the_shelf_is_loaded(name: str, shelf: Path, steward: Person) -> None:
    response = signed_in(steward).post("/steward/editions/", {"name": name})
    assert response.status_code == 422 and "holds no pack of this name" in response.content.decode()
    assert not Edition.objects.exists()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "x.yaml").symlink_to("/etc/passwd"), "is a link"),
        (lambda folder: (folder / "x.py").write_text("print()"), "is no file of a pack"),
        (lambda folder: (folder / "a b.yaml").write_text("a: 1"), "is no file of a pack"),
        (lambda folder: (folder / "x.yaml").write_bytes(b"\xff\xfe"), "is not UTF-8"),
        (lambda folder: change(folder / "pack.yaml", "id: bpdcn", "id: hairy_cell"), "is of another pack"),
        (lambda folder: change(folder / "pack.yaml", "region: US", "regoin: US"), "regoin"),
        (
            lambda folder: change(folder / "articles/03-its-name.md", "[^older_names]", "[^none]"),
            "unknown claim",
        ),
        (lambda folder: (folder / "glossary.yaml").write_text("words: 1"), "glossary.yaml"),
    ],
)
def test_what_no_pack_holds_is_refused_with_its_place(
    spoil: Any, said: str, shelf: Path, steward: Person
) -> None:
    spoil(shelf / "next")
    response = signed_in(steward).post("/steward/editions/", {"name": "next"})
    assert response.status_code == 422 and said in response.content.decode()
    assert not Edition.objects.exists()


def test_the_steps_are_taken_in_order(shelf: Path, steward: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = actions.load(steward, "next")
    with pytest.raises(NotNowError, match="found sound"):
        actions.begin_count(steward, edition)
    with pytest.raises(NotNowError, match="found sound"):
        actions.activate(steward, edition)
    sound(edition)
    with pytest.raises(NotNowError, match="First have counted"):
        actions.activate(steward, edition)
    actions.count(edition)
    actions.activate(steward, edition)
    assert active_pack().about.version == "0.2.0"
    with pytest.raises(NotNowError, match="in use already"):
        actions.activate(steward, edition)
    deeds = list(Event.objects.filter(actor=steward.subject, why="steward").values_list("deed", flat=True))
    assert "put an edition to use" in deeds


def test_a_faulty_edition_is_never_put_to_use(shelf: Path, steward: Person) -> None:
    edition = actions.load(steward, "next")
    actions.keep_proof(edition, proving.Proof(State.FAULTY, {"findings": ["step `x`: a dead end."]}))
    client = signed_in(steward)
    for step in ("count", "activate"):
        assert client.post(f"/steward/editions/{edition.pk}/step/", {"step": step}).status_code == 403
    assert "a dead end" in client.get(f"/steward/editions/{edition.pk}/").content.decode()
    assert not Activation.objects.exists()


def test_a_count_holds_for_a_day_and_for_the_edition_it_was_made_against(
    shelf: Path, steward: Person
) -> None:
    edition = sound(actions.load(steward, "next"))
    actions.count(edition)
    Edition.objects.update(counted_at=timezone.now() - timedelta(days=1, seconds=1))
    with pytest.raises(NotNowError, match="holds for a day"):
        actions.activate(steward, edition)
    Edition.objects.update(counted_at=timezone.now(), counted_against="another")
    with pytest.raises(NotNowError, match="holds for a day"):
        actions.activate(steward, edition)


def test_everything_on_the_site_follows_the_edition_in_use(
    shelf: Path, steward: Person, alice: Person
) -> None:
    record = make_record(alice)
    assert Reading(record, timezone.now().date()).plan.facts.pack.about.version == "0.1.0"
    before = Client().get("/read/its_name/")
    edition = sound(actions.load(steward, "next"))
    actions.count(edition)
    actions.activate(steward, edition)
    assert Reading(record, timezone.now().date()).plan.facts.pack.about.version == "0.2.0"
    after = Client().get("/read/its_name/", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200 and "Its short name is" in after.content.decode()


def test_files_that_were_changed_on_the_disk_are_laid_out_anew(shelf: Path, steward: Person) -> None:
    edition = actions.load(steward, "next")
    folder = edition_of(edition.content).folder
    change(folder / "pack.yaml", "version: 0.2.0", "version: 6.6.6")
    edition_of.cache_clear()
    assert edition_of(edition.content).pack.about.version == "0.2.0"


# ---- counts ----


def stricter(shelf: Path) -> None:
    """In the next edition a step that everybody with a sure diagnosis reaches is for children only."""
    path = shelf / "next" / "pathway.yaml"
    change(
        path,
        "title: Fitness\n    opens: bpdcn_confirmed",
        "title: Fitness\n    opens: bpdcn_confirmed AND paediatric",
    )


def people(number: int) -> list[Record]:
    found = []
    for one in range(number):
        record = make_record(make_person(f"p{one}@example.org"))
        add_answer(record.owner, record, fact="dx_confirmed", value="true", when="2026-03-02")
        found.append(record)
    return found


def test_counts_say_how_many_and_never_who(shelf: Path, steward: Person) -> None:
    stricter(shelf)
    records = people(counting.FEW)
    edition = sound(actions.load(steward, "next"))
    actions.count(edition)
    edition.refresh_from_db()
    assert edition.counts["people"] == edition.counts["differ"] == counting.FEW
    kept = json.dumps([edition.counts, edition.report])
    shown = signed_in(steward).get(f"/steward/editions/{edition.pk}/").content.decode()
    for record in records:
        for word in (str(record.pk), str(record.subject), record.owner.email, MARKER):
            assert word not in kept and word not in shown
    for record in records:
        event = Event.objects.get(about=record.subject, deed="worked out the plan anew")
        assert event.actor is None and event.why == "system"


def test_small_numbers_are_hidden_and_so_are_all_but_a_small_number(shelf: Path, steward: Person) -> None:
    assert counting.hidden({"people": 100, "differ": 4, "option": 0, "task": 97, "alert": 95, "gap": 5}) == {
        "people": 100,
        "differ": None,
        "option": 0,
        "task": None,
        "alert": 95,
        "gap": 5,
    }
    assert counting.hidden({"people": 103, "differ": 52, "gap": 53}) == {
        "people": 105,
        "differ": 50,
        "gap": 55,
    }
    assert counting.hidden({"people": 3, "differ": 0}) == {"people": None, "differ": None}
    assert counting.hidden({"people": 0, "differ": 0}) == {"people": 0, "differ": 0}


def test_among_very_few_people_no_number_is_told(shelf: Path, steward: Person) -> None:
    stricter(shelf)
    people(2)
    edition = sound(actions.load(steward, "next"))
    actions.count(edition)
    shown = signed_in(steward).get(f"/steward/editions/{edition.pk}/").content.decode()
    assert "so nothing is told in numbers" in shown and '<dl class="facts">' not in shown


def test_an_edition_of_other_words_changes_nobodys_plan(shelf: Path, steward: Person) -> None:
    people(1)
    edition = sound(actions.load(steward, "next"))
    found = [
        counting.compared(one, active(), edition_of(edition.content), timezone.now().date()) for one in kept()
    ]
    assert [one.sorts for one in found] == [frozenset()]


def kept() -> list[Record]:
    return list(counting.kept_records())


def test_who_took_back_keeping_or_has_nothing_kept_is_not_worked_out(steward: Person) -> None:
    (record,) = people(1)
    assert kept() == [record]
    account_actions.decide(record.owner, "keep", given=False)
    assert kept() == []


def test_an_erased_record_is_counted_as_not_read(shelf: Path, steward: Person) -> None:
    (record,) = people(1)
    edition = sound(actions.load(steward, "next"))
    site_settings.KEY_STORE.destroy([record.data_key])
    found = counting.compared(record, active(), edition_of(edition.content), timezone.now().date())
    assert not found.read


def test_an_answer_the_next_edition_does_not_know_is_said_and_breaks_nothing(
    shelf: Path, steward: Person, alice: Person
) -> None:
    record = make_record(alice)
    add_answer(alice, record, fact="wish_goal", value="comfort", when="2026-03-02")
    for path in (shelf / "next").rglob("*.yaml"):
        path.write_text(re.sub(r"\bcomfort\b(?=:)", "ease", path.read_text()))
    reading = Reading(record, timezone.now().date(), active_pack())
    assert reading.lost_answers == 0
    reading.answers[record.answers.last()] = ()
    assert reading.lost_answers == 1
    assert any("not understood any more" in problem.what for problem in reading.problems)


def test_a_clinician_sees_which_of_their_own_patients_plans_change(shelf: Path, steward: Person) -> None:
    stricter(shelf)
    mine, other = people(2)
    clinician = make_person("okafor@example.org", "clinician")
    let_in(mine, clinician)
    edition = sound(actions.load(steward, "next"))
    actions.count(edition)
    shown = signed_in(clinician).get("/changed-plans/").content.decode()
    assert "0.2.0" in shown and "reads differently" in shown
    assert str(mine.pk) in shown and str(other.pk) not in shown and other.owner.email not in shown
    assert Event.objects.filter(about=mine.subject, actor=clinician.subject).exists()
    assert not Event.objects.filter(about=other.subject, actor=clinician.subject).exists()


# ---- the check ----


def answering(monkeypatch: pytest.MonkeyPatch, code: int, out: str, err: str = "") -> None:
    monkeypatch.setattr(
        proving.subprocess, "run", lambda *a, **k: subprocess.CompletedProcess(a, code, out, err)
    )


REPORT = {
    "promises": [{"title": "Every step", "proved": 3, "found": 1, "not_proved": 0, "seconds": 1}],
    "findings": [{"where": "step `x`", "what": "a dead end", "remedy": "Add a task"}] * 50,
    "answered": [],
}


def test_what_the_check_says_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, 0, json.dumps({**REPORT, "findings": []}))
    assert proving.prove(Path("x")).state == State.SOUND
    answering(monkeypatch, 3, json.dumps(REPORT))
    proof = proving.prove(Path("x"))
    assert proof.state == State.FAULTY
    assert proof.report["findings"][0] == "step `x`: a dead end. Add a task"
    assert (len(proof.report["findings"]), proof.report["more"]) == (40, 10)
    answering(monkeypatch, 2, "", "sapwood check: the prover z3 is not installed.")
    assert "z3 is not installed" in proving.prove(Path("x")).report["why"]
    assert proving.prove(Path("x")).state == State.BROKEN


def test_a_check_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*_: Any, **named: Any) -> None:
        assert named["timeout"] == site_settings.CHECK_SECONDS
        raise subprocess.TimeoutExpired("x", named["timeout"])

    monkeypatch.setattr(proving.subprocess, "run", late)
    assert proving.prove(Path("x")).state == State.BROKEN


def test_the_check_itself_runs_on_a_folder_and_finds_a_fault(tmp_path: Path) -> None:
    """The real check, on a pack that cannot be read: quick, and still the whole way."""
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "pack.yaml").write_text("id: small\n")
    proof = proving.prove(tmp_path / "small")
    assert proof.state == State.BROKEN and proof.report["why"]


def test_the_command_keeps_the_proof(shelf: Path, steward: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, 0, json.dumps({**REPORT, "findings": []}))
    edition = actions.load(steward, "next")
    call_command("prove_edition", str(edition.pk))
    edition.refresh_from_db()
    assert edition.state == State.SOUND and edition.report["promises"][0]["proved"] == 3
    event = Event.objects.get(deed="checked an edition")
    assert event.actor is None and event.why == "system"


def test_pressing_twice_checks_once(shelf: Path, steward: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    monkeypatch.setattr(actions, "start", lambda command, _: begun.append(command))
    edition = actions.load(steward, "next")
    actions.begin_check(steward, edition)
    with pytest.raises(NotNowError, match="is being checked"):
        actions.begin_check(steward, edition)
    Edition.objects.update(checked_at=timezone.now() - timedelta(seconds=site_settings.CHECK_SECONDS + 61))
    actions.begin_check(steward, edition)
    sound(edition)
    with pytest.raises(NotNowError, match="cannot change"):
        actions.begin_check(steward, edition)


@pytest.mark.parametrize("role", ["patient", "care_partner", "clinician", "researcher"])
def test_nobody_but_a_steward_touches_an_edition(role: str, shelf: Path, steward: Person) -> None:
    edition = sound(actions.load(steward, "next"))
    person = make_person("visitor@example.org", role)
    client = signed_in(person)
    assert client.post("/steward/editions/", {"name": "next"}).status_code == 404
    assert client.get(f"/steward/editions/{edition.pk}/").status_code == 404
    for step in ("check", "count", "activate"):
        assert client.post(f"/steward/editions/{edition.pk}/step/", {"step": step}).status_code == 404
    for deed in (actions.begin_check, actions.begin_count, actions.activate):
        with pytest.raises(NotYoursError):
            deed(person, edition)
