//! Takes content codings off a body, chunk by chunk, and never makes more of it than was asked for. Pure.
//!
//! Must not know where chunks come from. The libraries that come with HTTP clients decode without such limits, allow a
//! zstd window of 128 MiB, and pass a body on as it is where its coding is written in an unusual way.

use std::io::{self, Write};

use brotli_decompressor::DecompressorWriter;
use flate2::write::GzDecoder;
use flate2::{Decompress, FlushDecompress, Status};
use zstd::stream::raw;
use zstd::stream::zio;

/// What is asked for: the codings that [`Decoder`] can take off, the cheapest to read first.
pub(super) const ACCEPT_ENCODING: &str = "zstd, br, gzip, deflate";

/// Codings laid over each other that are taken off. One is usual; two are a mistake that browsers forgive.
const MOST_CODINGS: usize = 2;
/// Window of zstd in powers of two: 8 MiB, the most that RFC 9659 lets a server use.
const ZSTD_WINDOW: u32 = 23;
/// Bytes that leave a decoder at once.
const STEP: usize = 32 << 10;

/// A body that cannot be read. Names the coding, not the body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum DecodeError {
    /// A coding that was not asked for.
    #[error("the answer is in a coding that was not asked for: `{0}`")]
    Unknown(String),
    /// The bytes are not in the coding that the header names.
    #[error("the answer is said to be in `{0}`, but its bytes are not")]
    Wrong(&'static str),
    /// The coding ends before its own end.
    #[error("the answer in `{0}` ends too early")]
    Short(&'static str),
}

/// Whether more of a body is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Go on.
    More,
    /// The limit is reached and the body goes on: stop.
    NoMore,
}

/// A body as it comes.
pub(super) struct Decoder {
    /// The outermost coding first.
    layers: Vec<Layer>,
    body: Vec<u8>,
    limit: usize,
}

impl Decoder {
    /// A decoder for a body in these codings (the value of `Content-Encoding`), of which at most `limit` bytes are kept.
    pub(super) fn new(content_encoding: &str, limit: usize) -> Result<Self, DecodeError> {
        let mut layers = Vec::new();
        for name in content_encoding.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let unknown = || DecodeError::Unknown(name.chars().take(40).collect());
            if name.eq_ignore_ascii_case("identity") {
                continue;
            }
            layers.insert(0, Layer::new(&name.to_ascii_lowercase(), limit).ok_or_else(unknown)?);
            if layers.len() > MOST_CODINGS {
                return Err(DecodeError::Unknown(content_encoding.chars().take(40).collect()));
            }
        }
        Ok(Self { layers, body: Vec::new(), limit })
    }

    /// Makes room for a body of about so many bytes.
    pub(super) fn make_room(&mut self, bytes: usize) {
        self.body.reserve_exact(bytes.min(self.limit));
    }

    /// Bytes of the body so far.
    pub(super) fn len(&self) -> usize {
        self.body.len()
    }

    /// The next bytes as they were sent.
    pub(super) fn take(&mut self, chunk: &[u8]) -> Result<Wanted, DecodeError> {
        if self.layers.is_empty() {
            return Ok(keep(&mut self.body, chunk, self.limit));
        }
        let mut bytes = chunk.to_vec();
        let mut full = false;
        for layer in &mut self.layers {
            let (decoded, is_full) = layer.push(&bytes)?;
            bytes = decoded;
            full |= is_full;
        }
        let wanted = keep(&mut self.body, &bytes, self.limit);
        Ok(if full { Wanted::NoMore } else { wanted })
    }

    /// The end of the body: what was kept, and whether there was more.
    pub(super) fn finish(mut self) -> Result<(Vec<u8>, Wanted), DecodeError> {
        let mut rest: Vec<u8> = Vec::new();
        let mut full = false;
        for layer in &mut self.layers {
            let (mut end, is_full) = layer.push(&rest)?;
            full |= is_full;
            if !full {
                let (last, is_full) = layer.finish()?;
                full |= is_full;
                end.extend_from_slice(&last);
            }
            rest = end;
        }
        let wanted = keep(&mut self.body, &rest, self.limit);
        Ok((self.body, if full { Wanted::NoMore } else { wanted }))
    }

    /// What was kept of a body that is not read to its end.
    pub(super) fn into_kept(self) -> Vec<u8> {
        self.body
    }
}

fn keep(body: &mut Vec<u8>, bytes: &[u8], limit: usize) -> Wanted {
    let room = limit - body.len();
    body.extend_from_slice(&bytes[..bytes.len().min(room)]);
    if bytes.len() > room { Wanted::NoMore } else { Wanted::More }
}

/// One coding. Nothing was sent in it yet: an empty body needs no coding, whatever the header says.
struct Layer {
    name: &'static str,
    coding: Coding,
    is_untouched: bool,
}

enum Coding {
    Gzip(Gunzip),
    Deflate(Inflate),
    Brotli(Box<DecompressorWriter<Sink>>),
    Zstd(Box<zio::Writer<Sink, raw::Decoder<'static>>>),
}

impl Layer {
    fn new(name: &str, limit: usize) -> Option<Self> {
        let sink = Sink::new(limit);
        let (name, coding) = match name {
            "gzip" | "x-gzip" => ("gzip", Coding::Gzip(Gunzip { decoder: GzDecoder::new(sink), has_ended: false })),
            "deflate" => {
                ("deflate", Coding::Deflate(Inflate { state: None, head: Vec::new(), sink, has_ended: false }))
            }
            "br" => ("br", Coding::Brotli(Box::new(DecompressorWriter::new(sink, STEP)))),
            "zstd" => {
                // Neither can fail but for want of memory: the window is within what the library allows.
                let mut decoder = raw::Decoder::new().ok()?;
                decoder.set_parameter(raw::DParameter::WindowLogMax(ZSTD_WINDOW)).ok()?;
                ("zstd", Coding::Zstd(Box::new(zio::Writer::new(sink, decoder))))
            }
            _ => return None,
        };
        Some(Self { name, coding, is_untouched: true })
    }

