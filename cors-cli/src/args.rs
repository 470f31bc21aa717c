//! What stands on the command line, and the help that teaches it.

use std::path::PathBuf;

use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{Parser, Subcommand, ValueEnum};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Checks, explains and compares the CORS policies of files
#[derive(Parser)]
#[command(name = "cors", bin_name = "cors", version, styles = STYLES, term_width = 80, after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  cors check cors.toml
  cors explain cors.toml --origin https://app.example --path /notes/1
  cors explain cors.toml --origin https://app.example --path /notes/1 \\
      --method PUT --header 'Content-Type: application/json' --credentials
  cors diff old.toml cors.toml

Exit status: 0; 1 where a file has errors or somebody gains a right; 2 where the
command is not understood or a file cannot be read.
Colours: on a terminal. NO_COLOR=1 turns them off, CLICOLOR_FORCE=1 on.";

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Prints every error of a file, or what could be better in it
    Check(Check),
    /// Follows a page's request through the browser and the policy
    Explain(Explain),
    /// Prints who gains and who loses what when one file replaces another
    Diff(Diff),
}

#[derive(clap::Args)]
#[command(after_help = CHECK_EXAMPLES)]
pub(crate) struct Check {
    /// The configurations: .toml or .json files
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// text, which is the default, or json for programs
    #[arg(long, value_enum, default_value_t = Format::Text, hide_default_value = true, hide_possible_values = true)]
    pub(crate) format: Format,
    /// Exit with status 1 where there is advice, too
    #[arg(long)]
    pub(crate) deny_advice: bool,
}

const CHECK_EXAMPLES: &str = "\
Examples:
  cors check cors.toml
      Print each error with its line and what to write instead.
  cors check deploy/*.toml --deny-advice
      For CI: fail where there is anything to say about any of them.
  cors check cors.toml --format json | jq -r '.errors[].message'
      For programs: one object for each file.

Exit status: 0 without errors, 1 with errors, 2 where the file cannot be read.";

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
}

#[derive(clap::Args)]
#[command(after_help = EXPLAIN_EXAMPLES)]
pub(crate) struct Explain {
    /// The configuration: a .toml or a .json file
    pub(crate) file: PathBuf,
    /// The page's origin, as browsers send it, or null
    #[arg(long)]
    pub(crate) origin: String,
    /// The path that the page requests
    #[arg(long)]
    pub(crate) path: String,
    /// The method; without it, a table of all methods
    #[arg(long)]
    pub(crate) method: Option<String>,
    /// A header that the page sets: X-Id or 'X-Id: 1'
    #[arg(long = "header", value_name = "HEADER")]
    pub(crate) headers: Vec<String>,
    /// The page requests with credentials: "include"
    #[arg(long)]
    pub(crate) credentials: bool,
    /// What the source @NAME answers: yes or no
    #[arg(long = "assume", value_name = "NAME=ANSWER", value_parser = assumption)]
    pub(crate) assumptions: Vec<Assumption>,
}

/// What an origin source says of the origin.
#[derive(Clone)]
pub(crate) struct Assumption {
    /// The name of the source, without the `@`.
    pub(crate) name: String,
    pub(crate) belongs: bool,
}

fn assumption(text: &str) -> Result<Assumption, &'static str> {
    let (name, belongs) = match text.rsplit_once('=') {
        Some((name, "yes")) => (name, true),
        Some((name, "no")) => (name, false),
        _ => return Err("write tenants=yes or tenants=no"),
    };
    Ok(Assumption { name: name.strip_prefix('@').unwrap_or(name).into(), belongs })
}

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  cors explain cors.toml --origin https://app.example --path /notes/1
      Which methods can a page of this origin use, and what may it read?
  cors explain cors.toml --origin https://app.example --path /notes/1 \\
      --method PUT --header 'Content-Type: application/json' --credentials
      What is sent and answered, and which level, pattern and rule decided?
  cors explain cors.toml --origin null --path /notes/1 --method GET
      May a sandboxed frame read it?
  cors explain cors.toml --origin https://app.example --path /notes/1 \\
      --assume tenants=yes
      What if the database behind @tenants has this origin?

The request goes to another origin than the page's. The application is taken
to answer without CORS headers of its own. S1 to S30 are the numbers of the
rules.

Exit status: 0 with an explanation, 1 where the file has errors, 2 where the
command is not understood.";

#[derive(clap::Args)]
#[command(after_help = DIFF_EXAMPLES)]
pub(crate) struct Diff {
    /// The configuration that serves: a .toml or a .json file
    pub(crate) old: PathBuf,
    /// The configuration that replaces it
    pub(crate) new: PathBuf,
    /// text, which is the default, or markdown for a forge
    #[arg(long, value_enum, default_value_t = DiffFormat::Text, hide_default_value = true, hide_possible_values = true)]
    pub(crate) format: DiffFormat,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum DiffFormat {
    Text,
    Markdown,
}

const DIFF_EXAMPLES: &str = "\
Examples:
  cors diff old.toml cors.toml
      Who may do more, and who less?
  git show main:cors.toml > old.toml && cors diff old.toml cors.toml
      What does this branch change?
  cors diff old.toml cors.toml --format markdown | gh pr comment -F -
      Show it to those who review it.

Both policies judge one origin for each pattern, one path for each template
and each method that either names. A source has an origin that no other one has.

Exit status: 0 where nobody gains a right, 1 where somebody does or a file has
errors, 2 where a file cannot be read.";
