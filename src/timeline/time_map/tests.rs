use super::*;

const FPS: Fps = Fps::DEFAULT;

fn ms(ms: i64) -> SessionTime {
    SessionTime::from_millis(ms)
}

fn span(from: i64, to: i64, speed: &str) -> Span {
    Span { from: ms(from), to: ms(to), speed: speed.parse().unwrap() }
}

fn whole(from: i64, to: i64, speed: &str) -> TimeMap {
    span(from, to, speed).into()
}

fn stretches(all: &[(i64, i64)]) -> Vec<Stretch> {
    all.iter().map(|&(from, to)| Stretch { from: ms(from), to: ms(to) }).collect()
}

/// A minute with 42 idle seconds in it.
fn minute(idle: Idle, speed: &str) -> TimeMap {
    TimeMap::new(span(0, 60_000, speed), idle, &stretches(&[(10_000, 52_000)])).unwrap()
}

#[test]
fn every_slot_of_a_trim_is_a_slot_of_the_whole_at_the_same_session_time() {
    let (all, part) = (whole(0, 60_000, "1"), whole(10_000, 20_000, "1"));
    for slot in 0..300 {
        assert_eq!(part.slot_to_session(slot, FPS), all.slot_to_session(300 + slot, FPS));
    }
}

#[test]
fn a_video_has_as_many_slots_as_show_all_of_the_stretch() {
    assert_eq!(whole(0, 1000, "1").slots(FPS), 30);
    assert_eq!(whole(0, 1001, "1").slots(FPS), 31);
    assert_eq!(whole(0, 1000, "4").slots(FPS), 8);
    assert_eq!(whole(5, 5, "1").slots(FPS), 1);
    assert_eq!(whole(0, 1001, "1").slots("30000/1001".parse().unwrap()), 30);
}

#[test]
fn speed_changes_only_which_session_time_a_slot_shows() {
    assert_eq!(whole(1000, 9000, "2").slot_to_session(15, FPS), ms(2000));
    assert_eq!(whole(1000, 9000, "2").video_to_session(500_000), ms(2000));
}

#[test]
fn skipped_time_takes_no_video_and_a_moment_in_it_is_the_next_frame() {
    let map = minute(Idle::Skip, "1");
    assert_eq!((map.slots(FPS), map.video_ms(FPS)), (540, 18_000.0));
    assert_eq!(map.slot_to_session(299, FPS), SessionTime::from_micros(9_966_666));
    assert_eq!(map.slot_to_session(300, FPS), ms(52_000));
    assert_eq!(map.session_to_slot(ms(30_000), FPS), 300);
    assert_eq!(map.session_to_video(ms(30_000)), 10_000_000);
    assert_eq!(map.video_to_session(10_000_000), ms(52_000));
    let told: Vec<_> = map.pieces().map(|piece| (piece.video_from_ms, piece.video_to_ms, piece.speed)).collect();
    assert_eq!(told, [(0.0, 10_000.0, Some(1.0)), (10_000.0, 10_000.0, None), (10_000.0, 18_000.0, Some(1.0))]);
    let cue = map.shortened().next().unwrap();
    assert_eq!((cue.to - cue.from, cue.video_from_ms), (ms(42_000), 10_000.0));
}

#[test]
fn capped_time_plays_faster_from_end_to_end_whatever_the_common_speed() {
    for (speed, common) in [("1", 1.0), ("3", 3.0), ("0.5", 0.5)] {
        let map = minute(Idle::Cap(ms(2000)), speed);
        let capped = map.shortened().next().unwrap();
        assert_eq!((capped.from, capped.to, capped.speed), (ms(10_000), ms(52_000), Some(21.0)), "{speed}");
        assert!((capped.video_to_ms - capped.video_from_ms - 2000.0).abs() < 1e-6, "{speed}");
        let middle = (capped.video_from_ms * 1000.0) as i64 + 1_000_000;
        assert!((map.video_to_session(middle).seconds() - 31.0).abs() < 1e-4, "{speed}");
        assert_eq!(map.pieces().next().unwrap().speed, Some(common));
    }
}

#[test]
fn a_stretch_shorter_than_the_cap_and_kept_time_are_as_if_there_were_no_idle_time() {
    assert_eq!(minute(Idle::Keep, "1"), whole(0, 60_000, "1"));
    assert_eq!(minute(Idle::Cap(ms(42_000)), "1"), whole(0, 60_000, "1"));
    // At thirty times the speed the stretch lasts 1.4 s anyway.
    assert_eq!(minute(Idle::Cap(ms(2000)), "30"), whole(0, 60_000, "30"));
}

#[test]
fn a_trim_that_begins_or_ends_in_skipped_time_begins_or_ends_with_what_is_shown() {
    let of = |from, to| TimeMap::new(span(from, to, "1"), Idle::Skip, &stretches(&[(10_000, 52_000)]));
    assert_eq!(of(20_000, 60_000), Some(whole(52_000, 60_000, "1")));
    assert_eq!(of(5000, 30_000), Some(whole(5000, 10_000, "1")));
    assert_eq!(of(10_000, 52_000), None);
    assert_eq!(of(20_000, 20_000), Some(whole(20_000, 20_000, "1")));
}

