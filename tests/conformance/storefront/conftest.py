"""The real engine, the real storefront and the real door, and shoppers who come by HTTP as browsers do."""

from __future__ import annotations

import re
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape

import httpx
import pytest

from tests.support.running_shop import STORE_ID, RunningShop, running_shop

PASSWORD = "Analytical-1843"
SESSION = f"galleria-{STORE_ID}"


@dataclass
class Shopper:
    """A browser without a script. ``address`` is where it connects from."""

    shop: RunningShop
    address: str = "127.0.0.1"
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(
            transport=httpx.HTTPTransport(local_address=self.address, limits=httpx.Limits(max_keepalive_connections=0)),
            base_url=f"http://127.0.0.1:{self.shop.port}",
            headers={"Host": f"{STORE_ID}.localhost:{self.shop.port}"},
        )

    @property
    def session(self) -> str:
        """What the browser keeps for the shop."""
        return self.http.cookies.get(SESSION) or ""

    @session.setter
    def session(self, value: str) -> None:
        self.http.cookies.clear()
        self.http.cookies.set(SESSION, value, domain="127.0.0.1")

    def see(self, path: str, **headers: str) -> httpx.Response:
        """Look at a page."""
        return self.http.get(path, headers=headers)

    def form_token(self, page: str = "/contact") -> str:
        """Return the form token of a page."""
        found = re.search(r'name="form_token" value="([^"]+)"', self.see(page).text)
        assert found is not None, page
        return found[1]

    def send(
        self,
        path: str,
        values: Mapping[str, str] | None = None,
        /,
        *,
        headers: dict[str, str] | None = None,
        **more: str,
    ) -> httpx.Response:
        """Send a form, as it stands on a page of the shop."""
        return self.http.post(path, data={"form_token": self.form_token(), **(values or {}), **more}, headers=headers)

    def register(self) -> str:
        """Open an account and return its e-mail address."""
        email = f"{uuid.uuid4().hex[:12]}@example.com"
        names = {"firstname": "Ada", "lastname": "Byron"}
        answer = self.send("/register", names, email=email, password=PASSWORD)
        assert answer.status_code == 303, answer.text
        return email

    def sign_in(self, email: str, password: str = PASSWORD, headers: dict[str, str] | None = None) -> httpx.Response:
        """Try to sign in."""
        return self.send("/sign-in", headers=headers, email=email, password=password)

    def fill_cart(self, sku: str) -> None:
        """Put a piece into the cart."""
        assert self.send("/cart/add", sku=sku, quantity="1").status_code == 303
        assert "1 piece" in self.see("/cart").text


@pytest.fixture(scope="session")
def shop() -> Iterator[RunningShop]:
    """The shop that all of these tests visit."""
    with running_shop() as running:
        yield running


@pytest.fixture
def shopper(shop: RunningShop) -> Shopper:
    """Somebody who was never here."""
    return Shopper(shop)


def in_store(shop: RunningShop, code: str) -> None:
    """Change the store as a command of the engine does, in a process of its own."""
    entered = (
        "from pathlib import Path; from galleria.shop.engine.commands.process import enter;"
        f"enter(Path({str(shop.folder)!r}));"
        "from oscar.core.loading import get_model; Product = get_model('catalogue', 'Product')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", entered + code], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr


def merchant(shop: RunningShop) -> httpx.Client:
    """Return a signed-in browser of the merchant's."""
    login = dict(line.split(": ", 1) for line in (shop.folder / "merchant-login").read_text().splitlines())
    client = Shopper(shop).http
    page = client.get("/admin/login/", follow_redirects=True)
    given = {"login-username": login["email"], "login-password": login["password"]} | {
        "username": login["email"],
        "password": login["password"],
    }
    answer = client.post(str(page.url), data={**given, "csrfmiddlewaretoken": csrf(page.text)}, headers=_from(client))
    assert answer.status_code == 302, answer.text[:500]
    return client


def save(client: httpx.Client, path: str, **fields: str) -> None:
    """Send a form of the merchant's admin."""
    token = csrf(client.get(path).text)
    answer = client.post(path, data={**fields, "csrfmiddlewaretoken": token}, headers=_from(client))
    assert answer.status_code == 302, re.sub(r"<[^>]+>|\s+", " ", answer.text)[:2000]


def csrf(page: str) -> str:
    """Return the admin's own form token."""
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found is not None, page[:500]
    return unescape(found[1])


def _from(client: httpx.Client) -> dict[str, str]:
    return {"Referer": f"http://{client.headers['Host']}/admin/", "Origin": f"http://{client.headers['Host']}"}
