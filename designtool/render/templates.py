"""The Jinja templates, read once at the edge and handed to the view, which reads no files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from designtool.render.html import CONTROL_CHARACTERS

if TYPE_CHECKING:
    import jinja2


@dataclass(frozen=True)
class Templates:
    environment: jinja2.Environment

    def page(self, name: str, facts: Mapping[str, Any]) -> Markup:
        """A whole template of `pages/`."""
        return Markup(self.environment.get_template(f"pages/{name}.html").render(facts))

    def parts(self, name: str, facts: Mapping[str, Any]) -> tuple[tuple[str, Markup], ...]:
        """Each Jinja block of a template with its name, in the order of the file; those that came out empty are left out."""
        template = self.environment.get_template(f"pages/{name}.html")
        made = (
            (block, "".join(write(template.new_context(dict(facts)))).strip())
            for block, write in template.blocks.items()
        )
        return tuple((block, Markup(html)) for block, html in made if html)


def load_templates(folder: Path) -> Templates:
    """Reads every template below the folder `templates`. Undefined names are faults, and everything is escaped."""
    import jinja2

    sources = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.html"))
    }
    environment = jinja2.Environment(
        loader=jinja2.DictLoader(sources),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_without_control_characters,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    return Templates(environment)


def _without_control_characters(value: Any) -> Any:
    """As `html.text` does: HTML forbids them, and what a patient pasted may have them."""
    return value.translate(CONTROL_CHARACTERS) if isinstance(value, str) and not isinstance(value, Markup) else value
