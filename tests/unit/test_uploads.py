"""What is signed for S3, without an emulator."""

from collections.abc import Iterator

import pytest

from hidra.gateways import uploads

REGIONS = ("sa-east-1", "us-east-1", "eu-south-1", "af-south-1", "ap-southeast-5", "mx-central-1")


@pytest.fixture(autouse=True)
def outside_the_emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    uploads.s3.cache_clear()
    yield
    uploads.s3.cache_clear()


@pytest.mark.parametrize("region", REGIONS)
def test_forms_and_links_are_signed_for_the_buckets_own_region(region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    monkeypatch.setenv("AWS_REGION", region)
    bucket = f"https://files.s3.{region}.amazonaws.com/"
    form = uploads.form("files", "contacts/a", content_type="text/csv", seconds=60)
    assert form.url == bucket
    assert f"/{region}/s3/aws4_request" in form.fields["x-amz-credential"]
    link = uploads.link("files", "rejects/a", file_name="a.csv", seconds=60)
    assert link.startswith(f"{bucket}rejects/a?")
    assert f"%2F{region}%2Fs3%2Faws4_request" in link
