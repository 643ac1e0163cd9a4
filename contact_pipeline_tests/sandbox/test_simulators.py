"""Starting, stopping and steering the simulators, and the faults as a plain client meets them."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from contact_pipeline.sandbox.campaign import write_sandbox
from contact_pipeline.sandbox.simulators import FAULTS, Fault, RunningSimulators, SimulatorData, serve
from contact_pipeline.sandbox.simulators.faults import WIRE_FAULTS, FaultBoard
from contact_pipeline.sandbox.simulators.journal import Journal, Request
from contact_pipeline_tests.sandbox.campaigns import small_campaign
from contact_pipeline_tests.sources.helpers import CAMPAIGN, FORM, KEY, account

GIVEBUTTER = {"Authorization": f"Bearer {KEY}"}


@pytest.fixture
def running() -> Iterator[RunningSimulators]:
    with serve(account(member_count=30, submission_count=3)) as simulators:
        yield simulators


def get(running: RunningSimulators, path: str = f"/givebutter/v1/campaigns/{CAMPAIGN}/members") -> httpx.Response:
    return httpx.get(f"{running.url}{path}", headers={**GIVEBUTTER, "APIKEY": KEY}, timeout=0.3)


def test_a_written_sandbox_is_served_as_it_was_invented(tmp_path: Path) -> None:
    campaign = small_campaign()
    folder = write_sandbox(campaign, tmp_path / "sandbox")
    with serve(folder) as running:
        members = get(running, "/givebutter/v1/campaigns/412345/members?per_page=100").json()
        (found,) = get(running, "/givebutter/v1/campaigns").json()["data"]
        signups = get(running, f"/jotform/form/{campaign.signup_form_id}/submissions?limit=1000").json()
        setups = get(running, f"/jotform/form/{campaign.setup_form_id}/submissions?limit=1000").json()
    assert found["code"] == campaign.campaign_code
    assert members["meta"]["total"] == len(campaign.members)
    assert members["data"] == campaign.members[:100]
    assert sorted(row["id"] for row in signups["content"]) == sorted(row["id"] for row in campaign.signups)
    assert sorted(row["id"] for row in setups["content"]) == sorted(row["id"] for row in campaign.setups)


def test_a_folder_that_is_no_sandbox_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="sandbox write"):
        SimulatorData.from_folder(tmp_path)


def test_only_loopback_is_served() -> None:
    with pytest.raises(ValueError, match="loopback"), serve(account(), host="0.0.0.0"):
        pass


def test_a_taken_port_is_said_to_be_taken(running: RunningSimulators) -> None:
    port = int(running.url.rsplit(":", 1)[1])
    with pytest.raises(OSError, match=f"port {port}"), serve(account(), port=port):
        pass


def test_after_the_block_nothing_listens_and_no_thread_is_left() -> None:
    with serve(account()) as running:
        assert get(running, "/_simulator/faults").json() == []
    assert "simulators" not in [thread.name for thread in threading.enumerate()]
    with pytest.raises(httpx.ConnectError):
        get(running)


def test_a_stalled_connection_does_not_hold_up_the_end() -> None:
    with serve(account(member_count=3)) as running:
        running.faults.set(Fault("stall"))
        port = int(running.url.rsplit(":", 1)[1])
        waiting = socket.create_connection(("127.0.0.1", port))
        waiting.sendall(b"GET /givebutter/v1/campaigns HTTP/1.1\r\nHost: x\r\n\r\n")
        while not running.journal.requests():
            time.sleep(0.005)
    with waiting:
        assert waiting.recv(100) == b""


def test_a_command_serves_a_folder_until_it_is_interrupted(tmp_path: Path) -> None:
    (tmp_path / "api").mkdir()
    script = (
        "import sys; from pathlib import Path; from contact_pipeline.sandbox.simulators import run_forever;"
        "run_forever(Path(sys.argv[1]), 0, announce=lambda running: print(running.url, flush=True)); print('done')"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert httpx.get(f"{url}/givebutter/v1/campaigns", headers=GIVEBUTTER, timeout=10).status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline().strip() == "done"
        assert process.wait(10) == 0


def test_faults_are_set_listed_and_cleared_from_another_process(running: RunningSimulators) -> None:
    address = f"{running.url}/_simulator/faults"
    answer = httpx.post(address, content=json.dumps({"name": "server_error", "platform": "givebutter", "count": 2}))
    assert answer.json()[0]["count"] == 2
    assert [get(running).status_code for _ in range(3)] == [503, 503, 200]
    assert get(running, "/jotform/user").status_code == 200
    assert httpx.delete(address).json() == []
    assert httpx.get(f"{running.url}/_simulator/").json()["faults"] == FAULTS


UNREADABLE = (
    "",
    "[]",
    '{"count": 1}',
    '{"name": "flood"}',
    '{"name": "stall", "count": "1"}',
    '{"name": "stall", "count": -1}',
    '{"name": "stall", "colour": "red"}',
)


@pytest.mark.parametrize("body", UNREADABLE)
def test_a_fault_that_cannot_be_read_is_refused(running: RunningSimulators, body: str) -> None:
    answer = httpx.post(f"{running.url}/_simulator/faults", content=body)
    assert answer.status_code == 422
    assert answer.json()["message"]
    assert running.faults.listed() == []


def test_the_journal_tells_what_was_asked_from_another_process(running: RunningSimulators) -> None:
    running.faults.set(Fault("server_error", 1, 1))
    get(running)
    get(running)
    get(running, "/jotform/user")
    told = httpx.get(f"{running.url}/_simulator/requests?platform=givebutter").json()
    assert [(entry["path"], entry["status"], entry["fault"]) for entry in told] == [
        (f"/v1/campaigns/{CAMPAIGN}/members", 200, ""),
        (f"/v1/campaigns/{CAMPAIGN}/members", 503, "server_error"),
    ]
    assert httpx.delete(f"{running.url}/_simulator/requests").json() == []
    assert running.journal.requests() == []


@pytest.mark.parametrize(
    ("fault", "error"),
    {
        "reset": httpx.ReadError,
        "reset_after": httpx.ReadError,
        "stall": httpx.ReadTimeout,
        "cut": httpx.RemoteProtocolError,
    }.items(),
)
def test_a_fault_of_the_wire_is_what_a_plain_client_would_meet(
    running: RunningSimulators, fault: str, error: type[Exception]
) -> None:
    running.faults.set(Fault(fault))
    with pytest.raises(error):
        get(running)
    assert get(running).status_code == 200


def test_a_cut_body_without_a_length_looks_like_a_good_answer(running: RunningSimulators) -> None:
    whole = get(running).content
    running.faults.set(Fault("cut_unmarked"))
    cut = get(running)
    assert (cut.status_code, cut.content) == (200, whole[: len(whole) // 2])


def test_a_drip_outlives_a_time_out_per_read(running: RunningSimulators) -> None:
    running.faults.set(Fault("drip", value="0.0005"))
    assert get(running, "/givebutter/v1/campaigns").json()["data"][0]["code"] == "SPRING26"


def test_a_request_whose_answer_was_lost_has_still_been_carried_out(running: RunningSimulators) -> None:
    running.faults.set(Fault("reset_after"))
    body = {"first_name": "Marisol", "last_name": "Quintero"}
    with pytest.raises(httpx.ReadError):
        httpx.post(f"{running.givebutter_url}/v1/contacts", headers=GIVEBUTTER, json=body)
    assert [row["first_name"] for row in running.givebutter.contacts.rows] == ["Marisol"]


def test_every_answer_fault_gives_its_platforms_own_body(running: RunningSimulators) -> None:
    for name in set(FAULTS) - set(WIRE_FAULTS):
        running.faults.set(Fault(name))
        answer = get(running, f"/jotform/form/{FORM}/submissions")
        if name not in ("html", "redirect", "not_an_object"):
            assert "responseCode" in answer.json(), name


def test_faults_begin_after_the_requests_they_let_pass_and_end_by_themselves() -> None:
    board = FaultBoard()
    board.set(Fault("stall", count=2, after=1, platform="jotform", path="/form"), Fault("reset", count=0, after=5))
    asked = [board.take("jotform", "/form/1", is_list=False) for _ in range(7)]
    assert [fault.name if fault else None for fault in asked] == [None, "stall", "stall", None, None, "reset", "reset"]


def test_faults_of_pages_wait_for_a_list() -> None:
    board = FaultBoard()
    board.set(Fault("row_deleted"))
    assert board.take("jotform", "/form/1", is_list=False) is None
    assert board.take("jotform", "/form/1/submissions", is_list=True) == Fault("row_deleted")


def test_the_busiest_window_slides() -> None:
    journal = Journal()
    for second in (0.0, 0.9, 1.0, 1.5, 1.6, 9.0):
        journal.note(Request("jotform", "GET", "/user", "", second, 200, ""))
    assert [journal.busiest("jotform", window) for window in (0.05, 1.0, 60.0)] == [1, 4, 6]
    assert journal.busiest("givebutter", 60.0) == 0
