//! CHANGELOG.md, in the form of Keep a Changelog: one section a version, the newest first, links at the end.

use semver::Version;

use super::date;

const UNRELEASED: &str = "Unreleased";

/// The text with what is unreleased made the section of a version.
pub(crate) fn release(
    text: &str,
    version: &Version,
    day: &str,
    repository: Option<&str>,
) -> Result<String, String> {
    let section = section(text, UNRELEASED).ok_or("CHANGELOG.md: write a section `## [Unreleased]`")?;
    if is_empty(section) {
        let help = "write what a user will notice, one line beginning with `- ` for each thing";
        return Err(format!("CHANGELOG.md: nothing stands under [Unreleased]: {help}"));
    }
    let heading = format!("## [{UNRELEASED}]");
    Ok(with_links(&text.replacen(&heading, &format!("## [{version}] - {day}"), 1), repository))
}

/// The text with a new section on top.
pub(crate) fn open(text: &str, repository: Option<&str>) -> String {
    if section(text, UNRELEASED).is_some() {
        return text.to_owned();
    }
    let at = text.find("\n## [").map_or(text.len(), |at| at + 1);
    let (head, sections) = text.split_at(at);
    with_links(&format!("{head}## [{UNRELEASED}]\n\n{sections}"), repository)
}

/// What is wrong with the section of a version that is to be released.
pub(crate) fn fault(text: &str, version: &Version, repository: Option<&str>) -> Option<String> {
    let prepare = format!("cargo xtask release prepare {version}");
    let Some(section) = section(text, &version.to_string()) else {
        return Some(format!("CHANGELOG.md: no section for {version}: {prepare}"));
    };
    let heading = format!("## [{version}] - ");
    let day = text.lines().find_map(|line| line.strip_prefix(&heading));
    if !day.is_some_and(date::is_day) {
        return Some(format!(
            "CHANGELOG.md: the section of {version} has no date: write `{heading}YYYY-MM-DD`"
        ));
    }
    if is_empty(section) {
        return Some(format!(
            "CHANGELOG.md: the section of {version} is empty: write what a user will notice"
        ));
    }
    let links = |text: &str| text.lines().filter(|line| is_link(line)).collect::<Vec<_>>().join("\n");
    let wanted = links(&with_links(text, repository));
    (wanted != links(text)).then(|| format!("CHANGELOG.md: the links at its end have to be:\n{wanted}"))
}

/// Whether there is a section of this version.
pub(crate) fn has(text: &str, version: &Version) -> bool {
    section(text, &version.to_string()).is_some()
}

/// What stands under a heading, to the next one.
fn section<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let heading = format!("## [{name}]");
    let start =
        text.match_indices(&heading).map(|(at, _)| at).find(|at| *at == 0 || text[..*at].ends_with('\n'))?;
    let body = text[start..].split_once('\n').map_or("", |(_, body)| body);
    let end = body.find("\n## [").map_or(body.len(), |at| at + 1);
    Some(&body[..end])
}

fn is_empty(section: &str) -> bool {
    !section.lines().any(|line| line.starts_with("- "))
}

/// The text with links from each section to what changed since the one below it. Without an address there are none.
fn with_links(text: &str, repository: Option<&str>) -> String {
    let Some(repository) = repository else { return text.to_owned() };
    let kept: Vec<_> = text.lines().filter(|line| !is_link(line)).collect();
    let names: Vec<_> =
        kept.iter().filter_map(|line| Some(line.strip_prefix("## [")?.split_once(']')?.0)).collect();
    let mut text = kept.join("\n").trim_end().to_owned() + "\n\n";
    for (at, name) in names.iter().enumerate() {
        let to = if *name == UNRELEASED { "HEAD".to_owned() } else { format!("v{name}") };
        let link = match names.get(at + 1) {
            Some(before) => format!("{repository}/compare/v{before}...{to}"),
            None if *name == UNRELEASED => format!("{repository}/commits"),
            None => format!("{repository}/releases/tag/{to}"),
        };
        text += &format!("[{name}]: {link}\n");
    }
    text
}

/// `[0.1.0]: https://..`, as opposed to a reference of the text's own.
fn is_link(line: &str) -> bool {
    let name = line.strip_prefix('[').and_then(|line| line.split_once("]: ")).map(|(name, _)| name);
    name.is_some_and(|name| name == UNRELEASED || Version::parse(name).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "# Changelog\n\nWords.\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n";
    const HOME: Option<&str> = Some("https://forge.example/cors");

    fn first() -> String {
        release(FIRST, &Version::new(0, 1, 0), "2026-01-31", None).expect("a changelog")
    }

    #[test]
    fn what_is_unreleased_becomes_a_dated_section() {
        assert_eq!(first(), FIRST.replace("[Unreleased]", "[0.1.0] - 2026-01-31"));
        assert_eq!(fault(&first(), &Version::new(0, 1, 0), None), None);
        assert!(has(&first(), &Version::new(0, 1, 0)) && !has(&first(), &Version::new(0, 1, 1)));
    }

    #[test]
    fn a_new_section_comes_on_top_and_once() {
        let opened = open(&first(), None);
        assert_eq!(opened, first().replace("## [0.1.0]", "## [Unreleased]\n\n## [0.1.0]"));
        assert_eq!(open(&opened, None), opened);
    }

    #[test]
    fn links_compare_each_version_with_the_one_before() {
        let one = release(FIRST, &Version::new(0, 1, 0), "2026-01-31", HOME).expect("a changelog");
        assert!(
            one.ends_with("- A thing.\n\n[0.1.0]: https://forge.example/cors/releases/tag/v0.1.0\n"),
            "{one}"
        );
        let opened = open(&one, HOME).replace("## [0.1.0]", "- Another.\n\n## [0.1.0]");
        assert!(
            opened.contains("\n[Unreleased]: https://forge.example/cors/compare/v0.1.0...HEAD\n"),
            "{opened}"
        );
        let two = release(&opened, &Version::new(0, 2, 0), "2026-02-28", HOME).expect("a changelog");
        assert!(
            two.contains("\n[0.2.0]: https://forge.example/cors/compare/v0.1.0...v0.2.0\n[0.1.0]: "),
            "{two}"
        );
        assert!(!two.contains("[Unreleased]"), "{two}");
        assert_eq!(fault(&two, &Version::new(0, 2, 0), HOME), None);
        let stale = two.replace("v0.1.0...v0.2.0", "v0.0.1...v0.2.0");
        assert!(
            fault(&stale, &Version::new(0, 2, 0), HOME).is_some_and(|fault| fault.contains("have to be"))
        );
    }

    #[test]
    fn what_is_missing_is_told() {
        let version = Version::new(0, 1, 0);
        let told = |text: &str| release(text, &version, "2026-01-31", None).unwrap_err();
        assert!(told("# Changelog\n").contains("write a section"));
        assert!(told(&FIRST.replace("- A thing.", "")).contains("nothing stands under [Unreleased]"));
        let fault = |text: &str| fault(text, &version, None).unwrap_or_default();
        assert!(fault(FIRST).contains("release prepare 0.1.0"));
        assert!(fault(&first().replace(" - 2026-01-31", "")).contains("no date"));
        assert!(fault(&first().replace("- A thing.", "")).contains("is empty"));
    }
}
