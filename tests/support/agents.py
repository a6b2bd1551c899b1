"""LangChain agents whose model follows a script."""

from collections.abc import Sequence
from typing import Any, Literal

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware, InterruptOnConfig
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import tool

sent: list[str] = []
"""The mails that the tool has sent."""


@tool
def send_mail(to: str, text: str) -> str:
    """Send a mail."""
    sent.append(f"{to}: {text}")
    return f"sent to {to}"


class Scripted(BaseChatModel):
    """Wants to send these mails, and then repeats what the tools said."""

    mails: list[dict[str, str]]

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> "Scripted":  # noqa: ARG002
        """The tools are in the script."""
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> ChatResult:
        results = [str(message.content) for message in messages if isinstance(message, ToolMessage)]
        reply = AIMessage("; ".join(results)) if results else AIMessage("", tool_calls=self._calls())
        return ChatResult(generations=[ChatGeneration(message=reply)])

    def _calls(self) -> list[Any]:
        return [{"name": "send_mail", "args": mail, "id": f"call-{number}"} for number, mail in enumerate(self.mails)]


def mailer(
    *mails: dict[str, str],
    mode: Literal["batched", "per_call"] = "batched",
    allowed: Sequence[Literal["approve", "edit", "reject", "respond"]] = ("approve", "edit", "reject", "respond"),
) -> Any:
    """An agent whose mails people must approve."""
    config = InterruptOnConfig(allowed_decisions=list(allowed))
    middleware = HumanInTheLoopMiddleware({"send_mail": config}, interrupt_mode=mode)
    return create_agent(Scripted(mails=list(mails)), tools=[send_mail], middleware=[middleware])
