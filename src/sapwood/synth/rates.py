"""The rates of rates.yaml: each is the number of a claim of the pack's evidence, or an assumption with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sapwood.definitions import Claim
from sapwood.errors import PackError, Problem
from sapwood.pack import load_pack
from sapwood.yaml_files import read_yaml

_FILE = Path(__file__).with_name("rates.yaml")
_KEYS = frozenset(
    "means of claim assumed complement within share choices rest value unit seen less also_less".split()
)


@dataclass(frozen=True, slots=True)
class Rate:
    """One number that people are drawn from: a share, a choice between several, or a median."""

    name: str
    group: str
    means: str
    of: str
    source: str  # "claim ID" or "assumed: why"
    share: float | None = None  # of those it is drawn among
    overall: float | None = None  # of all, where it is drawn among some
    choices: tuple[tuple[str, float], ...] = ()
    value: float | None = None
    unit: str = ""
    seen: Mapping[str, Any] | None = None


@cache
def load_rates() -> Mapping[str, Rate]:
    """Every rate by its name, with its number; raises PackError with every problem of the file."""
    content = read_yaml(_FILE, _FILE.name)
    entries = {name: (group, entry) for group, part in content.items() for name, entry in part.items()}
    return _Reading(entries, load_pack("bpdcn").claims).rates()


class _Reading:
    """The file's entries while they become rates."""

    def __init__(self, entries: dict[str, tuple[str, Any]], claims: Mapping[str, Claim]) -> None:
        self.entries = entries
        self.claims = claims
        self.problems: list[Problem] = []

    def rates(self) -> dict[str, Rate]:
        found = {name: self._rate(name, group, entry) for name, (group, entry) in self.entries.items()}
        if self.problems:
            raise PackError(*self.problems)
        return found

    def _rate(self, name: str, group: str, entry: dict[str, Any]) -> Rate:
        for key in entry.keys() - _KEYS:
            self._fault(name, f"`{key}` is not a key of a rate", f"Use one of: {', '.join(sorted(_KEYS))}.")
        sources = [entry, *(part for part in entry.get("choices", {}).values() if isinstance(part, dict))]
        if not any("claim" in part or "assumed" in part for part in sources):
            self._fault(
                name, "it does not say where its number is from", "Name a claim, or say assumed: why."
            )
        named = [part["claim"] for part in sources if "claim" in part]
        source = f"claim {', '.join(named)}" if named else f"assumed: {entry.get('assumed', '')}"
        means = entry.get("means") or self._text(named) or name.replace("_", " ")
        common = {"name": name, "group": group, "means": means, "of": entry.get("of", ""), "source": source}
        seen = entry.get("seen")
        if "choices" in entry:
            return Rate(**common, choices=self._choices(name, entry), seen=seen)
        number = self._number(name, entry)
        if "unit" in entry:
            return Rate(**common, value=number, unit=entry["unit"], seen=seen)
        share = number / 100 if "claim" in entry and not self._counted(entry["claim"]) else number
        share = 1 - share if entry.get("complement") else share
        overall = None
        if "within" in entry:
            overall, share = share, share / sum(self._part(one) for one in entry["within"])
        if not 0 <= share <= 1:
            self._fault(name, f"{share:g} is not a share", "Give a number from 0 to 1.")
        return Rate(**common, share=share, overall=overall, seen=seen)

    def _choices(self, name: str, entry: dict[str, Any]) -> tuple[tuple[str, float], ...]:
        shares = {}
        for choice, part in entry["choices"].items():
            if not isinstance(part, dict):
                shares[choice] = float(part)
                continue
            share = self._claimed(name, part["claim"])
            for less in ("less", "also_less"):
                share -= self._claimed(name, part[less]) if less in part else 0
            shares[choice] = share
        total = sum(shares.values())
        if "rest" in entry:
            shares[entry["rest"]] = 1 - total
        elif abs(total - 1) > 0.011:  # printed percentages are rounded
            self._fault(name, f"its choices add up to {total:g}", "Make them add up to 1, or name the rest.")
        whole = sum(shares.values())
        return tuple((choice, share / whole) for choice, share in shares.items())

    def _number(self, name: str, entry: dict[str, Any]) -> float:
        if "claim" not in entry:
            return float(entry.get("share", entry.get("value", -1)))
        claim = self.claims.get(entry["claim"])
        if claim is not None and claim.denominator and "unit" not in entry:
            return float(claim.numerator or 0) / claim.denominator
        if claim is None or claim.value is None:
            self._fault(
                name, f"the claim `{entry['claim']}` has no number", "Name a claim of the pack's evidence."
            )
            return 0.5
        return float(claim.value)

    def _claimed(self, name: str, claim: str) -> float:
        number = self._number(name, {"claim": claim})
        return number if self._counted(claim) else number / 100

    def _counted(self, claim: str) -> bool:
        found = self.claims.get(claim)
        return found is not None and bool(found.denominator)

    def _part(self, named: str) -> float:
        """The share of a rate, or of one choice of it, as `within` names it: `extent.no_skin`."""
        name, _, choice = named.partition(".")
        rate = self._rate(name, *self.entries[name])
        return dict(rate.choices)[choice] if choice else float(rate.share or 0)

    def _text(self, claims: list[str]) -> str:
        found = self.claims.get(claims[0]) if len(claims) == 1 else None
        return found.measure if found is not None else ""

    def _fault(self, name: str, what: str, remedy: str) -> None:
        self.problems.append(Problem(f"{_FILE.name}, {name}", what, remedy))
