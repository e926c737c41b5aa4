"""Layers: a variant over its program, a region's overlay over what another has published. One mechanism for both.

A layer lays whole files over the source of a program, and single values over its program.yaml and contacts. What comes of it is
compiled as any program is; each finding stands in the layer's own files. No layer may alter what answers come to.
"""

from __future__ import annotations

from designtool.layer.compile import Layered, compile_layer
from designtool.layer.layer import Layer, Sources, stray_variant_files, variants_in

__all__ = ["Layer", "Layered", "Sources", "compile_layer", "stray_variant_files", "variants_in"]
