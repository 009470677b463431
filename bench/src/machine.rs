//! What the figures were measured on.

use std::fs::{self, File};
use std::io::Write;
use std::process::Command;
use std::time::{Duration, Instant};

use wuyuan_tests::postgres::cluster;

use crate::report::number;

/// The machine and the versions, as a Markdown list. Takes two seconds: it syncs a file.
pub fn describe() -> String {
    let (mount, filesystem) = filesystem();
    let lines = [
        format!(
            "processor: {}, {} cores",
            cpu(),
            std::thread::available_parallelism().map_or(1, Into::into)
        ),
        format!("memory: {} GiB", number(memory_gib())),
        format!("kernel: Linux {}", read("/proc/sys/kernel/osrelease").trim()),
        format!(
            "filesystem: {filesystem} on {mount}, {} fdatasync/s of 4 KiB appended",
            number(syncs_a_second())
        ),
        format!("{}; SQLite {}; {}", version("rustc"), rusqlite::version(), postgres()),
    ];
    lines.iter().map(|line| format!("- {line}\n")).collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn cpu() -> String {
    let info = read("/proc/cpuinfo");
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    model.map_or_else(|| "unknown".to_owned(), |(_, name)| name.trim().to_owned())
}

fn memory_gib() -> f64 {
    let info = read("/proc/meminfo");
    let total = info
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB"));
    total.and_then(|kib| kib.parse::<f64>().ok()).unwrap_or_default() / 1024.0 / 1024.0
}

/// Kind and place of the filesystem that holds temporary files, and so the databases.
fn filesystem() -> (String, String) {
    let folder = std::env::temp_dir();
    let mounts = read("/proc/self/mounts");
    let over = mounts.lines().filter_map(|line| {
        let mut parts = line.split(' ');
        let (_, place, kind) = (parts.next()?, parts.next()?, parts.next()?);
        folder.starts_with(place).then(|| (place.to_owned(), kind.to_owned()))
    });
    over.max_by_key(|(place, _)| place.len()).unwrap_or_default()
}

fn syncs_a_second() -> f64 {
    const LONG_ENOUGH: Duration = Duration::from_secs(2);
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let mut file = File::create(folder.path().join("sync")).expect("a file");
    let started = Instant::now();
    let mut times = 0_u32;
    while started.elapsed() < LONG_ENOUGH {
        file.write_all(&[0; 4096])
            .and_then(|()| file.sync_data())
            .expect("a disk");
        times += 1;
    }
    f64::from(times) / started.elapsed().as_secs_f64()
}

fn version(program: &str) -> String {
    let output = Command::new(program).arg("--version").output();
    output.map_or_else(
        |_| format!("{program} unknown"),
        |o| String::from_utf8_lossy(&o.stdout).trim().to_owned(),
    )
}

fn postgres() -> String {
    let program = cluster::programs().join("postgres");
    version(&program.to_string_lossy()).replace("postgres (PostgreSQL)", "PostgreSQL")
}
