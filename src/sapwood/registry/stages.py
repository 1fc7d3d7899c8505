"""A pack -> SQL over wide rows, in stages: specimens, then criteria layer upon layer; for one person as for a million.

Each stage is a common table expression over the one before, with the columns it adds: nothing is nested, nothing is
said twice, and an engine streams people through all of them. What a sentence says of people is said by
`criteria.sql`; this module says in which order, and which rows. `standings.py` adds what follows from the verdicts.

Rows come in two worlds. Everybody has a row of what the record says. Where something of it is the patient's own word,
a second row leaves that out (`trusted`), and some standings are read from both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sapwood.criteria.sql import columns, to_sql
from sapwood.criteria.tree import Literal, Named, Tree, bases_in, walk
from sapwood.pack import Pack, Sentence

KEYS = '"person", "as_of"'
PLAIN, FULL, TRUSTED = "plain", "full", "trusted"
"""The worlds: people whose one row says all; of the others the row with their own word, and the one without."""


def quoted(name: str) -> str:
    """A name as a column."""
    return '"' + name.replace('"', '""') + '"'


@dataclass
class Stages:
    """The stages of one query, as they are added; `own_word` where some rows leave out the patient's own word."""

    pack: Pack
    own_word: bool = False
    more: Mapping[str, Sentence] = field(default_factory=dict)
    """Sentences beside the pack's, such as one that somebody asks."""
    worked_out: frozenset[str] = frozenset()
    """Derived facts of yes or no that are worked out anew, because something beneath them was changed."""
    people: str = "people"
    specimens: str = "specimens"
    """The tables of the wide rows."""
    alike: dict[str, str] = field(default_factory=dict)
    """Of sentences that say the same in SQL, the one in whose column the answer stands; shared between queries."""
    parts: list[tuple[str, str]] = field(default_factory=list)
    _texts: dict[str, str] = field(default_factory=dict)
    _depths: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.own_word:
            self.add("own_word", f"SELECT {KEYS} FROM {self.people} r WHERE r.trusted")  # nosec B608: names of the pack

    # --- writing ----------------------------------------------------------------------------------

    def add(self, name: str, select: str) -> str:
        """Adds a stage; the name it got."""
        taken = {one for one, _ in self.parts}
        own = name if name not in taken else f"{name}_{len(self.parts)}"
        self.parts.append((own, select))
        return own

    def query(self, last: str) -> str:
        """All stages, and what is asked of the last, as one statement in DuckDB's dialect."""
        stages = ",\n".join(f"{name} AS (\n{select}\n)" for name, select in self.parts)
        return f"WITH {stages}\n{last}"

    def sentence(self, name: str) -> Sentence | None:
        """The sentence of a name, where it is asked of rows rather than kept in them."""
        if name in self.pack.facts and name not in self.worked_out:
            return None
        return self.more.get(name) or self.pack.sentences.get(name)

    def said(self, name: str) -> str:
        """A sentence as SQL over the columns of its facts and criteria."""
        if name not in self._texts:
            self._texts[name] = to_sql(self._tree(name))
        return self._texts[name]

    def column(self, name: str) -> str:
        """Where the answer of a sentence stands: its own column, or that of what says the same."""
        if name in self.pack.criteria or name in self.pack.facts:
            return quoted(name)
        tree = self._tree(name)
        if isinstance(tree, Literal):
            return "TRUE" if tree.value else "FALSE"
        if isinstance(tree, Named):
            return quoted(tree.key.replace(".", "__"))
        return quoted(self.alike.setdefault(self.said(name), name))

    def _stands_already(self, name: str) -> bool:
        """Whether a sentence is one word: a criterion, a fact, TRUE or FALSE."""
        own = name in self.pack.criteria or name in self.pack.facts
        return not own and isinstance(self._tree(name), Literal | Named)

    def _tree(self, name: str) -> Tree:
        sentence = self.sentence(name)
        assert sentence is not None, name
        return sentence.tree

    def rows(self, world: str, row: str) -> str:
        """Which rows are of a world."""
        if world == TRUSTED:
            return f"WHERE {row}.trusted"
        if not self.own_word:
            return f"WHERE NOT {row}.trusted"
        twice = f"EXISTS (SELECT 1 FROM own_word o WHERE o.person = {row}.person AND o.as_of = {row}.as_of)"  # nosec B608: names of the pack
        return f"WHERE NOT {row}.trusted AND {'' if world == FULL else 'NOT '}{twice}"

    # --- the order of things ------------------------------------------------------------------------

    def verdicts(self, names: Collection[str], world: str, keep: Collection[str] = ()) -> str:
        """Adds the stages in which these sentences are answered of people; the name of the last one.

        Every name of `names` has its `column` there; the columns of the facts `keep` are there too.
        """
        own, found, facts = self._reach(names, per_specimen=False)
        read = [f"p.{quoted(column)}" for column in self._fact_columns([*facts, *keep])]
        base = f"SELECT {', '.join(['p.person', 'p.as_of', *read])}"
        source = f"\nFROM {self.people} p"
        if found:
            specimens = self._found(found, world)
            base += "".join(f", s.{quoted(one)}" for one in found)
            source += f"\nLEFT JOIN {specimens} s USING (person, as_of)"
        base = self.add(f"facts_{world}", f"{base}{source}\n{self.rows(world, 'p')}")
        return self._layers(own, base, world)

    def _found(self, names: Iterable[str], world: str) -> str:
        """Adds what is true of some specimen of a person: true in one, else unknown where unknown in one."""
        names = list(names)
        own, about, facts = self._reach(names, per_specimen=True)
        inside = [one for one in facts if self._per_specimen(one)]
        outside = self._fact_columns(one for one in facts if not self._per_specimen(one))
        select = ["s.person", "s.as_of"]
        select += [f"s.{quoted(column)}" for column in self._fact_columns(inside)]
        select += [f"p.{quoted(column)}" for column in outside]
        select += [f"p.{self.column(one)}" for one in about]
        source = f"FROM {self.specimens} s"
        if outside or about:
            beside = self.verdicts(about, world, keep=[one for one in facts if not self._per_specimen(one)])
            source += f"\nJOIN {beside} p USING (person, as_of)"
        source += f"\n{self.rows(world, 's')}"
        base = self.add(f"specimen_facts_{world}", f"SELECT {', '.join(select)}\n{source}")
        last = self._layers(own, base, world)
        answers = [f"{_some(quoted(name))} AS {quoted(name)}" for name in names]
        return self.add(
            f"found_{world}",
            f"SELECT {', '.join(['person', 'as_of', *answers])}\nFROM {last}\nGROUP BY {KEYS}",  # nosec B608: names of the pack
        )

    def _layers(self, names: Iterable[str], base: str, world: str) -> str:
        by_depth: dict[int, dict[str, str]] = {}
        for name in names:
            if not self._stands_already(name):
                by_depth.setdefault(self._depth(name), {}).setdefault(self.column(name), self.said(name))
        for depth, columns_there in sorted(by_depth.items()):
            added = ",\n  ".join(f"{said} AS {column}" for column, said in columns_there.items())
            base = self.add(f"layer_{depth}_{world}", f"SELECT *,\n  {added}\nFROM {base}")  # nosec B608: names of the pack
        return base

    def _reach(self, names: Iterable[str], *, per_specimen: bool) -> tuple[list[str], list[str], list[str]]:
        """What is answered on the way within the person, or within a specimen; what comes from the other; the facts."""
        own: dict[str, None] = {}
        other: dict[str, None] = {}
        facts: dict[str, None] = {}
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            sentence = self.sentence(name)
            if sentence is None:
                facts[name] = None
            elif sentence.per_specimen is not per_specimen:
                other[name] = None
            elif name not in own:
                own[name] = None
                waiting += _read(sentence.tree)
        return list(own), list(other), list(facts)

    def _depth(self, name: str) -> int:
        """How many layers come before a sentence's own, counting it."""
        if name not in self._depths:
            used = [one for one in bases_in(self._tree(name)) if self.sentence(one) is not None]
            self._depths[name] = 1 + max((self._depth(one) for one in used), default=0)
        return self._depths[name]

    def _per_specimen(self, key: str) -> bool:
        base = key.partition(".")[0]
        return base in self.pack.facts and self.pack.facts[base].per == "specimen"

    def _fact_columns(self, keys: Iterable[str]) -> list[str]:
        found: dict[str, None] = {}
        for key in keys:
            found.update(
                (column, None)
                for column, _ in columns(key, self._kind(key))
                if not column.endswith("__known")
            )
        return list(found)

    def _kind(self, key: str) -> str:
        base, _, attribute = key.partition(".")
        if base == "as_of" or attribute == "when":
            return "moment"
        return "number" if attribute else self.pack.facts[base].kind


def _read(tree: Tree) -> list[str]:
    """The names a tree reads, as written."""
    return list(dict.fromkeys(node.key for node in walk(tree) if isinstance(node, Named)))


def _some(column: str) -> str:
    return f"CASE WHEN BOOL_OR({column}) THEN TRUE WHEN COUNT({column}) < COUNT(*) THEN NULL ELSE FALSE END"
