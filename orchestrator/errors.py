"""What can go wrong, and whether trying again helps.

OrchestratorError
├── ConfigurationError        a registration, setting or file that makes no sense; found before anything runs
│   └── MissingExtra          an optional dependency that is not installed
├── Refused                   a message that was understood and not accepted; nothing changed
└── GraphFailure              why a graph activity failed; its class name is the Temporal failure type
    ├── BadInput              not retryable: input, context or options do not fit
    ├── UserCodeError         not retryable: a bug in a node (TypeError, KeyError, …)
    ├── RecursionLimit        not retryable: the graph did not end within its recursion limit
    ├── InvalidUpdate         not retryable: two nodes wrote one key without a reducer, or a node wrote an unknown key
    ├── Unserialisable        not retryable: a value in the state cannot be written to a checkpoint
    ├── CheckpointUnreadable  not retryable: this version cannot read what another one wrote
    ├── SealBroken            not retryable: an encrypted value was altered, or stands in another's row
    ├── GraphChanged          not retryable: another version of the graph cannot go on with the thread
    ├── ThreadLost            not retryable: the checkpointer no longer has the thread
    ├── LeaseLost             not retryable: a later attempt of the same stage has begun
    ├── NodeFailed            retryable: a node raised something that is none of the others
    ├── NodeTimeout           retryable: a node ran longer than its own timeout
    ├── Outage                retryable: a network or service failure
    ├── StoreUnavailable      retryable: the checkpointer's database does not answer
    │   └── SchemaMismatch    retryable: its tables are of a version that this release does not work with
    └── KeyMissing            retryable: something is encrypted with a key that is not known here
"""

from typing import ClassVar


class OrchestratorError(Exception):
    """Base of everything that this package raises."""


class ConfigurationError(OrchestratorError):
    """A registration, a setting or a file makes no sense. *Not retryable.*"""


class MissingExtra(ConfigurationError):
    """An optional dependency is not installed. *Not retryable.*"""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs an extra that is not installed: pip install 'hybrid-orchestrator[{extra}]'")


class Refused(OrchestratorError):
    """A message was understood and not accepted: late, unknown, malformed or not allowed. Nothing changed."""


class GraphFailure(OrchestratorError):
    """Why a graph activity failed. The class name is the Temporal failure type."""

    retryable: ClassVar[bool] = False


class BadInput(GraphFailure):
    """The input, context or options do not fit the graph, or there is no such graph. *Not retryable.*"""


class UserCodeError(GraphFailure):
    """A node has a bug: the same call would raise the same again. *Not retryable;* fix, deploy, `recover`."""


class RecursionLimit(GraphFailure):
    """The graph did not end within its recursion limit (super-steps). *Not retryable.*"""


class InvalidUpdate(GraphFailure):
    """A node's update does not fit the state. *Not retryable.*"""


class Unserialisable(GraphFailure):
    """A value in the state cannot be written to a checkpoint. *Not retryable.*"""


class CheckpointUnreadable(GraphFailure):
    """A checkpoint cannot be read: a newer version wrote it, or it is damaged. *Not retryable.*"""


class SealBroken(GraphFailure):
    """An encrypted value does not fit its place: it was altered, or its row was swapped. *Not retryable.*"""


class GraphChanged(GraphFailure):
    """The thread was left by another version of the graph, with which this one cannot go on. *Not retryable;* never a
    stage that ends half done."""


class ThreadLost(GraphFailure):
    """The checkpointer no longer has the thread that this stage left there. *Not retryable;* never a silent restart."""


class LeaseLost(GraphFailure):
    """A later attempt of the same stage has begun, so this one may write nothing more. *Not retryable.*"""


class NodeFailed(GraphFailure):
    """A node raised an exception that says nothing about whether it would again. *Retryable.*"""

    retryable = True


class NodeTimeout(GraphFailure):
    """A node ran longer than its own timeout allows. *Retryable.*"""

    retryable = True


class Outage(GraphFailure):
    """A network connection or a service failed under a node. *Retryable.*"""

    retryable = True


class StoreUnavailable(GraphFailure):
    """The checkpointer's database does not answer. *Retryable.*"""

    retryable = True


class SchemaMismatch(StoreUnavailable):
    """The checkpointer's tables are of a version that this release does not work with. *Retryable:* an operator can run
    `orchestrator setup`, or deploy another release. A worker that meets it when it starts, ends."""


class KeyMissing(GraphFailure):
    """Something is encrypted with a key that is not known here. *Retryable:* an operator can add it."""

    retryable = True
