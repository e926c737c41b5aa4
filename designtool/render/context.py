"""What every part of a page needs to know: the situation, who looks, and how to look things up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from markupsafe import Markup

from designtool.diagnostics import Language, Text
from designtool.expressions.evaluate import evaluate
from designtool.expressions.expression import Expression, Value
from designtool.model.exercise import Computed, Exercise, Field
from designtool.model.module import Module
from designtool.model.page import Page
from designtool.model.program import Program
from designtool.model.questionnaire import Item, Questionnaire, Score
from designtool.render.display import computed_value, field_value, number, option_label, plain_value
from designtool.render.html import element
from designtool.render.viewpoint import FieldError, Viewpoint
from designtool.render.words import say
from designtool.treatment.situation import FormSituation, Situation

_EMPTY_FORM = FormSituation(
    id="", status="not-open", draft={}, draft_date=None, draft_values={}, hidden=frozenset(), records=()
)


@dataclass(frozen=True)
class PageContext:
    situation: Situation
    viewpoint: Viewpoint
    target: str
    """The address that is shown, without the base: forms come back to it."""
    numbers: dict[str, int] = field(default_factory=dict, compare=False)
    """Counts what needs an id of its own on the page, by what it is counted for."""

    @property
    def program(self) -> Program:
        return self.situation.program

    @property
    def language(self) -> Language:
        return self.viewpoint.language

    @property
    def is_therapist(self) -> bool:
        return self.viewpoint.role == "therapist"

    @property
    def today(self) -> date:
        return self.situation.now.date()

    def say(self, key: str, **facts: str | int) -> str:
        return say(self.language, key, **facts)

    def text(self, value: Text) -> str:
        return value.in_language(self.language)

    def href(self, target: str) -> str:
        return f"{self.viewpoint.base}/{target}"

    def media(self, path: str) -> str:
        """The address of a media file: below the base, since the treatment decides which version of the program it is from."""
        return self.href(f"media/{path}")

    def unique(self, name: str) -> str:
        """An id that nothing else on the page has, the same each time the page is made."""
        count = self.numbers.get(name, 0) + 1
        self.numbers[name] = count
        return name if count == 1 else f"{name}-{count}"

    def form(self, id: str) -> FormSituation:
        return self.situation.forms.get(id, _EMPTY_FORM)

    def stopped(self, part: str) -> str | None:
        """What stands in place of a module or an exercise; None where it is not stopped."""
        text = self.viewpoint.stopped.get(part)
        return self.say("stopped-text") if text == "" else text

    def is_put_aside(self, form: str) -> bool:
        """Whether it is a decision that the patient is not to follow for now, wherever a text names it."""
        return not self.is_therapist and form in self.situation.decisions and form in self.viewpoint.stopped

    def errors(self, form: str) -> tuple[FieldError, ...]:
        """What is wrong in a form as it was just sent."""
        return self.viewpoint.errors if self.viewpoint.form in ("", form) else ()

    def sent(self, form: str) -> Mapping[str, Any]:
        """What was just sent with a form and refused; empty for another form than that."""
        return self.viewpoint.draft if self.viewpoint.form in ("", form) else {}

    def holds(self, condition: Expression) -> bool | None:
        """Whether a condition holds; None when an answer that it needs is missing."""
        value = evaluate(condition, self.situation.environment)
        return value if isinstance(value, bool) else None

    def token_field(self) -> Markup:
        """Carried by every form against cross-site requests."""
        if not self.viewpoint.token:
            return Markup("")
        return element("input", {"type": "hidden", "name": "csrf-token", "value": self.viewpoint.token})


def is_withheld(context: PageContext, form: str) -> bool:
    """Whether what was answered in the form is for therapists alone: a therapist filled it in, and the author has not said
    that the patient may see it."""
    exercise = context.program.exercise.get(form)
    own = exercise is None or exercise.filled_by == "patient" or exercise.shown_to_patient
    return not own and not context.is_therapist


def form_title(program: Program, id: str) -> str:
    if id in program.exercise:
        return program.exercise[id].title
    return program.questionnaire[id].title if id in program.questionnaire else id


def form_target(program: Program, id: str) -> str:
    return f"questionnaire/{id}" if id in program.questionnaire else f"exercise/{id}"


def library_page(program: Program, reference: str) -> Page | None:
    """A page of the library by its id or by `library/<id>`."""
    return program.library_page.get(reference) or program.library_page.get(reference.removeprefix("library/"))


def find_page(module: Module, id: str) -> Page | None:
    return next((page for page in module.pages if page.id == id), None)


def visible_pages(context: PageContext, module: Module) -> tuple[Page, ...]:
    """The module's pages that the patient meets: one whose condition is unknown or false is left out, unless it is for safety."""
    return tuple(
        page for page in module.pages if page.safety or page.show_if is None or context.holds(page.show_if) is True
    )


