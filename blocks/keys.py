"""Keys and certificates as text: what a field for one accepts, and gets its lines back."""

from __future__ import annotations

import re
import ssl

PEM = re.compile(r"(-----BEGIN [A-Z0-9 ]+-----)(.*?)(-----END [A-Z0-9 ]+-----)", re.DOTALL)
HOST_KEY = re.compile(r"SHA256:[A-Za-z0-9+/]{43}=?|(ssh-|ecdsa-|sk-)[a-z0-9@.-]+ [A-Za-z0-9+/]+=*( .*)?")


def host_key(text: str | None) -> str | None:
    """Give back what an SSH server may prove itself by, None if empty; raises ValueError for what is none."""
    if text and not HOST_KEY.fullmatch(text):
        raise ValueError("expected a fingerprint `SHA256:…` (43 signs) or a public key `ssh-ed25519 AAAA…`")
    return text or None


def private_key(text: str) -> str:
    """Give a private key with its lines; raises ValueError for what is none."""
    if not PEM.search(text) or "PRIVATE KEY" not in text:
        raise ValueError("expected a private key, from `-----BEGIN … PRIVATE KEY-----` to its `END` line")
    return lines_again(text)


def certificate(text: str) -> str:
    """Give a certificate with its lines; raises ValueError for what is none."""
    text = lines_again(text)
    try:
        ssl.create_default_context().load_verify_locations(cadata=text)
    except (ssl.SSLError, ValueError):
        raise ValueError("expected `-----BEGIN CERTIFICATE-----` … `-----END CERTIFICATE-----`") from None
    return text


def lines_again(text: str) -> str:
    """Give a PEM text its lines back: a form's field of one line turns them into spaces."""
    if "\n" in text.strip():
        return text.strip() + "\n"
    blocks = [
        "\n".join([begin, *re.findall(r".{1,64}", re.sub(r"\s", "", body)), end])
        for begin, body, end in PEM.findall(text)
    ]
    return "\n".join(blocks) + "\n" if blocks else text
