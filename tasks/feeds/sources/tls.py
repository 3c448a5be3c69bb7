"""How a TLS connection to a supplier is verified: always, by the known authorities and those of the feed."""

from __future__ import annotations

import ssl

import httpx

from blocks import SupplierFeed
from tasks.errors import WrongSettingsError


def context_of(feed: SupplierFeed | None) -> ssl.SSLContext:
    """Give a context that checks certificate and host name; `SSL_CERT_FILE` names other authorities than ours."""
    context = httpx.create_ssl_context()
    if feed and feed.fetching.ca_certificate:
        context.load_verify_locations(cadata=feed.fetching.ca_certificate)
        # a supplier's self-made certificate is an end, not an authority: trusting it is enough
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def refuse_untrusted(error: BaseException, source_shown: str) -> None:
    """Raise WrongSettingsError if a certificate that failed is behind an error; trying again can't help then."""
    cause: BaseException | None = error
    while cause:
        if isinstance(cause, ssl.SSLCertVerificationError):
            raise WrongSettingsError(
                f"{source_shown}: expected a certificate of this host that can be trusted, got one that can't:"
                f" {cause.verify_message}. Ask the supplier; if they made it themselves, put it into the feed's"
                " trusted certificate"
            ) from None
        cause = cause.__cause__ or cause.__context__
