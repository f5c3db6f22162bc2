"""A plane behind a real Unix socket, for runners that are processes of their own."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from galleria.contracts.wire import FinishReport, Heartbeat, Observation, SmokeRequest, StepReport
from tests.unit.control.delivery.stage import BEGINNING, ScriptedPlane


@contextmanager
def serving(plane: ScriptedPlane, socket_path: Path) -> Iterator[None]:
    """Serve ``plane`` at ``socket_path`` while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = _answer(plane, self.path.removeprefix("/api/v1/runner/"), body)
            self.send_response(204 if answer is None else 200)
            content = b"" if answer is None else answer.encode()
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def address_string(self) -> str:
            return "runner"

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class named it
            return

    class Server(socketserver.ThreadingUnixStreamServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            return  # a killed runner leaves its requests half-asked

    socket_path.parent.mkdir(parents=True, exist_ok=True)
    with Server(str(socket_path), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def _answer(plane: ScriptedPlane, path: str, body: bytes) -> str | None:
    match path.split("/"):
        case ["claim"]:
            return _success(plane.claims.pop(0).model_dump_json()) if plane.claims else None
        case ["observations"]:
            plane.observed(Observation.model_validate_json(body))
        case ["deployments", deployment_id, "heartbeat"]:
            plane.heartbeat(deployment_id, Heartbeat.model_validate_json(body))
        case ["deployments", deployment_id, "steps"]:
            plane.report_step(deployment_id, StepReport.model_validate_json(body))
        case ["deployments", deployment_id, "smoke"]:
            run = plane.smoke(deployment_id, SmokeRequest.model_validate_json(body))
            return _success(run.model_dump_json())
        case ["deployments", deployment_id, "finish"]:
            plane.finish(deployment_id, FinishReport.model_validate_json(body))
    return _success("{}")


def _success(data: str) -> str:
    head = {"request_id": "r", "timestamp": BEGINNING.isoformat(), "status": "success", "message": "ok"}
    return json.dumps(head | {"data": json.loads(data)})
