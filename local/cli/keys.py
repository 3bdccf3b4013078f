"""keys: a sealing key pair for a deployment."""

import base64
import json
from typing import Annotated

import typer
from nacl.public import PrivateKey

from local.cli.app import OPERATE, app, echo
from local.processes import LocalError


@app.command(rich_help_panel=OPERATE)
def keys(
    id: Annotated[str, typer.Option(metavar="ID", help="The key's id; the id that sorts last seals.")] = "k1",
) -> None:
    """Print a new sealing key pair for a deploy.

    The pair is the value of the parameters VaultPrivateKeys and VaultPublicKeys. The public key seals the tenants' API
    keys; only message_sender and connection_check can open them. This command saves nothing: keep the private key in a
    safe place, because without it every tenant must enter their API key again. To replace a key, add the new one to
    both JSON objects under an id that sorts last.

    \b
    Example:  ./hidra keys --id k2
    """
    if not id.isalnum():
        raise LocalError("A key's id must be letters and digits.")
    pair = PrivateKey.generate()
    for name, key in (("VaultPrivateKeys", bytes(pair)), ("VaultPublicKeys ", bytes(pair.public_key))):
        echo(f"{name} {json.dumps({id: base64.b64encode(key).decode()})}")
