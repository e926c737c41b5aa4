"""The catalogue in the runtime: for the unit's administrator alone, of what the runtime knows, and nothing is fetched for it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import runtime_samples
from federations import CLINICAL, PUBLISHER
from runtime_samples import a_deed, bundle_bytes
from test_runtime_agreements import NOW, Region, of_region, region

from designtool.bundle import read_bundle
from designtool.runtime.importing import import_bundle
from designtool.share.federation import publication
from designtool.share.federation.release import release_of_bundle

NEWER = replace(of_region(), version="1.1.0", weeks=of_region().weeks + 1)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Region]:
    with region(tmp_path) as made:
        yield made


def release_newer(own: Region) -> bytes:
    """Region A releases a later version, and the runtime has heard of it."""
    data = bundle_bytes(NEWER)
    draft = publication.draft_release(own.federation.store, release_of_bundle(read_bundle(BytesIO(data))), NOW)
    own.federation.adopt(draft, PUBLISHER, CLINICAL)
    own.stamp()
    assert own.why() == "", "asking about a bundle makes the runtime look at what is new"
    return data


def page(own: Region) -> str:
    answered = own.clinic.sign_in("ea-1").get("/unit/catalogue")
    assert answered.status_code == 200
    return str(answered.text)


def test_what_is_activated_is_in_use_and_what_is_newer_is_said(own: Region) -> None:
    own.agree()
    assert own.activate().status_code == 303
    assert "Det finns ingen nyare." in page(own)
    data = release_newer(own)
    shown = page(own)
    assert "Version 1.0.0 (aktiverat i enheten). Det finns en nyare: 1.1.0." in shown
    assert "Importera region-a/provet 1.1.0 för att se vad som är nytt." in shown and "<details>" in shown
    service = own.clinic.service
    import_bundle(BytesIO(data), service.store, service.policy, a_deed(), service.trust)
    shown = page(own)
    assert "<summary>Vad som är nytt från 1.0.0 till 1.1.0</summary>" in shown
    assert "Programmet tar ett annat antal veckor" in shown


def test_without_an_agreement_it_can_be_read_all_the_same(own: Region) -> None:
    shown = page(own)
    assert "Avtal saknas" in shown and "Provet" in shown
    own.agree()
    assert "Avtal gäller" in page(own)


def test_the_style_comes_from_an_address_of_its_own(own: Region) -> None:
    shown = page(own)
    assert '<link rel="stylesheet" href="/unit/catalogue.css">' in shown
    assert "<style" not in shown and "style=" not in shown, "the runtime's policy lets no style on a page"
    style = own.clinic.sign_in("ea-1").get("/unit/catalogue.css")
    assert style.headers["content-type"].startswith("text/css") and ".card" in style.text
    assert '<a href="/unit">Tillbaka till enheten</a>' in shown


@pytest.mark.parametrize("who", ["b-1", "pa-1"])
def test_others_do_not_see_it(own: Region, who: str) -> None:
    answered = own.clinic.sign_in(who).get("/unit/catalogue")
    assert answered.status_code in (403, 404) and "Katalog" not in answered.text
    assert own.clinic.sign_in("ea-1").get("/unit/catalogue").status_code == 200


def test_reading_it_is_written_down(own: Region) -> None:
    page(own)
    assert any((one.action, one.about) == ("read", "catalogue") for one in own.store.audit_lines("enheten"))


def test_metadata_that_has_expired_is_shown_with_a_loud_warning(own: Region) -> None:
    assert "Uppgifterna har gått ut" not in page(own)
    own.clinic.time.pass_(days=8)
    shown = page(own)
    assert "Uppgifterna har gått ut" in shown and "region-a/provet" in shown


def test_where_nothing_can_be_read_that_is_said(own: Region) -> None:
    page(own)
    shutil.rmtree(own.trust / "client")
    shown = page(own)
    assert "finns inget hämtat från federationen än" in shown and "region-a/provet" not in shown


def test_there_is_none_where_nobody_is_trusted(tmp_path: Path) -> None:
    with runtime_samples.clinic(tmp_path) as clinic:
        assert clinic.sign_in("ea-1").get("/unit/catalogue").status_code == 404
        assert "/unit/catalogue" not in clinic.sign_in("ea-1").get("/unit").text
