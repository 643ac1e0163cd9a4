"""The state voter file: reference data in a DuckDB file of its own, never people by itself.

Reading what a vendor or a state sends, keeping it, and telling what changed since belongs here. Deciding which voter a
person is belongs to `identity`, which attaches the file read-only (`store.attach_voters`).
"""
