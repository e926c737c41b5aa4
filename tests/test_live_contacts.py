"""Contacts as live data: a corrected number reaches everybody at once, and no program that a patient is pinned to changes."""

from __future__ import annotations

import logging
import os
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from runtime_samples import bundle_bytes, clinic

from designtool.cli import group
from designtool.model.live_contacts import read_contacts
from designtool.runtime.live_contacts import MOST_BYTES, UnfitContacts, read_crisis_page

OWN = 'crisis:\n  label: Vid fara för liv i Skåne\n  phone: "112"\n  hours: Dygnet runt\n  checked: 2026-11-01\n'
CORRECTED = OWN.replace("Dygnet runt", "Alltid")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "contacts.yaml"
    write(path, OWN)
    return path


def write(path: Path, text: str) -> None:
    """As an editor saves: to a new file that takes the old one's place."""
    new = path.with_name(".new")
    new.write_bytes(text.encode())
    os.replace(new, path)


def test_without_a_file_the_contacts_are_those_of_the_program(tmp_path: Path) -> None:
    with clinic(tmp_path / "data") as unit:
        unit.service.look_at_contacts()
        assert "Skåne" not in unit.sign_in(unit.patient.id).get(f"{unit.patient_base}/crisis").text


def test_the_regions_contacts_stand_on_every_page_in_place_of_the_programs(tmp_path: Path, file: Path) -> None:
    with clinic(tmp_path / "data", contacts=file) as unit:
        patient = unit.sign_in(unit.patient.id)
        assert "Vid fara för liv i Skåne" in patient.get(f"{unit.patient_base}/crisis").text
        assert "Vid fara för liv i Skåne" in unit.service.pages.crisis_html
        assert "Vid fara för liv i Skåne" in str(unit.service.pages.help.first)


def test_a_correction_is_shown_at_once_and_nothing_that_is_pinned_changes(tmp_path: Path, file: Path) -> None:
    with clinic(tmp_path / "data", contacts=file) as unit:
        patient = unit.sign_in(unit.patient.id)
        treatment = unit.service.store.treatment(unit.treatment)
        assert treatment is not None
        before = unit.service.treatments.state(treatment)
        lying = unit.service.store.bundle_path(unit.bundle.digest).read_bytes()
        assert "Dygnet runt" in patient.get(f"{unit.patient_base}/crisis").text
        write(file, CORRECTED)
        unit.service.look_at_contacts()
        assert "Alltid" in patient.get(f"{unit.patient_base}/crisis").text
        assert "Alltid" in unit.service.pages.crisis_html
        assert unit.service.treatments.state(treatment).digest == before.digest == unit.bundle.digest
        assert unit.service.store.bundle_path(unit.bundle.digest).read_bytes() == lying


def test_it_is_written_down_what_was_shown_from_when(tmp_path: Path, file: Path) -> None:
    with clinic(tmp_path / "data", contacts=file) as unit:
        for text in (OWN, OWN, CORRECTED):
            write(file, text)
            unit.service.look_at_contacts()
        (own_unit,) = unit.service.store.units()
        lines = [one for one in unit.service.store.audit_lines(own_unit.id) if one.action == "show-contacts"]
        assert len(lines) == 2, "once for each content"
        kept = [tmp_path / "data/contacts" / f"{one.about.removeprefix('sha256:')}.yaml" for one in reversed(lines)]
        assert [path.read_bytes().decode() for path in kept] == [OWN, CORRECTED]
        assert unit.service.store.broken_audit_line() is None


