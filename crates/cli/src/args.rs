//! The command line.

use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum, error::ErrorKind};
use parlor_client::Neighbourhood;
use parlor_protocol::{signaling::IceServer, spoken_code::CodeLanguage};

use crate::{
    exit,
    ice_server::parse_ice_server,
    rate::parse_rate,
    spool::{self, parse_name},
};

/// What stands for standard input or output where a path could stand.
const DASH: &str = "-";

/// Send and receive files and text, directly from device to device.
#[derive(Debug, Parser)]
#[command(name = "parlor-cli", version, about, after_help = exit::TABLE, propagate_version = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub task: Task,
}

/// The tasks.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Offer files, folders or a text, and wait for a receiver.
    ///
    /// Prints the invitation link alone on the first line of standard output, and ends when the first receiver has
    /// proven every file.
    #[command(after_help = exit::TABLE)]
    Send(Send),
    /// Take what is offered behind an invitation link.
    ///
    /// Texts go to standard output, files into the folder. Ends when every file is proven.
    #[command(after_help = exit::TABLE)]
    Receive(Receive),
}

impl Arguments {
    /// Looks for what no single argument shows.
    ///
    /// # Errors
    /// Arguments that contradict each other.
    pub fn check(&self) -> Result<(), clap::Error> {
        let (task, contradiction) = match &self.task {
            Task::Send(send) => ("send", send.contradiction()),
            Task::Receive(receive) => ("receive", receive.contradiction()),
        };
        let Some(words) = contradiction else { return Ok(()) };
        let mut command = Self::command();
        command.build();
        let command = match command.find_subcommand_mut(task) {
            Some(command) => command,
            None => &mut command,
        };
        Err(command.error(ErrorKind::ArgumentConflict, words))
    }
}

/// Arguments of `send`.
#[derive(Debug, Args)]
pub struct Send {
    /// Files and folders; `-` is standard input. That is read to its end into a temporary file first, private and gone at the end,
    /// as an offer names its sizes: in TMPDIR, else in the user's cache folder.
    #[arg(value_name = "PATH", required_unless_present = "text")]
    pub paths: Vec<PathBuf>,
    /// The file name that standard input is offered by [default: stdin].
    #[arg(long = "as", value_name = "NAME", value_parser = parse_name)]
    pub stdin_name: Option<String>,
    /// A text, before the files.
    #[arg(long)]
    pub text: Option<String>,
    /// Send no faster than this, in bytes per second: 500k, 1.5M, 1G (k is 1000) or 2Mi (Ki is 1024).
    #[arg(long, value_name = "RATE", value_parser = parse_rate)]
    pub limit: Option<u64>,
    /// Print a code to read out instead of the link: a number and three words of this language, for one receiver, for ten minutes,
    /// for one try. A code that is over is followed by a new one.
    #[arg(long, value_name = "LANGUAGE", num_args = 0..=1, default_missing_value = "en")]
    pub code: Option<WordLanguage>,
    /// Base URL of the server that introduces the two sides.
    #[arg(long, value_name = "URL", env = "PARLOR_SERVER")]
    pub server: String,
    /// The key that this server asks for before it makes a room.
    #[arg(long, value_name = "KEY", env = "PARLOR_CREATE_KEY", hide_env_values = true)]
    pub create_key: Option<String>,
    /// What both tasks take.
    #[command(flatten)]
    pub common: Common,
}

impl Send {
    /// Whether a path stands for standard input.
    pub fn is_stdin(path: &Path) -> bool {
        path.as_os_str() == DASH
    }

    /// What standard input is offered as.
    pub fn stdin_name(&self) -> String {
        self.stdin_name.clone().unwrap_or_else(|| spool::STDIN.to_owned())
    }

    fn contradiction(&self) -> Option<&'static str> {
        match self.paths.iter().filter(|path| Self::is_stdin(path)).count() {
            0 if self.stdin_name.is_some() => Some("--as names standard input, so it needs `-` among the paths"),
            0 => None,
            1 if self.text.is_some() => {
                Some("`-` (standard input) cannot be used with --text: send one after the other")
            }
            1 => None,
            _ => Some("`-` (standard input) can be sent once only"),
        }
    }
}

/// Whose words a code is made of.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum WordLanguage {
    /// English.
    En,
    /// Korean.
    Ko,
}

impl From<WordLanguage> for CodeLanguage {
    fn from(language: WordLanguage) -> Self {
        match language {
            WordLanguage::En => Self::En,
            WordLanguage::Ko => Self::Ko,
        }
    }
}

