"""The site on this machine with invented people: `make site`. It lies in .demo-site, and is made anew each time."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess  # nosec B404: starts the site itself, without a shell
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

PASSWORD = "sapwood-demo-garden"  # nosec B105: of invented people, on this machine
PORT = 8000
PEOPLE = (
    (
        "maria@example.org",
        "patient",
        "Maria",
        "has uploaded her record, shares it with Dr Okafor and with Ines",
    ),
    ("tom@example.org", "patient", "Tom", "joined a minute ago: nothing allowed, nothing uploaded"),
    (
        "ines@example.org",
        "care_partner",
        "Ines",
        "may act for Maria; guardian of a child with a few typed facts",
    ),
    ("okafor@example.org", "clinician", "Dr Okafor", "verified; may see Maria's record"),
    ("lindqvist@example.org", "clinician", "Dr Lindqvist", "waits for a steward's word"),
    ("steward@example.org", "steward", "Sam", "verifies people and reads the audit trail"),
)


def main() -> int:
    """Makes the people, prints how to enter as each, and serves until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m sapwood_web.demo")
    parser.add_argument("--if-terminal", action="store_true", help="only where somebody can press Ctrl-C")
    parser.add_argument("--folder", type=Path, default=Path(".demo-site"))
    parser.add_argument("--only-prepare", action="store_true")
    chosen = parser.parse_args()
    if chosen.if_terminal and (os.environ.get("CI") or not sys.stdout.isatty()):
        print(f"\nThe site, with invented people, starts by `make site` on http://127.0.0.1:{PORT}")
        return 0
    _settle(chosen.folder.absolute())
    lines = _people()
    print(
        f"\nThe site is on http://127.0.0.1:{PORT} (Ctrl-C ends it). Every person and every record is invented."
    )
    print(f"Sign in as any of them with the password {PASSWORD}; mails are printed here.\n")
    print("\n".join(lines), flush=True)
    return 0 if chosen.only_prepare else _serve()


def _settle(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    from sapwood_web.vault.keys import new_keys, write_keys

    write_keys(new_keys(), folder / "keys.json")
    os.environ.update(
        SAPWOOD_STATE=str(folder),
        SAPWOOD_KEYS=str(folder / "keys.json"),
        SAPWOOD_HTTP="1",
        SAPWOOD_MAIL="console",
        DATABASE_URL=f"sqlite:///{folder / 'site.sqlite3'}",
        DJANGO_SETTINGS_MODULE="sapwood_web.settings",
    )
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)


def _people() -> list[str]:
    from allauth.account.models import EmailAddress
    from django.utils import timezone

    from sapwood_web.accounts import actions
    from sapwood_web.accounts.models import Person

    made: dict[str, Person] = {}
    lines = []
    for email, role, name, about in PEOPLE:
        person = Person(email=email)
        person.set_password(PASSWORD)
        actions.join(person, role=role, name=name)
        person.role = role
        if name in ("Dr Okafor", "Sam"):
            person.verified_at = timezone.now()
        person.save()
        EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
        made[name] = person
        lines.append(f"  {email:24} {name}: {about}")
        if role in ("clinician", "steward"):
            lines.append(f"  {'':24} second step, one code each time: {' '.join(_codes(person))}")
    _records(made)
    _library(made["Sam"])
    return lines


