//! The fuzz targets, built with coverage by the stable compiler and run by libFuzzer.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;

use crate::Failure;

const TARGETS: [&str; 6] = ["origin", "header_list", "config_json", "decision", "path", "enforce"];

/// What cargo-fuzz passes, without a sanitizer: there is no unsafe code, and sanitizers need a nightly compiler.
const FLAGS: &str = "-Cpasses=sancov-module \
                     -Cllvm-args=-sanitizer-coverage-level=4 \
                     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
                     -Cllvm-args=-sanitizer-coverage-pc-table \
                     -Cllvm-args=-sanitizer-coverage-trace-compares \
                     --cfg fuzzing";

pub(crate) fn run(root: &Path, seconds: u32, only: Option<&str>) -> Result<(), Failure> {
    let targets: Vec<_> =
        TARGETS.into_iter().filter(|target| only.is_none_or(|only| only == *target)).collect();
    if targets.is_empty() {
        return Err(Failure::Misuse(format!("there is no such target; there are: {}", TARGETS.join(", "))));
    }
    let folder = target_folder(root).join("fuzz");
    let programs = build(root, &folder)?;
    let mut crashes = Vec::new();
    // libFuzzer has one thread.
    let at_once = thread::available_parallelism().map_or(1, usize::from);
    for targets in targets.chunks(at_once) {
        let run = |target: &&str| fuzz(root, &folder, &programs.join(target), target, seconds);
        let runs: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = targets.iter().map(|target| scope.spawn(move || run(target))).collect();
            threads.into_iter().map(|thread| thread.join()).collect()
        });
        for run in runs {
            let run = run.map_err(|_| Failure::Failed("a fuzz target could not be watched".into()))?;
            crashes.extend(run?.err());
        }
    }
    if crashes.is_empty() { Ok(()) } else { Err(Failure::Failed(crashes.join("\n"))) }
}

fn target_folder(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

/// Builds all targets, and says where they are. A named `--target` keeps the flags away from build scripts.
fn build(root: &Path, folder: &Path) -> Result<PathBuf, Failure> {
    let compiler = std::env::var("CXX").unwrap_or_else(|_| "c++".into());
    if output(Command::new(&compiler).arg("--version")).is_err() {
        let help = "a C++ compiler, which libFuzzer is built with: apt-get install g++ (12.2 or later)";
        return Err(Failure::Missing(format!("missing: `{compiler}`, {help}")));
    }
    let version = output(Command::new("rustc").arg("-vV"))?;
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--quiet", "--release", "--locked", "--bins", "--target", host, "--manifest-path"])
        .arg(root.join("cors-model/fuzz/Cargo.toml"))
        .arg("--target-dir")
        .arg(folder)
        .env("RUSTFLAGS", FLAGS)
        .status()
        .map_err(|error| format!("cargo: {error}"))?;
    if !status.success() {
        return Err(Failure::Failed("the fuzz targets do not build".into()));
    }
    Ok(folder.join(host).join("release"))
}

/// Runs one target from the committed seeds and what earlier runs found. The inner error is a crash.
fn fuzz(
    root: &Path,
    folder: &Path,
    program: &Path,
    target: &str,
    seconds: u32,
) -> Result<Result<(), String>, Failure> {
    let found = folder.join("corpus").join(target);
    let crashes = folder.join("crashes").join(target);
    for folder in [&found, &crashes] {
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let output = output(
        Command::new(program)
            .arg(&found)
            .arg(root.join("cors-model/fuzz/corpus").join(target))
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-artifact_prefix={}/", crashes.display()))
            .args(["-timeout=10", "-print_final_stats=1"]),
    )?;
    let log = String::from_utf8_lossy(&output.stderr);
    let number = |name: &str| {
        let line = log.lines().find_map(|line| line.strip_prefix(name));
        line.map_or("?", |line| line.trim_start_matches(':').trim()).to_owned()
    };
    let (runs, finds) = (number("stat::number_of_executed_units"), number("stat::new_units_added"));
    println!("{target}: {runs} runs, {finds} new finds");
    if output.status.success() {
        return Ok(Ok(()));
    }
    let input = log.lines().find_map(|line| line.split("Test unit written to ").nth(1)).unwrap_or("?");
    let last: Vec<_> = log.lines().filter(|line| !line.starts_with('#')).collect();
    let told = last[last.len().saturating_sub(40)..].join("\n");
    Ok(Err(format!("{told}\n{target}: crashed\n  input: {input}\n  again: {} {input}", program.display())))
}

fn output(command: &mut Command) -> Result<Output, String> {
    command.output().map_err(|error| format!("{:?}: {error}", command.get_program()))
}
