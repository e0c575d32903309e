//! All outputs and stills of a render as one ordered list of moments: the session is gone through once.

use super::{Fps, TimeMap};
use crate::recording::SessionTime;

/// One moment of the session and who wants its picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instant {
    /// Session time.
    pub at: SessionTime,
    /// Who takes it. Never empty.
    pub takes: Vec<Take>,
}

/// One taker of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// A slot of a video.
    Slot {
        /// Index of the video.
        video: usize,
        /// Index of the slot.
        slot: u64,
    },
    /// A still.
    Still {
        /// Index of the still.
        still: usize,
    },
}

/// Iterator over the moments, by time, each only once.
#[derive(Debug)]
pub struct Instants {
    videos: Vec<Video>,
    stills: Vec<(SessionTime, usize)>,
    next_still: usize,
}

#[derive(Debug)]
struct Video {
    map: TimeMap,
    fps: Fps,
    next: u64,
    slots: u64,
}

impl Video {
    fn upcoming(&self) -> Option<SessionTime> {
        (self.next < self.slots).then(|| self.map.slot_to_session(self.next, self.fps))
    }
}

impl Instants {
    /// Merges videos and stills; a still is named by its index in `stills`.
    pub fn new(
        videos: impl IntoIterator<Item = (TimeMap, Fps)>,
        stills: impl IntoIterator<Item = SessionTime>,
    ) -> Self {
        let video = |(map, fps): (TimeMap, Fps)| Video { next: 0, slots: map.slots(fps), map, fps };
        let mut stills: Vec<_> = stills.into_iter().enumerate().map(|(index, at)| (at, index)).collect();
        stills.sort_unstable();
        Self { videos: videos.into_iter().map(video).collect(), stills, next_still: 0 }
    }
}

impl Iterator for Instants {
    type Item = Instant;

    fn next(&mut self) -> Option<Instant> {
        let still = self.stills.get(self.next_still).map(|still| still.0);
        let at = self.videos.iter().filter_map(Video::upcoming).chain(still).min()?;
        let mut takes = Vec::with_capacity(1);
        for (index, video) in self.videos.iter_mut().enumerate() {
            // Several slots show one moment where a slow speed makes slots shorter than a microsecond of session.
            while video.upcoming() == Some(at) {
                takes.push(Take::Slot { video: index, slot: video.next });
                video.next += 1;
            }
        }
        while let Some(&(_, still)) = self.stills.get(self.next_still).filter(|still| still.0 == at) {
            takes.push(Take::Still { still });
            self.next_still += 1;
        }
        Some(Instant { at, takes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::{Span, Speed};

    fn ms(ms: i64) -> SessionTime {
        SessionTime::from_millis(ms)
    }

    #[test]
    fn moments_come_in_order_and_each_once() {
        let whole = TimeMap::from(Span { from: ms(0), to: ms(1000), speed: Speed::NORMAL });
        let fast = Fps::new(4, 1).unwrap();
        let slow = Fps::new(2, 1).unwrap();
        let all: Vec<Instant> =
            Instants::new([(whole.clone(), fast), (whole, slow)], [ms(600), ms(500), ms(2000)]).collect();
        let times: Vec<i64> = all.iter().map(|instant| instant.at.micros() / 1000).collect();
        assert_eq!(times, [0, 250, 500, 600, 750, 2000]);
        assert_eq!(
            all[2].takes,
            [Take::Slot { video: 0, slot: 2 }, Take::Slot { video: 1, slot: 1 }, Take::Still { still: 1 }]
        );
        assert_eq!(all[5].takes, [Take::Still { still: 2 }]);
    }

    #[test]
    fn stills_alone_are_moments_too() {
        assert_eq!(Instants::new([], [ms(5)]).count(), 1);
        assert_eq!(Instants::new([], []).count(), 0);
    }
}
