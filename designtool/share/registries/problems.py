"""Why a bundle was not published or not fetched: every code that exists, and what it says to people.

The codes are published beside those of the reader (`designtool.bundle.refusals`), which are used here too: a blob with other
bytes is `wrong-digest` wherever it comes from. A code is never given another meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from designtool.bundle.refusals import printable
from designtool.diagnostics import Text


class RegistryProblem(Exception):
    """Something could not be published or fetched, and nothing half-done is left behind by it."""

    def __init__(self, code: str, /, **facts: object) -> None:
        template = REGISTRY_PROBLEMS[code]
        words = {
            name: value if isinstance(value, Text) else Text(str(value), str(value)) for name, value in facts.items()
        }
        self.code = code
        self.message = Text(
            template.sv.format_map({name: printable(said.sv) for name, said in words.items()}),
            template.en.format_map({name: printable(said.en) for name, said in words.items()}),
        )
        super().__init__(f"{code}: {self.message.en}")

    @property
    def is_refusal(self) -> bool:
        """Whether something was answered that may not be; else the registry could not be reached or asked."""
        return self.code not in _OUT_OF_REACH


_OUT_OF_REACH = frozenset(
    {
        "registry-unreachable",
        "registry-too-slow",
        "registry-unavailable",
        "registry-locked",
        "access-denied",
        "sign-in-refused",
        "sign-in-unknown",
        "not-in-registry",
        "version-not-here",
        "not-a-registry-folder",
        "earlier-version-missing",
        "name-form",
    }
)

NOBODY_ANSWERS = frozenset({"registry-unreachable", "registry-too-slow", "registry-unavailable"})
"""What has to do with the whole registry: whoever meets it gives up, and does not go on to the next file."""

REGISTRY_PROBLEMS: Mapping[str, Text] = MappingProxyType(
    {
        # What is asked for
        "name-form": Text(
            "{name} är inget namn på ett program i ett register. Skriv region/program, region/program:1.0.0 eller "
            "region/program@sha256:…, med små bokstäver a–z, siffror och bindestreck.",
            "{name} is no name of a program in a registry. Write region/program, region/program:1.0.0 or "
            "region/program@sha256:…, with lower-case letters a-z, digits and hyphens.",
        ),
        "not-in-registry": Text("{what} finns inte i {registry}.", "{what} is not in {registry}."),
        "version-not-here": Text(
            "{name} {version} är utgiven, men finns inte i {registry}. Där finns: {there}. Hämta någon av dem med sin version, som "
            "region/program:1.0.0, eller hämta från regionernas register.",
            "{name} {version} has been released, but is not in {registry}. It has: {there}. Fetch one of these by its version, as "
            "region/program:1.0.0, or fetch from the regions' registry.",
        ),
        "not-a-registry-folder": Text(
            "{folder} är inget register. Ange mappen som det publicerades till, eller en ny eller tom mapp att publicera till.",
            "{folder} is no registry. Give the folder that was published to, or a new or empty folder to publish to.",
        ),
        "earlier-version-missing": Text(
            "I {registry} finns bara det som är nytt i {name} {version}. Resten tas ur {earlier}: lägg den filen i {folder} och "
            "hämta igen.",
            "{registry} has only what is new in {name} {version}. The rest is taken from {earlier}: put that file into {folder} "
            "and fetch again.",
        ),
        # Reaching it
        "registry-unreachable": Text(
            "Det går inte att nå {registry}: {reason}. Kontrollera adressen och nätet, och försök igen.",
            "{registry} cannot be reached: {reason}. Check the address and the network, and try again.",
        ),
        "registry-too-slow": Text(
            "{registry} svarar för långsamt. Försök igen senare.", "{registry} answers too slowly. Try again later."
        ),
        "registry-unavailable": Text(
            "{registry} kan inte svara just nu (status {status}). Försök igen senare.",
            "{registry} cannot answer now (status {status}). Try again later.",
        ),
        "registry-locked": Text(
            "Någon annan skriver i {registry}. Försök igen om en stund.",
            "Somebody else is writing to {registry}. Try again in a while.",
        ),
        "access-denied": Text(
            "{registry} ger inte tillträde till {what}. Är det en annan regions program krävs ett avtal som gäller: designtool "
            "agreements list. Det som är nytt, en region eller ett avtal, kan ta några minuter. Federationens gemensamma metadata "
            "lägger bara kansliet in. Annars ska användarnamn och lösenord för {host} stå i filen med inloggningar, som är "
            "~/.config/designtool/credentials.yaml eller den som DESIGNTOOL_CREDENTIALS anger.",
            "{registry} gives no access to {what}. For a program of another region an agreement must be in force: designtool "
            "agreements list. What is new, a region or an agreement, may take some minutes. Metadata that all share is written by "
            "the federation's office alone. Else a user name and a password for {host} are to stand in the credentials file, which "
            "is ~/.config/designtool/credentials.yaml or the one that DESIGNTOOL_CREDENTIALS names.",
        ),
        "sign-in-refused": Text(
            "{host}, som {registry} loggar in hos, godtar inte användarnamnet och lösenordet, eller så saknas de. De ska stå för "
            "{host} i filen med inloggningar, som är ~/.config/designtool/credentials.yaml eller den som DESIGNTOOL_CREDENTIALS "
            "anger.",
            "{host}, where {registry} has people sign in, does not take the user name and password, or there are none. They are "
            "to stand for {host} in the credentials file, which is ~/.config/designtool/credentials.yaml or the one that "
            "DESIGNTOOL_CREDENTIALS names.",
        ),
        "sign-in-unknown": Text(
            "{registry} vill att du loggar in hos {host}, som ligger på det egna nätet och inte står i filen med inloggningar. "
            "Är det rätt plats: skriv in {host} där, med användarnamn och lösenord. Filen är "
            "~/.config/designtool/credentials.yaml eller den som DESIGNTOOL_CREDENTIALS anger.",
            "{registry} wants you to sign in at {host}, which is on your own network and does not stand in the credentials file. "
            "If that is the right place: write {host} there, with a user name and a password. The file is "
            "~/.config/designtool/credentials.yaml or the one that DESIGNTOOL_CREDENTIALS names.",
        ),
        # What it answers
        "registry-refused": Text(
            "{registry} tog inte emot {what} (status {status}).", "{registry} did not take {what} (status {status})."
        ),
        "answer-unreadable": Text(
            "{registry} svarade med något annat än ett register svarar: {found}",
            "{registry} answered with something that no registry answers: {found}",
        ),
        "redirect-refused": Text(
            "{registry} hänvisar till en plats som inte är tillåten: {place}",
            "{registry} refers to a place that is not allowed: {place}",
        ),
        # What is there
        "published-already": Text(
            "{name} {version} finns redan i {registry} med annat innehåll. En utgiven version ändras aldrig: ge den nya utgåvan "
            "ett nytt versionsnummer.",
            "{name} {version} is in {registry} already with other content. A published version never changes: give the new "
            "release a new version number.",
        ),
        "version-changed": Text(
            "{path} har annat innehåll än {name} {version} i {registry}. En utgiven version ändras aldrig: ta reda på vilken som "
            "är den rätta.",
            "{path} has other content than {name} {version} in {registry}. A published version never changes: find out which "
            "one is right.",
        ),
        "other-program": Text(
            "{registry} har {found} på platsen för {name}.", "{registry} has {found} in the place of {name}."
        ),
        "tag-moved": Text(
            "{tag} i {registry} ändrades av någon annan samtidigt.",
            "{tag} in {registry} was changed by somebody else meanwhile.",
        ),
    }
)
"""Code to message. `{facts}` are filled in."""
