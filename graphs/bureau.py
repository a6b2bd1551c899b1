"""The credit bureau and the appraiser, over HTTP."""

from typing import Any

import httpx

TIMEOUT_SECONDS = 10.0
KEY_HEADER = "Idempotency-Key"
"""A repeated key is the same order, and answered as the first time."""


class BureauClient:
    """Orders credit reports and appraisals.

    Every method raises, *retryable*: httpx.TransportError (nobody answers) and httpx.HTTPStatusError (5xx).

    Args:
        url: Where the bureau listens, for example `http://127.0.0.1:8100`.
    """

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=TIMEOUT_SECONDS, trust_env=False)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def open_inquiry(self, file_number: int, *, key: str) -> str | None:
        """The number of a new inquiry, or None when the bureau knows nothing of that file."""
        response = await self._post("/inquiries", {"file_number": file_number}, key)
        if response.status_code == httpx.codes.NOT_FOUND:
            return None
        return str(_answer(response)["inquiry"])

    async def tradelines(self, inquiry: str, *, key: str) -> tuple[int, int]:
        """How consumer loans (1 to 6) and mortgages (1 to 4) were paid; 1 is best."""
        answer = _answer(await self._post(f"/inquiries/{inquiry}/tradelines", {}, key))
        return int(answer["consumer_history"]), int(answer["mortgage_history"])

    async def public_records(self, inquiry: str, *, key: str) -> bool:
        """Whether there is a public record of bad credit."""
        answer = _answer(await self._post(f"/inquiries/{inquiry}/public-records", {}, key))
        return bool(answer["public_record"])

    async def order_appraisal(self, file_number: int, application_id: str, *, key: str) -> None:
        """Order an appraisal. Its report comes later, by event."""
        order = {"file_number": file_number, "application_id": application_id}
        _answer(await self._post("/appraisals", order, key))

    async def _post(self, path: str, body: dict[str, Any], key: str) -> httpx.Response:
        return await self._http.post(path, json=body, headers={KEY_HEADER: key})


def _answer(response: httpx.Response) -> dict[str, Any]:
    response.raise_for_status()
    answer: dict[str, Any] = response.json()
    return answer
