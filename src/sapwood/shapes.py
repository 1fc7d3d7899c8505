"""What FHIR R4 resources look like, where another version of FHIR differs, and what is wrongly shaped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

Resource = dict[str, Any]

TYPES = frozenset(
    """Account ActivityDefinition AdverseEvent AllergyIntolerance Appointment AppointmentResponse
    ArtifactAssessment AuditEvent Basic Binary BiologicallyDerivedProduct BodyStructure Bundle
    CapabilityStatement CarePlan CareTeam ChargeItem ChargeItemDefinition Claim ClaimResponse
    ClinicalImpression CodeSystem Communication CommunicationRequest Composition ConceptMap Condition
    Consent Contract Coverage CoverageEligibilityRequest CoverageEligibilityResponse DetectedIssue
    Device DeviceAssociation DeviceDefinition DeviceDispense DeviceMetric DeviceRequest DeviceUsage
    DeviceUseStatement DiagnosticReport DocumentManifest DocumentReference Encounter EncounterHistory
    Endpoint EnrollmentRequest EnrollmentResponse EpisodeOfCare EventDefinition Evidence
    EvidenceVariable ExampleScenario ExplanationOfBenefit FamilyMemberHistory Flag FormularyItem
    GenomicStudy Goal GraphDefinition Group GuidanceResponse HealthcareService ImagingSelection
    ImagingStudy Immunization ImmunizationEvaluation ImmunizationRecommendation ImplementationGuide
    InsurancePlan InventoryItem Invoice Library Linkage List Location Measure MeasureReport Media
    Medication MedicationAdministration MedicationDispense MedicationKnowledge MedicationRequest
    MedicationStatement MessageDefinition MessageHeader MolecularSequence NamingSystem NutritionIntake
    NutritionOrder NutritionProduct Observation ObservationDefinition OperationDefinition
    OperationOutcome Organization OrganizationAffiliation Parameters Patient PaymentNotice
    PaymentReconciliation Permission Person PlanDefinition Practitioner PractitionerRole Procedure
    Provenance Questionnaire QuestionnaireResponse RelatedPerson RequestGroup RequestOrchestration
    Requirements ResearchStudy ResearchSubject RiskAssessment Schedule SearchParameter ServiceRequest
    Slot Specimen SpecimenDefinition StructureDefinition StructureMap Subscription SubscriptionStatus
    SubscriptionTopic Substance SupplyDelivery SupplyRequest Task TerminologyCapabilities TestReport
    TestScript Transport ValueSet VerificationResult VisionPrescription""".split()
)

SHARED = frozenset(
    """Endpoint HealthcareService Library Location Medication MedicationKnowledge Organization
    OrganizationAffiliation PlanDefinition Practitioner PractitionerRole Questionnaire ResearchStudy
    Schedule Slot Substance ValueSet CodeSystem StructureDefinition ActivityDefinition InsurancePlan
    Person Provenance MessageHeader CapabilityStatement""".split()
)
"""Types that are about no one patient: kept so that references resolve, never read as a person's facts."""

NOT_CLINICAL = SHARED | {"Patient", "RelatedPerson", "Group", "Device"}

_CHOICES = ("DateTime", "Period", "String", "Age", "Range")
_RENAMED: dict[str, dict[str, str]] = {
    "MedicationAdministration": {
        "occurenceDateTime": "effectiveDateTime",  # FHIR R5 itself spells it so
        "occurencePeriod": "effectivePeriod",
        "occurrenceDateTime": "effectiveDateTime",
        "occurrencePeriod": "effectivePeriod",
    },
    "Procedure": {f"occurrence{choice}": f"performed{choice}" for choice in _CHOICES},
    "AdverseEvent": {"occurrenceDateTime": "date"},
    "Encounter": {"actualPeriod": "period"},
}
_MEDICATIONS = ("MedicationStatement", "MedicationRequest", "MedicationAdministration", "MedicationDispense")
# Elder versions say "this did not happen" beside the status: (the flag, its value, the status R4 gives it).
_NEGATIONS: dict[str, tuple[tuple[str, Any, str], ...]] = {
    "MedicationStatement": (("wasNotTaken", True, "not-taken"), ("taken", "n", "not-taken")),
    "MedicationAdministration": (("wasNotGiven", True, "not-done"), ("notGiven", True, "not-done")),
    "Procedure": (("notDone", True, "not-done"), ("notPerformed", True, "not-done")),
    "Immunization": (("wasNotGiven", True, "not-done"), ("notGiven", True, "not-done")),
}
_STATUS_CONCEPTS = ("clinicalStatus", "verificationStatus")

TELLS: dict[str, frozenset[str]] = {
    kind: frozenset(
        [*_RENAMED.get(kind, ())]
        + [flag for flag, _, _ in _NEGATIONS.get(kind, ())]
        + (["medication"] if kind in _MEDICATIONS else [])
    )
    for kind in {*_RENAMED, *_NEGATIONS, *_MEDICATIONS}
}
"""For some types, the elements that only another version of FHIR has."""

_NOT_READ = "Check this resource by hand, or export the record as FHIR R4"
_AS_R4 = "Nothing to do; exporting the record as FHIR R4 avoids it"


class Reading(NamedTuple):
    """A resource in its R4 shape, and what to say about it: (what, remedy)."""

    resource: Resource
    notes: list[tuple[str, str]]


