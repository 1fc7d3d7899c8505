"""The command line: `sapwood plan`, `ask`, `facts`, `explain`, `read`, `pack`, `check`, `registry`, `synth`.

Exit codes: 0 an answer was given; 2 the input could not be used (one clear line on standard error); 1 our own bug;
3 a checked pack has findings, or a checked cohort lies outside its rates.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from sapwood.check.command import add_options as add_check_options
from sapwood.errors import AnswerError, Problem, SapwoodError
from sapwood.formats import FORMATS, knows, write
from sapwood.registry.command import add_options as add_registry_options
from sapwood.synth.command import add_options as add_synth_options

if TYPE_CHECKING:
    from sapwood.answers import Sheet
    from sapwood.changes import Changes
    from sapwood.facts import Facts
    from sapwood.plan import Plan
    from sapwood.record import Record
    from sapwood.values import Moment


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}. See `{self.prog} --help`.\n")


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = _Parser(
        prog="sapwood",
        description="Computable care pathways for rare blood cancers. Decision support; never a prescriber.",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)

    def with_record(command: argparse.ArgumentParser, *, needed: bool = False) -> None:
        command.add_argument(
            "record", nargs=None if needed else "?", metavar="RECORD", help="a FHIR R4 file (JSON or NDJSON)"
        )
        command.add_argument("--as-of", metavar="WHEN", help="a date (its end) or an instant; default: today")
        command.add_argument("--patient", metavar="ID", help="which patient, where the file holds several")
        command.add_argument(
            "--pack", default="bpdcn", metavar="ID|DIR", help="a pack's id or folder; default: bpdcn"
        )
        command.add_argument("--answers", metavar="FILE", help="answers to add (YAML or JSON)")
        command.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="FACT=VALUE",
            help="one answer; a number is in the fact's unit unless it brings its own; add @DATE, put SPECIMEN: before",
        )

    plan = commands.add_parser("plan", help="where a person stands, what is missing, the options, and why")
    with_record(plan)
    plan.add_argument(
        "--format", default="text", choices=list(FORMATS), help="how to write it; default: text"
    )
    plan.add_argument(
        "--audience",
        choices=["clinician", "patient"],
        default="clinician",
        help="for whom; default: clinician",
    )
    plan.add_argument("--since", metavar="WHEN", help="also what changed since a day or an instant")
    plan.add_argument("--before", metavar="OLD", help="also what changed since an older record of the person")
    plan.add_argument(
        "--with-id",
        action="store_true",
        help="show the record's own patient id (json, fhir) and the birth date (fhir)",
    )
    plan.add_argument(
        "--with-details", action="store_true", help="say in the calendar what each entry is for (ics)"
    )
    plan.add_argument(
        "--colour", "--color", choices=["auto", "always", "never"], default="auto", help="default: auto"
    )
    plan.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="write it to a file, whole or not at all, in place of the screen",
    )
    ask = commands.add_parser("ask", help="an interview: only what would change something, kept in a file")
    with_record(ask)
    ask.add_argument(
        "--audience",
        default="clinician",
        choices=["clinician", "patient"],
        help="who answers; default: clinician",
    )
    ask.add_argument("--again", action="store_true", help="ask again what was skipped or not known")
    facts = commands.add_parser("facts", help="what was understood, from where, what was ignored and why")
    with_record(facts)
    facts.add_argument("--all", action="store_true", help="also the facts that are not on record")
    explain = commands.add_parser(
        "explain", help="one criterion: its sentence, its evidence, its verdict for a record"
    )
    explain.add_argument("criterion", metavar="CRITERION")
    with_record(explain)
    read = commands.add_parser(
        "read", help="the pages for patients and care partners, and the emergency cards"
    )
    read.add_argument(
        "page", nargs="?", metavar="ID", help="a page, or card:ID for an emergency card; without it, the list"
    )
    read.add_argument(
        "--pack", default="bpdcn", metavar="ID|DIR", help="a pack's id or folder; default: bpdcn"
    )
    read.add_argument("--format", default="text", choices=["text", "html"], help="default: text")
    read.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="write it there; without ID, and with html, a folder of all pages",
    )
    checking = commands.add_parser("check", help="prove a pack, and search for the patient nobody thought of")
    add_check_options(checking)
    synth = commands.add_parser("synth", help="people who do not exist, for trying a registry")
    add_synth_options(synth)
    many = commands.add_parser("registry", help="many people: build a registry, and ask it")
    add_registry_options(many, _Parser)
    pack = commands.add_parser("pack", help="the packs that come with Sapwood")
    actions = pack.add_subparsers(dest="action", required=True, metavar="ACTION", parser_class=_Parser)
    actions.add_parser("list", help="the packs by id")
    show = actions.add_parser("show", help="what a pack holds")
    show.add_argument("pack", nargs="?", default="bpdcn", metavar="ID|DIR")
    diff = actions.add_parser("diff", help="two editions of a pack, and whose plans would read differently")
    diff.add_argument("old", metavar="OLD", help="a pack's id or folder")
    diff.add_argument("new", metavar="NEW", help="a pack's id or folder")
    diff.add_argument("--plans", nargs="+", default=[], metavar="FILE", help="plans kept as JSON")
    new = commands.add_parser("new-pack", help="the folder of a new disease: a commented skeleton")
    new.add_argument("folder", metavar="NAME", help="the new pack's id, or a path whose last part is its id")
    new.add_argument("--title", default="", help="the disease's name; default: made from the id")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    chosen = parser().parse_args(arguments)
    code = 0
    try:
        if chosen.command == "check":
            from sapwood.check.command import run

            text, code = run(chosen)
        elif chosen.command == "synth":
            from sapwood.synth.command import run as run_synth

            text, code = run_synth(chosen)
        elif chosen.command == "registry":
            from sapwood.registry.command import run as run_registry

            text, code = run_registry(chosen, _today())
        else:
            text = _run(chosen)
    except SapwoodError as error:
        for problem in error.problems:
            print(f"sapwood: {_one_line(problem)}", file=sys.stderr)
        return 2
    except Exception as error:  # our own bug: say so without showing what was in the record
        if os.environ.get("SAPWOOD_DEBUG"):
            raise
        frame = error.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        place = f"{os.path.basename(frame.tb_frame.f_code.co_filename)}:{frame.tb_lineno}" if frame else "?"
        print(
            f"sapwood: a fault in Sapwood itself ({type(error).__name__} at {place}); no answer was given. "
            "Please report it; SAPWOOD_DEBUG=1 shows more, and may show what is in the record.",
            file=sys.stderr,
        )
        return 1
    try:
        if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal that lacks a letter shows its number
            sys.stdout.reconfigure(errors="backslashreplace")
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _one_line(problem: Problem) -> str:
    return " ".join(str(problem).split())


def _run(chosen: argparse.Namespace) -> str:
    if chosen.command == "pack" and chosen.action == "diff":
        return _diff(chosen)
    if chosen.command == "pack":
        from sapwood.describe import list_packs, show_pack

        return list_packs() if chosen.action == "list" else show_pack(chosen.pack)
    if chosen.command == "new-pack":
        from sapwood.new_pack import new_pack

        files = new_pack(chosen.folder, chosen.title)
        listed = "".join(f"  {path}\n" for path in files)
        return f"{listed}Next: docs/add-a-disease.md; `sapwood pack show {chosen.folder}` reads it.\n"
    if chosen.command == "read":
        from sapwood.reading_room import read_page

        return read_page(chosen.page, pack=chosen.pack, format=chosen.format, output=chosen.output)
    if chosen.command == "explain" and chosen.record is None and not chosen.answers and not chosen.set:
        from sapwood.describe import explain_criterion
        from sapwood.pack import load_pack

        return explain_criterion(load_pack(chosen.pack), chosen.criterion, None)
    if chosen.command == "ask":
        return _ask(chosen)
    facts = _facts(chosen)
    if chosen.command == "facts":
        from sapwood.describe import list_facts

        return list_facts(facts, everything=chosen.all)
    if chosen.command == "explain":
        from sapwood.describe import explain_criterion

        return explain_criterion(facts.pack, chosen.criterion, facts)
    from sapwood.earlier import plan_from

    plan = plan_from(facts)
    text = write(
        plan,
        chosen.format,
        with_id=chosen.with_id,
        colour=_colour(chosen.colour) and (chosen.output is None or chosen.colour == "always"),
        audience=chosen.audience,
        with_details=chosen.with_details,
        **_changes(chosen, plan),
    )
    return text if chosen.output is None else _keep(text, chosen.output)


def _keep(text: str, path: str) -> str:
    """Writes a plan to a file; nothing is left for the screen."""
    from pathlib import Path

    from sapwood.whole_files import write_whole

    try:
        write_whole(Path(path), text.encode())
    except OSError as error:
        what = f"the plan cannot be written there ({error.strerror or type(error).__name__})"
        raise AnswerError(Problem(path, what, "Name a file in a folder you can write to.")) from None
    return ""


def _changes(chosen: argparse.Namespace, plan: Plan) -> dict[str, Changes]:
    """What changed since the earlier plan that was asked for; empty where none was."""
    if chosen.since is None and chosen.before is None:
        return {}
    from sapwood.changes import compare
    from sapwood.earlier import earlier_plan
    from sapwood.record import read_record

    if not knows(chosen.format, "changes"):
        what = f"the format {chosen.format} has no place for what changed"
        remedy = f"Use --format {' or '.join(name for name in FORMATS if knows(name, 'changes'))}."
        raise AnswerError(Problem("--since" if chosen.since else "--before", what, remedy))
    since = _moment(chosen.since, "--since") if chosen.since else None
    record = read_record(chosen.before, patient=chosen.patient) if chosen.before else None
    return {"changes": compare(earlier_plan(plan.facts, since, record), plan)}


def _moment(text: str, option: str) -> Moment:
    from sapwood.answers import as_moment

    moment = as_moment(text)
    if moment is None:
        raise AnswerError(Problem(option, "not a day or an instant that exists", "Write it as 2026-03-02."))
    return moment


def _colour(choice: str) -> bool:
    if choice != "auto":
        return choice == "always"
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def _diff(chosen: argparse.Namespace) -> str:
    """Two editions of a pack, and whose plans would read differently."""
    from sapwood.describe_diff import show_diff
    from sapwood.pack import load_pack, pack_folder
    from sapwood.pack_diff import diff
    from sapwood.stored_plans import read_stored

    folders = [pack_folder(name) for name in (chosen.old, chosen.new)]
    plans = [read_stored(path) for path in chosen.plans]
    return show_diff(diff(load_pack(chosen.old), load_pack(chosen.new), folders, plans))


def _ask(chosen: argparse.Namespace) -> str:
    """An interview about the record on the command line; it prints by itself."""
    from sapwood.answers import parse_setting, sheet_of
    from sapwood.answers_file import read_content
    from sapwood.interview import Matter, begin
    from sapwood.pack import load_pack
    from sapwood.terminal import answers_path, hold, printing

    pack = load_pack(chosen.pack)
    path = answers_path(chosen.record, chosen.answers)
    content = read_content(path)
    as_of, today = _as_of(chosen, sheet_of(dict(content), pack, str(path)))
    more = tuple(parse_setting(text, pack) for text in chosen.set)
    matter = Matter(_record(chosen), pack, as_of, chosen.audience, more, False if today else None)
    hold(begin(matter, content, again=chosen.again, where=str(path)), path, printing(chosen))
    return ""


def _facts(chosen: argparse.Namespace) -> Facts:
    """The facts of the record and answers on the command line."""
    from sapwood.answers import parse_setting, read_answers
    from sapwood.facts import extract
    from sapwood.pack import load_pack

    if chosen.record is None and not chosen.answers and not chosen.set:
        raise AnswerError(
            Problem(
                f"sapwood {chosen.command}", "no record is named", "Name a FHIR file, or give --answers FILE."
            )
        )
    pack = load_pack(chosen.pack)
    sheet = read_answers(chosen.answers, pack) if chosen.answers else None
    answers = [*(sheet.answers if sheet else ()), *(parse_setting(text, pack) for text in chosen.set)]
    as_of, today = _as_of(chosen, sheet)
    return extract(_record(chosen), pack, as_of=as_of, answers=answers, looks_back=False if today else None)


def _as_of(chosen: argparse.Namespace, sheet: Sheet | None) -> tuple[Moment, bool]:
    """The moment of the plan, and whether that is today because nobody named one."""
    from sapwood.answers import as_moment

    if chosen.as_of is not None:
        return _moment(chosen.as_of, "--as-of"), False
    if sheet is not None and sheet.as_of is not None:
        return sheet.as_of, False
    as_of = as_moment(_today())
    assert as_of is not None
    return as_of, True


def _today() -> str:
    from datetime import datetime

    return datetime.now().astimezone().date().isoformat()


def _record(chosen: argparse.Namespace) -> Record:
    from sapwood.record import Record, read_record

    if chosen.record is None:
        return Record(None, (), {}, (), ())
    return read_record(chosen.record, patient=chosen.patient)
