"""Which names a shop may have as its host."""

from __future__ import annotations

import pytest

from galleria.contracts.errors import ErrorCode
from galleria.contracts.hosts import validate_host
from galleria.contracts.problems import ContractBroken

LONGEST = ".".join(["a" * 63, "b" * 26])


@pytest.mark.parametrize(
    "host", ["shop-001.localhost", "shop.example", "x", "3d.example", "xn--caf-dma.example", LONGEST]
)
def test_host_names_are_taken(host: str) -> None:
    assert validate_host(host) == host


@pytest.mark.parametrize(
    "host",
    [
        "",
        ".",
        "Shop.example",
        "a_b.example",
        "-a.example",
        "a-.example",
        "a..b",
        "a.",
        "a:80",
        "a/b",
        "a b",
        "a\n",
        "café.fr",
        *("127.0.0.1", "127.1", "[::1]", "::1", "0x7f.0x1", "1.2.3.4", LONGEST + "d", "a" * 64),
        *("galleria.localhost", "localhost", "<store host>"),
    ],
)
def test_everything_else_is_refused(host: str) -> None:
    with pytest.raises(ContractBroken) as caught:
        validate_host(host)
    assert caught.value.error_code is ErrorCode.HOST_INVALID
