//! Whoever keeps the server waiting is given up: for bodies that come by drops, and for answers that nobody reads.

use std::future::Future as _;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use bytes::Bytes;
use futures::Stream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// Slowest that a body may come, bytes a second. What comes faster makes up for pauses, as long as none is too long.
const SLOWEST: f64 = 1024.0;

/// A body did not come in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the body came too slowly: the server has waited {0:?} for more of it (limit: --stall-timeout, REPLAYREEL_STALL_TIMEOUT)"
)]
pub(super) struct TooSlow(Duration);

impl TooSlow {
    /// What is behind an error that somebody made of this one.
    pub(super) fn behind(error: &(dyn std::error::Error + 'static)) -> Option<Self> {
        std::iter::successors(Some(error), |error| error.source()).find_map(|error| error.downcast_ref().copied())
    }
}

/// The request with a body that ends with [`TooSlow`] if it does not come.
pub(super) fn paced(request: Request, patience: Duration) -> Request {
    use axum::body::HttpBody as _;
    if request.body().is_end_stream() {
        return request;
    }
    request.map(|body| Body::from_stream(Paced::new(body.into_data_stream(), patience)))
}

/// What a sender has cost in time, and may cost.
#[derive(Debug, Clone, Copy)]
struct Account {
    patience: Duration,
    /// Waited so far, less what came in the meantime was worth.
    debt: Duration,
}

impl Account {
    /// How long the next piece may take.
    fn left(&self) -> Duration {
        self.patience.saturating_sub(self.debt)
    }

    /// A piece came, after so long. Bytes make up for what was waited and are no credit for later.
    fn came(&mut self, waited: Duration, bytes: usize) {
        let worth = Duration::from_secs_f64(bytes as f64 / SLOWEST);
        self.debt = (self.debt + waited).saturating_sub(worth);
    }
}

/// Pieces of a body, as long as they come.
struct Paced<S> {
    pieces: S,
    account: Account,
    /// Since when the server has been waiting, and until when it does. Time in which it does not wait, because its disk is slow, is nobody's.
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl<S> Paced<S> {
    fn new(pieces: S, patience: Duration) -> Self {
        Self { pieces, account: Account { patience, debt: Duration::ZERO }, waiting: None }
    }
}

impl<S: Stream<Item = Result<Bytes, axum::Error>> + Unpin> Stream for Paced<S> {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { pieces, account, waiting } = &mut *self;
        if let Poll::Ready(piece) = Pin::new(pieces).poll_next(context) {
            let waited = waiting.take().map_or(Duration::ZERO, |(since, _)| since.elapsed());
            let bytes = piece.as_ref().map_or(0, |piece| piece.as_ref().map_or(0, Bytes::len));
            account.came(waited, bytes);
            return Poll::Ready(piece);
        }
        let (_, end) = waiting.get_or_insert_with(|| (Instant::now(), Box::pin(tokio::time::sleep(account.left()))));
        ready!(end.as_mut().poll(context));
        Poll::Ready(Some(Err(axum::Error::new(TooSlow(account.patience)))))
    }
}

/// A connection that breaks when what was written to it is not read.
pub(super) struct Answering<T> {
    stream: T,
    patience: Duration,
    /// While nothing more can be written.
    end: Option<Pin<Box<Sleep>>>,
}

impl<T> Answering<T> {
    pub(super) fn new(stream: T, patience: Duration) -> Self {
        Self { stream, patience, end: None }
    }

    fn unless_stalled<R>(&mut self, context: &mut Context<'_>, written: Poll<io::Result<R>>) -> Poll<io::Result<R>> {
        if written.is_ready() {
            self.end = None;
            return written;
        }
        let patience = self.patience;
        let end = self.end.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        ready!(end.as_mut().poll(context));
        Poll::Ready(Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "the client does not read the answer (--stall-timeout)",
        )))
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Answering<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Answering<T> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.unless_stalled(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.unless_stalled(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use futures::{StreamExt as _, stream};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    /// How many pieces come, each of so many bytes after so many seconds, before a patience of ten seconds is at its end.
    fn pieces(each: &[(u64, usize)]) -> usize {
        let mut account = Account { patience: Duration::from_secs(10), debt: Duration::ZERO };
        let in_time = each.iter().take_while(|(seconds, bytes)| {
            let waited = Duration::from_secs(*seconds);
            let is_in_time = waited < account.left();
            account.came(waited, *bytes);
            is_in_time
        });
        in_time.count()
    }

    #[test]
    fn a_body_that_comes_by_drops_is_given_up_when_its_pauses_are_as_long_together_as_one_may_be() {
        assert_eq!(pieces(&[(1, 1); 1000]), 10);
        assert_eq!(pieces(&[(11, 1 << 20)]), 0);
    }

    #[test]
    fn a_body_at_the_slowest_pace_comes_whole_however_long_it_takes() {
        assert_eq!(pieces(&[(1, 1024); 1000]), 1000);
        assert_eq!(pieces(&[(9, 9 * 1024); 100]), 100);
    }

    #[test]
    fn what_came_quickly_is_no_credit_for_a_pause_afterwards() {
        assert_eq!(pieces(&[(0, 100 << 20), (11, 1)]), 1);
    }

    #[tokio::test]
    async fn a_body_that_does_not_come_ends_with_an_error_that_says_so_through_all_that_wrap_it() {
        let patience = Duration::from_millis(5);
        let never = stream::iter([Ok(Bytes::from("first"))]).chain(stream::pending());
        let mut body = Paced::new(never, patience);
        assert_eq!(body.next().await.unwrap().unwrap(), "first");
        let error = axum::Error::new(body.next().await.unwrap().unwrap_err());
        assert_eq!(TooSlow::behind(&error), Some(TooSlow(patience)));
        assert!(TooSlow::behind(&io::Error::other("something else")).is_none());
    }

    #[tokio::test]
    async fn time_in_which_nobody_asks_for_more_is_not_the_senders() {
        let pieces = [Ok(Bytes::from("a")), Ok(Bytes::from("b"))];
        let mut body = Paced::new(stream::iter(pieces), Duration::from_millis(5));
        body.next().await.unwrap().unwrap();
        assert!(body.waiting.is_none(), "what is not waited for costs nothing");
        assert_eq!(body.next().await.unwrap().unwrap(), "b");
        assert_eq!(body.account.debt, Duration::ZERO);
    }

    #[tokio::test]
    async fn an_answer_that_nobody_reads_breaks_the_connection() {
        let (mut reader, writer) = tokio::io::duplex(8);
        let mut answering = Answering::new(writer, Duration::from_millis(20));
        let mut some = [0; 8];
        answering.write_all(&[1; 8]).await.unwrap();
        reader.read_exact(&mut some).await.unwrap();
        answering.write_all(&[1; 8]).await.unwrap();
        assert_eq!(answering.write_all(&[1; 8]).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
