"""The letter goes out: an activity of its own, because it is the one step that nobody can take back."""

from temporalio import activity

from graphs.application import Mail
from graphs.post import Post


class Letters:
    """The activity `send_letter`."""

    def __init__(self, post: Post) -> None:
        self.post = post

    @activity.defn
    async def send_letter(self, mail: Mail) -> str:
        """The Message-ID. A key that was sent before is not sent again."""
        return await self.post.send(key=mail.key, to=mail.to, subject=mail.subject, text=mail.text)
