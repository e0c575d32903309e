//! Each printed command runs as printed, one page after the other, but for the port.

use std::process::Command;

use crate::kit::{Service, Video, Workshop, begins_with, in_repository};

/// The blocks of a page that are to be run against a service.
fn blocks(page: &str) -> Vec<String> {
    page.split("```bash\n").skip(1).filter_map(|rest| rest.split("```").next()).map(str::to_owned).collect()
}

#[test]
fn every_command_to_the_service_runs_as_printed() {
    let shop = Workshop::new();
    let service = Service::start(&shop.path("data"), &[]);
    for page in ["README.md", "docs/service.md"] {
        let folder = shop.path(&page.replace(['/', '.'], "-"));
        std::fs::create_dir(&folder).unwrap();
        std::os::unix::fs::symlink(in_repository("examples"), folder.join("examples")).unwrap();
        let blocks = blocks(&std::fs::read_to_string(in_repository(page)).unwrap());
        assert!(!blocks.is_empty(), "{page} lost its commands");
        for block in blocks {
            assert!(block.contains("http://localhost:8080"), "{page}: {block}");
            let here = block.replace("http://localhost:8080", &service.base);
            let done =
                Command::new("bash").args(["-euo", "pipefail", "-c", &here]).current_dir(&folder).output().unwrap();
            let (said, why) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
            assert!(done.status.success(), "{page}: {block}\n{said}\n{why}\n{}", service.process.log());
            assert!(!said.contains("/docs/problems/"), "{page}: {block}\n{said}");
        }
        assert!(Video::open(folder.join("replay.mp4")).duration_ms > 10_000.0);
    }
    assert!(begins_with(&shop.path("docs-service-md").join("form.png"), b"\x89PNG"));
}
