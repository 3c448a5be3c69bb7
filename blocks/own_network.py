"""Whether a host is in one's own network: only there `http://` is taken, for anybody on the way could read it."""

from __future__ import annotations

import ipaddress

LOCAL_NAMES = (".localhost", ".local", ".internal", ".lan", ".test")


def is_own_network(host: str) -> bool:
    """Whether a host is this machine, or in a network that is not the internet."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        is_name = not host[:1].isdigit()  # http://134744072 is an address, too: 8.8.8.8
        return ("." not in host and is_name) or host.endswith(LOCAL_NAMES)
    return address.is_private or address.is_loopback or address.is_link_local
