"""The rights ledger: who holds what in a bundle, and on which terms it may be passed on."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from designtool.bundle.features import blocks_of
from designtool.model.program import Program


def rights_ledger(program: Program) -> dict[str, Any]:
    """JSON of the program's own rights, those of each instrument, and what stands about each media file."""
    return {
        "program": {
            "id": program.id,
            "title": program.title,
            "licence": program.rights.licence,
            "holder": program.rights.holder,
            "publisher": program.publisher.region,
            "producer": program.producer,
            **({"derived_from": asdict(program.derived_from)} if program.derived_from else {}),
            **({"overlay_of": asdict(program.overlay_of)} if program.overlay_of else {}),
        },
        "instruments": [
            {
                "questionnaire": questionnaire.id,
                "name": questionnaire.instrument.name,
                "language": questionnaire.instrument.language,
                "licence": questionnaire.instrument.licence,
                "holder": questionnaire.instrument.holder,
                "source": questionnaire.instrument.source,
                "has_text": questionnaire.has_text,
            }
            for questionnaire in program.questionnaires
        ],
        "media": _media(program),
    }


def _media(program: Program) -> list[dict[str, Any]]:
    credits: dict[str, dict[str, str]] = {media.path: {} for media in program.media}
    for block in blocks_of(program):
        if block.argument in credits and block.kind in ("film", "audio", "image"):
            for key in ("credit", "licence"):
                if block.attributes.get(key):
                    credits[block.argument].setdefault(key, block.attributes[key])
    return [
        {
            "path": media.path,
            "digest": media.digest,
            "media_type": media.media_type,
            "credit": credits[media.path].get("credit", ""),
            # What has no licence of its own is part of the program and follows it.
            "licence": credits[media.path].get("licence", program.rights.licence),
        }
        for media in program.media
    ]
