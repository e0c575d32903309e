//! What assets may cost.

use super::AssetsError;

/// Bounds on what is read into memory from one place, or fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most resources.
    pub count: usize,
    /// Largest resource, bytes.
    pub bytes_each: u64,
    /// All resources together, bytes.
    pub bytes_total: u64,
}

/// 20,000 resources of up to 32 MiB, 512 MiB together: a mirror of a large site, and it has to fit into memory.
impl Default for Limits {
    fn default() -> Self {
        Self { count: 20_000, bytes_each: 32 << 20, bytes_total: 512 << 20 }
    }
}

/// What has been taken of the limits.
#[derive(Debug)]
pub(super) struct Budget<'a> {
    limits: &'a Limits,
    count: usize,
    bytes: u64,
}

impl<'a> Budget<'a> {
    /// Nothing taken yet.
    pub(super) fn new(limits: &'a Limits) -> Self {
        Self { limits, count: 0, bytes: 0 }
    }

    /// Most bytes that one more resource may have.
    pub(super) fn most(&self) -> u64 {
        self.limits.bytes_each
    }

    /// Takes one resource of `bytes`, called `name` in errors.
    pub(super) fn take(&mut self, name: &str, bytes: u64) -> Result<(), AssetsError> {
        let limit =
            |what: String, value: u64, limit: u64, option| Err(AssetsError::Limit { what, value, limit, option });
        if bytes > self.limits.bytes_each {
            return limit(format!("the size of {name} in bytes"), bytes, self.limits.bytes_each, "--max-asset-bytes");
        }
        self.count += 1;
        self.bytes += bytes;
        if self.count > self.limits.count {
            return limit(
                format!("the number of assets, at {name},"),
                self.count as u64,
                self.limits.count as u64,
                "--max-assets",
            );
        }
        if self.bytes > self.limits.bytes_total {
            return limit(
                format!("the size of all assets in bytes, at {name},"),
                self.bytes,
                self.limits.bytes_total,
                "--max-assets-bytes",
            );
        }
        Ok(())
    }
}
