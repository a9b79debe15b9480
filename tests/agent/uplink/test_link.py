"""Sessions with brokers that are strict, wrong, old or hostile."""

import asyncio
import socket
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest

from agent.uplink.link import tls_context

pytestmark = pytest.mark.needs("mosquitto")


async def first_error(kit: Any, path: Path, settings: Any) -> str:
    async with kit.station(path, settings) as here:
        await kit.until(lambda: here.uplink.status()["last_error"])
        assert not here.uplink.status()["connected"]
        error: str = here.uplink.status()["last_error"]
        return error


def tls_lines(authority: Any, host: str, more: str = "allow_anonymous true") -> str:
    cert, key = authority.issue("server", host)
    return f"cafile {authority.ca_file}\ncertfile {cert}\nkeyfile {key}\n{more}"


def over_tls(kit: Any, port: int, host: str = "localhost", **options: Any) -> Any:
    return kit.Mqtt(brokers=(kit.Broker(host, port, True),), protocol="auto", client_id="gp-01", **options)


def test_tls_with_the_right_authority(kit: Any, make_broker: Any, authority: Any, tmp_path: Path) -> None:
    broker = make_broker(tls_lines(authority, "localhost"))

    async def main() -> None:
        settings = over_tls(kit, broker.port, ca_file=authority.ca_file)
        async with kit.station(tmp_path / "j.db", settings) as here:
            await kit.until(lambda: here.uplink.status()["connected"])
            await here.readings(20)
            await kit.until(lambda: here.uplink.status()["acked"] == 20)
            await here.stop()

    asyncio.run(main())


def test_a_client_certificate(kit: Any, make_broker: Any, authority: Any, tmp_path: Path) -> None:
    broker = make_broker(tls_lines(authority, "localhost", "require_certificate true\nallow_anonymous true"))
    cert, key = authority.issue("gp-01")

    async def main() -> None:
        settings = over_tls(kit, broker.port, ca_file=authority.ca_file, cert_file=cert, key_file=key)
        async with kit.station(tmp_path / "j.db", settings) as here:
            await kit.until(lambda: here.uplink.status()["connected"])
        without = over_tls(kit, broker.port, ca_file=authority.ca_file)
        async with kit.station(tmp_path / "k.db", without) as here:
            await kit.until(lambda: here.uplink.status()["last_error"])
            assert not here.uplink.status()["connected"]

    asyncio.run(main())


def test_a_foreign_authority_is_refused(
    kit: Any, make_broker: Any, authority: Any, other_authority: Any, tmp_path: Path
) -> None:
    broker = make_broker(tls_lines(authority, "localhost"))
    settings = over_tls(kit, broker.port, ca_file=other_authority.ca_file)
    error = asyncio.run(first_error(kit, tmp_path / "j.db", settings))
    assert error.startswith(f"localhost:{broker.port}: the broker's certificate is not trusted: ")
    assert error.endswith(f"\n  hint: {other_authority.ca_file} did not sign the broker's certificate")


def test_no_authority_given(kit: Any, make_broker: Any, authority: Any, tmp_path: Path) -> None:
    broker = make_broker(tls_lines(authority, "localhost"))
    error = asyncio.run(first_error(kit, tmp_path / "j.db", over_tls(kit, broker.port)))
    assert "certificate is not trusted" in error
    assert error.endswith("hint: set ca_file to the certificate of the authority that signed the broker's")


def test_another_host_name_is_refused(kit: Any, make_broker: Any, authority: Any, tmp_path: Path) -> None:
    broker = make_broker(tls_lines(authority, "broker.example"))
    error = asyncio.run(
        first_error(kit, tmp_path / "j.db", over_tls(kit, broker.port, ca_file=authority.ca_file))
    )
    assert error == (
        f"localhost:{broker.port}: the broker's certificate is not trusted: "
        "Hostname mismatch, certificate is not valid for 'localhost'.\n"
        "  hint: connect by a name that stands in the certificate, not localhost"
    )


def test_tls_is_never_given_up(kit: Any, broker: Any, authority: Any, tmp_path: Path) -> None:
    """A plain broker behind mqtts:// gets a TLS hello and nothing else."""

    async def main() -> None:
        settings = over_tls(kit, broker.port, ca_file=authority.ca_file)
        async with kit.station(tmp_path / "j.db", settings) as here:
            await kit.until(lambda: here.uplink.status()["last_error"])
            await here.readings(5)
            assert here.uplink.status()["sent"] == 0
            assert not here.uplink.status()["connected"]

    asyncio.run(main())


