"""Every page of the site is valid HTML, as the Nu checker reads it: one start of Java for all of them.

`make test` brings the checker into .venv; Java is the system's.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from people import let_in, make_person, signed_in
from people_of_the_library import make_talk, send
from test_routes import ALL_ROUTES, arguments_of, world  # noqa: F401

from sapwood_web.accounts.models import Person
from sapwood_web.editions.active import active
from sapwood_web.library import content

CHECKER = Path(sys.prefix) / "node" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def java() -> str:
    """Where Java is; skips, but for CI, where it or the checker is missing."""
    found = shutil.which("java")
    lacking = "Java" if found is None else "" if CHECKER.is_file() else f"the Nu checker ({CHECKER.name})"
    if lacking:
        words = f"{lacking} is missing: install a Java runtime (on Debian: default-jre-headless), and run `make test`."
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    assert found is not None
    return found


def named(name: str, found: dict[str, Any]) -> str:
    kwargs = {"pk": 1} if name in ("mfa_remove_webauthn", "mfa_edit_webauthn") else arguments_of(name, found)
    return reverse(name, kwargs=kwargs)


def pages(alice: Person, found: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Every page there is, once for each kind of person to whom it opens, and some forms that were not right."""
    talk, question = make_talk(), send()
    clinician = make_person("okafor@example.org", "clinician", name="Dr Okafor")
    let_in(found["record"], clinician, "act")
    people = {
        "visitor": Client(raise_request_exception=False),
        "owner": signed_in(alice),
        "clinician": signed_in(clinician),
        "researcher": signed_in(make_person("r@example.org", "researcher")),
        "steward": signed_in(make_person("s@example.org", "steward")),
        "newcomer": signed_in(make_person("new@example.org", "clinician", ready=False)),
    }
    kept = {**found, "question_id": question.pk, "talk_id": talk.pk, "slug": talk.slug, "kind": "article"}
    kept |= {"name": "its_name"}
    addresses = {named(name, kept) for name in ALL_ROUTES}
    addresses |= {content.address_of(name) for name in active().library.articles}
    addresses |= {reverse("card", args=[name]) for name in active().library.cards}
    addresses |= {reverse("study", args=[name]) for name in content.studies()}
    addresses |= {"/find/?q=stem+sell", "/find/?q=%3Cb%3E", "/nowhere/"}
    for who, client in people.items():
        for address in sorted(addresses - {reverse("account_logout")}):
            response = client.get(address)
            shown = response.status_code in (200, 403, 404, 422)
            if shown and response.headers["Content-Type"].startswith("text/html"):
                yield f"{who} {address} ({response.status_code})", response.content
    for who, address in (("visitor", "/ask/"), ("visitor", "/enter/login/"), ("visitor", "/enter/signup/")):
        yield f"{who} {address}, wrong", people[who].post(address, {"passages-TOTAL_FORMS": "0"}).content
    wrong = {"passages-TOTAL_FORMS": "1", "passages-INITIAL_FORMS": "0", "passages-0-time": "soon"}
    yield "steward, a wrong talk", people["steward"].post("/steward/talks/new/", wrong).content


@pytest.mark.django_db
def test_every_page_is_valid(alice: Person, world: dict[str, Any], tmp_path: Path) -> None:  # noqa: F811
    program = java()
    names: dict[str, str] = {}
    for number, (name, body) in enumerate(pages(alice, world)):
        file = tmp_path / f"{number:04d}.html"
        file.write_bytes(body)
        names[file.name] = name
    assert len(names) > 100
    done = subprocess.run(
        [program, "-Xss4m", "-jar", str(CHECKER), "--format", "json", "--exit-zero-always", str(tmp_path)],
        capture_output=True,
        text=True,
    )
    said = json.loads(done.stderr or done.stdout)["messages"]
    faults = sorted(
        {
            f"{names[one['url'].rpartition('/')[2]]}: {one['message']} {one.get('extract', '').strip()!r}"
            for one in said
        }
    )
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults[:40])
