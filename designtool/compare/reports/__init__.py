"""Changes as people and programs read them. Everything is made from the records of `compare.change` alone."""

from designtool.compare.reports.compared import Compared
from designtool.compare.reports.html_report import change_groups, html_report
from designtool.compare.reports.json_report import json_report
from designtool.compare.reports.markdown_report import markdown_report
from designtool.compare.reports.text_report import text_report

__all__ = ["Compared", "change_groups", "html_report", "json_report", "markdown_report", "text_report"]
