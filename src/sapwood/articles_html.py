"""Pages and cards as HTML: one file that needs nothing else, for a phone, a screen reader and a printer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from sapwood.articles import CITED, Article, CardDefinition, CardLine, Library, Reference
from sapwood.glossary import WordDefinition

Address = Callable[[str], str]
"""Where the page with an id is found; an empty text where it is only named."""

Explaining = Callable[[str, WordDefinition], str]
"""The HTML of a word as it stands in a text, explained in place."""


def nowhere(name: str) -> str:
    """The address of a page that stands alone: other pages are named, not linked."""
    return ""


def beside(name: str) -> str:
    """The address of a page in the same folder."""
    return f"{name.replace(':', '-')}.html"


@dataclass(frozen=True, slots=True)
class Parts:
    """The text of a page as HTML: what stands before its questions, the rest, its questions by anchor, its sources."""

    intro: Markup
    body: Markup
    questions: tuple[tuple[str, str], ...]
    references: tuple[Reference, ...]


def html_parts(
    library: Library, article: Article, address: Address = nowhere, explain: Explaining | None = None
) -> Parts:
    """The text of a page as HTML, for a frame of one's own; `explain` writes each word where it first stands."""
    references = library.references(article.claims)
    asked = article.answers if article.about.kind == "questions" else {}
    intro = article.body.partition("\n## ")[0] if asked else ""
    words = _Words(library, explain)
    return Parts(
        _body(library, intro, references, address, words),
        _body(library, article.body[len(intro) :], references, address, words),
        tuple((anchor_of(question), question) for question in asked),
        references,
    )


def html_text(library: Library, text: str, references: Sequence[Reference] = ()) -> Markup:
    """A text in markdown as HTML; pages are only named, and HTML inside it is shown as text."""
    return _body(library, text, references, nowhere, _Words(library, None))


def html_article(library: Library, article: Article, address: Address = nowhere) -> str:
    """One page as HTML."""
    parts = html_parts(library, article, address)
    position = list(library.articles).index(article.about.id) + 1
    return _page(
        "article.html",
        library,
        address,
        title=article.about.title,
        about=article.about,
        intro=parts.intro,
        body=parts.body,
        questions=parts.questions,
        words=library.words_on(article) if article.about.kind != "sheet" else (),
        references=parts.references,
        place=f"Page {position} of {len(library.articles)}",
        following=library.articles.get(article.about.next),
    )


def html_card(library: Library, card: CardDefinition, address: Address = nowhere) -> str:
    """A card as HTML: two sides of 85.6 by 54 mm, to be cut out and folded."""
    lines = [*card.think_of, *card.do, *card.do_not]
    references = library.references(dict.fromkeys(name for line in lines for name in line.evidence))
    parts = [
        (title, [(line.text, _numbers(line, references)) for line in part])
        for title, part in (("Think of", card.think_of), ("Do", card.do), ("Do not", card.do_not))
        if part
    ]
    return _page(
        "card.html",
        library,
        address,
        title=f"Emergency card: {card.title}",
        about=card,
        parts=parts,
        references=references,
    )


def html_list(library: Library, address: Address = nowhere) -> str:
    """The pages and cards in order, as HTML."""
    return _page("list.html", library, address, title=f"About {_disease(library)}: the pages in order")


def html_library(library: Library) -> Mapping[str, str]:
    """Every page and card and their list, by file name, linked to each other."""
    files = {"index.html": html_list(library, beside)}
    files |= {beside(name): html_article(library, page, beside) for name, page in library.articles.items()}
    files |= {
        beside(f"card:{name}"): html_card(library, card, beside) for name, card in library.cards.items()
    }
    return files


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _page(template: str, library: Library, address: Address, **words: Any) -> str:
    about = library.pack.about
    return (
        _templates()
        .get_template(template)
        .render(
            library=library,
            address=address,
            language=about.language,
            disease=_disease(library),
            review=_review,
            home="index.html" if address("any") else "",
            **words,
        )
    )


