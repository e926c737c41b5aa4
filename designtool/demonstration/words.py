"""What the demonstration's own page says, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from designtool.diagnostics import Language, Text


def say(language: Language, key: str, **facts: str | int) -> str:
    """KeyError for a key that does not exist."""
    text = WORDS[key].in_language(language)
    return text.format_map(facts) if facts else text


WORDS: Mapping[str, Text] = MappingProxyType(
    {
        "title": Text("Demonstration", "Demonstration"),
        "skip": Text("Hoppa till patienten och behandlaren", "Skip to patient and therapist"),
        "notice": Text("Om demonstrationen", "About the demonstration"),
        "clock": Text("Demonstrationens klocka", "The demonstration's clock"),
        "date": Text("{day} kl. {time}", "{day}, {time}"),
        "day-forward": Text("En dag fram", "One day on"),
        "week-forward": Text("En vecka fram", "One week on"),
        "moving": Text("Flyttar klockan …", "Moving the clock …"),
        "moved": Text("Nu är det {date}.", "It is now {date}."),
        "guide": Text("Rundtur", "Guided tour"),
        "step": Text("Steg {number} av {all}", "Step {number} of {all}"),
        "next": Text("Nästa", "Next"),
        "previous": Text("Tillbaka", "Back"),
        "notice-this": Text("Lägg märke till", "Notice"),
        "people": Text("Patienter", "Patients"),
        "people-lead": Text("Välj en, så byter båda sidorna.", "Choose one, and both sides change."),
        "open-people": Text("Byt patient", "Change patient"),
        "sides": Text("Vilken sida som visas", "Which side is shown"),
        "patient": Text("Patienten", "The patient"),
        "staff": Text("Behandlaren", "The therapist"),
        "staff-as": Text("Inloggad som", "Signed in as"),
        "patient-frame": Text("Patientens sida: {name}", "The patient's side: {name}"),
        "staff-frame": Text("Personalens sida: {name}", "The staff's side: {name}"),
        "device": Text("Skärm", "Screen"),
        "phone": Text("Mobil", "Phone"),
        "desktop": Text("Dator", "Computer"),
        "therapist": Text("behandlare", "therapist"),
        "patient-administrator": Text("patientadministratör", "patient administrator"),
        "unit-administrator": Text("enhetsadministratör", "unit administrator"),
        "lost": Text(
            "Demonstrationen svarar inte. Den är kanske avslutad i terminalen.",
            "The demonstration does not answer. It may have been ended in the terminal.",
        ),
        "no-script": Text(
            "Demonstrationen visar två sidor bredvid varandra med hjälp av skript. Utan skript kan du logga in som en i taget:",
            "The demonstration shows two sides next to each other with the help of scripts. Without them you can sign in as one at a time:",
        ),
        "sign-in": Text("till inloggningen", "to the sign-in"),
        # One line about a person
        "in-week": Text("vecka {week} i {program}", "week {week} of {program}"),
        "just-started": Text("har just börjat", "has just started"),
        "has-ended": Text("avslutad, {program}", "ended, {program}"),
        "not-started": Text("inte börjat än, {program}", "not started yet, {program}"),
        "has-red-flag": Text("röd flagga väntar på behandlaren", "a red flag waits for the therapist"),
        "has-proposal": Text("”{title}” väntar på att bekräftas", "“{title}” waits to be confirmed"),
        "has-diary": Text("fyller i dagboken", "fills in the diary"),
        "has-module": Text("väntar på återkoppling", "waits for feedback"),
    }
)
