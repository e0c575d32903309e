//! What was done with a pointer or a focus: the numbers of [`super::Incremental::MouseInteraction`] (rrweb's `MouseInteractions`).

pub(crate) const MOUSE_UP: u64 = 0;
pub(crate) const MOUSE_DOWN: u64 = 1;
pub(crate) const CLICK: u64 = 2;
pub(crate) const CONTEXT_MENU: u64 = 3;
pub(crate) const DOUBLE_CLICK: u64 = 4;
pub(crate) const FOCUS: u64 = 5;
pub(crate) const BLUR: u64 = 6;
pub(crate) const TOUCH_START: u64 = 7;
pub(crate) const TOUCH_MOVE_DEPARTED: u64 = 8;
pub(crate) const TOUCH_END: u64 = 9;
pub(crate) const TOUCH_CANCEL: u64 = 10;