def latest_value(context: PageContext, form: str, name: str) -> Value:
    """The value that stands in a text: what is worked out over all entries, else the latest finished copy's."""
    if context.is_put_aside(form):
        return None
    environment = context.situation.environment
    summaries = environment.summaries.get(form, {})
    if name in summaries:
        return summaries[name]
    decision = context.situation.decisions.get(form)
    if decision is not None:
        return decision.confirmed if name == "value" else decision.values.get(name)
    records = environment.records.get(form) or context.form(form).records
    return next((record.values[name] for record in reversed(records) if record.values.get(name) is not None), None)


def named_value(context: PageContext, form: str, name: str, value: Any) -> str:
    """A value in the words that its field, item, score or computed value gives it; empty when missing."""
    program, language = context.program, context.language
    if value is None:
        return ""
    if form in program.questionnaire:
        return questionnaire_value(program.questionnaire[form], name, value, language)
    exercise = program.exercise.get(form)
    if exercise is None:
        return plain_value(value, language)
    found = exercise_field(exercise, name)
    if found is not None:
        return field_value(found, value, language)
    computed = computed_named(exercise, name)
    if computed is not None:
        return computed_value(computed, value, language)
    if exercise.decision is not None and name == "value":
        return computed_value(
            Computed("value", exercise.title, exercise.decision.start, exercise.decision.unit), value, language
        )
    return plain_value(value, language)


def questionnaire_value(questionnaire: Questionnaire, name: str, value: Any, language: Language) -> str:
    item = item_named(questionnaire, name)
    if item is not None:
        return say(language, "declined") if value == "declined" else option_label(item.options, value) or ""
    score = score_named(questionnaire, name)
    if score is not None and isinstance(value, Fraction):
        return score_value(score, value, language)
    return plain_value(value, language)


def score_value(score: Score, value: Fraction, language: Language) -> str:
    """Whole points for a sum, rounded half up; a mean is written with one decimal."""
    return number(value, language, 1 if score.method == "mean" else 0)


def exercise_field(exercise: Exercise, name: str) -> Field | None:
    return next((one for one in exercise.fields if one.id == name), None)


def computed_named(exercise: Exercise, name: str) -> Computed | None:
    decided = exercise.decision.computed if exercise.decision else ()
    return next((one for one in (*exercise.computed, *exercise.summary, *decided) if one.id == name), None)


def item_named(questionnaire: Questionnaire, name: str) -> Item | None:
    return next((one for one in questionnaire.items if one.id == name), None)


def score_named(questionnaire: Questionnaire, name: str) -> Score | None:
    return next((one for one in questionnaire.scores if one.id == name), None)


def value_label(program: Program, form: str, name: str) -> str:
    """What a field, item, score or computed value is called."""
    questionnaire = program.questionnaire.get(form)
    if questionnaire is not None:
        score = score_named(questionnaire, name)
        item = item_named(questionnaire, name)
        return score.label if score else (item.text if item and item.text else name)
    exercise = program.exercise.get(form)
    if exercise is None:
        return name
    found = exercise_field(exercise, name) or computed_named(exercise, name)
    return found.label if found else exercise.title if name == "value" else name
