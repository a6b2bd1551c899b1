"""The Web UI in a real browser: what a person on call sees there."""

import json
from typing import Any

from tests.support.local import until
from tests.web_ui.browser import IN_CHROMIUM, Page, browser
from tests.web_ui.conftest import DOCS, There

TITLE = "Ada | <b>bold</b> [a link](https://example.org) `code`\n# heading"

pytestmark = IN_CHROMIUM


def texts(node: dict[str, Any]) -> str:
    """All text below a node of the document, that of frames as well."""
    inside = [*node.get("children", []), *([node["contentDocument"]] if "contentDocument" in node else [])]
    return str(node.get("nodeValue", "")) + " ".join(map(texts, inside))


def tags(node: dict[str, Any]) -> list[str]:
    inside = [*node.get("children", []), *([node["contentDocument"]] if "contentDocument" in node else [])]
    return [node["nodeName"].lower(), *(tag for child in inside for tag in tags(child))]


async def read(page: Page, url: str, *wanted: str) -> dict[str, Any]:
    """The document with its frames, once they say all of that."""
    await page.goto(url)
    await page.until("Current Details")
    for _ in range(100):
        root: dict[str, Any] = (await page.call("DOM.getDocument", depth=-1, pierce=True))["root"]
        if all(text in " ".join(texts(root).split()) for text in wanted):
            return root
    raise AssertionError(f"{wanted} do not stand in: {' '.join(texts(root).split())}")


async def test_the_page_shows_stage_task_and_due_date_and_its_title_is_no_markup(
    there: There,
) -> None:
    client, workflows = there
    run = await client.start_graph("payment", {"name": TITLE, "amount": 7}, id="claim", started_by="ivy")
    handle = client.temporal.get_workflow_handle("claim")
    await until(handle, lambda status: status["tasks"] == 1)
    (task,) = await client.tasks("claim")
    assert task.due_at is not None
    async with browser() as page:
        due, title = f"{task.due_at:due %Y-%m-%d %H:%M UTC}", "Pay 7 EUR to Ada | <b>bold</b>"
        root = await read(
            page, f"{workflows}/claim/{run.run_id}/user-metadata", "payment", title, due, "started by ivy"
        )
        said = " ".join(texts(root).split())
        assert "orchestrator decide claim --task payment-1" in said
        assert f"{DOCS}/tasks/" in json.dumps(root)
        assert "# heading?" in said
        assert "b" not in tags(root)
        frames = json.dumps(root)
        assert "https://example.org" not in frames.replace(TITLE, ""), "the title's link is one"
