use std::collections::HashSet;
use std::num::NonZeroU32;

use replayreel::ledger::{
    AddKeyError, JobId, KeyHash, KeyId, LAST_USE_MS, Ledger, ManualClock, NewKey, NewShare, Scope, ShareId,
};

fn new_key(n: u8) -> NewKey {
    NewKey {
        name: format!("key {n}"),
        scopes: vec![Scope::Read, Scope::Submit, Scope::Read],
        hash: KeyHash([n; 32]),
        concurrency: NonZeroU32::new(n.into()),
        origins: Vec::new(),
    }
}

pub(crate) async fn a_key_is_found_by_its_hash_until_it_is_revoked(ledger: &Ledger, clock: &ManualClock) {
    assert!(!ledger.has_keys().await.unwrap());
    let key = ledger.add_key(&new_key(1)).await.unwrap();
    let other = ledger.add_key(&new_key(2)).await.unwrap();
    assert!(ledger.has_keys().await.unwrap());
    assert_eq!((key.scopes.as_slice(), key.concurrency), ([Scope::Submit, Scope::Read].as_slice(), NonZeroU32::new(1)));
    assert_eq!(ledger.find_key(&KeyHash([1; 32])).await.unwrap().unwrap().id, key.id);
    assert_eq!(ledger.find_key(&KeyHash([3; 32])).await.unwrap(), None);
    assert_eq!(ledger.keys().await.unwrap().iter().map(|key| key.id).collect::<Vec<_>>(), [other.id, key.id]);
    let since = clock.now();
    assert_eq!(ledger.revoke_key(key.id).await.unwrap().unwrap().revoked_at, Some(since));
    clock.advance(5);
    assert_eq!(ledger.revoke_key(key.id).await.unwrap().unwrap().revoked_at, Some(since));
    assert_eq!(ledger.find_key(&KeyHash([1; 32])).await.unwrap(), None);
    assert_eq!(ledger.keys().await.unwrap().len(), 2);
    ledger.revoke_key(other.id).await.unwrap();
    assert!(!ledger.has_keys().await.unwrap());
    assert_eq!(ledger.revoke_key(KeyId::new()).await.unwrap(), None);
}

pub(crate) async fn a_keys_use_is_noted_once_a_minute(ledger: &Ledger, clock: &ManualClock) {
    assert_eq!(ledger.add_key(&new_key(1)).await.unwrap().last_used_at, None);
    let used = async || ledger.find_key(&KeyHash([1; 32])).await.unwrap().unwrap().last_used_at;
    let first = clock.now();
    assert_eq!(used().await, Some(first));
    clock.advance(LAST_USE_MS - 1);
    assert_eq!(used().await, Some(first));
    clock.advance(1);
    assert_eq!(used().await, Some(clock.now()));
}

pub(crate) async fn a_key_is_added_once(ledger: &Ledger, _: &ManualClock) {
    let key = ledger.add_key(&new_key(1)).await.unwrap();
    assert!(matches!(ledger.add_key(&new_key(1)).await, Err(AddKeyError::Known)));
    ledger.revoke_key(key.id).await.unwrap();
    assert!(matches!(ledger.add_key(&new_key(1)).await, Err(AddKeyError::Known)));
}

pub(crate) async fn a_secret_is_the_same_for_everybody(ledger: &Ledger, _: &ManualClock) {
    let askers = (0..16).map(|_| {
        let ledger = ledger.clone();
        tokio::spawn(async move { ledger.secret("links").await.unwrap() })
    });
    let secrets: HashSet<[u8; 32]> = futures::future::join_all(askers).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(secrets.len(), 1);
    assert!(!secrets.contains(&[0; 32]));
    assert!(!secrets.contains(&ledger.secret("sessions").await.unwrap()));
}

pub(crate) async fn a_share_is_open_until_it_ends_or_is_revoked(ledger: &Ledger, clock: &ManualClock) {
    let new = NewShare {
        owner: "a".to_owned(),
        title: "A \0 title".to_owned(),
        jobs: vec![JobId::new(), JobId::new()],
        open_for_ms: Some(10),
        embed: true,
        origins: vec!["https://example.com".to_owned()],
        downloads: false,
    };
    let share = ledger.add_share(&new).await.unwrap();
    assert_eq!((&share.jobs, &share.origins, share.title.as_str()), (&new.jobs, &new.origins, "A \u{fffd} title"));
    assert_eq!((share.embed, share.downloads, share.open), (true, false, true));
    assert_eq!(ledger.share(share.id).await.unwrap().as_ref(), Some(&share));
    let endless = ledger.add_share(&NewShare { open_for_ms: None, ..NewShare::default() }).await.unwrap();
    clock.advance(10);
    assert!(!ledger.share(share.id).await.unwrap().unwrap().open);
    assert!(ledger.share(endless.id).await.unwrap().unwrap().open);
    assert!(!ledger.revoke_share(endless.id).await.unwrap().unwrap().open);
    assert!(!ledger.share(endless.id).await.unwrap().unwrap().open);
    assert_eq!(ledger.shares(None).await.unwrap().len(), 2);
    assert_eq!(ledger.shares(Some("a")).await.unwrap().iter().map(|share| share.id).collect::<Vec<_>>(), [share.id]);
    assert_eq!(ledger.share(ShareId::new()).await.unwrap(), None);
    assert_eq!(ledger.revoke_share(ShareId::new()).await.unwrap(), None);
}
