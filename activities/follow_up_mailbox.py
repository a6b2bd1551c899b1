"""An IMAP mailbox, by the standard library: each method blocks."""

import imaplib
from contextlib import suppress
from typing import Any

from activities.follow_up_settings import FollowUpSettings

TIMEOUT_SECONDS = 30.0
"""Of the connection, and of each command."""
MOST_AT_ONCE = 100
LARGEST_BYTES = 5 * 1024 * 1024
"""Of a larger mail so much is read: the headers and the beginning of its text."""


class Mailbox:
    """A connection with the folder open.

    Raises:
        OSError, imaplib.IMAP4.error: The server does not answer, or refuses. *Retryable.*
    """

    def __init__(self, settings: FollowUpSettings) -> None:
        assert settings.imap_host is not None
        connect = imaplib.IMAP4_SSL if settings.imap_tls else imaplib.IMAP4
        self._imap = connect(settings.imap_host, settings.imap_port, timeout=TIMEOUT_SECONDS)
        try:
            self._imap.login(settings.imap_user, settings.imap_password.get_secret_value())
            self._checked("SELECT", *self._imap.select(settings.imap_folder))
        except BaseException:  # a cancellation as well: the connection is open
            self.close()
            raise

    def new(self) -> list[str]:
        """The UIDs of mails that nobody has read or starred, the oldest first, at most 100."""
        [found] = self._checked("SEARCH", *self._imap.uid("SEARCH", "UNSEEN", "UNFLAGGED"))
        return [uid.decode() for uid in (found or b"").split()][:MOST_AT_ONCE]

    def read(self, uid: str) -> bytes:
        """A raw mail; empty if it is gone meanwhile. It stays unread."""
        fetched = self._checked("FETCH", *self._imap.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST_BYTES}>)"))
        return next((part[1] for part in fetched if isinstance(part, tuple)), b"")

    def mark_as_read(self, uid: str) -> None:
        """It has been dealt with."""
        self._checked("STORE", *self._imap.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)"))

    def leave_to_people(self, uid: str) -> None:
        """It stays unread, and is not looked at again."""
        self._checked("STORE", *self._imap.uid("STORE", uid, "+FLAGS.SILENT", r"(\Flagged)"))

    def close(self) -> None:
        """Log out."""
        with suppress(OSError, imaplib.IMAP4.error):
            self._imap.logout()
        with suppress(OSError):  # where that failed, the socket is open still
            self._imap.shutdown()

    @staticmethod
    def _checked(command: str, status: str, data: list[Any]) -> list[Any]:
        if status != "OK":
            raise imaplib.IMAP4.error(f"{command}: {status} {data!r}")
        return data
