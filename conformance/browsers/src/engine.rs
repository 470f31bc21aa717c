//! The three engines: where Debian puts them, what they need, how they are started. None is driven: each opens one page, which
//! fetches its checks and reports by itself.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::tls::Authority;

/// A browser engine.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) name: &'static str,
    /// Debian's packages.
    packages: &'static str,
    /// Each is needed; of several, one.
    programs: &'static [&'static [&'static str]],
    start: fn(program: &str, folder: &Path, url: &str) -> Command,
}

pub(crate) const ENGINES: &[Engine] = &[
    Engine { name: "chromium", packages: "chromium", programs: &[&["chromium"]], start: chromium },
    Engine {
        name: "firefox",
        packages: "firefox-esr libnss3-tools",
        programs: &[&["firefox-esr", "firefox"], &["certutil"]],
        start: firefox,
    },
    Engine {
        name: "webkit",
        packages: "webkit2gtk-driver xvfb",
        programs: &[
            &[
                "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
                "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
            ],
            &["xvfb-run"],
        ],
        start: webkit,
    },
];

/// A browser that shows a page until this is dropped.
pub(crate) struct Browser {
    child: Child,
    _folder: TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The whole group: what stands between, such as xvfb-run, does not end its own children.
        if let Some(group) = self.child.id() {
            let _ = std::process::Command::new("kill").args(["--", &format!("-{group}")]).status();
        }
    }
}

impl Engine {
    /// Whether everything that it needs is on this machine.
    ///
    /// # Errors
    /// What is missing, and how to get it.
    pub(crate) fn check(&self) -> Result<(), String> {
        match self.programs.iter().find(|any| found(any).is_none()) {
            None => Ok(()),
            Some(missing) => Err(format!(
                "error: {} needs {}, which is not here; on Debian: apt-get install {}; or name the engines wanted by --engine",
                self.name,
                missing.join(" or "),
                self.packages
            )),
        }
    }

    /// Opens a page with a new, empty profile that trusts the authority.
    ///
    /// # Errors
    /// It cannot be started.
    pub(crate) fn open(&self, url: &str, authority: &Authority) -> Result<Browser, String> {
        let failed = |error| format!("error: {}: {error}", self.name);
        let folder = tempfile::Builder::new().prefix("cors-browser-").tempdir().map_err(failed)?;
        fs::write(folder.path().join("authority.pem"), authority.certificate()).map_err(failed)?;
        let program = found(self.programs[0]).ok_or_else(|| self.check().err().unwrap_or_default())?;
        let child = (self.start)(program, folder.path(), url)
            .env("HOME", folder.path())
            .env("XDG_CONFIG_HOME", folder.path())
            .env("XDG_CACHE_HOME", folder.path())
            .env("XDG_DATA_HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        Ok(Browser { child, _folder: folder })
    }
}

fn found(programs: &'static [&'static str]) -> Option<&'static str> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let here = |name: &str| std::env::split_paths(&folders).any(|folder| folder.join(name).is_file());
    programs.iter().copied().find(|name| here(name))
}

fn chromium(program: &str, folder: &Path, url: &str) -> Command {
    let mut command = Command::new(program);
    command
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--disable-dev-shm-usage", "--ignore-certificate-errors"])
        .arg(format!("--user-data-dir={}", folder.display()))
        .arg(url);
    command
}

const FIREFOX: &str = r#"
user_pref("app.normandy.enabled", false);
user_pref("app.update.enabled", false);
user_pref("browser.safebrowsing.downloads.enabled", false);
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("network.trr.mode", 5);
user_pref("services.settings.server", "data:,");
user_pref("toolkit.telemetry.enabled", false);
"#;

fn firefox(program: &str, folder: &Path, url: &str) -> Command {
    // It has an own store of certificates, which only NSS's tool writes. The shell, so that the browser takes its place.
    let script = "certutil -N -d sql:\"$1\" --empty-password && \
                  certutil -A -d sql:\"$1\" -n checks -t C,, -i \"$1/authority.pem\" && \
                  exec \"$2\" -headless -no-remote --profile \"$1\" \"$3\"";
    let _ = fs::write(folder.join("user.js"), FIREFOX);
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).arg(folder).arg(program).arg(url);
    command
}

fn webkit(program: &str, _: &Path, url: &str) -> Command {
    let mut command = Command::new("xvfb-run");
    command
        .args(["--auto-servernum", "--server-args=-nolisten tcp", program])
        .args(["--private", "--ignore-tls-errors", "--cookies-policy=always", url])
        .env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1")
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .env("GDK_BACKEND", "x11");
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_with_its_package() {
        let engine = Engine {
            name: "x",
            packages: "x-browser",
            programs: &[&["sh"], &["no-such-program"]],
            start: chromium,
        };
        let error = engine.check().unwrap_err();
        assert!(error.contains("no-such-program") && error.contains("apt-get install x-browser"), "{error}");
        let engine = Engine { programs: &[&["no-such-program", "sh"]], ..engine };
        assert_eq!(engine.check(), Ok(()));
    }
}
