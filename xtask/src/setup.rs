//! Installs what is missing: Debian packages by apt, npm packages by `npm ci`. Asks dpkg first and touches nothing that is there.

use std::{fs, io::ErrorKind};

use crate::process::{Outcome, output, program, root, succeed, works};

/// To build and start the app.
///
/// GStreamer's plugins carry WebKit's cameras, microphones, codecs and sound.
const APP: &[&str] = &[
    "cmake",
    "dbus",
    "gstreamer1.0-plugins-bad",
    "gstreamer1.0-plugins-base",
    "gstreamer1.0-plugins-good",
    "libgtk-3-dev",
    "librsvg2-dev",
    "libssl-dev",
    "libwebkit2gtk-4.1-dev",
    "pkg-config",
    "xdg-utils",
];
/// For the tests on top.
const TESTS: &[&str] = &[
    "chromium",
    "coturn",
    "dbus-x11",
    "fonts-dejavu-core",
    "fonts-noto-cjk",
    "gnome-keyring",
    "imagemagick",
    "strace",
    "webkit2gtk-driver",
    "xauth",
    "xclip",
    "xvfb",
];

/// For the benchmarks on top: opponents, and what their Python packages are put into.
const BENCHMARKS: &[&str] = &["openssh-server", "python3-venv", "rsync"];

/// What the app needs.
pub fn for_app() -> Outcome {
    packages(APP)?;
    node()
}

/// What the tests need.
pub fn everything() -> Outcome {
    packages(&[APP, TESTS].concat())?;
    node()
}

/// What the benchmarks need.
pub fn for_benchmarks() -> Outcome {
    packages(&[APP, TESTS, BENCHMARKS].concat())?;
    node()
}

fn packages(wanted: &[&str]) -> Outcome {
    if !works(&mut program("dpkg-query", &["--version"])) {
        println!("This is no Debian or Ubuntu: install the equivalents of {} yourself.", wanted.join(" "));
        return Ok(());
    }
    let is_there = |name: &&str| {
        output(program("dpkg-query", &["-W", "-f=${Status}", name]).stderr(std::process::Stdio::null()))
            .is_ok_and(|status| status == "install ok installed")
    };
    let missing: Vec<&str> = wanted.iter().copied().filter(|name| !is_there(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("Installing {}", missing.join(" "));
    let is_root = output(&mut program("id", &["-u"]))?.trim() == "0";
    let apt = |arguments: &[&str]| {
        let words = [&["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"], arguments].concat();
        match words.split_first() {
            Some((first, rest)) if is_root => succeed(&mut program(first, rest)),
            _ => succeed(&mut program("sudo", &words)),
        }
    };
    apt(&["update"])?;
    apt(&[&["install", "--no-install-recommends"], missing.as_slice()].concat())
}

fn node() -> Outcome {
    let version = output(&mut program("node", &["--version"]))
        .map_err(|_| "Node 20.19 or later is needed and `node` does not run.".to_owned())?;
    let mut numbers = version.trim().trim_start_matches('v').split('.').map_while(|part| part.parse::<u32>().ok());
    let (major, minor) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if (major, minor) < (20, 19) {
        return Err(format!("Node 20.19 or later is needed; this is {}.", version.trim()));
    }
    let lock = fs::read(root().join("package-lock.json")).map_err(|error| format!("package-lock.json: {error}"))?;
    // npm's own record of an installation differs from the lock file in form, so a copy of the lock file is the mark.
    let mark = root().join("node_modules/.installed-lock.json");
    match fs::read(&mark) {
        Ok(installed) if installed == lock => return Ok(()),
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(format!("{}: {error}", mark.display())),
        _ => {}
    }
    succeed(&mut program("npm", &["ci", "--no-audit", "--no-fund"]))?;
    fs::write(&mark, lock).map_err(|error| format!("{}: {error}", mark.display()))
}
