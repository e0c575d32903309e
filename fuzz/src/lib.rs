//! What the targets share: low limits, and an allocator that ends the run when a reader takes more than they allow.

pub mod service;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use replayreel::recording::{Limits, SessionTime};

/// Most bytes of heap that may be in use at one time. 1 MiB of JSON and 5,000 events take some 10 MiB; the windows that headers of
/// zstd may ask for take 128 MiB (its own limit), and libfuzzer has its corpus on the same heap.
const MOST_HEAP: usize = 256 << 20;

/// Low, so that what goes beyond them is found with small inputs.
pub fn limits() -> Limits {
    Limits {
        unpacked_bytes: 1 << 20,
        field_bytes: 256 << 10,
        events: 5_000,
        longest_gap: SessionTime::from_millis(24 * 60 * 60 * 1000),
        mutation_adds: 50,
        wireframe_depth: 20,
    }
}

struct Counting;

static IN_USE: AtomicUsize = AtomicUsize::new(0);

/// # Safety
/// Everything is handed to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if IN_USE.fetch_add(layout.size(), Ordering::Relaxed) + layout.size() > MOST_HEAP {
            eprintln!("an allocation of {} bytes goes beyond the heap of {MOST_HEAP}", layout.size());
            std::process::abort();
        }
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;