def _codes(person: Any) -> list[str]:
    """A second step that works without a telephone: an authenticator nobody holds, and its recovery codes."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(person, generate_totp_secret())
    return RecoveryCodes.activate(person).get_unused_codes()[:3]


def _records(made: dict[str, Any]) -> None:
    from django.conf import settings
    from django.utils import timezone

    from sapwood_web.accounts import actions as account_actions
    from sapwood_web.journey import actions as rooms
    from sapwood_web.plans.actions import sign
    from sapwood_web.plans.pages import basis_of
    from sapwood_web.records import actions
    from sapwood_web.records.reading import Reading

    printed, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.dummy.EmailBackend"
    maria, ines, okafor = made["Maria"], made["Ines"], made["Dr Okafor"]
    for person, purposes in ((maria, ("keep", "share", "statistics")), (ines, ("keep", "share"))):
        for purpose in purposes:
            account_actions.decide(person, purpose, given=True)
    record = actions.begin_record(maria)
    example = Path("examples/demo.json")
    if example.is_file():
        actions.keep_upload(maria, record, example.read_bytes())
    actions.add_answer(maria, record, fact="albumin", value="3.4 g/dL", when="2026-03-01")
    for person, invited_as, scope in ((okafor, "clinician", "read"), (ines, "care_partner", "act")):
        actions.invite(maria, record, email=person.email, invited_as=invited_as, scope=scope, days=90)
        for invitation in actions.invitations_for(person):
            actions.accept(person, invitation)
    actions.see(okafor, record, "the record")
    for ago, weight, temperature in ((2, "71.2 kg", "36.6 °C"), (1, "71.5 kg", "36.9 °C")):
        day = (timezone.localdate() - timedelta(days=ago)).isoformat()
        kept = {"day": day, "weight": weight, "temperature": temperature, "swelling": "no"}
        rooms.keep_day(ines if ago == 1 else maria, record, kept)
    reading = Reading(record, timezone.localdate())
    sign(okafor, record, reading, basis=basis_of(reading), note="Invented, as everything here.")
    child = actions.begin_record(ines, for_child=True)
    actions.add_answer(ines, child, fact="albumin", value="3.9 g/dL", when="2026-02-10")
    settings.EMAIL_BACKEND = printed


def _library(steward: Any) -> None:
    """Two invented talks, a question that waits and one that has an answer, and an edition of the pack to load."""
    from datetime import date, timedelta

    from django.conf import settings
    from django.utils import timezone

    from sapwood.pack import pack_folder
    from sapwood_web.editions import actions as edition_actions
    from sapwood_web.library import actions
    from sapwood_web.library.models import Passage, Talk

    held = Talk(
        title="Why a second look matters (an invented talk)",
        speaker="Dr Ada Example",
        about_speaker="a pathologist who does not exist",
        day=date(2026, 1, 20),
        minutes=48,
        recording="https://example.org/an-invented-talk",
        summary="BPDCN is rare, so most labs see it seldom. An expert can look at the same slides again. "
        "**Asking for that is no sign of distrust.** Your team can send the slides.",
        invented=True,
    )
    passages = [
        Passage(
            seconds=95,
            question="Why is it so often missed at first?",
            said="It can look like a bruise or a rash.",
        ),
        Passage(
            seconds=750,
            question="Will a second look put off my treatment?",
            said="Often not: slides travel while other tests go on. Ask your team what can wait and what cannot.",
        ),
        Passage(
            seconds=2710,
            question="What should I bring?",
            said="The report of the lab, with the list of stains.",
        ),
    ]
    coming = Talk(
        title="Living with it, a year on (an invented talk)",
        speaker="Noor Example",
        about_speaker="a nurse who does not exist",
        day=timezone.now().date() + timedelta(days=24),
        invented=True,
    )
    for talk, parts in ((held, passages), (coming, [])):
        actions.publish_talk(steward, actions.keep_talk(steward, talk, parts), shown=True)
    actions.send_question(words="Can I have a pet while my blood is low?", address="", visitor="192.0.2.1")
    asked = actions.send_question(
        words="Is it all right to fly to my sister?", address="", visitor="192.0.2.1"
    )
    actions.answer_question(
        steward,
        asked,
        words="May I travel by plane?",
        answer="Often yes, with some care while your blood is low. Ask your team before you book.",
        talk=None,
        link=str,
    )
    folder = settings.PACK_SHELF / "bpdcn-next"
    shutil.copytree(pack_folder("bpdcn"), folder)
    about = folder / "pack.yaml"
    about.write_text(about.read_text().replace("version: ", "version: next-", 1))
    edition_actions.load(steward, folder.name)


def _serve() -> int:
    command = [sys.executable, "-m", "gunicorn", "sapwood_web.wsgi", "--bind", f"127.0.0.1:{PORT}"]
    quiet = ["--workers", "1", "--threads", "4", "--log-level", "warning"]
    try:
        return subprocess.run([*command, *quiet], check=False).returncode  # nosec B603
    except KeyboardInterrupt:
        print("\nThe site has ended.")
        return 0


if __name__ == "__main__":
    sys.exit(main())
