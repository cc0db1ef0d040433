//! Everything the server logs at level trace: the most that `--log trace` makes it say, by the program's own subscriber.

use std::{
    io,
    sync::{Arc, Mutex},
};

use parlor_server::{Config, log_subscriber};
use tracing_subscriber::util::SubscriberInitExt;

/// The log, kept in memory.
#[derive(Clone, Default)]
pub struct Logs(Arc<Mutex<Vec<u8>>>);

impl Logs {
    /// Begins to keep the log of this whole process, in which the server runs and nothing else.
    pub fn of_everything() -> Self {
        let logs = Self::default();
        let sink = logs.clone();
        let config = Config { log: "trace".into(), ..Config::default() };
        log_subscriber(&config, false, move || sink.clone()).init();
        logs
    }

    /// What was logged since the last time.
    pub fn taken(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl io::Write for Logs {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
