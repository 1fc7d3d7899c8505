"""The plain-language pages of a pack and its emergency cards: read when asked for, every problem in one list.

A page is markdown with a few keys before it; `[^claim]` in its text is a claim of the pack's evidence. A card is data.
Neither is part of the `Pack`, so that a plan is made without them.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from sapwood.definitions import Definition
from sapwood.errors import AnswerError, PackError, Problem
from sapwood.glossary import NO_WORDS, Glossary, GlossaryDefinition, WordDefinition, faults_in, glossary_of
from sapwood.never_said import never_said
from sapwood.pack import Pack
from sapwood.pack_content import IDENTIFIER
from sapwood.yaml_files import parse_yaml, read_yaml

CITED = re.compile(r"\[\^([a-z0-9_]+)\]")
LINK = re.compile(r"\]\(([^)\s]+\.md)\)")
_FRONT = re.compile(r"\A---\n(.*?)^---\n(.*)\Z", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"(\d{2})-([a-z0-9]+(?:-[a-z0-9]+)*)\.md\Z")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")

T = TypeVar("T", bound=Definition)


class ArticleDefinition(Definition, frozen=True):
    """What stands before a page: its name, its place, who wrote and who reviewed it, what it rests on."""

    id: str
    title: str
    order: int
    kind: Literal["article", "emergency", "questions", "sheet"] = "article"
    author: str = "Sapwood contributors"
    reviewed: str = ""
    sources: tuple[str, ...] = ()
    next: str = ""
    steps: tuple[str, ...] = ()
    treatment: tuple[str, ...] = ()


class CardLine(Definition, frozen=True):
    """One thing an emergency team must know, and the claims it rests on."""

    text: str
    evidence: tuple[str, ...]


class CardDefinition(Definition, frozen=True):
    """An emergency card, of the size of a bank card: what a stranger must know of this treatment tonight."""

    id: str
    title: str
    order: int
    treated_with: str
    think_of: tuple[CardLine, ...]
    do: tuple[CardLine, ...]
    do_not: tuple[CardLine, ...] = ()
    date_of: str = "Last dose on"
    treatment: tuple[str, ...] = ()
    author: str = "Sapwood contributors"
    reviewed: str = ""


_INNER: Mapping[type[Definition], tuple[type[Definition], ...]] = {
    CardDefinition: (CardLine,),
    GlossaryDefinition: (WordDefinition,),
}


@dataclass(frozen=True)
class Article:
    """One page: what stands before it, its text in markdown, and its file."""

    about: ArticleDefinition
    body: str
    file: str

    @cached_property
    def claims(self) -> tuple[str, ...]:
        """What the page rests on, each once, in the order of its text."""
        return tuple(dict.fromkeys((*CITED.findall(self.body), *self.about.sources)))

    @cached_property
    def answers(self) -> Mapping[str, str]:
        """Of a page of questions: each question with its answer."""
        parts = re.split(r"^## +(.+?)\s*$", self.body, flags=re.MULTILINE)
        return dict(zip(parts[1::2], (answer.strip() for answer in parts[2::2]), strict=True))


@dataclass(frozen=True, slots=True)
class Reference:
    """A source as a page names it: its number there, its citation, what of it was read, which claims it gave."""

    number: int
    citation: str
    access: str
    claims: tuple[str, ...]

    @property
    def words(self) -> str:
        """The source in one line, with what of it was read."""
        access = f" {self.access[0].upper()}{self.access[1:]}." if self.access else ""
        return f"{self.citation}.{access}"


@dataclass(frozen=True)
class Library:
    """The pages of a pack in the order in which people need them, and its emergency cards."""

    pack: Pack
    articles: Mapping[str, Article]
    cards: Mapping[str, CardDefinition]
    glossary: Glossary = NO_WORDS

    def article(self, name: str) -> Article:
        """The page with that id; AnswerError with what is near."""
        found = self.articles.get(name)
        if found is None:
            raise AnswerError(_unknown("page", name, self.articles, "`sapwood read` lists them."))
        return found

    def card(self, treatment: str) -> CardDefinition:
        """The card with that id, or the card of that treatment; AnswerError with what is near."""
        for card in self.cards.values():
            if treatment == card.id or treatment in card.treatment:
                return card
        known = {name for card in self.cards.values() for name in (card.id, *card.treatment)}
        raise AnswerError(_unknown("card", treatment, known, f"Cards: {', '.join(self.cards) or 'none'}."))

    @property
    def cited(self) -> frozenset[str]:
        """Every claim and source that a page or a card rests on."""
        lines = (line for card in self.cards.values() for line in (*card.think_of, *card.do, *card.do_not))
        pages = (name for article in self.articles.values() for name in article.claims)
        return frozenset((*pages, *(name for line in lines for name in line.evidence)))

    def references(self, claims: Iterable[str]) -> tuple[Reference, ...]:
        """The sources behind some claims, numbered from 1, each with the claims taken from it."""
        found: dict[str, list[str]] = {}
        for name in claims:
            source = self.pack.claims[name].source if name in self.pack.claims else name
            found.setdefault(source, []).append(name)
        return tuple(
            Reference(
                number, self.pack.sources[source].citation, self.pack.sources[source].access, tuple(names)
            )
            for number, (source, names) in enumerate(found.items(), start=1)
        )

    def words_on(self, article: Article) -> tuple[WordDefinition, ...]:
        """The words of the glossary that a page uses, in its order, each once."""
        text = CITED.sub("", LINK.sub("]", article.body))
        return tuple({word.id: word for _, _, word in self.glossary.found_in(text)}.values())

    def helpful(self, step: str = "", treatment: str = "") -> tuple[Article, ...]:
        """The pages that help on a step of the pathway or with a treatment, in order."""
        return tuple(
            article
            for article in self.articles.values()
            if step in article.about.steps or treatment in article.about.treatment
        )


def read_library(pack: Pack, folder: Path) -> Library:
    """The pages, cards and words of a pack's folder; PackError with every problem found."""
    library, problems = _read(pack, folder)
    if problems:
        raise PackError(*problems)
    return library


