"""Customers with habits, chosen by a seed."""

import random
from dataclasses import dataclass
from typing import Literal

from graphs.follow_up_case import FollowUpCase

Habit = Literal[
    "agrees",
    "declines",
    "asks",
    "asks twice",
    "is away",
    "needs a reminder",
    "names a day",
    "unsubscribes",
    "is silent",
]
"""`asks twice`: the same mail comes in twice, with one Message-ID, as happens where mail servers try again."""

HABITS: dict[Habit, int] = {
    "agrees": 8,
    "declines": 6,
    "asks": 6,
    "asks twice": 3,
    "is away": 4,
    "needs a reminder": 4,
    "names a day": 3,
    "unsubscribes": 2,
    "is silent": 4,
}
"""How many of 40; with fewer customers, the first of them are of each kind."""

OUTCOMES: dict[Habit, str] = {"declines": "no", "unsubscribes": "unsubscribed", "is silent": "closed"}
"""How it ends with them; with the others, they say yes in the end."""
ASKED_A_PERSON: dict[Habit, int] = {"asks": 1, "asks twice": 1, "is silent": 1}
"""How often a person had to look."""

NAMES = ("Ada", "Bela", "Chidi", "Dora", "Emre", "Freya", "Goran", "Hana", "Ines", "Jonas", "Kei", "Lucia")
OFFERS = ("A heat pump", "Twelve solar panels", "A wall box", "New windows", "A storage battery")


@dataclass(frozen=True)
class Customer:
    """Somebody who had an offer."""

    case: FollowUpCase
    habit: Habit

    @property
    def outcome(self) -> str:
        """How it is to end."""
        return OUTCOMES.get(self.habit, "yes")

    @property
    def questions(self) -> int:
        """How often a person is to be asked."""
        return ASKED_A_PERSON.get(self.habit, 0)


def customers(count: int, *, seed: int) -> list[Customer]:
    """So many of them, in an order by the seed; every habit occurs, if there are nine or more."""
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    once = list(HABITS)
    rest = [habit for habit, number in HABITS.items() for _ in range(number - 1)]
    chance.shuffle(rest)
    habits = (once + rest * (count // len(rest) + 1))[:count]
    chance.shuffle(habits)
    return [Customer(_case(number, chance), habit) for number, habit in enumerate(habits, 1)]


def _case(number: int, chance: random.Random) -> FollowUpCase:
    customer = f"customer-{number:03d}"
    return FollowUpCase(
        campaign="demo",
        customer=customer,
        name=chance.choice(NAMES),
        email=f"{customer}@customers.example",
        offer=chance.choice(OFFERS),
    )
