//! A small real filesystem, for filling it.

use std::ffi::CString;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};
use tempfile::TempDir;

/// Says to a test program that it runs in namespaces of its own.
const INSIDE: &str = "WUYUAN_TESTS_MOUNTS";
/// Bytes written at once when filling.
const BLOCK: usize = 4 << 10;

/// A tmpfs of a given size, unmounted when dropped.
pub struct SmallFs {
    folder: TempDir,
}

/// Runs `body` where this process may mount: at once where it may already, as root does; else in this very test program
/// started again in namespaces of its own, in which it keeps its user and may mount.
///
/// # Panics
/// When neither is possible here: a test that cannot fill a filesystem has failed.
pub fn apart(test: &str, body: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() || SmallFs::try_mount(1).is_ok() {
        return body();
    }
    let own = std::env::current_exe().expect("a running program has a path");
    let status = Command::new("unshare")
        .args(["--user", "--map-current-user", "--keep-caps", "--mount"])
        .arg(own)
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "1")
        .status()
        .unwrap_or_else(|e| panic!("cannot run unshare ({e}): this test mounts a small filesystem, run it as root"));
    assert!(
        status.success(),
        "{test} failed in namespaces of its own ({status}); if it could not mount there, run it as root"
    );
}

impl SmallFs {
    /// Mounts one of `mebibytes` MiB.
    ///
    /// # Panics
    /// When it cannot be mounted.
    pub fn mount(mebibytes: u32) -> SmallFs {
        SmallFs::try_mount(mebibytes).unwrap_or_else(|e| panic!("cannot mount a small filesystem here: {e}"))
    }

    fn try_mount(mebibytes: u32) -> std::io::Result<SmallFs> {
        let folder = TempDir::new()?;
        let size = CString::new(format!("size={mebibytes}m,mode=0777"))?;
        mount("tmpfs", folder.path(), "tmpfs", MountFlags::empty(), size.as_c_str())?;
        Ok(SmallFs { folder })
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Fills it to the last block.
    pub fn fill(&self) {
        let mut file = File::options()
            .create(true)
            .append(true)
            .open(self.ballast())
            .expect("a file on it");
        let block = [0; BLOCK];
        loop {
            match file.write_all(&block) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => return,
                Err(error) => panic!("cannot fill {}: {error}", self.path().display()),
            }
        }
    }

    /// Makes room again.
    pub fn free(&self) {
        fs::remove_file(self.ballast()).expect("it was filled");
    }

    fn ballast(&self) -> PathBuf {
        self.path().join("ballast")
    }
}

impl Drop for SmallFs {
    fn drop(&mut self) {
        // Detached: a process that is about to end may still have a file open.
        let done = unmount(self.folder.path(), UnmountFlags::DETACH);
        if !std::thread::panicking() {
            done.expect("what was mounted can be unmounted");
        }
    }
}
