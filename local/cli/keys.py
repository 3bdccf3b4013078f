"""keys: a sealing key pair for a deployment."""

import base64
import json
from typing import Annotated

import typer
from nacl.public import PrivateKey

from local.cli.app import OPERATE, app, say
from local.processes import LocalError


@app.command(rich_help_panel=OPERATE)
def keys(
    id: Annotated[str, typer.Option(metavar="ID", help="The key's name; the last one in the alphabet seals.")] = "k1",
) -> None:
    """Print a fresh sealing key pair for a deploy.

    The two parameters VaultPrivateKeys and VaultPublicKeys. Tenants' API keys are sealed with the public key, and
    only message_sender and connection_check can open them. It is written nowhere: keep the private key in a safe
    place, for without it every tenant has to enter the key anew. To exchange a key, add the new one to both JSON
    objects under an id that sorts last.

    \b
    Example:  ./hidra keys --id k2
    """
    if not id.isalnum():
        raise LocalError("A key's id is letters and digits.")
    pair = PrivateKey.generate()
    for name, key in (("VaultPrivateKeys", bytes(pair)), ("VaultPublicKeys ", bytes(pair.public_key))):
        say(f"{name} {json.dumps({id: base64.b64encode(key).decode()})}")
