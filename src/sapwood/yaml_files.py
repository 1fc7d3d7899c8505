"""YAML as packs use it: exact decimals, only `true` and `false` are booleans, no dates, no repeated keys."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import yaml

from sapwood.errors import PackError, Problem

_Base: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    yaml_implicit_resolvers: ClassVar[dict[str, list[Any]]] = {
        letter: [(tag, regexp) for tag, regexp in resolvers if not tag.endswith((":timestamp", ":bool"))]
        for letter, resolvers in _Base.yaml_implicit_resolvers.items()
    }


def _decimal(loader: Any, node: Any) -> Decimal:
    return Decimal(loader.construct_scalar(node).replace("_", ""))


def _integer(loader: Any, node: Any) -> int:
    return int(loader.construct_scalar(node).replace("_", ""))


def _mapping(loader: Any, node: Any) -> dict[Any, Any]:
    mapping: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in mapping:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key `{key}` is given twice", key_node.start_mark
            )
        mapping[key] = loader.construct_object(value_node, deep=True)
    return mapping


def _boolean(loader: Any, node: Any) -> bool:
    return bool(loader.construct_scalar(node) == "true")


_Loader.add_constructor("tag:yaml.org,2002:float", _decimal)
_Loader.add_constructor("tag:yaml.org,2002:int", _integer)
_Loader.add_constructor("tag:yaml.org,2002:bool", _boolean)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def read_yaml(path: Path, shown: str) -> Any:
    """The content of one YAML file; `shown` is how errors name it.

    Raises PackError for a file that is missing, not text, not YAML, or repeats a key.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PackError(
            Problem(shown, "the file is missing", "Add it, or check the folder's name.")
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        what = f"cannot be read ({type(error).__name__})"
        raise PackError(Problem(shown, what, "Check that it is a readable UTF-8 text file.")) from None
    return parse_yaml(text, shown)


def parse_yaml(text: str, shown: str) -> Any:
    """The content of a text in YAML; PackError where it is none."""
    try:
        return yaml.load(text, _Loader)  # nosec B506: a loader safer than the safe one
    except (yaml.YAMLError, RecursionError, ValueError, TypeError, ArithmeticError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{shown}, line {mark.line + 1}" if mark else shown
        what = f"not valid YAML ({getattr(error, 'problem', None) or type(error).__name__})"
        raise PackError(Problem(place, what, "Mend the line; quote texts that hold `: ` or `#`.")) from None


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_representer(
    Decimal, lambda dumper, number: dumper.represent_scalar("tag:yaml.org,2002:float", _printed(number))
)


def _printed(number: Decimal) -> str:
    text = format(number, "f")
    return text if "." in text else f"{text}.0"


def write_yaml(content: Any) -> str:
    """Content as YAML that `read_yaml` reads back as it was, to the digit."""
    text: str = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return text
