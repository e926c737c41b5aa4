"""An expression that cannot be read."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text
from designtool.expressions.rules._sample import sample

RULE = Rule(
    name="expression-syntax",
    severity=Severity.ERROR,
    title=Text("Ett uttryck går inte att läsa", "An expression cannot be read"),
    why=Text(
        "Ett uttryck avgör vad patienten får se och när behandlaren larmas. Går det inte att läsa vet ingen vad det betyder. "
        "Skriv till exempel q9 >= 1 and not answered(plan).",
        "An expression decides what the patient sees and when the therapist is told. One that cannot be read means nothing. "
        "Write, for example, q9 >= 1 and not answered(plan).",
    ),
    messages={
        "empty": Text("uttrycket är tomt", "the expression is empty"),
        "too-long": Text("uttrycket är längre än {most} tecken", "the expression is longer than {most} characters"),
        "too-deep": Text("uttrycket har fler än {most} nivåer", "the expression has more than {most} levels"),
        "long-number": Text("talet har fler än {most} siffror", "the number has more than {most} digits"),
        "end": Text(
            "uttrycket tar slut för tidigt: något saknas här",
            "the expression ends too early: something is missing here",
        ),
        "single-equals": Text("ett ensamt = jämför inte", "a single = does not compare"),
        "sign": Text("tecknet {found} används inte här", "the sign {found} is not used here"),
        "word": Text("ordet {found} används inte i uttryck", "the word {found} is not used in expressions"),
        "bare-time": Text("klockslaget {found} saknar citattecken", "the clock time {found} lacks quotation marks"),
        "colon": Text("kolon används inte här", "a colon is not used here"),
        "if-in-words": Text("if skrivs med parentes", "if is written with brackets"),
        "decimal-comma": Text(
            "{found} kan läsas både som ett decimaltal och som två tal",
            "{found} can be read as one decimal or as two numbers",
        ),
        "curly-quote": Text("citattecknet {found} är typografiskt", "the quotation mark {found} is a typographic one"),
        "unclosed-quote": Text("texten saknar avslutande citattecken", "the text has no closing quotation mark"),
        "loose-point": Text(
            "talet {found} saknar siffror på ena sidan om punkten", "the number {found} lacks digits beside the point"
        ),
        "other-bracket": Text("parentesen {found} används inte här", "the bracket {found} is not used here"),
        "percent": Text("procenttecken skrivs inte i uttryck", "no percent sign is written in expressions"),
        "missing-bracket": Text("parentesen saknar sin högra halva", "this bracket is never closed"),
        "extra-bracket": Text("parentesen saknar sin vänstra halva", "this bracket was never opened"),
        "character": Text(
            "tecknet {found} kan inte stå i ett uttryck", "the character {found} cannot stand in an expression"
        ),
        "chained": Text("två jämförelser kan inte hänga ihop", "two comparisons cannot be joined"),
        "missing-operator": Text("något saknas före {found}", "something is missing before {found}"),
        "operator": Text("{found} kan inte stå här", "{found} cannot stand here"),
    },
    helps={
        "too-long": Text("dela upp det i flera beräknade värden", "split it into several computed values"),
        "too-deep": Text("dela upp det i flera beräknade värden", "split it into several computed values"),
        "end": Text("lägg till det som ska stå efter tecknet", "add what belongs after the sign"),
        "single-equals": Text("skriv == för lika med", "write == for equal"),
        "sign": Text("skriv {instead}", "write {instead}"),
        "word": Text("skriv {instead}", "write {instead}"),
        "bare-time": Text("skriv '{found}'", "write '{found}'"),
        "colon": Text(
            "skriv / för att dela, eller q1 .. q9 för en rad av frågor",
            "write / to divide, or q1 .. q9 for a range of items",
        ),
        "if-in-words": Text(
            "skriv if(villkor, a, b): a när villkoret gäller och annars b",
            "write if(condition, a, b): a when the condition holds and else b",
        ),
        "decimal-comma": Text(
            "skriv {decimal} med punkt, eller ett mellanslag efter kommat om det är två tal",
            "write {decimal} with a point, or a space after the comma if they are two numbers",
        ),
        "curly-quote": Text("skriv raka citattecken: 'ja'", "write straight ones: 'ja'"),
        "unclosed-quote": Text(
            "skriv samma citattecken i början och slutet", "write the same mark at the beginning and the end"
        ),
        "loose-point": Text("skriv 0.5 eller 5.0", "write 0.5 or 5.0"),
        "other-bracket": Text("skriv vanliga parenteser: x in (1, 2)", "write round ones: x in (1, 2)"),
        "percent": Text("skriv bara talet: 85", "write the number alone: 85"),
        "missing-bracket": Text("lägg till ) där den ska sluta", "add ) where it ends"),
        "extra-bracket": Text(
            "ta bort den, eller lägg till ( där den ska börja", "remove it, or add ( where it begins"
        ),
        "chained": Text("skriv 1 < x and x < 3", "write 1 < x and x < 3"),
        "missing-operator": Text(
            "skriv till exempel and, or, + eller == emellan", "write and, or, + or == between, for example"
        ),
    },
    bad=sample("lugn = 1"),
    good=sample("lugn == 1"),
)
