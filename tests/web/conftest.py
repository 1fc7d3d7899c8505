"""Alice and her record."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase
from people import ADDRESS, make_person, make_record

from sapwood_web.accounts.models import Person
from sapwood_web.audit.append_only import guard, unguard
from sapwood_web.records.models import Record


@pytest.fixture
def alice(db: None) -> Person:
    """A patient."""
    return make_person(ADDRESS, name="Alice")


@pytest.fixture
def record(alice: Person) -> Record:
    """Alice's record."""
    return make_record(alice)


_empty = TransactionTestCase._fixture_teardown


def _empty_the_guarded_too(case: Any) -> None:
    """Tests that commit are cleaned up by emptying every table, which the trail's guard would refuse."""
    unguard(connection)
    try:
        _empty(case)
    finally:
        guard(connection)


TransactionTestCase._fixture_teardown = _empty_the_guarded_too
