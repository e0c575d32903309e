//! `replayreel key`: API keys, by whoever has the database.

use std::num::NonZeroU32;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::backing::Backing;
use crate::cli::failure::Failure;
use crate::cli::signals::run_until_signal;
use crate::cli::{Done, say};
use crate::http::{new_key, parse_origin};
use crate::ledger::{KeyId, Ledger, NewKey, Scope};
use crate::webhook::ledger_secret;

/// Make, list and revoke API keys.
#[derive(Debug, Args)]
pub(in crate::cli) struct KeyCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make a key and print it. It cannot be shown again.
    Create(Create),
    /// List keys: never what they are, but who has them and what they may do.
    List(List),
    /// Revoke a key.
    Revoke(Revoke),
    /// Print the secret (whsec_…) that signs webhooks where neither the render nor --webhook-secret names another: for receivers to check them.
    WebhookSecret(WebhookSecret),
}

#[derive(Debug, Args)]
struct Create {
    /// What people call it.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// What it may do: submit renders, read its own, admin for all, ingest for the recorder in a page.
    #[arg(long = "scope", value_name = "SCOPE,…", value_delimiter = ',', num_args = 1, default_value = "submit,read")]
    scopes: Vec<Scope>,
    /// How many of its renders run at once.
    #[arg(long, value_name = "N")]
    concurrency: Option<NonZeroU32>,
    /// With --scope ingest: a page's origin that the key may be used from, as `https://shop.example`. From all, if none is given.
    #[arg(long = "origin", value_name = "ORIGIN", value_parser = parse_origin)]
    origins: Vec<String>,
    #[command(flatten)]
    backing: Backing,
}

#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    backing: Backing,
}

#[derive(Debug, Args)]
struct WebhookSecret {
    #[command(flatten)]
    backing: Backing,
}

#[derive(Debug, Args)]
struct Revoke {
    /// The key's ID, as listed.
    #[arg(value_name = "ID")]
    id: KeyId,
    #[command(flatten)]
    backing: Backing,
}

impl KeyCommand {
    pub(in crate::cli) fn run(self) -> Done {
        match self.what {
            What::Create(Create { name, scopes, concurrency, origins, backing }) => {
                let (key, hash) = new_key().map_err(Failure::failed)?;
                let new = NewKey { name, scopes, hash, concurrency, origins };
                with(&backing, async |ledger| ledger.add_key(&new).await.map_err(Failure::failed))?;
                say(key)?;
            }
            What::List(List { backing }) => {
                for key in with(&backing, async |ledger| ledger.keys().await.map_err(Failure::failed))? {
                    let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.name()).collect();
                    let state = if key.revoked_at.is_some() { "revoked" } else { "valid" };
                    say(format_args!(
                        "{}  {state:7}  {:17}  {}",
                        key.id,
                        scopes.join(","),
                        crate::recording::printable(&key.name)
                    ))?;
                }
            }
            What::WebhookSecret(WebhookSecret { backing }) => {
                let secret = with(&backing, async |ledger| ledger_secret(ledger).await.map_err(Failure::failed))?;
                say(secret.reveal())?;
            }
            What::Revoke(Revoke { id, backing }) => {
                let revoked = with(&backing, async |ledger| ledger.revoke_key(id).await.map_err(Failure::failed))?;
                revoked.ok_or_else(|| Failure::usage(format!("there is no key {id}")))?;
                say(format_args!("{id} is revoked"))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn with<T>(backing: &Backing, work: impl AsyncFnOnce(&Ledger) -> Result<T, Failure>) -> Result<T, Failure> {
    run_until_signal(async {
        let ledger = backing.ready_ledger(false).await?;
        let done = work(&ledger).await;
        ledger.close().await;
        done
    })
}
