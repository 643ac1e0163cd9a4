"""The simulators' own address, `/_simulator`: set faults and read the journal from another process.

Only what a test or a person at the keyboard steers belongs here; no platform has it.

    curl -X POST http://127.0.0.1:8765/_simulator/faults -d '{"name": "too_many", "platform": "givebutter", "count": 3}'
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contact_pipeline.sandbox.simulators.faults import FAULTS, Fault, FaultBoard
from contact_pipeline.sandbox.simulators.journal import Journal


def admin_routes(faults: FaultBoard, journal: Journal) -> list[Route]:
    """GET, POST, DELETE `faults`; GET, DELETE `requests`; GET `` says what there is."""

    async def overview(request: Request) -> Response:
        return JSONResponse({"faults": FAULTS, "set": [asdict(fault) for fault in faults.listed()]})

    async def set_fault(request: Request) -> Response:
        try:
            faults.add(_fault(await request.body()))
        except ValueError as error:
            return JSONResponse({"message": str(error)}, 422)
        return JSONResponse([asdict(fault) for fault in faults.listed()])

    async def clear_faults(request: Request) -> Response:
        faults.clear()
        return JSONResponse([])

    async def list_faults(request: Request) -> Response:
        return JSONResponse([asdict(fault) for fault in faults.listed()])

    async def list_requests(request: Request) -> Response:
        return JSONResponse([asdict(entry) for entry in journal.requests(request.query_params.get("platform", ""))])

    async def clear_requests(request: Request) -> Response:
        journal.clear()
        return JSONResponse([])

    return [
        Route("/", overview, methods=["GET"]),
        Route("/faults", list_faults, methods=["GET"]),
        Route("/faults", set_fault, methods=["POST"]),
        Route("/faults", clear_faults, methods=["DELETE"]),
        Route("/requests", list_requests, methods=["GET"]),
        Route("/requests", clear_requests, methods=["DELETE"]),
    ]


def _fault(body: bytes) -> Fault:
    known = {field.name: type(field.default) for field in fields(Fault)} | {"name": str}
    wanted = json.loads(body)
    if not isinstance(wanted, dict) or "name" not in wanted:
        raise ValueError('send an object such as {"name": "too_many", "count": 3}')
    for name, value in wanted.items():
        if name not in known:
            raise ValueError(f"a fault has no {name!r}; it has {', '.join(known)}")
        if type(value) is not known[name]:
            raise ValueError(f"{name} must be {'a whole number' if known[name] is int else 'a text'}")
    return Fault(**wanted)
