"""Files that are stored in S3 part by part (S3 User Guide, "Uploading and copying objects using multipart upload").

Parts have 5 MB at least, but the last. Their numbers are consecutive, as checksums of parts demand. An upload that is
not completed is aborted after a day by the bucket's lifecycle.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from hidra.errors import Conflict
from hidra.gateways import uploads

# The upload was aborted or completed before, or a part is not the one that was stored.
_LOST = ("NoSuchUpload", "InvalidPart", "InvalidPartOrder")


class Part(NamedTuple):
    """What S3 answered to a part. ``crc32`` is None where a server computes none, as an emulator."""

    etag: str
    crc32: str | None


class Multipart(NamedTuple):
    """One file of a bucket."""

    bucket: str
    key: str

    def begin(self, content_type: str) -> str:
        """Returns the id of a new upload.

        Raises:
            Unavailable: S3 did not answer.
        """
        with uploads.available():
            answer = uploads.s3().create_multipart_upload(
                **self._file, ContentType=content_type, ChecksumAlgorithm="CRC32"
            )
        upload_id: str = answer["UploadId"]
        return upload_id

    def store(self, upload_id: str, number: int, content: bytes) -> Part:
        """Stores a part, counted from 1; the same number again replaces it.

        Raises:
            Conflict: there is no such upload any more.
            Unavailable: S3 did not answer.
        """
        answer = self._call(
            uploads.s3().upload_part, UploadId=upload_id, PartNumber=number, Body=content, ChecksumAlgorithm="CRC32"
        )
        return Part(answer["ETag"], answer.get("ChecksumCRC32"))

    def complete(self, upload_id: str, parts: Sequence[Sequence[str | None]]) -> None:
        """Makes the parts, as ``store`` returned them, one file.

        Raises:
            Conflict: a part is another one than was stored, or there is no such upload any more.
            Unavailable: S3 did not answer.
        """
        listed = [
            {"PartNumber": number, "ETag": etag} | ({"ChecksumCRC32": crc32} if crc32 else {})
            for number, (etag, crc32) in enumerate(parts, 1)
        ]
        self._call(uploads.s3().complete_multipart_upload, UploadId=upload_id, MultipartUpload={"Parts": listed})

    def put(self, content: bytes, content_type: str) -> None:
        """Stores the whole file at once.

        Raises:
            Unavailable: S3 did not store it.
        """
        with uploads.available():
            uploads.s3().put_object(**self._file, Body=content, ContentType=content_type)

    def abort(self, upload_id: str) -> None:
        """Deletes the parts of an upload, also if it is gone already.

        Raises:
            Unavailable: S3 did not answer.
        """
        try:
            self._call(uploads.s3().abort_multipart_upload, UploadId=upload_id)
        except Conflict:
            return

    def delete(self) -> None:
        """Deletes every version of the file for good, also if there is none.

        Raises:
            Unavailable: S3 did not delete it.
        """
        while (stored := uploads.find(self.bucket, self.key)) is not None:
            uploads.delete(self.bucket, self.key, stored.version or "null")

    @property
    def _file(self) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self.key}

    def _call(self, operation: Callable[..., Any], **parameters: Any) -> Any:
        from botocore.exceptions import ClientError  # noqa: PLC0415 - comes with the client

        with uploads.available():
            try:
                return operation(**self._file, **parameters)
            except ClientError as error:
                if error.response["Error"]["Code"] in _LOST:
                    raise Conflict("S3 has lost the parts of a file.", code="parts-lost") from error
                raise
