//! Days and times, always in UTC.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

const DAY: u64 = 86_400;
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// The first of January 1970 was the first of these.
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

/// As it stands in the changelog: `2026-01-31`.
pub(crate) fn today() -> String {
    let (year, month, day) = date(seconds(SystemTime::now()) / DAY);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Whether a text has the form of a day.
pub(crate) fn is_day(text: &str) -> bool {
    let digits: String = text.chars().map(|char| if char.is_ascii_digit() { '0' } else { char }).collect();
    digits == "0000-00-00"
}

/// As HTTP writes a time: `Sat, 31 Jan 2026 12:00:00 GMT`.
pub(crate) fn http(time: SystemTime) -> String {
    let seconds = seconds(time);
    let (year, month, day) = date(seconds / DAY);
    let (weekday, month) = (WEEKDAYS[(seconds / DAY % 7) as usize], MONTHS[month - 1]);
    let (hour, minute, second) = (seconds % DAY / 3600, seconds % 3600 / 60, seconds % 60);
    format!("{weekday}, {day:02} {month} {year} {hour:02}:{minute:02}:{second:02} GMT")
}

/// The time that a text begins with, if it is one as HTTP writes it.
pub(crate) fn from_http(text: &str) -> Option<SystemTime> {
    let mut words = text.split_whitespace().skip(1);
    let (day, month, year) = (words.next()?.parse().ok()?, words.next()?, words.next()?.parse().ok()?);
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let mut clock = words.next()?.split(':').map(|part| part.parse::<u64>().ok());
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let is_time =
        (1970..10_000).contains(&year) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    let seconds = days(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
    is_time.then_some(UNIX_EPOCH + Duration::from_secs(seconds))
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// Year, month and day, counted from one, of a day that is counted from 1970.
fn date(mut days: u64) -> (u64, usize, u64) {
    let mut year = 1970;
    while days >= days_in_year(year) {
        days -= days_in_year(year);
        year += 1;
    }
    let mut month = 1;
    while days >= days_in_month(year, month) {
        days -= days_in_month(year, month);
        month += 1;
    }
    (year, month, days + 1)
}

fn days(year: u64, month: usize, day: u64) -> u64 {
    let years: u64 = (1970..year).map(days_in_year).sum();
    let months: u64 = (1..month).map(|month| days_in_month(year, month)).sum();
    years + months + day.saturating_sub(1)
}

fn days_in_year(year: u64) -> u64 {
    if is_leap(year) { 366 } else { 365 }
}

fn days_in_month(year: u64, month: usize) -> u64 {
    match month {
        2 => 28 + u64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn is_leap(year: u64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_and_read_as_http_does() {
        for (seconds, text) in [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_827_696, "Tue, 29 Feb 2000 12:34:56 GMT"),
            (1_798_761_599, "Thu, 31 Dec 2026 23:59:59 GMT"),
        ] {
            let time = UNIX_EPOCH + Duration::from_secs(seconds);
            assert_eq!(http(time), text);
            assert_eq!(from_http(&format!("{text} and more")), Some(time));
        }
        for text in
            ["", "soon", "Thu, 01 Foo 1970 00:00:00 GMT", "Thu, 01 Jan 1970", "Thu, 01 Jan 1900 00:00:00 GMT"]
        {
            assert_eq!(from_http(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_has_its_form() {
        assert!(is_day(&today()) && is_day("2026-01-31"));
        assert!(!is_day("31.1.2026") && !is_day("2026-1-31"));
    }
}
