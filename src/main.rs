//! The `replayreel` program; all of it is in [`replayreel::cli`].

use std::process::ExitCode;

/// glibc's keeps what a large render used: a service stayed at 112 MB after five of them.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    replayreel::cli::main()
}
