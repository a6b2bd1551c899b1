"""LangGraph's conformance kit, on the savers as they are with encryption."""

import pytest

from tests.support.stores import EVERY_DATABASE
from tests.unit.test_savers_conform import check, report_on

pytestmark = [pytest.mark.usefixtures("keys"), EVERY_DATABASE]


async def test_on_every_database(checkpoints: str) -> None:
    check(await report_on(checkpoints), set())
