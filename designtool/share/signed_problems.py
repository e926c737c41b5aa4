"""Why a signed document (an agreement, its end, a recall) is not accepted: every code that exists, and what it says to people.

The codes are published beside those of the reader. A code is never given another meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from designtool.bundle.refusals import printable
from designtool.diagnostics import Text


class SignedProblem(Exception):
    """What was presented is not what it should be, or what was asked for would make something that is not."""

    def __init__(self, code: str, /, **facts: object) -> None:
        template = SIGNED_PROBLEMS[code]
        words = {name: printable(str(value)) for name, value in facts.items()}
        self.code = code
        self.message = Text(template.sv.format_map(words), template.en.format_map(words))
        super().__init__(f"{code}: {self.message.en}")


SIGNED_PROBLEMS: Mapping[str, Text] = MappingProxyType(
    {
        "envelope-invalid": Text(
            "{file} är inget undertecknat dokument från designtool: {reason}",
            "{file} is no signed document made by designtool: {reason}",
        ),
        "envelope-type": Text(
            "{file} är ett dokument av ett annat slag: {found}", "{file} is a document of another kind: {found}"
        ),
        "signature-wrong": Text(
            "Underskriften med nyckeln {key} i {file} stämmer inte. Något har ändrats efter underskriften.",
            "The signature with the key {key} in {file} does not hold. Something was changed after it was signed.",
        ),
        "signed-already": Text(
            "{file} är redan underskriven med nyckeln {key}.", "{file} is signed with the key {key} already."
        ),
        "agreement-invalid": Text("{file} är inget giltigt avtal: {reason}", "{file} is no valid agreement: {reason}"),
        "agreement-signer": Text(
            "Nyckeln tillhör {found}. Ett avtal mellan {giver} och {taker} skrivs under av någon som publicerar eller är "
            "kliniskt ansvarig i en av dem.",
            "The key belongs to {found}. An agreement between {giver} and {taker} is signed by somebody who publishes "
            "or is clinically responsible in one of them.",
        ),
        "agreement-key": Text(
            "Nyckeln {key} är inte en av de nycklar som federationen har för {region}.",
            "The key {key} is not one of those that the federation has for {region}.",
        ),
        "agreement-own-side": Text(
            "Avtalet är redan underskrivet med nyckeln {key}. Den andra regionen skriver under med sin nyckel, och en kollega i "
            "{region} kan skriva under med sin.",
            "The agreement is signed with the key {key} already. The other region signs with its key, and a colleague in {region} "
            "can sign with theirs.",
        ),
        "agreement-unproposed": Text(
            "{file} är inte underskrivet av {region}. Ett avtal skrivs först under av den som föreslår det, med en nyckel som du litar på.",
            "{file} is not signed by {region}. An agreement is first signed by the one who proposes it, with a key that you trust.",
        ),
        "agreement-over": Text(
            "Avtalet gällde till och med {last_day} och går inte längre att skriva under.",
            "The agreement held until {last_day} and can no longer be signed.",
        ),
        "agreement-file": Text("{file} går inte att skriva under: {reason}", "{file} cannot be signed: {reason}"),
        "agreement-unknown": Text(
            "Det finns inget avtal {name} i {folder}. Ange filens namn eller början av fingeravtrycket.",
            "There is no agreement {name} in {folder}. Give the name of the file or the beginning of the digest.",
        ),
        "agreement-tag": Text(
            "{file} är inte det som det heter i registret: namnet är fingeravtrycket av en annan fil.",
            "{file} is not what it is called in the registry: the name is the digest of another file.",
        ),
        "agreement-unsigned": Text(
            "{file} är inte underskrivet av någon som federationen känner i en av regionerna som det handlar om.",
            "{file} is signed by nobody whom the federation knows in one of the regions that it is about.",
        ),
        "agreements-too-many": Text(
            "{region} har fler filer i registret än de {most} som läses. De andra är inte lästa.",
            "{region} has more files in the registry than the {most} that are read. The others have not been read.",
        ),
        "agreements-unusable": Text(
            "{region} har {most} taggar i registret som inte leder till någon fil. Resten är inte läst.",
            "{region} has {most} tags in the registry that lead to no file. The rest has not been read.",
        ),
        "receipt-invalid": Text("{file} är inget giltigt kvitto: {reason}", "{file} is no valid receipt: {reason}"),
        "receipt-future": Text(
            "{file} har en tid som inte har varit än: {at}", "{file} has a time that has not been yet: {at}"
        ),
        "receipt-place": Text(
            "{file} hör till {found} och ligger på platsen för {region}.",
            "{file} belongs to {found} and lies in the place of {region}.",
        ),
        "receipt-name": Text(
            "{file} är något annat än det som namnet säger.", "{file} is something else than its name says."
        ),
        "receipt-unsigned": Text(
            "{file} är inte underskrivet av någon körmiljö som är inskriven i {region}.",
            "{file} is not signed by any runtime that is enrolled in {region}.",
        ),
        "release-not-recalled": Text("{name} är inte återkallad.", "{name} has not been recalled."),
        "receipts-too-many": Text(
            "{region} har fler än {limit} dokument av samma slag. De som är över räknas inte.",
            "{region} has more than {limit} documents of one kind. What is above that does not count.",
        ),
        "enrolment-key": Text(
            "Nyckeln {key} ({holder}) är ingen nyckel för en körmiljö. Skapa en: designtool keys new NAMN --role runtime",
            "The key {key} ({holder}) is no key of a runtime. Make one: designtool keys new NAME --role runtime",
        ),
        "enrolment-signer": Text(
            "Nyckeln tillhör {found}. En körmiljö i {region} skrivs in av någon som publicerar eller är kliniskt ansvarig där.",
            "The key belongs to {found}. A runtime of {region} is enrolled by somebody who publishes or is clinically "
            "responsible there.",
        ),
        "enrolment-unsigned": Text(
            "{file} är inte underskrivet med någon nyckel som federationen har för {region}.",
            "{file} is not signed with any key that the federation has for {region}.",
        ),
        "enrolment-unknown": Text(
            "Det finns ingen inskriven körmiljö {name} i {region}. Ange början av nyckelns id eller hela namnet.",
            "There is no enrolled runtime {name} in {region}. Give the beginning of the key id or the whole name.",
        ),
        "recall-reason": Text(
            "Skälet till en återkallelse skrivs på en rad, med högst {most} tecken.",
            "The reason of a recall is written on one line, with {most} characters at most.",
        ),
        "recall-replacement": Text(
            "{version} är ingen annan version att använda i stället.", "{version} is no other version to use instead."
        ),
        "recall-parts": Text(
            "Delarna som stoppas är id på moduler, övningar och beslut, var och ett en gång och högst {most}, eller bara ordet all.",
            "The parts that are stopped are ids of modules, exercises and decisions, each once and {most} at most, or the word all alone.",
        ),
        "recall-part-near": Text(
            "{name} har ingen modul, övning eller beslut som heter {part}. Menade du {near}?",
            "{name} has no module, exercise or decision called {part}. Did you mean {near}?",
        ),
        "recall-part-unknown": Text(
            "{name} har ingen modul, övning eller beslut som heter {part}. Det som finns är: {parts}",
            "{name} has no module, exercise or decision called {part}. What there is: {parts}",
        ),
        "recall-part-questionnaire": Text(
            "{part} är en mätning, och mätningar stoppas aldrig: det de frågar efter för säkerhetens skull går på som förut.",
            "{part} is a questionnaire, and questionnaires are never stopped: what they ask for safety's sake goes on as before.",
        ),
        "recall-bundle": Text(
            "{file} är inte det paket som är utgivet som {name}.",
            "{file} is not the bundle that is released as {name}.",
        ),
        "recall-parts-level": Text(
            "Nivån {level} stoppar inga delar: parts, patient-text och therapist-text hör till stop-use.",
            "The level {level} stops no parts: parts, patient text and therapist text belong to stop-use.",
        ),
        "recall-text": Text(
            "En stop-use behöver en text till patienter och en till behandlare: vanlig text i stycken, utan HTML och markdown, "
            "med högst {most} tecken.",
            "A stop-use needs a text for patients and one for therapists: plain text in paragraphs, without HTML and markdown, "
            "with {most} characters at most.",
        ),
        "recall-unknown": Text(
            "{name} är inte återkallad: det finns ingenting att häva.",
            "{name} has not been recalled: there is nothing to lift.",
        ),
        "lift-needed": Text(
            "{name} är återkallad med en strängare återkallelse. Att mildra eller häva den kräver ett undertecknat dokument: designtool recall lift.",
            "{name} has been recalled more strictly. To weaken or lift that takes a signed document: designtool recall lift.",
        ),
        "lift-invalid": Text("{file} häver ingen återkallelse: {reason}", "{file} lifts no recall: {reason}"),
        "lift-other": Text(
            "{file} gäller en annan återkallelse än den som står i listan för {name}.",
            "{file} is about another recall than the one that is listed for {name}.",
        ),
        "lift-signer": Text(
            "Nyckeln tillhör {found}. En återkallelse hävs av en säkerhetsansvarig och en kliniskt ansvarig i {region}, "
            "med nycklar som federationen har nu.",
            "The key belongs to {found}. A recall is lifted by a safety officer and one who is clinically responsible in {region}, "
            "with keys that the federation has now.",
        ),
        "lift-same-person": Text(
            "{holder} har redan skrivit under. Två olika personer häver en återkallelse.",
            "{holder} has signed already. Two different people lift a recall.",
        ),
        "lift-signatures": Text(
            "{name}: hävningen är inte underskriven av både en säkerhetsansvarig och en kliniskt ansvarig i {region}.",
            "{name}: the lift is not signed by both a safety officer and one who is clinically responsible in {region}.",
        ),
        "provenance-invalid": Text(
            "{file} är inget intyg om hur ett paket är byggt, på den form som designtool skriver: {reason}",
            "{file} is no statement of how a bundle was built, in the form that designtool writes: {reason}",
        ),
        "provenance-subject": Text(
            "{file} gäller inte det här paketet utan {found}.", "{file} is not about this bundle but about {found}."
        ),
        "provenance-source": Text(
            "{file} uppger ett annat fingeravtryck på källtexten än den som ligger i paketet har.",
            "{file} states another digest of the source than that of the source in the bundle.",
        ),
        "provenance-key": Text(
            "{file} skrivs under av någon som publicerar eller är kliniskt ansvarig i regionen. Nyckeln tillhör {found}.",
            "{file} is signed by somebody who publishes or is clinically responsible in the region. The key belongs to {found}.",
        ),
        "provenance-signer": Text(
            "{file} är inte underskrivet av någon som federationen har som utgivare eller kliniskt ansvarig i {region}.",
            "{file} is not signed by anybody whom the federation has as publisher or clinically responsible in {region}.",
        ),
        "provenance-missing": Text(
            "Det finns inget intyg om hur {name} är byggt i {place}.",
            "There is no statement of how {name} was built in {place}.",
        ),
        "rebuild-errors": Text(
            "Källtexten i paketet går inte att bygga till {program}: {problem}",
            "The source in the bundle cannot be built into {program}: {problem}",
        ),
        "rebuild-base": Text(
            "Källtexten i paketet ger inte det {program} som anpassningen säger sig ligga över ({digest}).",
            "The source in the bundle does not give the {program} that the overlay says it lies over ({digest}).",
        ),
        "rebuild-differs": Text(
            "Källtexten i paketet för {name} ger ett annat paket än det som är underskrivet. Det första som skiljer är {first}.",
            "The source in the bundle of {name} gives another bundle than the one that was signed. The first that differs is {first}.",
        ),
        "rebuild-other-versions": Text(
            "Källtexten i paketet för {name} ger här ett annat paket än det som är underskrivet. Det första som skiljer är {first}. "
            "Troligt skäl: det byggdes med andra versioner ({versions}). Pröva igen med dem; till dess är inget visat.",
            "The source in the bundle of {name} gives another bundle here than the one that was signed. The first that differs is "
            "{first}. Likely reason: it was built with other versions ({versions}). Try again with those; until then nothing is shown.",
        ),
    }
)
"""Code to message. `{facts}` are filled in."""
