"""Every sentence of the site that a translator needs: `make messages` writes them to src/sapwood_web/locale/django.pot.

Read with Python alone, from templates and code, so that nobody needs gettext's tools to keep the catalogue current.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

SITE = Path(__file__).resolve().parents[2] / "src" / "sapwood_web"
CATALOGUE = SITE / "locale" / "django.pot"
ONE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
MANY = {"ngettext", "ngettext_lazy"}
CALL = re.compile(r"\b(?:_|n?gettext)\(")
HEADER = """# Every sentence of the site, for translators. Written by `make messages`; not edited by hand.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""

Sentence = tuple[str, ...]
"""One sentence; or two, for one thing and for many."""


def templates() -> list[Path]:
    """Every template of the site."""
    return sorted(path for path in (SITE / "templates").rglob("*") if path.suffix in (".html", ".txt"))


def modules() -> list[Path]:
    """Every module of the site."""
    return sorted(path for path in SITE.rglob("*.py") if "migrations" not in path.parts)


def sentences() -> set[Sentence]:
    """All of them."""
    return {sentence for path in (*templates(), *modules()) for sentence in sentences_of(path)}


def sentences_of(path: Path) -> list[Sentence]:
    """Those of one template or module, in their order."""
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return list(_of_template(templatize(source, origin=str(path))))
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return [sentence for call in calls if (sentence := _of_call(call))]


def _of_template(code: str) -> Iterator[Sentence]:
    """What templatize left of a template: calls, among the rest in X's."""
    for match in CALL.finditer(code):
        end = match.end()
        while (end := code.find(")", end) + 1) > 0:
            try:
                call = ast.parse(code[match.start() : end], mode="eval").body
            except SyntaxError:
                continue
            if isinstance(call, ast.Call) and (sentence := _of_call(call)):
                yield sentence
            break


def _of_call(call: ast.Call) -> Sentence:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    count = 1 if name in ONE else 2 if name in MANY else 0
    words = [part.value for part in call.args[:count] if isinstance(part, ast.Constant)]
    return tuple(str(word) for word in words) if count and len(words) == count else ()


def written(found: set[Sentence]) -> str:
    """The catalogue's text: by the alphabet, without places, so that it changes only when a sentence does."""
    parts = [HEADER]
    for sentence in sorted(found):
        lines = [f"msgid {_quoted(sentence[0])}"]
        if len(sentence) == 2:
            lines += [f"msgid_plural {_quoted(sentence[1])}", 'msgstr[0] ""', 'msgstr[1] ""']
        else:
            lines.append('msgstr ""')
        if re.search(r"%(\(\w+\))?[sd]", "".join(sentence)):
            lines.insert(0, "#, python-format")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def listed(text: str) -> set[Sentence]:
    """The sentences that a catalogue holds."""
    found = set()
    for block in text.split("\n\n")[1:]:
        quoted = re.findall(r'^msgid(?:_plural)? (".*")$', block, re.MULTILINE)
        found.add(tuple(ast.literal_eval(one) for one in quoted))
    return found


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


if __name__ == "__main__":
    CATALOGUE.parent.mkdir(exist_ok=True)
    CATALOGUE.write_text(written(sentences()), encoding="utf-8")
    sys.stdout.write(f"{len(sentences())} sentences in {CATALOGUE}\n")
