//! The few sentences of native dialogs, which the page cannot draw. All other words are the page's.

use crate::settings::Language;

/// One language's sentences.
#[derive(Debug, PartialEq, Eq)]
pub struct Words {
    /// Asked when the window is closed while files move.
    pub transfer_would_stop: &'static str,
    /// Leaves all the same.
    pub leave: &'static str,
    /// Stays.
    pub stay: &'static str,
}

static ENGLISH: Words = Words {
    transfer_would_stop: "Files are still on their way. If you leave now, their transfer stops.",
    leave: "Leave",
    stay: "Stay",
};

static KOREAN: Words = Words {
    transfer_would_stop: "아직 전송 중인 파일이 있어요. 지금 나가면 전송이 멈춥니다.",
    leave: "나가기",
    stay: "머무르기",
};

/// The sentences for what was chosen, or for the system's language tag (BCP 47).
pub fn words(chosen: Language, system: &str) -> &'static Words {
    let korean = match chosen {
        Language::Ko => true,
        Language::En => false,
        Language::System => system == "ko" || system.starts_with("ko-"),
    };
    if korean { &KOREAN } else { &ENGLISH }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_wins_over_the_system() {
        assert_eq!(words(Language::En, "ko-KR"), &ENGLISH);
        assert_eq!(words(Language::Ko, "en-US"), &KOREAN);
        assert_eq!(words(Language::System, "ko-KR"), &KOREAN);
        assert_eq!(words(Language::System, "kok"), &ENGLISH);
    }
}
