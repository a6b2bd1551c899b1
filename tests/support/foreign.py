"""Types for the serializer's tests."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum, StrEnum

from pydantic import BaseModel

built: list[str] = []
"""What `Trap` was built from."""


class Colour(Enum):
    """An enum."""

    RED = "red"


class Size(StrEnum):
    """An enum that is a string too."""

    LARGE = "large"


@dataclass(frozen=True)
class Item:
    """A dataclass that holds an enum."""

    name: str
    colour: Colour
    sizes: list[Size] = field(default_factory=list)


class Order(BaseModel):
    """A pydantic model that holds dataclasses and special values."""

    items: list[Item]
    price: Decimal
    at: datetime


@dataclass
class Trap:
    """Writes down that it was built."""

    word: str

    def __post_init__(self) -> None:
        built.append(self.word)