def check_library(pack: Pack, folder: Path) -> tuple[Problem, ...]:
    """Every problem of a pack's pages, cards and words: keys, claims, links, order, words that must not stand there."""
    return _read(pack, folder)[1]


def too_hard(library: Library) -> Iterator[Problem]:
    """Each page, and each answer, that asks for more years of school than words for patients may.

    Needs the extra `check`.
    """
    from sapwood.reading_grade import LIMIT, grade

    for article in library.articles.values():
        texts = {article.file: article.body}
        if article.about.kind == "questions":
            texts |= {f"{article.file}, `{question}`": text for question, text in article.answers.items()}
        for where, text in texts.items():
            reached = grade(text)
            if reached > LIMIT:
                yield Problem(
                    where,
                    f"reads at grade {reached}, above {LIMIT}",
                    "Use shorter sentences and plainer words.",
                )
    for word in library.glossary.words.values():
        reached = grade(word.means)
        if reached > LIMIT:
            yield Problem(
                f"glossary.yaml, `{word.id}`",
                f"reads at grade {reached}, above {LIMIT}",
                "Use plainer words.",
            )


def _read(pack: Pack, folder: Path) -> tuple[Library, tuple[Problem, ...]]:
    problems: list[Problem] = []
    articles: dict[str, Article] = {}
    for path in sorted((folder / "articles").glob("*.md")):
        try:
            article = _article(path, f"{folder.name}/articles/{path.name}")
        except PackError as error:
            problems += error.problems
            continue
        if article.about.id in articles:
            taken = articles[article.about.id].file
            problems.append(Problem(article.file, f"its id is that of {taken}", "Rename one of them."))
        articles[article.about.id] = article
    cards: dict[str, CardDefinition] = {}
    for path in sorted((folder / "cards").glob("*.yaml")):
        shown = f"{folder.name}/cards/{path.name}"
        try:
            card = _shaped(read_yaml(path, shown), CardDefinition, shown)
        except PackError as error:
            problems += error.problems
            continue
        if card.id != path.stem:
            problems.append(Problem(shown, f"the id is `{card.id}`", "Name the file after its id."))
        cards[card.id] = card
    words = _words(folder / "glossary.yaml", f"{folder.name}/glossary.yaml", problems)
    library = Library(
        pack,
        dict(sorted(articles.items(), key=lambda pair: pair[1].about.order)),
        dict(sorted(cards.items(), key=lambda pair: pair[1].order)),
        glossary_of(words),
    )
    problems += _faults(library)
    problems += _word_faults(library, words, f"{folder.name}/glossary.yaml")
    problems += _card_faults(library, folder.name)
    return library, tuple(problems)


def _words(path: Path, shown: str, problems: list[Problem]) -> tuple[WordDefinition, ...]:
    """The words of a glossary; none where there is no such file, or where it could not be read."""
    if not path.is_file():
        return ()
    try:
        return _shaped(read_yaml(path, shown), GlossaryDefinition, shown).words
    except PackError as error:
        problems += error.problems
        return ()


def _article(path: Path, shown: str) -> Article:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = f"cannot be read ({type(error).__name__})"
        raise PackError(Problem(shown, what, "Check that it is a readable UTF-8 text file.")) from None
    parts = _FRONT.match(text)
    if parts is None:
        raise PackError(
            Problem(shown, "nothing stands before the page", "Begin it with `---`, its keys, and `---`.")
        )
    about = _shaped(parse_yaml("\n" + parts[1], shown), ArticleDefinition, shown)
    return Article(about, parts[2].strip() + "\n", shown)


def _shaped(data: Any, shape: type[T], shown: str) -> T:
    try:
        return msgspec.convert(data, shape)
    except msgspec.ValidationError as error:
        unknown = re.search(r"unknown field `([^`]+)`", str(error))
        shapes: tuple[type[Definition], ...] = (shape, *_INNER.get(shape, ()))
        keys = {key for one in shapes for key in one.__struct_encode_fields__}
        close = difflib.get_close_matches(unknown[1], keys, 1) if unknown else []
        remedy = (
            f"Did you mean `{close[0]}`?" if close else "Mend the key; docs/packs.md lists what it may hold."
        )
        raise PackError(Problem(shown, str(error), remedy)) from None


