"""Programs of other regions that a workspace follows: what is new, what becomes of the region's own overlay, and taking it.

What is fetched is verified through the trust folder. Nothing that an author has written is changed but two version numbers, and
those only when a new version is taken: the overlay's own in overlay.yaml, and the one in use in designtool.yaml.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn

from designtool.atomic import write_atomically
from designtool.bundle import Bundle, Refused, program_of, read_bundle
from designtool.carrying import Carried, carry, overlay_file
from designtool.compare import compare
from designtool.compare.reports.compared import Compared
from designtool.diagnostics import Cannot, Text, has_errors
from designtool.diagnostics.os_reasons import os_reason
from designtool.layer.overlay import OVERLAY_FILE
from designtool.layer.subscriptions import (
    CannotWrite,
    Subscription,
    with_subscription,
    with_version,
    without_subscription,
)
from designtool.layer.version_range import version_range
from designtool.load.kinds import OVERLAYS
from designtool.model.program import Program
from designtool.model.reading import Node
from designtool.overlays import Published, ReadOverlay, build_overlay, read_overlay_folder, read_published
from designtool.share.agreements.registry import bring_agreements
from designtool.share.catalogue.entries import Agreed
from designtool.share.federation.copying import take_over
from designtool.share.federation.places import opened_metadata
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.roles import ReleaseName
from designtool.share.federation.trust import Client
from designtool.share.fetch import Fetched
from designtool.share.recalls.listing import Recall
from designtool.share.registries.opening import is_address, open_registry
from designtool.share.registries.problems import RegistryProblem
from designtool.share.registries.registry import Progress, Registry, nobody_watches
from designtool.share.signed_problems import SignedProblem
from designtool.share.subscribing import (
    Upstream,
    agreed_on,
    fetch_in_use,
    fetch_release,
    recalled_versions,
    upstream_of,
)
from designtool.source.workspace import WORKSPACE_FILE
from designtool.treatment.journey import JourneyResult, run_journey
from designtool.workspace import BuiltBundle

AGREEMENTS = "agreements"


@dataclass(frozen=True, slots=True)
class Around:
    """The workspace that follows, and when."""

    root: Path
    region: str
    registries: Mapping[str, str]
    output: Path
    """The folder of bundles."""
    now: datetime
    today: date


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a subscription could not be followed."""

    code: str | None
    """None for what has to do with this computer alone."""
    message: Text
    is_refusal: bool
    """Whether something was answered that may not be; else it could not be found out."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What was found out about a subscription, as far as it went."""

    subscription: Subscription
    recalled: Recall | None = None
    """Of the version in use."""
    upstream: Upstream | None = field(default=None, repr=False)
    outside: str | None = None
    """The newest version that is later than all that the subscription lets through."""
    fetched: Fetched | None = None
    """The newest one that it lets through, when it is later than the one in use."""
    not_taken: tuple[Text, ...] = ()
    """Files of agreements in the registry that could not be taken over, and why."""
    agreed: Agreed | None = None
    """On the version that was fetched, or else on the one in use."""
    compared: Compared | None = None
    """None where nothing is in use yet."""
    carried: Carried | None = None
    """None where the region has no overlay over the program."""
    journeys: tuple[JourneyResult, ...] = ()
    """Of the overlay."""
    built: BuiltBundle | None = None
    is_taken: bool = False
    problem: Problem | None = None

    @property
    def may_be_taken(self) -> bool:
        """Whether nothing in the new version has to be read or mended first."""
        if self.fetched is None or self.problem is not None:
            return False
        if self.compared is not None and self.compared.changes.not_allowed:
            return False
        carried = self.carried
        if carried is None:
            return True
        is_laid = carried.version is not None and not has_errors(carried.tried.diagnostics)
        own_holds = carried.changes is None or not carried.changes.not_allowed
        return is_laid and own_holds and all(one.passed for one in self.journeys)

    @property
    def status(self) -> int:
        """0: nothing to do, or it goes well. 1: a person has to read, mend or decide. 2: it could not be found out."""
        if self.problem is not None:
            return 1 if self.problem.is_refusal else 2
        if self.recalled is not None and self.recalled.level != "info" and not self.is_taken:
            return 1
        return 1 if self.fetched is not None and not self.may_be_taken else 0


