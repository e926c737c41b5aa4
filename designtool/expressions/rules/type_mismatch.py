"""Values of kinds that do not go together."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text
from designtool.expressions.rules._sample import sample

RULE = Rule(
    name="type-mismatch",
    severity=Severity.ERROR,
    title=Text("Värden av olika slag blandas", "Values of different kinds are mixed"),
    why=Text(
        "Ett tal kan inte jämföras med en text, och minuter kan inte läggas till procent. "
        "Ett sådant uttryck får inget värde, så att det som hänger på det aldrig händer.",
        "A number cannot be compared with a text, and minutes cannot be added to percent. "
        "Such an expression has no value, and what depends on it never happens.",
    ),
    messages={
        "default": Text(
            "här behövs {wanted}, men detta är {found}", "{wanted_en} is needed here, but this is {found_en}"
        ),
        "truth-from-number": Text(
            "här behövs ett villkor, men detta är ett tal", "a condition is needed here, but this is a number"
        ),
        "compared": Text("{a} kan inte jämföras med {b}", "{a_en} cannot be compared with {b_en}"),
        "units": Text("{a} och {b} kan inte blandas", "{a_en} and {b_en} cannot be mixed"),
        "order": Text(
            "{found} har ingen ordning, så {operator} går inte", "{found_en} has no order, so {operator} does not work"
        ),
        "set-compared": Text("flera val kan inte jämföras så", "several choices cannot be compared like that"),
        "rows-compared": Text("en hel tabell kan inte jämföras", "a whole table cannot be compared"),
        "number-in-quotes": Text("ett tal kan inte jämföras med en text", "a number cannot be compared with a text"),
        "time-as-number": Text(
            "ett klockslag kan inte jämföras med ett tal", "a clock time cannot be compared with a number"
        ),
        "truth-compared": Text(
            "en ja/nej-fråga jämförs inte med {found}", "a yes-no question is not compared with {found}"
        ),
        "time-arithmetic": Text("klockslag kan inte räknas ihop så", "clock times cannot be worked out like that"),
        "date-arithmetic": Text("datum kan inte räknas ihop så", "dates cannot be worked out like that"),
        "not-a-time": Text('"{found}" är inget klockslag', '"{found}" is no clock time'),
        "not-a-date": Text('"{found}" är inget datum', '"{found}" is no date'),
        "column": Text("en hel kolumn är inte ett värde", "a whole column is not one value"),
        "not-countable": Text(
            "count räknar rader, val och villkor; detta är {found}",
            "count counts rows, choices and conditions; this is {found_en}",
        ),
    },
    helps={
        "truth-from-number": Text(
            "jämför det med något, till exempel x >= 1", "compare it with something, for example x >= 1"
        ),
        "order": Text("använd == eller !=", "use == or !="),
        "set-compared": Text("skriv 'alternativ' in svaret", "write 'option' in the answer"),
        "rows-compared": Text("räkna raderna: count(tabell) >= 1", "count its rows: count(table) >= 1"),
        "number-in-quotes": Text("skriv talet utan citattecken: {found}", "write the number without quotes: {found}"),
        "time-as-number": Text(
            "skriv klockslaget inom citattecken och med kolon: '22:30'",
            "write the clock time in quotes and with a colon: '22:30'",
        ),
        "entries": Text("skriv vilket svar: last(7).namn", "write which answer: last(7).name"),
        "truth-compared": Text(
            "skriv bara namnet för ja, och not namnet för nej", "write the name alone for yes, and not before it for no"
        ),
        "time-arithmetic": Text(
            "skriv clock_span(från, till) för tiden emellan", "write clock_span(from, to) for the time between"
        ),
        "date-arithmetic": Text(
            "skriv days_since(datum) för dagarna sedan dess", "write days_since(date) for the days since then"
        ),
        "not-a-time": Text("skriv '22:30'", "write '22:30'"),
        "not-a-date": Text("skriv '2026-03-01'", "write '2026-03-01'"),
        "column": Text(
            "sammanfatta den med sum, mean, min, max eller count_answered",
            "sum it up with sum, mean, min, max or count_answered",
        ),
        "not-countable": Text("använd count_answered för att räkna svar", "use count_answered to count answers"),
    },
    bad=sample("lugn == 'hemma'"),
    good=sample("plats == 'hemma'"),
)
