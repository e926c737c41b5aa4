"""Nights in which the clocks are moved: elapsed time is used, and the entry says so to the patient and to the therapist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from test_treatment import Play
from treatment_samples import module, night, program

from designtool import resources
from designtool.render import Viewpoint, load_templates, view
from designtool.render.records import clock_change
from designtool.treatment.days import moment

TEMPLATES = load_templates(resources.folder("templates"))
SPRING, AUTUMN, PLAIN = date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 28)
NIGHT = ("23:00", "23:00", 0, 0, "07:00", "07:00")


def diary_of(morning: date) -> Play:
    """A treatment in which the diary is open on that morning, with the entry of the night made."""
    start = moment(morning - timedelta(days=2)) + timedelta(hours=9)
    sample = program(modules=(module("baslinje"),), measurements=())
    play = Play(sample, start)
    play.now = datetime.fromtimestamp((moment(morning) + timedelta(hours=10)).timestamp(), start.tzinfo)
    for field, value in night(NIGHT).items():
        play.save("somndagbok", field, value)
    return play


def pages(play: Play) -> Iterator[str]:
    yield view("exercise/somndagbok", play.see(), Viewpoint("patient", base="/p"), TEMPLATES)
    yield view("form/somndagbok", play.see(), Viewpoint("therapist", base="/t"), TEMPLATES)


@pytest.mark.parametrize(
    ("morning", "minutes", "patient", "therapist"),
    [
        (SPRING, 420, "Den natten ställdes klockan fram en timme", "klockan ställdes fram"),
        (AUTUMN, 540, "Den natten ställdes klockan tillbaka en timme", "klockan ställdes tillbaka"),
        (PLAIN, 480, "", ""),
    ],
    ids=["spring", "autumn", "no change"],
)
def test_the_night_is_as_long_as_it_was_and_marked(morning: date, minutes: int, patient: str, therapist: str) -> None:
    play = diary_of(morning)
    assert play.form("somndagbok").draft_values["tib"] == minutes
    writing, _ = pages(play)
    play.submit("somndagbok")
    assert play.form("somndagbok").records[0].values["tib"] == minutes
    _, read = pages(play)
    if patient:
        assert patient in writing and therapist in read
    else:
        assert "ställdes" not in writing and "ställdes" not in read


def test_a_form_without_clock_times_has_nothing_to_mark() -> None:
    diary = program().exercise["somndagbok"]
    assert clock_change(diary, SPRING) == "clock-forward"
    assert clock_change(diary, AUTUMN) == "clock-back"
    counted = tuple(field for field in diary.fields if field.type != "time")
    assert clock_change(replace(diary, fields=counted), SPRING) == ""
    assert clock_change(replace(diary, entry=None), SPRING) == ""
