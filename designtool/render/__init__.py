"""The only maker of HTML for patient and therapist: preview, runtime and export show its pages and no others."""

from designtool.render.templates import Templates, load_templates
from designtool.render.view import Fragment, fragments, targets, view
from designtool.render.viewpoint import FieldError, Recalled, Viewpoint

__all__ = [
    "FieldError",
    "Fragment",
    "Recalled",
    "Templates",
    "Viewpoint",
    "fragments",
    "load_templates",
    "targets",
    "view",
]
