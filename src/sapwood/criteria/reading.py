"""From what sqlglot read to our own tree: every form and every kind checked, everything else refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from ..errors import Problem
from .tree import (
    TURNED,
    And,
    Arithmetic,
    AtLeast,
    Compare,
    DaysBetween,
    In,
    Literal,
    Name,
    Named,
    Not,
    Or,
    Score,
    Tree,
    kind_of,
    write,
)
from .words import did_you_mean

if TYPE_CHECKING:
    from sqlglot import exp

DIALECT = "duckdb"
"""The one dialect in which sentences are read."""
_DEEPEST = 60
_A = {
    "boolean": "a yes or no",
    "code": "a code",
    "number": "a number",
    "moment": "a moment",
    "text": "a text",
}


def problem_at(where: str, fragment: str, what: str, remedy: str) -> Problem:
    """A problem placed at one fragment of a sentence."""
    fragment = fragment if len(fragment) <= 80 else fragment[:77] + "..."
    return Problem(f"{where}, `{fragment}`" if fragment else where, what, remedy)


@dataclass(slots=True)
class Reader:
    """Turns what sqlglot read into our tree; a refused part becomes a problem and `None`."""

    names: Mapping[str, Name]
    where: str
    problems: list[Problem]
    depth: int = field(default=0)

    def read(self, node: exp.Expr) -> Tree | None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise RecursionError
        try:
            method = _FORMS.get(type(node).__name__)
            if method is None:
                return self.refuse(
                    node, "this form cannot be used", "See docs/language.md for the forms there are"
                )
            return getattr(self, method)(node)  # type: ignore[no-any-return]
        finally:
            self.depth -= 1

    def refuse(self, at: exp.Expr | Tree | str, what: str, remedy: str) -> Tree | None:
        if isinstance(at, str):
            fragment = at
        elif hasattr(at, "sql"):
            fragment = at.sql(dialect=DIALECT, normalize_functions=False).replace('"', "")
        else:
            fragment = write(at)
        problem = problem_at(self.where, fragment, what, remedy)
        if problem not in self.problems:
            self.problems.append(problem)
        return None

    def check_kind(self, tree: Tree, wanted: str) -> None:
        got = kind_of(tree)
        if got == wanted or {got, wanted} == {"code", "text"}:
            return
        remedy = "Compare it, for example `hb < 8`" if wanted == "boolean" else f"Write {_A[wanted]}"
        if wanted == "number" and got == "boolean":
            remedy = "Use score(1, ...) to turn true items into a number"
        self.refuse(tree, f"this is {_A[got]}, not {_A[wanted]}", remedy)

    def want(self, node: exp.Expr, kind: str) -> Tree | None:
        tree = self.read(node)
        if tree is None or kind_of(tree) == kind:
            return tree
        self.check_kind(tree, kind)
        return None

    def all_wanted(self, nodes: Iterable[exp.Expr], kind: str) -> tuple[Tree, ...] | None:
        trees = [self.want(node, kind) for node in nodes]
        return None if None in trees else tuple(tree for tree in trees if tree is not None)

    def paren(self, node: exp.Paren) -> Tree | None:
        return self.read(node.this)

    def connector(self, node: exp.Connector) -> Tree | None:
        items: list[exp.Expr] = []
        at: exp.Expr = node
        while type(at) is type(node):
            items.append(at.args["expression"])
            at = at.this
        trees = self.all_wanted([at, *reversed(items)], "boolean")
        if trees is None:
            return None
        return And(trees) if type(node).__name__ == "And" else Or(trees)

    def negation(self, node: exp.Not) -> Tree | None:
        item = self.want(node.this, "boolean")
        return None if item is None else Not(item)

    def boolean(self, node: exp.Boolean) -> Tree:
        return Literal(bool(node.this), "boolean")

    def literal(self, node: exp.Literal) -> Tree:
        return Literal(node.this, "text") if node.is_string else Literal(Decimal(node.this), "number")

    def day(self, node: exp.Cast) -> Tree | None:
        text = str(node.this.this)
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = None
        if day is None or day.isoformat() != text:
            return self.refuse(f"DATE '{text}'", "this is not a day", "Write it as DATE '2026-01-31'")
        return Literal(day, "moment")

    def named(self, node: exp.Column) -> Tree | None:
        if not node.this.args.get("quoted"):  # a keyword that sqlglot took for a name
            return self.refuse(
                node, f"{node.name} stands where a value should", "Put a value before and after it"
            )
        name, attribute = node.table or node.name, node.name if node.table else None
        known = self.names.get(name)
        if known is None:
            return None  # already said when the sentence was cut into words
        if attribute is None:
            return Named(name, None, known.kind)
        if attribute == "when" and known.has_when:
            return Named(name, attribute, "moment")
        if attribute in known.attributes:
            return Named(name, attribute, "number")
        has = sorted(known.attributes) + (["when"] if known.has_when else [])
        remedy = f"It has {', '.join(f'`{name}.{a}`' for a in has)}" if has else f"Write `{name}` alone"
        return self.refuse(node, f"`{name}` has no `.{attribute}`", remedy)

    def minus(self, node: exp.Neg) -> Tree | None:
        tree = self.want(node.this, "number")
        if isinstance(tree, Literal) and isinstance(tree.value, Decimal):
            return Literal(tree.value.copy_negate() if tree.value else tree.value, "number")
        return None if tree is None else Arithmetic("-", Literal(Decimal(0), "number"), tree)

    def arithmetic(self, node: exp.Binary) -> Tree | None:
        left, right = self.read(node.this), self.read(node.args["expression"])
        if left is None or right is None:
            return None
        if "moment" in (kind_of(left), kind_of(right)):
            return self.refuse(
                node, "days are not added or taken away", "Use days_between(start, end), in days"
            )
        for side in (left, right):
            if kind_of(side) != "number":
                return self.refuse(
                    node, f"`{write(side)}` is {_A[kind_of(side)]}, not a number", "Use numbers only"
                )
        return Arithmetic(_ARITHMETIC[type(node).__name__], left, right)

    def comparison(self, node: exp.Binary) -> Tree | None:
        left, right = self.read(node.this), self.read(node.args["expression"])
        if left is None or right is None:
            return None
        op = _COMPARE[type(node).__name__]
        if isinstance(left, Literal) and kind_of(right) in ("code", "text") and left.kind == "text":
            left, right, op = right, left, TURNED[op]
        return self.compared(node, op, left, right)

    def compared(self, node: exp.Expr, op: str, left: Tree, right: Tree) -> Tree | None:
        kinds = (kind_of(left), kind_of(right))
        if kinds in (("number", "number"), ("moment", "moment")):
            return Compare(op, left, right)
        if "boolean" in kinds:
            return self.boolean_compared(node, op, left, right)
        if kinds[0] in ("code", "text") and isinstance(left, Named) and isinstance(right, Literal):
            if kinds[1] != "text":
                return self.refuse(
                    node, f"`{write(left)}` is a word, not {_A[kinds[1]]}", "Put the word in quotes: 'word'"
                )
            if op not in ("=", "<>"):
                return self.refuse(node, "words have no order", "Use =, <> or IN")
            return Compare(op, left, right) if self.listed(left, [str(right.value)]) else None
        remedy = "Compare numbers with numbers, moments with moments, and codes or texts with quoted words"
        if "moment" in kinds:
            remedy = "Write a day as DATE '2026-01-31', or count days with days_between(start, end)"
        elif "number" in kinds and isinstance(right, Literal):
            remedy = "Write the number without quotes"
        return self.refuse(node, f"{_A[kinds[0]]} cannot be compared with {_A[kinds[1]]}", remedy)

    def boolean_compared(self, node: exp.Expr, op: str, left: Tree, right: Tree) -> Tree | None:
        for side, other in ((left, right), (right, left)):
            if isinstance(side, Literal) and isinstance(side.value, bool):
                plain = write(other) if side.value == (op == "=") else write(Not(other))
                return self.refuse(node, "a yes or no is not compared", f"Write `{plain}`")
        if any(isinstance(side, Compare | In) for side in (left, right)):
            return self.refuse(
                node, "comparisons are not chained", "Write each alone, joined by AND: `1 < x AND x < 5`"
            )
        name = next((write(side) for side in (left, right) if kind_of(side) == "boolean"), "x")
        return self.refuse(
            node, "a yes or no is not compared", f"Write `{name}` or `NOT {name}`, joined by AND or OR"
        )

    def listed(self, left: Named, words: Iterable[str]) -> bool:
        known = self.names[left.name].words
        if left.kind != "code":
            return True
        wrong = [word for word in words if word not in known]
        for word in wrong:
            remedy = did_you_mean(
                word, known, f"Its words are {', '.join(known) or 'not listed in the pack'}"
            )
            self.refuse(f"{write(left)} '{word}'", f"`{left.name}` is never '{word}'", remedy)
        return not wrong

    def membership(self, node: exp.In) -> Tree | None:
        left = self.read(node.this)
        options = [self.read(option) for option in node.expressions]
        if left is None or None in options:
            return None
        if not options or any(
            value for key, value in node.args.items() if key not in ("this", "expressions")
        ):
            return self.refuse(
                node, "IN wants a list", "Write the values in parentheses: IN ('skin', 'marrow')"
            )
        values = [option.value for option in options if isinstance(option, Literal)]
        if len(values) != len(options):
            return self.refuse(node, "IN lists only written values", "Compare names one by one, joined by OR")
        if kind_of(left) == "number" and all(isinstance(value, Decimal) for value in values):
            return In(left, tuple(value for value in values if isinstance(value, Decimal)))
        words = tuple(value for value in values if isinstance(value, str))
        if kind_of(left) in ("code", "text") and isinstance(left, Named) and len(words) == len(values):
            return In(left, words) if self.listed(left, words) else None
        if kind_of(left) == "boolean":
            return self.refuse(node, "a yes or no is not compared", f"Write `{write(left)}` or its NOT")
        return self.refuse(
            node, f"{_A[kind_of(left)]} cannot be one of these", "List numbers for a number, words for a code"
        )

    def between(self, node: exp.Between) -> Tree | None:
        value, low, high = (self.read(node.args[key]) for key in ("this", "low", "high"))
        if value is None or low is None or high is None:
            return None
        kinds = [kind_of(side) for side in (value, low, high)]
        if kinds not in (["number"] * 3, ["moment"] * 3):
            return self.refuse(node, "BETWEEN wants three numbers or three moments", "Use = or IN for words")
        if isinstance(low, Literal) and isinstance(high, Literal) and low.value > high.value:  # type: ignore[operator]
            return self.refuse(node, "BETWEEN can never be true", "Put the smaller limit first")
        return And((Compare(">=", value, low), Compare("<=", value, high)))

    def function(self, node: exp.Anonymous) -> Tree | None:
        arguments = list(node.expressions)
        match node.name:
            case "at_least":
                return self.at_least(node, arguments)
            case "score":
                return self.score(node, arguments)
            case "days_between":
                if len(arguments) != 2:
                    return self.refuse(
                        node, "days_between wants two moments", "Write days_between(start, end)"
                    )
                moments = self.all_wanted(arguments, "moment")
                return None if moments is None else DaysBetween(*moments)
        return self.refuse(node, "this function cannot be used", "Use at_least, score or days_between")

    def at_least(self, node: exp.Expr, arguments: list[exp.Expr]) -> Tree | None:
        wanted = str(arguments[0].this) if arguments and type(arguments[0]).__name__ == "Literal" else ""
        if not wanted.isdecimal() or arguments[0].is_string or int(wanted) == 0:
            return self.refuse(
                node, "at_least wants a whole number first", "Write at_least(2, first, second, third)"
            )
        items = self.all_wanted(arguments[1:], "boolean")
        if items is None:
            return None
        if int(wanted) > len(items):
            what = f"{wanted} of {len(items)} can never be true"
            return self.refuse(node, what, f"Ask for at most {len(items)}, or list more items")
        return AtLeast(int(wanted), items) if self.once(node, items) else None

    def score(self, node: exp.Expr, arguments: list[exp.Expr]) -> Tree | None:
        if not arguments or len(arguments) % 2:
            return self.refuse(node, "score wants pairs", "Write score(weight, item, weight, item)")
        weights = self.all_wanted(arguments[::2], "number")
        items = self.all_wanted(arguments[1::2], "boolean")
        if weights is None or items is None:
            return None
        values = [weight.value for weight in weights if isinstance(weight, Literal)]
        positive = [value for value in values if isinstance(value, Decimal) and value > 0]
        if len(positive) != len(items):
            return self.refuse(
                node, "a weight is a written number above zero", "Write score(2, item, 1, item)"
            )
        return Score(tuple(zip(positive, items, strict=True))) if self.once(node, items) else None

    def once(self, node: exp.Expr, items: tuple[Tree, ...]) -> bool:
        twice = next((item for index, item in enumerate(items) if item in items[:index]), None)
        if twice is not None:
            self.refuse(node, f"`{write(twice)}` is counted twice", "List each item once")
        return twice is None


_ARITHMETIC = {"Add": "+", "Sub": "-", "Mul": "*", "Div": "/"}
_COMPARE = {"EQ": "=", "NEQ": "<>", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}
_FORMS: dict[str, str] = {
    **dict.fromkeys(_ARITHMETIC, "arithmetic"),
    **dict.fromkeys(_COMPARE, "comparison"),
    "And": "connector",
    "Or": "connector",
    "Not": "negation",
    "Paren": "paren",
    "Boolean": "boolean",
    "Literal": "literal",
    "Cast": "day",
    "Column": "named",
    "Neg": "minus",
    "In": "membership",
    "Between": "between",
    "Anonymous": "function",
}
