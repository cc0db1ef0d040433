//! A running `parlor-cli`, its lines, its memory and its end.

use std::{
    io::Read,
    path::Path,
    process::{Output, Stdio},
    time::Duration,
};

use parlor_server::{Config, Server, ServerHandle};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

/// Longer than anything here takes on a machine that is busy with other things; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(180);

/// A real server on a port of its own.
pub async fn server() -> (ServerHandle, String) {
    server_with(Config::default()).await
}

/// The same, set up in another way.
pub async fn server_with(config: Config) -> (ServerHandle, String) {
    let config = Config { listen: "127.0.0.1:0".parse().unwrap(), ..config };
    let server = Server::bind(config).await.unwrap().spawn();
    let url = format!("http://{}", server.local_addr());
    (server, url)
}

/// The binary with these words, standard input a pipe, so that there is no terminal.
pub fn command(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_parlor-cli"));
    command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    for name in ["PARLOR_SERVER", "PARLOR_CREATE_KEY", "PARLOR_ICE_SERVERS", "PARLOR_LOG", "NO_COLOR"] {
        command.env_remove(name);
    }
    // No test speaks to a network.
    command.env("PARLOR_NEARBY", "device");
    command
}

/// Runs to the end.
pub async fn finished(words: &[&str]) -> Output {
    tokio::time::timeout(PATIENCE, command(words).output()).await.expect("it ends").unwrap()
}

/// A process that goes on while the test looks.
pub struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Lines<BufReader<ChildStdout>>,
    /// Highest resident memory seen so far, in bytes; 0 where the system does not tell.
    pub peak_bytes: u64,
}

impl Running {
    pub fn start(words: &[&str]) -> Self {
        Self::spawn(command(words))
    }

    pub fn spawn(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let stdin = child.stdin.take();
        Self { child, stdin, lines, peak_bytes: 0 }
    }

    /// The next line of standard output; none at its end.
    pub async fn line(&mut self) -> Option<String> {
        let line = tokio::time::timeout(PATIENCE, self.lines.next_line()).await.expect("a line or the end").unwrap();
        self.look_at_memory();
        line
    }

    /// The next JSON line.
    pub async fn json(&mut self) -> Option<Value> {
        self.line().await.map(|line| serde_json::from_str(&line).unwrap())
    }

    /// JSON lines up to one of this type.
    pub async fn until(&mut self, kind: &str) -> Value {
        loop {
            let line = self.json().await.unwrap_or_else(|| panic!("it ended without {kind}"));
            if line["type"] == kind {
                return line;
            }
        }
    }

    /// Writes to standard input, and ends it.
    pub async fn write(&mut self, text: &str) {
        self.write_more(text).await;
        self.stdin.take();
    }

    /// Writes to standard input, which stays open.
    pub async fn write_more(&mut self, text: &str) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(text.as_bytes()).await.unwrap();
        stdin.flush().await.unwrap();
    }

    /// Ends it as a crash would.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Ctrl-C.
    pub fn interrupt(&self) {
        let pid = self.child.id().expect("it runs").to_string();
        assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    }

    /// Reads to the end: exit code, lines of standard output, standard error.
    pub async fn end(mut self) -> (i32, Vec<String>, String, u64) {
        let mut lines = Vec::new();
        while let Some(line) = self.line().await {
            lines.push(line);
        }
        let mut stderr = String::new();
        if let Some(mut pipe) = self.child.stderr.take() {
            pipe.read_to_string(&mut stderr).await.unwrap();
        }
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it ends").unwrap();
        (status.code().expect("it ended by itself"), lines, stderr, self.peak_bytes)
    }

    fn look_at_memory(&mut self) {
        let Some(pid) = self.child.id() else { return };
        let Ok(status) = std::fs::read_to_string(format!("/proc/{pid}/status")) else { return };
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = peak.and_then(|text| text.trim().strip_suffix(" kB")).and_then(|kib| kib.trim().parse::<u64>().ok());
        self.peak_bytes = self.peak_bytes.max(kib.unwrap_or(0) * 1024);
    }
}

/// The hash of a file, read piece by piece.
pub fn hash(path: &Path) -> blake3::Hash {
    let mut file = std::fs::File::open(path).unwrap();
    let mut hasher = blake3::Hasher::new();
    let mut piece = vec![0; 1 << 20];
    loop {
        match file.read(&mut piece).unwrap() {
            0 => return hasher.finalize(),
            read => {
                hasher.update(&piece[..read]);
            }
        }
    }
}