def unlike_r4(resource: Resource, kind: str) -> bool:
    """Whether a resource has an element that only another version of FHIR has."""
    tells = TELLS.get(kind)
    if tells is not None:
        if not tells.isdisjoint(resource):
            return True
        if kind == "MedicationStatement":
            return resource.get("status") == "recorded"
        return kind == "Encounter" and type(resource.get("class")) is list
    if kind in ("Condition", "AllergyIntolerance"):
        return type(resource.get("clinicalStatus")) is str or type(resource.get("verificationStatus")) is str
    return False


def as_r4(resource: Resource, kind: str) -> Reading:
    """A copy in R4 shape where the meaning is certain; what is not certain is named and left as it was."""
    copy = dict(resource)
    notes: list[tuple[str, str]] = []

    def read(element: str, version: str) -> None:
        notes.append((f"`{element}` is as in FHIR {version}; read as its R4 equivalent", _AS_R4))

    for new, old in _RENAMED.get(kind, {}).items():
        if new in copy and old not in copy:
            copy[old] = copy.pop(new)
            read(new, "R5")
    if kind in _MEDICATIONS and "medication" in copy:
        _read_medication(copy, notes, read)
    for flag, value, status in _NEGATIONS.get(kind, ()):
        if copy.get(flag) == value:
            copy["status"] = status
            read(flag, "STU3 or DSTU2")
    if kind in ("Condition", "AllergyIntolerance"):
        for element in _STATUS_CONCEPTS:
            word = copy.get(element)
            if type(word) is str:
                copy[element] = {"coding": [{"code": word}]}
                read(element, "STU3 or DSTU2")
    if kind == "Encounter" and type(copy.get("class")) is list:
        notes.append(("`class` is a list, as in FHIR R5; it was not read", _NOT_READ))
    if kind == "MedicationStatement" and copy.get("status") == "recorded":
        what = "status `recorded`, as in FHIR R5, does not say whether the medicine is taken"
        notes.append((what, _NOT_READ))
    return Reading(copy, notes)


def _read_medication(copy: Resource, notes: list[tuple[str, str]], read: Callable[[str, str], None]) -> None:
    medication = copy["medication"]
    if isinstance(medication, dict) and not {"concept", "reference"}.isdisjoint(medication):
        if "concept" in medication:
            copy.setdefault("medicationCodeableConcept", medication["concept"])
        if "reference" in medication:
            copy.setdefault("medicationReference", medication["reference"])
        read("medication", "R5")
    else:
        notes.append(("`medication` has a shape that FHIR R4 does not have; it was not read", _NOT_READ))


_OBJECTS = """code subject patient medicationCodeableConcept medicationReference vaccineCode event
    valueQuantity valueCodeableConcept valueRatio valueRange valuePeriod effectivePeriod
    performedPeriod onsetPeriod clinicalStatus verificationStatus method specimen
    dataAbsentReason encounter period meta dosageQuantity outcome severity""".split()
_LISTS = """component referenceRange note identifier contained interpretation hasMember derivedFrom reasonCode
    reaction result conclusionCode stage evidence dosageInstruction extension modifierExtension""".split()
_TEXTS = """id status intent effectiveDateTime effectiveInstant issued performedDateTime onsetDateTime
    abatementDateTime recordedDate authoredOn date occurrenceDateTime valueString valueDateTime
    birthDate gender conclusion dateAsserted assertedDate implicitRules""".split()
_WANTED: dict[str, type] = {
    **dict.fromkeys(_OBJECTS, dict),
    **dict.fromkeys(_LISTS, list),
    **dict.fromkeys(_TEXTS, str),
}
_CODED = ("code", "medicationCodeableConcept", "vaccineCode", "event", "valueCodeableConcept")
_KINDS = {str: "text", list: "a list", dict: "an object", bool: "true or false", type(None): "null"}
# In these types the element of that name is legitimately of another kind.
_OTHERWISE = {
    ("Account", "subject"), ("CarePlan", "outcome"), ("Claim", "outcome"), ("ClaimResponse", "outcome"),
    ("CodeSystem", "code"), ("Composition", "event"), ("Composition", "identifier"), ("Consent", "patient"),
    ("DetectedIssue", "severity"), ("DiagnosticReport", "specimen"), ("ExplanationOfBenefit", "outcome"),
    ("OperationDefinition", "code"), ("QuestionnaireResponse", "identifier"), ("SearchParameter", "code"),
    ("ServiceRequest", "specimen"), ("AuditEvent", "outcome"), ("MessageHeader", "event"),
}  # fmt: skip


def faults_of(resource: Resource, kind: str) -> list[str]:
    """What is wrongly shaped in a resource, among the elements Sapwood reads; never quotes a value."""
    faults = []
    for element, value in resource.items():
        wanted = _WANTED.get(element)
        if wanted is None or type(value) is wanted or (kind, element) in _OTHERWISE:
            continue
        faults.append(f"`{element}` is {_KINDS.get(type(value), 'a number')}, not {_KINDS[wanted]}")
    for element in _CODED:
        concept = resource.get(element)
        if type(concept) is dict and "coding" in concept:
            faults += _coding_faults(element, concept["coding"])
    if "modifierExtension" in resource or "implicitRules" in resource:
        faults.append(
            "an extension may change what this resource means (`modifierExtension` or `implicitRules`)"
        )
    return faults


def _coding_faults(element: str, coding: object) -> list[str]:
    if type(coding) is not list:
        return [f"`{element}.coding` is {_KINDS.get(type(coding), 'a number')}, not a list"]
    for item in coding:
        if type(item) is not dict:
            return [f"an item of `{element}.coding` is {_KINDS.get(type(item), 'a number')}, not an object"]
        if any(type(item.get(part, "")) is not str for part in ("system", "code", "display")):
            return [f"an item of `{element}.coding` has a system, code or display that is not text"]
    return []
