"""A control plane for tests of who asks one: real HTTP and real wire types, with answers that it was told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Final

from pydantic import BaseModel

from galleria.contracts import wire
from galleria.contracts.words import (
    DeploymentKind,
    DeploymentStatus,
    IsolationMode,
    Operation,
    Outcome,
    Runtime,
    StoreState,
    Wanted,
)

STORE: Final = "shop-001"
DEPLOYMENT: Final = "dep-000000000001"
MOMENT: Final = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass
class ToldPlane:
    """Answers at ``url`` to those who have ``token``. ``asked`` is what was posted: path and body."""

    token: str
    status: DeploymentStatus = DeploymentStatus.SUCCEEDED
    smoke: Outcome = Outcome.PASSED
    revision: int = 7
    url: str = ""
    asked: list[tuple[str, bytes]] = field(default_factory=list)

    def answer(self, method: str, path: str) -> BaseModel | None:
        """Return what stands in the envelope; nothing if there is no such thing."""
        store = f"/api/v1/stores/{STORE}"
        answers: dict[tuple[str, str], BaseModel] = {
            ("GET", store): self._store(),
            ("GET", f"{store}/revisions"): wire.Page[wire.KnownRevision](items=[], page=1, page_size=5, total=0),
            ("POST", f"{store}/deploy"): self._deployment(DeploymentKind.DEPLOY),
            ("POST", f"{store}/rollback"): self._deployment(DeploymentKind.ROLLBACK),
            ("POST", f"{store}/operations/{Operation.VERIFY_SMOKE.value}"): self._operation(),
            ("GET", f"/api/v1/deployments/{DEPLOYMENT}"): self._deployment(DeploymentKind.DEPLOY),
        }
        return answers.get((method, path.partition("?")[0]))

    def _store(self) -> wire.Store:
        runs = wire.Revision(number=self.revision, artifacts={}, versions={}, since=MOMENT)
        return wire.Store(
            store_id=STORE,
            name="Shop",
            host="shop-001.localhost",
            url="http://shop-001.localhost",
            runtime=Runtime.PROCESS,
            isolation_mode=IsolationMode.STRICT,
            isolation=None,
            wanted=Wanted.RUNNING,
            state=StoreState.SELLING,
            state_since=MOMENT,
            sentence="Selling.",
            revision=runs,
            processes=[],
            last_deployment=None,
            last_operation=None,
            last_smoke=None,
            time_to_provision_seconds=None,
            registered_at=MOMENT,
            observed_at=MOMENT,
            version=1,
        )

    def _deployment(self, kind: DeploymentKind) -> wire.Deployment:
        return wire.Deployment(
            deployment_id=DEPLOYMENT,
            store_id=STORE,
            kind=kind,
            status=self.status,
            requested_by="ci",
            requested_at=MOMENT,
            started_at=MOMENT,
            finished_at=MOMENT,
            reason="as it was told",
            to_revision=self.revision,
            steps=[],
            spec=wire.StoreSpec(store_id=STORE, name="Shop"),
        )

    def _operation(self) -> wire.OperationRun:
        return wire.OperationRun(
            run_id="run-000000000001",
            store_id=STORE,
            operation=Operation.VERIFY_SMOKE,
            outcome=self.smoke,
            requested_by="ci",
            started_at=MOMENT,
            seconds=0.1,
            message="as it was told",
        )


@contextmanager
def answering(plane: ToldPlane) -> Iterator[ToldPlane]:
    """Let it answer on a port of its own until the block ends."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            plane.asked.append((self.path, body))
            self._answer("POST")

        def _answer(self, method: str) -> None:
            known = self.headers["Authorization"] == f"Bearer {plane.token}"
            data = plane.answer(method, self.path) if known else None
            self.send_response(404 if data is None else 200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b"{}" if data is None else _enveloped(data))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Door) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        plane.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield plane
        finally:
            server.shutdown()
            thread.join()


def _enveloped(data: BaseModel) -> bytes:
    envelope = wire.Success[Any](request_id="req-00000001", timestamp=MOMENT, message="Done.", data=data)
    return envelope.model_dump_json().encode()
