//! One line of progress for a terminal: what moves, a bar, and the facts, cut to the terminal's width.
//!
//! Promises: never wider than it was told, whatever the script of a name. What matters least is left out first: the name, then the
//! time left, the speed, the bytes, and the bar.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::progress::Progress;

/// Columns inside the bar.
const BAR: (usize, usize) = (10, 40);
/// Fewer columns of a name tell nothing.
const LABEL: usize = 8;
/// Between two parts.
const GAP: &str = "  ";
const GREEN: &str = "\x1b[32m";
const PLAIN: &str = "\x1b[0m";

/// The line, at most `columns` wide.
pub fn drawn(progress: &Progress, columns: usize, coloured: bool) -> String {
    let bar_least = if progress.total.is_some() { BAR.0 + 2 + GAP.len() } else { 0 };
    let mut facts = progress.facts();
    while facts.len() > 1 && width(&facts) + bar_least > columns {
        facts.pop();
    }
    let room = columns.saturating_sub(width(&facts));
    let label_columns = UnicodeWidthStr::width(progress.label.as_str());
    let mut line = String::new();
    let label_room = room.saturating_sub(bar_least + GAP.len());
    let mut bar_room = room;
    if label_columns > 0 && label_room >= LABEL.min(label_columns) {
        let label = cut(&progress.label, label_room);
        bar_room -= UnicodeWidthStr::width(label.as_str()) + GAP.len();
        line.push_str(&label);
        line.push_str(GAP);
    }
    if let Some(total) = progress.total.filter(|_| bar_room >= bar_least) {
        let inner = (bar_room - 2 - GAP.len()).min(BAR.1);
        line.push_str(&bar(progress.stored, total, inner, coloured));
        line.push_str(GAP);
    }
    line.push_str(&facts.join(GAP));
    // Only a terminal too narrow for the first fact cuts it.
    if room == 0 { cut(&line, columns) } else { line }
}

/// `[====>     ]`, `inner` columns between the brackets.
fn bar(stored: u64, total: u64, inner: usize, coloured: bool) -> String {
    let columns = u128::try_from(inner).unwrap_or_default();
    let full = (u128::from(stored) * columns).checked_div(u128::from(total)).unwrap_or(columns);
    let full = usize::try_from(full).unwrap_or(inner).min(inner);
    let head = usize::from(full < inner);
    let (before, after) = if coloured { (GREEN, PLAIN) } else { ("", "") };
    format!("[{before}{}{}{after}{}]", "=".repeat(full), ">".repeat(head), " ".repeat(inner - full - head))
}

fn width(facts: &[String]) -> usize {
    let gaps = GAP.len() * facts.len().saturating_sub(1);
    facts.iter().map(|fact| UnicodeWidthStr::width(fact.as_str())).sum::<usize>() + gaps
}

/// `text` within `columns`, with an ellipsis where something is missing.
fn cut(text: &str, columns: usize) -> String {
    if UnicodeWidthStr::width(text) <= columns {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut left = columns.saturating_sub(1);
    for character in text.chars() {
        let Some(rest) = left.checked_sub(character.width().unwrap_or(0)) else { break };
        left = rest;
        kept.push(character);
    }
    if columns > 0 {
        kept.push('…');
    }
    kept
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use parlor_protocol::host::Transfer;

    use super::*;
    use crate::progress::tests::transfer;

    #[test]
    fn a_wide_line_says_everything_and_a_narrow_one_what_matters() {
        let progress = Progress::of(&transfer());
        assert_eq!(
            drawn(&progress, 79, false),
            "사진.jpg  [=====>                ]   25 %  1.0 of 4.0 MiB  1.0 MiB/s  0:03 left"
        );
        assert_eq!(drawn(&progress, 38, false), format!("{}   25 %  1.0 of 4.0 MiB", bar(1, 4, 13, false)));
        assert_eq!(drawn(&progress, 19, false), format!("{}   25 %", bar(1, 4, 10, false)));
        assert_eq!(drawn(&progress, 10, false), " 25 %");
        assert_eq!(drawn(&progress, 3, false), " 2…");
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let mut long = transfer();
        long.entries[0].path = "한글과 latin in one very long name that goes on and on and on and on.tar.zst".into();
        let reading = Progress::reading("standard input", 5 << 30, Duration::from_secs(9));
        for progress in [Progress::of(&long), Progress::of(&transfer()), reading] {
            for columns in 0..200 {
                let line = drawn(&progress, columns, false);
                assert!(UnicodeWidthStr::width(line.as_str()) <= columns, "{columns}: {line}");
            }
        }
        assert!(drawn(&Progress::of(&long), 79, false).starts_with("한글과 l"));
    }

    #[test]
    fn a_bar_fills_from_nothing_to_all() {
        assert_eq!(bar(0, 10, 10, false), "[>         ]");
        assert_eq!(bar(5, 10, 10, false), "[=====>    ]");
        assert_eq!(bar(10, 10, 10, false), "[==========]");
        assert_eq!(bar(0, 0, 10, false), "[==========]");
        assert_eq!(bar(11, 10, 10, true), "[\x1b[32m==========\x1b[0m]");
    }

    #[test]
    fn only_a_wish_for_colour_brings_escapes() {
        let done = Transfer { stored_bytes: 4 << 20, ..transfer() };
        assert!(!drawn(&Progress::of(&done), 79, false).contains('\x1b'));
        assert!(drawn(&Progress::of(&done), 79, true).contains(GREEN));
    }
}
