//! How the program was asked to start: with its window, serving browsers only, or just to say something.
//!
//! Promises: no argument is guessed at; an unknown one is refused with a sentence. A missing display is noticed before any
//! toolkit is touched, since toolkits abort there.

/// What `--help` prints.
pub const USAGE: &str = "\
Parlor: people see each other, talk, write and hand over files, directly from device to device.

Usage: parlor [OPTIONS | LINK]

  LINK        an invitation, parlor://join?server=…#…; the window asks before it is followed
  --serve     no window: serve the room page to browsers and print its address
  --help      print this
  --version   print the version

Without a display, parlor serves as with --serve.
Files and settings lie in the user's own folders (on Linux: XDG_DATA_HOME, XDG_CONFIG_HOME, XDG_CACHE_HOME).";

/// How to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// Open the window. A deep link among the arguments is read by the plugin for deep links.
    Window,
    /// Serve the room page without a window.
    Serve(Why),
    /// Print the usage.
    Help,
    /// Print the version.
    Version,
    /// Say that this argument is not known.
    Unknown(String),
}

/// Why there is no window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It was asked for.
    Asked,
    /// There is no display to open one on.
    NoDisplay,
}

impl Start {
    /// Reads the arguments (without the program's own name). `has_display` is asked only when it matters.
    pub fn read(arguments: &[String], has_display: impl FnOnce() -> bool) -> Self {
        let window = || if has_display() { Self::Window } else { Self::Serve(Why::NoDisplay) };
        match arguments {
            [] => window(),
            [one] => match one.as_str() {
                "--serve" => Self::Serve(Why::Asked),
                "--help" | "-h" => Self::Help,
                "--version" | "-V" => Self::Version,
                link if link.starts_with("parlor://") => window(),
                other => Self::Unknown(other.to_owned()),
            },
            [_, second, ..] => Self::Unknown(second.clone()),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(arguments: &[&str], has_display: bool) -> Start {
        let owned: Vec<String> = arguments.iter().map(|one| (*one).to_owned()).collect();
        Start::read(&owned, || has_display)
    }

    #[test]
    fn without_a_display_it_serves_instead_of_failing() {
        assert_eq!(read(&[], false), Start::Serve(Why::NoDisplay));
        assert_eq!(read(&["parlor://join?server=x#v1.y"], false), Start::Serve(Why::NoDisplay));
    }

    #[test]
    fn a_link_or_nothing_opens_the_window() {
        assert_eq!(read(&[], true), Start::Window);
        assert_eq!(read(&["parlor://join?server=x#v1.y"], true), Start::Window);
    }

    #[test]
    fn an_unknown_argument_is_named_and_never_guessed_at() {
        assert_eq!(read(&["--sevre"], true), Start::Unknown("--sevre".into()));
        assert_eq!(read(&["--serve", "--port"], true), Start::Unknown("--port".into()));
        assert_eq!(read(&["https://example.org"], true), Start::Unknown("https://example.org".into()));
    }

    #[test]
    fn serving_can_be_asked_for_where_there_is_a_display() {
        assert_eq!(read(&["--serve"], true), Start::Serve(Why::Asked));
    }
}
