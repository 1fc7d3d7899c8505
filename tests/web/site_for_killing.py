"""What the test with kill -9 runs in processes of its own: `prepare` makes someone, `look` says what is kept."""

from __future__ import annotations

import json
import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "sapwood_web.settings"
django.setup()

from django.core.management import call_command  # noqa: E402
from people import make_person, make_record, signed_in  # noqa: E402

from sapwood_web.accounts.actions import finish_erasures  # noqa: E402
from sapwood_web.audit.actions import verify_trail  # noqa: E402
from sapwood_web.records.models import Record  # noqa: E402
from sapwood_web.records.uploading import check_file  # noqa: E402


def prepare() -> dict[str, str]:
    call_command("migrate", verbosity=0)
    person = make_person("alice@example.org")
    record = make_record(person)
    return {"session": signed_in(person).cookies["session"].value, "record": str(record.pk)}


def look() -> dict[str, object]:
    finish_erasures()
    record = Record.objects.get()
    files = [upload.data for upload in record.uploads.all()]
    for data in files:
        check_file(data)
    return {
        "answers": [answer.said["value"] for answer in record.answers.all()],
        "files": [json.loads(data)["entry"][1]["resource"]["id"] for data in files],
        "faults": [str(fault) for fault in verify_trail()],
    }


print(json.dumps({"prepare": prepare, "look": look}[sys.argv[1]]()))
