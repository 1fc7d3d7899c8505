"""Runs the site's commands: `python -m sapwood_web migrate`."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """One command of the site, with its settings."""
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sapwood_web.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
