"""Why metadata, a signature or a key is not accepted: every code that exists, and what it says to people.

The codes are published beside those of the reader and of the registry. A code is never given another meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from designtool.bundle.refusals import printable
from designtool.diagnostics import Text
from designtool.diagnostics.as_argument import as_argument


class TrustProblem(Exception):
    """What was presented is not to be trusted, or what was asked for would make something that is not."""

    def __init__(self, code: str, /, **facts: object) -> None:
        template = TRUST_PROBLEMS[code]
        # A folder is told as it is written in a command: that is what most of the messages go on with.
        words = {
            name: printable(as_argument(str(value)) if name == "folder" else str(value))
            for name, value in facts.items()
        }
        self.code = code
        self.message = Text(template.sv.format_map(words), template.en.format_map(words))
        super().__init__(f"{code}: {self.message.en}")


TRUST_PROBLEMS: Mapping[str, Text] = MappingProxyType(
    {
        # The trust folder
        "trust-missing": Text(
            "{folder} är ingen mapp med förtroende. Skapa den från federationens rot: designtool federation trust {folder} "
            "--from REGISTER --digest FINGERAVTRYCKET-PÅ-PAPPER",
            "{folder} is no trust folder. Make it from the root of the federation: designtool federation trust {folder} "
            "--from REGISTRY --digest THE-DIGEST-ON-PAPER",
        ),
        "trust-empty": Text(
            "I {folder} finns inget hämtat från federationen än. Hämta det: designtool federation update {folder} --from REGISTER",
            "Nothing of the federation has been fetched into {folder} yet. Get it: designtool federation update {folder} "
            "--from REGISTRY",
        ),
        "trust-part-damaged": Text(
            "{file} i mappen med förtroende är skadad. Hämta den på nytt: designtool federation update {folder} --from REGISTER",
            "{file} in the trust folder is damaged. Get it again: designtool federation update {folder} --from REGISTRY",
        ),
        "trust-exists": Text(
            "{folder} finns redan. En mapp med förtroende skrivs aldrig över.",
            "{folder} exists already. A trust folder is never written over.",
        ),
        "trust-damaged": Text(
            "Mappen med förtroende är skadad: {file} går inte att läsa. Skapa den på nytt från roten på papper.",
            "The trust folder is damaged: {file} cannot be read. Make it again from the root on paper.",
        ),
        "trust-restored": Text(
            "Mappen med förtroende är äldre än vad den här installationen redan har sett ({role} {version}, tidigare {known}). "
            "Den har troligen återställts från en säkerhetskopia. Hämta ny metadata först.",
            "The trust folder is older than what this installation has seen ({role} {version}, before {known}). "
            "It was probably restored from a backup. Get new metadata first.",
        ),
        "root-digest": Text(
            "Roten har ett annat fingeravtryck än det på papper: {found}",
            "The root has another digest than the one on paper: {found}",
        ),
        "clock-set-back": Text(
            "Datorns klocka ({now}) går efter tiden då metadata senast granskades ({seen}). Ställ klockan rätt.",
            "The computer's clock ({now}) is behind the time when metadata was last checked ({seen}). Set the clock.",
        ),
        # Metadata
        "metadata-missing": Text(
            "{name} saknas i federationens metadata. Kontrollera att det är rätt plats.",
            "{name} is missing from the metadata of the federation. Check that the place is right.",
        ),
        "metadata-too-large": Text(
            "{name} är större än gränsen på {limit} byte.", "{name} is larger than the limit of {limit} bytes."
        ),
        "metadata-invalid": Text("{name} har fel form: {reason}", "{name} has the wrong shape: {reason}"),
        "metadata-signatures": Text(
            "{name} är inte underskriven av tillräckligt många av dem som får skriva under.",
            "{name} is not signed by enough of those who may sign it.",
        ),
        "metadata-expired": Text(
            "{name} har gått ut. Inga paket tas in och inga nya behandlingar startas förrän ny metadata har hämtats. "
            "Pågående behandlingar fortsätter. Finns ingen ny att hämta: be federationens kansli att stämpla, eller att låta "
            "förlänga det som har gått ut.",
            "{name} has expired. No bundles are taken in and no new treatments are started until new metadata has been fetched. "
            "Treatments under way go on. Where there is none to fetch: ask the federation's office to stamp, or to have renewed "
            "what has expired.",
        ),
        "metadata-rollback": Text(
            "{name} är äldre än vad som redan har setts.", "{name} is older than what has been seen already."
        ),
        "metadata-mismatch": Text(
            "{name} är inte den fil som resten av metadatan pekar ut.",
            "{name} is not the file that the rest of the metadata points at.",
        ),
        "metadata-changed": Text(
            "{name} har ändrats av någon annan samtidigt. Försök igen.",
            "{name} was changed by somebody else meanwhile. Try again.",
        ),
        "root-chain-too-long": Text(
            "Det finns fler än {limit} nya versioner av roten. Så många kan inte vara riktiga.",
            "There are more than {limit} new versions of the root. So many cannot be real.",
        ),
        "federation-rules": Text(
            "Metadatan följer inte federationens regler: {reason}",
            "The metadata does not follow the rules of the federation: {reason}",
        ),
        "same-key-twice": Text(
            "Samma nyckel står två gånger i {role}. Två underskrifter ska komma från två nycklar.",
            "The same key stands twice in {role}. Two signatures are to come from two keys.",
        ),
        "four-eyes": Text(
            "{role} är inte underskriven av både någon som publicerar och någon som är kliniskt ansvarig.",
            "{role} is not signed by both somebody who publishes and somebody clinically responsible.",
        ),
        # What is signed
        "target-name": Text(
            "{name} är inget namn på en utgåva. Det skrivs region/program/1.0.0.",
            "{name} is no name of a release. It is written region/program/1.0.0.",
        ),
        "target-unknown": Text("{name} är inte utgiven av {region}.", "{name} has not been released by {region}."),
        "target-invalid": Text(
            "Uppgifterna om {name} stämmer inte: {reason}", "What is said about {name} does not hold: {reason}"
        ),
        "target-other": Text(
            "Paketet är inte det som {region} har skrivit under som {name}.",
            "The bundle is not the one that {region} has signed as {name}.",
        ),
        "release-unsigned": Text(
            "{name} är inte utgiven av {region} med två underskrifter. Gör ett utkast med designtool federation release, låt båda "
            "skriva under det, och ange det med --release. Med --unsigned publiceras paketet utan att någon har gått i god för det.",
            "{name} has not been released by {region} with two signatures. Make a draft with designtool federation release, have "
            "both people sign it, and give it with --release. With --unsigned the bundle is published though nobody has vouched "
            "for it.",
        ),
        "target-moved": Text(
            "{name} har getts ut med ett annat innehåll än tidigare. En utgiven version ändras aldrig.",
            "{name} was released with other content than before. A released version never changes.",
        ),
        "recall-weakened": Text(
            "{name} är återkallad, och den nya listan stoppar mindre. En återkallelse hävs eller mildras bara med ett dokument som en "
            "säkerhetsansvarig och en kliniskt ansvarig i regionen har skrivit under: designtool recall lift.",
            "{name} has been recalled, and the new list stops less. A recall is lifted or weakened only with a document that a safety "
            "officer and one who is clinically responsible in the region have signed: designtool recall lift.",
        ),
        "recall-invalid": Text(
            "Återkallelsen av {name} går inte att läsa i alla delar.",
            "The recall of {name} cannot be read in all its parts.",
        ),
        "recall-lift": Text(
            "Hävningen av återkallelsen av {name} är inte underskriven av både en säkerhetsansvarig och en kliniskt ansvarig i {region}.",
            "The lift of the recall of {name} is not signed by both a safety officer and one who is clinically responsible in {region}.",
        ),
        "recalled": Text("{name} är återkallad.", "{name} has been recalled."),
        # Keys
        "key-exists": Text(
            "{file} finns redan. En nyckel skrivs aldrig över.", "{file} exists already. A key is never written over."
        ),
        "key-missing": Text("Det finns ingen nyckel {name} i {folder}.", "There is no key {name} in {folder}."),
        "key-name": Text(
            "{name} går inte att använda. Skriv med små bokstäver a–z, siffror och bindestreck.",
            "{name} cannot be used. Write lower-case letters a-z, digits and hyphens.",
        ),
        "key-holder": Text(
            "Skriv vems nyckeln är: ett namn på högst 100 tecken.",
            "Write whose key it is: a name of at most 100 characters.",
        ),
        "key-invalid": Text("{file} är ingen nyckel från designtool.", "{file} is no key made by designtool."),
        "passphrase-wrong": Text("Lösenfrasen är fel.", "The passphrase is wrong."),
        "passphrase-short": Text(
            "Lösenfrasen är för kort. Ta minst {least} tecken, gärna flera ord.",
            "The passphrase is too short. Take at least {least} characters, best of several words.",
        ),
        # The ceremony
        "draft-invalid": Text("{file} är inget utkast att skriva under.", "{file} is no draft to be signed."),
        "not-a-signer": Text("Nyckeln {key} får inte skriva under {role}.", "The key {key} may not sign {role}."),
        "already-signed": Text(
            "{role} är redan underskriven med nyckeln {key}.", "{role} is signed with the key {key} already."
        ),
        "not-approved": Text(
            "Utkastet till {name} är inte underskrivet av någon som är kliniskt ansvarig i {region}.",
            "The draft of {name} is not signed by anybody who is clinically responsible in {region}.",
        ),
        "release-taken": Text(
            "{name} finns redan med ett annat innehåll. Ge den nya utgåvan ett nytt versionsnummer.",
            "{name} is here already with other content. Give the new release a new version number.",
        ),
        "region-exists": Text("Regionen {region} finns redan.", "The region {region} is there already."),
        "role-unknown": Text("{role} finns inte i federationen.", "{role} is not in the federation."),
        "federation-exists": Text("{folder} har redan en federation.", "{folder} has a federation already."),
        "key-role": Text(
            "Nyckeln {key} är gjord för {found}, inte för {wanted}.",
            "The key {key} was made for {found}, not for {wanted}.",
        ),
        "too-few-keys": Text("{role} behöver minst {least} nycklar.", "{role} needs at least {least} keys."),
    }
)
"""Code to message. `{facts}` are filled in."""
