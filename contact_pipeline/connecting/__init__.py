"""Connecting a platform: try its key, see what the account holds, propose what to read, write that into the settings.

What happens once, by hand, before the first reading belongs here. Reading itself belongs to `sources`.
"""
