"""The table of attacks that must be refused: each row with the tests that hold it. It fails where one of them is not there.

A test of a row asserts three things: the stable code, that the store, the trust folder and the output folder are as they were, and
that the untampered twin is accepted. What concerns metadata is played on every way by which that comes in: `test_attack_paths`
crosses ATTACKS with WAYS (`fetch --trust`, `federation update`, `subscriptions update`, `catalogue --from`, `receipts list`,
polling, the token issuer) from a folder and from a service, and has `verify --trust`, what a runtime takes in and begins with, and
`publish --release` beside them. Agreements and receipts have ways of their own, which stand in their rows.

A test is named `file::function`, or `file::function[case]` where it is one case of a table.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from test_attack_paths import ATTACKS, HOSTILE, OF_A_REGION, TRICKS, WAYS

HERE = Path(__file__).parent
ON_EVERY_WAY = "test_attack_paths::test_an_attack_is_refused_on_every_way_and_its_twin_is_not"
SPOILT = "test_attack_paths::test_a_copy_that_somebody_has_spoilt_is_refused_by_verify_and_by_the_runtime"
BY_A_SERVICE = "test_attack_paths::test_a_service_that_gives_something_else_is_refused_on_every_way"
PUBLISHED = "test_attack_paths::test_what_is_published_is_held_against_the_place_and_nothing_is_sent_otherwise"
ARCHIVE = "test_bundle::test_hostile_archives_are_refused"
MANIFEST = "test_bundle::test_hostile_manifests_are_refused"
PROGRAM = "test_bundle::test_hostile_programs_are_refused"
PICTURE = "test_bundle::test_hostile_pictures_are_refused"
IN_THE_STORE = "test_bundle_attacks_on_the_store::test_an_attack_leaves_the_store_as_it_was"
FROM_A_REGISTRY = "test_registry_attacks::test_an_attack_is_refused_and_leaves_nothing"


def every_way(case: str) -> tuple[str, ...]:
    return f"{ON_EVERY_WAY}[{case}]", f"{SPOILT}[{case}]"


TABLE: dict[str, tuple[str, ...]] = {
    # The archive and its manifest
    "path escapes": (f"{ARCHIVE}[path up]", f"{ARCHIVE}[path from the root]", IN_THE_STORE),
    "links, devices, folders": (f"{ARCHIVE}[symbolic link]", f"{ARCHIVE}[hard link]", f"{ARCHIVE}[block device]"),
    "sparse and pax tricks": (
        f"{ARCHIVE}[a sparse file by pax]",
        f"{ARCHIVE}[pax header]",
        f"{ARCHIVE}[GNU long name]",
    ),
    "duplicate and colliding names": (f"{ARCHIVE}[an entry twice]", f"{ARCHIVE}[a blob twice]"),
    "other archive formats": (f"{ARCHIVE}[zip]", f"{ARCHIVE}[gzip]"),
    "bombs": (
        "test_bundle::test_a_bomb_is_not_read_beyond_the_limit",
        "services/test_bounded_reading::test_what_a_bundle_claims_costs_little",
    ),
    "sizes that lie": (
        f"{ARCHIVE}[a size beyond the file]",
        "properties/test_hostile_bundles::test_an_entry_of_another_size_is_refused",
    ),
    "trailing data": (f"{ARCHIVE}[trailing zero]", f"{ARCHIVE}[another archive behind]"),
    "manifest too large, too deep": (f"{MANIFEST}[too large]", f"{MANIFEST}[too deep]"),
    "manifest with keys twice, NaN, BOM, lone surrogates, not canonical": tuple(
        f"{MANIFEST}[{case}]" for case in ("a key twice", "NaN", "BOM", "a lone surrogate", "blanks")
    ),
    "wrong digest or length": (f"{ARCHIVE}[blob of another content]", f"{ARCHIVE}[an index with another size]"),
    "upper-case or md5 digests": (f"{ARCHIVE}[blob with an upper-case name]", f"{ARCHIVE}[blob by md5]"),
    "missing, extra or foreign blobs": (f"{ARCHIVE}[missing blob]", f"{ARCHIVE}[foreign blob]"),
    "manifest and index confused": (f"{ARCHIVE}[the index as a manifest]", f"{MANIFEST}[an index by its keys]"),
    "descriptor urls": (f"{MANIFEST}[urls]",),
    "scripts, javascript: links, SVG handlers, remote images": (
        "test_bundle::test_unsafe_links",
        "test_bundle::test_active_html_is_found",
        PROGRAM,
        PICTURE,
    ),
    "every bit": ("test_bundle::test_no_single_flipped_bit_is_accepted", "test_bundle::test_no_truncation_is_accepted"),
    "the untampered twin of a bundle": (
        "test_bundle::test_the_untampered_twin_is_accepted",
        "test_bundle_attacks_on_the_store::test_the_untampered_twin_comes_in",
        "test_registry_attacks::test_the_untampered_twin_of_every_attack_is_fetched",
        "test_registry_attacks::test_the_untampered_stick_is_fetched_from",
    ),
    "a kill at any moment, a full disk": (
        "test_bundle_failures::test_taking_in_fails_at_any_step",
        "services/test_runtime_kill::test_killed_at_each_point_of_an_import",
        "services/test_trusted_fetch::test_an_update_that_is_cut_off_leaves_the_old_or_the_new",
        "services/test_sharing_commands::test_publishing_to_a_folder_is_killed_at_any_step_and_leaves_the_old_or_the_new",
        "test_polling::test_killed_at_any_step_of_the_disk_loses_no_receipt_and_makes_none_twice",
        "test_registry_attacks::test_a_full_disk_at_any_step_leaves_nothing",
    ),
    # Signatures
    "signatures stripped": (
        "test_share_trust::test_signatures_that_were_taken_away_or_altered",
        f"{PUBLISHED}[nobody's signature]",
    ),
    "one of two signatures": (
        *every_way("one of two signatures"),
        f"{PUBLISHED}[one of two signatures]",
        "test_share_attacks::test_one_of_two_signatures_or_others",
        "test_subscription_commands::test_what_one_person_alone_has_signed_is_not_followed",
    ),
    "the same key twice": (
        *every_way("the same key twice"),
        "test_share_trust::test_one_key_under_two_ids_never_counts_twice",
        "test_share_trust::test_two_publishers_are_not_four_eyes",
    ),
    "another region's namespace": (
        *every_way("another region's namespace"),
        "test_share_trust::test_another_regions_namespace",
        "test_share_trust::test_a_region_cannot_hand_on_its_namespace",
    ),
    "a region's key for another region's enrolments, receipts, agreements": (
        "test_receipt_commands::test_another_regions_key_enrols_ends_and_answers_for_nobody_here",
        "test_receipts::test_only_the_region_enrols",
        "test_receipts::test_another_region_ends_nobodys_runtime",
        "test_receipts::test_receipts_of_others_are_shown_apart_and_count_for_nobody",
        "test_receipt_registry::test_junk_is_told_and_hides_nobody",
        "test_agreements::test_another_region_and_another_role_cannot_sign",
        "test_agreements::test_nobody_else_ends_it",
        "test_agreement_commands::test_others_do_not_countersign_or_end",
        "test_recall_attacks::test_a_lift_that_does_not_hold_lifts_nothing",
    ),
    "a revoked key that is still in a cache": (
        *every_way("a revoked key"),
        f"{PUBLISHED}[a key that was revoked]",
        "test_share_trust::test_a_revoked_key_that_is_still_in_a_cache",
        "test_runtime_agreements::test_a_key_that_the_federation_has_exchanged_signs_no_more",
        "test_recall_attacks::test_a_lift_with_a_key_that_has_gone_holds_no_more",
        "test_share_keys::test_a_release_after_a_key_was_revoked_keeps_what_was_released_before",
    ),
    "another federation by the same name": (
        f"{PUBLISHED}[another federation by the same name]",
        "test_share_keys::test_what_is_copied_is_held_against_its_own_roots",
    ),
    # Freshness
    "rollback": (
        *every_way("rollback"),
        "test_share_trust::test_rollback_of_each_role",
        "services/test_trusted_fetch::test_rollback_and_freeze_through_a_real_registry",
        "test_polling::test_metadata_that_is_older_is_not_taken",
    ),
    "freeze": (
        *every_way("freeze"),
        "test_share_trust::test_each_role_runs_out",
        "test_share_runtime::test_new_treatments_stop_and_those_under_way_go_on",
    ),
    "mix-and-match": (
        *every_way("mix-and-match of the list of regions"),
        *every_way("mix-and-match of a region"),
        "test_share_attacks::test_mix_and_match",
    ),
    "expired metadata": (
        *every_way("expired metadata of a region"),
        "test_share_publishing::test_metadata_that_has_run_out_stops_what_is_fetched",
    ),
    "oversized metadata": (
        *every_way("an oversized timestamp"),
        *every_way("an oversized list of regions"),
        "test_share_attacks::test_oversized_metadata",
    ),
    "depth, keys twice, huge numbers in what is signed": (
        *every_way("nested without end"),
        *every_way("nested deep"),
        *every_way("a key twice in an object"),
        *every_way("a number of thousands of digits"),
        "test_agreements::test_hostile_files_are_refused_and_keep_no_other_from_counting",
        "test_receipts::test_what_is_no_receipt_is_refused",
        "test_signed_documents::test_what_is_no_canonical_json_is_refused_in_every_signed_document",
        "properties/test_share_damage::test_any_bytes_are_an_object_or_a_code",
    ),
    "fast-forward": (
        "test_share_attacks::test_fast_forward_is_left_behind_by_other_online_keys",
        "test_share_trust::test_fast_forward_is_left_behind_by_other_online_keys",
    ),
    "endless root chain": (
        f"{ON_EVERY_WAY}[endless root chain]",
        f"{PUBLISHED}[endless root chain]",
        "test_share_trust::test_an_endless_chain_of_roots",
        "test_share_keys::test_roots_without_end_are_not_gone_through",
    ),
    "restored database": (
        "test_attack_paths::test_a_folder_that_was_put_back_is_noticed",
        "test_share_attacks::test_a_restored_trust_folder_is_noticed",
        "test_share_runtime::test_a_trust_folder_that_is_gone_or_put_back_stops_what_is_new",
        "test_recall_attacks::test_a_trust_folder_that_was_put_back_is_noticed_and_the_recall_counts",
    ),
    "a stale stick on a fresh client": (
        "test_share_attacks::test_a_stale_stick_on_a_fresh_client",
        "test_share_keys::test_a_stale_stick_is_refused_by_a_fresh_client_and_by_one_that_knows_better",
    ),
    "a clock that is off": (
        "test_attack_paths::test_a_clock_that_is_a_year_off",
        "test_share_attacks::test_a_clock_that_was_set_back",
    ),
    "a damaged trust folder": (
        "test_attack_paths::test_what_is_half_written_in_a_trust_folder_is_said_and_fetched_again",
        "test_attack_paths::test_what_nobody_but_oneself_can_put_right_is_said_to_be_damaged",
        "test_runtime_recalls::test_a_damaged_trust_folder_takes_no_page_down",
    ),
    "several at once in one trust folder": (
        "test_attack_paths::test_several_at_once_in_one_trust_folder",
        "test_attack_paths::test_who_reads_a_trust_folder_waits_for_whoever_writes_it",
        "test_share_trust::test_many_at_once_in_one_trust_folder",
    ),
    # The registry
    "a moved tag": (
        "test_attack_paths::test_bytes_of_another_digest_are_refused_on_every_way_that_fetches",
        "test_share_attacks::test_tags_are_nobodys_word",
        "services/test_trusted_fetch::test_a_tag_that_was_moved_changes_nothing",
        "test_agreement_registry::test_a_tag_that_was_written_over_changes_nothing",
        "test_registry_attacks::test_a_tag_that_has_moved_since_it_was_fetched_is_told_and_the_file_stays",
    ),
    "other bytes for a digest": (
        "test_attack_paths::test_bytes_of_another_digest_are_refused_on_every_way_that_fetches",
        "test_share_attacks::test_other_bytes_for_a_digest",
        f"{FROM_A_REGISTRY}[other bytes of the same length for a blob]",
        f"{FROM_A_REGISTRY}[another manifest for a digest]",
        "test_share_registry_metadata::test_a_blob_with_other_bytes_is_refused",
    ),
    "redirects to other hosts, to loopback and link-local addresses": (
        *(f"{BY_A_SERVICE}[{case}]" for case in TRICKS if "redirect" in case),
        "test_registry_attacks::test_a_blob_is_not_fetched_from_places_that_only_this_machine_can_reach",
        "test_registry_attacks::test_a_name_of_the_open_network_that_leads_to_this_machine_is_refused",
        "test_registry_attacks::test_nothing_is_sent_to_another_place",
        "test_registry_attacks::test_tokens_are_not_asked_for_in_places_that_only_this_machine_can_reach",
    ),
    "a wrong Content-Length": (
        f"{BY_A_SERVICE}[a wrong Content-Length]",
        f"{FROM_A_REGISTRY}[a length that is too large]",
        f"{FROM_A_REGISTRY}[a length that is too small]",
    ),
    "HTML with status 200": (f"{BY_A_SERVICE}[a page with status 200]", f"{FROM_A_REGISTRY}[a page for everything]"),
    "slow drip": (
        "test_registry_attacks::test_a_slow_drip_comes_to_an_end",
        "test_polling::test_a_poll_that_gets_anything_else_takes_nothing_and_tells",
    ),
    "times, names and numbers that cannot be": (
        "test_registry_attacks::test_a_time_to_come_again_that_is_none",
        "test_registry_attacks::test_a_token_for_longer_than_any_clock_is_used_and_asked_for_anew_some_day",
        "test_registry_attacks::test_a_registry_whose_name_no_host_can_have_is_not_reached",
    ),
    "a token for another repository": (
        f"{BY_A_SERVICE}[a token for another repository]",
        "services/test_token_issuer::test_a_token_for_another_repository_opens_nothing",
        "services/test_sharing_commands::test_a_token_for_another_repository_opens_nothing",
        "test_registry_attacks::test_a_token_for_another_repository_does_not_help_and_does_not_go_round",
    ),
    "forged and expired tokens": ("services/test_token_issuer::test_forged_and_expired_tokens_open_nothing",),
    "a mount out of another region's program without an agreement": (
        "services/test_token_issuer::test_a_blob_is_not_mounted_out_of_a_program_that_one_may_not_read",
    ),
    "catalogue listing": (
        "services/test_token_issuer::test_nobody_gets_a_list_of_what_exists",
        "test_token_issuer::test_what_is_no_scope_of_a_repository_gives_nothing",
    ),
    "a registry that was put back, and is stamped": (
        "test_attack_paths::test_who_stamps_and_remembers_declares_nothing_old_to_be_fresh",
    ),
    "a stamp that somebody has spoilt": (
        "test_share_registry_metadata::test_stamping_goes_on_from_where_clients_are_though_somebody_has_spoilt_the_last_stamp",
    ),
    "junk of one who may write one role": (
        "services/test_registry_metadata::test_what_a_region_puts_into_its_own_place_stops_nobody_else",
        "test_share_registry_metadata::test_junk_in_one_role_keeps_nobody_from_stamping",
        "test_share_attacks::test_junk_of_one_region_stops_that_region_alone",
        "test_agreement_registry::test_a_flood_is_read_up_to_a_limit_and_ends_are_read_first",
        "test_receipt_registry::test_a_flood_is_bounded_and_told_and_receipts_drown_no_enrolment",
    ),
    "a folder or stick that was tampered with": ("test_registry_attacks::test_a_stick_that_has_been_tampered_with",),
    "files of accounts and of the issuer with wrong types": (
        "test_token_issuer::test_files_that_are_no_files_of_accounts",
        "test_token_issuer::test_the_issuers_folder",
        "test_token_issuer::test_a_file_of_the_issuer_with_a_changed_bit_is_said_to_be_none",
    ),
    # Policy
    "agreement missing": (
        "test_runtime_agreements::test_without_an_agreement_nothing_is_activated",
        "services/test_token_issuer::test_a_program_of_another_region_needs_an_agreement",
    ),
    "agreement ended": (
        "test_runtime_agreements::test_the_end_stops_what_is_new_and_nothing_that_is_under_way",
        "test_agreement_registry::test_a_registry_that_hides_an_end_hides_nothing_from_who_has_seen_it",
        "test_agreement_registry::test_an_end_holds_when_its_file_and_its_key_have_gone",
        "test_token_issuer::test_a_proposal_and_an_ended_agreement_do_not_count",
    ),
    "agreement for another program": (
        "test_runtime_agreements::test_an_agreement_on_something_else_is_none",
        "test_token_issuer::test_another_regions_program_needs_an_agreement",
    ),
    "a forged agreement": (
        "test_agreement_registry::test_what_is_forged_is_told_and_not_counted",
        "test_agreement_commands::test_what_is_forged_on_a_stick_is_told",
        "test_runtime_agreements::test_files_that_nobody_has_signed_so_count_for_nothing_and_are_shown",
    ),
    "recalled": (
        "test_share_attacks::test_what_is_recalled_is_passed_over_and_not_fetched",
        "test_runtime_agreements::test_a_recall_stops_what_is_new_and_says_why",
        "test_subscription_commands::test_a_recalled_version_is_not_offered",
        "test_catalogue::test_a_recalled_version_is_never_the_one_to_go_on_to",
        "test_recall_attacks::test_what_has_gone_from_the_list_is_in_force_until_it_is_lifted",
    ),
    "the same version with another digest": (
        "test_attack_paths::test_a_release_that_has_moved_is_refused_wherever_it_is_judged",
        "test_subscription_commands::test_a_version_in_use_that_has_moved_is_told_and_nothing_is_taken",
        "test_runtime_import::test_a_version_is_never_given_other_content",
        "services/test_registries::test_a_published_version_never_changes",
        "test_catalogue::test_other_bytes_under_a_released_version_are_told",
    ),
    "a version in use that is no longer released": (
        "test_subscription_commands::test_a_version_in_use_that_is_no_longer_released_is_told",
    ),
}


@pytest.mark.parametrize("row", TABLE)
def test_every_test_of_the_table_is_there(row: str) -> None:
    assert TABLE[row]
    for stated in TABLE[row]:
        file, _, name = stated.partition("::")
        function, _, case = name.removesuffix("]").partition("[")
        functions, texts = said(file)
        assert function in functions, f"{row}: there is no {function} in {file}"
        assert not case or case in texts, f"{row}: {file} has no case {case!r}"


def test_every_attack_on_metadata_stands_in_the_table() -> None:
    """Whoever adds an attack or a way says in the table what it is."""
    stated = {one.partition("[")[2].removesuffix("]") for tests in TABLE.values() for one in tests}
    assert {*ATTACKS, *TRICKS} <= stated
    assert set(HOSTILE) - stated <= {"a draft of another bundle", "the list of regions is no list"}
    assert set(ATTACKS) >= OF_A_REGION
    assert set(WAYS) == {
        "fetch --trust",
        "federation update",
        "subscriptions update",
        "catalogue --from",
        "receipts list",
        "polling",
        "token issuer",
    }


@cache
def said(file: str) -> tuple[frozenset[str], frozenset[str]]:
    """The functions of a file of tests, and every text in it."""
    tree = ast.parse((HERE / f"{file}.py").read_text("utf-8"))
    functions = frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return functions, frozenset(_texts(tree))


def _texts(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
