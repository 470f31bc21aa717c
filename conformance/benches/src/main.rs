mod cell;
mod exact;
mod framework;
mod report;
mod scenario;

use clap::{Parser, Subcommand};

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}
#[derive(Subcommand)]
enum Command {
    Exact(cell::Select),
    #[command(hide = true)]
    Counted(cell::Select),
}

fn main() {
    match Cli::parse().command {
        Command::Exact(select) => match exact::count(&select) {
            Ok(rows) => print!("{}", report::text(&rows)),
            Err(e) => {
                eprintln!("{e}");
                std::process::exit(2)
            }
        },
        Command::Counted(select) => exact::run_counted(&select).unwrap(),
    }
}
