"""How the site answers under load: the plan page, the roadmap and an article, on SQLite and on PostgreSQL.

    python benchmarks/site_load.py [--database sqlite|postgres] [--seconds N] [--users N] [--workers N]

Starts the site on loopback with one invented person of 300 resources, then lets `hey` (a kept load tool, packaged by
Debian) ask for each page: first as people read (each user asks for a page every ten seconds), then as fast as the site
can answer. Prints p50, p95, errors, answers a second and the weight of the
page as it travels.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESOURCES = 300
LABS = (
    ("1751-7", "Albumin", "g/dL", 3.4),
    ("1742-6", "ALT", "U/L", 31),
    ("2160-0", "Creatinine", "mg/dL", 0.9),
    ("777-3", "Platelets", "10*3/uL", 128),
    ("6690-2", "Leukocytes", "10*3/uL", 5.4),
)
PERSON = "load@example.org"


def main() -> int:
    """Measures what was asked for, and prints one line a page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    if shutil.which("hey") is None:
        print(
            "site_load: needs the load tool `hey`. Install it (on Debian: apt-get install hey).",
            file=sys.stderr,
        )
        return 2
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sapwood-load-")))
        _settle(folder, stack, chosen.database)
        cookie, pages = _person()
        port = _free_port()
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "sapwood_web.wsgi", *_settings(port, chosen.workers)],
            cwd=ROOT,
        )
        try:
            _wait(port)
            print(f"{chosen.database}, {chosen.users} users, {chosen.workers} workers of the site")
            for title, path, signed_in in pages:
                address = f"http://127.0.0.1:{port}{path}"
                with_cookie = cookie if signed_in else ""
                weight = _weight(address, with_cookie)
                for how, pace in (("reading", ["-q", "0.1"]), ("as fast as it goes", [])):
                    found = _ask(address, with_cookie, chosen.users, chosen.seconds, pace)
                    print(f"{title:10} {how:18} {found}  {weight / 1000:.0f} kB", flush=True)
        finally:
            server.terminate()
            server.wait(20)
    return 0


def _settle(folder: Path, stack: ExitStack, database: str) -> None:
    from sapwood_web.vault.keys import new_keys, write_keys

    write_keys(new_keys(), folder / "keys.json")
    url = f"sqlite:///{folder / 'site.sqlite3'}"
    if database == "postgres":
        sys.path.insert(0, str(ROOT / "tests" / "web"))
        from with_postgres import postgres

        url = stack.enter_context(postgres())
    os.environ.update(
        SAPWOOD_STATE=str(folder),
        SAPWOOD_KEYS=str(folder / "keys.json"),
        SAPWOOD_HTTP="1",
        DATABASE_URL=url,
        DJANGO_SETTINGS_MODULE="sapwood_web.settings",
    )
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)


def _person() -> tuple[str, list[tuple[str, str, bool]]]:
    """A clinician's cookie, and the pages to ask for: title, path, whether one has to be signed in."""
    from allauth.account.models import EmailAddress
    from allauth.mfa.models import Authenticator
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse
    from django.utils import timezone

    from sapwood_web.accounts import actions as account_actions
    from sapwood_web.accounts.models import Person
    from sapwood_web.records import actions
    from sapwood_web.records.models import Grant

    made: list[Any] = []
    for email, role in ((PERSON, "patient"), ("reader@example.org", "clinician")):
        person = Person(email=email)
        person.set_unusable_password()
        account_actions.join(person, role=role, name="")
        person.role = role
        person.verified_at = timezone.now()
        person.save()
        EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
        made.append(person)
    patient, clinician = made
    Authenticator.objects.create(user=clinician, type=Authenticator.Type.TOTP, data={"secret": ""})
    for purpose in ("keep", "share"):
        account_actions.decide(patient, purpose, given=True)
    record = actions.begin_record(patient)
    actions.keep_upload(patient, record, _bundle())
    now = timezone.now()
    Grant.objects.create(
        record=record,
        person=clinician,
        scope="read",
        invited_as="clinician",
        at=now,
        expires_at=now + timezone.timedelta(days=30),
    )
    client = Client()
    client.force_login(clinician)
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    return f"{session.key}={session.value}", [
        ("plan", reverse("plan", args=[record.pk]), True),
        ("roadmap", reverse("roadmap", args=[record.pk]), True),
        ("article", reverse("article", args=["its_name"]), False),
    ]


def _bundle() -> bytes:
    """The example's record, with laboratory values until it holds 300 resources."""
    bundle = json.loads((ROOT / "examples" / "demo.json").read_bytes())
    subject = next(
        entry["resource"]["id"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == "Patient"
    )
    number = 0
    while len(bundle["entry"]) < RESOURCES:
        code, text, unit, value = LABS[number % len(LABS)]
        day = f"2026-{1 + number // 140:02}-{1 + (number // 5) % 28:02}"
        bundle["entry"].append(
            {
                "resource": {
                    "resourceType": "Observation",
                    "id": f"lab-{number}",
                    "status": "final",
                    "code": {"coding": [{"system": "http://loinc.org", "code": code}], "text": text},
                    "subject": {"reference": f"Patient/{subject}"},
                    "effectiveDateTime": day,
                    "issued": f"{day}T12:00:00Z",
                    "valueQuantity": {"value": value, "unit": unit, "code": unit},
                }
            }
        )
        number += 1
    return json.dumps(bundle).encode()


def _settings(port: int, workers: int) -> list[str]:
    return [
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        str(workers),
        "--threads",
        "8",
        "--log-level",
        "error",
        "--keep-alive",
        "30",
    ]


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait(port: int) -> None:
    for _ in range(200):
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("site_load: the site did not start.")


def _weight(address: str, cookie: str) -> int:
    headers = {"Accept-Encoding": "gzip"} | ({"Cookie": cookie} if cookie else {})
    request = urllib.request.Request(address, headers=headers)
    with urllib.request.urlopen(request) as response:
        if response.status != 200 or "/enter/" in response.url:
            raise SystemExit(f"site_load: {address} answered {response.status} at {response.url}.")
        return len(response.read())


def _ask(address: str, cookie: str, users: int, seconds: int, pace: list[str]) -> str:
    headers = ["-H", f"Cookie: {cookie}"] if cookie else []
    command = ["hey", "-z", f"{seconds}s", "-c", str(users), "-t", "60", *pace, *headers, address]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    times = dict(re.findall(r"(\d+)%+ in ([\d.]+) secs", text))
    rate = re.search(r"Requests/sec:\s*([\d.]+)", text)
    answers = {code: int(count) for code, count in re.findall(r"\[(\d+)\]\s+(\d+) responses", text)}
    errors = sum(count for code, count in answers.items() if code != "200")
    errors += sum(
        int(count) for count in re.findall(r"^\s*\[(\d+)\]\s+(?!\d+ responses)", text, re.MULTILINE)
    )
    p50, p95 = (f"{1000 * float(times.get(share, 'nan')):7.0f} ms" for share in ("50", "95"))
    return f"p50 {p50}  p95 {p95}  {float(rate[1]) if rate else 0:6.1f}/s  {errors} errors"


if __name__ == "__main__":
    sys.exit(main())
