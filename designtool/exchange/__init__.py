"""Questionnaires as other systems have them: FHIR out, FHIR in, and what got lost on the way."""

from designtool.exchange.fhir_export import ExportedQuestionnaire, export_questionnaire
from designtool.exchange.fhir_import import ImportedQuestionnaire, import_questionnaire
from designtool.exchange.fhir_words import Release, Weights
from designtool.exchange.loss import Loss, loss_report

__all__ = [
    "ExportedQuestionnaire",
    "ImportedQuestionnaire",
    "Loss",
    "Release",
    "Weights",
    "export_questionnaire",
    "import_questionnaire",
    "loss_report",
]
