"""The chat model, `provider:model` as `langchain.chat_models.init_chat_model` takes it."""

import time
from typing import TYPE_CHECKING

from graphs.research_budget import Cost, Spent
from graphs.research_library import tokens_of
from orchestrator.errors import ConfigurationError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

ANSWER_TOKENS = 2_000
"""Reckoned with for a model's answer, which is known only afterwards."""


def open_model(name: str) -> "BaseChatModel":
    """The model; nothing is sent to it yet.

    Raises:
        ConfigurationError: LangChain or the provider's package is not installed, or there is no such provider.
            *Not retryable.*
    """
    try:
        from langchain.chat_models import init_chat_model
    except ImportError as error:
        provider = name.partition(":")[0]
        raise ConfigurationError(
            f"RESEARCH_MODEL={name!r} needs LangChain and its package for the provider: "
            f"pip install 'langchain>=1.4,<2' langchain-{provider}"
        ) from error
    try:
        model: BaseChatModel = init_chat_model(name)
    except (ImportError, ValueError) as error:
        raise ConfigurationError(f"RESEARCH_MODEL={name!r}: {error}") from error
    return model


def cost_of(prompt: str) -> Cost:
    """Of one call."""
    return Cost(tokens=tokens_of(len(prompt)) + ANSWER_TOKENS, calls=1)


async def answered(model: "BaseChatModel", prompt: str) -> tuple[str, Spent]:
    """The model's answer and its cost: as the provider counts it, or else by the length of the texts."""
    begin = time.time()
    message = await model.ainvoke(prompt)
    text = message.text.strip()
    usage = getattr(message, "usage_metadata", None)
    tokens = int(usage["total_tokens"]) if usage else tokens_of(len(prompt) + len(text))
    return text, Spent.since(begin, tokens=tokens)
