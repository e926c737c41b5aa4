"""Receipts: which runtimes have heard of a recall."""
