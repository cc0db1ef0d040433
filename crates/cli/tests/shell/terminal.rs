//! A pseudo terminal, and what a person would see on it.

use std::{
    fs::File,
    io::{Read, Write},
    process::Stdio,
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::Duration,
};

use rustix::{
    fs::{Mode, OFlags, open},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Winsize, tcsetwinsize},
};

/// Reads what is written to it until its last writer is gone.
pub struct Terminal {
    keyboard: File,
    written: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
    line: std::os::fd::OwnedFd,
}

impl Terminal {
    pub fn new(columns: u16) -> Self {
        let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&screen).unwrap();
        unlockpt(&screen).unwrap();
        let name = ptsname(&screen, Vec::new()).unwrap();
        let line = open(name.as_c_str(), OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty()).unwrap();
        tcsetwinsize(&line, Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        let mut screen = File::from(screen);
        let (keyboard, written) = (screen.try_clone().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let sink = Arc::clone(&written);
        let reader = std::thread::spawn(move || {
            let mut piece = [0; 4096];
            // The end is an error here: the other side was closed.
            while let Ok(read @ 1..) = screen.read(&mut piece) {
                sink.lock().unwrap().extend_from_slice(&piece[..read]);
            }
        });
        Self { keyboard, written, reader, line }
    }

    /// The end that a program takes for its terminal.
    pub fn stdio(&self) -> Stdio {
        self.line.try_clone().unwrap().into()
    }

    /// Waits until a text was written.
    pub async fn until(&self, text: &str) {
        for _ in 0..1_800 {
            if self.so_far().contains(text) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("no `{text}` in {:?}", self.so_far());
    }

    /// Types.
    pub fn type_in(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).unwrap();
    }

    /// Everything that was written, once every program has let go of it.
    pub fn end(self) -> String {
        drop((self.line, self.keyboard));
        self.reader.join().unwrap();
        String::from_utf8(std::mem::take(&mut *self.written.lock().unwrap())).unwrap()
    }

    fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.written.lock().unwrap()).into_owned()
    }
}

/// What was drawn from the left edge, each time; without colours.
pub fn drawings(written: &str) -> Vec<String> {
    let plain =
        ["\x1b[32m", "\x1b[0m", "\x1b[K"].iter().fold(written.to_owned(), |text, escape| text.replace(escape, ""));
    plain.replace("\r\n", "\n").split(['\r', '\n']).filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

/// The lines that are left at the end.
pub fn lines(written: &str) -> Vec<String> {
    let last = |line: &str| line.rsplit('\r').next().unwrap_or_default().replace("\x1b[K", "");
    written.replace("\r\n", "\n").lines().map(last).filter(|line| !line.is_empty()).collect()
}
