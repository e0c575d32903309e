//! Assets in a folder: listed by an index, or laid out as `wget -p` and `wget -x` do.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Component, Path, PathBuf};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use url::Url;

use super::limits::Budget;
use super::{Asset, Assets, AssetsError, Limits, kind};

/// The file that makes a folder an indexed one.
pub const INDEX: &str = "index.json";

/// Reads a folder: by its `index.json` if it has one, else as a mirror (`host/path/file?query`, also below `https/`).
///
/// Symbolic links that lead out of the folder are not followed: in a mirror they are passed over, in an index they are an error.
///
/// # Errors
/// [`AssetsError`], naming the file. Limits hold for bytes really read.
pub fn load_dir(folder: &Path, limits: &Limits) -> Result<Assets, AssetsError> {
    let root = folder.canonicalize().map_err(|error| io_error(folder, error))?;
    let index = root.join(INDEX);
    let mut budget = Budget::new(limits);
    if index.is_file() { load_indexed(&root, &index, &mut budget) } else { load_mirror(&root, &mut budget) }
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(untagged)]
enum Entry {
    File(String),
    Typed {
        file: String,
        #[serde(rename = "type")]
        content_type: String,
    },
}

fn load_indexed(root: &Path, index: &Path, budget: &mut Budget<'_>) -> Result<Assets, AssetsError> {
    let wrong = |message: String| AssetsError::Index { path: index.to_owned(), message };
    let text = fs::read(index).map_err(|error| io_error(index, error))?;
    let entries: BTreeMap<String, Entry> = serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
    let mut assets = Assets::default();
    for (url, entry) in entries {
        Url::parse(&url).map_err(|error| wrong(format!("{url:?} is no whole URL ({error})")))?;
        let (file, content_type) = match &entry {
            Entry::File(file) => (file, ""),
            Entry::Typed { file, content_type } => (file, content_type.as_str()),
        };
        let inside = Path::new(file).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        let path = root.join(file);
        let whole = path.canonicalize().map_err(|error| io_error(&path, error))?;
        if !inside || !whole.starts_with(root) {
            return Err(wrong(format!("{file:?} (of {url}) leaves the folder")));
        }
        let bytes = read(&whole, budget)?;
        let content_type = if content_type.is_empty() { kind::of(file, &bytes) } else { content_type };
        assets.insert(&url, Asset { content_type: content_type.to_owned(), bytes });
    }
    Ok(assets)
}

fn load_mirror(root: &Path, budget: &mut Budget<'_>) -> Result<Assets, AssetsError> {
    let mut assets = Assets::default();
    let mut waiting = vec![PathBuf::new()];
    while let Some(below) = waiting.pop() {
        let folder = root.join(&below);
        let listed = fs::read_dir(&folder).map_err(|error| io_error(&folder, error))?;
        // Names that are not UTF-8 are of no URL.
        let mut names: Vec<String> = listed.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
        names.sort_unstable();
        for name in names {
            let below = below.join(name);
            let path = root.join(&below);
            let Ok(what) = fs::symlink_metadata(&path) else { continue };
            if what.is_dir() {
                waiting.push(below);
                continue;
            }
            let Ok(whole) = path.canonicalize() else { continue };
            if !whole.starts_with(root) || !whole.is_file() {
                continue;
            }
            let urls = urls_of(&below);
            let name = below.to_string_lossy();
            // Scripts, pages and media of a mirror are left where they are.
            if urls.is_empty() || !kind::is_of_use(kind::of(&name, &[])) {
                continue;
            }
            let bytes = read(&whole, budget)?;
            let content_type = kind::of(&name, &bytes);
            for url in urls.iter().filter(|_| kind::is_of_use(content_type)) {
                assets.insert(url, Asset { content_type: content_type.to_owned(), bytes: bytes.clone() });
            }
        }
    }
    Ok(assets)
}

