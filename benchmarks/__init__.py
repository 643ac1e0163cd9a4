"""Measurements: ratios against a floor taken in the same run. They print; no test asserts a time."""
