"""The simulators' own address, `/_simulator`: set faults, read the journal, do what people do in Givebutter.

Only what a test or a person at the keyboard steers belongs here; no platform has it.

    curl -X POST http://127.0.0.1:8765/_simulator/faults -d '{"name": "too_many", "platform": "givebutter", "count": 3}'
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contact_pipeline.sandbox.simulators.faults import FAULTS, Fault
from contact_pipeline.sandbox.simulators.givebutter_export import export_csv
from contact_pipeline.sandbox.simulators.givebutter_import import Imported, ImportManner, import_csv

if TYPE_CHECKING:
    from contact_pipeline.sandbox.simulators.server import RunningSimulators


def told_import(imported: Imported) -> dict[str, object]:
    """What an import did, as JSON: counts, and the file of failed rows where there is one."""
    counts = {what: imported.count(what) for what in ("created", "updated", "merged", "rejected")}
    return {**counts, "errors_file": imported.errors_file.decode() if imported.errors_file else None}


def admin_routes(running: RunningSimulators, importing: ImportManner) -> list[Route]:
    """GET, POST, DELETE `faults`; GET, DELETE `requests`; GET `` says what there is.

    POST `givebutter/import` imports the CSV in the body, GET `givebutter/export` gives "Export All Contacts".
    """
    faults, journal, givebutter = running.faults, running.journal, running.givebutter

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

    async def take_import(request: Request) -> Response:
        try:
            imported = import_csv(givebutter.contacts, await request.body(), importing)
        except ValueError as error:
            return JSONResponse({"message": str(error)}, 422)
        running.keep()
        return JSONResponse(told_import(imported))

    async def give_export(request: Request) -> Response:
        return Response(export_csv(givebutter.contacts, givebutter.households), media_type="text/csv")

    return [
        Route("/givebutter/import", take_import, methods=["POST"]),
        Route("/givebutter/export", give_export, methods=["GET"]),
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
