//! The `replayreel` program; all of it is in [`replayreel::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    replayreel::cli::main()
}
