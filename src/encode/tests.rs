//! What is in the files is judged by ffprobe, ffmpeg's decoders and the files' own bytes, never by what the encoder says of itself.

mod arguments;
mod failures;
mod fit;
mod gif;
mod inspect;
mod media;
mod mp4;
mod nut;
mod parts;
mod still;
mod text;
mod webm;
mod webp;
