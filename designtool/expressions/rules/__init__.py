"""The rules of expressions, in the order of `designtool explain`."""

from __future__ import annotations

from designtool.diagnostics import Rule
from designtool.expressions.rules.choice_not_in_list import RULE as CHOICE_NOT_IN_LIST
from designtool.expressions.rules.condition_always_true import RULE as CONDITION_ALWAYS_TRUE
from designtool.expressions.rules.condition_never_true import RULE as CONDITION_NEVER_TRUE
from designtool.expressions.rules.expression_syntax import RULE as EXPRESSION_SYNTAX
from designtool.expressions.rules.type_mismatch import RULE as TYPE_MISMATCH
from designtool.expressions.rules.unknown_name import RULE as UNKNOWN_NAME
from designtool.expressions.rules.wrong_arguments import RULE as WRONG_ARGUMENTS

RULES: tuple[Rule, ...] = (
    EXPRESSION_SYNTAX,
    UNKNOWN_NAME,
    TYPE_MISMATCH,
    WRONG_ARGUMENTS,
    CHOICE_NOT_IN_LIST,
    CONDITION_NEVER_TRUE,
    CONDITION_ALWAYS_TRUE,
)
