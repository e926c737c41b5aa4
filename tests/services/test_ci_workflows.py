"""What `designtool new ci` writes, run as the services run it: every step in order, in fresh checkouts, against a real folder registry.

A step of somebody else's (checkout, Python) is done here in its place; all others run in bash, word for word.
"""

from __future__ import annotations

import io
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from designtool import __version__
from designtool.bundle import read_bundle
from designtool.cli import group
from designtool.share.federation import keys, publication
from designtool.share.federation.draft import Draft, encode_draft, sign_draft
from designtool.share.federation.registry_metadata import RegistryMetadataStore
from designtool.share.federation.release import release_of_bundle
from designtool.share.registries.folder import FolderRegistry
from tests.case_files import MINIMAL
from tests.federations import CLINICAL, CLINICAL_B, ONLINE, PUBLISHER, Person, contents, founded

ROOT = Path(__file__).parents[2]
PHRASE = "en lång lösenfras för prov"
PASSWORD = "hemligt-ord-till-registret"
FILES = {"github": ".github/workflows/utgivning.yml", "gitlab": ".gitlab-ci.yml"}
GIT = ("git", "-c", "user.name=Prov", "-c", "user.email=prov@example.org", "-c", "init.defaultBranch=main")
PAGE = "programs/exempel/modules/01-start/10-sida.md"
JOURNEY = """\
title: Allt är lugnt
steps:
  - day: 0
    does:
      - fill: min_koll
        answers:
          q1: 1
          q2: 1
    expect:
      open: [start]
      scores:
        min_koll.total: 2
      flags: []
"""


@dataclass
class Ran:
    """What became of a pipeline."""

    done: list[str] = field(default_factory=list)
    """Jobs that went well."""
    stopped: str = ""
    """The job that failed, or waits for somebody."""
    log: str = ""
    step: str = ""
    """The script that failed."""


