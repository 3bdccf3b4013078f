"""An example of each request and answer, all of one story; a test validates them against their schemas."""

from typing import Any

from local.openapi.examples import campaigns, connections, contacts, files, templates

EXAMPLES: dict[str, Any] = {
    **campaigns.EXAMPLES,
    **connections.EXAMPLES,
    **contacts.EXAMPLES,
    **files.EXAMPLES,
    **templates.EXAMPLES,
}
