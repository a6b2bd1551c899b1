"""The recorded step that turns a graph's name into its policy."""

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import ValidationError
from temporalio import activity

from orchestrator import names
from orchestrator.activity.failures import to_application_error
from orchestrator.app import Orchestrator
from orchestrator.calls import ChannelInfo, Policy
from orchestrator.errors import BadInput
from orchestrator.model import reasons
from orchestrator.options import DEFAULTS, Options, check_policy


def resolver(
    app: Orchestrator,
    *,
    search_attributes: bool,
    since_attribute: bool = False,
    docs_url: str | None = None,
    channels: Sequence[ChannelInfo] = (),
) -> Callable[..., Any]:
    """The local activity `orchestrator.resolve` of one application."""
    here: dict[str, Any] = {
        "search_attributes": search_attributes,
        "since_attribute": since_attribute,
        "docs_url": docs_url,
        "channels": list(channels),
    }

    @activity.defn(name=names.RESOLVE)
    async def resolve(graph: str, options: Options | None) -> Policy:
        """A graph's options under its registered policy. Without a graph: what holds for this server.

        Raises:
            ApplicationError: Of type BadInput: no such graph, or options that make no sense. *Not retryable.*
        """
        if not graph:
            return Policy(graph="", options=app.options.over(DEFAULTS), **here)
        try:
            definition = app.definition(graph)
            policy = check_policy(graph, (options or Options()).over(definition.options))
        except KeyError as error:
            raise to_application_error(BadInput(error.args[0])) from error
        except ValidationError as error:
            raise to_application_error(BadInput(f"Graph {graph!r}: options: {reasons(error)}.")) from error
        except ValueError as error:
            raise to_application_error(BadInput(str(error))) from error
        return Policy(graph=graph, options=policy, **here)

    return resolve
