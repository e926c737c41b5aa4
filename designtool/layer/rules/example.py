"""The overlay in the examples of the rules: a region's, over the minimal program."""

from __future__ import annotations


def overlay_with(versions: str = ">=1.0 <2.0") -> str:
    return f"""\
-- /overlays/exempel/overlay.yaml --
region: skane
over: exempel
versions: "{versions}"
version: 1.0.0
publisher:
  responsible: Alva Exempelsson
  role: Legitimerad psykolog
  contact: alva@example.se
"""
