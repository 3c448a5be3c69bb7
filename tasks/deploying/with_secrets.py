"""Become a command, with secrets from files in its environment: `python -m tasks.deploying.with_secrets COMMAND...`.

A variable whose value is `{NAME}`, or an address with `{NAME}` in it, gets the content of /run/secrets/NAME there, so
that no secret stands in compose.yaml or in what `docker inspect` shows. In an address it is escaped as that needs it.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

FOLDER = "REXBIT_SECRETS"
DEFAULT = "/run/secrets"
NAMED = re.compile(r"\{([A-Z][A-Z0-9_]*)\}")


class SecretMissingError(Exception):
    """A variable names a secret that has no file, or an empty one."""


def with_secrets(environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The environment with each `{NAME}` replaced; SecretMissingError names the variable and the file."""

    def put_in(variable: str, value: str) -> str:
        def content(found: re.Match[str]) -> str:
            path = folder / found[1]
            try:
                secret = path.read_text(encoding="utf-8").rstrip("\r\n")
            except OSError as error:
                raise SecretMissingError(
                    f"{variable} names the secret {found[1]}: expected the file {path}, which can't be read"
                    f" ({error.strerror}). Is it there, and readable for others than its owner?"
                ) from None
            if not secret:
                raise SecretMissingError(
                    f"{variable} names the secret {found[1]}: expected something in the file {path}"
                )
            return quote(secret, safe="") if "://" in value else secret

        is_named = NAMED.fullmatch(value) or "://" in value  # a password may look like one
        return NAMED.sub(content, value) if is_named else value

    return {variable: put_in(variable, value) for variable, value in environment.items()}


def main(command: list[str]) -> int:
    """Replace this process by the command, which so gets the signals that are meant for it."""
    if not command:
        print("usage: python -m tasks.deploying.with_secrets COMMAND [ARGUMENT...]", file=sys.stderr)
        return 2
    try:
        environment = with_secrets(os.environ, Path(os.environ.get(FOLDER) or DEFAULT))
    except SecretMissingError as error:
        print(error, file=sys.stderr)
        return 1
    return os.execvpe(command[0], command, environment)  # noqa: S606


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
