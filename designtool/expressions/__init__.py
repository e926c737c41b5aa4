"""The typed mini-language of conditions and computed values: from text to a tree, and from a tree to a value."""

from designtool.expressions.certain import certainly_true, possible_numbers
from designtool.expressions.compiler import compile_expression
from designtool.expressions.evaluate import evaluate, missing_in
from designtool.expressions.trees import references_of
from designtool.expressions.values import WrongValue, from_json, number_text, to_json

__all__ = [
    "WrongValue",
    "certainly_true",
    "compile_expression",
    "evaluate",
    "from_json",
    "missing_in",
    "number_text",
    "possible_numbers",
    "references_of",
    "to_json",
]
