"""The mortgage application's settings, and the demonstration's own."""

from pathlib import Path

from activities.settings import MortgageSettings


class DemoSettings(MortgageSettings):
    """Environment variables `MORTGAGE_*`."""

    trace: Path | None = None
    """Where to write down which nodes ran; None: nowhere."""
