"""Tokens for a stock registry: who may pull and push what, worked out from the federation's metadata and its agreements.

It keeps no state of its own: `decision` is a pure function of an account, what is known, and what is asked for.
"""
