"""The credit bureau, which is the appraiser as well: a slow HTTP service, down when told to be.

    python -m demo.bureau --port 8100 --ledger ledger.jsonl

| request | answer |
| --- | --- |
| `POST /inquiries` `{"file_number"}` | `{"inquiry"}`, or 404 |
| `POST /inquiries/{inquiry}/tradelines` | `{"consumer_history", "mortgage_history"}` |
| `POST /inquiries/{inquiry}/public-records` | `{"public_record"}` |
| `POST /appraisals` `{"file_number", "application_id"}` | 202 `{"order"}`; the report comes later |
| `GET /appraisals/reports?after=N` | the reports from number N on that are ready |
| `POST /admin/outage` `{"seconds"}` | every order is answered 503 for so long |

Each order carries an `Idempotency-Key`. The ledger gets a line for each order that was carried out, answered again or
refused; an order whose key is in the ledger is not carried out again, also not after a restart.
"""

import argparse
import asyncio
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from demo.dataset import Record, records
from demo.journal import Journal

Answer = tuple[int, dict[str, Any]]
"""HTTP status and body."""

SLOWEST_SECONDS = 0.25
REPORT_SECONDS = 0.5
"""How long the appraiser takes."""
LOST_EVERY = 11
"""The first order of every so many files is lost, as post is: its report never comes."""


class Bureau:
    """The service. What it remembers stands in its ledger."""

    def __init__(self, ledger: Journal) -> None:
        self.ledger = ledger
        self.down_until = 0.0
        self.answers: dict[str, Answer] = {}
        self.orders: list[dict[str, Any]] = []
        """Appraisals, as the ledger has them."""
        for entry in ledger.read():
            if entry["what"] == "done":
                self._remember(entry)

    def app(self) -> web.Application:
        """The aiohttp application."""
        app = web.Application()
        app.router.add_get("/health", self.health)
        app.router.add_post("/inquiries", self.open_inquiry)
        app.router.add_post("/inquiries/{inquiry}/tradelines", self.tradelines)
        app.router.add_post("/inquiries/{inquiry}/public-records", self.public_records)
        app.router.add_post("/appraisals", self.order_appraisal)
        app.router.add_get("/appraisals/reports", self.reports)
        app.router.add_post("/admin/outage", self.outage)
        return app

    # --- orders ---

    async def open_inquiry(self, request: web.Request) -> web.Response:
        """Answers 404 when there is no such file."""
        file_number = int((await request.json())["file_number"])
        known = file_number in records()
        answer: Answer = (201, {"inquiry": f"{file_number}-inquiry"}) if known else (404, {})
        return await self._order(request, "inquiry", file_number, lambda _: answer)

    async def tradelines(self, request: web.Request) -> web.Response:
        """How loans were paid so far."""
        return await self._order(
            request,
            "tradelines",
            _file_number(request),
            lambda row: (
                200,
                {"consumer_history": row.consumer_history, "mortgage_history": row.mortgage_history},
            ),
        )

    async def public_records(self, request: web.Request) -> web.Response:
        """What courts have on record."""
        return await self._order(
            request, "public-records", _file_number(request), lambda row: (200, {"public_record": row.public_record})
        )

    async def order_appraisal(self, request: web.Request) -> web.Response:
        """The report comes later."""
        body = await request.json()
        key = request.headers["Idempotency-Key"]
        return await self._order(
            request,
            "appraisal",
            int(body["file_number"]),
            lambda _: (202, {"order": key}),
            application_id=body["application_id"],
        )

    async def _order(
        self, request: web.Request, kind: str, file_number: int, fulfil: Callable[[Record], Answer], **details: Any
    ) -> web.Response:
        """Carry out an order, once for each key, and slowly: a client may die before or after it was carried out."""
        key = request.headers["Idempotency-Key"]
        delay = random.uniform(0, SLOWEST_SECONDS)  # noqa: S311 - a delay, not a secret
        await asyncio.sleep(delay)
        line = {"kind": kind, "key": key, "file_number": file_number, **details}
        if time.time() < self.down_until:
            self.ledger.append(what="refused", **line)
            raise web.HTTPServiceUnavailable(text="down")
        if key in self.answers:
            self.ledger.append(what="again", **line)
        else:
            status, body = fulfil(records()[file_number]) if file_number in records() else (404, {})
            self._remember(self.ledger.append(what="done", status=status, answer=body, **line))
        await asyncio.sleep(delay)
        status, body = self.answers[key]
        return web.json_response(body, status=status)

    def _remember(self, entry: dict[str, Any]) -> None:
        self.answers[entry["key"]] = (entry["status"], entry["answer"])
        if entry["kind"] == "appraisal" and entry["status"] < 400:  # noqa: PLR2004 - HTTP's first error
            self.orders.append(entry)

    # --- everything else ---

    async def reports(self, request: web.Request) -> web.Response:
        """Reports that are ready, from number `after` on; they are numbered as they were ordered."""
        after = int(request.query.get("after", "0"))
        ready = []
        for number, order in enumerate(self.orders[after:], after):
            if time.time() < order["at"] + REPORT_SECONDS:
                break
            ready.append({"number": number, "application_id": order["application_id"], "report": self._report(order)})
        return web.json_response(ready)

    def _report(self, order: dict[str, Any]) -> dict[str, Any] | None:
        """The report on an order, or None for one that was lost."""
        file_number = order["file_number"]
        first = next(other for other in self.orders if other["file_number"] == file_number)
        if file_number % LOST_EVERY == 0 and order is first:
            return None
        return {"order": order["key"], "loan_to_value": records()[file_number].loan_to_value}

    async def outage(self, request: web.Request) -> web.Response:
        """Go down for a while."""
        seconds = float((await request.json())["seconds"])
        self.down_until = time.time() + seconds
        return web.json_response({"down_for_seconds": seconds})

    async def health(self, _request: web.Request) -> web.Response:
        """Whether the process answers; it does so in an outage too."""
        return web.json_response({"down": time.time() < self.down_until})


def _file_number(request: web.Request) -> int:
    return int(request.match_info["inquiry"].partition("-")[0])


def main() -> None:
    """Serve until a signal ends the process."""
    arguments = argparse.ArgumentParser(prog="python -m demo.bureau", description="A slow credit bureau.")
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--ledger", type=Path, required=True)
    given = arguments.parse_args()
    records()
    web.run_app(Bureau(Journal(given.ledger)).app(), host="127.0.0.1", port=given.port, print=None)


if __name__ == "__main__":
    main()
