"""designtool keys: the keys that people sign with."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click

from designtool.cli.click_words import Commands
from designtool.cli.output import FORMAT, language_of, print_json
from designtool.cli.passphrase import KEYS, PASSPHRASE_FILE, asked_passphrase
from designtool.cli.people import person_json
from designtool.cli.registries import problems_told
from designtool.diagnostics import Text

_ROLES = ("founder", "publisher", "clinical", "safety", "online", "runtime")


@click.group("keys", cls=Commands)
def command() -> None:
    """Skapa och visa nycklar att skriva under med."""


@command.command("new")
@click.argument("name")
@click.option("--holder", required=True, help="Vems nyckeln är, så som det ska stå för andra.")
@click.option("--region", required=True, help="Regionen som personen arbetar för, med dess kortnamn.")
@click.option(
    "--role",
    type=click.Choice(_ROLES),
    default="publisher",
    help="Vad nyckeln är till för: grundare, publicera, kliniskt ansvar, säkerhetsansvar, tidsstämpling eller en körmiljös kvitton.",
)
@KEYS
@PASSPHRASE_FILE
@FORMAT
def new(
    name: str,
    holder: str,
    region: str,
    role: str,
    key_folder: Path,
    passphrase_file: Path | None,
    output_format: str,
) -> None:
    """Skapa en nyckel. Den hemliga delen låses med en lösenfras; den öppna delen är en liten fil att skicka till andra."""
    from designtool.share.federation.keys import KeyRole, Owner, check_new, new_key, private_file, public_file

    language = language_of(None)
    owner = Owner(holder, cast(KeyRole, role), region)
    with problems_told(language, output_format):
        check_new(key_folder, name, owner)
        key = new_key(key_folder, name, owner, asked_passphrase(passphrase_file, name, is_new=True))
    if output_format == "json":
        files = {"secret": private_file(key_folder, name), "public": public_file(key_folder, name)}
        told = {"name": name, **person_json(key), **{part: str(path) for part, path in files.items()}}
        print_json({"keys": [told]})
        return
    said = Text(
        f"Nyckelns id: {key.key_id}\n"
        f"Hemlig del, visa den aldrig: {private_file(key_folder, name)}\n"
        f"Öppen del, att skicka: {public_file(key_folder, name)}\n"
        "Läs upp de första tolv tecknen av id:t för mottagaren, i telefon eller på plats.",
        f"Key id: {key.key_id}\n"
        f"Secret part, never to be shown: {private_file(key_folder, name)}\n"
        f"Public part, to be sent: {public_file(key_folder, name)}\n"
        "Read the first twelve characters of the id to the receiver, on the telephone or in person.",
    )
    click.echo(said.in_language(language))


@command.command("list")
@KEYS
@FORMAT
def list_(key_folder: Path, output_format: str) -> None:
    """Visa vilka nycklar som finns här."""
    from designtool.share.federation.keys import ROLE_WORDS, known_keys

    language = language_of(None)
    with problems_told(language, output_format):
        keys = known_keys(key_folder)
    if output_format == "json":
        print_json({"keys": [{"name": name, **person_json(key)} for name, key in keys]})
        return
    if not keys:
        click.echo(Text(f"Inga nycklar i {key_folder}.", f"No keys in {key_folder}.").in_language(language))
    for name, key in keys:
        role = ROLE_WORDS[key.role].in_language(language)
        click.echo(f"{name}  {key.key_id}  {key.holder}, {role}, {key.region}")