/// Numbers that are the same in each run (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> i64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % end).cast_signed()
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }

    /// A map with up to eight idle stretches, its frame rate, and the stretches that are left out.
    fn map(&mut self) -> (TimeMap, Fps, Vec<Stretch>) {
        let mut at = self.below(3_000_000);
        let from = at;
        let mut idle = Vec::new();
        for _ in 0..self.below(8) {
            let begin = at + 1 + self.below(9_000_000);
            at = begin + 1 + self.below(90_000_000);
            idle.push(Stretch { from: SessionTime::from_micros(begin), to: SessionTime::from_micros(at) });
        }
        let to = at + 1 + self.below(5_000_000);
        let speed = self.of(&["1", "0.5", "1.7", "4", "33.3", "1000"]).parse().unwrap();
        let how = self.of(&[Idle::Skip, Idle::Keep, Idle::Cap(ms(100)), Idle::Cap(ms(2345))]);
        let fps = self.of(&["30", "12.5", "30000/1001", "60", "0.7"]).parse().unwrap();
        let span = Span { from: SessionTime::from_micros(from), to: SessionTime::from_micros(to), speed };
        let left_out = if how == Idle::Skip { idle.clone() } else { Vec::new() };
        (TimeMap::new(span, how, &idle).unwrap(), fps, left_out)
    }
}

/// Slots to look at: all of a short video, some of a long one, and those around the ends of each piece.
fn some_slots(map: &TimeMap, fps: Fps, dice: &mut Dice) -> Vec<u64> {
    let last = map.slots(fps) - 1;
    let near = |piece: Piece| {
        let slot = map.session_to_slot(piece.to, fps);
        [slot.saturating_sub(1), slot, slot + 1]
    };
    let mut slots: Vec<u64> = map.pieces().flat_map(near).chain([0, last]).collect();
    slots.extend((0..200).map(|_| dice.below(last + 1) as u64));
    slots.retain(|slot| *slot <= last);
    slots.sort_unstable();
    slots.dedup();
    slots
}

#[test]
fn every_map_is_exact_at_both_ends_and_its_pieces_meet() {
    let mut dice = Dice(1);
    for _ in 0..500 {
        let (map, fps, _) = dice.map();
        assert_eq!(map.slot_to_session(0, fps), map.begins());
        assert_eq!(map.video_to_session(0), map.begins());
        assert_eq!(map.session_to_slot(map.begins(), fps), 0);
        assert_eq!(map.session_to_slot(map.ends(), fps), map.slots(fps) - 1);
        let slot_ms = 1000.0 / fps.as_f64();
        let pieces: Vec<Piece> = map.pieces().collect();
        let end = pieces.last().unwrap();
        assert!(map.video_ms(fps) >= end.video_to_ms - 1e-6 && map.video_ms(fps) < end.video_to_ms + slot_ms + 1e-6);
        assert!(map.slot_to_session(map.slots(fps) - 1, fps) < map.ends());
        assert!(map.slot_to_session(map.slots(fps), fps) >= map.ends());
        for (piece, next) in pieces.iter().zip(&pieces[1..]) {
            assert_eq!((piece.to, piece.video_to_ms), (next.from, next.video_from_ms));
        }
        assert_eq!((pieces[0].from, pieces[0].video_from_ms, end.to), (map.begins(), 0.0, map.ends()));
    }
}

#[test]
fn every_map_goes_forward_and_never_into_what_is_left_out() {
    let mut dice = Dice(2);
    for _ in 0..500 {
        let (map, fps, left_out) = dice.map();
        let times: Vec<SessionTime> =
            some_slots(&map, fps, &mut dice).iter().map(|slot| map.slot_to_session(*slot, fps)).collect();
        assert!(times.is_sorted_by(|a, b| a < b), "no speed here makes a slot shorter than a microsecond");
        for at in times {
            assert!(!left_out.iter().any(|stretch| stretch.from <= at && at < stretch.to), "{at} was to be left out");
        }
    }
}

#[test]
fn every_slot_is_found_again_by_its_session_time() {
    let mut dice = Dice(3);
    for _ in 0..500 {
        let (map, fps, _) = dice.map();
        for slot in some_slots(&map, fps, &mut dice) {
            assert_eq!(map.session_to_slot(map.slot_to_session(slot, fps), fps), slot);
        }
    }
}

