"""A server that speaks DynamoDB and S3, in a process of its own: `python -m tests.support.dynamodb_server`.

It is moto's, which does one request after the other here: its transactions put back the whole table when they fail, and
would undo what another request has done meanwhile. `POST /throttle/3` has it refuse the next three requests, as it is
done when there are too many. From `POST /lose/1` to `POST /lose/0` it does what it is asked, and says so only to who
asks again; not so with transactions, of which moto does not know that they are sent again.
"""

import copy
import io
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

from moto.dynamodb import models
from moto.dynamodb.models.table import Table
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
FAILED = b'{"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError", "message": "Internal error"}'
THROTTLED = b'{"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException", "message": "Rate exceeded"}'


class OneCopy:
    """The module `copy`, by which a table is copied once for a request, and not once for each item of a transaction."""

    def __init__(self) -> None:
        self.tables: dict[int, Table] = {}

    def deepcopy(self, value: Any) -> Any:
        if not isinstance(value, Table):
            return copy.deepcopy(value)
        if id(value) not in self.tables:
            self.tables[id(value)] = copy.deepcopy(value)
        return self.tables[id(value)]


class Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        return None


def one_by_one(application: Application) -> Application:
    lock = threading.Lock()
    refused = 0
    lost: set[bytes] | None = None
    """Requests whose first answer was lost."""
    copies = vars(models)["copy"] = OneCopy()

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        nonlocal refused, lost
        with lock:
            if environ["PATH_INFO"].startswith("/lose/"):
                lost = set() if environ["PATH_INFO"].endswith("1") else None
                start_response("204 No Content", [])
                return []
            if environ["PATH_INFO"].startswith("/throttle/"):
                refused = int(environ["PATH_INFO"].rpartition("/")[2])
                start_response("204 No Content", [])
                return []
            if refused:
                refused -= 1
                start_response("400 Bad Request", [("Content-Type", "application/x-amz-json-1.0")])
                return [THROTTLED]
            copies.tables.clear()
            asked = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = io.BytesIO(asked)
            if lost is None or asked in lost or b"TransactItems" in asked:
                return list(application(environ, start_response))
            lost.add(asked)
            list(application(environ, lambda *_: None))
            start_response("500 Internal Server Error", [("Content-Type", "application/x-amz-json-1.0")])
            return [FAILED]

    return serve


def main() -> None:
    """Say on which port, and serve until standard input is closed."""
    server = make_server(
        "127.0.0.1", 0, one_by_one(DomainDispatcherApplication(create_backend_app)), True, request_handler=Quiet
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.port}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
