"""The example that the rules of this folder share: an exercise with one condition."""

from __future__ import annotations


def sample(condition: str) -> str:
    return f"""\
-- modules/01-start/exercises/min_plan.yaml --
title: Min dag
kind: worksheet
minutes: 5
fields:
  - id: lugn
    type: scale
    label: Hur lugn var dagen?
    min: 0
    max: 5
  - id: plats
    type: choice
    label: Var var du mest?
    options:
      - value: hemma
        label: Hemma
      - value: ute
        label: Ute
  - id: anteckning
    type: text
    label: Vad hjälpte dig?
    show_if: {condition}
"""
