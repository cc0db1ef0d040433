//! What a peer calls itself and its files, made fit for a terminal.

/// `text` without what steers a terminal or turns the reading direction around; each such character becomes `�`.
pub fn plain(text: &str) -> String {
    text.chars().map(|character| if steers(character) { '\u{fffd}' } else { character }).collect()
}

/// As [`plain`], but line feeds and tabs stay: for a text of several lines.
pub fn plain_lines(text: &str) -> String {
    text.chars()
        .map(|character| if steers(character) && !matches!(character, '\n' | '\t') { '\u{fffd}' } else { character })
        .collect()
}

/// `json` with what steers a terminal written as escapes. In valid JSON such characters stand inside strings only.
pub fn plain_json(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        if steers(character) {
            escaped.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            escaped.push(character);
        }
    }
    escaped
}

/// Control characters (C0, DEL, C1), line separators, and the marks that change the reading direction.
fn steers(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        assert_eq!(plain("a\x1b[2Jb\u{9b}c\u{202e}d\ne"), "a�[2Jb�c�d�e");
        assert_eq!(plain_lines("a\nb\tc\rd"), "a\nb\tc�d");
        assert_eq!(plain("사진 é.jpg"), "사진 é.jpg");
    }

    #[test]
    fn escaped_json_says_the_same() {
        let text = "a\u{9b}b\u{202e}c\x07";
        let escaped = plain_json(&serde_json::to_string(text).unwrap());
        assert!(escaped.is_ascii(), "{escaped}");
        assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), text);
    }
}
