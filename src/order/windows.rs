//! `--window auto|ID|each`.

use std::path::{Path, PathBuf};

use super::OrderError;
use crate::render::{MomentStills, RenderError, Report, Request, Watch, WindowChoice, render};

/// Files of every window.
pub(crate) const EACH: &str = "each";

/// The request as it is, or, for `each`, one for each window that can be shown, with numbered files.
pub(crate) fn of_windows(request: Request, window: &str) -> Result<Vec<Request>, OrderError> {
    if window != EACH {
        return Ok(vec![request]);
    }
    let requests: Vec<Request> = of_each(&request).collect();
    let paths = requests.iter().flat_map(paths).collect::<Vec<_>>();
    match paths.iter().enumerate().find(|(index, path)| paths[..*index].contains(path)) {
        Some((_, path)) => Err(OrderError(format!("two outputs have the same path: {}", path.display()))),
        None => Ok(requests),
    }
}

fn of_each(request: &Request) -> impl Iterator<Item = Request> {
    let windows = request.recording.windows.iter().enumerate();
    windows.filter(|(_, window)| window.first_full_snapshot().is_some()).map(|(index, window)| {
        let mut request = Request { window: WindowChoice::Id(window.id.clone()), ..request.clone() };
        for video in &mut request.videos {
            video.path = numbered(&video.path, index + 1);
        }
        for still in &mut request.stills {
            still.path = numbered(&still.path, index + 1);
        }
        for sidecar in &mut request.sidecars {
            sidecar.path = numbered(&sidecar.path, index + 1);
        }
        for path in request.overview.paths_mut() {
            *path = numbered(path, index + 1);
        }
        request.moments = request.moments.map(|wanted| {
            let names = wanted.names.numbered(index + 1);
            MomentStills { names, ..wanted }
        });
        request
    })
}

fn paths(request: &Request) -> impl Iterator<Item = &Path> {
    let videos = request.videos.iter().map(|video| video.path.as_path());
    let stills = request.stills.iter().map(|still| still.path.as_path());
    let overview = request.overview.paths().map(PathBuf::as_path);
    videos.chain(stills).chain(overview).chain(request.sidecars.iter().map(|sidecar| sidecar.path.as_path()))
}

/// `clips/demo.mp4` to `clips/demo-2.mp4`.
fn numbered(path: &Path, number: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-{number}.{extension}"))
}

/// Renders one after the other; a failure or a signal takes back the files of all.
pub(crate) async fn render_all(
    requests: &[Request],
    watch: &dyn Watch,
    name: impl Fn(RenderError) -> RenderError,
) -> Result<Vec<Report>, RenderError> {
    let mut made = Made::default();
    let mut reports = Vec::new();
    for request in requests {
        let report = render(request, watch).await.map_err(&name)?;
        made.files.extend(report.outputs.iter().map(|output| output.path.clone()));
        reports.push(report);
    }
    made.files.clear();
    Ok(reports)
}

/// Files that go if the rest does not come.
#[derive(Default)]
struct Made {
    files: Vec<PathBuf>,
}

impl Drop for Made {
    fn drop(&mut self) {
        for file in &self.files {
            // Gone already is as good.
            let _ = std::fs::remove_file(file);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_before_the_extension() {
        assert_eq!(numbered(Path::new("clips/demo.v2.mp4"), 2), Path::new("clips/demo.v2-2.mp4"));
    }
}
