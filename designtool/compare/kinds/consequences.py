"""What changes of most kinds mean for patients under way, in words for a clinic."""

from __future__ import annotations

from designtool.diagnostics import Text

SAFE = Text(
    "Pågående patienter kan få den nya versionen direkt. Inget de har gjort påverkas.",
    "Patients under way can have the new version at once. Nothing that they have done is affected.",
)
MIGRATE = Text(
    "Pågående patienter stannar på sin version tills en flytt beskriver vad som händer med det de har gjort.",
    "Patients under way stay on their version until a migration says what happens to what they have done.",
)
PINNED = Text(
    "Pågående patienter fortsätter på den version de började med till sista dagen.",
    "Patients under way go on with the version they began with to the last day.",
)
NEVER = Text(
    "Den nya versionen kan inte ges till någon patient förrän ändringen är borttagen.",
    "The new version cannot be given to any patient until the change is undone.",
)