def begin(one: Subscription, around: Around, progress: Progress = nobody_watches) -> Followed:
    """Fetch the newest version and write the subscription into designtool.yaml, which says then what is in use.

    `one` has no version yet; without `versions` it gets the range up to the next major version. Raises RegistryProblem, Refused,
    TrustProblem, SignedProblem and Cannot, and has then written nothing in the workspace.
    """
    settings = around.root / WORKSPACE_FILE
    before = settings.read_bytes()
    with _opened(one, around) as (client, registry, not_taken):
        upstream = upstream_of(client, around.root / one.trust, one.region, one.program)
        newest = upstream.newest(one.allowed if one.versions else None)
        if newest is None:
            _say_why_none(upstream, one, registry)
        version = newest.name.version
        written = replace(one, versions=one.versions or _until_next_major(version), version=version)
        after = _written(lambda: with_subscription(before, written))
        agreed = _agreed(one, version, around)
        fetched = fetch_release(client, around.root / one.trust, newest, registry, around.output, progress)
    _put(settings, before, after)
    found = Followed(written, upstream=upstream, not_taken=not_taken, agreed=agreed, fetched=fetched, is_taken=True)
    return replace(found, recalled=upstream.recalled.get(version), outside=_outside(upstream, written, version))


def follow(one: Subscription, around: Around, build: bool, progress: Progress = nobody_watches) -> Followed:
    """Look for a newer version, fetch it, and try the overlay over it. With `build` it is taken where nothing speaks against it.

    Nothing is raised: what went wrong is the `problem` of what comes, so that the other subscriptions are looked at too.
    """
    found = _Looking(Followed(one))
    try:
        _follow(found, around, build, progress)
    except (Refused, RegistryProblem, TrustProblem, SignedProblem) as problem:
        is_refusal = not isinstance(problem, RegistryProblem) or problem.is_refusal
        found.tell(problem=Problem(problem.code, problem.message, is_refusal))
    except Cannot as cannot:
        found.tell(problem=Problem(None, cannot.message, False))
    except OSError as error:
        place, reason = error.filename or around.root, os_reason(error)
        words = Text(f"{place} går inte att använda: {reason.sv}", f"{place} cannot be used: {reason.en}")
        found.tell(problem=Problem(None, words, False))
    return found.so_far


def stop(one: Subscription, root: Path) -> None:
    """Take the subscription out of designtool.yaml; what was fetched stays. Raises Cannot."""
    settings = root / WORKSPACE_FILE
    before = settings.read_bytes()
    _put(settings, before, _written(lambda: without_subscription(before, one.name)))


def recall_in_use(one: Subscription, root: Path) -> Recall | None:
    """The recall of the version in use, by the metadata that was verified last. Raises TrustProblem where there is none."""
    if one.version is None:
        return None
    return recalled_versions(root / one.trust, one.region, one.program).get(one.version)


@dataclass(slots=True)
class _Looking:
    so_far: Followed

    def tell(self, **more: object) -> None:
        self.so_far = replace(self.so_far, **more)  # type: ignore[arg-type]


def _follow(found: _Looking, around: Around, build: bool, progress: Progress) -> None:
    one = found.so_far.subscription
    # Said also where nothing newer can be had. What is wrong with the trust folder is told by opening it.
    with suppress(TrustProblem):
        found.tell(recalled=recall_in_use(one, around.root))
    with ExitStack() as stack:
        client, registry, not_taken = stack.enter_context(_opened(one, around))
        upstream = upstream_of(client, around.root / one.trust, one.region, one.program)
        newest = upstream.newest(one.allowed, one.version)
        latest = newest.name.version if newest is not None else one.version
        found.tell(
            upstream=upstream,
            not_taken=not_taken,
            recalled=upstream.recalled.get(one.version) if one.version is not None else None,
            outside=_outside(upstream, one, latest),
            agreed=_agreed(one, latest, around) if latest is not None else None,
        )
        if one.version is not None:
            # Also where there is nothing newer: somebody has signed other content under the version that is in use.
            upstream.check(one.version)
        if newest is None:
            if one.version is None:
                _say_why_none(upstream, one, registry)
            return
        in_use = None
        if one.version is not None:
            in_use = fetch_in_use(client, upstream.releases[one.version], registry, around.output)
        fetched = fetch_release(client, around.root / one.trust, newest, registry, around.output, progress)
        new = stack.enter_context(_bundle(fetched.path))
        old = stack.enter_context(_bundle(in_use.path)) if in_use is not None else None
        compared = None
        if old is not None and in_use is not None:
            before, after = program_of(old), program_of(new)
            compared = Compared(before, after, str(in_use.path), str(fetched.path), compare(before, after))
        found.tell(fetched=fetched, compared=compared)
        published = _carry(found, old, new, around)
        if build and found.so_far.may_be_taken:
            _take(found, published, around)


def _carry(found: _Looking, old: Bundle | None, new: Bundle, around: Around) -> Published | None:
    """The overlay over the new version, where the region has one."""
    folder = around.root / OVERLAYS / found.so_far.subscription.program
    if not (folder / OVERLAY_FILE).is_file():
        return None
    overlay = read_overlay_folder(folder)
    over = read_published(new, around.today)
    below = None
    if old is not None:
        # Its source may be of a time when designtool made another program of it. It was published all the same, and is left behind.
        with suppress(Cannot):
            below = read_published(old, around.today)
    compared = found.so_far.compared
    changes = compared.changes if compared is not None else None
    own = _built_last(overlay, old, around) if old is not None else None
    carried = carry(overlay, below, over, own, changes, around.today)
    program = carried.tried.program
    journeys = tuple(run_journey(journey, program) for journey in program.journeys) if program is not None else ()
    found.tell(carried=carried, journeys=journeys)
    return over


