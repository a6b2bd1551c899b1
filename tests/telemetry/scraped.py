"""What a worker answers to Prometheus."""

import asyncio
import urllib.request
from dataclasses import dataclass
from typing import Any, Self

from prometheus_client.parser import text_string_to_metric_families


@dataclass(frozen=True)
class Scraped:
    """One answer."""

    families: dict[str, Any]

    @classmethod
    async def at(cls, bind: str) -> Self:
        """The answer of a worker that listens there."""
        text = await asyncio.to_thread(_fetched, f"http://{bind}/metrics")
        return cls({family.name: family for family in text_string_to_metric_families(text)})

    @property
    def names(self) -> set[str]:
        """The names that a query can use."""
        return {sample.name for family in self.families.values() for sample in family.samples}

    def value(self, name: str, **labels: str) -> float:
        """The sum of the samples of that name which have those labels."""
        return sum(
            float(sample.value)
            for family in self.families.values()
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    def labels(self, name: str) -> set[str]:
        """The labels that samples of that name have."""
        return {
            label
            for family in self.families.values()
            for sample in family.samples
            if sample.name == name
            for label in sample.labels
        }


def _fetched(url: str) -> str:
    with urllib.request.urlopen(url) as answer:
        text: str = answer.read().decode()
        return text
