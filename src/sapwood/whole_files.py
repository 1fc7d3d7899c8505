"""A file is written whole or not at all, and readable by its owner only: it may hold what a record says."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """The file holds all of the content, or what it held before; raises OSError where it cannot be written."""
    path = Path(os.path.realpath(path))
    handle, name = tempfile.mkstemp(prefix=".sapwood-", suffix=path.suffix, dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
