"""Makes the keys that seal the tenants' API keys, as a CloudFormation custom resource, and returns the public halves.

CloudFormation alone invokes it. It can open API keys, as it reads the private keys, and has no way to a database.
"""

import json
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hidra.errors import Rejected
from hidra.gateways import custom_resource, vault
from hidra.gateways.aws import find_secret, save_secret
from hidra.settings import require
from hidra.telemetry import logger

ENV = require("VAULT_SECRET")
FIRST = "k1"


@logger.inject_lambda_context
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, str]:
    """Answers CloudFormation. Deleting the stack deletes no key."""
    return custom_resource.answer(event, lambda: ensure(event), resource_id="hidra-vault-keys")


def ensure(event: dict[str, Any]) -> dict[str, str]:
    """The public keys of the secret, to which a key is added if it is empty, or has none of the id that is asked for.

    Raises:
        Rejected: the secret holds something else, or a new key would not seal because another id sorts last.
        Unavailable: the secret could not be read or written; no key was lost.
    """
    keys = vault.read_private_keys(find_secret(ENV["VAULT_SECRET"]) or "{}")
    wanted = event["ResourceProperties"].get("KeyId") or max(keys, default=FIRST)
    if wanted not in keys:
        if keys and wanted < max(keys):
            raise Rejected(f"The key {wanted} would never seal: {max(keys)} sorts after it. Choose a later VaultKeyId.")
        keys[wanted] = vault.new_private_key()
        # The request's id as the version's: a repeated request cannot write another key over the first one.
        save_secret(ENV["VAULT_SECRET"], json.dumps(keys), version=event["RequestId"])
        logger.info("a sealing key was made", key_id=wanted)
    return {"PublicKeys": json.dumps(vault.public_keys(keys), sort_keys=True, separators=(",", ":"))}
