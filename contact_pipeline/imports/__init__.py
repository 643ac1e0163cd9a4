"""Importing anyone's list: rules, dry run, fixes, apply, undo, reports.

What an import asks of a list and does with its rows belongs here. Reading files belongs to `landing`, recognising
columns to `sources.list_file`, telling people apart to `identity`.
"""
