//! What this machine says of itself: since when it runs, and where a folder of it really is.

use std::path::Path;

use crate::liveness::FileSystem;

/// A name for the time since this machine was started; containers on one kernel share it. `None` where
/// the system has none.
#[must_use]
pub fn boot_id() -> Option<String> {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(id.trim().to_owned())
}

/// The machine's name, for people to read.
#[must_use]
#[cfg(unix)]
pub fn name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// The machine's name, for people to read.
#[must_use]
#[cfg(not(unix))]
pub fn name() -> String {
    "this machine".to_owned()
}

/// The kind of file system that a folder is on.
#[must_use]
#[cfg(target_os = "linux")]
pub fn file_system(folder: &Path) -> FileSystem {
    // The numbers are those of statfs(2). FUSE may be anything, a network included.
    let shared = [
        (0x6969, "NFS"),
        (0x517b, "SMB"),
        (0xff53_4d42, "CIFS"),
        (0xfe53_4d42, "SMB 2"),
        (0x0102_1997, "9P"),
        (0x6573_5546, "FUSE"),
        (0x00c3_6400, "Ceph"),
        (0x5346_414f, "AFS"),
        (0x0bd0_0bd0, "Lustre"),
        (0x4750_4653, "GPFS"),
        (0x0116_1970, "GFS2"),
        (0x7461_636f, "OCFS2"),
    ];
    let Ok(info) = rustix::fs::statfs(folder) else { return FileSystem::Local("unknown".into()) };
    // The field is signed on some machines; the numbers are of 32 bits.
    let kind = info.f_type as u64 & 0xffff_ffff;
    match shared.iter().find(|(magic, _)| *magic == kind) {
        Some((_, name)) => FileSystem::Shared((*name).to_owned()),
        None => FileSystem::Local(format!("file system {kind:#x}")),
    }
}

/// The kind of file system that a folder is on.
#[must_use]
#[cfg(not(target_os = "linux"))]
pub fn file_system(_folder: &Path) -> FileSystem {
    FileSystem::Local("unknown".to_owned())
}

impl std::fmt::Display for FileSystem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Local(name) | Self::Shared(name) => f.write_str(name),
        }
    }
}
