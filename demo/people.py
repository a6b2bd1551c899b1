"""Everybody outside: applicants, the appraiser's courier and an underwriter. They know the wire of the orchestrator
(signals `event` and `decide`, query `tasks`) and nothing else of it."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from demo.mailroom import Mailroom, Received

POLL_SECONDS = 0.25
ANSWER_SECONDS = 0.5
"""How long people take for what takes them days."""
NEVER_ANSWERS, NEEDS_A_REMINDER, SENDS_ONE_BY_ONE = 0, 3, 5
"""Of eight applicants, by file number."""


def workflow_id(application_id: str) -> str:
    """For example `mortgage-boston-0042`."""
    return f"mortgage-{application_id}"


class Applicants:
    """Read their mail and hand in what is missing: most at once, some when reminded, some never."""

    def __init__(self, client: Client, mailroom: Mailroom) -> None:
        self.client = client
        self.mailroom = mailroom

    async def live(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as answers:
            while True:
                mail = await self.mailroom.unread.get()
                if wanted := [line.removeprefix("- ") for line in mail.text.splitlines() if line.startswith("- ")]:
                    answers.create_task(self._answer(mail, wanted))

    async def _answer(self, mail: Received, wanted: list[str]) -> None:
        """Hand in what the mail lists, if it asks for documents; a decision asks for none."""
        reminded = mail.subject.startswith("Reminder")
        if not reminded and not mail.subject.startswith("Documents needed"):
            return
        application_id = mail.to.partition("@")[0]
        habit = int(application_id.rpartition("-")[2]) % 8
        if habit == NEVER_ANSWERS or (habit == NEEDS_A_REMINDER and not reminded):
            return
        parcels = [[name] for name in wanted] if habit == SENDS_ONE_BY_ONE else [wanted]
        for number, parcel in enumerate(parcels):
            await asyncio.sleep(ANSWER_SECONDS)
            await send_event(
                self.client,
                application_id,
                {
                    "name": "documents",
                    "payload": {"documents": parcel},
                    "event_id": f"{mail.message_id}/{number}",
                },
            )


class Courier:
    """Brings the appraiser's reports as events."""

    def __init__(self, client: Client, bureau_url: str) -> None:
        self.client = client
        self.bureau_url = bureau_url

    async def live(self) -> None:
        """Until cancelled."""
        after = 0
        async with httpx.AsyncClient(base_url=self.bureau_url, trust_env=False) as bureau:
            while True:
                ready = (await bureau.get("/appraisals/reports", params={"after": after})).json()
                for item in ready:
                    after = item["number"] + 1
                    if item["report"] is not None:  # else it was lost on the way
                        await self._bring(item["application_id"], item["report"])
                await asyncio.sleep(POLL_SECONDS)

    async def _bring(self, application_id: str, report: Mapping[str, Any]) -> None:
        await send_event(
            self.client,
            application_id,
            {"name": "appraisal_report", "payload": report, "event_id": report["order"]},
        )


class Underwriter:
    """Decides on what is referred, by the file alone: what is referred is approved, unless debt tops it."""

    NAME = "ulrike"
    MOST_POINTS_WITH_DEBT = 3

    def __init__(self, client: Client) -> None:
        self.client = client
        self.decided: set[tuple[str, str]] = set()
        """Workflow and task."""

    async def live(self) -> None:
        """Until cancelled. Who waits for underwriters stands in a search attribute, so only those are asked."""
        while True:
            query = "ExecutionStatus = 'Running' AND OrchAssignees = 'group:underwriters'"
            async for found in self.client.list_workflows(query):
                await self._work_on(found.id)
            await asyncio.sleep(POLL_SECONDS)

    async def _work_on(self, workflow: str) -> None:
        handle = self.client.get_workflow_handle(workflow)
        try:
            tasks = await handle.query("tasks")
        except RPCError as error:
            if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.DEADLINE_EXCEEDED):
                return  # ended meanwhile, or its worker is dead: next time
            raise
        for task in tasks:
            if (workflow, task["task_id"]) not in self.decided:
                await handle.signal("decide", self._decision(task))
                self.decided.add((workflow, task["task_id"]))

    def _decision(self, task: Mapping[str, Any]) -> dict[str, Any]:
        recommendation = task["payload"]["recommendation"]
        indebted = any(finding["rule"] == "debt_ratio" for finding in recommendation["findings"])
        if indebted and recommendation["points"] > self.MOST_POINTS_WITH_DEBT:
            action, values = "reject", {"rationale": "Too much debt beside the rest.", "conditions": []}
        else:
            action = "approve"
            values = {"rationale": "A close call, made up for.", "conditions": ["Proof of three months' reserves."]}
        return {"task_id": task["task_id"], "action": action, "values": values, "by": self.NAME}


async def send_event(client: Client, application_id: str, event: Mapping[str, Any]) -> None:
    """Send an event; one for an application that is decided already comes too late, and that is all."""
    try:
        await client.get_workflow_handle(workflow_id(application_id)).signal("event", event)
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
