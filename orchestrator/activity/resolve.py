"""The policy of a graph: the worker's word for it, and the recorded step."""

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError
from temporalio import activity
from temporalio.worker import Interceptor, WorkflowInboundInterceptor, WorkflowInterceptorClassInput

from orchestrator import names
from orchestrator.activity.failures import to_application_error
from orchestrator.app import Orchestrator
from orchestrator.calls import Policy
from orchestrator.errors import BadInput
from orchestrator.model import reasons
from orchestrator.options import DEFAULTS, Options, check_policy


class Resolver(Interceptor):
    """Knows the policies of one application's graphs; as an interceptor, it gives the workflows its word for them."""

    def __init__(self, app: Orchestrator, **here: Any) -> None:
        """Make one for a worker.

        Args:
            app: The application.
            here: What holds for this worker and its server: the fields of `Policy` besides a graph's own.
        """
        self._app = app
        self._here = here

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002 - the SDK calls it so
    ) -> type[WorkflowInboundInterceptor] | None:
        """Nothing is intercepted; the workflows get a function."""
        input.unsafe_extern_functions[names.RESOLVE] = self._word
        return None

    def activity(self) -> Callable[..., Any]:
        """The local activity `orchestrator.resolve`."""

        @activity.defn(name=names.RESOLVE)
        async def resolve(graph: str, options: Options | None) -> Policy:
            """A graph's options under its registered policy. Without a graph: what holds for this server.

            Raises:
                ApplicationError: Of type BadInput: no such graph, or options that make no sense. *Not retryable.*
            """
            try:
                return self._policy(graph, options)
            except BadInput as error:
                raise to_application_error(error) from error

        return resolve

    def _word(self, graph: str, options: Options | None) -> Policy | None:
        try:
            return self._policy(graph, options)
        except BadInput:  # the local activity says why
            return None

    def _policy(self, graph: str, options: Options | None) -> Policy:
        if not graph:
            return Policy(graph="", options=self._app.options.over(DEFAULTS), **self._here)
        try:
            definition = self._app.definition(graph)
            policy = check_policy(graph, (options or Options()).over(definition.options))
        except KeyError as error:
            raise BadInput(error.args[0]) from error
        except ValidationError as error:
            raise BadInput(f"Graph {graph!r}: options: {reasons(error)}.") from error
        except ValueError as error:
            raise BadInput(str(error)) from error
        return Policy(graph=graph, options=policy, **self._here)
