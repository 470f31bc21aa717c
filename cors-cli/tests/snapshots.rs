//! Everything that `cors` prints, as plain files: `tests/snapshots/NAME.txt`, and `NAME.color.txt` as on a terminal.
//!
//! With `BLESS=1` in the environment the files are written anew. Read their diff then.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PAGE: &str = "--origin https://app.example";

/// Every command line, with the name of its snapshot. They run in `tests/files`.
fn cases() -> Vec<(&'static str, String)> {
    let explain = |rest: &str| format!("explain notes.toml {rest}");
    let page = |rest: &str| format!("explain notes.toml {PAGE} {rest}");
    let tenants = |rest: &str| format!("explain tenants.toml --origin https://tenant.example {rest}");
    vec![
        ("help", "--help".into()),
        ("help-check", "check --help".into()),
        ("help-explain", "explain --help".into()),
        ("help-diff", "diff --help".into()),
        ("check-good", "check notes.toml".into()),
        ("check-several", "check notes.toml list.json nobody.toml".into()),
        ("check-several-as-json", "check notes.toml list.json --format json".into()),
        ("misuse-one-of-several", "check list.json absent.toml".into()),
        ("check-mistakes", "check mistakes.toml".into()),
        ("check-mistakes-as-json", "check mistakes.toml --format json".into()),
        ("check-mistakes-in-json", "check mistakes.json".into()),
        ("check-advice", "check advice.toml".into()),
        ("check-advice-denied", "check advice.toml --deny-advice".into()),
        ("check-advice-as-json", "check advice.toml --format json".into()),
        ("check-several-mistakes-in-one-value", "check values.toml".into()),
        ("check-nobody", "check nobody.toml".into()),
        ("check-sources", "check tenants.toml".into()),
        ("check-mistakes-in-sources", "check sources.toml".into()),
        ("check-syntax", "check syntax.toml".into()),
        ("check-syntax-in-json", "check syntax.json".into()),
        ("check-list-in-json", "check list.json".into()),
        ("explain-get", page("--path /notes --method GET")),
        ("explain-get-with-credentials", page("--path /notes --method GET --credentials")),
        (
            "explain-put",
            page(
                "--path /notes/1?all --method put --header Content-Type:application/json --header x-request-id --credentials",
            ),
        ),
        ("explain-refused-method", page("--path /notes/1 --method PATCH")),
        (
            "explain-refused-header",
            page("--path /notes --method POST --header Authorization --header X-Request-Id"),
        ),
        ("explain-public-with-credentials", page("--path /public/a --method GET --credentials")),
        ("explain-no-resource", page("--path /other --method DELETE")),
        ("explain-foreign-origin", explain("--origin https://evil.example --path /notes --method POST")),
        ("explain-null", explain("--origin null --path /public/a.png --method GET")),
        ("explain-table", page("--path /notes/1")),
        ("explain-table-with-credentials", page("--path /public/a --credentials")),
        (
            "explain-table-of-routes",
            explain("--origin https://a.partner.example:8443 --path /share --header X-Id"),
        ),
        ("explain-source", tenants("--path /notes --method PUT")),
        ("explain-source-that-says-yes", tenants("--path /notes --method PUT --assume partners=yes")),
        (
            "explain-source-that-says-no",
            tenants("--path /notes --method GET --assume @partners=no --credentials"),
        ),
        ("explain-table-of-sources", tenants("--path /notes")),
        (
            "explain-table-of-sources-with-answers",
            tenants("--path /notes --assume partners=no --assume tenants=yes"),
        ),
        ("explain-errors", format!("explain syntax.toml {PAGE} --path /notes")),
        ("diff", "diff notes.toml notes-next.toml".into()),
        ("diff-as-markdown", "diff notes.toml notes-next.toml --format markdown".into()),
        ("diff-losses", "diff notes.toml notes-less.toml".into()),
        ("diff-losses-as-markdown", "diff notes.toml notes-less.toml --format markdown".into()),
        ("diff-nothing", "diff notes.toml notes.toml".into()),
        ("diff-nothing-as-markdown", "diff notes.toml notes.toml --format markdown".into()),
        ("diff-sources", "diff tenants.toml tenants-next.toml".into()),
        ("diff-errors", "diff list.json syntax.json".into()),
        ("misuse-diff", "diff notes.toml absent.toml".into()),
        ("misuse-command", "chek notes.toml".into()),
        ("misuse-file", "check absent.toml".into()),
        ("misuse-extension", "check notes.yaml".into()),
        ("misuse-missing", "explain notes.toml --path /notes".into()),
        ("misuse-origin", explain("--origin https://App.example/ --path /notes")),
        ("misuse-pattern", explain("--origin https://*.example --path /notes")),
        ("misuse-path", page("--path https://api.example/notes")),
        ("misuse-method", page("--path /notes --method TRACE")),
        ("misuse-assume", tenants("--path /notes --assume tenants=maybe")),
        ("misuse-assume-another", tenants("--path /notes --assume customers=yes")),
        ("misuse-assume-nothing", page("--path /notes --assume tenants=no")),
        ("misuse-header", page("--path /notes --header Cookie")),
    ]
}

