"""Everything that changes an edition: loaded, checked, counted, put to use; one deed, one transaction, one event."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from sapwood.articles import read_library
from sapwood.errors import PackError, Problem
from sapwood.pack import load_pack
from sapwood.yaml_files import parse_yaml
from sapwood_web.accounts.models import Person
from sapwood_web.accounts.permissions import check_steward
from sapwood_web.audit.actions import record_event
from sapwood_web.editions import counting, policies
from sapwood_web.editions.active import active, edition_of, lay_out
from sapwood_web.editions.models import Activation, Edition, State
from sapwood_web.editions.proving import Proof, start
from sapwood_web.editions.shelf import digest, take
from sapwood_web.records.models import Record


def load(steward: Person, name: str) -> Edition:
    """Takes an edition from the shelf; PackError, with every problem, where its pack or its pages cannot be read."""
    why = check_steward("load packs", steward)
    files = take(settings.PACK_SHELF, name)
    about = parse_yaml(files["pack.yaml"].decode(), f"{name}/pack.yaml")
    pack = str(about.get("id", "")) if isinstance(about, dict) else ""
    if pack != active().pack.about.id:
        raise PackError(
            Problem(f"{name}/pack.yaml", "is of another pack than this site's", f"This site reads `{settings.PACK}`.")
        )  # fmt: skip
    content = digest(files)
    folder = lay_out(
        content, pack, files
    )  # what is read from here on is what is kept, whatever the shelf does
    loaded = load_pack(folder)
    read_library(loaded, folder)
    with transaction.atomic():
        edition = Edition.objects.filter(content=content).first()
        if edition is None:
            edition = Edition(
                content=content, pack=pack, version=loaded.about.version[:60], loaded_at=timezone.now()
            )
            edition.keep(files)
            edition.save()
        record_event("loaded an edition", actor=steward.subject, what=_named(edition), why=why)
    return edition


@transaction.atomic
def begin_check(steward: Person, edition: Edition) -> None:
    """Has the edition proved, beside the site; the page shows how it ended."""
    why = check_steward("load packs", steward)
    edition = Edition.objects.select_for_update().get(pk=edition.pk)
    policies.check_may_check(edition, timezone.now())
    edition.state, edition.checked_at, edition.report = State.CHECKING, timezone.now(), {}
    edition.save(update_fields=["state", "checked_at", "report"])
    record_event("had an edition checked", actor=steward.subject, what=_named(edition), why=why)
    transaction.on_commit(lambda: start("prove_edition", edition.pk))


@transaction.atomic
def keep_proof(edition: Edition, proof: Proof) -> None:
    """Keeps what the check said."""
    edition.state, edition.report, edition.checked_at = proof.state, proof.report, timezone.now()
    edition.save(update_fields=["state", "report", "checked_at"])
    record_event("checked an edition", actor=None, what=_named(edition), why="system")


@transaction.atomic
def begin_count(steward: Person, edition: Edition) -> None:
    """Has people's plans worked out under the edition, beside the site; the page shows the numbers."""
    why = check_steward("load packs", steward)
    edition = Edition.objects.select_for_update().get(pk=edition.pk)
    policies.check_may_count(edition, timezone.now())
    edition.counting_since = timezone.now()
    edition.save(update_fields=["counting_since"])
    record_event("had plans counted", actor=steward.subject, what=_named(edition), why=why)
    transaction.on_commit(lambda: start("count_edition", edition.pk))


def count(edition: Edition) -> None:
    """Works out everybody's plan under both editions, says so in each person's trail, and keeps the numbers only."""
    old, new = active(), edition_of(edition.content)
    today = timezone.now().date()

    def found() -> Any:
        for record in counting.kept_records():
            record_event(
                "worked out the plan anew",
                actor=None,
                about=record.subject,
                what=_named(edition),
                why="system",
            )
            yield counting.compared(record, old, new, today)

    counts = counting.hidden(counting.tally(found()))
    with transaction.atomic():
        edition.counts, edition.counted_at, edition.counting_since = counts, timezone.now(), None
        edition.counted_against = old.content
        edition.save(update_fields=["counts", "counted_at", "counting_since", "counted_against"])
        record_event("counted plans", actor=None, what=_named(edition), why="system")


@transaction.atomic
def activate(steward: Person, edition: Edition) -> Activation:
    """From now on the site reads by this edition."""
    why = check_steward("load packs", steward)
    edition = Edition.objects.select_for_update().get(pk=edition.pk)
    policies.check_may_activate(edition, active().content, timezone.now())
    assert edition_of(edition.content).library  # read, with its pages, before anybody's plan rests on it
    activation = Activation.objects.create(edition=edition, at=timezone.now())
    record_event("put an edition to use", actor=steward.subject, what=_named(edition), why=why)
    return activation


@transaction.atomic
def see_changes(clinician: Person, record: Record, why: str) -> None:
    """Says in the trail that a clinician was told how a plan of theirs reads under another edition."""
    record_event("saw changes of an edition", actor=clinician.subject, about=record.subject, why=why)


def _named(edition: Edition) -> str:
    return f"pack {edition.pack} {edition.content[:12]}"
