"""Rows: a batch back as a plain CSV."""

from __future__ import annotations

import io

import pytest

from contact_pipeline.landing.rows import UnknownBatchError, write_rows
from contact_pipeline_tests.landing.helpers import Home


def test_rows_are_written_as_rfc_4180_in_file_order(home: Home) -> None:
    result = home.ingest('id,name,Name,"no, te"\n2,"Bo ""B""\nRoe",x,\nbad\n1,Ann,y,"a,b"\n')
    stream = io.StringIO(newline="")
    assert write_rows(home.connection, str(result.batch_id), stream) == 2
    assert stream.getvalue() == 'id,name,Name (2),"no, te"\r\n2,"Bo ""B""\nRoe",x,\r\n1,Ann,y,"a,b"\r\n'


def test_a_column_of_empty_cells_can_be_read_back(home: Home) -> None:
    result = home.ingest("email\na@example.org\nb@example.org\n")
    assert home.rows(result.batch_id) == [["email"], ["a@example.org"], ["b@example.org"]]


def test_an_unknown_or_superseded_batch_is_an_error_that_says_so(home: Home) -> None:
    first = home.ingest("id,name\n1,Jos\x8e\n".encode("latin-1"), encoding="cp1252")
    home.ingest("id,name\n1,Jos\x8e\n".encode("latin-1"), encoding="mac_roman")
    with pytest.raises(UnknownBatchError, match="read again in another way"):
        write_rows(home.connection, str(first.batch_id), io.StringIO())
    with pytest.raises(UnknownBatchError, match="status"):
        write_rows(home.connection, "list.people-000000000000", io.StringIO())
