"""Files that users bring, and those made for them, in one S3 bucket: forms, links, and reading in ranges."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from hidra.errors import Rejected, Unavailable
from hidra.gateways.aws import s3

MAX_BYTES = 2 * 1024**3
PIECE = 4 * 1024**2  # bytes of one ranged read; even, for UTF-16
ATTEMPTS = 3


@dataclass(frozen=True)
class Form:
    """Where and with which fields, before the file, a POST of multipart/form-data uploads."""

    url: str
    fields: dict[str, str]


@dataclass(frozen=True)
class Arrived:
    """A file as it lies there; ``etag`` changes with its content."""

    size: int
    etag: str


def form(bucket: str, key: str, *, content_type: str, seconds: int) -> Form:
    """A form for one file of at most ``MAX_BYTES`` and this content type, valid for so many seconds.

    Raises:
        Unavailable: it could not be signed.
    """
    with _available():
        made = s3().generate_presigned_post(
            bucket,
            key,
            Fields={"Content-Type": content_type},
            Conditions=[["content-length-range", 1, MAX_BYTES], {"Content-Type": content_type}],
            ExpiresIn=seconds,
        )
    return Form(made["url"], made["fields"])


def link(bucket: str, key: str, *, file_name: str, seconds: int) -> str:
    """An address that downloads the file for so many seconds.

    Raises:
        Unavailable: it could not be signed.
    """
    given = {"Bucket": bucket, "Key": key, "ResponseContentDisposition": f'attachment; filename="{file_name}"'}
    with _available():
        made: str = s3().generate_presigned_url("get_object", Params=given, ExpiresIn=seconds)
    return made


def find(bucket: str, key: str) -> Arrived | None:
    """
    Raises:
        Unavailable: nobody can tell whether it is there.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - comes with the client

    with _available():
        try:
            answer = s3().head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            # 403 is what S3 says of a missing object to who may not list the bucket.
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in (403, 404):
                return None
            raise
    return Arrived(answer["ContentLength"], answer["ETag"])


def read(bucket: str, key: str, arrived: Arrived, offset: int, until: int | None = None) -> Iterator[bytes]:
    """The file from a byte on, in pieces of ``PIECE`` bytes.

    Raises:
        Rejected: the file is gone, or another one has taken its place.
        Unavailable: it cannot be read now.
    """
    end = arrived.size if until is None else min(until, arrived.size)
    while offset < end:
        piece = _piece(bucket, key, arrived, offset, min(offset + PIECE, end))
        offset += len(piece)
        yield piece


def put(bucket: str, key: str, content: IO[bytes], *, content_type: str) -> None:
    """
    Raises:
        Unavailable: it was not taken.
    """
    with _available():
        s3().upload_fileobj(content, bucket, key, ExtraArgs={"ContentType": content_type})


def _piece(bucket: str, key: str, arrived: Arrived, begin: int, end: int) -> bytes:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - comes with the client

    for attempt in range(ATTEMPTS):
        try:
            answer = s3().get_object(Bucket=bucket, Key=key, Range=f"bytes={begin}-{end - 1}", IfMatch=arrived.etag)
            found: bytes = answer["Body"].read()
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status in (403, 404):
                raise Rejected("The file is gone.", code="no_file") from error
            if status == 412:
                raise Rejected("Another file was uploaded in its place.", code="file_replaced") from error
            raise Unavailable("A file could not be read; try again in a moment.") from error
        except BotoCoreError as error:  # the answer broke off
            if attempt == ATTEMPTS - 1:
                raise Unavailable("A file could not be read; try again in a moment.") from error
        else:
            if len(found) == end - begin:
                return found
    raise Unavailable("A file could not be read; try again in a moment.")


@contextmanager
def _available() -> Iterator[None]:
    from boto3.exceptions import Boto3Error  # noqa: PLC0415 - comes with the client
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - comes with the client

    try:
        yield
    except (BotoCoreError, ClientError, Boto3Error) as error:
        raise Unavailable("The storage of files did not answer; try again in a moment.") from error


def import_key(user_id: Any, import_id: Any) -> str:
    return f"imports/{user_id}/{import_id}"


def rejects_key(user_id: Any, import_id: Any) -> str:
    return f"rejects/{user_id}/{import_id}.csv"
