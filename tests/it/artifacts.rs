//! The stores keep one contract: a folder, S3 (s3s, which implements it on a folder), and Google's and Azure's protocols as far as they are used here.
//! The connections to the latter can be made to fail on the way.

mod azure;
mod bucket;
mod contract;
mod google;
pub(crate) mod proxy;
pub(crate) mod s3;

use replayreel::artifacts::Artifacts;

/// A store that is empty, and what keeps it there.
struct Place<T> {
    store: Artifacts,
    /// The same store with another prefix.
    neighbour: Artifacts,
    held: T,
}

fn folder() -> Place<tempfile::TempDir> {
    let folder = tempfile::tempdir().unwrap();
    let open = |name: &str| Artifacts::open(folder.path().join(name).to_str().unwrap()).unwrap();
    Place { store: open("of-tests"), neighbour: open("of-tests-of-others"), held: folder }
}

/// Each sentence is a test of its own on each store.
macro_rules! contract {
    ($($name:ident),+ $(,)?) => {
        mod in_a_folder {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let place = super::folder();
                    super::contract::$name(&place.store, &place.neighbour).await;
                    drop(place.held);
                }
            )+
        }
        mod at_s3 {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let place = super::s3::place().await;
                    super::contract::$name(&place.store, &place.neighbour).await;
                    drop(place.held);
                }
            )+
        }
        mod at_google {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let place = super::google::place().await;
                    super::contract::$name(&place.store, &place.neighbour).await;
                    drop(place.held);
                }
            )+
        }
        mod at_azure {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let place = super::azure::place().await;
                    super::contract::$name(&place.store, &place.neighbour).await;
                    drop(place.held);
                }
            )+
        }
    };
}

contract! {
    a_small_file_comes_back_as_it_was_put,
    a_file_of_several_parts_comes_back_as_it_was_put,
    an_empty_file_is_a_file,
    a_range_is_given_and_ends_where_the_file_does,
    what_is_larger_than_may_be_read_is_refused,
    a_copy_has_the_same_bytes_and_stays_without_the_original,
    a_list_has_what_is_below_and_nothing_beside,
    a_folder_of_keys_is_deleted_but_for_what_is_kept,
    what_is_not_there_is_missing,
    what_can_be_no_key_is_refused,
    names_with_signs_in_them_are_names,
    a_store_that_works_passes_its_check,
    of_many_that_put_one_key_one_has_put_all_of_it,
    another_prefix_is_another_store,
}

macro_rules! faults {
    ($($store:ident),+) => {
        $(mod $store {
            mod on_the_way {
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn an_error_of_the_server_is_tried_again() {
                    let place = super::super::super::$store::place().await;
                    super::super::super::contract::an_error_of_the_server_is_tried_again(&place.store, &place.held.proxy).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn a_put_that_is_cut_off_is_made_whole_or_leaves_nothing() {
                    let place = super::super::super::$store::place().await;
                    super::super::super::contract::a_put_that_is_cut_off_is_made_whole_or_leaves_nothing(&place.store, &place.held.proxy).await;
                }
            }
        })+
    };
}

mod faulty {
    faults!(s3, google, azure);
}