    /// What these bytes say, and whether the decoder has more to say than is kept.
    fn push(&mut self, bytes: &[u8]) -> Result<(Vec<u8>, bool), DecodeError> {
        if bytes.is_empty() {
            return Ok((Vec::new(), false));
        }
        self.is_untouched = false;
        let pushed = match &mut self.coding {
            Coding::Gzip(gunzip) => gunzip.push(bytes),
            Coding::Deflate(inflate) => inflate.push(bytes),
            Coding::Brotli(brotli) => write_until_end(brotli, bytes),
            Coding::Zstd(zstd) => zstd.write_all(bytes),
        };
        self.drain(pushed, DecodeError::Wrong(self.name))
    }

    fn finish(&mut self) -> Result<(Vec<u8>, bool), DecodeError> {
        if self.is_untouched {
            return Ok((Vec::new(), false));
        }
        let finished = match &mut self.coding {
            Coding::Gzip(gunzip) => gunzip.decoder.try_finish(),
            Coding::Deflate(inflate) => inflate.finish(),
            Coding::Brotli(brotli) => brotli.close(),
            Coding::Zstd(zstd) => zstd.finish(),
        };
        self.drain(finished, DecodeError::Short(self.name))
    }

    fn drain(&mut self, result: io::Result<()>, error: DecodeError) -> Result<(Vec<u8>, bool), DecodeError> {
        let sink = match &mut self.coding {
            Coding::Gzip(gunzip) => gunzip.decoder.get_mut(),
            Coding::Deflate(inflate) => &mut inflate.sink,
            Coding::Brotli(brotli) => brotli.get_mut(),
            Coding::Zstd(zstd) => zstd.writer_mut(),
        };
        let bytes = std::mem::take(&mut sink.bytes);
        match result {
            Err(_stopped) if sink.is_full => Ok((bytes, true)),
            Err(_broken) => Err(error),
            Ok(()) => Ok((bytes, sink.is_full)),
        }
    }
}

/// gzip. Behind its end some servers send padding or a notice, which browsers pass over.
struct Gunzip {
    decoder: GzDecoder<Sink>,
    has_ended: bool,
}

impl Gunzip {
    fn push(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() && !self.has_ended {
            match self.decoder.write(bytes)? {
                0 => self.has_ended = true,
                read => bytes = &bytes[read..],
            }
        }
        Ok(())
    }
}

/// deflate: by RFC 9110 in a zlib frame, by many servers without.
struct Inflate {
    /// `None`: the two bytes that tell the one from the other have not come yet.
    state: Option<Decompress>,
    head: Vec<u8>,
    sink: Sink,
    has_ended: bool,
}

impl Inflate {
    fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.state.is_some() {
            return self.inflate(bytes);
        }
        self.head.extend_from_slice(bytes);
        if let [method, check, ..] = *self.head {
            // RFC 1950, 2.2: method 8, and the two bytes are a multiple of 31.
            let is_framed = method & 0x0f == 8 && u16::from_be_bytes([method, check]) % 31 == 0;
            self.state = Some(Decompress::new(is_framed));
            let head = std::mem::take(&mut self.head);
            return self.inflate(&head);
        }
        Ok(())
    }

    fn inflate(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        let state = self.state.as_mut().expect("asked for behind the first two bytes only");
        let mut out = vec![0; STEP];
        while !self.has_ended {
            let (read, written) = (state.total_in(), state.total_out());
            let status = state.decompress(bytes, &mut out, FlushDecompress::None)?;
            let (read, written) = (state.total_in() - read, state.total_out() - written);
            // Neither can exceed the slice that was given.
            bytes = &bytes[usize::try_from(read).unwrap_or(bytes.len())..];
            let written = usize::try_from(written).unwrap_or(out.len());
            self.sink.write_all(&out[..written])?;
            self.has_ended = status == Status::StreamEnd;
            if written < out.len() && bytes.is_empty() || status == Status::BufError {
                break;
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        if self.has_ended { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

/// Writes until the decoder takes no more, which it does behind its end.
fn write_until_end(decoder: &mut DecompressorWriter<Sink>, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match decoder.write(bytes)? {
            0 => break,
            read => bytes = &bytes[read..],
        }
    }
    Ok(())
}

/// Where decoders write, up to a limit: one more byte is an error, which stops them in the midst of a chunk.
struct Sink {
    bytes: Vec<u8>,
    limit: usize,
    is_full: bool,
}

impl Sink {
    fn new(limit: usize) -> Self {
        Self { bytes: Vec::new(), limit, is_full: false }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Bytes that were drained are counted by the decoder's body; one push alone must not exceed the limit either.
        if bytes.len() > self.limit - self.bytes.len() {
            let room = self.limit - self.bytes.len();
            self.bytes.extend_from_slice(&bytes[..room]);
            self.is_full = true;
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