def _unknown(sort: str, name: str, known: Any, otherwise: str) -> Problem:
    close = difflib.get_close_matches(name, sorted(known), 1)
    hint = f"Did you mean `{close[0]}`?" if close else otherwise
    return Problem("sapwood read", f"the pack has no such {sort}", hint)


def _faults(library: Library) -> Iterator[Problem]:
    files = {article.file.rsplit("/", 1)[1]: article for article in library.articles.values()}
    orders: dict[int, str] = {}
    for article in library.articles.values():
        where, about = article.file, article.about
        named = _FILE.match(where.rsplit("/", 1)[1])
        if IDENTIFIER.match(about.id) is None:
            yield Problem(where, "not a usable id", "Use small letters, digits and single underscores.")
        if named is None or int(named[1]) != about.order:
            yield Problem(
                where, f"its order is {about.order}", f"Name the file `{about.order:02d}-what-it-is-of.md`."
            )
        if about.order in orders:
            yield Problem(where, f"its order is that of {orders[about.order]}", "Give each page its own.")
        orders[about.order] = where
        if about.reviewed and _DAY.match(about.reviewed) is None:
            yield Problem(where, "`reviewed` is no day", "Write it as 2026-03-02, or leave it out.")
        if about.next and about.next not in library.articles:
            yield _missing(where, "page", about.next, library.articles)
        for target in LINK.findall(article.body):
            if target not in files:
                yield _missing(where, "page", target, files)
        yield from _unknown_names(library.pack, where, article.claims, about.steps, about.treatment)
        if about.kind == "questions":
            for question, answer in article.answers.items():
                if not CITED.search(answer) or not LINK.search(answer):
                    remedy = "Name a claim as `[^claim]`, and link the page that says more."
                    yield Problem(where, f"`{question}` lacks a source or a page that says more", remedy)
        yield from never_said(f"{about.title}\n{article.body}", where)
    emergencies = [one.about.id for one in library.articles.values() if one.about.kind == "emergency"]
    for name in emergencies[1:]:
        yield Problem(
            library.articles[name].file, f"`{emergencies[0]}` is the page of emergencies", "Keep one of them."
        )
    yield from _unreachable(library, files)


def _word_faults(library: Library, words: tuple[WordDefinition, ...], shown: str) -> Iterator[Problem]:
    for name, what, remedy in faults_in(words):
        yield Problem(f"{shown}, `{name}`", what, remedy)
    for word in words:
        where = f"{shown}, `{word.id}`"
        yield from _unknown_names(library.pack, where, word.evidence, (), ())
        if word.page and word.page not in library.articles:
            yield _missing(where, "page", word.page, library.articles)
        yield from never_said(word.means, where)


def _unreachable(library: Library, files: Mapping[str, Article]) -> Iterator[Problem]:
    """Pages to which neither a `next` nor a link leads from the first page."""
    waiting = list(library.articles.values())[:1]
    reached: set[str] = set()
    while waiting:
        article = waiting.pop()
        if article.about.id in reached:
            continue
        reached.add(article.about.id)
        targets = [files[name] for name in LINK.findall(article.body) if name in files]
        if article.about.next in library.articles:
            targets.append(library.articles[article.about.next])
        waiting += targets
    for name, article in library.articles.items():
        if name not in reached:
            yield Problem(article.file, "no page leads here", "Name it as `next` of a page, or link it.")


def _card_faults(library: Library, folder: str) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for card in library.cards.values():
        where = f"{folder}/cards/{card.id}.yaml"
        lines = [*card.think_of, *card.do, *card.do_not]
        claims = tuple(dict.fromkeys(claim for line in lines for claim in line.evidence))
        yield from _unknown_names(library.pack, where, claims, (), card.treatment)
        for line in lines:
            if not line.evidence:
                yield Problem(where, f"`{line.text}` has no evidence", "Name the claim it rests on.")
        for treatment in card.treatment:
            if treatment in owners:
                yield Problem(where, f"`{treatment}` has the card {owners[treatment]}", "Keep one of them.")
            owners[treatment] = card.id
        if card.reviewed and _DAY.match(card.reviewed) is None:
            yield Problem(where, "`reviewed` is no day", "Write it as 2026-03-02, or leave it out.")


def _unknown_names(pack: Pack, where: str, claims: Any, steps: Any, treatments: Any) -> Iterator[Problem]:
    known = {
        "claim": {*pack.claims, *pack.sources},
        "step": {step.id for step in pack.pathway.steps},
        "treatment": {*pack.regimens, *(option.id for option in pack.pathway.options)},
    }
    for sort, names in (("claim", claims), ("step", steps), ("treatment", treatments)):
        for name in names:
            if name not in known[sort]:
                yield _missing(where, sort, name, known[sort])


def _missing(where: str, sort: str, name: str, known: Any) -> Problem:
    close = difflib.get_close_matches(name, sorted(known), 1)
    remedy = f"Did you mean `{close[0]}`?" if close else "Add it, or take the mention out."
    return Problem(where, f"unknown {sort} `{name}`", remedy)
