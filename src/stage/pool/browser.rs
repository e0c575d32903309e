//! What one page leaves is not there for the next, whatever it was: recordings run no script, so here the test does.

use std::sync::Arc;
use std::time::Duration;

use chromiumoxide::cdp::js_protocol::runtime::EvaluateParams;

use super::{Pool, PoolOptions};
use crate::recording::Viewport;
use crate::stage::{ChromiumOptions, Layout, Stage, StageOptions};

const LEAVE: &str = "(async () => { document.cookie = 'a=1; path=/; max-age=9999'; localStorage.a = 1; sessionStorage.a = 1; \
    window.left = 1; name = 'a'; const cache = await caches.open('a'); await cache.put('/a', new Response('a')); \
    await new Promise((done, failed) => { const open = indexedDB.open('a'); open.onsuccess = done; open.onerror = failed; }) })()";

const FIND: &str = "(async () => JSON.stringify([document.cookie, localStorage.length, sessionStorage.length, \
    typeof window.left, name, (await caches.keys()).length, (await indexedDB.databases()).length]))()";

async fn evaluate(stage: &Stage, script: &str) -> Option<serde_json::Value> {
    let mut params = EvaluateParams::new(script);
    (params.await_promise, params.return_by_value) = (Some(true), Some(true));
    let answer = stage.devtools().call(params, "in a test").await.unwrap();
    assert!(answer.exception_details.is_none(), "{answer:?}");
    answer.result.value
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_page_stores_is_not_there_for_the_next() {
    let pool = Pool::new(PoolOptions::default());
    let options = StageOptions {
        chromium: ChromiumOptions {
            program: std::env::var_os("REPLAYREEL_CHROMIUM").map(Into::into),
            ..ChromiumOptions::default()
        },
        layout: Layout::natural(Viewport { width: 320, height: 200 }, 1.0),
        canvas_recorded: false,
        deepest: 512,
        background: "white".into(),
        page_timeout: Duration::from_secs(30),
        assets: Arc::default(),
        pool: Some(pool.clone()),
    };
    let first = Stage::open(options.clone()).await.unwrap();
    evaluate(&first, LEAVE).await;
    let left = evaluate(&first, FIND).await.unwrap();
    assert_eq!(left, r#"["a=1",1,1,"number","a",1,1]"#);
    let pid = first.browser_pid();
    first.close().await;
    let second = Stage::open(options).await.unwrap();
    assert_eq!(second.browser_pid(), pid);
    let found = evaluate(&second, FIND).await.unwrap();
    assert_eq!(found, r#"["",0,0,"undefined","",0,0]"#);
}
