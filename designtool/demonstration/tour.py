"""The guided tour: what a newcomer is asked to do, one thing at a time. Each step sets the scene it needs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from designtool.diagnostics import Text


@dataclass(frozen=True, slots=True)
class TourStep:
    title: Text
    does: tuple[Text, ...]
    notice: Text | None = None
    """What is worth seeing once it is done."""
    person: str = ""
    """Whom the scene is about; a step whose person is not there is left out. Empty: nobody in particular."""
    side: Literal["patient", "staff"] = "patient"
    """Which side a narrow screen shows."""
    patient_page: str = "home"
    staff_page: str = "treatment"
    days: int = 0
    """So many days forward can be had by a button of the step."""


def tour_for(people: Collection[str]) -> tuple[TourStep, ...]:
    """The steps whose people are there; without any of them the short tour that fits every program."""
    steps = tuple(step for step in TOUR if not step.person or step.person in people)
    return steps if any(step.person for step in steps) else (ANYBODY, *steps)


TOUR: tuple[TourStep, ...] = (
    TourStep(
        Text("Du är Leila", "You are Leila"),
        (
            Text(
                "Leila sover dåligt och är i första veckan av sin behandling. Tryck på Fyll i på hennes startsida.",
                "Leila sleeps badly and is in the first week of her treatment. Press Fill in on her start page.",
            ),
            Text(
                "Fyll i natten: hon la sig och släckte 23.30, somnade efter 20 minuter, vaknade 1 gång och låg vaken i "
                "15 minuter. Hon vaknade 06.45 och gick upp 07.00. Välj också hur sömnen var.",
                "Fill in the night: to bed and lights out 23:30, asleep after 20 minutes, awake once for 15 minutes. "
                "She woke at 06:45 and got up at 07:00. Choose how the sleep was, too.",
            ),
            Text("Tryck på Spara dagen.", "Press Save the day."),
        ),
        Text(
            "Natten går över midnatt. Sömntid och sömneffektivitet räknas ut medan du skriver, och varje svar sparas direkt.",
            "The night crosses midnight. Sleep time and sleep efficiency are worked out as you type, and each answer is saved at once.",
        ),
        "leila",
    ),
    TourStep(
        Text("Skicka in veckan", "Send in the week"),
        (
            Text(
                "Fem nätter är ifyllda, och mer behövs inte i den här delen. Tryck på Skicka till din behandlare längst ned på sidan.",
                "Five nights are filled in, and this part needs no more. Press Send to your therapist at the end of the page.",
            ),
        ),
        Text(
            "Behandlarens sida märker det av sig själv: nu väntar delen på återkoppling.",
            "The therapist's side notices by itself: the part now waits for feedback.",
        ),
        "leila",
        patient_page="module/baslinje",
    ),
    TourStep(
        Text("Byt till behandlaren", "Change to the therapist"),
        (
            Text(
                "Nu är du Robin Ek, Leilas behandlare. Leta upp natten i dagboken och i diagrammet.",
                "Now you are Robin Ek, Leila's therapist. Find the night in the diary and in the chart.",
            ),
            Text(
                "Skriv några rader till Leila under Ge återkoppling och tryck på Skicka återkoppling.",
                "Write some lines to Leila under Give feedback and press Send feedback.",
            ),
        ),
        Text("Återkopplingen syns genast hos Leila.", "The feedback is at once there for Leila."),
        "leila",
        "staff",
        staff_page="module/baslinje",
    ),
    TourStep(
        Text("Bekräfta Gunnars sömnfönster", "Confirm Gunnar's sleep window"),
        (
            Text(
                "Gunnar är i tredje veckan. Programmet har räknat fram ett förslag till sömnfönster ur hans dagbok. "
                "Läs hur det räknades och tryck på Bekräfta.",
                "Gunnar is in the third week. From his diary the program has worked out a proposed sleep window. "
                "Read how, and press Confirm.",
            ),
        ),
        Text(
            "Inget förslag når patienten av sig självt. Först när du har bekräftat visas tiderna hos Gunnar.",
            "No proposal reaches the patient by itself. Only when you have confirmed are the times shown to Gunnar.",
        ),
        "gunnar",
        "staff",
        staff_page="decision/somnfonster",
    ),
    TourStep(
        Text("Ta hand om en röd flagga", "Take care of a red flag"),
        (
            Text(
                "Jonas svarade i går kväll på en fråga på ett sätt som gör oss oroliga. Du är Sam Lind, hans behandlare. "
                "Skriv vad du har gjort och tryck på Kvittera och signera.",
                "Last night Jonas answered a question in a way that worries us. You are Sam Lind, his therapist. "
                "Write what you have done and press Acknowledge and sign.",
            ),
        ),
        Text(
            "Jonas fick hjälpsidan direkt. Flaggan syns för alla behandlare på enheten tills någon har kvitterat, och "
            "den försvinner aldrig ur historiken.",
            "Jonas was shown the page with help at once. The flag is seen by every therapist of the unit until somebody "
            "acknowledges it, and never leaves the history.",
        ),
        "jonas",
        "staff",
        staff_page="flags",
    ),
    TourStep(
        Text("Låt en vecka gå", "Let a week pass"),
        (
            Text(
                "Flytta fram klockan en vecka, med knappen här eller den högst upp.",
                "Move the clock a week forward, with the button here or the one at the top.",
            ),
        ),
        Text(
            "Leilas nästa del har öppnat, och nya frågor väntar. Klockan kan bara gå framåt, precis som i verkligheten.",
            "Leila's next part has opened, and new questions wait. The clock only goes forward, as in real life.",
        ),
        "leila",
        "patient",
        patient_page="modules",
        days=7,
    ),
    TourStep(
        Text("Se dig omkring", "Look around"),
        (
            Text(
                "Välj vilken patient du vill i listan. De är i olika veckor av två program.",
                "Choose any patient in the list. They are in different weeks of two programs.",
            ),
            Text(
                "Byt också vem som är inloggad på personalens sida: patientadministratören tar emot nya patienter, och "
                "enhetsadministratören ser programmen och loggen.",
                "Also change who is signed in on the staff's side: the patient administrator takes in new patients, and "
                "the unit administrator sees the programs and the log.",
            ),
        ),
        Text(
            "Allt du gör stannar på den här datorn. Nästa gång du startar demonstrationen börjar den om.",
            "All that you do stays on this computer. The next time you start the demonstration it begins anew.",
        ),
    ),
)
ANYBODY = TourStep(
    Text("Välj en patient", "Choose a patient"),
    (
        Text(
            "Välj någon i listan. Du ser det som patienten ser, och bredvid det som behandlaren ser.",
            "Choose somebody in the list. You see what the patient sees, and next to it what the therapist sees.",
        ),
        Text(
            "Fyll i något som patient. Behandlarens sida märker det av sig själv.",
            "Fill in something as the patient. The therapist's side notices by itself.",
        ),
    ),
    Text(
        "Flytta fram klockan högst upp, och se vad som öppnar.",
        "Move the clock forward at the top, and see what opens.",
    ),
)
