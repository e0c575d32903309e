//! What a process of the service renders with.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use crate::cli::assets::AssetLimits;
use crate::cli::failure::Failure;
use crate::cli::input::Intake;
use crate::order::programs::Programs;
use crate::order::values::parse_long;
use crate::outbound::Policy;
use crate::stage::{Pool, PoolOptions};
use crate::worker::Machine;

/// What a process of the service renders with.
#[derive(Debug, Args)]
pub(in crate::cli) struct Rendering {
    #[command(flatten)]
    intake: Intake,
    #[command(flatten)]
    assets: AssetLimits,
    #[command(flatten)]
    programs: Programs,
    /// Browsers kept running for the next job.
    #[arg(
        long,
        env = "REPLAYREEL_IDLE_BROWSERS",
        value_name = "N",
        default_value_t = 2,
        help_heading = "Programs",
        hide_short_help = true
    )]
    idle_browsers: usize,
    /// A browser that nobody needed for so long is ended.
    #[arg(long, env = "REPLAYREEL_BROWSER_IDLE_TIME", value_name = "LENGTH", default_value = "5m", value_parser = parse_long, help_heading = "Programs", hide_short_help = true)]
    browser_idle_time: Duration,
    /// Jobs after which a browser is replaced by a new one.
    #[arg(
        long,
        env = "REPLAYREEL_BROWSER_JOBS",
        value_name = "N",
        default_value_t = 100,
        help_heading = "Programs",
        hide_short_help = true
    )]
    browser_jobs: u32,
}

impl Rendering {
    pub(super) fn max_input_bytes(&self) -> u64 {
        self.intake.max_input_bytes
    }

    /// Whom may be talked to.
    pub(super) fn policy(&self) -> Policy {
        self.intake.policy()
    }

    /// Starts nothing: browsers come with the first job. Needs a runtime.
    pub(in crate::cli) fn machine(self) -> Result<Arc<Machine>, Failure> {
        let options = PoolOptions {
            most_idle: self.idle_browsers,
            most_jobs: self.browser_jobs,
            idle_time: self.browser_idle_time,
            ..PoolOptions::default()
        };
        Ok(Arc::new(Machine {
            pool: Pool::new(options),
            package: self.intake.package_limits(),
            source: self.intake.source_limits(),
            outbound: self.intake.outbound_limits(),
            policy: self.intake.policy(),
            posthog: self.intake.account(),
            rules: self.intake.rules()?,
            assets: self.assets.limits(),
            fetch_time: self.assets.time(),
            programs: self.programs,
        }))
    }
}
