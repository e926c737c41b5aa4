"""A version of the release list whose bundle is not at hand."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="missing-release-bundle",
    severity=Severity.ERROR,
    title=Text("En utgiven version vars paket inte finns här", "A published version whose bundle is not at hand"),
    why=Text(
        "Programmet jämförs med den senaste utgivna versionen och med varje tidigare som ännu har patienter. Utan paketet vet "
        "ingen om ändringarna är säkra för dem. Lägg paketet i mappen. När en tidigare version inte längre har några patienter: "
        "skriv patients: false.",
        "The program is compared with the latest published version and with every earlier one that still has patients. Without the "
        "bundle nobody knows whether the changes are safe for them. Put the bundle into the folder. Once an earlier version has no "
        "patients any more: write patients: false.",
    ),
    messages={
        "default": Text("paketet för version {version} finns inte", "the bundle of version {version} is not there"),
        "refused": Text(
            "{path} är inget helt paket: {reason}",
            "{path} is no whole bundle: {reason_en}",
        ),
        "other": Text(
            "{path} är inte det paket som gavs ut som version {version}",
            "{path} is not the bundle that was published as version {version}",
        ),
    },
    helps={
        "default": Text("lägg det utgivna paketet i {path}", "put the published bundle at {path}"),
        "refused": Text("hämta det utgivna paketet igen", "fetch the published bundle again"),
        "other": Text(
            "det utgivna har fingeravtrycket {digest}, det som ligger där {found}",
            "the published one has the digest {digest}, the one that lies there {found}",
        ),
    },
    bad=f"""\
-- program.yaml (change) --
-version: 1.0.0
+version: 1.0.1
-- /releases/exempel.yaml --
0.9.0:
  digest: sha256:{"0" * 64}
  published: 2026-11-21
  patients: true
""",
    good="",
)
