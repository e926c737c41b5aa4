"""The look of the page for reviewers: light and dark, narrow and wide, screen and paper. Nothing is told by colour alone."""

from __future__ import annotations

STYLE = """
:root { --ink: #1d2733; --quiet: #51606f; --line: #cfd8e0; --paper: #ffffff; --ground: #f3f6f8; --link: #0b5a8f;
  --gone: #8f1d1d; --gone-soft: #fbe3e1; --come: #0f5a32; --come-soft: #dff3e5;
  --never: #8f1d1d; --clinical: #7a3e00; --major: #123f6b; --minor: #2b5d64; --patch: #51606f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8edf2; --quiet: #aab7c4; --line: #3b4855; --paper: #1b232c; --ground: #12181f;
  --link: #8cc8f2; --gone: #ffb4ab; --gone-soft: #4a1d1b; --come: #9fe0b6; --come-soft: #153a25;
  --never: #ffb4ab; --clinical: #f5c28b; --major: #9cc9f5; --minor: #97d3d8; --patch: #aab7c4; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.55 system-ui, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere; }
main { max-inline-size: 76rem; margin-inline: auto; padding: 2rem 1.25rem 4rem; }
h1, h2, h3, h4, p, dl, dd, ul { margin: 0; padding: 0; }
h1 { font-size: 1.9rem; line-height: 1.2; text-wrap: balance; }
h2 { font-size: 1.35rem; line-height: 1.3; scroll-margin-block-start: 1rem; }
h3 { font-size: 1.08rem; line-height: 1.35; }
h4 { font-size: .85rem; color: var(--quiet); font-weight: 650; margin-block-end: .3rem; }
a { color: var(--link); text-underline-offset: .18em; }
a:focus-visible { outline: 3px solid var(--link); outline-offset: 3px; border-radius: 2px; }
header { display: grid; gap: 1rem; margin-block-end: 2.5rem; }
.eyebrow { color: var(--quiet); font-weight: 600; }
.lead { font-size: 1.15rem; max-inline-size: 46rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr)); gap: .75rem; }
.facts div { background: var(--paper); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; }
dt { color: var(--quiet); font-size: .875rem; font-weight: 600; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; }
nav a { display: inline-block; padding-block: .4rem; }
.group { --tone: var(--patch); margin-block-start: 2.75rem; display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; }
.group-never { --tone: var(--never); } .group-clinical { --tone: var(--clinical); } .group-major { --tone: var(--major); } .group-minor { --tone: var(--minor); }
.group > h2 { color: var(--tone); border-block-end: 3px solid var(--tone); padding-block-end: .35rem; }
.count { font-weight: 400; }
.meaning { color: var(--quiet); margin-block-start: -.5rem; }
.change { background: var(--paper); border: 1px solid var(--line); border-inline-start: .35rem solid var(--tone); border-radius: .5rem; padding: 1rem 1.25rem 1.1rem; display: grid; grid-template-columns: minmax(0, 1fr); gap: .75rem; }
.about { color: var(--quiet); margin-block-start: -.5rem; }
.subject { color: var(--ink); font-weight: 600; }
code { font: .85em/1.4 ui-monospace, Consolas, monospace; background: var(--ground); border: 1px solid var(--line); border-radius: .25rem; padding: .05em .35em; color: var(--quiet); }
.sides { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .75rem; }
.side { border: 1px solid var(--line); border-radius: .4rem; padding: .65rem .85rem .75rem; }
.nothing { color: var(--quiet); font-style: italic; }
del { background: var(--gone-soft); color: var(--gone); text-decoration: line-through; text-decoration-thickness: 1px; border-radius: .15rem; }
ins { background: var(--come-soft); color: var(--come); text-decoration: underline; text-decoration-thickness: 2px; text-underline-offset: .15em; border-radius: .15rem; }
.notes { display: grid; gap: .35rem; font-size: .95rem; }
.notes div { display: grid; grid-template-columns: 10.5rem minmax(0, 1fr); gap: 0 1rem; }
.notes dt { padding-block-start: .1rem; }
@media (max-width: 44rem) {
  main { padding: 1.25rem .9rem 3rem; }
  h1 { font-size: 1.5rem; }
  .sides { grid-template-columns: minmax(0, 1fr); }
  .notes div { grid-template-columns: minmax(0, 1fr); }
  .change { padding: .9rem 1rem 1rem; }
}
@media (forced-colors: active) { del, ins { forced-color-adjust: auto; border-block-end: 1px solid; } }
@media print {
  :root { --ink: #000; --quiet: #333; --line: #999; --paper: #fff; --ground: #fff; --gone-soft: #fff; --come-soft: #fff; --gone: #000; --come: #000; --link: #000;
    --never: #000; --clinical: #000; --major: #000; --minor: #000; --patch: #000; }
  body { font-size: 10.5pt; }
  main { max-inline-size: none; padding: 0; }
  nav { display: none; }
  .change, .side { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
}
"""
