import pickle
from pathlib import Path

import ormsgpack
import pytest
from langgraph.checkpoint.serde.jsonplus import EXT_CONSTRUCTOR_KW_ARGS, JsonPlusSerializer

from orchestrator.checkpoints.serde import serializer
from orchestrator.errors import CheckpointUnreadable, Unserialisable
from tests.support.foreign import Trap, built


def test_a_type_of_another_package_comes_back_as_plain_data_and_its_code_does_not_run() -> None:
    written = serializer({"tests"}).dumps_typed({"trap": Trap("set")})
    built.clear()
    assert serializer({"company"}).loads_typed(written) == {"trap": {"word": "set"}}
    assert built == []


def test_the_standard_library_never_counts_as_ones_own(tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    call = ormsgpack.packb(("subprocess", "check_call", {"args": ["touch", str(touched)]}))
    hostile = ormsgpack.packb(ormsgpack.Ext(EXT_CONSTRUCTOR_KW_ARGS, call))
    serializer({"subprocess"}).loads_typed(("msgpack", hostile))
    assert not touched.exists()
    JsonPlusSerializer(allowed_msgpack_modules=True).loads_typed(("msgpack", hostile))
    assert touched.exists(), "the payload was harmless, so this test showed nothing"


def test_a_pickle_is_not_read() -> None:
    written = pickle.dumps(Trap("set"))
    built.clear()
    with pytest.raises(CheckpointUnreadable, match="'pickle'"):
        serializer({"tests"}).loads_typed(("pickle", written))
    assert built == []


def test_a_pickle_is_not_written() -> None:
    with pytest.raises(Unserialisable):
        serializer({"tests"}).dumps_typed(object())