@pytest.fixture
def password_broker(make_broker: Any, tmp_path: Path) -> Any:
    passwords = tmp_path / "passwords"
    passwords.touch(mode=0o600)
    subprocess.run(["mosquitto_passwd", "-b", passwords, "gp-01", "correct horse"], check=True)
    subprocess.run(["mosquitto_passwd", "-b", passwords, "platform", "p"], check=True)
    rules = tmp_path / "acl"
    topics = [f"topic write fenceline/1/works/gp-01/{name}\n" for name in ("readings", "status", "meta")]
    rules.write_text(f"user gp-01\n{''.join(topics)}user platform\ntopic read #\n")
    return make_broker(f"allow_anonymous false\npassword_file {passwords}\nacl_file {rules}")


def with_password(kit: Any, port: int, path: Path, password: str, **options: Any) -> Any:
    path.write_text(password + "\n")
    return kit.settings(port, username="gp-01", password_file=path, **options)


def test_a_wrong_password_is_reported_and_not_shown(
    kit: Any, password_broker: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    settings = with_password(kit, password_broker.port, tmp_path / "pw", "battery staple")
    error = asyncio.run(first_error(kit, tmp_path / "j.db", settings))
    assert error == f"127.0.0.1:{password_broker.port}: the broker refused the connection: not authorized"
    assert "battery staple" not in caplog.text
    assert "not authorized" in caplog.text


def test_the_password_is_read_at_each_connect(kit: Any, password_broker: Any, tmp_path: Path) -> None:
    async def main() -> None:
        settings = kit.settings(password_broker.port, username="gp-01", password_file=tmp_path / "pw")
        async with kit.station(tmp_path / "j.db", settings) as here:
            await kit.until(lambda: here.uplink.status()["last_error"])
            assert here.uplink.status()["last_error"].endswith(f"{tmp_path}/pw: No such file or directory")
            (tmp_path / "pw").write_text("correct horse\n")
            await kit.until(lambda: here.uplink.status()["connected"])
            assert here.uplink.status()["last_error"] is None

    asyncio.run(main())


def test_what_is_refused_is_set_aside_and_the_rest_goes_on(
    kit: Any, password_broker: Any, tmp_path: Path
) -> None:
    """Events are not allowed here."""
    platform = kit.Subscriber(password_broker.port, "platform", "p")
    platform.start()

    async def main() -> None:
        settings = with_password(kit, password_broker.port, tmp_path / "pw", "correct horse")
        async with kit.station(tmp_path / "j.db", settings) as here:
            await here.event("denied")
            # The fault event that reports it is refused too, and not reported for ever.
            await kit.until(lambda: here.uplink.status()["refused"] == 2)
            await here.readings(20)
            await kit.until(lambda: len(set(platform.seqs())) == 20)
            status = here.uplink.status()
            assert status["connected"]
            assert (
                "fenceline/1/works/gp-01/events: refused by the broker: not authorized (0x87), seq 2..2"
                in (status["last_error"])
            )
            assert here.uplink.status()["set_aside"] == 2

    asyncio.run(main())
    platform.stop()
    platform.check()


def test_a_broker_that_names_its_limit_gets_smaller_messages(
    kit: Any, make_broker: Any, tmp_path: Path
) -> None:
    broker = make_broker("allow_anonymous true\nmax_packet_size 2000\nmax_inflight_messages 1")
    platform = kit.Subscriber(broker.port)
    platform.start()

    async def main() -> None:
        async with kit.station(tmp_path / "j.db") as here:
            await here.readings(300)
            huge = kit.alarm("huge")
            huge.body["detail"] = "x" * 3000
            await here.recorder.put_event(huge)
            await here.connect(kit.settings(broker.port))
            await kit.until(lambda: len(set(platform.seqs())) == 300)
            await kit.until(lambda: here.uplink.status()["set_aside"] == 1)
            await kit.until(lambda: [row["kind"] for row in platform.events()] == ["fault"])
            assert "(0x95)" in platform.events()[0]["detail"]

    asyncio.run(main())
    platform.stop()
    platform.check()


def test_one_message_that_the_broker_hangs_up_on_does_not_block_the_rest(
    kit: Any, make_broker: Any, tmp_path: Path
) -> None:
    """mosquitto answers what exceeds message_size_limit with a code that MQTT does not allow there."""
    broker = make_broker("allow_anonymous true\nmessage_size_limit 2000")
    platform = kit.Subscriber(broker.port)
    platform.start()

    async def main() -> None:
        async with kit.station(tmp_path / "j.db") as here:
            await here.readings(200)
            huge = kit.alarm("huge")
            huge.body["detail"] = "x" * 3000
            await here.recorder.put_event(huge)
            await here.event("small")
            await here.connect(kit.settings(broker.port))
            here.uplink._backoff.next_s = lambda: 0.01  # not the pauses are tested
            await kit.until(lambda: len(set(platform.seqs())) == 200)
            await kit.until(lambda: {"small", "refused-1-1"} <= {row["id"] for row in platform.events()})
            assert here.uplink.status()["set_aside"] == 1
            fault = next(row for row in platform.events() if row["kind"] == "fault")
            assert fault["detail"] == (
                "fenceline/1/works/gp-01/events: refused by the broker: "
                "it hangs up whenever it gets this (0x80), seq 201..201 set aside"
            )

    asyncio.run(main())
    platform.stop()
    platform.check()


def test_3_1_1_by_configuration(kit: Any, broker: Any, platform: Any, tmp_path: Path) -> None:
    async def main() -> None:
        async with kit.station(tmp_path / "j.db", kit.settings(broker.port, protocol="3.1.1")) as here:
            await here.readings(5)
            await kit.until(lambda: len(platform.seqs()) == 5)
            assert here.uplink.status()["protocol"] == "3.1.1"

    asyncio.run(main())


def test_3_1_1_where_the_broker_knows_nothing_else(
    kit: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """amqtt takes the length of MQTT 5's will properties for that of a topic, and waits for the rest."""
    from amqtt.broker import Broker  # noqa: PLC0415  (slow to import; this test alone needs it)

    monkeypatch.setattr("agent.uplink.session.CONNACK_TIMEOUT_S", 0.5)
    monkeypatch.setattr("agent.uplink.session.FIRST_CONNACK_TIMEOUT_S", 0.5)

    async def main() -> None:
        port = kit.free_port()
        amqtt = Broker(
            {
                "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
                "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
            }
        )
        await amqtt.start()
        try:
            async with kit.station(tmp_path / "j.db", kit.settings(port)) as here:
                await kit.until(lambda: here.uplink.status()["connected"])
                assert here.uplink.status()["protocol"] == "3.1.1"
                await here.readings(20)
                await kit.until(lambda: here.uplink.status()["acked"] == 20)
                await here.stop()
        finally:
            await amqtt.shutdown()

    asyncio.run(main())


async def answering(answers: list[bytes], asked: list[int]) -> asyncio.Server:
    """A broker that notes the version of each CONNECT, gives its answer, and hangs up."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        packet = await reader.read(1024)
        asked.append(packet[packet.index(b"MQTT") + 4])
        writer.write(answers.pop(0) if answers else b"")
        writer.close()

    return await asyncio.start_server(converse, "127.0.0.1", 0)


def test_a_broker_that_hangs_up_twice_is_spoken_to_in_3_1_1_and_again_in_5(kit: Any, tmp_path: Path) -> None:
    async def main() -> list[int]:
        asked: list[int] = []
        server = await answering([], asked)
        settings = kit.settings(server.sockets[0].getsockname()[1])
        async with kit.station(tmp_path / "j.db", settings) as here:
            here.uplink._backoff.next_s = lambda: 0.01  # not the pauses are tested
            await kit.until(lambda: len(asked) >= 5)
            await kit.until(lambda: here.uplink.status()["last_error"])
            assert "the broker closed the connection without an answer" in here.uplink.status()["last_error"]
        server.close()
        return asked

    assert asyncio.run(main())[:5] == [5, 5, 4, 4, 5]


def test_3_1_1_where_the_broker_says_that_it_does_not_know_5(kit: Any, tmp_path: Path) -> None:
    async def main() -> list[int]:
        asked: list[int] = []
        no, yes = bytes.fromhex("20 02 00 01"), bytes.fromhex("20 02 00 00")  # CONNACK of MQTT 3.1.1
        server = await answering([no, yes, yes], asked)
        async with kit.station(tmp_path / "j.db", kit.settings(server.sockets[0].getsockname()[1])) as here:
            here.uplink._backoff.next_s = lambda: 0.01
            await kit.until(lambda: len(asked) >= 3)
        server.close()
        return asked

    assert asyncio.run(main())[:3] == [5, 4, 4]


def test_a_broker_that_accepted_5_once_is_not_spoken_to_in_3_1_1(kit: Any, tmp_path: Path) -> None:
    async def main() -> list[int]:
        asked: list[int] = []
        server = await answering([bytes.fromhex("20 03 00 00 00")], asked)  # CONNACK of MQTT 5
        settings = kit.settings(server.sockets[0].getsockname()[1])
        async with kit.station(tmp_path / "j.db", settings) as here:
            here.uplink._backoff.next_s = lambda: 0.01
            await kit.until(lambda: len(asked) >= 5)
        server.close()
        return asked

    assert set(asyncio.run(main())) == {5}


def publishes(stream: bytes) -> int:
    """How many PUBLISH packets (type 3) there are."""
    count = at = 0
    while at < len(stream):
        count += stream[at] >> 4 == 3
        length = shift = 0
        while True:
            at += 1
            length |= (stream[at] & 0x7F) << shift
            shift += 7
            if stream[at] < 0x80:
                break
        at += 1 + length
    return count


async def taking(got: bytearray, receive_maximum: int) -> asyncio.Server:
    """A broker that takes whatever comes and acknowledges none of it."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1024)
        writer.write(bytes.fromhex("20 06 00 00 03 21") + receive_maximum.to_bytes(2, "big"))  # CONNACK
        while data := await reader.read(65536):
            got.extend(data)
        writer.close()

    return await asyncio.start_server(converse, "127.0.0.1", 0)


def test_no_more_in_flight_than_the_broker_allows(kit: Any, tmp_path: Path) -> None:
    got = bytearray()

    async def main() -> None:
        server = await taking(got, 2)
        settings = kit.settings(server.sockets[0].getsockname()[1], ack_timeout_s=0.5)
        async with kit.station(tmp_path / "j.db", settings) as here:
            await kit.until(lambda: here.uplink.status()["connected"])
            await here.event("a-1")
            await here.readings(10)
            await kit.until(lambda: not here.uplink.status()["connected"])
            await here.drop()
        server.close()

    asyncio.run(main())
    assert publishes(bytes(got)) == 2


def test_readings_leave_room_for_an_alarm(kit: Any, tmp_path: Path) -> None:
    got = bytearray()

    async def main() -> None:
        server = await taking(got, 100)
        async with kit.station(
            tmp_path / "j.db", kit.settings(server.sockets[0].getsockname()[1], batch=2)
        ) as here:
            await kit.until(lambda: here.uplink.status()["connected"])
            await here.readings(60)
            await kit.until(lambda: here.uplink.status()["in_flight"] == 16)
            await here.event("a-1")
            await kit.until(lambda: b"a-1" in got)
            await here.drop()
        server.close()

    asyncio.run(main())
    assert publishes(bytes(got)) == 17


def test_the_socket_does_not_wait_to_fill_packets(kit: Any, broker: Any, tmp_path: Path) -> None:
    async def main() -> int:
        async with kit.station(tmp_path / "j.db", kit.settings(broker.port)) as here:
            await kit.until(lambda: here.uplink.status()["connected"])
            sock = here.uplink._session._client.socket()
            return int(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    assert asyncio.run(main()) == 1


def test_tls_1_2_at_least(kit: Any, authority: Any) -> None:
    context = tls_context(over_tls(kit, 1, ca_file=authority.ca_file))
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname


def test_what_a_person_reads_where_nobody_listens(kit: Any, tmp_path: Path) -> None:
    port = kit.free_port()
    error = asyncio.run(first_error(kit, tmp_path / "j.db", kit.settings(port)))
    assert error == (
        f"127.0.0.1:{port}: nobody listens on 127.0.0.1 port {port}\n  hint: is the broker running?"
    )
