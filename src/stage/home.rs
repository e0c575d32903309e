//! The browser's own folder: profile, fonts and temporary files, removed with the browser.

use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::fonts::{self, FontSet};

/// Chromium's sandbox refuses to run as root; as root, the browser runs as this user instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct UnprivilegedUser {
    /// User id.
    pub(super) uid: u32,
    /// Group id.
    pub(super) gid: u32,
}

/// `nobody` and `nogroup` of every Debian system (base-passwd); they own no file.
const NOBODY: UnprivilegedUser = UnprivilegedUser { uid: 65_534, gid: 65_534 };

/// See the module.
#[derive(Debug)]
pub(super) struct Home {
    folder: TempDir,
    user: Option<UnprivilegedUser>,
}

impl Home {
    pub(super) fn create(fonts: FontSet) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("replayreel-browser-").tempdir()?;
        let user = rustix::process::geteuid().is_root().then_some(NOBODY);
        let home = Self { folder, user };
        std::fs::create_dir(home.profile())?;
        fonts::install(fonts, home.path(), &home.fonts_conf())?;
        if let Some(user) = user {
            for path in [home.path(), &home.profile(), &home.path().join(fonts::CACHE)] {
                std::os::unix::fs::chown(path, Some(user.uid), Some(user.gid))?;
            }
        }
        Ok(home)
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn profile(&self) -> PathBuf {
        self.path().join("profile")
    }

    pub(super) fn fonts_conf(&self) -> PathBuf {
        self.path().join("fonts.conf")
    }

    /// Whom to run the browser as, where we are root.
    pub(super) fn unprivileged_user(&self) -> Option<UnprivilegedUser> {
        self.user
    }
}
