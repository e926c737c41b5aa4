"""Agreements between regions, as signed documents."""
