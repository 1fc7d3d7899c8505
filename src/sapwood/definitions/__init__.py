"""The shapes of a pack's content: what each YAML entry may say, and nothing else."""

from __future__ import annotations

from sapwood.definitions.about import Board, PackDefinition, Review, Said
from sapwood.definitions.criteria import CriterionDefinition
from sapwood.definitions.entries import Codes, Definition, Plain, Scalar, Words
from sapwood.definitions.evidence import (
    Claim,
    EvidenceDefinition,
    EvidenceSource,
    KnowledgeDefinition,
    Topic,
)
from sapwood.definitions.facts import Always, Ask, ClosedWorld, FactDefinition, FactType, Match, Source, Which
from sapwood.definitions.pathway import (
    Alert,
    FollowUp,
    Option,
    PathwayDefinition,
    Phase,
    Point,
    Step,
    Task,
    Track,
    TrackStatus,
    Trial,
    TrialsDefinition,
)
from sapwood.definitions.regimens import Around, Dose, Drug, HoldRow, Regimen, Seam, SignRow

__all__ = [
    "Alert",
    "Always",
    "Around",
    "Ask",
    "Board",
    "Claim",
    "ClosedWorld",
    "Codes",
    "CriterionDefinition",
    "Definition",
    "Dose",
    "Drug",
    "EvidenceDefinition",
    "EvidenceSource",
    "FactDefinition",
    "FactType",
    "FollowUp",
    "HoldRow",
    "KnowledgeDefinition",
    "Match",
    "Option",
    "PackDefinition",
    "PathwayDefinition",
    "Phase",
    "Plain",
    "Point",
    "Regimen",
    "Review",
    "Said",
    "Scalar",
    "Seam",
    "SignRow",
    "Source",
    "Step",
    "Task",
    "Topic",
    "Track",
    "TrackStatus",
    "Trial",
    "TrialsDefinition",
    "Which",
    "Words",
]
