"""The words of a mail, from templates that users can replace."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.errors import ConfigurationError, MissingExtra
from orchestrator.notify.wording import one_line

if TYPE_CHECKING:
    from jinja2 import Environment

OURS = Path(__file__).parent / "templates"
GENERIC = "notice"
PLAIN = (".txt.j2", ".subject.j2")
"""What is no HTML. Everything else is escaped, whatever it is included from."""
LONGEST_SUBJECT = 200
"""Characters."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail's words."""

    subject: str
    text: str
    html: str


class Letters:
    """Writes them.

    Args:
        folder: Of the user's own templates, which shadow ours: `<event>.html.j2`, `<event>.txt.j2` and
            `<event>.subject.j2`, each without one `notice.html.j2` and so on.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._environment: Environment | None = None

    def check(self) -> None:
        """Parse them all.

        Raises:
            MissingExtra: Jinja2 is not installed. *Not retryable.*
            ConfigurationError: The folder does not exist, or a template is malformed. *Not retryable.*
        """
        if self.folder is not None and not self.folder.is_dir():
            raise ConfigurationError(f"There is no folder {self.folder} with mail templates.")
        environment = self._loaded()
        from jinja2 import TemplateError

        for name in environment.list_templates(extensions=["j2"]):
            try:
                environment.get_template(name)
            except TemplateError as error:
                raise ConfigurationError(f"The mail template {name} is malformed: {error}.") from error

    def write(self, event: str, values: Mapping[str, Any]) -> Letter:
        """The words about one event.

        Raises:
            ConfigurationError: A template uses what there is not. *Not retryable.*
        """
        subject = one_line(self._rendered(event, "subject", values))
        return Letter(
            subject=subject[:LONGEST_SUBJECT],
            text=self._rendered(event, "txt", values),
            html=self._rendered(event, "html", values),
        )

    def _rendered(self, event: str, kind: str, values: Mapping[str, Any]) -> str:
        from jinja2 import TemplateError

        template = self._loaded().select_template([f"{event}.{kind}.j2", f"{GENERIC}.{kind}.j2"])
        try:
            return template.render(values)
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise ConfigurationError(f"The mail template {template.name} fails: {error}.") from error

    def _loaded(self) -> "Environment":
        if self._environment is None:
            try:
                from jinja2 import Environment, FileSystemLoader, StrictUndefined
            except ImportError as error:
                raise MissingExtra("Notices by mail", "email") from error
            folders = [OURS] if self.folder is None else [self.folder, OURS]
            self._environment = Environment(
                loader=FileSystemLoader(folders),
                autoescape=lambda name: name is None or not name.endswith(PLAIN),  # noqa: S701 - so only plain text is not
                undefined=StrictUndefined,
                trim_blocks=True,
                lstrip_blocks=True,
            )
        return self._environment