/// The URLs that a mirror's file stands for. wget decodes `%20` and the like in names and keeps `?`; what it cannot write as it is
/// (`/` in a query) stays escaped. Whether it was http or https the name does not say: [`super::Shelf`] takes both.
fn urls_of(below: &Path) -> Vec<String> {
    let mut parts = below.iter().filter_map(|part| part.to_str());
    let Some(first) = parts.next() else { return Vec::new() };
    let (scheme, host) = match first {
        "http" | "https" => (first, parts.next().unwrap_or_default()),
        host => ("https", host),
    };
    // `--restrict-file-names=windows` writes a port behind a plus.
    let host = host.replace('+', ":");
    let path = parts.map(|part| part.replace('#', "%23")).collect::<Vec<_>>().join("/");
    if path.is_empty() {
        return Vec::new();
    }
    let mut paths = vec![path.clone()];
    // `wget -E` puts an extension behind a query.
    paths.extend(path.strip_suffix(".css").filter(|path| path.contains('?')).map(str::to_owned));
    let (folder, file) = path.rsplit_once('/').map_or(("", path.as_str()), |(folder, file)| (folder, file));
    if let Some(query) = file.strip_prefix("index.html") {
        let slash = if folder.is_empty() { "" } else { "/" };
        paths.push(format!("{folder}{slash}{query}"));
    }
    let urls = paths.into_iter().filter_map(|path| Url::parse(&format!("{scheme}://{host}/{path}")).ok());
    urls.map(String::from).collect()
}

fn read(path: &Path, budget: &mut Budget<'_>) -> Result<Bytes, AssetsError> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| io_error(path, error))?;
    // One byte more than allowed tells "at the limit" from "beyond it".
    let read = file.take(budget.most().saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|error| io_error(path, error))?;
    budget.take(&path.display().to_string(), bytes.len() as u64)?;
    Ok(bytes.into())
}

/// Writes assets as an indexed folder, so that the next render needs no network. A folder kept before is added to.
///
/// # Errors
/// [`AssetsError::Occupied`] if the folder holds something else.
pub fn keep(assets: &Assets, folder: &Path) -> Result<(), AssetsError> {
    let failed = |error| io_error(folder, error);
    let index = folder.join(INDEX);
    let mut entries: BTreeMap<String, Entry> = match fs::read(&index) {
        Ok(text) => serde_json::from_slice(&text)
            .map_err(|error| AssetsError::Index { path: index.clone(), message: error.to_string() })?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
        Err(error) => return Err(io_error(&index, error)),
    };
    if entries.is_empty() && fs::read_dir(folder).is_ok_and(|mut there| there.next().is_some()) {
        return Err(AssetsError::Occupied { path: folder.to_owned() });
    }
    fs::create_dir_all(folder.join("files")).map_err(failed)?;
    for (url, asset) in assets.iter() {
        let digest = blake3::hash(&asset.bytes).to_hex();
        let digest = &digest[..32];
        let file = format!("files/{digest}");
        fs::write(folder.join(&file), &asset.bytes).map_err(failed)?;
        entries.insert(url.to_owned(), Entry::Typed { file, content_type: asset.content_type.clone() });
    }
    // The index last and whole: a folder without it is not taken for one that was kept.
    let mut written = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    let text = serde_json::to_vec_pretty(&entries).map_err(|error| failed(error.into()))?;
    written.write_all(&text).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let readable = fs::Permissions::from_mode(0o644);
        written.as_file().set_permissions(readable).map_err(failed)?;
    }
    written.persist(&index).map_err(|error| failed(error.error))?;
    Ok(())
}