def _disease(library: Library) -> str:
    return library.pack.about.disease or library.pack.about.title


def _review(reviewed: str) -> str:
    return f"Reviewed by a clinician on {reviewed}" if reviewed else "Not yet reviewed by a clinician"


def _numbers(line: CardLine, references: Sequence[Reference]) -> str:
    found = [reference.number for reference in references if set(line.evidence) & set(reference.claims)]
    return ",".join(str(number) for number in found)


def anchor_of(heading: str) -> str:
    """The name under which a heading is found on its page."""
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")


class _Words:
    """The words of a glossary, each explained where it first stands on a page."""

    def __init__(self, library: Library, explain: Explaining | None) -> None:
        self.glossary, self.explain = library.glossary, explain
        self.said: set[str] = set()

    def mark(self, tokens: list[Token]) -> list[Token]:
        """The tokens of one line of text, with each word that stands there for the first time explained."""
        marked: list[Token] = []
        inside = 0
        for token in tokens:
            inside += token.nesting if token.type.startswith("link_") else 0
            marked += [token] if inside or token.type != "text" else self._split(token.content)
        return marked

    def _split(self, text: str) -> Iterable[Token]:
        begun = 0
        cited = [match.span() for match in CITED.finditer(text)]
        for begin, end, word in self.glossary.found_in(text):
            if word.id in self.said or any(first <= begin < last for first, last in cited):
                continue
            assert self.explain is not None
            self.said.add(word.id)
            yield Token("text", "", 0, content=text[begun:begin])
            yield Token("html_inline", "", 0, content=self.explain(text[begin:end], word))
            begun = end
        yield Token("text", "", 0, content=text[begun:])


def _body(
    library: Library, text: str, references: Sequence[Reference], address: Address, words: _Words
) -> Markup:
    """The markdown of a page as HTML; HTML inside it is shown as text, never let through."""
    files = {page.file.rsplit("/", 1)[1]: name for name, page in library.articles.items()}
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(text)
    for position, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", anchor_of(tokens[position + 1].content))
        _relink(token.children or [], files, address)
        headed = token.type == "inline" and tokens[position - 1].type in ("heading_open", "th_open")
        if words.explain is not None and token.children and not headed:
            token.children = words.mark(token.children)
    html = markdown.renderer.render(tokens, markdown.options, {})
    html = html.replace("<table>", '<div class="wide" role="region" aria-label="Table" tabindex="0"><table>')
    html = html.replace("</table>", "</table></div>").replace("<th>", '<th scope="col">')
    html = re.sub(r"(?<=\d) (?=°|kg\b|lb\b|mm\b)", "\N{NO-BREAK SPACE}", html)
    numbers = {name: reference.number for reference in references for name in reference.claims}
    html = re.sub(rf"(?:{CITED.pattern})+", lambda match: _marks(match[0], numbers), html)
    return Markup(html)  # nosec B704: rendered with raw HTML refused


def _relink(tokens: Sequence[Token], files: Mapping[str, str], address: Address) -> None:
    """Links to other pages lead to where those are; where they are nowhere, the page is only named."""
    named = False
    for token in tokens:
        name = files.get(str(token.attrGet("href"))) if token.type == "link_open" else None
        if name is not None and address(name):
            token.attrSet("href", address(name))
        elif name is not None:
            token.type, token.tag, token.attrs, named = "em_open", "em", {}, True
        elif named and token.type == "link_close":
            token.type, token.tag, named = "em_close", "em", False


def _marks(text: str, numbers: Mapping[str, int]) -> str:
    """Marks of citation as small numbers that lead to the list of sources."""
    found = list(dict.fromkeys(numbers[name] for name in CITED.findall(text)))
    links = ", ".join(
        f'<a href="#source-{number}" aria-label="Source {number}">{escape(str(number))}</a>'
        for number in found
    )
    return f'<sup class="source">{links}</sup>'