@dataclass
class Place:
    """A repository with a program in it, a registry with the federation's metadata, and the publisher's key in the service."""

    folder: Path
    service: str
    secrets: dict[str, str]

    @property
    def repository(self) -> Path:
        return self.folder / "arkiv"

    @property
    def register(self) -> Path:
        return self.folder / "register"

    def write(self, path: str, text: str) -> None:
        (self.repository / path).parent.mkdir(parents=True, exist_ok=True)
        (self.repository / path).write_text(text, encoding="utf-8")

    def change(self, path: str, before: str, after: str) -> None:
        text = (self.repository / path).read_text(encoding="utf-8")
        assert before in text, (path, before)
        self.write(path, text.replace(before, after))

    def git(self, *arguments: str) -> None:
        subprocess.run([*GIT, *arguments], cwd=self.repository, check=True, capture_output=True)

    def commit(self, tag: str | None = None) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "Ändrat")
        if tag is not None:
            self.git("tag", tag)

    def designtool(self, *arguments: str) -> str:
        """On the computer of the one who is clinically responsible."""
        with chdir(self.repository):
            done = CliRunner(env={"HOME": str(self.folder / "home")}).invoke(group, arguments)
        assert done.exit_code == 0, done.output
        return done.output

    def approve(self, version: str = "1.0.0", *people: Person, program: str = "exempel") -> None:
        """The bundle is built there, and the draft of its release signed."""
        self.designtool("build")
        with (self.repository / f"build/{program}-{version}.dtb").open("rb") as stream:
            release = release_of_bundle(read_bundle(stream))
        with FolderRegistry(self.register) as registry:
            draft = publication.draft_release(RegistryMetadataStore(registry), release, datetime.now(UTC))
        for one in people:
            draft = sign_draft(draft, one.signer)
        self.write(f"utgivning/{program}-{version}.draft.json", encode_draft(draft).decode())

    def push(self, tag: str, *, approved: bool = True) -> Ran:
        """The service's part."""
        text = (self.repository / FILES[self.service]).read_text(encoding="utf-8")
        return _RUNNERS[self.service](self, yaml.safe_load(text), tag, approved)

    def run(self, script: str, checkout: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        return self._run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script], checkout, environment)

    def checkout(self, tag: str, name: str, *, whole: bool) -> Path:
        target = self.folder / "checkouts" / name
        depth = () if whole else ("--depth", "1")
        source = f"file://{self.repository}"
        subprocess.run(
            ["git", "clone", "--quiet", *depth, "--branch", tag, source, str(target)], check=True, capture_output=True
        )
        return target

    def _run(
        self, command: list[str], folder: Path, environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        usual = {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "LANG": "C.UTF-8",
        }
        return subprocess.run(
            command,
            cwd=folder,
            env={**usual, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
        )


def github(place: Place, workflow: dict[str, Any], tag: str, approved: bool) -> Ran:
    ran = Ran()
    for name, job in workflow["jobs"].items():
        assert job.get("needs") in (None, *ran.done) and job.get("if") in (None, "github.ref_type == 'tag'")
        if "environment" in job and not approved:
            ran.stopped = name
            return ran
        # Those of an environment exist for its own jobs alone.
        known = place.secrets if "environment" in job else {}
        environment = {**workflow["env"], "GITHUB_REF_NAME": tag, "GITHUB_STEP_SUMMARY": str(place.folder / "summary")}
        checkout = place.folder
        for number, step in enumerate(job["steps"]):
            if "uses" in step:
                if step["uses"].startswith("actions/checkout@"):
                    checkout = place.checkout(tag, f"{name}-{number}", whole=step["with"].get("fetch-depth") == 0)
                continue
            exported = place.folder / f"env-{name}-{number}"
            own = {key: _secret(value, known) for key, value in step.get("env", {}).items()}
            done = place.run(step["run"], checkout, {**environment, "GITHUB_ENV": str(exported), **own})
            ran.log += done.stdout
            if done.returncode != 0:
                ran.stopped, ran.step = name, step["run"]
                return ran
            if exported.exists():
                environment |= dict(line.split("=", 1) for line in exported.read_text().splitlines())
        ran.done.append(name)
    return ran


def _secret(value: str, known: Mapping[str, str]) -> str:
    found = re.fullmatch(r"\$\{\{ secrets\.([A-Z_]+) \}\}", value)
    assert found is not None, value
    return known.get(found[1], "")


def gitlab(place: Place, pipeline: dict[str, Any], tag: str, approved: bool) -> Ran:
    ran = Ran()
    for name in pipeline["stages"]:
        job = pipeline[name]
        assert job["stage"] == name and job.get("needs", []) == ran.done[-1:]
        if job.get("rules", [{}])[0].get("when") == "manual" and not approved:
            ran.stopped = name
            return ran
        files = {}
        if "environment" in job:
            files = {key: value for key, value in place.secrets.items() if key.endswith("PASSPHRASE")}
            for key in place.secrets.keys() - files.keys():
                # As GitLab has variables of the type File: outside of the checkout, and not for the owner alone.
                (place.folder / f"variable-{key}").write_text(place.secrets[key], encoding="utf-8")
                files[key] = str(place.folder / f"variable-{key}")
        checkout = place.checkout(tag, name, whole=pipeline["variables"]["GIT_DEPTH"] == "0")
        script = "\n".join([*pipeline["default"]["before_script"], *job["script"]])
        done = place.run(script, checkout, {**pipeline["variables"], "CI_COMMIT_TAG": tag, **files})
        ran.log += done.stdout
        if done.returncode != 0:
            ran.stopped, ran.step = name, script
            return ran
        ran.done.append(name)
    return ran


_RUNNERS: Mapping[str, Callable[[Place, dict[str, Any], str, bool], Ran]] = {"github": github, "gitlab": gitlab}


@pytest.fixture(params=["github", "gitlab"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    sealed = keys._sealed(PUBLISHER.signer._private_key.private_bytes_raw(), PHRASE, 2**14)  # type: ignore[attr-defined]
    made = Place(
        tmp_path,
        request.param,
        {
            "DESIGNTOOL_PUBLISHER_KEY": sealed.decode(),
            "DESIGNTOOL_PUBLISHER_PASSPHRASE": PHRASE,
            "DESIGNTOOL_REGISTRY_CREDENTIALS": f"registret.example:\n  username: publicering\n  password: {PASSWORD}\n",
        },
    )
    for name in ("arkiv", "bin", "home", "tmp"):
        (tmp_path / name).mkdir()
    _program(tmp_path / "bin/designtool", f'exec {sys.executable} -m designtool "$@"')
    wanted = f"-m pip install --disable-pip-version-check designtool=={__version__}"
    _program(tmp_path / "bin/python", f'[ "$*" = "{wanted}" ] || {{ echo "not: $*"; exit 9; }}')
    for source in MINIMAL.rglob("*"):
        if source.is_file() and ".designtool" not in source.parts:
            made.write(source.relative_to(MINIMAL).as_posix(), source.read_text(encoding="utf-8"))
    made.write(
        "designtool.yaml", f"format: 1\nregion: region-a\nprograms: programs\nregistries:\n  r: {made.register}\n"
    )
    made.change("programs/exempel/program.yaml", "region: vgr", "region: region-a")
    made.write("programs/exempel/journeys/lugnt.yaml", JOURNEY)
    made.write(".gitignore", "build/\n.designtool/\n")
    made.write("utgivning/publicering.public.json", keys.encode_public(PUBLISHER.public).decode())
    made.git("init", "--quiet")
    made.designtool("new", "ci", request.param)
    federation = founded(datetime.now(UTC))
    with FolderRegistry(made.register) as registry:
        for file, data in federation.store.files.items():
            RegistryMetadataStore(registry).put(file, data, None)
    federation.trust_folder(tmp_path / "trust")
    yield made
    # Whatever came of it: the secrets were in no log and are in no file that was made on the way.
    assert list((tmp_path / "tmp").iterdir()) == []


def _program(path: Path, script: str) -> None:
    path.write_text(f"#!/usr/bin/env bash\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def published(place: Place, program: str = "exempel") -> tuple[str, ...]:
    with FolderRegistry(place.register) as registry:
        return tuple(tag for tag in registry.tags(f"region-a/{program}") if tag[0].isdigit())


def test_a_tag_is_published_signed_by_both_and_with_its_provenance(place: Place) -> None:
    place.approve("1.0.0", CLINICAL)
    place.commit("exempel/1.0.0")
    ran = place.push("exempel/1.0.0")
    assert ran.done == ["granska", "utgava", "publicera"], ran.log
    assert "Den första utgåvan av exempel" in ran.log and published(place) == ("1.0.0",)
    for secret in (PHRASE, PASSWORD, json.loads(place.secrets["DESIGNTOOL_PUBLISHER_KEY"])["pkcs8"].splitlines()[1]):
        assert secret not in ran.log
    with FolderRegistry(place.register) as registry:
        publication.stamp(RegistryMetadataStore(registry), [ONLINE.signer], datetime.now(UTC))
    place.folder.joinpath("hit").mkdir()
    trust = ["--trust", str(place.folder / "trust")]
    fetched = CliRunner().invoke(
        group,
        [
            *("fetch", "region-a/exempel", "--from", str(place.register), *trust),
            *("--output", str(place.folder / "hit"), "--format", "json"),
        ],
    )
    assert fetched.exit_code == 0, fetched.output
    assert json.loads(fetched.stdout)["trusted"] is True
    verified = CliRunner().invoke(
        group,
        ["verify", str(place.folder / "hit/exempel-1.0.0.dtb"), *trust, "--provenance", str(place.register)],
    )
    assert verified.exit_code == 0, verified.output
    for said in ("Underskrivet av Anna Ek", "Underskrivet av Bo Alm", "det blir samma paket", "Intygat av Anna Ek"):
        assert said in verified.stdout


def test_nothing_is_published_before_a_second_person_has_approved(place: Place) -> None:
    place.approve("1.0.0", CLINICAL)
    place.commit("exempel/1.0.0")
    ran = place.push("exempel/1.0.0", approved=False)
    assert (ran.done, ran.stopped, published(place)) == (["granska", "utgava"], "publicera", ())


def _nothing(place: Place) -> None:
    pass


def _error(place: Place) -> None:
    place.change("programs/exempel/program.yaml", "  weeks: 6", "  weeks: sex")


def _journey(place: Place) -> None:
    place.change("programs/exempel/journeys/lugnt.yaml", "total: 2", "total: 3")


def _text(place: Place) -> None:
    with (place.repository / PAGE).open("a", encoding="utf-8") as page:
        page.write("\nEn mening till.\n")


def _unsigned(place: Place) -> None:
    place.approve("1.0.0")


def _by_the_publisher_alone(place: Place) -> None:
    place.approve("1.0.0", PUBLISHER)


def _no_draft(place: Place) -> None:
    (place.repository / "utgivning/exempel-1.0.0.draft.json").unlink()


@pytest.mark.parametrize(
    ("change", "job", "said"),
    [
        pytest.param(_error, "granska", "fel[", id="an error"),
        pytest.param(_journey, "granska", "lugnt", id="a journey that fails"),
        pytest.param(_text, "utgava", "fel[target-other]", id="another digest than the one that was signed"),
        pytest.param(_unsigned, "utgava", "fel[not-approved]", id="no clinical signature"),
        pytest.param(_by_the_publisher_alone, "utgava", "fel[not-approved]", id="the publisher's signature alone"),
        pytest.param(_no_draft, "utgava", "exempel-1.0.0.draft.json går inte att läsa", id="no draft"),
    ],
)
def test_what_is_not_right_stops_before_anybody_is_asked(
    change: Callable[[Place], None], job: str, said: str, place: Place
) -> None:
    place.approve("1.0.0", CLINICAL)
    change(place)
    place.commit("exempel/1.0.0")
    ran = place.push("exempel/1.0.0")
    assert (ran.stopped, said in ran.log, published(place)) == (job, True, ()), ran.log


@pytest.mark.parametrize("service", FILES)
def test_a_tag_of_another_form_stops(service: str, tmp_path: Path) -> None:
    _, value = workflow(service)
    steps = value["jobs"]["utgava"]["steps"] if service == "github" else []
    scripts = (
        [step["run"] for step in steps if step.get("name") == "Läs taggen"] if steps else value["utgava"]["script"][:1]
    )
    variable = "GITHUB_REF_NAME" if service == "github" else "CI_COMMIT_TAG"

    def status(tag: str) -> int:
        environment = {"PATH": os.environ["PATH"], variable: tag, "GITHUB_ENV": str(tmp_path / "env")}
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", scripts[0]]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False).returncode

    wrong = (
        "exempel-1.0.0",
        "exempel/1.0",
        "EXEMPEL/1.0.0",
        "exempel/1.0.0-beta",
        "a/exempel/1.0.0",
        "$(touch x)/1.0.0",
    )
    assert [status(tag) for tag in wrong] == [1] * len(wrong)
    assert not (tmp_path / "env").exists() and not (tmp_path / "x").exists()
    assert [status(tag) for tag in ("exempel/1.0.0", "exempel-2/10.20.30")] == [0, 0]


def test_a_tag_for_another_version_than_the_programs_stops(place: Place) -> None:
    place.approve("1.0.0", CLINICAL)
    place.commit("exempel/1.1.0")
    ran = place.push("exempel/1.1.0")
    assert (ran.stopped, "exempel-1.1.0.dtb finns inte" in ran.log, published(place)) == ("utgava", True, ())


def _released(place: Place) -> None:
    """Version 1.0.0 is out, and stands in releases/."""
    place.designtool("build")
    place.designtool("release", "build/exempel-1.0.0.dtb")
    place.commit("exempel/1.0.0")


def _more(place: Place, version: str) -> None:
    """A page more: that is more than a patch."""
    place.write("programs/exempel/modules/01-start/20-mer.md", "---\ntitle: Mer\n---\nHär finns mer att läsa.\n")
    place.change("programs/exempel/program.yaml", "version: 1.0.0", f"version: {version}")


def test_the_second_version_is_held_against_the_first(place: Place) -> None:
    _released(place)
    _more(place, "1.1.0")
    place.approve("1.1.0", CLINICAL)
    place.commit("exempel/1.1.0")
    ran = place.push("exempel/1.1.0")
    assert ran.done == ["granska", "utgava", "publicera"], ran.log
    assert "Den första utgåvan" not in ran.log and "1.0.0" in ran.log and published(place) == ("1.1.0",)


def test_a_variant_is_published_under_its_own_name(place: Place) -> None:
    place.write("programs/exempel/variants/plus.yaml", "title: Exempel Plus\n")
    place.approve("1.0.0", CLINICAL, program="exempel-plus")
    place.commit("exempel-plus/1.0.0")
    ran = place.push("exempel-plus/1.0.0")
    assert ran.done == ["granska", "utgava", "publicera"], ran.log
    assert (published(place, "exempel-plus"), published(place)) == (("1.0.0",), ())


def test_a_step_that_is_too_small_stops(place: Place) -> None:
    _released(place)
    _more(place, "1.0.1")
    place.commit("exempel/1.0.1")
    ran = place.push("exempel/1.0.1")
    assert (ran.done, "fel[version-too-low]" in ran.log, published(place)) == ([], True, ()), ran.log


def test_a_version_before_that_is_not_in_the_list_stops(place: Place) -> None:
    """Else nobody would be told what has changed, and a step that is too small would pass for a first version."""
    place.commit("exempel/1.0.0")
    _more(place, "1.0.1")
    place.approve("1.0.1", CLINICAL)
    place.commit("exempel/1.0.1")
    ran = place.push("exempel/1.0.1")
    assert (ran.stopped, "inte i releases/" in ran.log, published(place)) == ("utgava", True, ()), ran.log


@pytest.mark.parametrize("missing", ["DESIGNTOOL_PUBLISHER_KEY", "DESIGNTOOL_PUBLISHER_PASSPHRASE"])
def test_without_its_secrets_the_last_job_says_so_and_stops(missing: str, place: Place) -> None:
    """As on a service that knows no approval and so has no secrets: it fails closed."""
    place.approve("1.0.0", CLINICAL)
    place.commit("exempel/1.0.0")
    del place.secrets[missing]
    ran = place.push("exempel/1.0.0")
    assert (ran.stopped, "Hemligheterna saknas" in ran.log, published(place)) == ("publicera", True, ())


def test_a_draft_with_a_key_of_its_own_making_passes_no_registry(place: Place) -> None:
    """Whoever forges the draft brings keys of their own; that is found out where it is adopted, and nothing is there then."""
    place.approve("1.0.0", CLINICAL)
    path = "utgivning/exempel-1.0.0.draft.json"
    draft = json.loads((place.repository / path).read_text(encoding="utf-8"))
    # The forger is "clinically responsible" in the list that the draft brings along.
    own = json.loads(draft["delegator"])
    forger = CLINICAL_B.public
    role = next(one for one in own["signed"]["delegations"]["roles"] if one["name"] == "region-a")
    key = own["signed"]["delegations"]["keys"][forger.key_id]
    key["x-designtool"]["region"] = "region-a"
    role["keyids"] = [forger.key_id, PUBLISHER.public.key_id]
    draft["delegator"] = json.dumps(own)
    metadata = json.loads(draft["metadata"])
    metadata["signatures"] = []
    unsigned = Draft("region-a", json.dumps(metadata).encode(), None, draft["delegator"].encode())
    place.write(path, encode_draft(sign_draft(unsigned, CLINICAL_B.signer)).decode())
    place.commit("exempel/1.0.0")
    before = contents(place.register)
    ran = place.push("exempel/1.0.0")
    assert (ran.stopped, "fel[metadata-signatures]" in ran.log) == ("publicera", True), ran.log
    assert contents(place.register) == before


# What can be read off the files


def workflow(service: str) -> tuple[str, dict[Any, Any]]:
    from designtool.scaffold import ci_file

    path, text = ci_file(service, "nationellt")
    assert path == FILES[service]
    return text, yaml.safe_load(text)


def test_github_gives_the_least_and_nothing_to_others() -> None:
    text, value = workflow("github")
    # YAML 1.1 reads the key `on` as true.
    assert set(value[True]) == {"pull_request", "push"} and "pull_request_target" not in value[True]
    assert value["permissions"] == {}
    assert all(job["permissions"] == {"contents": "read"} for job in value["jobs"].values())
    used = {step["uses"] for job in value["jobs"].values() for step in job["steps"] if "uses" in step}
    assert all(re.fullmatch(r"actions/(checkout|setup-python)@[0-9a-f]{40}", one) for one in used) and len(used) == 2
    checkouts = [s for job in value["jobs"].values() for s in job["steps"] if "checkout@" in s.get("uses", "")]
    assert len(checkouts) == 3 and all(step["with"]["persist-credentials"] is False for step in checkouts)
    last = value["jobs"]["publicera"]
    assert (last["environment"], last["needs"], last["if"]) == ("publicering", "utgava", "github.ref_type == 'tag'")
    assert [name for name, job in value["jobs"].items() if "environment" in job] == ["publicera"]
    with_secrets = [
        (name, step["name"])
        for name, job in value["jobs"].items()
        for step in job["steps"]
        if "secrets." in json.dumps(step, ensure_ascii=False)
    ]
    assert with_secrets == [("publicera", "Skriv under och publicera")] and text.count("secrets.") == 3
    # What somebody else has written, the name of a tag too, is never pasted into a script.
    assert all("${{" not in step.get("run", "") for job in value["jobs"].values() for step in job["steps"])


def test_gitlab_waits_and_has_its_secrets_in_one_job() -> None:
    text, value = workflow("gitlab")
    last = value["publicera"]
    assert last["rules"] == [{"if": "$CI_COMMIT_TAG", "when": "manual", "allow_failure": False}]
    assert (last["environment"], last["needs"]) == ("publicering", ["utgava"])
    for name in ("granska", "utgava"):
        assert "environment" not in value[name] and "DESIGNTOOL_P" not in json.dumps(value[name])
    assert value["utgava"]["rules"] == [{"if": "$CI_COMMIT_TAG"}] and value["variables"]["GIT_DEPTH"] == "0"
    assert "latest" not in text


@pytest.mark.parametrize("service", FILES)
def test_designtool_is_pinned_and_nothing_shows_what_is_secret(service: str) -> None:
    text, _ = workflow(service)
    assert f"DESIGNTOOL: designtool=={__version__}\n" in text
    assert not re.search(r"set -[a-z]*x|--verbose|\bprintenv\b|echo \"?\$DESIGNTOOL", text)


def test_a_file_that_is_there_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "designtool.yaml").write_text("format: 1\nregion: x\n")

    def new(*more: str) -> tuple[int, str]:
        done = CliRunner().invoke(group, ["new", "ci", *more])
        return done.exit_code, done.output

    assert new("github")[0] == 2 and "--registry" in new("github")[1]
    assert new("github", "--registry", "https://registret.example/vård")[0] == 0
    assert new("gitlab", "--registry", "x")[0] == 0
    before = {path: (tmp_path / path).read_bytes() for path in FILES.values()}
    value = yaml.safe_load(io.BytesIO(before[FILES["github"]]))
    assert value["env"]["REGISTRY"] == "https://registret.example/vård"
    for service in FILES:
        assert new(service, "--registry", "y")[0] == 2
    assert {path: (tmp_path / path).read_bytes() for path in FILES.values()} == before
