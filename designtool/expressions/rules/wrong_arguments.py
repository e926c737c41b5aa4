"""A function that is given what it cannot work with."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text
from designtool.expressions.rules._sample import sample

RULE = Rule(
    name="wrong-arguments",
    severity=Severity.ERROR,
    title=Text("En funktion får fel uppgifter", "A function is given the wrong things"),
    why=Text(
        "En funktion kan bara räkna på det den är gjord för. Annars får uttrycket inget värde.",
        "A function works on what it is made for alone. Otherwise the expression has no value.",
    ),
    messages={
        "default": Text("{found} ska inte ha {count} uppgifter", "{found} does not take {count} arguments"),
        "days": Text(
            "last behöver ett antal dagar, skrivet som ett heltal från 1 till 1000",
            "last needs a number of days, written as a whole number from 1 to 1000",
        ),
        "whole": Text(
            "{found} behöver ett skrivet heltal från 1 här", "{found} needs a written whole number from 1 here"
        ),
        "digits": Text(
            "{found} behöver ett skrivet heltal från 0 till 6 här",
            "{found} needs a written whole number from 0 to 6 here",
        ),
        "step": Text("{found} behöver ett skrivet tal över 0 här", "{found} needs a written number above 0 here"),
        "name": Text(
            "{found} behöver namnet på ett svar eller en poäng", "{found} needs the name of an answer or a score"
        ),
        "no-range": Text("{found} kan inte ta en rad av frågor", "{found} cannot take a range of items"),
        "range-ends": Text(
            "en rad av frågor går mellan två frågor i samma formulär", "a range goes between two items of the same form"
        ),
        "range-backwards": Text("{first} står efter {last} i formuläret", "{first} stands after {last} in the form"),
        "range-place": Text(
            "en rad av frågor kan bara stå i en funktion", "a range of items stands in a function alone"
        ),
    },
    helps={
        "default": Text("skriv {usage}", "write {usage}"),
        "days": Text("skriv till exempel last(7).kvalitet", "write last(7).quality, for example"),
        "name": Text("skriv {usage}", "write {usage}"),
        "no-range": Text(
            "använd sum, mean, min, max eller count_answered", "use sum, mean, min, max or count_answered"
        ),
        "range-ends": Text("skriv q1 .. q9", "write q1 .. q9"),
        "range-backwards": Text("byt plats på dem", "swap them"),
        "range-place": Text("skriv sum(q1 .. q9)", "write sum(q1 .. q9)"),
    },
    bad=sample("round(lugn, 1, 2) <= 1"),
    good=sample("round(lugn, 1) <= 1"),
)
