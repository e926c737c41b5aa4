"""Why bytes are refused as a bundle: every code that exists, and what it says to people.

The codes are published: a region's script may depend on them. A code is never given another meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from designtool.diagnostics import Text


class Refused(Exception):
    """The bytes are not what designtool writes, or not what they say they are."""

    def __init__(self, code: str, /, **facts: object) -> None:
        template = REFUSALS[code]
        words = {name: printable(str(value)) for name, value in facts.items()}
        self.code = code
        self.message = Text(template.sv.format_map(words), template.en.format_map(words))
        super().__init__(f"{code}: {self.message.en}")


def printable(text: str, longest: int = 120) -> str:
    """Text from a file that nobody has vouched for, fit for a terminal: no control characters, and not too long."""
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text[: longest + 1])
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


REFUSALS: Mapping[str, Text] = MappingProxyType(
    {
        # The file as such
        "not-a-file": Text(
            "{path} är ingen vanlig fil. Ange en fil som slutar på .dtb.",
            "{path} is no ordinary file. Give a file that ends in .dtb.",
        ),
        "empty-file": Text("Filen är tom.", "The file is empty."),
        "not-a-bundle": Text(
            "Filen är inget paket från designtool{found}.", "The file is no bundle made by designtool{found}."
        ),
        "too-large": Text(
            "{name} är större än gränsen på {limit} byte.", "{name} is larger than the limit of {limit} bytes."
        ),
        "too-many-files": Text(
            "Paketet har fler filer än gränsen på {limit}.", "The bundle has more files than the limit of {limit}."
        ),
        # The archive
        "archive-truncated": Text(
            "Filen tar slut mitt i {name}. Den är troligen inte helt nedladdad.",
            "The file ends in the middle of {name}. It was probably not downloaded to the end.",
        ),
        "archive-path": Text(
            "Arkivet har en sökväg som pekar utanför paketet: {name}",
            "The archive has a path that leads out of the bundle: {name}",
        ),
        "archive-name": Text(
            "Arkivet har en fil som inte hör till ett paket: {name}",
            "The archive has a file that is no part of a bundle: {name}",
        ),
        "archive-link": Text("Arkivet har en länk: {name}", "The archive has a link: {name}"),
        "archive-device": Text(
            "Arkivet har en enhetsfil eller ett rör: {name}", "The archive has a device or a pipe: {name}"
        ),
        "archive-folder": Text("Arkivet har en mapp: {name}", "The archive has a folder: {name}"),
        "archive-sparse": Text("Arkivet har en gles fil: {name}", "The archive has a sparse file: {name}"),
        "archive-extension": Text(
            "Arkivet har tilläggshuvuden (pax eller GNU), som inte används i paket.",
            "The archive has extension headers (pax or GNU), which bundles do not use.",
        ),
        "archive-header": Text(
            "Filhuvudet för {name} är inte skrivet som designtool skriver det.",
            "The header of {name} is not written as designtool writes it.",
        ),
        "archive-order": Text(
            "Filerna i arkivet står inte i ordning: {name}", "The files of the archive are out of order: {name}"
        ),
        "archive-duplicate": Text("{name} finns två gånger i arkivet.", "{name} is in the archive twice."),
        "archive-padding": Text(
            "Utfyllnaden efter {name} innehåller data.", "There is data in the padding after {name}."
        ),
        "archive-end": Text(
            "Arkivet avslutas inte som designtool avslutar det.", "The archive does not end as designtool ends it."
        ),
        "trailing-data": Text("Det finns data efter arkivets slut.", "There is data after the end of the archive."),
        # JSON
        "json-too-deep": Text("{name} är nästlad i för många nivåer.", "{name} is nested too deep."),
        "json-duplicate-key": Text("Nyckeln {key} står två gånger i {name}.", "The key {key} stands twice in {name}."),
        "json-number": Text(
            "{name} har ett tal som inte är ett litet heltal: {number}",
            "{name} has a number that is no small integer: {number}",
        ),
        "json-byte-order-mark": Text("{name} börjar med en BOM.", "{name} begins with a byte order mark."),
        "json-encoding": Text("{name} är inte giltig UTF-8.", "{name} is not valid UTF-8."),
        "json-lone-surrogate": Text(
            "{name} har ett halvt tecken (surrogat).", "{name} has half a character (surrogate)."
        ),
        "json-syntax": Text("{name} är inte giltig JSON.", "{name} is not valid JSON."),
        "json-not-canonical": Text(
            "{name} är inte skriven på kanonisk form (RFC 8785).", "{name} is not in canonical form (RFC 8785)."
        ),
        # Layout and manifest
        "layout-version": Text(
            "Paketets layout har inte version 1.0.0.", "The layout of the bundle does not have version 1.0.0."
        ),
        "layout-missing": Text("{name} saknas i paketet.", "{name} is missing from the bundle."),
        "index-invalid": Text(
            "Paketets register (index.json) pekar inte ut exakt ett paket på rätt sätt.",
            "The index of the bundle (index.json) does not point at exactly one bundle in the right way.",
        ),
        "manifest-invalid": Text(
            "Innehållsförteckningen har fel form vid {where}.", "The manifest has the wrong shape at {where}."
        ),
        "manifest-is-index": Text(
            "Där en innehållsförteckning skulle stå finns ett register (image index).",
            "An image index stands where a manifest belongs.",
        ),
        "artifact-type": Text(
            "Innehållet är inget behandlingsprogram från designtool: {found}",
            "The content is no treatment program made by designtool: {found}",
        ),
        "format-too-new": Text(
            "Paketet har format {format}. Den här versionen av designtool läser till och med format {known}. Uppdatera designtool.",
            "The bundle has format {format}. This version of designtool reads up to format {known}. Update designtool.",
        ),
        "descriptor-invalid": Text(
            "Posten för {name} har fel form vid {where}.", "The descriptor of {name} has the wrong shape at {where}."
        ),
        "descriptor-urls": Text(
            "Posten för {name} hänvisar till en annan plats (urls).",
            "The descriptor of {name} refers to another place (urls).",
        ),
        "digest-form": Text(
            "{digest} är inget fingeravtryck på formen sha256: och 64 små hexadecimala tecken.",
            "{digest} is no digest of the form sha256: and 64 lower-case hexadecimal characters.",
        ),
        "file-name": Text(
            "Filnamnet är inte tillåtet i ett paket: {name}", "The file name is not allowed in a bundle: {name}"
        ),
        "file-order": Text(
            "Filerna i innehållsförteckningen står inte i ordning: {name}",
            "The files of the manifest are out of order: {name}",
        ),
        "file-collision": Text(
            "Filnamnet krockar med ett annat, på alla eller vissa datorer: {name}",
            "The file name collides with another, on all or on some computers: {name}",
        ),
        "media-type": Text("{name} har fel medietyp: {found}", "{name} has the wrong media type: {found}"),
        "wrong-digest": Text(
            "Innehållet i {name} stämmer inte med fingeravtrycket.", "The content of {name} does not match its digest."
        ),
        "wrong-size": Text("{name} har inte den storlek som uppges.", "{name} does not have the size that is stated."),
        "blob-missing": Text(
            "Innehållet till {name} saknas i paketet.", "The content of {name} is missing from the bundle."
        ),
        "blob-foreign": Text(
            "Paketet har innehåll som ingen fil hör till: {digest}",
            "The bundle has content that belongs to no file: {digest}",
        ),
        # The content
        "program-invalid": Text(
            "Programmet i paketet går inte att läsa: {problem}", "The program in the bundle cannot be read: {problem}"
        ),
        "program-mismatch": Text(
            "Innehållsförteckningen säger något annat än programmet om {what}.",
            "The manifest says something else than the program about {what}.",
        ),
        "unknown-feature": Text(
            "Programmet kräver något som den här versionen av designtool inte kan: {feature}",
            "The program requires something that this version of designtool cannot do: {feature}",
        ),
        "expression-invalid": Text(
            "Programmet har ett uttryck som inte går att räkna ut: {source}",
            "The program has an expression that cannot be worked out: {source}",
        ),
        "unsafe-link": Text(
            "Programmet har en länk som inte är tillåten: {link}", "The program has a link that is not allowed: {link}"
        ),
        "unsafe-html": Text("Programmet har HTML i sin text: {text}", "The program has HTML in its text: {text}"),
        "media-missing": Text(
            "Programmet visar en fil som inte finns i paketet, eller inte är densamma: {name}",
            "The program shows a file that is not in the bundle, or not the same: {name}",
        ),
        "svg-invalid": Text("Bilden {name} är inte giltig SVG.", "The picture {name} is not valid SVG."),
        "svg-too-large": Text("Bilden {name} är för stor för en SVG.", "The picture {name} is too large for an SVG."),
        "svg-doctype": Text(
            "Bilden {name} har en dokumenttyp eller entiteter.", "The picture {name} has a document type or entities."
        ),
        "svg-instruction": Text(
            "Bilden {name} har en XML-instruktion.", "The picture {name} has an XML processing instruction."
        ),
        "svg-script": Text("Bilden {name} har ett skript.", "The picture {name} has a script."),
        "svg-handler": Text(
            "Bilden {name} har en händelsehanterare ({detail}).", "The picture {name} has an event handler ({detail})."
        ),
        "svg-element": Text(
            "Bilden {name} har ett element som inte är tillåtet: {detail}",
            "The picture {name} has an element that is not allowed: {detail}",
        ),
        "svg-reference": Text(
            "Bilden {name} hänvisar till något utanför sig själv: {detail}",
            "The picture {name} refers to something outside itself: {detail}",
        ),
    }
)
"""Code to message. `{facts}` are filled in."""
