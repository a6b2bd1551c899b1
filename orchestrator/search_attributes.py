"""The `Orch*` search attributes on a Temporal server: which are missing, and registering them."""

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from orchestrator import names
from orchestrator.errors import ConfigurationError
from orchestrator.rpc import translated

TYPES = {
    names.ORCH_STATE: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    names.ORCH_GRAPH: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    names.ORCH_STAGE: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    names.ORCH_ASSIGNEES: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
    names.ORCH_DUE_AT: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
    names.ORCH_SINCE: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
}
OPTIONAL = (names.ORCH_SINCE,)
"""What workers do without, where it is missing."""


async def missing(client: Client) -> list[str]:
    """Those that the namespace does not have. To upsert one of them would wedge every workflow.

    Raises:
        NotFound: There is no such namespace. *Not retryable.*
    """
    with translated(f"Namespace {client.namespace!r}"):
        found = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace=client.namespace)
        )
    return [name for name in TYPES if name not in found.custom_attributes]


async def register(client: Client) -> list[str]:
    """Register what is missing; safe to repeat. The names that were.

    Raises:
        ConfigurationError: The server does not let us. *Not retryable.*
        NotFound: There is no such namespace. *Not retryable.*
    """
    absent = await missing(client)
    if absent:
        wanted = {name: TYPES[name] for name in absent}
        try:
            await client.operator_service.add_search_attributes(
                AddSearchAttributesRequest(namespace=client.namespace, search_attributes=wanted)
            )
        except RPCError as error:
            if error.status != RPCStatusCode.ALREADY_EXISTS:
                raise ConfigurationError(
                    f"Search attributes {', '.join(absent)} cannot be registered in namespace {client.namespace!r}: "
                    f"{error.message}. Have an administrator do it, or set ORCHESTRATOR_SEARCH_ATTRIBUTES=false to do "
                    "without them."
                ) from error
    return absent
