//! One thing fails at a time, at each stage of a render and of a job, and what has to come of it. `docs/reliability.md` lists all of them, those too that
//! other tests hold.

mod browser;
