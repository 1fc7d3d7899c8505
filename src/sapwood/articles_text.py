"""Pages and cards for a terminal: 80 columns, no colour needed, marks of citation as numbers."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from sapwood.articles import CITED, Article, CardDefinition, CardLine, Library, Reference
from sapwood.formats.paper import Paper

NOT_REVIEWED = "not yet reviewed by a clinician"
BLANK = "_" * 24


def write_list(library: Library) -> str:
    """Every page in order, and every card, with what has not been reviewed yet."""
    paper = Paper(colour=False)
    disease = library.pack.about.disease or library.pack.about.title
    if not library.articles and not library.cards:
        paper.say(f"There are no pages about {disease} yet.")
        return paper.text()
    paper.say(f"Pages about {disease}, in the order people need them")
    paper.lines.append("")
    for article in library.articles.values():
        review = "" if article.about.reviewed else " (not yet reviewed)"
        paper.row(article.about.id, article.about.title + review)
    if library.cards:
        paper.heading("Emergency cards")
        for card in library.cards.values():
            review = "" if card.reviewed else " (not yet reviewed)"
            paper.row(f"card:{card.id}", card.title + review)
    paper.lines += ["", "Read one: sapwood read ID. To print it: sapwood read ID --format html -o FILE."]
    return paper.text()


def write_article(library: Library, article: Article) -> str:
    """One page, with who wrote it, whether it was reviewed, its sources and the page after it."""
    references = library.references(article.claims)
    paper = Paper(colour=False)
    paper.say(article.about.title)
    paper.lines += ["=" * min(80, len(article.about.title)), ""]
    paper.say(f"Your clinic, day and night: {BLANK}")
    paper.say(f"Local emergency number:     {BLANK}")
    _body(paper, _numbered(article.body, references))
    words = library.words_on(article) if article.about.kind != "sheet" else ()
    if words:
        paper.heading("Words on this page")
        for word in words:
            paper.say(f"{word.word}: {word.means}", indent=2, hang=2)
    paper.heading("About this page")
    paper.say(f"By {article.about.author}; {_review(article.about.reviewed)}.", indent=2)
    _sources(paper, references)
    following = library.articles.get(article.about.next)
    if following is not None:
        paper.say(f"Next: {following.about.title} (sapwood read {following.about.id})", indent=2, hang=2)
    return paper.text()


def write_card(library: Library, card: CardDefinition) -> str:
    """A card as text, both sides."""
    lines = [*card.think_of, *card.do, *card.do_not]
    references = library.references(dict.fromkeys(name for line in lines for name in line.evidence))
    paper = Paper(colour=False)
    paper.say(f"EMERGENCY CARD: {card.title}")
    paper.lines.append("")
    paper.say(card.treated_with)
    paper.lines += [
        "",
        f"Name: {BLANK}",
        f"My clinic, day and night: {BLANK}",
        f"Local emergency number: {BLANK}",
        f"{card.date_of}: {BLANK}",
    ]
    for title, part in (("Think of", card.think_of), ("Do", card.do), ("Do not", card.do_not)):
        if part:
            paper.heading(title)
            for line in part:
                paper.say(f"{line.text} {_marks(line, references)}", indent=2, mark="- ")
    paper.heading("About this card")
    paper.say(f"By {card.author}; {_review(card.reviewed)}. Local policy decides.", indent=2)
    _sources(paper, references)
    return paper.text()


def _review(reviewed: str) -> str:
    return f"reviewed on {reviewed}" if reviewed else NOT_REVIEWED


def _marks(line: CardLine, references: Sequence[Reference]) -> str:
    numbers = [reference.number for reference in references if set(line.evidence) & set(reference.claims)]
    return "".join(f"[{number}]" for number in numbers)


def _numbered(text: str, references: Sequence[Reference]) -> str:
    numbers = {name: reference.number for reference in references for name in reference.claims}
    return CITED.sub(lambda match: f"[{numbers[match[1]]}]", text)


def _sources(paper: Paper, references: Sequence[Reference]) -> None:
    for reference in references:
        paper.say(reference.words, indent=2, mark=f"[{reference.number}] ")


def _body(paper: Paper, text: str) -> None:
    """The markdown of a page, block by block."""
    depth, mark, table, row = 0, "", False, list[str]()
    for token in MarkdownIt("commonmark", {"html": False}).enable("table").parse(text):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
        elif token.type == "list_item_open":
            mark = f"{token.info}. " if token.info else "- "
        elif token.type == "heading_open":
            mark = "#"
        elif token.type in ("table_open", "table_close"):
            table = token.type == "table_open"
            paper.lines.append("")
        elif token.type == "tr_close":
            paper.say(" | ".join(row), indent=2, hang=2)
            row = []
        elif token.type == "inline" and table:
            row.append(_plain(token) or "______")
        elif token.type == "inline":
            if mark == "#":
                paper.heading(_plain(token))
            elif depth:
                paper.say(_plain(token), indent=2 * depth, mark=mark or "  ")
            else:
                paper.lines.append("")
                paper.say(_plain(token))
            mark = ""


def _plain(token: Token) -> str:
    return "".join(
        " " if child.type in ("softbreak", "hardbreak") else child.content for child in token.children or ()
    )
