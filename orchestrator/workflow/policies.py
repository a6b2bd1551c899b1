"""The policies of the graphs that a workflow runs: in its history once, if possible without an event of their own."""

from collections.abc import Callable

from temporalio import workflow
from temporalio.exceptions import FailureError, is_cancelled_exception

from orchestrator import names
from orchestrator.calls import Policy
from orchestrator.options import DEFAULTS, Options
from orchestrator.workflow.consult import policy_of

RECORDED_FIRST = "policy-recorded-first"
"""The patch of a stage that could begin only after its policy was recorded. Each stage has one of its own, with a
number: what a replay has not met once it does not look for again."""
WITHOUT_SEARCH_ATTRIBUTES = "without-search-attributes"
WITHOUT_SINCE = "without-since-attribute"


class Policies:
    """Those of one workflow run.

    A stage begins by the worker's word, which the history does not have: a replay does not compare an activity's input,
    time-outs, retries and task queue. The first outcome brings it into the history, and only from then on anything
    depends on it that a replay does compare. Where no outcome comes, a local activity records it.
    """

    def __init__(self, adopt: Callable[[Policy], None]) -> None:
        self._adopt = adopt
        self._recorded: dict[tuple[str, str], Policy] = {}
        self._begun = 0
        self._server: dict[str, bool] | None = None

    async def to_begin_with(self, graph: str, options: Options | None) -> tuple[Policy, bool]:
        """What a stage begins by, and whether the history has it.

        Raises:
            ApplicationError: Of type BadInput: no such graph, or options that make no sense. *Not retryable.*
        """
        word = None if _key(graph, options) in self._recorded else self._word_of_the_worker(graph, options)
        return (word, False) if word else (await self.recorded(graph, options), True)

    async def recorded(self, graph: str, options: Options | None) -> Policy:
        """What the history has; a local activity sees to it.

        Raises:
            ApplicationError: Of type BadInput: no such graph, or options that make no sense. *Not retryable.*
        """
        key = _key(graph, options)
        if key not in self._recorded:
            self.record(graph, options, await policy_of(graph, options))
        return self._recorded[key]

    async def recorded_or_default(self, graph: str, options: Options | None) -> Policy:
        """What the history has; the defaults if the worker no longer knows of the graph."""
        try:
            return await self.recorded(graph, options)
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            return _default(graph)

    def record(self, graph: str, options: Options | None, policy: Policy) -> None:
        """Go by what the history has from now on."""
        self._recorded[_key(graph, options)] = policy
        self.adopt(policy)

    def adopt(self, policy: Policy) -> None:
        """Go by what a recorded policy says of the application and the server."""
        self._server = {"search_attributes": policy.search_attributes, "since_attribute": policy.since_attribute}
        self._adopt(policy)

    def _word_of_the_worker(self, graph: str, options: Options | None) -> Policy | None:
        """What the worker says without a record; None: it refuses, and is to say why on record."""
        self._begun += 1
        ask = workflow.extern_functions().get(names.RESOLVE)
        word: Policy | None = ask(graph, options) if ask is not None else None
        if _noted(f"{RECORDED_FIRST}-{self._begun}", word is None):
            return None
        word = word or _default(graph)  # a replay by a worker that does not know the graph
        self._server = self._server or _noted_server(word)
        return word.model_copy(update=self._server)


def _noted_server(word: Policy) -> dict[str, bool]:
    """Whether search attributes are published: each change of one is an event."""
    published = not _noted(WITHOUT_SEARCH_ATTRIBUTES, not word.search_attributes)
    return {
        "search_attributes": published,
        "since_attribute": published and not _noted(WITHOUT_SINCE, not word.since_attribute),
    }


def _noted(what: str, is_so: bool) -> bool:
    """Whether it was so when this ran for the first time. An event for it is only in the history if it was."""
    return (is_so or workflow.unsafe.is_replaying()) and workflow.patched(what)


def _default(graph: str) -> Policy:
    return Policy(graph=graph, options=DEFAULTS)


def _key(graph: str, options: Options | None) -> tuple[str, str]:
    return graph, options.model_dump_json() if options else ""
