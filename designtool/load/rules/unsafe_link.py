"""A link that could run code or lead nobody knows where."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="unsafe-link",
    severity=Severity.ERROR,
    title=Text("En länk som inte är säker", "A link that is not safe"),
    why=Text(
        "En länk ska leda till en webbplats, en sida i programmet, en e-postadress eller ett telefonnummer. Andra sorters adresser kan köra kod hos patienten.",
        "A link leads to a site, a page of the program, a mail address or a telephone number. Other kinds of addresses can run code at the patient's.",
    ),
    messages={
        "default": Text("länkar som börjar med {scheme}: används inte", "links that begin with {scheme}: are not used"),
        "no-scheme": Text("länken saknar https: i början", "the link lacks https: at its beginning"),
        "empty": Text("länken har ingen adress", "the link has no address"),
        "blank": Text(
            "detta blir ingen länk, för adressen innehåller mellanslag",
            "this is no link, because the address holds a space",
        ),
        "sign": Text(
            "adressen har ett tecken som inte hör hemma i en adress: {sign_sv}",
            "the address has a sign that does not belong in one: {sign_en}",
        ),
    },
    helps={
        "default": Text(
            "använd https:, mailto:, tel: eller en sida i programmet",
            "use https:, mailto:, tel: or a page of the program",
        ),
        "no-scheme": Text("skriv https: före //", "write https: before //"),
        "empty": Text("skriv adressen mellan parenteserna", "write the address between the brackets"),
        "blank": Text(
            "skriv adressen utan mellanslag, eller \\[ om det inte ska vara en länk",
            "write the address without spaces, or \\[ if it is to be no link",
        ),
        "sign": Text(
            "kopiera adressen på nytt från webbläsarens adressfält",
            "copy the address again from the browser's address bar",
        ),
    },
    bad="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+Läs mer på [1177](//www.1177.se).
+
+:::{exercise} min_plan
""",
    good="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+Läs mer på [1177](https://www.1177.se).
+
+:::{exercise} min_plan
""",
)