def _take(found: _Looking, over: Published | None, around: Around) -> None:
    """The bundle first: whatever happens in between, the next run does the same again."""
    so_far = found.so_far
    assert so_far.fetched is not None
    settings = around.root / WORKSPACE_FILE
    before = settings.read_bytes()
    name, version = so_far.subscription.name, so_far.fetched.version
    after = _written(lambda: with_version(before, name, version))
    carried = so_far.carried
    if carried is not None and over is not None:
        path = carried.overlay.root / carried.overlay.folder / OVERLAY_FILE
        stated = path.read_bytes()
        if stated != overlay_file(carried.read):
            raise _changed(path)
        found.tell(built=build_overlay(carried.overlay, over, carried.tried, around.output))
        _put(path, stated, overlay_file(carried.overlay))
    _put(settings, before, after)
    found.tell(is_taken=True)


@contextmanager
def _opened(one: Subscription, around: Around) -> Iterator[tuple[Client, Registry, tuple[Text, ...]]]:
    """The trust folder and the agreements brought up to date, where the bundles are, and which agreements were not taken."""
    place = one.source
    if place not in around.registries and not is_address(place):
        place = str(around.root.absolute() / place)
    with opened_metadata(place, around.registries, around.root) as store:
        client = take_over(store, around.root / one.trust, around.now)
    with open_registry(place, around.registries, around.root) as registry:
        found = bring_agreements(registry, around.root / one.trust, around.root / AGREEMENTS)
        not_taken = [Text(f"{one.file}: {one.message.sv}", f"{one.file}: {one.message.en}") for one in found.problems]
        yield client, registry, tuple(not_taken)


@contextmanager
def _bundle(path: Path) -> Iterator[Bundle]:
    with path.open("rb") as stream:
        yield read_bundle(stream)


def _built_last(overlay: ReadOverlay, old: Bundle, around: Around) -> Program | None:
    """The region's own program over the version in use, when its bundle lies there.

    One that was built over the new version by hand says nothing of what is new for patients.
    """
    if overlay.layer is None:
        return None
    node = Node(overlay.layer.document)
    over, version = node.text("over"), node.text("version")
    try:
        with _bundle(around.output / f"{over}-{overlay.layer.id}-{version}.dtb") as bundle:
            program = program_of(bundle)
    except (OSError, Refused):
        return None
    below = program.overlay_of
    return program if below is not None and below.digest == old.digest and program.version == version else None


def _outside(upstream: Upstream, one: Subscription, latest: str | None) -> str | None:
    newest = upstream.newest(None, latest)
    return newest.name.version if newest is not None and not one.allowed.holds(newest.name.version) else None


def _until_next_major(version: str) -> str:
    major, minor, _ = version.split(".")
    return f">={major}.{minor} <{int(major) + 1}.0"


def _say_why_none(upstream: Upstream, one: Subscription, registry: Registry) -> NoReturn:
    """Raises: there is no version, none that is let through, or none that has not been recalled."""
    stated = version_range(one.versions)
    allowed = [version for version in upstream.releases if stated is None or stated.holds(version)]
    if allowed:
        raise TrustProblem("recalled", name=upstream.releases[allowed[-1]].name)
    raise RegistryProblem("not-in-registry", what=f"{one.name} {one.versions}".strip(), registry=registry.address)


def _agreed(one: Subscription, version: str, around: Around) -> Agreed:
    release = ReleaseName(one.region, one.program, version)
    return agreed_on(release, around.region, around.root / AGREEMENTS, around.root / one.trust, around.today)


def _written(make: Callable[[], bytes]) -> bytes:
    try:
        return make()
    except (CannotWrite, KeyError, UnicodeDecodeError) as error:
        raise Cannot(
            Text(
                f"{WORKSPACE_FILE} är inte skriven med en nyckel på varje rad. Skriv in prenumerationen för hand.",
                f"{WORKSPACE_FILE} is not written one key a line. Write the subscription by hand.",
            )
        ) from error


def _put(path: Path, before: bytes, after: bytes) -> None:
    """A file with other content, if nobody has changed it meanwhile."""
    try:
        if path.read_bytes() != before:
            raise _changed(path)
        write_atomically(path, lambda stream: stream.write(after))
    except OSError as error:
        reason = os_reason(error)
        raise Cannot(
            Text(f"{path} går inte att skriva: {reason.sv}", f"{path} cannot be written: {reason.en}")
        ) from error


def _changed(path: Path) -> Cannot:
    return Cannot(Text(f"{path} ändrades under tiden. Kör igen.", f"{path} has changed meanwhile. Run again."))