WRONG = {
    "no YAML": "crisis: [",
    "empty": "",
    "no contact for a crisis": "akut:\n  label: Akut\n",
    "another number for emergencies": OWN.replace('"112"', '"113"'),
    "no number": OWN.replace('  phone: "112"\n', ""),
    "an unknown key": OWN + "  telephone: x\n",
    "a script for an address": OWN + "  address: javascript:alert(1)\n",
    "far too large": "#" * (MOST_BYTES + 1),
    "another encoding": "crisis:\n  label: \x00\n",
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_leaves_the_last_one_that_was_right(
    name: str, tmp_path: Path, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with clinic(tmp_path / "data", contacts=file) as unit, caplog.at_level(logging.ERROR, "designtool.runtime"):
        patient = unit.sign_in(unit.patient.id)
        write(file, WRONG[name])
        unit.service.look_at_contacts()
        unit.service.look_at_contacts()
        assert "Vid fara för liv i Skåne" in patient.get(f"{unit.patient_base}/crisis").text
        assert unit.service.contacts.problems
        assert len([one for one in caplog.records if "shown as they were" in one.message]) == len(
            unit.service.contacts.problems
        ), "said once, and not at every look"
        write(file, CORRECTED)
        unit.service.look_at_contacts()
        assert unit.service.contacts.problems == ()
        assert "Alltid" in patient.get(f"{unit.patient_base}/crisis").text


def test_a_file_that_goes_away_leaves_what_it_said(tmp_path: Path, file: Path) -> None:
    with clinic(tmp_path / "data", contacts=file) as unit:
        file.unlink()
        unit.service.look_at_contacts()
        assert unit.service.contacts.problems
        assert "Skåne" in unit.service.pages.crisis_html
        write(file, CORRECTED)
        unit.service.look_at_contacts()
        assert "Alltid" in unit.service.pages.crisis_html


@pytest.mark.parametrize("name", WRONG)
def test_nothing_starts_with_a_wrong_file(name: str, tmp_path: Path, file: Path) -> None:
    write(file, WRONG[name])
    with pytest.raises(UnfitContacts) as unfit, clinic(tmp_path / "data", contacts=file):
        pass
    assert all(str(file) in problem.sv and str(file) in problem.en for problem in unfit.value.problems)


def test_run_says_what_is_wrong_with_the_file(tmp_path: Path, file: Path) -> None:
    bundle = tmp_path / "provet.dtb"
    bundle.write_bytes(bundle_bytes())
    write(file, WRONG["another number for emergencies"])
    words = ["run", str(bundle), "--port", "0", "--data", str(tmp_path / "data"), "--contacts", str(file)]
    came = CliRunner().invoke(group, words)
    assert came.exit_code == 1
    assert f'{file}:2: kontakten crisis ska ha phone: "112"' in came.output


def test_a_telephone_number_that_is_no_number_of_emergency_may_stand_elsewhere() -> None:
    found = read_contacts("contacts.yaml", (OWN + "akut:\n  label: Akut\n  phone: 010-1\n").encode())
    assert not isinstance(found, tuple)
    assert found["akut"].phone == "010-1"


# The crisis page

BOTH = OWN + "akut:\n  label: Akutmottagningen i Malmö\n  phone: 040-123 45 67\n  checked: 2026-11-01\n"
PAGE = "---\ntitle: Hjälp i Skåne\nsafety: true\n---\nRing {contact}`crisis`, eller {contact}`akut`.\n"
TODAY = date(2026, 11, 22)


def test_the_regions_crisis_page_is_shown_to_everybody_at_once(tmp_path: Path, file: Path) -> None:
    page = tmp_path / "kris.md"
    write(file, BOTH)
    write(page, PAGE)
    with clinic(tmp_path / "data", contacts=file, crisis_page=page) as unit:
        unit.service.look_at_contacts()
        patient = unit.sign_in(unit.patient.id)
        for shown in (patient.get(f"{unit.patient_base}/crisis").text, unit.service.pages.crisis_html):
            assert "Akutmottagningen i Malmö" in shown
            assert "Du är inte ensam" not in shown
        write(page, PAGE.replace("eller", "eller annars"))
        unit.service.look_at_contacts()
        assert "eller annars" in patient.get(f"{unit.patient_base}/crisis").text
        write(page, PAGE.replace("`akut`", "`akuten`"))
        unit.service.look_at_contacts()
        assert "eller annars" in patient.get(f"{unit.patient_base}/crisis").text
        (own_unit,) = unit.service.store.units()
        lines = [one.action for one in unit.service.store.audit_lines(own_unit.id) if one.action.startswith("show-")]
        assert sorted(lines) == ["show-contacts", "show-crisis-page", "show-crisis-page"]
        assert len(list((tmp_path / "data/contacts").iterdir())) == 3


def test_a_contact_that_the_page_needs_does_not_go_away(tmp_path: Path, file: Path) -> None:
    page = tmp_path / "kris.md"
    write(file, BOTH)
    write(page, PAGE)
    with clinic(tmp_path / "data", contacts=file, crisis_page=page) as unit:
        write(file, OWN)
        unit.service.look_at_contacts()
        assert unit.service.contacts.problems
        assert "Akutmottagningen i Malmö" in unit.service.pages.crisis_html


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("---\ntitle: [\n---\n", id="no front matter"),
        pytest.param(PAGE.replace("title: Hjälp i Skåne\n", ""), id="no title"),
        pytest.param(PAGE.replace("Ring {contact}`crisis`, eller", "Ring"), id="not 112"),
        pytest.param(PAGE.replace(", eller {contact}`akut`", ""), id="112 alone"),
        pytest.param(PAGE + "\n<script>alert(1)</script>\n", id="a script"),
        pytest.param(PAGE + "\n[Hjälp](javascript:alert(1))\n", id="a script behind a link"),
        pytest.param(PAGE + "\n:::{exercise} min_plan\n:::\n", id="an exercise"),
        pytest.param(PAGE + "\n:::{image} media/x.svg\n:alt: X\n:::\n", id="a picture"),
        pytest.param(PAGE + "\nRing 040-123 45 67.\n", id="a bare number"),
        pytest.param(PAGE.replace("Ring", ":::{therapist}\nRing") + ":::\n", id="for therapists"),
        pytest.param(PAGE.replace("Ring", ":::{if} 1 > 2\nRing") + ":::\n", id="never"),
        pytest.param(PAGE + "\x00", id="NUL"),
    ],
)
def test_a_page_that_could_mislead_is_never_shown(text: str) -> None:
    contacts = read_contacts("contacts.yaml", BOTH.encode())
    assert not isinstance(contacts, tuple)
    found = read_crisis_page("kris.md", text.encode(), contacts, TODAY)
    assert isinstance(found, tuple)
    assert found
    assert not isinstance(read_crisis_page("kris.md", PAGE.encode(), contacts, TODAY), tuple)


def test_the_page_needs_the_contacts(tmp_path: Path) -> None:
    bundle = tmp_path / "provet.dtb"
    bundle.write_bytes(bundle_bytes())
    page = tmp_path / "kris.md"
    write(page, PAGE)
    came = CliRunner().invoke(group, ["run", str(bundle), "--data", str(tmp_path / "data"), "--crisis-page", str(page)])
    assert came.exit_code == 2
    assert "--contacts" in came.output
