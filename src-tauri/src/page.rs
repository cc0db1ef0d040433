//! The one line from the shell to its page.
//!
//! Promises: messages arrive in the order they were sent. A link that comes before the page listens waits for it (the latest
//! one); engine events do not, since an engine nobody asked anything has none. A page that begins anew (a reload) replaces the old one.

use std::sync::{Mutex, PoisonError};

use parlor_protocol::host::{Event, PickedFile};
use serde::Serialize;
use tauri::ipc::Channel;

/// What the shell tells the page. Its twin is `ui/src/host/tauri/message.ts`.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Message {
    /// Something happened in the engine.
    Engine {
        /// What.
        event: Event,
    },
    /// Files hover over the window, left it, or were dropped.
    Drop {
        /// Whether something hovers now.
        hovering: bool,
        /// What was dropped.
        files: Vec<PickedFile>,
    },
    /// An invitation arrived from outside. The page fills it in and asks.
    Link {
        /// As it came.
        link: String,
    },
}

/// The line, with or without a page at its end.
#[derive(Default)]
pub struct PageLine {
    end: Mutex<End>,
}

#[derive(Default)]
struct End {
    channel: Option<Channel<Message>>,
    waiting_link: Option<String>,
}

impl PageLine {
    /// Puts a page at the end. True when another was there before.
    pub fn connect(&self, channel: Channel<Message>) -> bool {
        let mut end = self.lock();
        if let Some(link) = end.waiting_link.take() {
            deliver(&channel, Message::Link { link });
        }
        end.channel.replace(channel).is_some()
    }

    /// Tells the page, if there is one.
    pub fn tell(&self, message: Message) {
        if let Some(channel) = &self.lock().channel {
            deliver(channel, message);
        }
    }

    /// Tells the page about a link, now or as soon as it listens.
    pub fn link_arrived(&self, link: String) {
        let mut end = self.lock();
        match &end.channel {
            Some(channel) => deliver(channel, Message::Link { link }),
            None => end.waiting_link = Some(link),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, End> {
        // Nothing in here can panic half-way, so a poisoned lock still holds a whole value.
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn deliver(channel: &Channel<Message>, message: Message) {
    if let Err(error) = channel.send(message) {
        tracing::warn!(%error, "the page did not take a message");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tauri::ipc::InvokeResponseBody;

    use super::*;

    fn page() -> (Channel<Message>, Arc<Mutex<Vec<String>>>) {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ear = Arc::clone(&heard);
        let channel = Channel::new(move |body| {
            if let InvokeResponseBody::Json(json) = body {
                ear.lock().unwrap_or_else(PoisonError::into_inner).push(json);
            }
            Ok(())
        });
        (channel, heard)
    }

    fn heard(ear: &Mutex<Vec<String>>) -> Vec<String> {
        ear.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    #[test]
    fn a_link_waits_for_the_page_and_is_told_once() {
        let line = PageLine::default();
        line.link_arrived("parlor://join?a".into());
        line.link_arrived("parlor://join?b".into());
        let (first, ear) = page();
        assert!(!line.connect(first));
        assert_eq!(heard(&ear), [r#"{"type":"link","link":"parlor://join?b"}"#]);
        let (second, other) = page();
        assert!(line.connect(second), "a page was there before");
        assert!(heard(&other).is_empty());
    }

    #[test]
    fn messages_go_to_the_newest_page_only() {
        let line = PageLine::default();
        line.tell(Message::Drop { hovering: true, files: vec![] });
        let (old, old_ear) = page();
        let (new, new_ear) = page();
        line.connect(old);
        line.connect(new);
        line.tell(Message::Drop { hovering: false, files: vec![] });
        assert!(heard(&old_ear).is_empty());
        assert_eq!(heard(&new_ear), [r#"{"type":"drop","hovering":false,"files":[]}"#]);
    }
}
