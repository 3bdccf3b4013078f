"""What the queues of campaigns, imports and exports carry. A nudge names its subject and nothing else: losing or
repeating one is harmless."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

from hidra.domain.imports import files
from hidra.errors import Rejected

VERSION = 1


@dataclass(frozen=True)
class CampaignNudge:
    """Asks for a pass over a campaign."""

    user_id: UUID
    campaign_id: UUID

    def to_json(self) -> str:
        return json.dumps({"version": VERSION, "user_id": str(self.user_id), "campaign_id": str(self.campaign_id)})

    @classmethod
    def from_json(cls, text: str) -> "CampaignNudge":
        """Reads a message of the campaign queue.

        Raises:
            Rejected: it is no nudge of this version.
        """
        return cls(*_ids(text, "campaign_id", kind="a campaign nudge"))


@dataclass(frozen=True)
class ImportNudge:
    """Asks for a slice of an import. ``arrived``: S3's version of the file, if a file's arrival is why."""

    user_id: UUID
    import_id: UUID
    arrived: str | None = None

    def to_json(self) -> str:
        return json.dumps({"version": VERSION, "user_id": str(self.user_id), "import_id": str(self.import_id)})


def read_imports(text: str) -> list[ImportNudge]:
    """Reads a message of the import queue: a nudge, or S3's event about files that arrived.

    Raises:
        Rejected: it is neither, or a nudge of another version.
    """
    try:
        found = json.loads(text)
        if found.get("Event") == "s3:TestEvent":  # sent once, when S3's notifications are set up; it names no file
            return []
        if "Records" in found:
            arrived = [record["s3"]["object"] for record in found["Records"]]
            return [ImportNudge(*files.ids_of(unquote_plus(at["key"])), at.get("versionId")) for at in arrived]
        _check_version(found)
        return [ImportNudge(UUID(found["user_id"]), UUID(found["import_id"]))]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Rejected("The queue message is neither an import nudge nor an S3 event.") from error


@dataclass(frozen=True)
class ExportNudge:
    """Asks for a slice of an export, or for the deletion of what it left in the bucket."""

    user_id: UUID
    export_id: UUID

    def to_json(self) -> str:
        return json.dumps({"version": VERSION, "user_id": str(self.user_id), "export_id": str(self.export_id)})

    @classmethod
    def from_json(cls, text: str) -> "ExportNudge":
        """Reads a message of the export queue.

        Raises:
            Rejected: it is no nudge of this version.
        """
        return cls(*_ids(text, "export_id", kind="an export nudge"))


def _ids(text: str, subject: str, *, kind: str) -> tuple[UUID, UUID]:
    """The ids of the user and of the subject."""
    try:
        found = json.loads(text)
        _check_version(found)
        return UUID(found["user_id"]), UUID(found[subject])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Rejected(f"The queue message is not {kind}.") from error


def _check_version(found: Mapping[str, Any]) -> None:
    if found["version"] != VERSION:
        raise Rejected(f"A nudge of version {found['version']} is not supported.")
