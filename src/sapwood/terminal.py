"""An interview at a terminal: plain lines in, plain lines out, 80 columns, and the answers kept after each one."""

from __future__ import annotations

import io
import os
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sapwood.answers_file import check_can_keep, keep
from sapwood.formats.paper import clean, wrap
from sapwood.interview import Interview, Prompt, closing, opening, reply


def answers_path(record: str | None, answers: str | None) -> Path:
    """The file in which answers are kept: the one named, else beside the record, else in this folder."""
    if answers:
        return Path(answers)
    if record is None:
        return Path("sapwood-answers.yaml")
    path = Path(record)
    return path.with_name(f"{path.stem}.answers.yaml")


def printing(chosen: Any) -> str:
    """The command that prints the plan of the record on this command line."""
    words = ["sapwood", "plan", *([chosen.record] if chosen.record else [])]
    for option in ("patient", "pack", "as_of"):
        value = getattr(chosen, option)
        if value and (option, value) != ("pack", "bpdcn"):
            words += [f"--{option.replace('_', '-')}", value]
    if chosen.audience == "patient":
        words += ["--audience", "patient"]
    for setting in chosen.set:
        words += ["--set", setting]
    return shlex.join(words)


def hold(interview: Interview, path: Path, printing: str) -> None:
    """Holds an interview until nothing is left to ask or the person leaves; the end of the input is leaving.

    Raises AnswerError where the answers cannot be kept.
    """
    check_can_keep(path)
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace" if stream is sys.stdout else "replace")
    try:
        _talk(interview, path, printing)
    except BrokenPipeError:  # nobody reads any more; what was answered is kept
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _talk(interview: Interview, path: Path, printing: str) -> None:
    there = path.exists()
    print(f"Your answers are kept in: {clean(str(path))}")
    if there:
        print("This goes on from what it holds.")
    _say(opening(interview))
    number = 1
    shown: Prompt | None = None
    while (prompt := interview.prompt) is not None:
        if prompt != shown:
            _ask(prompt, number)
        shown = prompt
        try:
            line = input("> ")
            if not sys.stdin.isatty():
                print()  # a typed line ends with the key that sent it; a piped one does not
        except (EOFError, KeyboardInterrupt):
            print()
            line = "quit"
        following, said = reply(interview, line)
        if following.content is not interview.content:
            keep(path, following.content)
            number += 1 if len(following.asked) > len(interview.asked) else -1
        if following.begun is not None or not said:
            shown = None
        _say(said)
        interview = following
    print("-" * 20)
    if interview.left:
        _say(["Left; everything is kept. The same command goes on from here."])
    _say(closing(interview))
    print(f"\nTo print the plan:\n  {printing} --answers {shlex.quote(str(path))}")


def _ask(prompt: Prompt, number: int) -> None:
    print()
    _lines(f"{number}. ", prompt.text)
    for line in prompt.help:
        _lines("   ", line)


def _say(paragraphs: Iterable[str]) -> None:
    for paragraph in paragraphs:
        _lines("  " if paragraph.startswith("- ") else "", paragraph)


def _lines(start: str, text: str) -> None:
    for line in wrap(clean(text), start, " " * len(start)) or [""]:
        print(line)
