"""Alice and her record."""

from __future__ import annotations

import pytest
from people import ADDRESS, make_person, make_record

from sapwood_web.accounts.models import Person
from sapwood_web.records.models import Record


@pytest.fixture
def alice(db: None) -> Person:
    """A patient."""
    return make_person(ADDRESS, name="Alice")


@pytest.fixture
def record(alice: Person) -> Record:
    """Alice's record."""
    return make_record(alice)
