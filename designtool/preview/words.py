"""What the studio's own shell says, in both languages."""

from __future__ import annotations

from designtool.diagnostics import Text

WORDS: dict[str, Text] = {
    "title": Text("Förhandsvisning", "Preview"),
    "skip": Text("Hoppa till programmet", "Skip to the program"),
    "program": Text("Program", "Program"),
    "person": Text("Patient", "Patient"),
    "nobody": Text("Ny patient, allt öppet", "New patient, all open"),
    "day": Text("Dag", "Day"),
    "as": Text("Visa som", "Show as"),
    "as-patient": Text("Patient", "Patient"),
    "as-therapist": Text("Behandlare", "Therapist"),
    "as-both": Text("Båda", "Both"),
    "device": Text("Skärm", "Screen"),
    "device-phone": Text("Mobil", "Phone"),
    "device-tablet": Text("Surfplatta", "Tablet"),
    "device-desktop": Text("Dator", "Desktop"),
    "forget": Text("Töm svaren", "Clear the answers"),
    "forgotten": Text("Svaren är borta", "The answers are gone"),
    "day-value": Text("Dag {day}, vecka {week}", "Day {day}, week {week}"),
    "pages": Text("Sidor", "Pages"),
    "problems": Text("Att rätta", "To mend"),
    "no-problems": Text("Inga fel. Allt går att bygga.", "No findings. Everything can be built."),
    "must": Text("Måste", "Must"),
    "should": Text("Bör", "Should"),
    "tip": Text("Tips", "Tip"),
    "help": Text("Gör så här", "What to do"),
    "old-title": Text("Filerna har fel just nu", "The files have errors right now"),
    "old-text": Text(
        "Bakom det här ser du den senaste versionen utan fel. Rätta och spara, så försvinner rutan.",
        "Behind this you see the last version without errors. Mend and save, and this box goes away.",
    ),
    "bad-title": Text("Programmet har fel", "The program has errors"),
    "bad-text": Text(
        "Det som gick att visa syns bakom det här. Rätta och spara, så försvinner rutan.",
        "What could be shown is behind this. Mend and save, and this box goes away.",
    ),
    "more": Text("och {count} till i listan", "and {count} more in the list"),
    "connected": Text("Visar det sparade", "Showing what is saved"),
    "updated": Text("Uppdaterad", "Updated"),
    "lost": Text("Ingen kontakt", "No contact"),
    "lost-title": Text("Förhandsvisningen svarar inte", "The preview does not answer"),
    "lost-text": Text(
        "Den är kanske avslutad. Starta den igen med ”designtool preview”, så fortsätter sidan här av sig själv.",
        "It may have been ended. Start it again with “designtool preview”, and this page goes on by itself.",
    ),
    "no-program-title": Text("Här finns inget program än", "There is no program here yet"),
    "no-program-text": Text(
        "Skapa ett med ”designtool new program”. Det visas här så fort det finns.",
        "Make one with “designtool new program”. It is shown here as soon as it exists.",
    ),
    "unreadable-title": Text("Programmet kan inte visas än", "The program cannot be shown yet"),
    "unreadable-text": Text(
        "Det som saknas eller är fel står i listan. Sidan kommer när det är rättat.",
        "What is missing or wrong stands in the list. The page comes when that is mended.",
    ),
    "fault": Text(
        "Fel i designtool ({kind}). Det beror inte på det du har skrivit.",
        "A fault in designtool ({kind}). It is not caused by what you have written.",
    ),
    "fault-help": Text(
        "Spara igen för att försöka på nytt. En rapport utan innehåll står i fönstret där du startade förhandsvisningen.",
        "Save again to try once more. A report without content is in the window where you started the preview.",
    ),
    "fault-page": Text(
        "Fel i designtool: sidan kunde inte visas. Det beror inte på det du har skrivit.",
        "A fault in designtool: the page could not be shown. It is not caused by what you have written.",
    ),
    "hide": Text("Göm rutan", "Hide this box"),
}
