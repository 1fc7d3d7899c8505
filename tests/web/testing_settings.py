"""The site's own settings, with keys and a folder that live as long as these tests."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from sapwood_web.vault.keys import new_keys, write_keys

_folder = Path(tempfile.mkdtemp(prefix="sapwood-tests-"))
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
write_keys(new_keys(), _folder / "keys.json")
(_folder / "static").mkdir()  # where nothing is collected
os.environ["SAPWOOD_STATE"] = str(_folder)
os.environ["SAPWOOD_KEYS"] = str(_folder / "keys.json")
os.environ["SAPWOOD_HTTP"] = "1"
os.environ.setdefault("DATABASE_URL", f"sqlite:///{_folder}/site.sqlite3")

from sapwood_web.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick; never outside tests
STORAGES = {  # no collected files needed
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
