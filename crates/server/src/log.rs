//! The program's log.
//!
//! Promises: at every level and with every filter it holds no token, no `resume` secret and nothing of a message. The libraries below us write whole
//! packets from level debug on, so they are heard from info on only; our own words are heard as the filter says.
//! Leaves to others: where it goes.

use tracing::{Level, Subscriber};
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    filter::{FilterExt, filter_fn},
    fmt::{self, MakeWriter},
    layer::SubscriberExt,
};

use crate::config::{Config, LogFormat};

/// What hears the program's words, in the form and with the filter of a configuration that was checked.
pub fn log_subscriber<W>(config: &Config, with_colours: bool, writer: W) -> impl Subscriber + Send + Sync + 'static
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    // The check of the configuration has parsed the filter; an empty one would log errors only.
    let filter = EnvFilter::try_new(&config.log).unwrap_or_default();
    let filter = filter.and(filter_fn(|about| is_tellable(about.target(), *about.level())));
    let layer = fmt::layer().with_ansi(with_colours).with_writer(writer);
    let layer: Box<dyn Layer<Registry> + Send + Sync> = match config.log_format {
        LogFormat::Pretty => layer.boxed(),
        LogFormat::Json => layer.json().boxed(),
    };
    tracing_subscriber::registry().with(layer.with_filter(filter))
}

/// Whether words of this origin and level may be written.
fn is_tellable(target: &str, level: Level) -> bool {
    let library = target.split("::").next().unwrap_or(target);
    library == "parlor_server" || level <= Level::INFO
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_words_are_heard_and_packets_are_not() {
        for level in [Level::ERROR, Level::INFO, Level::DEBUG, Level::TRACE] {
            assert!(is_tellable("parlor_server::rooms", level));
        }
        for library in
            ["socketioxide::client", "engineioxide::socket", "tungstenite::protocol", "hyper", "log", "parlor_server_x"]
        {
            assert!(is_tellable(library, Level::INFO) && is_tellable(library, Level::WARN), "{library}");
            assert!(!is_tellable(library, Level::DEBUG) && !is_tellable(library, Level::TRACE), "{library}");
        }
    }
}