/// Arguments of `receive`.
#[derive(Debug, Args)]
pub struct Receive {
    /// The invitation link, a code that was read out, or `-` to read either from standard input, where no process list shows it.
    #[arg(value_name = "LINK|CODE")]
    pub link: String,
    /// Base URL of the server the code was made on; without, it is looked for in the local network. A link names its own.
    #[arg(long, value_name = "URL", env = "PARLOR_SERVER")]
    pub server: Option<String>,
    /// Folder for the files; made if it is not there. `-` writes one file to standard output when all of it is proven: an offer of
    /// several files is declined, texts go to standard error, and nothing is kept for a later call.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub into: PathBuf,
    /// Accept without asking.
    #[arg(long, short)]
    pub yes: bool,
    /// What both tasks take.
    #[command(flatten)]
    pub common: Common,
}

impl Receive {
    /// Whether the file goes to standard output.
    pub fn is_to_stdout(&self) -> bool {
        self.into.as_os_str() == DASH
    }

    fn contradiction(&self) -> Option<&'static str> {
        (self.is_to_stdout() && self.common.json)
            .then_some("--into - cannot be used with --json: both want standard output")
    }
}

/// Where codes are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Nearby {
    /// In the networks this device is in.
    Networks,
    /// Among its own programs.
    Device,
}

impl From<Nearby> for Neighbourhood {
    fn from(nearby: Nearby) -> Self {
        match nearby {
            Nearby::Networks => Self::Networks,
            Nearby::Device => Self::Device,
        }
    }
}

/// Arguments of both tasks.
#[derive(Debug, Args)]
pub struct Common {
    /// What the other side sees as your name.
    #[arg(long, default_value = "parlor-cli")]
    pub name: String,
    /// One JSON object a line on standard output, the link first.
    #[arg(long)]
    pub json: bool,
    /// No progress on standard error.
    #[arg(long, short)]
    pub quiet: bool,
    /// A STUN or TURN server beside those the server hands out: `stun:HOST:PORT` or `turn:HOST:PORT,USER,CREDENTIAL`.
    /// May be given several times; the environment takes several with spaces between them.
    #[arg(
        long = "ice-server",
        value_name = "SERVER",
        env = "PARLOR_ICE_SERVERS",
        hide_env_values = true,
        value_delimiter = ' ',
        value_parser = parse_ice_server
    )]
    pub ice_servers: Vec<IceServer>,
    /// Connect through TURN only, so that the other side does not learn your address.
    #[arg(long)]
    pub relay_only: bool,
    /// Where codes are looked for: in the networks of this device or, for tests, on this device.
    #[arg(long, hide = true, env = "PARLOR_NEARBY", hide_env = true, default_value = "networks")]
    pub nearby: Nearby,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn sending_needs_something_to_send_and_a_server() {
        let parse = |arguments: &[&str]| Arguments::try_parse_from([&["parlor-cli"], arguments].concat());
        assert!(parse(&["send", "--server", "http://a"]).is_err());
        assert!(parse(&["send", "file"]).is_err());
        assert!(parse(&["send", "--text", "hi", "--server", "http://a"]).is_ok());
        assert!(parse(&["send", "a", "b", "--server", "http://a"]).is_ok());
        assert!(parse(&["receive", "-", "--into", "d", "--yes"]).is_ok());
    }

    #[test]
    fn standard_input_is_sent_once_and_without_a_text() {
        let check = |arguments: &[&str]| {
            let words = [&["parlor-cli", "send", "--server", "http://a"], arguments].concat();
            Arguments::try_parse_from(words).and_then(|arguments| arguments.check())
        };
        assert!(check(&["-"]).is_ok() && check(&["a", "-", "b", "--as", "c"]).is_ok());
        for (arguments, word) in [
            (&["-", "-"][..], "once"),
            (&["-", "--text", "hi"], "--text"),
            (&["a", "--as", "b"], "--as"),
            (&["-", "--as", "a/b"], "without folders"),
            (&["-", "--limit", "fast"], "500k"),
        ] {
            let error = check(arguments).unwrap_err();
            assert!(error.to_string().contains(word), "{error}");
            assert_eq!(error.exit_code(), 2);
        }
    }

    #[test]
    fn a_file_and_json_do_not_share_standard_output() {
        let check = |arguments: &[&str]| {
            let words = [&["parlor-cli", "receive", "link", "--into", "-"], arguments].concat();
            Arguments::try_parse_from(words).and_then(|arguments| arguments.check())
        };
        assert!(check(&["--yes"]).is_ok());
        let error = check(&["--json"]).unwrap_err();
        assert!(error.to_string().contains("parlor-cli receive"), "{error}");
    }
}
