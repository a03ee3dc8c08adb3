import pytest

from errors import InvalidOption
from serving.clients import Proxies

PROXY = "10.0.0.1"


def name(trusted, peer, *forwarded):
    headers = [(b"x-forwarded-for", each.encode("latin-1")) for each in forwarded]
    return Proxies(trusted).client(peer, headers).name


@pytest.mark.parametrize("trusted", ["", "10.9.9.9", "192.168.0.0/16"])
def test_without_trust_the_other_end_is_the_client_whatever_it_writes(trusted):
    assert name(trusted, PROXY, "1.2.3.4") == PROXY


def test_of_a_trusted_proxy_the_last_address_is_the_client():
    assert name("10.0.0.0/8", PROXY, "1.2.3.4") == "1.2.3.4"


def test_what_the_client_itself_wrote_before_its_address_does_not_count():
    assert name(PROXY, PROXY, "6.6.6.6, 127.0.0.1, 1.2.3.4") == "1.2.3.4"
    assert name(PROXY, PROXY, "6.6.6.6", "1.2.3.4") == "1.2.3.4"


def test_a_chain_of_trusted_proxies_is_followed_to_its_beginning():
    assert name("10.0.0.0/8", PROXY, "6.6.6.6, 1.2.3.4, 10.0.0.2, 10.0.0.3") == "1.2.3.4"
    assert name("10.0.0.0/8", PROXY, "10.0.0.2") == "10.0.0.2"


@pytest.mark.parametrize("nonsense", ["", "unknown", "1.2.3.4.5", "%$", "\xe9", "a" * 9000])
def test_what_is_no_address_leaves_the_proxy_as_the_client(nonsense):
    assert name(PROXY, PROXY, nonsense) == PROXY
    assert name(PROXY, PROXY, f"1.2.3.4, {nonsense}") == PROXY


@pytest.mark.parametrize("text", ["1.2.3.4:567", "::ffff:1.2.3.4", "[::ffff:1.2.3.4]:80"])
def test_ports_and_mapped_addresses_are_the_same_client(text):
    assert name(PROXY, PROXY, text) == "1.2.3.4"


def test_a_mapped_proxy_is_trusted_too():
    assert name("127.0.0.1", "::ffff:127.0.0.1", "1.2.3.4") == "1.2.3.4"


def test_addresses_of_one_ipv6_network_are_one_client():
    first, second = name("", "2001:db8::1"), name("", "2001:db8::ffff:1")
    assert first == second == "2001:db8::/64"
    assert name("", "2001:db8:0:1::1") != first


def test_a_connection_without_an_address_is_a_client_too():
    assert name("10.0.0.0/8", "", "1.2.3.4") == ""


@pytest.mark.parametrize(("trusted", "by_proxy"), [("", False), ("1.2.3.4", False), (PROXY, True)])
def test_it_is_known_whether_a_trusted_proxy_asks(trusted, by_proxy):
    assert Proxies(trusted).client(PROXY, []).by_proxy is by_proxy


@pytest.mark.parametrize(
    ("trusted", "sent", "scheme"),
    [
        (PROXY, [b"https"], "https"),
        (PROXY, [b"http, https"], "https"),
        (PROXY, [b"javascript"], ""),
        (PROXY, [], ""),
        ("", [b"https"], ""),
    ],
)
def test_the_scheme_counts_from_trusted_proxies_alone(trusted, sent, scheme):
    headers = [(b"x-forwarded-proto", each) for each in sent]
    assert Proxies(trusted).client(PROXY, headers).scheme == scheme


@pytest.mark.parametrize("trusted", ["proxy.example", "10.0.0.0/99", "1.2.3.4;5.6.7.8"])
def test_what_is_no_network_is_refused(trusted):
    with pytest.raises(InvalidOption, match="--trusted-proxies must be addresses"):
        Proxies(trusted)
