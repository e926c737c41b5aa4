"""The rules of reading a folder."""

from __future__ import annotations

from designtool.diagnostics import Rule
from designtool.source.rules import (
    changed_locked_media,
    empty_folder,
    file_too_large,
    link_in_workspace,
    missing_locked_media,
    names_differ_in_case,
    special_file,
    too_many_files,
    unclean_name,
    unreadable_file,
)

RULES: tuple[Rule, ...] = (
    changed_locked_media.RULE,
    empty_folder.RULE,
    file_too_large.RULE,
    link_in_workspace.RULE,
    missing_locked_media.RULE,
    names_differ_in_case.RULE,
    special_file.RULE,
    too_many_files.RULE,
    unclean_name.RULE,
    unreadable_file.RULE,
)
