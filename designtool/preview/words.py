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
    "forget": Text("Börja om", "Begin again"),
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
    "connected": Text("Visar det som är sparat", "Showing what is saved"),
    "updated": Text("Uppdaterad", "Updated"),
    "lost": Text("Förhandsvisningen är avslutad", "The preview has ended"),
    "no-program": Text("Här finns inget program än.", "There is no program here yet."),
    "hide": Text("Göm", "Hide"),
}