#[test]
fn every_moment_is_found_in_the_first_slot_that_shows_it_or_something_later() {
    let mut dice = Dice(4);
    for _ in 0..500 {
        let (map, fps, _) = dice.map();
        let last = map.slots(fps) - 1;
        let length = (map.ends() - map.begins()).micros() as u64;
        for _ in 0..100 {
            let at = map.begins() + SessionTime::from_micros(dice.below(length));
            let slot = map.session_to_slot(at, fps);
            assert!(slot == last || map.slot_to_session(slot, fps) >= at);
            assert!(slot == 0 || map.slot_to_session(slot - 1, fps) < at);
            // And by video time, within a frame.
            let video = map.session_to_video(at);
            assert!(map.video_to_session(video) >= at);
            let slot_micros = 1e6 / fps.as_f64();
            let begins = slot as f64 * slot_micros;
            assert!((begins - video as f64).abs() <= slot_micros + 1.0, "{begins} {video}");
        }
    }
}

impl Dice {
    /// A map whose idle stretches may touch each other and both ends, at any speed and frame rate. `None`: all of it is idle.
    fn rough_map(&mut self) -> Option<(TimeMap, Fps)> {
        let micros = SessionTime::from_micros;
        let from = self.below(3_000_000);
        let mut at = from;
        let mut idle = Vec::new();
        for _ in 0..self.below(12) {
            let begin = at + self.below(2) * self.below(2_000_000);
            at = begin + 1 + self.below(20_000_000);
            idle.push(Stretch { from: micros(begin), to: micros(at) });
        }
        let to = (at + self.below(2) * self.below(5_000_000)).max(from + 1);
        let speed = format!("{}.{:02}", self.below(20), 1 + self.below(99)).parse().unwrap();
        let cap = Idle::Cap(micros(100_000 + self.below(3_000_000)));
        let how = self.of(&[Idle::Skip, Idle::Keep, cap]);
        let fps = Fps::new(1 + self.below(60_000) as u32, 1001).ok().filter(|fps| fps.as_f64() < 60.0).unwrap_or(FPS);
        Some((TimeMap::new(Span { from: micros(from), to: micros(to), speed }, how, &idle)?, fps))
    }
}

#[test]
fn both_ways_go_only_forward_and_are_exact_at_both_ends() {
    let mut dice = Dice(5);
    for (map, fps) in std::iter::from_fn(|| Some(dice.rough_map())).take(1000).flatten().collect::<Vec<_>>() {
        let video_end = map.session_to_video(map.ends());
        assert_eq!((map.session_to_video(map.begins()), map.video_to_session(0)), (0, map.begins()));
        assert!(map.video_to_session(video_end) >= map.ends() && map.video_to_session(video_end - 1) < map.ends());
        let length_ms = map.video_ms(fps);
        let slot_ms = 1000.0 / fps.as_f64();
        assert!((0.0..=slot_ms + 0.001).contains(&(length_ms - video_end as f64 / 1000.0)), "{length_ms} {video_end}");

        let near = |at: i64| [at - 1, at, at + 1];
        let pieces: Vec<Piece> = map.pieces().collect();
        let mut sessions: Vec<i64> = pieces.iter().flat_map(|piece| near(piece.from.micros())).collect();
        let mut videos: Vec<i64> =
            pieces.iter().flat_map(|piece| near((piece.video_from_ms * 1000.0) as i64)).collect();
        let length = (map.ends() - map.begins()).micros();
        sessions.extend((0..100).map(|_| map.begins().micros() + dice.below(length as u64)));
        videos.extend((0..100).map(|_| dice.below(video_end as u64)));
        sessions.retain(|at| map.begins().micros() <= *at && *at < map.ends().micros());
        videos.retain(|at| (0..video_end).contains(at));
        sessions.sort_unstable();
        videos.sort_unstable();
        assert!(sessions.is_sorted_by_key(|at| map.session_to_video(SessionTime::from_micros(*at))));
        assert!(videos.is_sorted_by_key(|at| map.video_to_session(*at)));

        // There and back: the moment itself, or, where time is skipped or faster, what is shown no more than a slot later.
        for at in sessions {
            let video = map.session_to_video(SessionTime::from_micros(at));
            let back = map.video_to_session(video).micros();
            assert!(back >= at);
            assert!(
                video == 0 || map.video_to_session(video - 1).micros() < at,
                "a microsecond earlier it was not yet shown"
            );
        }
        for at in videos {
            let there = map.session_to_video(map.video_to_session(at));
            assert!(there <= at && (at - there) as f64 <= slot_ms * 1000.0, "{at} {there}");
        }
    }
}

#[test]
fn the_pieces_that_are_told_of_are_the_map() {
    let mut dice = Dice(6);
    for (map, _) in std::iter::from_fn(|| Some(dice.rough_map())).take(500).flatten().collect::<Vec<_>>() {
        for piece in map.pieces() {
            let length = (piece.to - piece.from).micros();
            let at = piece.from + SessionTime::from_micros(dice.below(length as u64));
            let within = piece.speed.map_or(0.0, |speed| (at - piece.from).millis() / speed);
            let exact = map.session_to_video(at) as f64 / 1000.0;
            // Rounded up to a microsecond of session, which at the slowest speed is a tenth of a millisecond of video.
            let slack = 0.11;
            assert!((piece.video_from_ms + within - exact).abs() <= slack, "{piece:?} {at} {exact}");
        }
    }
}
