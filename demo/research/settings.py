"""Deep research's settings, and the demonstration's own."""

from pathlib import Path

from activities.research_settings import ResearchSettings


class DemoSettings(ResearchSettings):
    """Environment variables `RESEARCH_*`."""

    trace: Path | None = None
    """Where to write down what the library was asked; None: nowhere."""
    line_seconds: float = 0
    """How long the library takes for a passage, as a web site would."""
