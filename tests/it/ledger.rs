//! The ledger keeps one contract on both of its databases.

mod addresses;
mod contract;
mod figures;

use replayreel::ledger::{Ledger, LedgerOptions, ManualClock};

use crate::kit::Postgres;

/// A ledger with its tables, and its clock.
async fn made(url: &str) -> (Ledger, ManualClock) {
    let clock = ManualClock::at(1_800_000_000_000);
    let options = LedgerOptions { clock: Some(clock.clone()), max_connections: 16, ..LedgerOptions::default() };
    let ledger = Ledger::open(url, options).unwrap();
    ledger.migrate().await.unwrap();
    (ledger, clock)
}

/// Each sentence is a test of its own on SQLite. On PostgreSQL they are one, because the server takes longer to start than they to run.
macro_rules! contract {
    ($($topic:ident: $($name:ident),+;)+) => {
        mod sqlite {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let folder = tempfile::tempdir().unwrap();
                    let (ledger, clock) = super::made(&format!("sqlite:{}", folder.path().join("ledger.db").display())).await;
                    super::contract::$topic::$name(&ledger, &clock).await;
                    ledger.close().await;
                }
            )+)+
        }

        mod postgres {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn the_whole_contract_holds() {
                let server = super::Postgres::start();
                $($(
                    println!("{}", stringify!($name));
                    let (ledger, clock) = super::made(&server.database()).await;
                    super::contract::$topic::$name(&ledger, &clock).await;
                    ledger.close().await;
                )+)+
            }
        }
    };
}

contract! {
    queue:
        a_job_comes_back_as_it_was_given,
        a_text_with_a_nul_is_kept_without_it,
        the_queue_has_a_limit,
        the_same_request_makes_one_job,
        a_key_for_another_request_is_refused,
        a_replay_is_answered_when_the_queue_is_full,
        keys_of_different_owners_are_different,
        an_idempotency_key_ends_after_a_day,
        a_deleted_jobs_key_is_free,
        sixteen_equal_requests_at_once_make_one_job,
        sixteen_requests_at_once_keep_the_limit;
    claims:
        the_highest_priority_goes_first_then_the_longest_due,
        a_scheduled_job_waits_for_its_time,
        a_job_that_does_not_fit_is_passed_over,
        a_job_passed_over_for_too_long_holds_back_those_behind_it,
        a_job_that_no_worker_can_hold_holds_back_nobody,
        an_owner_with_enough_running_is_passed_over,
        a_keys_own_limit_goes_before_the_general_one,
        eight_claimers_take_each_of_two_hundred_jobs_once,
        an_owners_limit_holds_among_eight_claimers;
    leases:
        a_beat_prolongs_the_lease_and_notes_progress,
        a_late_result_is_refused,
        a_worker_that_claims_again_cannot_use_its_old_lease,
        two_results_never_both_count,
        a_failure_waits_and_is_tried_again,
        attempts_end,
        what_is_handed_back_goes_first_again,
        a_poisonous_job_ends_as_worker_lost,
        a_lost_job_that_was_called_off_is_cancelled,
        eight_sweepers_take_each_lost_job_once,
        a_content_key_needs_the_lease,
        a_clock_that_is_set_back_loses_nothing_and_doubles_nothing,
        a_clock_that_is_set_forward_costs_an_attempt_at_most;
    lives:
        a_queued_job_is_cancelled_at_once,
        a_running_job_is_told_to_stop,
        a_settled_job_cannot_be_cancelled,
        a_failed_job_can_be_tried_again_with_all_attempts,
        only_jobs_that_are_over_are_tried_again,
        every_change_counts,
        a_finished_job_is_found_by_its_content,
        jobs_go_in_two_steps,
        expired_jobs_are_doomed,
        only_settled_jobs_are_deleted;
    listing:
        pages_have_no_holes_and_no_doubles_while_jobs_are_added,
        filters_hold,
        a_search_is_for_what_was_typed,
        counts_are_by_state;
    outbox:
        every_way_to_settle_writes_a_message,
        no_webhook_no_message,
        a_refused_result_writes_no_message,
        a_message_tells_of_the_job_as_it_was,
        a_message_is_sent_once_at_a_time,
        a_sender_that_died_is_replaced_and_refused,
        the_first_body_stays,
        a_message_that_is_not_taken_waits_and_is_given_up,
        a_log_is_bounded,
        a_message_can_be_sent_again,
        a_message_outlives_its_job_until_it_is_sent;
    keys:
        a_key_is_found_by_its_hash_until_it_is_revoked,
        a_keys_use_is_noted_once_a_minute,
        a_key_is_added_once,
        a_secret_is_the_same_for_everybody,
        a_share_is_open_until_it_ends_or_is_revoked;
    sessions:
        chunks_count_in_order_and_once,
        of_chunks_with_one_number_the_first_that_is_stored_counts,
        sessions_and_keys_have_room_for_so_much,
        a_session_is_found_by_its_person_and_takes_no_more_when_it_has_ended,
        what_is_made_of_a_session_is_about_whom_the_session_is_about,
        a_session_goes_when_it_was_kept_for_long_enough,
        a_session_that_turns_out_to_be_about_somebody_who_is_erased_ends;
    erasures:
        all_about_a_person_goes_and_nothing_of_anybody_else,
        a_recording_is_found_by_its_id_and_by_its_bytes,
        a_running_job_is_stopped_first,
        a_job_that_does_not_stop_is_told_and_goes_with_the_next_run,
        a_job_asked_for_while_erasing_is_refused_when_it_is_read,
        a_job_asked_for_after_erasing_is_welcome,
        a_job_answered_with_an_earlier_ones_files_is_about_the_same,
        jobs_from_before_are_found_by_what_they_uploaded,
        metadata_decides_only_where_the_recording_says_nothing,
        a_late_render_whose_worker_dies_is_left_to_the_janitor,
        a_dry_run_deletes_nothing,
        a_second_run_finds_nothing,
        what_fails_is_told_and_the_next_run_finishes,
        messages_about_jobs_that_are_gone_go_too;
}
