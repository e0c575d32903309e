//! Disks that have no room, and stores that take nothing.

use std::path::Path;

use super::{IMPATIENT, made, submitted};
use crate::kit::{Process, Service, Workshop};
use crate::program::is_root;

/// A worker for which the folder is something else, mounted where nobody but it sees that. None where this machine mounts nothing for us.
fn work_with(mount: &str, folder: &Path, data: &Path) -> Option<Process> {
    if !is_root() {
        eprintln!("skipped: mounting takes root");
        return None;
    }
    std::fs::create_dir_all(folder).unwrap();
    let (script, folder) = (format!("{mount} || exit 99\nexec \"$@\""), folder.display().to_string());
    let outer = ["env", &format!("FOLDER={folder}"), "unshare", "--mount", "--propagation", "private"];
    let outer = [&outer[..], &["sh", "-c", &script, "sh"]].concat();
    Some(Process::start_within(&outer, &words(data), &[("REPLAYREEL_FONTS", "bundled")]))
}

fn words(data: &Path) -> [&str; 13] {
    let data = data.to_str().unwrap();
    let [a, b, c, d, e, f, g, h] = IMPATIENT;
    ["worker", "--data", data, "--slots", "1", a, b, c, d, e, f, g, h]
}

/// The first worker fails, with a reason that says why; another one does what the first could not.
async fn another_worker_finishes(mount: &str, folder: &str, reason: &str) {
    let shop = Workshop::new();
    let data = shop.path("data");
    let service = Service::start(&data, &["--no-worker", "--max-attempts", "10"]);
    let Some(mut failing) = work_with(mount, &data.join(folder), &data) else { return };
    let id = submitted(&service).await;
    let render = service.until(&id, |render| render["failure"]["code"] == "store").await;
    assert_eq!(render["failure"]["retryable"], true, "{render:#}");
    let message = render["failure"]["message"].as_str().unwrap();
    assert!(message.contains(reason), "{message}");
    failing.kill();
    let _other = Process::start(&words(&data), &[("REPLAYREEL_FONTS", "bundled")]);
    let render = made(&service, &id).await;
    assert!(render["attempt"].as_u64() > Some(1), "{render:#}");
}

#[tokio::test]
async fn a_worker_without_room_for_its_work_says_so_and_another_one_does_it() {
    let small = r#"mount -t tmpfs -o size=64k,mode=1777 small "$FOLDER""#;
    another_worker_finishes(small, "work", "no space left on the disk").await;
}

#[tokio::test]
async fn a_worker_whose_store_is_read_only_says_so_and_another_one_does_it() {
    let read_only = r#"mount --bind "$FOLDER" "$FOLDER" && mount -o remount,ro,bind "$FOLDER""#;
    another_worker_finishes(read_only, "artifacts", "Read-only file system").await;
}
