"""The pages over HTTP: the real app, a real registry, told agents."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from html import unescape

import httpx
import pytest
from sqlalchemy import URL

from galleria.contracts.wire import TokenSpec
from galleria.contracts.words import ActorKind, Component, Operation, Role
from galleria.control.plane import sessions
from galleria.control.plane.api.app import create_app
from galleria.control.plane.context import PageRequest
from galleria.control.plane.services import rollouts, tokens
from galleria.control.plane.ui import pages
from galleria.control.registry.database import sqlite_url
from tests.support.planes import Plane, release_id

HTML = {"accept": "text/html"}


@pytest.fixture
def registry_url(tmp_path: object) -> URL:
    return sqlite_url(f"{tmp_path}/registry.db")  # type: ignore[arg-type]


class Client:
    """Asks the app itself, without a network."""

    def __init__(self, plane: Plane) -> None:
        self._loop = asyncio.Runner()
        transport = httpx.ASGITransport(create_app(plane.services), raise_app_exceptions=False)
        self._asking = httpx.AsyncClient(
            transport=transport, base_url="http://testserver", headers=HTML, follow_redirects=True
        )
        self.cookies = self._asking.cookies

    def get(self, path: str, headers: Mapping[str, str] | None = None, *, follow: bool = True) -> httpx.Response:
        return self._loop.run(self._asking.get(path, headers=headers, follow_redirects=follow))

    def post(self, path: str, data: Mapping[str, str]) -> httpx.Response:
        return self._loop.run(self._asking.post(path, data=data))

    def close(self) -> None:
        self._loop.run(self._asking.aclose())
        self._loop.close()


class Browser:
    """A browser without JavaScript: keeps cookies, follows redirects, sends the forms that pages hold."""

    def __init__(self, plane: Plane) -> None:
        self.plane = plane
        self.client = Client(plane)
        self.secrets: dict[Role, str] = {}

    def secret(self, role: Role) -> str:
        if role not in self.secrets:
            wish = TokenSpec(name=f"the {role.value}", role=role, kind=ActorKind.HUMAN)
            by = self.plane.caller("set-up", Role.ADMIN)
            self.secrets[role] = tokens.create_token(self.plane.services, by, wish).secret
        return self.secrets[role]

    def sign_in(self, role: Role = Role.ADMIN) -> Browser:
        self.client.get("/sign-in")
        answer = self.send("/sign-in", {"token": self.secret(role)})
        assert answer.url.path == "/", answer.text
        return self

    def get(self, path: str, code: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == code, answer.text
        return unescape(answer.text)

    def send(self, path: str, typed: dict[str, str] | None = None, *, code: int = 200) -> httpx.Response:
        shown = self.client.get(path).text
        found = re.search(r'<form class="form[^>]*>.*?name="csrf" value="([0-9a-f]+)"', shown, re.S)
        found = found or re.search(r'name="csrf" value="([0-9a-f]+)"', shown)
        version = re.search(r'name="version" value="(\d+)"', shown)
        form = {"csrf": found.group(1) if found else ""} | ({"version": version.group(1)} if version else {})
        answer = self.client.post(path, data=form | (typed or {}))
        assert answer.status_code == code, answer.text
        return answer


@pytest.fixture
def browser(plane: Plane) -> Iterator[Browser]:
    made = Browser(plane)
    yield made
    made.client.close()


PAGES = (
    "/",
    "/stores/new",
    "/deployments",
    "/audit",
    "/platform",
    "/tokens",
    "/stores/shop-001",
    "/stores/shop-001/stop",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_asks_who_one_is_and_comes_back(browser: Browser, path: str) -> None:
    answer = browser.client.get(path, follow=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert browser.client.get(path, headers={"HX-Request": "true"}).status_code == 401


def test_signing_in_and_out(browser: Browser) -> None:
    browser.sign_in()
    cookie = next(one for one in browser.client.cookies.jar if one.name == sessions.COOKIE)
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "lax"
    assert not cookie.secure
    csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', browser.get("/"))
    assert csrf is not None
    assert browser.client.post("/sign-out", data={"csrf": csrf.group(1)}).url.path == "/sign-in"
    assert browser.client.get("/", follow=False).status_code == 303


def test_a_wrong_token_is_told_at_its_field_and_the_sign_in_form_has_its_own_csrf(browser: Browser) -> None:
    answer = browser.send("/sign-in", {"token": "gal_wrong"}, code=401)
    assert 'href="#token"' in answer.text
    assert "gal_wrong" not in answer.text
    assert browser.client.post("/sign-in", data={"token": browser.secret(Role.ADMIN), "csrf": "0"}).status_code == 403


@pytest.mark.parametrize("target", ["//evil.test", "https://evil.test", "/\\evil.test", "/sign-out", ""])
def test_signing_in_never_leads_to_another_site(browser: Browser, target: str) -> None:
    browser.client.get("/sign-in")
    answer = browser.send("/sign-in", {"token": browser.secret(Role.VIEWER), "next": target})
    assert (answer.url.host, answer.url.path) == ("testserver", "/")


def test_every_page_keeps_itself_to_itself(browser: Browser) -> None:
    browser.plane.sell()
    browser.sign_in()
    for path in PAGES:
        headers = browser.client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["cache-control"] == "no-store"
        text = browser.client.get(path).text
        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=", text)


def test_static_files_are_kept_for_ever_under_addresses_of_their_content(browser: Browser) -> None:
    answer = browser.client.get(pages.asset("app.css"))
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert browser.client.get("/static/nothing.css").status_code == 404


def test_a_rollout_takes_components_and_of_an_admin_that_there_may_be_no_way_back(browser: Browser) -> None:
    browser.plane.sell()
    browser.plane.have_releases(1)
    wish = {"release_id": release_id(1), "stores": "nowhere", "waves": "100%", "max_failures": "1"}
    ticked = {"part-storefront": "yes", "accept": "yes"}
    browser.sign_in(Role.OPERATOR)
    assert 'name="accept"' not in browser.get("/rollouts/new")
    assert "Not allowed" in browser.send("/rollouts/new", wish | ticked | {"stores": "all"}, code=403).text
    browser.client.cookies.clear()
    browser.sign_in(Role.ADMIN)
    kept = browser.send("/rollouts/new", wish | ticked, code=422).text
    assert re.findall(r'name="([a-z-]+)" value="yes"[^>]* checked', kept) == ["part-storefront", "accept"]
    shown = unescape(browser.send("/rollouts/new", wish | ticked | {"stores": "all"}).text)
    assert "<dt>Components</dt><dd>storefront</dd>" in shown
    assert "<dt>No way back</dt><dd>accepted</dd>" in shown
    (made,) = rollouts.list_rollouts(browser.plane.services, browser.plane.caller(), PageRequest()).items
    spec = rollouts.show_rollout(browser.plane.services, browser.plane.caller(), made.rollout_id).spec
    assert (spec.components, spec.accept_irreversible) == ([Component.STOREFRONT], True)


@pytest.mark.parametrize(
    "path", ["/stores/new", "/stores/shop-001/stop", "/stores/shop-001/operations/cache.flush", "/tokens"]
)
def test_no_form_works_without_its_csrf_token(browser: Browser, path: str) -> None:
    browser.plane.sell()
    browser.sign_in()
    asked = len(browser.plane.agents.asked)
    for typed in ({}, {"csrf": "0" * 64}):
        answer = browser.client.post(path, data={"name": "x", "role": "admin", **typed})
        assert answer.status_code == 403
        assert "This form is too old" in answer.text
    assert len(browser.plane.agents.asked) == asked


def test_a_store_is_made_and_its_provisioning_shown(browser: Browser) -> None:
    browser.sign_in(Role.OPERATOR)
    assert "There is no store yet" in browser.get("/")
    answer = browser.send("/stores/new", {"store_id": "shop-007", "name": "Seven"})
    assert answer.url.path.startswith("/deployments/")
    assert "Waiting for a runner" in answer.text
    assert "shop-007" in browser.get("/")


def test_a_form_with_errors_keeps_what_was_typed_and_links_to_the_fields(browser: Browser) -> None:
    browser.sign_in(Role.OPERATOR)
    answer = browser.send("/stores/new", {"store_id": "Shop 7", "name": "Seven & <Co>", "currency": "EUR"}, code=422)
    assert 'href="#store_id"' in answer.text
    assert 'value="Shop 7"' in answer.text
    assert 'value="Seven &amp; &lt;Co&gt;"' in answer.text
    browser.plane.register("shop-001")
    taken = browser.send("/stores/new", {"store_id": "shop-001", "name": "One"}, code=409)
    assert "exists already" in taken.text


def test_an_act_is_confirmed_done_once_and_refused_with_who_was_faster(browser: Browser) -> None:
    browser.plane.sell()
    browser.sign_in(Role.OPERATOR)
    shown = browser.get("/stores/shop-001/stop")
    assert "What will change" in shown
    assert "What won't" in shown
    assert browser.send("/stores/shop-001/stop").url.path.startswith("/deployments/")
    busy = browser.send("/stores/shop-001/restart", code=409)
    assert "the operator asked to stop shop-001" in busy.text
    assert "Watch that deployment" in busy.text


def test_who_saw_an_older_store_changes_nothing(browser: Browser) -> None:
    browser.plane.sell()
    browser.sign_in(Role.OPERATOR)
    answer = browser.send("/stores/shop-001/stop", {"version": "1"}, code=409)
    assert "has changed in between" in answer.text


def test_decommissioning_asks_for_the_stores_id(browser: Browser) -> None:
    browser.plane.sell()
    browser.sign_in(Role.ADMIN)
    refused = browser.send("/stores/shop-001/decommission", {"confirm": "shop-002"}, code=422)
    assert 'value="shop-002"' in refused.text
    assert browser.send("/stores/shop-001/decommission", {"confirm": "shop-001"}).url.path.startswith("/deployments/")


def test_an_operation_is_run_and_its_result_is_the_first_thing_seen(browser: Browser) -> None:
    browser.plane.sell()
    browser.sign_in(Role.OPERATOR)
    answer = browser.send("/stores/shop-001/operations/index.reindex")
    assert answer.url.path == "/stores/shop-001"
    assert 'id="just-ran"' in answer.text
    assert "Rebuilt 1,994 documents in 3.1 s." in answer.text
    assert browser.plane.agents.asked[-1][1] is Operation.INDEX_REINDEX


@pytest.mark.parametrize(
    "path", ["/stores/new", "/stores/shop-001/stop", "/stores/shop-001/operations/health", "/tokens"]
)
def test_a_viewer_sees_and_can_not_act(browser: Browser, path: str) -> None:
    browser.plane.sell()
    browser.sign_in(Role.VIEWER)
    assert "Not allowed" in browser.get(path, 403)
    page = browser.get("/stores/shop-001")
    assert "signed in as a viewer" in page
    assert "/stores/shop-001/stop" not in page


def test_problems_are_pages_for_browsers_and_envelopes_for_programs(browser: Browser) -> None:
    browser.sign_in()
    assert "No such store" in browser.get("/stores/shop-404", 404)
    assert "Nothing is here" in browser.get("/no/such/page", 404)
    assert browser.get("/stores/shop-001/explode", 404)
    answer = browser.client.get("/stores/shop-404", headers={"accept": "application/json"})
    assert answer.json()["error_code"] == "store_not_found"


def test_audit_filters_and_verifies(browser: Browser) -> None:
    browser.plane.sell()
    browser.sign_in()
    page = browser.get("/audit?store_id=shop-001&action=store.register")
    assert page.count('id="entry-') == 1
    assert "Chain verified" in browser.get("/audit?verify=1")
    assert "No entry matches" in browser.get("/audit?actor=nobody")
    assert browser.get("/audit?action=nonsense&page=0")


def test_the_fleet_is_searched_and_filtered_by_its_address(browser: Browser) -> None:
    browser.plane.sell("shop-001")
    browser.plane.sell("book-shop")
    browser.sign_in()
    assert 'id="store-book-shop"' not in browser.get("/?q=shop-001")
    assert "No store matches" in browser.get("/?q=zzz")
    assert 'id="store-shop-001"' not in browser.get("/?state=stopped")


def test_a_token_is_made_shown_once_and_revoked(browser: Browser) -> None:
    browser.sign_in(Role.ADMIN)
    made = browser.send("/tokens", {"name": "night shift", "role": "operator", "kind": "human"}, code=201)
    secret = re.search(r'<code class="secret">(gal_[\w-]+)</code>', made.text)
    assert secret is not None
    assert secret.group(1) not in browser.get("/tokens")
    revoke = re.search(r'href="(/tokens/tok-\w+/revoke)">Revoke<span class="sr"> night shift', browser.get("/tokens"))
    assert revoke is not None
    browser.send(revoke.group(1))
    assert "Revoked" in browser.get("/tokens")


def test_the_last_admin_token_stays(browser: Browser) -> None:
    browser.sign_in(Role.ADMIN)
    revoke = re.search(r'href="(/tokens/tok-\w+/revoke)"', browser.get("/tokens"))
    assert revoke is not None
    assert "last admin token" in browser.send(revoke.group(1), code=409).text
