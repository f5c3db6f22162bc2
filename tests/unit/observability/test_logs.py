"""Log lines are JSON, say where they come from, and carry no secret whatever field or text it hides in."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest

from galleria.observability import logs, redaction, request_ids

CANARY = "canary7f3a9d2e5b8c1046"
JWT = f"eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.{CANARY}"


@pytest.fixture(autouse=True)
def _restore_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {CANARY}",
        f"authorization={CANARY}",
        f"token {JWT} refused",
        f"password={CANARY}",
        f'{{"password": "{CANARY}"}}',
        f"{{'client_secret': '{CANARY}', 'a': 1}}",
        f"GALLERIA_SECRET_KEY={CANARY}",
        f"GALLERIA_SESSION_SECRET='{CANARY} and more {CANARY}'",
        f"Set-Cookie: sessionid={CANARY}; Path=/",
        f"?api_key={CANARY}&x=1",
        f"postgresql+psycopg://shop:{CANARY}@db/shop",
        f"mail to {CANARY}@example.com failed",
        f'{{"crv":"Ed25519","d":"{CANARY}","kty":"OKP","x":"abc"}}',
        f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----",
        f"-----BEGIN EC PRIVATE KEY-----\n{CANARY}",
        f"Basic {CANARY}",
    ],
)
def test_text_loses_its_secret(text: str) -> None:
    assert CANARY not in redaction.redact_text(text)
    assert CANARY not in str(redaction.redact("detail", {"outer": [text, {"inner": text}]}))


@pytest.mark.parametrize(
    "key",
    ["password", "Authorization", "session_secret", "agent_token", "set-cookie", "api_key", "database_url", "email"],
)
def test_field_named_like_a_secret_loses_its_value(key: str) -> None:
    assert redaction.redact("detail", {key: CANARY}) == {key: redaction.REDACTED}


@pytest.mark.parametrize(
    "text",
    ["GET /graphql answered 200 in 0.01 s", "shop-001 is selling", "the token has expired", "12:30:01 host: shop.test"],
)
def test_plain_text_stays(text: str) -> None:
    assert redaction.redact_text(text) == text


def test_ids_of_tokens_stay_readable() -> None:
    assert redaction.redact("token_id", "tok-1") == "tok-1"


def test_lines_of_both_kinds_of_logger_are_json_with_their_origin(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("engine", store_id="shop-001")
    logs.get("a.module").info("cache_flushed", entries=3, password=CANARY)
    logging.getLogger("django.request").warning("refused %s", f"Bearer {CANARY}")
    try:
        raise RuntimeError(f"password={CANARY}")
    except RuntimeError:
        logs.get("a.module").exception("failed")
    printed = capsys.readouterr().out
    first, second, third = (json.loads(line) for line in printed.splitlines())
    assert first["event"] == "cache_flushed"
    assert first["entries"] == 3
    assert {first["logger"], second["logger"]} == {"a.module", "django.request"}
    assert all((line["component"], line["store_id"]) == ("engine", "shop-001") for line in (first, second, third))
    assert first["timestamp"].endswith("Z")
    assert third["level"] == "error"
    assert "RuntimeError" in third["exception"]
    assert CANARY not in printed


def test_levels_below_the_given_one_are_silent(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("runner", level=logging.WARNING)
    logs.get("x").info("quiet")
    logging.getLogger("x").info("quiet")
    assert capsys.readouterr().out == ""


def test_store_processes_do_not_pay_for_rich() -> None:
    code = "import sys; from galleria.observability import logs; print('rich.text' in sys.modules); import rich"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_request_id_is_kept_only_when_well_formed() -> None:
    assert request_ids.request_id("req-12345678") == "req-12345678"
    for bad in (None, "", "short", "x" * 65, "new\nline-12345", "<script>alert</script>"):
        made = request_ids.request_id(bad)
        assert made != bad
        assert request_ids.request_id(made) == made