fn io_error(path: &Path, error: io::Error) -> AssetsError {
    AssetsError::Io { path: path.to_owned(), error }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest";

    fn folder_with(files: &[(&str, &[u8])]) -> io::Result<tempfile::TempDir> {
        let folder = tempfile::tempdir()?;
        for (name, content) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap_or(folder.path()))?;
            fs::write(path, content)?;
        }
        Ok(folder)
    }

    #[test]
    fn an_index_names_files_with_or_without_a_type() -> Outcome {
        let index =
            br#"{"https://a.example/x?y": "one", "https://a.example/s": {"file": "two.txt", "type": "text/css"}}"#;
        let folder = folder_with(&[(INDEX, index), ("one", PNG), ("two.txt", b"a{}"), ("three", b"unlisted")])?;
        let assets = load_dir(folder.path(), &Limits::default())?;
        assert_eq!(assets.len(), 2);
        assert_eq!(assets.get("https://a.example/x?y").map(|asset| asset.content_type.as_str()), Some("image/png"));
        assert_eq!(assets.get("https://a.example/s#f").map(|asset| asset.content_type.as_str()), Some("text/css"));
        Ok(())
    }

    #[test]
    fn an_index_that_is_none_or_leaves_its_folder_is_refused() -> Outcome {
        for (index, why) in [
            ("[]", "map"),
            (r#"{"a.png": "one"}"#, "no whole URL"),
            (r#"{"https://a.example/": "../secret"}"#, "leaves the folder"),
            (r#"{"https://a.example/": "/etc/hostname"}"#, "leaves the folder"),
            (r#"{"https://a.example/": "link"}"#, "leaves the folder"),
            (r#"{"https://a.example/": "gone"}"#, "gone"),
        ] {
            let outer = folder_with(&[("in/index.json", index.as_bytes()), ("secret", b"x")])?;
            std::os::unix::fs::symlink(outer.path().join("secret"), outer.path().join("in/link"))?;
            let refused = load_dir(&outer.path().join("in"), &Limits::default());
            assert!(refused.as_ref().is_err_and(|error| error.to_string().contains(why)), "{index}: {refused:?}");
        }
        Ok(())
    }

    #[test]
    fn a_mirror_as_wget_writes_it_is_read_by_its_paths() -> Outcome {
        let folder = folder_with(&[
            ("cdn.example/img/a b.png", PNG),
            ("cdn.example/css?family=Noto&d=a%2Fb", b"body{}"),
            ("cdn.example/css?family=Mono.css", b"body{}"),
            ("http/old.example:8080/i.gif", b"GIF89a"),
            ("cdn.example/app.js", b"alert(1)"),
            ("cdn.example/film.mp4", b"...."),
            ("cdn.example/index.html", b"<html>"),
            ("readme.txt", b"not of a host"),
        ])?;
        let assets = load_dir(folder.path(), &Limits::default())?;
        let urls: Vec<&str> = assets.iter().map(|(url, _)| url).collect();
        assert_eq!(
            urls,
            [
                "http://old.example:8080/i.gif",
                "https://cdn.example/css?family=Mono",
                "https://cdn.example/css?family=Mono.css",
                "https://cdn.example/css?family=Noto&d=a%2Fb",
                "https://cdn.example/img/a%20b.png",
            ]
        );
        Ok(())
    }

    #[test]
    fn a_link_that_leaves_a_mirror_is_not_followed_and_one_inside_is() -> Outcome {
        let outer = folder_with(&[("in/h.example/a.png", PNG), ("secret.png", PNG), ("secrets/b.png", PNG)])?;
        let host = outer.path().join("in/h.example");
        std::os::unix::fs::symlink(outer.path().join("secret.png"), host.join("out.png"))?;
        std::os::unix::fs::symlink(outer.path().join("secrets"), host.join("outs"))?;
        std::os::unix::fs::symlink(host.join("a.png"), host.join("same.png"))?;
        std::os::unix::fs::symlink(&host, host.join("round"))?;
        let assets = load_dir(&outer.path().join("in"), &Limits::default())?;
        let urls: Vec<&str> = assets.iter().map(|(url, _)| url).collect();
        assert_eq!(urls, ["https://h.example/a.png", "https://h.example/same.png"]);
        Ok(())
    }

    #[test]
    fn each_limit_is_named_by_its_option() -> Outcome {
        let folder = folder_with(&[("h.example/a.png", &[1; 100]), ("h.example/b.png", &[2; 100])])?;
        for (limits, option) in [
            (Limits { count: 1, ..Limits::default() }, "--max-assets)"),
            (Limits { bytes_each: 99, ..Limits::default() }, "--max-asset-bytes)"),
            (Limits { bytes_total: 199, ..Limits::default() }, "--max-assets-bytes)"),
        ] {
            let refused = load_dir(folder.path(), &limits);
            assert!(refused.as_ref().is_err_and(|error| error.to_string().contains(option)), "{refused:?}");
        }
        let exactly = Limits { count: 2, bytes_each: 100, bytes_total: 200 };
        assert_eq!(load_dir(folder.path(), &exactly)?.len(), 2);
        Ok(())
    }

    #[test]
    fn what_is_kept_is_read_again_and_added_to() -> Outcome {
        let folder = tempfile::tempdir()?;
        let asset = |content_type: &str, bytes: &'static [u8]| Asset {
            content_type: content_type.to_owned(),
            bytes: Bytes::from_static(bytes),
        };
        let mut assets = Assets::default();
        assets.insert("https://a.example/x", asset("image/png", PNG));
        assets.insert("https://a.example/y", asset("image/png", PNG));
        keep(&assets, folder.path())?;
        assert_eq!(load_dir(folder.path(), &Limits::default())?, assets);
        let mut more = Assets::default();
        more.insert("https://b.example/s", asset("text/css", b"a{}"));
        keep(&more, folder.path())?;
        assets.merge(more);
        assert_eq!(load_dir(folder.path(), &Limits::default())?, assets);
        let other = folder_with(&[("precious", b"x")])?;
        assert!(matches!(keep(&assets, other.path()), Err(AssetsError::Occupied { .. })));
        Ok(())
    }
}
