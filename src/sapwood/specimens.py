"""Which specimen, and which cells of it, a finding belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sapwood.concepts import Resource, codes_of, concept_text, holds_phrase, listed, tokens
from sapwood.definitions import Match
from sapwood.elements import text_of
from sapwood.record import Record


class Specimens:
    """The specimens of one record, by the findings that speak of them."""

    def __init__(self, record: Record, populations: Mapping[str, Match]) -> None:
        self.record = record
        self.populations = populations

    def group(self, resource: Resource | None) -> tuple[str, str]:
        """The specimen and cell population a finding belongs to: a key, and words for people."""
        if resource is None:
            return "", "no specimen named"
        whole = resource.get("_whole", resource)
        key, label = self._specimen(whole)
        text = tokens(text_of(resource))
        for name, match in self.populations.items():
            if holds_phrase(text, match.words):
                return f"{key}|{name}", f"{label}, {name} cells"
        return key, label

    def _specimen(self, resource: Resource) -> tuple[str, str]:
        itself = resource.get("resourceType") == "Specimen"
        reference = reference_of(resource.get("specimen")) or self.reported(resource)
        if reference or itself:
            specimen = resource if itself else self.record.resolve(reference, resource)
            if specimen is not None:
                collection = specimen.get("collection")
                site = concept_text(collection.get("bodySite")) if isinstance(collection, dict) else ""
                label = concept_text(specimen.get("type")) or site
                return f"specimen:{self.record.source_of(specimen)}", label or "specimen"
            return f"specimen:{reference}", "specimen"
        for site in listed(resource.get("bodySite")):
            label = concept_text(site)
            if label:
                return f"site:{' '.join(tokens(label))}", label
            for _, code in codes_of(site):
                return f"site:{code}", f"site {code}"
        return "", "no specimen named"

    def reported(self, resource: Resource) -> str:
        """The one specimen of the one report that lists this result."""
        found = set()
        for report in self.record.of_type("DiagnosticReport"):
            specimens = [reference_of(entry) for entry in listed(report.get("specimen"))]
            if len(specimens) == 1 and any(
                self.record.resolve(reference_of(entry), report) is resource
                for entry in listed(report.get("result"))
            ):
                found.add(specimens[0])
        return found.pop() if len(found) == 1 else ""


def reference_of(content: Any) -> str:
    """The reference that an element holds, or nothing."""
    content = content[0] if isinstance(content, list) and content else content
    reference = content.get("reference") if isinstance(content, dict) else None
    return reference if isinstance(reference, str) else ""
