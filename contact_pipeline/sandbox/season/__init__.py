"""A mentor season lived in the simulators: who there is, what happens each week, and what must be true at the end.

`world` holds the accounts and the truth, `story` what happens when, `play` lets the pipeline live through it, `verdict`
compares what it made of it with the truth.
"""
