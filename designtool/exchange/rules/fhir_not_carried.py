"""Something with a meaning for which the format has no place."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="fhir-not-carried",
    severity=Severity.WARNING,
    title=Text("Något som formuläret inte kan bära", "Something that a questionnaire cannot carry"),
    why=Text(
        "Ett frågeformulär i designtool har frågor med ett svar bland givna svar. Annat står som kommentar i filen, med originalet ordagrant, så att en människa kan avgöra vad som ska hända. Fria svar passar i en övning.",
        "A questionnaire of designtool has items with one of some given answers. The rest stands as a comment in the file, verbatim, so that a human can decide. Free answers belong in an exercise.",
    ),
    messages={
        "type": Text(
            'frågan "{found}" av typen {type} kan inte stå i ett frågeformulär',
            'the item "{found}" of type {type} cannot stand in a questionnaire',
        ),
        "repeats": Text(
            'frågan "{found}" tar flera svar, och kan inte stå i ett frågeformulär',
            'the item "{found}" takes several answers, and cannot stand in a questionnaire',
        ),
        "value-set": Text(
            'svaren till "{found}" finns i {address}, utanför filen',
            'the answers to "{found}" are at {address}, outside of the file',
        ),
        "no-answers": Text(
            'frågan "{found}" har inga svar att välja bland', 'the item "{found}" has no answers to choose among'
        ),
        "many-answers": Text(
            'frågan "{found}" har {count} svar; högst {most} går',
            'the item "{found}" has {count} answers; {most} at most will do',
        ),
        "many-lists": Text(
            'frågan "{found}" har en lista med svar för sig; fler än {most} listor går inte',
            'the item "{found}" has a list of answers of its own; more than {most} lists will not do',
        ),
        "not-asked": Text(
            'frågan "{found}" är dold eller går inte att ändra, och ställs därför inte',
            'the item "{found}" is hidden or cannot be changed, and so it is not asked',
        ),
        "repeated-group": Text(
            'gruppen "{found}" kan fyllas i flera gånger; här ställs frågorna en gång',
            'the group "{found}" can be filled in several times; here its items are asked once',
        ),
        "html": Text(
            "texten innehåller HTML, som inte får stå i ett formulär",
            "the text holds HTML, which may not stand in a questionnaire",
        ),
        "open": Text(
            'frågan "{found}" tar också ett eget svar; det går inte här',
            'the item "{found}" takes an answer in own words too; that cannot be done here',
        ),
        "weights": Text(
            'poängen för svaren till "{found}" är inte olika heltal; svaren är numrerade i ordning',
            'the points of the answers to "{found}" are no different whole numbers; the answers are numbered in order',
        ),
        "condition": Text(
            'villkoret för "{found}" kunde inte skrivas som show_if: frågan ställs alltid',
            'the condition of "{found}" could not be written as show_if: the item is always asked',
        ),
        "expression": Text(
            'uträkningen i "{found}" är inte översatt: skriv den som en poäng',
            'the calculation in "{found}" is not translated: write it as a score',
        ),
        "group-text": Text(
            'rubriken "{found}" gäller frågorna efter den, och står bara som kommentar',
            'the heading "{found}" is about the items after it, and stands as a comment alone',
        ),
        "modifier": Text(
            "filen har en modifierExtension, som kan ändra vad resten betyder",
            "the file has a modifierExtension, which can change what the rest means",
        ),
        "item-modifier": Text(
            '"{found}" har en modifierExtension, som kan ändra vad frågan eller svaren betyder',
            '"{found}" has a modifierExtension, which can change what the item or its answers mean',
        ),
        "own-data": Text(
            "designtools egna uppgifter i filen gick inte att använda",
            "designtool's own data in the file could not be used",
        ),
        "too-long": Text(
            "texten är längre än {most} tecken och avkortad", "the text is longer than {most} characters and cut short"
        ),
    },
    helps={
        "type": Text(
            "lägg frågan i en övning; ett förslag står i filen", "put it into an exercise; the file has a suggestion"
        ),
    },
    bad="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort", "item": [
  {"linkId": "a", "type": "boolean", "text": "Fråga a"},
  {"linkId": "b", "type": "text", "text": "Fråga b"}
]}
""",
    good="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort", "item": [
  {"linkId": "a", "type": "boolean", "text": "Fråga a"}
]}
""",
)
