//! `--limit RATE`: bytes per second, as people write them.

/// Units, longest first, so that `Mi` is not read as `M` with a rest.
const UNITS: [(&str, u64); 8] = [
    ("ki", 1 << 10),
    ("mi", 1 << 20),
    ("gi", 1 << 30),
    ("k", 1_000),
    ("m", 1_000_000),
    ("g", 1_000_000_000),
    ("b", 1),
    ("", 1),
];
/// Largest number that JSON carries exactly everywhere.
const MOST: u128 = (1 << 53) - 1;

/// Reads `500k`, `1.5M`, `2Mi` or a bare number of bytes. `k`, `M` and `G` are thousands, `Ki`, `Mi` and `Gi` powers of 1024; small
/// and capital letters are the same.
///
/// # Errors
/// A sentence that says what a rate looks like.
pub fn parse_rate(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is not a rate: 500k, 1.5M or 2Mi (bytes per second; k is 1000, Ki is 1024)");
    let lower = text.trim().to_ascii_lowercase();
    let (number, factor) =
        UNITS.iter().find_map(|(unit, factor)| Some((lower.strip_suffix(unit)?, *factor))).ok_or_else(wrong)?;
    let (whole, fraction) = number.trim_end().split_once('.').unwrap_or((number.trim_end(), "0"));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // More digits than a rate can have are a mistake, and would not fit below.
    if !all_digits(whole) || !all_digits(fraction) || whole.len() > 16 || fraction.len() > 9 {
        return Err(wrong());
    }
    let (whole, parts): (u128, u128) = (whole.parse().map_err(|_| wrong())?, fraction.parse().map_err(|_| wrong())?);
    let scale = u32::try_from(fraction.len()).map_or(1, |digits| 10_u128.pow(digits));
    let factor = u128::from(factor);
    match whole * factor + parts * factor / scale {
        0 => Err("a limit is at least 1 byte per second".to_owned()),
        rate @ 1..=MOST => u64::try_from(rate).map_err(|_| wrong()),
        _ => Err(format!("`{text}` is more than any connection carries; leave --limit out")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_and_powers_of_two_are_told_apart() {
        for (text, bytes) in [
            ("1", 1),
            ("800b", 800),
            ("500k", 500_000),
            ("500K", 500_000),
            ("2M", 2_000_000),
            ("1.5M", 1_500_000),
            ("1G", 1_000_000_000),
            ("1Ki", 1024),
            ("1.5Mi", 1_572_864),
            ("2GI", 2_147_483_648),
            (" 3 M ", 3_000_000),
            ("0.0005k", 0),
        ] {
            assert_eq!(parse_rate(text).ok(), (bytes > 0).then_some(bytes), "{text}");
        }
    }

    #[test]
    fn what_is_no_rate_is_refused_with_an_example() {
        for text in ["", "k", "-1", "+1", "1e6", "1.M", ".5M", "1,5M", "1T", "1MM", "fast", "1.5.2k", "1 2k", "1_000"] {
            assert!(parse_rate(text).unwrap_err().contains("500k"), "{text}");
        }
        assert!(parse_rate("0").is_err());
        assert!(parse_rate("9999999999999999G").is_err());
        assert!(parse_rate("99999999999999999999999999999999999999999999").is_err());
    }
}
