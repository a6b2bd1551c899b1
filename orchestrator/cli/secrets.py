"""`orchestrator keys new` and `orchestrator codec-server`."""

from typing import Annotated

import typer

from orchestrator.cli.options import run

keys = typer.Typer(no_args_is_help=True, help="Encryption keys.")


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.command("codec-server", rich_help_panel="Serve")(codec_server)
    cli.add_typer(keys, name="keys", rich_help_panel="Serve")


@keys.command("new")
def new_key(
    key_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="Default: today's date.")] = None,
    namespace: Annotated[
        str | None, typer.Option("--namespace", metavar="NAME", help="Whose alone it is; default: every namespace's.")
    ] = None,
) -> None:
    """Print a new key, as ORCHESTRATOR_ENCRYPTION_KEYS and the file take it. It is kept nowhere."""
    import base64
    import os
    from datetime import UTC, datetime

    from orchestrator.secrets.keys import ID, KEY_BYTES

    key_id = key_id or datetime.now(UTC).date().isoformat()
    if not ID.fullmatch(key_id):
        raise typer.BadParameter("An id is of at most 64 letters, digits, '.', '_' and '-'.")
    owner = f"{namespace}/" if namespace else ""
    typer.echo(f"{owner}{key_id}:{base64.b64encode(os.urandom(KEY_BYTES)).decode()}")


def codec_server(
    *,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, metavar="N", help="0: any that is free.")] = 8081,
) -> None:
    """Encrypts and decrypts payloads for Temporal's Web UI and command line, for those who may."""
    from orchestrator.errors import MissingExtra

    try:
        from orchestrator.cli.codec_server import run_codec_server
    except ImportError as error:
        raise MissingExtra("`orchestrator codec-server`", "serve") from error

    run(run_codec_server(host, port))
