//! Pictures of the real page, taken while it was recorded, are the judge of the renderer (`tests/fixtures/README.md`).
//!
//! Similarity is mean SSIM of brightness; see `kit::similarity`. Probes in the middle of animations are not judged: their pictures
//! are some ten milliseconds off.

use std::path::PathBuf;

use image::RgbImage;
use serde::Deserialize;

use crate::kit::{Video, Workshop, blots, colour_error, difference, in_repository, open, save, similarity};

/// A still has to look like the page did.
const STILL: Bar = Bar { similarity: 0.985, colour: 0.1, blots: 0.0005 };
/// On average over a fixture's stills, hence also over all.
const STILLS_ON_AVERAGE: f64 = 0.995;
/// A frame of a compressed video may lose a little.
const FRAME: Bar = Bar { similarity: 0.97, colour: 3.0, blots: 1.0 };

struct Bar {
    similarity: f64,
    /// Mean absolute error of the samples, of 255.
    colour: f64,
    /// Share of the pixels that are plainly wrong.
    blots: f64,
}

#[derive(Deserialize)]
struct Truth {
    recording: String,
    viewport: Viewport,
    duration_ms: f64,
    probes: Vec<Probe>,
}

#[derive(Deserialize)]
struct Viewport {
    width: u32,
    height: u32,
}

#[derive(Deserialize)]
struct Probe {
    at_ms: u32,
    file: String,
    note: String,
    approximate: bool,
}

/// The fixtures, a test each.
macro_rules! fixtures {
    ($($name:literal $test:ident,)*) => {
        const JUDGED: &[&str] = &[$($name),*];
        $(
            #[test]
            fn $test() {
                judge($name);
            }
        )*
    };
}

fixtures! {
    "canvas" a_canvas_looks_as_it_did_in_stills_mp4_and_webm,
    "checkout" the_demo_looks_as_it_did_in_stills_mp4_and_webm,
    "dashboard" a_dashboard_looks_as_it_did_in_stills_mp4_and_webm,
    "effects" menus_dialogs_and_animations_look_as_they_did_in_stills_mp4_and_webm,
    "form" a_form_looks_as_it_did_in_stills_mp4_and_webm,
    "navigation" several_pages_look_as_they_did_in_stills_mp4_and_webm,
    "scroll" a_scrolled_page_looks_as_it_did_in_stills_mp4_and_webm,
    "shadow" shadow_roots_and_frames_look_as_they_did_in_stills_mp4_and_webm,
}

#[test]
fn every_fixture_is_judged() {
    let files = std::fs::read_dir(in_repository("tests/fixtures/truth")).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    let mut names: Vec<String> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort_unstable();
    assert_eq!(names, JUDGED);
}

/// One pass over the session gives a still of each probe and both videos.
fn judge(name: &str) {
    let truth = in_repository(&format!("tests/fixtures/truth/{name}.json"));
    let truth: Truth = serde_json::from_slice(&std::fs::read(truth).unwrap()).unwrap();
    let workshop = Workshop::new();
    let probes: Vec<&Probe> = truth.probes.iter().filter(|probe| !probe.approximate).collect();
    let stills: Vec<String> = probes.iter().map(|probe| format!("--still {0}ms={0}.png", probe.at_ms)).collect();
    let stills = stills.join(" ");
    let recording = in_repository(&truth.recording);
    let report = workshop.render(&recording, &format!("--cursor off -o video.mp4 -o video.webm {stills}"));
    assert!((report.recorded_ms - truth.duration_ms).abs() < 0.001, "the recording is not the one of the pictures");
    // Whatever else there is to know about a recording: the pictures below may not be of half a page.
    let harmless = ["events_before_snapshot", "removed_attributes"];
    let harm = report.warnings.iter().find(|warning| !harmless.contains(&warning.code.as_str()));
    assert!(harm.is_none(), "{harm:?}");

    let mut court = Court { fixture: name, verdicts: Vec::new() };
    let mut compare = |kind: &str, bar: &Bar, pictures: Vec<RgbImage>| -> f64 {
        assert_eq!(pictures.len(), probes.len());
        let scores = probes.iter().zip(pictures).map(|(probe, picture)| court.hear(kind, probe, bar, &picture));
        scores.sum::<f64>() / probes.len() as f64
    };
    let stills = probes.iter().map(|probe| open(&workshop.path(&format!("{}.png", probe.at_ms)))).collect();
    let average = compare("still", &STILL, stills);
    let times: Vec<f64> = probes.iter().map(|probe| f64::from(probe.at_ms) - report.start_ms()).collect();
    for file in ["video.mp4", "video.webm"] {
        let video = Video::open(workshop.path(file));
        assert_eq!((video.width, video.height), (truth.viewport.width, truth.viewport.height));
        compare(file, &FRAME, video.shown(&times));
    }

    let verdicts = court.verdicts.join("\n");
    println!("{verdicts}\nstills on average: {average:.5}");
    assert!(!verdicts.contains("FAILS"), "see {}\n{verdicts}", court.folder().display());
    assert!(average >= STILLS_ON_AVERAGE, "{average} on average\n{verdicts}");
}

/// Compares, takes minutes, and keeps the evidence where a person can look at it.
struct Court<'a> {
    fixture: &'a str,
    verdicts: Vec<String>,
}

impl Court<'_> {
    fn hear(&mut self, kind: &str, probe: &Probe, bar: &Bar, actual: &RgbImage) -> f64 {
        let expected = open(&in_repository(&format!("tests/fixtures/truth/{}", probe.file)));
        let (alike, off) = (similarity(&expected, actual), colour_error(&expected, actual));
        let wrong = blots(&expected, actual);
        let passes = alike >= bar.similarity && off <= bar.colour && wrong <= bar.blots;
        self.verdicts.push(format!(
            "{} {kind} at {} ms ({}): SSIM {alike:.5}, colour error {off:.3} of 255, {:.3} % of the pixels plainly wrong{}",
            self.fixture,
            probe.at_ms,
            probe.note,
            wrong * 100.0,
            if passes { "" } else { " FAILS" }
        ));
        if !passes {
            let path = |what: &str| self.folder().join(format!("{}-{kind}-{what}.png", probe.at_ms));
            save(actual, &path("actual"));
            save(&expected, &path("expected"));
            save(&difference(&expected, actual), &path("difference"));
        }
        alike
    }

    fn folder(&self) -> PathBuf {
        in_repository("target/fidelity").join(self.fixture)
    }
}
