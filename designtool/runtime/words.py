"""What the runtime's own pages say, in both languages. Pages of patient and therapist have their words in `render.words`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from designtool.diagnostics import Language, Text

NOT_FOR_CARE = Text(
    "Referenskörmiljö för utveckling och demonstration – inte CE-märkt, inte för vård av patienter.",
    "Reference runtime for development and demonstration – not CE-marked, not for the care of patients.",
)
UNSIGNED = Text(
    "Programmen är inte signerade (unsigned-demonstration).",
    "The programs are not signed (unsigned-demonstration).",
)


def say(language: Language, key: str, **facts: str | int) -> str:
    """KeyError for a key that does not exist."""
    text = WORDS[key].in_language(language)
    return text.format_map(facts) if facts else text


WORDS: Mapping[str, Text] = MappingProxyType(
    {
        "service": Text("Stöd på nätet", "Support online"),
        "skip": Text("Hoppa till innehållet", "Skip to the content"),
        "notice": Text("Om den här tjänsten", "About this service"),
        "help-now": Text("Hjälp nu", "Help now"),
        "help-long": Text("Behöver du hjälp direkt?", "Do you need help right away?"),
        "nobody-reads": Text(
            "Ingen läser det du skriver här i samma stund. Ring om det är bråttom.",
            "Nobody reads what you write here right away. Call if it is urgent.",
        ),
        "call": Text("Ring {phone}", "Call {phone}"),
        "crisis-title": Text("Om du behöver hjälp nu", "If you need help now"),
        "crisis-fallback": Text(
            "Ring 112 om någons liv är i fara. Ring 1177 för råd om vård, dygnet runt.",
            "Call 112 if somebody's life is in danger. Call 1177 for advice on care, at any hour.",
        ),
        "signed-in-as": Text("Inloggad som {name}", "Signed in as {name}"),
        "sign-out": Text("Logga ut", "Sign out"),
        "start": Text("Startsidan", "Start page"),
        # Sign-in
        "sign-in": Text("Logga in", "Sign in"),
        "sign-in-lead": Text(
            "Det här är en låtsasinloggning: välj vem du vill vara. Alla personer är påhittade.",
            "This is a pretended sign-in: choose who you want to be. All people are invented.",
        ),
        "patients-here": Text("Patienter", "Patients"),
        "staff-here": Text("Personal", "Staff"),
        "be": Text("Logga in som {name}", "Sign in as {name}"),
        "nobody-here": Text("Här finns ingen än.", "There is nobody here yet."),
        "unknown-person": Text(
            "Den personen finns inte. Välj en i listan.", "There is no such person. Choose one in the list."
        ),
        "stopped-not-saved": Text(
            "Den här delen är pausad just nu, så det du skrev är inte sparat. Det står kvar på sidan, så att du kan kopiera det.",
            "This part is paused for now, so what you wrote is not saved. It stands on the page, so that you can copy it.",
        ),
        "stopped-not-done": Text(
            "Den här delen är pausad just nu, så det går inte att göra här. Ingenting har ändrats.",
            "This part is paused for now, so that cannot be done here. Nothing has been changed.",
        ),
        "recalled-stop-use": Text("Återkallad: delar stoppade", "Recalled: parts stopped"),
        "recalled-no-new-patients": Text("Återkallad: inga nya", "Recalled: no new ones"),
        "recalled-lifted": Text("Hävd återkallelse", "Lifted recall"),
        "recalled-info": Text("Information om versionen", "Information about the version"),
        "for-therapists": Text("Till behandlare", "For therapists"),
        "not-trusted": Text(
            "Programmet får inte startas för nya patienter just nu. Enhetens administratör ser varför. Pågående behandlingar fortsätter.",
            "The program may not be started for new patients now. The unit's administrator sees why. Treatments under way go on.",
        ),
        "patient": Text("Patient", "Patient"),
        "therapist": Text("Behandlare", "Therapist"),
        "patient-administrator": Text("Patientadministratör", "Patient administrator"),
        "unit-administrator": Text("Enhetsadministratör", "Unit administrator"),
        "sign-out-lead": Text(
            "Vill du logga ut? Det som är sparat eller skickat finns kvar.",
            "Do you want to sign out? What is saved or sent is kept.",
        ),
        # The patient's start
        "mine": Text("Dina behandlingar", "Your treatments"),
        "go-on": Text("Fortsätt", "Go on"),
        "waiting": Text(
            "Vi har tagit emot din anmälan. Du får veta här när behandlingen kan börja.",
            "We have received your application. You will see here when the treatment can begin.",
        ),
        "declined": Text(
            "Den här behandlingen blir inte av. Din kontakt på mottagningen berättar hur ni går vidare.",
            "This treatment will not take place. Your contact at the clinic tells you how to go on.",
        ),
        "ended": Text("Avslutad. Du kan fortfarande läsa.", "Ended. You can still read."),
        "none-mine": Text("Du har ingen behandling här just nu.", "You have no treatment here right now."),
        # The therapist's list
        "patients": Text("Patienter", "Patients"),
        "patients-lead": Text("De som behöver dig först står överst.", "Those who need you first stand at the top."),
        "red-flags-unit": Text("Röda flaggor på enheten", "Red flags at the unit"),
        "red-flags-unit-lead": Text(
            "En röd flagga syns för alla behandlare på enheten tills någon har kvitterat den.",
            "A red flag is seen by every therapist of the unit until somebody has acknowledged it.",
        ),
        "earlier-version": Text(
            "Så här såg det ut i version {version}, fram till {date}. Här går det att läsa, men inte att skriva.",
            "This is how it was in version {version}, until {date}. You can read here, but not write.",
        ),
        "back-to-now": Text("Tillbaka till det som gäller nu", "Back to how it is now"),
        "my-patients": Text("Dina patienter", "Your patients"),
        "no-patients": Text("Du har inga patienter just nu.", "You have no patients right now."),
        "red": Text("{count} röd", "{count} red"),
        "yellow": Text("{count} gul", "{count} yellow"),
        "no-flags": Text("Inga flaggor", "No flags"),
        "name": Text("Namn", "Name"),
        "program": Text("Program", "Program"),
        "flags": Text("Flaggor", "Flags"),
        "stands": Text("Läge", "Stands at"),
        "last-seen": Text("Senast aktiv", "Last active"),
        "waits-for-you": Text("Väntar på dig", "Waits for you"),
        "to-answer": Text("{count} att svara på", "{count} to answer"),
        "phase-registered": Text("Väntar på bedömning", "Waits for assessment"),
        "phase-assessment": Text("Bedömd, väntar på beslut", "Assessed, waits for a decision"),
        "phase-decision": Text("Beslutad, väntar på start", "Decided, waits to start"),
        "phase-declined": Text("Inte erbjuden", "Not offered"),
        "phase-under-way": Text("Vecka {week} av {weeks}", "Week {week} of {weeks}"),
        "phase-ended": Text("Avslutad", "Ended"),
        "care": Text("Bedömning, start och slut", "Assessment, start and end"),
        "newer": Text("Ny version av programmet", "A new version of the program"),
        "newer-untouched": Text(
            "Patienten märker ingen skillnad: allt hen har gjort och skrivit finns kvar.",
            "The patient notices no difference: all that has been done and written is there.",
        ),
        "newer-sees-again": Text(
            "Allt patienten har skrivit finns kvar. Det här möter hen på nytt:",
            "All that the patient has written is there. This is met anew:",
        ),
        "newer-held-back": Text(
            "Patienten blir kvar på den version hen började med:",
            "The patient stays on the version that the treatment began with:",
        ),
        "move-opens": Text(
            "Det som är pausat för patienten öppnas igen i den nya versionen, med det som bekräftades förut. Gå igenom med patienten "
            "vad som gäller.",
            "What is paused for the patient opens again in the new version, with what was confirmed before. Go through with the "
            "patient what holds.",
        ),
        "move": Text("Flytta till version {version}", "Move to version {version}"),
        "not-moved": Text(
            "Patienten flyttades inte: något hade ändrats. Läs igenom och försök igen.",
            "The patient was not moved: something had changed. Read it through and try again.",
        ),
        "open-treatment": Text("Öppna behandlingen", "Open the treatment"),
        # Care: assessment, decision, start, end
        "assess": Text("Bedömning", "Assessment"),
        "assess-lead": Text(
            "Skriv kort vad du kom fram till. En bedömning görs alltid, också när patienten har anmält sig själv.",
            "Write briefly what you concluded. An assessment is always made, also when the patient came without a referral.",
        ),
        "assess-do": Text("Spara bedömningen", "Save the assessment"),
        "decide": Text("Beslut", "Decision"),
        "decide-yes": Text("Erbjud behandlingen", "Offer the treatment"),
        "decide-no": Text("Erbjud inte", "Do not offer"),
        "reason": Text("Skäl", "Reason"),
        "start-treatment": Text("Starta behandlingen", "Start the treatment"),
        "start-lead": Text(
            "Dagen då du startar är dag 0. Första delen öppnar direkt.",
            "The day on which you start is day 0. The first part opens at once.",
        ),
        "end-treatment": Text("Avsluta behandlingen", "End the treatment"),
        "end-lead": Text(
            "Patienten kan läsa efteråt men inte fylla i. Det går inte att ångra.",
            "Afterwards the patient can read but not fill in. It cannot be undone.",
        ),
        "is-ended": Text("Behandlingen är avslutad.", "The treatment has ended."),
        "is-declined": Text("Behandlingen har inte erbjudits.", "The treatment has not been offered."),
        "done": Text("Det är gjort.", "It is done."),
        # The patient administrator
        "administration": Text("Patienter och behandlare", "Patients and therapists"),
        "register": Text("Registrera en patient", "Register a patient"),
        "register-lead": Text(
            "Bara påhittade personer med nummer ur serierna för test tas emot.",
            "Only invented people with numbers from the series for tests are taken.",
        ),
        "identity": Text("Testpersonnummer", "Test identity number"),
        "identity-help": Text("Tolv siffror, till exempel 19900101-2385.", "Twelve digits, for example 19900101-2385."),
        "entry": Text("Väg in", "Way in"),
        "referral": Text("Remiss", "Referral"),
        "self-referral": Text("Egen anmälan", "Self-referral"),
        "therapists": Text("Behandlare", "Therapists"),
        "responsible": Text("Ansvarig behandlare", "Responsible therapist"),
        "others": Text("Fler som ska ha tillgång", "Others who shall have access"),
        "register-do": Text("Registrera", "Register"),
        "assign": Text("Vilka som har hand om behandlingen", "Who takes care of the treatment"),
        "assign-do": Text("Spara", "Save"),
        "wrong-name": Text("Skriv ett namn på högst 80 tecken.", "Write a name of 80 characters at most."),
        "wrong-identity": Text(
            "Skriv ett personnummer ur testserierna, med tolv siffror. Riktiga personnummer tas aldrig emot.",
            "Write an identity number from the series for tests, with twelve digits. Real ones are never taken.",
        ),
        "taken-identity": Text("Det numret finns redan.", "That number is there already."),
        "wrong-program": Text(
            "Välj ett program som är aktiverat på enheten.", "Choose a program that is activated at the unit."
        ),
        "wrong-therapist": Text("Välj en behandlare på enheten.", "Choose a therapist of the unit."),
        "wrong-entry": Text("Välj hur patienten kom hit.", "Choose how the patient came here."),
        "no-programs": Text("Inget program är aktiverat på enheten än.", "No program is activated at the unit yet."),
        # The unit administrator
        "unit": Text("Enheten", "The unit"),
        "ready": Text("Innan ett program kan aktiveras", "Before a program can be activated"),
        "ready-therapists": Text("Minst två behandlare (nu {count})", "At least two therapists (now {count})"),
        "ready-routine": Text(
            "En namngiven rutin vid risk, med någon som ansvarar", "A named routine for risk, with somebody responsible"
        ),
        "ready-yes": Text("Klart", "Done"),
        "ready-no": Text("Fattas", "Missing"),
        "routine": Text("Rutin vid risk", "Routine for risk"),
        "routine-name": Text("Rutinens namn", "Name of the routine"),
        "routine-responsible": Text("Ansvarig", "Responsible"),
        "routine-do": Text("Spara rutinen", "Save the routine"),
        "wrong-routine": Text(
            "Skriv rutinens namn och vem som ansvarar.", "Write the routine's name and who is responsible."
        ),
        "agreements": Text("Avtal med andra regioner", "Agreements with other regions"),
        "no-agreements": Text("Det finns inga avtal här än.", "There are no agreements here yet."),
        "agreement-started": Text("Startade behandlingar här: {count}.", "Treatments started here: {count}."),
        "agreement-problems": Text(
            "De här filerna godtas inte, och räknas inte:", "These files are not accepted, and do not count:"
        ),
        "heed": Text("Det här behöver åtgärdas", "This needs to be seen to"),
        "catalogue": Text("Katalog över program", "Catalogue of programs"),
        "sharing": Text("Delning med andra regioner", "Sharing with other regions"),
        "poll": Text("Hämtning", "Fetching"),
        "poll-lead": Text(
            "Körmiljön hämtar återkallelser, avtal och vilka som får skriva under från {place}. Nya program importeras inte av sig själva.",
            "The runtime fetches recalls, agreements and who may sign from {place}. New programs are not imported by themselves.",
        ),
        "poll-nowhere": Text(
            "Körmiljön hämtar inget av sig själv. Det som är nytt tas in med: designtool federation update. Starta med "
            "designtool run --from för att hämta från ett register.",
            "The runtime fetches nothing by itself. New metadata is taken in with: designtool federation update. Start with "
            "designtool run --from to fetch from a registry.",
        ),
        "poll-succeeded": Text("Senast hämtat: {time}", "Last fetched: {time}"),
        "poll-never": Text("Senast hämtat: aldrig", "Last fetched: never"),
        "poll-tried": Text("Senaste försök: {time}", "Last attempt: {time}"),
        "poll-until": Text("Det hämtade gäller till: {time}", "What was fetched is valid until: {time}"),
        "poll-running": Text(
            "Hämtning pågår. Läs in sidan igen om en stund.", "Fetching is under way. Load the page again in a while."
        ),
        "poll-problems": Text("Det gick inte vid senaste försöket:", "What did not work at the last attempt:"),
        "poll-now": Text("Hämta nu", "Fetch now"),
        "recalls": Text("Återkallelser", "Recalls"),
        "no-recalls": Text("Inget program här är återkallat.", "No program here has been recalled."),
        "receipts": Text("Kvitton på återkallelser", "Receipts for recalls"),
        "receipts-lead": Text(
            "För varje återkallelse skickas ett underskrivet kvitto, så att den som återkallade vet att den har nått hit. Det säger "
            "ingenting om någon patient.",
            "For each recall a signed receipt is sent, so that whoever recalled knows that it has come here. It says nothing about "
            "any patient.",
        ),
        "receipts-none": Text("Inga kvitton än.", "No receipts yet."),
        "receipt-sent": Text("skickat", "sent"),
        "receipt-unsent": Text("väntar på att skickas", "waits to be sent"),
        "receipts-stick": Text(
            "Utan nät skickas kvitton på ett USB-minne: designtool receipts send",
            "Without a network receipts are sent on a stick: designtool receipts send",
        ),
        "receipt-stop-use": Text("delar stoppade", "parts stopped"),
        "receipt-no-new-patients": Text("inga nya patienter", "no new patients"),
        "receipt-info": Text("information", "information"),
        "receipt-lifted": Text("hävd", "lifted"),
        "active": Text("Aktiverade program", "Activated programs"),
        "none-active": Text("Inget än.", "None yet."),
        "bundles": Text("Importerade paket", "Imported bundles"),
        "none-imported": Text("Inga paket har importerats än.", "No bundles have been imported yet."),
        "activate": Text("Aktivera {title} {version}", "Activate {title} {version}"),
        "is-active": Text("Aktiverat", "Activated"),
        "sign-off": Text(
            "Jag har gått igenom programmet och godkänner det för enheten",
            "I have gone through the program and approve it for the unit",
        ),
        "not-ready": Text("Programmet kan inte aktiveras: {why}", "The program cannot be activated: {why}"),
        "no-such-bundle": Text("Det paketet finns inte.", "There is no such bundle."),
        "import": Text("Importera ett paket", "Import a bundle"),
        "import-file": Text("Paket (.dtb)", "Bundle (.dtb)"),
        "import-do": Text("Importera", "Import"),
        "no-file": Text("Välj en fil.", "Choose a file."),
        "unsigned-trust": Text("osignerat, taget i en demonstration", "unsigned, taken in a demonstration"),
        "audit": Text("Logg", "Log"),
        "audit-lead": Text(
            "Vem som har gjort vad med vems uppgifter, och när. Varje rad är kedjad till den före: ändras en rad i efterhand går kedjan av.",
            "Who has done what with whose data, and when. Each line is chained to the one before: a line that is changed afterwards breaks the chain.",
        ),
        "chain-holds": Text("Kedjan är hel.", "The chain holds."),
        "chain-broken": Text(
            "Kedjan är bruten vid rad {number}. Loggen har ändrats.",
            "The chain is broken at line {number}. The log has been changed.",
        ),
        "check": Text("Loggkontroll", "Log check"),
        "check-lead": Text(
            "Skriv under att du har gått igenom loggen. Kontrollen hamnar själv i loggen.",
            "Sign that you have gone through the log. The check itself goes into the log.",
        ),
        "check-do": Text("Jag har kontrollerat loggen", "I have checked the log"),
        "when": Text("När", "When"),
        "who": Text("Vem", "Who"),
        "role": Text("Roll", "Role"),
        "did": Text("Gjorde", "Did"),
        "about": Text("Del", "Part"),
        "whose": Text("Patient", "Patient"),
        "older": Text("Äldre rader", "Older lines"),
        # The clock of the demonstration
        "clock": Text("Demonstrationens klocka", "The demonstration's clock"),
        "clock-now": Text("Klockan är {time}.", "It is {time}."),
        "clock-day": Text("En dag framåt", "One day forward"),
        "clock-week": Text("En vecka framåt", "One week forward"),
        # What went wrong
        "wrong": Text("Det gick inte", "It did not work"),
        "not-found-title": Text("Sidan finns inte", "There is no such page"),
        "not-found": Text(
            "Sidan finns inte, eller så är den inte din att se.",
            "The page does not exist, or it is not yours to see.",
        ),
        "signed-out-title": Text("Du är inte inloggad", "You are not signed in"),
        "signed-out": Text(
            "Din inloggning har gått ut, eller så har du inte loggat in än. Det som hann sparas finns kvar.",
            "Your session has ended, or you have not signed in yet. What was saved before that is kept.",
        ),
        "refused-title": Text("Det gick inte att ta emot", "It could not be taken"),
        "stale-form": Text(
            "Sidan var för gammal. Gå tillbaka, läs in den på nytt och försök igen.",
            "The page was too old. Go back, load it again and try once more.",
        ),
        "unknown-host": Text("Adressen är inte den här tjänstens.", "The address is not this service's."),
        "foreign-origin": Text(
            "Det skickades från en annan webbplats och togs inte emot.",
            "It was sent from another website and was not taken.",
        ),
        "too-large": Text("Det var för stort att ta emot.", "It was too large to be taken."),
        "method": Text("Så kan den här sidan inte användas.", "This page cannot be used like that."),
        "malformed": Text("Det som skickades gick inte att läsa.", "What was sent could not be read."),
        "too-many": Text(
            "Många försök på kort stund. Vänta en minut och försök igen.",
            "Many attempts in a short time. Wait a minute and try again.",
        ),
        "fault-title": Text("Något gick fel hos oss", "Something went wrong with us"),
        "fault": Text(
            "Det är inte ditt fel. Det som var sparat finns kvar. Försök igen om en stund.",
            "It is not your fault. What was saved is still there. Try again in a while.",
        ),
        "busy": Text(
            "Just nu är det för många på en gång. Försök igen om en stund.",
            "There are too many at once right now. Try again in a while.",
        ),
        "back": Text("Tillbaka till startsidan", "Back to the start page"),
    }
)
