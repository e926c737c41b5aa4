"""Provenance: what a bundle was built from, and building it again."""
