"""Exempt voters: marked, and nothing personal of them goes any further (sources.md 5.2).

Who is exempt, and what may be kept, are in `layouts.toml`; this is the only place where the rule is applied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from contact_pipeline.sources.voter_file.layouts import Reading, rules

if TYPE_CHECKING:
    import pyarrow as pa


class Exempt:
    """Marks exempt voters in a stream of batches, and sets apart what may be kept of them.

    The marked rows still hold everything: whoever reads the stream leaves them out and takes `kept` instead.
    """

    def __init__(self, reading: Reading) -> None:
        self._layout = reading.layout
        self._columns = [name for name in reading.columns if name in ("voter_id", *rules().kept_of_the_protected)]
        self._kept: list[pa.RecordBatch] = []

    def marked(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The same batches with the column `protected` (true or false)."""
        import pyarrow.compute as pc

        for batch in batches:
            is_exempt = self._is_exempt(batch)
            if pc.any(is_exempt).as_py():
                self._kept.append(batch.select([*self._columns, "line"]).filter(is_exempt))
            yield batch.append_column("protected", is_exempt)

    def kept(self) -> pa.Table | None:
        """The id, `line` and what else may be kept of the exempt voters so far; None where there were none."""
        import pyarrow as pa

        return pa.Table.from_batches(self._kept) if self._kept else None

    def _is_exempt(self, batch: pa.RecordBatch) -> Any:
        import pyarrow as pa
        import pyarrow.compute as pc

        result = pa.repeat(pa.scalar(False), batch.num_rows)
        if self._layout.exempt and self._layout.exempt[0] in batch.schema.names:
            column, value = self._layout.exempt
            result = pc.or_(result, pc.fill_null(pc.equal(batch.column(column), value), False))
        if "address" in batch.schema.names:
            withheld = pc.starts_with(batch.column("address"), rules().protected_text)
            result = pc.or_(result, pc.fill_null(withheld, False))
        return result
