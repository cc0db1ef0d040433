//! One session: a sender and a receiver, two processes of the real program, and what is private to them.

use std::fs;

use parlor_trust::{CodeRoom, Invitation};

use crate::{
    running::{Running, finished},
    search::encoded,
};

/// A session that was held, and what to look for.
pub struct Session {
    room: String,
    token: String,
    /// Names of people, folders and files, texts, and what is in the files.
    pub private_words: Vec<String>,
    /// The invitation's secret, in each form it could be sent in. Of a session by code nobody outside knows it.
    pub secrets: Vec<Vec<u8>>,
    /// The three words, in lower case.
    pub code_words: Vec<String>,
}

impl Session {
    /// Holds one: by link, by an English code, by a Korean code, in turn.
    pub async fn held(number: usize, server: &str) -> Self {
        let (sender_name, receiver_name) = (format!("Adalheidis-{number}"), format!("Bartholomaeus {number}"));
        let (folder_name, file_name) = (format!("Nachlass{number}"), format!("testament{number}.txt"));
        let (content, text) =
            (format!("to be opened by nobody else {number}"), format!("the key lies below stone {number}"));
        let home = tempfile::tempdir().unwrap();
        let (folder, into) = (home.path().join(&folder_name), home.path().join("in"));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join(&file_name), &content).unwrap();

        let mut words =
            vec!["send", folder.to_str().unwrap(), "--text", &text, "--server", server, "--name", &sender_name];
        match number % 3 {
            0 => {}
            1 => words.extend(["--code", "en"]),
            _ => words.extend(["--code", "ko"]),
        }
        let mut sender = Running::start(&words);
        let opening = sender.line().await.expect("a link or a code");
        let known =
            if number.is_multiple_of(3) { Self::known_by_link(&opening) } else { Self::known_by_code(&opening) };
        let target = into.to_str().unwrap();
        let words = ["receive", &opening, "--server", server, "--into", target, "--yes", "--name", &receiver_name];
        let ((sent, _, told, _), received) = tokio::join!(sender.end(), finished(&words));
        let errors = String::from_utf8_lossy(&received.stderr);
        assert_eq!((sent, received.status.code()), (0, Some(0)), "session {number}: {told}{errors}");
        assert_eq!(fs::read_to_string(into.join(&folder_name).join(&file_name)).unwrap(), content);
        assert!(String::from_utf8_lossy(&received.stdout).contains(&text));
        let private_words = vec![sender_name, receiver_name, folder_name, file_name, content, text];
        Self { private_words, ..known }
    }

    /// What a link tells who has it.
    pub fn known_by_link(link: &str) -> Self {
        let invitation: Invitation = link.trim().parse().expect("a link");
        let (_, shown) = link.trim().split_once("#v1.").expect("a secret");
        let secret = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, shown).unwrap();
        let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        let keys = invitation.keys();
        Self {
            room: keys.room().to_string(),
            token: keys.token().to_owned(),
            private_words: Vec::new(),
            secrets: vec![encoded(&secret).into_bytes(), hex.to_uppercase().into_bytes(), hex.into_bytes(), secret],
            code_words: Vec::new(),
        }
    }

    /// What a code tells who hears it.
    pub fn known_by_code(code: &str) -> Self {
        let (number, words) = code.trim().split_once('-').expect("a number");
        let room = CodeRoom::new(number.parse().expect("a number"));
        Self {
            room: room.room().to_string(),
            token: room.token().to_owned(),
            private_words: vec![words.to_owned()],
            secrets: vec![words.as_bytes().to_vec()],
            code_words: words.split('-').map(str::to_lowercase).collect(),
        }
    }

    /// The room id and the join token that the server is told.
    pub fn known_to_the_server(&self) -> (String, String) {
        (self.room.clone(), self.token.clone())
    }
}
