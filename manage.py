"""Runs the site's commands: `python manage.py check`."""

from sapwood_web.__main__ import main

main()
