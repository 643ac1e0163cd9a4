"""Landing: what arrives is kept byte for byte, judged record by record, and loaded as sent.

Bytes, dialects, record shapes, batches and raw tables belong here. What a value means (a phone, a name, a person) does
not: that begins in `normalize` and `contacts`.
"""
