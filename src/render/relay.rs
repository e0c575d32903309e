//! Moments from several browsers, brought into one order.
//!
//! A browser that works on a later passage runs ahead of what is shown: its pictures wait here. Each passage may fill so much
//! memory and no more, and only so many are open at once. The one that is shown is always read, so the relay cannot come to a stop.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::RenderError;
use super::moment::{Moment, PagePicture};

/// Pictures of one passage that wait may take this much memory, KiB. A picture takes 20 to 500.
const PASSAGE_KIB: u32 = 24 << 10;

/// Passages that may be open beside one for each browser. A long one that is shown must not keep the other browsers waiting.
const AHEAD: usize = 4;

/// A moment, and the room it takes until it is shown.
type Waiting = (Moment, OwnedSemaphorePermit);

/// Puts the moments of all passages in order.
#[derive(Debug)]
pub(super) struct Relay {
    feeds: VecDeque<mpsc::UnboundedReceiver<Waiting>>,
    open: Arc<Semaphore>,
}

/// Where the browser of one passage hands on its moments.
#[derive(Debug)]
pub(super) struct Feed {
    moments: mpsc::UnboundedSender<Waiting>,
    room: Arc<Semaphore>,
}

impl Relay {
    /// A relay for so many passages, the feed of each, and what has to be asked before one is begun.
    pub(super) fn new(passages: usize, browsers: usize) -> (Self, Vec<Feed>, Doorkeeper) {
        let open = Arc::new(Semaphore::new(browsers + AHEAD));
        let feeds = (0..passages).map(|_| {
            let (moments, receiver) = mpsc::unbounded_channel();
            (Feed { moments, room: Arc::new(Semaphore::new(PASSAGE_KIB as usize)) }, receiver)
        });
        let (feeds, receivers) = feeds.unzip();
        (Self { feeds: receivers, open: Arc::clone(&open) }, feeds, Doorkeeper(open))
    }

    /// The next moment of the session; `None` after the last.
    pub(super) async fn next(&mut self) -> Option<Moment> {
        while let Some(feed) = self.feeds.front_mut() {
            if let Some((moment, _room)) = feed.recv().await {
                return Some(moment);
            }
            self.feeds.pop_front();
            self.open.add_permits(1);
        }
        None
    }
}

/// Lets passages begin, in order, as earlier ones are shown to their end.
#[derive(Debug, Clone)]
pub(super) struct Doorkeeper(Arc<Semaphore>);

impl Doorkeeper {
    /// Waits until another passage may be begun.
    pub(super) async fn admit(&self) {
        // The relay gives the permit back when the passage was shown.
        if let Ok(permit) = self.0.acquire().await {
            permit.forget();
        }
    }
}

impl Feed {
    /// Hands on a moment; waits while there is no room.
    pub(super) async fn show(&self, moment: Moment) -> Result<(), RenderError> {
        let bytes = if let PagePicture::New(png) = &moment.page { png.len() } else { 0 };
        let kib = u32::try_from(bytes / 1024 + 1).unwrap_or(PASSAGE_KIB).min(PASSAGE_KIB);
        let room = Arc::clone(&self.room).acquire_many_owned(kib).await;
        let room = room.map_err(|_| RenderError::Internal("the relay is closed"))?;
        // Nobody reads any more where the render ended for a reason of its own.
        self.moments.send((moment, room)).map_err(|_| RenderError::Cancelled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::SessionTime;
    use crate::render::moment::{PointerNews, View};
    use crate::timeline::Instant;

    fn moment(ms: i64, bytes: usize) -> Moment {
        Moment {
            instant: Instant { at: SessionTime::from_millis(ms), takes: Vec::new() },
            page: if bytes == 0 { PagePicture::Same } else { PagePicture::New(vec![0; bytes].into()) },
            pointer: PointerNews::Same,
            marks: Vec::new(),
            cut: false,
            view: View::default(),
        }
    }

    async fn times(mut relay: Relay) -> Vec<f64> {
        let mut times = Vec::new();
        while let Some(moment) = relay.next().await {
            times.push(moment.instant.at.millis());
        }
        times
    }

    #[tokio::test]
    async fn a_later_passage_waits_for_the_earlier_one() {
        let (relay, mut feeds, _) = Relay::new(2, 2);
        let (later, earlier) = (feeds.pop().unwrap(), feeds.pop().unwrap());
        later.show(moment(20, 5)).await.unwrap();
        earlier.show(moment(10, 5)).await.unwrap();
        drop(later);
        earlier.show(moment(11, 0)).await.unwrap();
        drop(earlier);
        assert_eq!(times(relay).await, [10.0, 11.0, 20.0]);
    }

    #[tokio::test]
    async fn a_passage_ahead_is_held_up_when_its_pictures_fill_their_room() {
        let (relay, mut feeds, _) = Relay::new(2, 2);
        let (later, earlier) = (feeds.pop().unwrap(), feeds.pop().unwrap());
        let large = (PASSAGE_KIB as usize) << 10;
        later.show(moment(20, large)).await.unwrap();
        let mut second = looked_at(async move { later.show(moment(21, large)).await });
        assert!(second.poll_once().await.is_none());
        drop(earlier);
        let (times, shown) = tokio::join!(times(relay), second.finish());
        shown.unwrap();
        assert_eq!(times, [20.0, 21.0]);
    }

    #[tokio::test]
    async fn only_so_many_passages_are_open_at_once() {
        let (mut relay, mut feeds, door) = Relay::new(2 + AHEAD, 1);
        for _ in 0..=AHEAD {
            door.admit().await;
        }
        let mut last = looked_at(door.admit());
        assert!(last.poll_once().await.is_none());
        feeds.remove(0);
        feeds[0].show(moment(1, 0)).await.unwrap();
        assert!(relay.next().await.is_some());
        last.finish().await;
    }

    /// A future that can be looked at before it is awaited.
    struct Looked<F>(std::pin::Pin<Box<F>>);

    fn looked_at<F: Future>(future: F) -> Looked<F> {
        Looked(Box::pin(future))
    }

    impl<F: Future> Looked<F> {
        async fn poll_once(&mut self) -> Option<F::Output> {
            std::future::poll_fn(|context| {
                std::task::Poll::Ready(match self.0.as_mut().poll(context) {
                    std::task::Poll::Ready(output) => Some(output),
                    std::task::Poll::Pending => None,
                })
            })
            .await
        }

        async fn finish(self) -> F::Output {
            self.0.await
        }
    }
}
