-- Times are epoch milliseconds of the database's clock.
CREATE TABLE jobs (
    id TEXT PRIMARY KEY NOT NULL,
    owner TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    priority INTEGER NOT NULL,
    run_at INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL,
    source TEXT NOT NULL,
    spec TEXT NOT NULL,
    metadata TEXT NOT NULL,
    content_key TEXT,
    memory INTEGER NOT NULL,
    webhook TEXT,
    keep_for_ms INTEGER,
    worker TEXT,
    lease_token INTEGER NOT NULL,
    lease_expires_at INTEGER,
    cancel_requested BOOLEAN NOT NULL,
    progress TEXT,
    result TEXT,
    failure TEXT,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    expires_at INTEGER,
    deleted_at INTEGER,
    revision INTEGER NOT NULL
);

-- What a claim walks along: the order of the queue, with all that decides on a job, so that passing one over costs no look at its row.
CREATE INDEX jobs_queue ON jobs (priority DESC, run_at, id, owner, memory) WHERE state = 'queued';
CREATE INDEX jobs_due ON jobs (run_at) WHERE state = 'queued';
CREATE INDEX jobs_running ON jobs (owner, lease_expires_at) WHERE state = 'running';
CREATE INDEX jobs_shown ON jobs (state, id) WHERE deleted_at IS NULL;
CREATE INDEX jobs_owner ON jobs (owner, id) WHERE deleted_at IS NULL;
CREATE INDEX jobs_content ON jobs (content_key, owner) WHERE content_key IS NOT NULL;
CREATE INDEX jobs_expiry ON jobs (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX jobs_deleted ON jobs (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE idempotency (
    owner TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (owner, idempotency_key)
);
CREATE INDEX idempotency_expiry ON idempotency (expires_at);
CREATE INDEX idempotency_job ON idempotency (job_id);

-- No reference to jobs: a message that is on its way outlives its job.
CREATE TABLE deliveries (
    id TEXT PRIMARY KEY NOT NULL,
    job_id TEXT NOT NULL,
    event TEXT NOT NULL,
    settled TEXT NOT NULL,
    webhook TEXT NOT NULL,
    body TEXT,
    state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts INTEGER NOT NULL,
    token INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    last_status INTEGER,
    last_error TEXT,
    log TEXT NOT NULL
);
CREATE INDEX deliveries_due ON deliveries (next_at) WHERE state = 'pending';
CREATE INDEX deliveries_job ON deliveries (job_id);

CREATE TABLE api_keys (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    concurrency INTEGER,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at INTEGER
);

CREATE TABLE secrets (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
);

CREATE TABLE shares (
    id TEXT PRIMARY KEY NOT NULL,
    owner TEXT NOT NULL,
    title TEXT NOT NULL,
    jobs TEXT NOT NULL,
    embed BOOLEAN NOT NULL,
    origins TEXT NOT NULL,
    downloads BOOLEAN NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER
);
CREATE INDEX shares_owner ON shares (owner);
