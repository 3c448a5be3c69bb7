"""What a secret field accepts: anything but the mask that a form or a stored run shows instead of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, SecretStr


def refuse_mask(secret: SecretStr | None) -> SecretStr | None:
    """Raise ValueError for a value made of asterisks only: a masked secret was sent back as the secret."""
    value = secret.get_secret_value() if secret else ""
    if value and set(value) == {"*"}:
        raise ValueError(
            "expected the secret itself, got its mask (asterisks only). Enter the secret again, or start the"
            " run with the name of a saved block instead of its content"
        )
    return secret


# None is inside of it: Prefect knows a secret field by its bare type, and shows in clear what it does not know as one
Secret = Annotated[SecretStr | None, AfterValidator(refuse_mask)]
