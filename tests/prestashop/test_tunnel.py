"""To the database through an SSH server that has to prove who it is, and what an operator reads when it fails."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Iterator

import asyncssh
import pytest

from demo.process import free_port
from tasks.errors import UnreachableError, WrongSettingsError
from tasks.prestashop.database import tunnel
from tasks.prestashop.database.address import address_of
from tests.prestashop.bench import Bench, flag_change, looked, text_change
from tests.prestashop.ssh_host import SshHost, ssh_host


@pytest.fixture(scope="module")
def ssh() -> Iterator[SshHost]:
    with ssh_host() as host:
        yield host


def test_a_shop_is_read_through_it_and_is_the_same(still: Bench, ssh: SshHost) -> None:
    with still.open() as direct, still.open(ssh=ssh.tunnel()) as shop:
        assert shop.info == direct.info
        assert still.rows(shop) == still.rows(direct)


def test_a_window_is_written_through_it(bench: Bench, ssh: SshHost) -> None:
    bench.set_stock(4, out_of_stock=0)
    with bench.open(ssh=ssh.tunnel()) as shop, shop.lock():
        outcomes = shop.apply_window([text_change(4, None, "Wysyłka za 3 dni"), flag_change(4, "0", "1")])
    assert ({one.outcome for one in outcomes}, bench.text(4)) == ({"written"}, "Wysyłka za 3 dni")


def test_the_wrong_key_gets_no_secret(still: Bench) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519")
    with ssh_host() as host:
        with (
            pytest.raises(WrongSettingsError, match="Nothing was sent to it") as caught,
            still.open(ssh=host.tunnel(host_key=other.get_fingerprint())),
        ):
            pass
        assert (host.fingerprint in str(caught.value), host.logins) == (True, 0)


def test_a_connection_that_is_cut_inside_a_window_is_opened_again(
    bench: Bench, ssh: SshHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.set_stock(4, out_of_stock=0)
    with bench.open(ssh=ssh.tunnel()) as shop, shop.lock():
        write = shop.session.write
        writes = []

        def cut_after_the_first(*values: object, **more: object) -> int:
            changed = write(*values, **more)  # type: ignore[arg-type]
            writes.append(changed)
            if len(writes) == 1:
                ssh.cut()
            return changed

        monkeypatch.setattr(shop.session, "write", cut_after_the_first)
        outcomes = shop.apply_window([text_change(4, None, "Wysyłka za 3 dni"), flag_change(4, "0", "1")])
        held = bench.one(f"SELECT is_used_lock('rexbit:{bench.database}:ps_:1')")
        assert held == shop.session.connection.thread_id()  # type: ignore[no-untyped-call]
    assert [one.outcome for one in outcomes] == ["written", "written"]
    assert (len(writes), bench.text(4), bench.flags(4)) == (3, "Wysyłka za 3 dni", {0: 1})


def test_nothing_is_left_of_a_tunnel(still: Bench, ssh: SshHost) -> None:
    with still.open(ssh=ssh.tunnel()):
        assert [thread for thread in threading.enumerate() if thread.name == "ssh-tunnel"]
    with pytest.raises(WrongSettingsError), still.open(ssh=ssh.tunnel(), password="hunter2"):
        pass
    assert not [thread for thread in threading.enumerate() if thread.name == "ssh-tunnel"]


def test_the_checks_name_the_way_and_the_key_that_is_not_pinned_yet(still: Bench, ssh: SshHost) -> None:
    assert f"through the SSH server 127.0.0.1:{ssh.port}" in looked(still, ssh=ssh.tunnel())["connection"].found
    check = looked(still, ssh=ssh.tunnel(host_key=None))["connection"]
    assert (check.ok, ssh.fingerprint in check.found, "SSH host key" in check.found) == (False, True, True)


@pytest.mark.slow
def test_a_public_key_pins_as_well(still: Bench, ssh: SshHost) -> None:
    with still.open(ssh=ssh.tunnel(host_key=ssh.public_key)) as shop:
        assert shop.info.id_shop == 1


@pytest.mark.slow
@pytest.mark.parametrize("passphrase", [None, "opens"])
def test_a_private_key_lets_in(still: Bench, passphrase: str | None) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    text = key.export_private_key(passphrase=passphrase, rounds=1).decode().replace("\n", " ")
    with (
        ssh_host(key.convert_to_public()) as host,
        still.open(ssh=host.tunnel(password=passphrase, private_key=text)) as shop,
    ):
        assert shop.info.id_shop == 1


@pytest.mark.slow
def test_a_private_key_that_the_password_does_not_open(still: Bench, ssh: SshHost) -> None:
    text = asyncssh.generate_private_key("ssh-ed25519").export_private_key(passphrase="opens", rounds=1).decode()
    with pytest.raises(WrongSettingsError, match="can't be read"), still.open(ssh=ssh.tunnel(private_key=text)):
        pass


@pytest.mark.slow
def test_a_socket_file_of_the_host(still: Bench, ssh: SshHost) -> None:
    query = {"unix_socket": str(still.server.socket)}
    with still.open(ssh=ssh.tunnel(), query=query, host="nowhere.invalid") as shop:
        assert shop.info.id_shop == 1


@pytest.mark.slow
def test_an_ssh_password_that_is_wrong(still: Bench, ssh: SshHost) -> None:
    with (
        pytest.raises(WrongSettingsError, match="SSH server refused the user"),
        still.open(ssh=ssh.tunnel(password="x")),
    ):
        pass


@pytest.mark.slow
def test_an_ssh_server_that_is_not_there_may_heal(still: Bench, ssh: SshHost) -> None:
    with pytest.raises(UnreachableError, match="no usable answer"), still.open(ssh=ssh.tunnel(port=free_port())):
        pass


@pytest.mark.slow
def test_what_is_no_ssh_server_may_heal(still: Bench, ssh: SshHost) -> None:
    with (
        pytest.raises(UnreachableError, match="no usable answer"),
        still.open(ssh=ssh.tunnel(port=still.server.port)),
    ):
        pass


@pytest.mark.slow
def test_a_database_that_does_not_answer_the_ssh_server(still: Bench, ssh: SshHost) -> None:
    with pytest.raises(UnreachableError, match="the SSH server sees"), still.open(ssh=ssh.tunnel(), port=free_port()):
        pass


@pytest.mark.slow
def test_a_host_that_forwards_nothing(still: Bench) -> None:
    with ssh_host(leads=False) as host, pytest.raises(WrongSettingsError, match="allow port forwarding"):
        still.open(ssh=host.tunnel()).__enter__()


@pytest.mark.slow
def test_an_ssh_server_that_falls_silent_is_noticed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tunnel, "KEEPALIVE_SECONDS", 0.1)
    with ssh_host() as host:
        opened = bench.open(ssh=host.tunnel())
        shop = opened.__enter__()
    with pytest.raises(UnreachableError, match="SSH server gave no usable answer"):  # on coming back
        shop.apply_window([text_change(4, None, "x")])
    opened.__exit__(None, None, None)
    assert bench.text(4) is None


@pytest.mark.slow
def test_no_secret_is_said_anywhere(still: Bench, ssh: SshHost, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    settings = ssh.tunnel(password="hunter2")
    block = still.block(ssh=settings)
    with pytest.raises(WrongSettingsError) as caught, still.open(ssh=settings):
        pass
    address = address_of(block)
    told = "".join(traceback.format_exception(caught.value))
    said = f"{caplog.text} {told} {block!r} {block} {block.model_dump_json()} {address!r} {address}"
    assert ("hunter2" in said, "127.0.0.1" in said) == (False, True)
