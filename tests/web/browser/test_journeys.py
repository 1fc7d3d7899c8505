"""The way of a patient and her doctor through the site, from joining to erasing; and a stranger's, who gets nowhere."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import hotp_value
from django.utils import timezone
from people import make_person, signed_in
from visitor import SIZES, Visitor, code_in_the_mail

from sapwood_web.accounts.models import Person
from sapwood_web.records.models import Grant, Record

CASE = Path(__file__).resolve().parents[3] / "examples" / "cases" / "001.bundle.json"
PATIENT, DOCTOR = "rosa@example.org", "doctor.lin@example.org"
PASSWORD = "seven quiet herons wade"

Visit = Callable[..., Visitor]


def session_of(person: Person) -> str:
    """A session in which this person is signed in already."""
    return str(signed_in(person).cookies["session"].value)


def join(visitor: Visitor, email: str, name: str, kind: str) -> None:
    """Joins as anybody would, up to the question of a safer sign-in."""
    visitor.open("/")
    visitor.press("Join")
    visitor.press("Go on")
    assert visitor.reads("Please look at this again"), "an empty form says what to do"
    assert visitor.page.evaluate("document.activeElement.className") == "summary", "and takes the focus"
    visitor.choose(kind)
    visitor.fill(name=name, email=email, password1=PASSWORD, password2=PASSWORD)
    visitor.press("Go on")
    assert visitor.heading == "Look into your mail"
    visitor.fill(code=code_in_the_mail(email))
    visitor.press("Go on")
    assert visitor.heading == "Make signing in safer"


def app_code(visitor: Visitor) -> str:
    """Sets the shown secret up in an app, and says what the app shows."""
    visitor.page.get_by_text("I cannot use the camera").click()
    secret = visitor.page.locator("#secret").inner_text()
    return f"{hotp_value(secret, int(timezone.now().timestamp()) // 30):06d}"


@pytest.mark.parametrize("size", SIZES)
def test_from_joining_to_erasing(size: str, visit: Visit) -> None:
    rosa = visit(size)
    join(rosa, PATIENT, "Rosa", "A patient")
    rosa.press("Not now")

    # what she allows, purpose by purpose
    assert rosa.heading == "What Sapwood may do"
    rosa.press("Allow: Keep my record")
    rosa.press("Allow: Show it to the people I choose")
    rosa.press("Do not allow: Count me in research")
    rosa.press("Go on")
    assert rosa.heading == "Hello, Rosa"

    # a record, from a file
    rosa.press("Begin a record")
    rosa.choose("Mine")
    rosa.press("Begin")
    assert rosa.reads("Nothing is known yet")
    address = rosa.page.url.removeprefix(rosa.site)
    rosa.press("Add a file")
    rosa.press("Add the file")
    assert rosa.reads("Choose a file first.")
    rosa.page.locator("input[type=file]").set_input_files(CASE)
    rosa.press("Add the file")
    assert rosa.reads("Your file is kept.")

    # what was understood, from where, and one correction
    sex = rosa.page.locator("details.fact", has_text="Sex: male")
    sex.locator("summary").click()
    assert sex.locator(".source").inner_text() == "From: Patient #1"
    rosa.check()
    rosa.press("Correct this: ", within=sex)
    assert rosa.page.locator("[name=fact]").input_value() == "sex"
    rosa.press("Keep this answer")
    assert rosa.reads("Fill this in, please.")
    rosa.fill(value="female")
    rosa.press("Keep this answer")
    assert rosa.reads("Your answer is kept, with your name as its source.")
    assert rosa.page.locator("details.fact", has_text="Sex").locator("summary").first.is_visible()
    rosa.press("Typed facts")
    assert "your record: female" in rosa.page.locator(".rows").inner_text()
    rosa.press("My record")
    rosa.press("Files")
    assert rosa.reads("used")
    rosa.press("My record")

    # she invites her doctor
    rosa.press("Sharing")
    rosa.press("Invite someone")
    rosa.fill(email=DOCTOR)
    rosa.press("Send the invitation")
    assert rosa.reads("The invitation is on its way.")

    # the doctor joins, needs a second step, and waits for a steward
    doctor = visit(size)
    join(doctor, DOCTOR, "Dr Lin", "A clinician")
    assert not doctor.reads("Not now"), "who opens other people's records needs a second step"
    doctor.open("/invitations/")
    assert doctor.heading == "Make signing in safer", "and comes no further without"
    doctor.press("Set up an app")
    doctor.fill(code="000000")
    doctor.press("Go on")
    assert doctor.reads("This is not the code.")
    doctor.fill(code=app_code(doctor))
    doctor.press("Go on")
    assert doctor.heading == "Your recovery codes"
    codes = doctor.page.locator("#codes").inner_text().split()
    assert len(codes) == 10
    doctor.press("I have kept them: go on")
    assert doctor.reads("A steward has still to confirm who you are.")

    steward = visit(size, session=session_of(make_person("sam@example.org", "steward", name="Sam")))
    steward.open("/")
    steward.press("People to verify")
    steward.press(f"Confirm {DOCTOR}")
    steward.open("/")
    steward.press("The audit trail")
    assert steward.reads("The trail is whole.")

    # the doctor sees the record; Rosa sees that he looked
    doctor.open("/invitations/")
    doctor.press("Accept: Rosa")
    assert doctor.heading == "The record of Rosa"
    assert not doctor.reads("Add a file"), "he was invited to see, not to add"
    rosa.open(f"{address}who-looked/")
    looked = rosa.page.locator("tr", has_text="Dr Lin").filter(has_text="looked").first.inner_text()
    assert "you shared it with them" in looked

    # a stranger, signed in or not, finds nothing
    stranger = visit(size, session=session_of(make_person("stranger@example.org", name="Stranger")))
    for page in ("", "files/", "facts/", "sharing/", "who-looked/", "erase/"):
        stranger.open(address + page)
        assert stranger.heading == "There is nothing here", page
    nobody = visit(size)
    nobody.open(address)
    assert nobody.heading == "Sign in"

    # she ends it; he sees nothing more
    rosa.open(f"{address}sharing/")
    rosa.press("End now: Dr Lin")
    assert rosa.reads("They can no longer see your record.")
    doctor.open(address)
    assert doctor.heading == "There is nothing here"
    assert not doctor.reads("Rosa")

    # a recovery code lets him in again, once
    doctor.open("/enter/logout/")
    doctor.press("Sign out")
    for code, heading in ((codes[0], "Hello, Dr Lin"), (codes[0], "Second step")):
        doctor.context.clear_cookies(name="session")
        doctor.open("/enter/login/")
        doctor.fill(login=DOCTOR, password=PASSWORD)
        doctor.press(
            "Sign in", within=doctor.page.locator("form", has=doctor.page.locator("[name=password]"))
        )
        doctor.fill(code=code)
        doctor.press("Sign in")
        assert doctor.heading == heading

    # a copy of everything; then nothing is left
    rosa.open("/account/")
    with rosa.page.expect_download() as download:
        rosa.page.get_by_role("button", name="Take a copy of everything").click()
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as copy:
        assert "Rosa" in copy.read("index.html").decode()
        told = json.loads(copy.read("everything.json"))
        assert [answer["value"] for answer in told["records"][0]["answers"]] == ["female"]
        assert copy.read("record-1/file-1.fhir.json") == CASE.read_bytes()
    rosa.press("Erase everything")
    rosa.press("Erase everything now")
    assert rosa.reads("Tick this box if you want to erase it for good.")
    rosa.choose("I understand that this cannot be undone")
    rosa.press("Erase everything now")
    assert rosa.reads("Everything is erased.")
    assert not Record.objects.exists() and not Grant.objects.exists()
    rosa.open("/enter/login/")
    rosa.fill(login=PATIENT, password=PASSWORD)
    rosa.press("Sign in", within=rosa.page.locator("form", has=rosa.page.locator("[name=password]")))
    assert rosa.reads("This address and this password do not go together.")


@pytest.mark.parametrize("size", SIZES)
def test_with_a_passkey(size: str, visit: Visit) -> None:
    doctor = visit(size)
    devices = doctor.context.new_cdp_session(doctor.page)
    devices.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
    }
    device |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    key = devices.send("WebAuthn.addVirtualAuthenticator", {"options": device})["authenticatorId"]
    join(doctor, DOCTOR, "Dr Lin", "A clinician")
    doctor.press("Make a passkey")
    devices.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    doctor.page.get_by_role("button", name="Make a passkey now").click()
    doctor.page.get_by_text("Nothing has changed. Try again").wait_for()
    doctor.check()
    devices.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})
    doctor.press("Make a passkey now")
    assert doctor.heading == "Your recovery codes"
    doctor.press("I have kept them: go on")
    doctor.open("/enter/second-step/webauthn/")
    assert doctor.reads("alone is enough")

    # signs in with it alone
    doctor.open("/enter/logout/")
    doctor.press("Sign out")
    doctor.open("/enter/login/")
    doctor.press("Sign in with a passkey")
    assert doctor.heading == "Hello, Dr Lin"

    # and with password and passkey, as a second step
    doctor.context.clear_cookies(name="session")
    doctor.open("/enter/login/")
    doctor.fill(login=DOCTOR, password=PASSWORD)
    doctor.press("Sign in", within=doctor.page.locator("form", has=doctor.page.locator("[name=password]")))
    assert doctor.heading == "Second step"
    doctor.press("Use my passkey")
    assert doctor.heading == "Hello, Dr Lin"
