"""Files in S3: forms to upload them with, links to download them, and reading in ranges.

Only this module and ``multipart`` use boto3, and load it at the first use: it adds some 200 ms to a cold start.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import IO, Any

from hidra.domain.imports import files
from hidra.errors import Rejected, Unavailable

MAX_BYTES = 2 * 1024**3
PIECE = 4 * 1024**2  # bytes of one ranged read; even, for UTF-16
ATTEMPTS = 3
MISSING = (403, 404)  # S3 answers 403 for a missing object if the caller may not list the bucket


@cache
def s3() -> Any:
    """The client, made at its first use."""
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    config = Config(
        connect_timeout=3,
        read_timeout=10,
        retries={"mode": "standard", "total_max_attempts": 3},
        signature_version="s3v4",
        # Without these, forms and links name S3's global address. It redirects for a day after a bucket was made, and
        # never finds those of newer regions (S3 User Guide, "Request redirection and the REST API").
        s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
    )
    return boto3.client("s3", config=config)


@dataclass(frozen=True)
class Form:
    """Where and with which fields, before the file, a POST of multipart/form-data uploads."""

    url: str
    fields: dict[str, str]


@dataclass(frozen=True)
class StoredFile:
    """A file that is there; ``etag`` changes with its content. ``version``: None in a bucket without versions."""

    size: int
    etag: str
    version: str | None


def form(bucket: str, key: str, *, content_type: str, seconds: int) -> Form:
    """A form for one file of at most ``MAX_BYTES`` and this content type, valid for so many seconds.

    S3 accepts each upload with a form until it expires. ``If-None-Match``, which refuses a second one, is a header of
    PutObject, CopyObject and CompleteMultipartUpload (S3's user guide, "conditional writes"); POST has no field for it.

    Raises:
        Unavailable: it could not be signed.
    """
    with available():
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
    with available():
        made: str = s3().generate_presigned_url("get_object", Params=given, ExpiresIn=seconds)
    return made


def find(bucket: str, key: str, version: str | None = None) -> StoredFile | None:
    """This version of the file, by default the latest; None if there is none.

    Raises:
        Unavailable: S3 did not say whether the file is there.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - comes with the client

    with available():
        try:
            answer = s3().head_object(Bucket=bucket, Key=key, **_of(version))
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in MISSING:
                return None
            raise
    return StoredFile(answer["ContentLength"], answer["ETag"], answer.get("VersionId"))


def read(bucket: str, key: str, file: StoredFile, offset: int, until: int | None = None) -> Iterator[bytes]:
    """The file from a byte on, in pieces of ``PIECE`` bytes.

    Raises:
        Rejected: the file is gone, or was replaced by another one.
        Unavailable: it cannot be read now.
    """
    end = file.size if until is None else min(until, file.size)
    while offset < end:
        piece = _piece(bucket, key, file, offset, min(offset + PIECE, end))
        offset += len(piece)
        yield piece


def beginning(bucket: str, key: str, size: int) -> bytes | None:
    """The first bytes of the file, at most so many; None if there is no file.

    Raises:
        Unavailable: S3 did not answer.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - comes with the client

    with available():
        try:
            answer = s3().get_object(Bucket=bucket, Key=key, Range=f"bytes=0-{size - 1}")
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in MISSING:
                return None
            raise
        content: bytes = answer["Body"].read(size)
    return content


def put(bucket: str, key: str, content: IO[bytes], *, content_type: str) -> None:
    """
    Raises:
        Unavailable: S3 did not store it.
    """
    with available():
        s3().upload_fileobj(content, bucket, key, ExtraArgs={"ContentType": content_type})


def delete(bucket: str, key: str, version: str) -> None:
    """Deletes one version of a file for good, also if it is gone already.

    Raises:
        Unavailable: S3 did not delete it.
    """
    with available():
        s3().delete_object(Bucket=bucket, Key=key, VersionId=version)


def _of(version: str | None) -> dict[str, str]:
    return {} if version is None else {"VersionId": version}


def _piece(bucket: str, key: str, file: StoredFile, begin: int, end: int) -> bytes:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - comes with the client

    for attempt in range(ATTEMPTS):
        try:
            answer = s3().get_object(
                Bucket=bucket,
                Key=key,
                Range=f"bytes={begin}-{end - 1}",
                IfMatch=file.etag,
                **_of(file.version),
            )
            if "ContentRange" not in answer:  # a server may answer with the whole file; the local emulator does so
                answer["Body"].read(begin)
            content: bytes = answer["Body"].read(end - begin)
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status in MISSING:
                raise Rejected("The file is gone. Create a new import.", code="no_file") from error
            if status == 412:
                raise files.replaced() from error
            raise Unavailable("A file could not be read. Try again in a few seconds.") from error
        except BotoCoreError as error:  # the answer broke off
            if attempt == ATTEMPTS - 1:
                raise Unavailable("A file could not be read. Try again in a few seconds.") from error
        else:
            if len(content) == end - begin:
                return content
    raise Unavailable("A file could not be read. Try again in a few seconds.")


@contextmanager
def available() -> Iterator[None]:
    """Translates boto3's errors.

    Raises:
        Unavailable: S3 did not do it.
    """
    from boto3.exceptions import Boto3Error  # noqa: PLC0415 - comes with the client
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - comes with the client

    try:
        yield
    except (BotoCoreError, ClientError, Boto3Error) as error:
        raise Unavailable("The storage of files did not answer. Try again in a few seconds.") from error
