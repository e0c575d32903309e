//! The parts that touch no process: `cargo bench --bench pure`.
#![allow(missing_docs, clippy::pedantic, clippy::unwrap_used, clippy::expect_used)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use replayreel::compose::{self, CursorShape, Frame, Overlay, Painter, Pointer};
use replayreel::recording::{self, SessionTime};
use replayreel::timeline::{Fps, Instants, Score, Span, Speed, TimeMap};

const CHECKOUT: &[u8] = include_bytes!("../examples/checkout.json.gz");

fn read(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("recording");
    let recording = recording::open(CHECKOUT.to_vec(), &recording::Limits::default()).unwrap();
    group.throughput(Throughput::Bytes(recording.format.bytes_unpacked));
    group.bench_function("open", |bencher| {
        bencher.iter(|| recording::open(CHECKOUT.to_vec(), &recording::Limits::default()).unwrap())
    });
    group.bench_function("score", |bencher| bencher.iter(|| Score::of(black_box(&recording.windows[0]))));
    group.finish();
}

fn plan(criterion: &mut Criterion) {
    let hour =
        TimeMap::from(Span { from: SessionTime::ZERO, to: SessionTime::from_millis(3_600_000), speed: Speed::NORMAL });
    criterion.bench_function("instants of an hour at 30 fps", |bencher| {
        bencher.iter(|| {
            Instants::new([(hour.clone(), Fps::DEFAULT)], []).map(|instant| instant.takes.len()).sum::<usize>()
        })
    });
}

fn pixels(criterion: &mut Criterion) {
    let frame =
        Frame { width: 1280, height: 720, pixels: (0..1280 * 720 * 3).map(|index| (index * 7 % 251) as u8).collect() };
    let pointer = Pointer { x: 640.5, y: 360.25, shape: CursorShape::from_css("pointer"), pressed: false };
    let overlay = Overlay { pointer: Some(pointer), ..Overlay::default() };
    let mut painter = Painter::new(1.0);
    criterion.bench_function("draw a cursor on 720p", |bencher| bencher.iter(|| painter.draw(&frame, &overlay)));
    criterion.bench_function("digest of 720p", |bencher| bencher.iter(|| compose::digest(black_box(&frame))));
}

criterion_group!(benches, read, plan, pixels);
criterion_main!(benches);
