"""A module: a week's work, its pages in order and what must be done in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from designtool.expressions.expression import Expression
from designtool.model.flow import Feedback, Unlock
from designtool.model.origin import Origin, origin_field
from designtool.model.page import Block, Page


@dataclass(frozen=True, slots=True)
class FeedbackTemplate:
    """A beginning of an answer for the therapist to make their own. From `## Mall: <title>` in therapist.md."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Module:
    id: str
    title: str
    goal: str
    minutes: int
    """The author's estimate of the patient's whole work with it."""
    unlock: Unlock
    complete_when: tuple[str, ...]
    """Ids of exercises and questionnaires that must be done, counted since the module opened."""
    homework: tuple[str, ...]
    feedback: Feedback
    pages: tuple[Page, ...]
    guidance: tuple[Block, ...]
    """What therapists alone see."""
    feedback_templates: tuple[FeedbackTemplate, ...]
    show_if: Expression | None = None
    optional: bool = False
    safety: bool = False
    assigned_by: Literal["program", "therapist"] = "program"
    """`therapist`: it is not there for a patient before a therapist opens it, and nothing waits for it."""
    choose: tuple[str, ...] = ()
    """Ids of modules of which the patient chooses one here. The others are not there, and nothing waits for them."""
    introduction: bool = False
    """True for the module that tells how the program works: it needs no homework."""
    origin: Origin = origin_field()
