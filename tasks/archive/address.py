"""Where an archive in object storage is: `s3://bucket/prefix`, without user name and password."""

from __future__ import annotations

from typing import NamedTuple

from tasks.errors import WrongSettingsError

# scheme -> the package that speaks it. All of these show an object whole or not at all, which the archive rests on
PACKAGES = {"s3": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "az": "adlfs", "abfs": "adlfs"}


class Address(NamedTuple):
    """`root` is the bucket with the prefix, without slashes at its ends."""

    scheme: str
    root: str

    @property
    def shown(self) -> str:
        """As a person writes it."""
        return f"{self.scheme}://{self.root}"

    @property
    def bucket(self) -> str:
        """The bucket alone."""
        return self.root.partition("/")[0]


def address_of(named: str) -> Address:
    """Take an address apart; raises WrongSettingsError, which shows nothing of it but its beginning."""
    scheme, _, rest = named.partition("://")
    expected = f"REXBIT_ARCHIVE: expected a folder or an address ({', '.join(f'{one}://' for one in PACKAGES)})"
    if scheme not in PACKAGES:
        raise WrongSettingsError(f"{expected}, got `{scheme}://…`. A folder is written as a path, without `://`")
    if "@" in rest or "?" in rest or "#" in rest:
        raise WrongSettingsError(
            f"{expected} without user name, password and parameters, got `{scheme}://…` with `@`, `?` or `#`. Keys come"
            " from the environment (such as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY) or from the machine's own role"
        )
    root = "/".join(part for part in rest.split("/") if part)
    if not root or {".", ".."} & set(root.split("/")):
        raise WrongSettingsError(f"{expected} with a bucket, such as {scheme}://bucket/rexbit, got `{scheme}://…`")
    return Address(scheme, root)