#[test]
fn every_output_is_as_its_snapshot() {
    let mut faults = Vec::new();
    let mut known = Vec::new();
    for (name, line) in cases() {
        for (ending, colour) in [("txt", "NO_COLOR"), ("color.txt", "CLICOLOR_FORCE")] {
            let path = folder("snapshots").join(format!("{name}.{ending}"));
            let printed = printed(&line, colour);
            if colour == "NO_COLOR" {
                assert!(!printed.contains('\x1b'), "{name}: colours in spite of NO_COLOR");
                faults.extend(too_wide(name, &printed));
            }
            if std::env::var_os("BLESS").is_some() {
                fs::write(&path, &printed).expect("a snapshot");
            } else if fs::read_to_string(&path).unwrap_or_default() != printed {
                faults.push(format!("{name}.{ending} is not what is printed:\n{printed}"));
            }
            known.push(path);
        }
    }
    for entry in fs::read_dir(folder("snapshots")).expect("a folder") {
        let path = entry.expect("a file").path();
        if !known.contains(&path) {
            faults.push(format!("{} belongs to no case: remove it", path.display()));
        }
    }
    let help = "where that is right: BLESS=1 cargo test -p cors-cli --test snapshots";
    assert!(faults.is_empty(), "{}\n{help}", faults.join("\n"));
}

#[test]
fn only_a_terminal_gets_colours() {
    let output = cors("check mistakes.toml").output().expect("cors");
    assert!(!output.stdout.is_empty() && !output.stdout.contains(&0x1b));
}

/// The command line, as in a terminal, what it prints, and its exit status.
fn printed(line: &str, colour: &str) -> String {
    let Output { status, stdout, stderr } = cors(line).env(colour, "1").output().expect("cors");
    let [stdout, stderr] = [stdout, stderr].map(|bytes| String::from_utf8(bytes).expect("text"));
    let code = status.code().expect("an exit status");
    assert_eq!(stderr.lines().count(), usize::from(code == 2), "misuse is one line: {stderr}");
    format!("$ cors {line}\n{stdout}{stderr}\nexit status {code}\n")
}

fn cors(line: &str) -> Command {
    let mut cors = Command::new(env!("CARGO_BIN_EXE_cors"));
    cors.args(line.split(' ')).current_dir(folder("files"));
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        cors.env_remove(variable);
    }
    cors
}

/// Lines of more than 80 columns, but for the command line and for what is for programs.
fn too_wide(name: &str, printed: &str) -> Vec<String> {
    if name.starts_with("misuse") || name.ends_with("as-json") || name.ends_with("as-markdown") {
        return Vec::new();
    }
    let wide = printed.lines().skip(1).filter(|line| line.chars().count() > 80);
    wide.map(|line| format!("{name}: more than 80 columns: {line}")).collect()
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}
