"""Finished bytes, by key: on this machine's disk, or in a bucket. The only room that knows obstore.

Rules: a put is there as a whole or not at all, and once it returned it stays, whatever then happens to the process or its
machine; every call ends within a bounded time, by `BlobsUnavailable` at the latest; keys come from a grammar in which nothing
leads out of the store.
"""
