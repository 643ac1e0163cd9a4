"""Phones: the set-based value table against plain libphonenumber, in one run over the same values.

The floor is `phonenumbers` called once per distinct value; the ratio is what the table saves, the share of equal
readings what it costs: nothing.
"""

from __future__ import annotations

import json
import random
import time
from typing import Any

import duckdb
import phonenumbers
import pyarrow as pa
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from contact_pipeline.normalize import build_phone_values

VALUES = 200_000
SEED = 7
ROUNDS = 5

FORMS = {
    "+1{area}{exchange}{line}": 40,
    "({area}) {exchange}-{line}": 20,
    "{area}-{exchange}-{line}": 15,
    "{area}{exchange}{line}": 10,
    "{area}.{exchange}.{line}": 5,
    "1-{area}-{exchange}-{line}": 4,
    "+1 ({area}) {exchange}-{line}": 3,
    "{area}-{exchange}-{line} x{short}": 1,
    "({area}) {exchange}-{line} ext. {short}": 0.5,
    "+44 20 7946 {line}": 0.3,
    "+52 55 1{exchange} {line}": 0.2,
    "cell: {area}-{exchange}-{line}": 0.2,
    "{exchange}-{line}": 0.3,
    "{area} {exchange} {short}": 0.2,
    "{area}–{exchange}–{line}": 0.2,
    "1-800-FLOWERS {short}": 0.1,
}
"""Written form → its share in per cent: exports hold E.164, people type the rest."""

Reading = tuple[str | None, str | None, str | None, str | None, bool]


def written_numbers(seed: int, count: int) -> list[str]:
    """Distinct invented cells, sorted: nine in ten with an American area code in use, the others with any digits."""
    choose = random.Random(seed)
    areas = _area_codes_in_use()
    forms, shares = list(FORMS), list(FORMS.values())
    numbers: set[str] = set()
    while len(numbers) < count:
        usual = choose.random() < 0.9
        numbers.add(
            choose.choices(forms, shares)[0].format(
                area=choose.choice(areas) if usual else choose.randint(100, 999),
                exchange=choose.randint(200 if usual else 100, 999),
                line=f"{choose.randint(0, 9999):04}",
                short=choose.randint(1, 9999),
            )
        )
    return sorted(numbers)


def _area_codes_in_use() -> list[int]:
    return [
        area for area in range(200, 1000) if phonenumbers.is_valid_number(phonenumbers.parse(f"+1{area}2345678", "US"))
    ]


def plain_reading(raw: str) -> Reading:
    """E.164, extension, region, line type and validity as `phonenumbers` itself gives them."""
    try:
        number = phonenumbers.parse(raw, "US")
    except NumberParseException:
        return (None, None, None, None, False)
    if not phonenumbers.is_valid_number(number):
        return (None, None, None, None, False)
    return (
        phonenumbers.format_number(number, PhoneNumberFormat.E164),
        number.extension or None,
        phonenumbers.region_code_for_number(number),
        PhoneNumberType.to_string(phonenumbers.number_type(number)).lower(),
        True,
    )


def measure(values: int = VALUES, seed: int = SEED) -> dict[str, Any]:
    """Read the same cells both ways.

    The table is short work, so that a neighbour on the machine can double its time: the best of `ROUNDS` counts. The
    first round also loads the metadata for both ways.

    Returns:
        values, valid (count), table_seconds, plain_seconds, ratio (plain ÷ table), equal_percent.
    """
    numbers = written_numbers(seed, values)
    with duckdb.connect() as connection:
        connection.execute("set threads = 2")
        connection.register("arrived", pa.table({"raw": numbers}))
        connection.execute("create table written as select * from arrived")
        table_seconds = min(_table_seconds(connection) for _ in range(ROUNDS))
        columns = "raw, e164, extension, country, line_type, valid"
        read = {row[0]: row[1:] for row in connection.execute(f"select {columns} from phone_value").fetchall()}
    started = time.perf_counter()
    plain = {raw: plain_reading(raw) for raw in numbers}
    plain_seconds = time.perf_counter() - started
    return {
        "values": values,
        "valid": sum(reading[4] for reading in plain.values()),
        "table_seconds": round(table_seconds, 3),
        "plain_seconds": round(plain_seconds, 3),
        "ratio": round(plain_seconds / table_seconds, 1),
        "equal_percent": 100 * sum(read.get(raw) == reading for raw, reading in plain.items()) / values,
    }


def _table_seconds(connection: duckdb.DuckDBPyConnection) -> float:
    started = time.perf_counter()
    build_phone_values(connection, "select raw from written", "phone_value")
    return time.perf_counter() - started


if __name__ == "__main__":
    print(json.dumps(measure()))
