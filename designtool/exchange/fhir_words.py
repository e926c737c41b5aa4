"""The words of FHIR that export and import both use."""

from __future__ import annotations

from typing import Literal

Release = Literal["R4", "R5"]
Weights = Literal["usual", "both"]
"""`usual`: ordinalValue in R4 and itemWeight in R5. `both`: each option carries both, for readers of either."""

OURS = "https://designtool.example/fhir/StructureDefinition/"
"""The one namespace of what is ours. Readers that do not know it pass it over."""
OUR_QUESTIONNAIRE = f"{OURS}questionnaire"
OUR_ITEM = f"{OURS}questionnaire-item"
CANONICAL = "https://designtool.example/fhir/Questionnaire/"
INTRODUCTION = "introduction-text"
"""linkId of what is read before the items. It has a hyphen, which no id of an item can have."""

_CORE = "http://hl7.org/fhir/StructureDefinition/"
_SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
ORDINAL_VALUE = f"{_CORE}ordinalValue"
ITEM_WEIGHT = f"{_CORE}itemWeight"
WEIGHT_URLS = (ORDINAL_VALUE, ITEM_WEIGHT, f"{_CORE}questionnaire-ordinalValue", f"{_CORE}iso21090-CO-value")
"""Where real files keep the number of an option."""
CALCULATED = f"{_SDC}calculatedExpression"
ENABLE_WHEN_EXPRESSION = f"{_SDC}enableWhenExpression"
VARIABLE = f"{_CORE}variable"
MIN_VALUE = f"{_CORE}minValue"
MAX_VALUE = f"{_CORE}maxValue"
HIDDEN = f"{_CORE}questionnaire-hidden"
UNIT = f"{_CORE}questionnaire-unit"
ITEM_CONTROL = f"{_CORE}questionnaire-itemControl"

ITEM_TYPES_R4 = frozenset(
    "group display boolean decimal integer date dateTime time string text url choice open-choice attachment reference"  # noqa: SIM905
    " quantity".split()
)
ITEM_TYPES_R5 = frozenset({"coding", "question"})
"""Besides those of R4, whose choice and open-choice have become coding with an answerConstraint."""
OPERATORS = frozenset({"exists", "=", "!=", ">", "<", ">=", "<="})
STATUSES = frozenset({"draft", "active", "retired", "unknown"})
