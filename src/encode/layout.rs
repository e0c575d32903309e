//! Where the picture lies in the file's picture.

/// A picture scaled to fit and centred on a canvas. All in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    /// Width and height after scaling.
    pub(super) picture: (u32, u32),
    /// Left and top.
    pub(super) offset: (u32, u32),
    /// What the file holds.
    pub(super) canvas: (u32, u32),
    /// Columns right of the picture and rows below it that are there only because the format needs even numbers, and touch the picture.
    pub(super) filler: (u32, u32),
}

impl Layout {
    /// Fits `input` into `wanted`; where `even`, the canvas gets a pixel right and below if needed, and nothing is scaled for it.
    pub(super) fn fit(input: (u32, u32), wanted: (u32, u32), even: bool) -> Self {
        let picture = fit_inside(input, wanted);
        let canvas = if even { (wanted.0.next_multiple_of(2), wanted.1.next_multiple_of(2)) } else { wanted };
        let filler = (
            if picture.0 == wanted.0 { canvas.0 - wanted.0 } else { 0 },
            if picture.1 == wanted.1 { canvas.1 - wanted.1 } else { 0 },
        );
        Self { picture, offset: ((wanted.0 - picture.0) / 2, (wanted.1 - picture.1) / 2), canvas, filler }
    }
}

fn fit_inside(input: (u32, u32), wanted: (u32, u32)) -> (u32, u32) {
    let (iw, ih, ww, wh) = (u64::from(input.0), u64::from(input.1), u64::from(wanted.0), u64::from(wanted.1));
    // The side that is relatively longer fills the frame, the other follows, to the nearest pixel.
    if iw * wh >= ih * ww {
        (wanted.0, (((2 * ih * ww + iw) / (2 * iw)).max(1)) as u32)
    } else {
        ((((2 * iw * wh + ih) / (2 * ih)).max(1)) as u32, wanted.1)
    }
}
