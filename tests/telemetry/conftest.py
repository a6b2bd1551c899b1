from tests.cli.conftest import orchestrator

__all__ = ["orchestrator"]
