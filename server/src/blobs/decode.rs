//! Pictures decoded: the only place that knows how. What is decoded was sent by anybody, so everything is bounded
//! before it is begun.

use std::io::Cursor;

use fast_image_resize::images::Image;
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ExtendedColorType, GrayImage, ImageDecoder, ImageReader, Limits, RgbImage, RgbaImage};
use image_hasher::{HashAlg, HasherConfig};

/// Most bytes that decoding one picture takes.
const MEMORY: u64 = 512 << 20;

/// Media types that can be decoded.
const DECODED: [&str; 4] = ["image/gif", "image/jpeg", "image/png", "image/webp"];

/// A thumbnail's quality, of 100: at these sizes more is not seen.
const QUALITY: u8 = 80;

/// The side of the square from which the likeness is computed.
const LIKENESS_SIDE: u32 = 160;

/// Why a picture cannot be shown small. For the log.
#[derive(Debug, thiserror::Error)]
pub enum Undecodable {
    /// It is no picture, or one of a kind that is not decoded.
    #[error("not a picture that is decoded")]
    Media,
    /// It has more pixels, or takes more memory, than may be.
    #[error("{width} x {height} pixels are too many")]
    TooLarge {
        /// How wide it says it is.
        width: u32,
        /// How high.
        height: u32,
    },
    /// It is damaged, or lies about itself.
    #[error("damaged: {0}")]
    Damaged(String),
}

impl From<image::ImageError> for Undecodable {
    fn from(error: image::ImageError) -> Undecodable {
        Undecodable::Damaged(error.to_string())
    }
}

/// Whether blobs of this media type can be decoded at all.
pub fn is_decoded(media: &str) -> bool {
    DECODED.contains(&media)
}

/// A picture made small, turned as its EXIF says, on white where it was transparent.
#[derive(Debug, Clone)]
pub struct Small {
    picture: RgbImage,
    /// How wide the original is, as stored.
    pub width: u32,
    /// How high.
    pub height: u32,
}

impl Small {
    /// Decodes a picture of at most `most_pixels` and fits it into a square of `side`. One that fits already keeps its
    /// size; of several frames it is the first.
    pub fn decode(bytes: &[u8], side: u32, most_pixels: u64) -> Result<Small, Undecodable> {
        let mut limits = Limits::default();
        limits.max_alloc = Some(MEMORY);
        let mut reader = ImageReader::new(Cursor::new(bytes));
        reader.limits(limits);
        let reader = reader.with_guessed_format().map_err(|_| Undecodable::Media)?;
        let mut decoder = reader.into_decoder()?;
        let (width, height) = decoder.dimensions();
        if u64::from(width) * u64::from(height) > most_pixels || decoder.total_bytes() > MEMORY {
            return Err(Undecodable::TooLarge { width, height });
        }
        // A picture whose orientation cannot be read is shown as it lies.
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let whole = DynamicImage::from_decoder(decoder)?;
        let mut turned = DynamicImage::ImageRgb8(shrink(whole, side)?);
        turned.apply_orientation(orientation);
        Ok(Small {
            picture: turned.into_rgb8(),
            width,
            height,
        })
    }

    /// As a JPEG.
    pub fn jpeg(&self) -> Result<Vec<u8>, Undecodable> {
        let mut out = Vec::new();
        let (width, height) = self.picture.dimensions();
        JpegEncoder::new_with_quality(&mut out, QUALITY).encode(
            self.picture.as_raw(),
            width,
            height,
            ExtendedColorType::Rgb8,
        )?;
        Ok(out)
    }

    /// The perceptual hash: pictures that look alike differ in few of its 64 bits.
    pub fn likeness(self) -> Vec<u8> {
        let hasher = HasherConfig::new()
            .hash_size(8, 8)
            .hash_alg(HashAlg::Median)
            .preproc_dct()
            .to_hasher();
        let hash = hasher.hash_image(&DynamicImage::ImageRgb8(self.picture));
        hash.as_bytes().to_vec()
    }
}

/// Decodes a picture for its likeness.
pub fn for_likeness(bytes: &[u8], most_pixels: u64) -> Result<Small, Undecodable> {
    Small::decode(bytes, LIKENESS_SIDE, most_pixels)
}

/// The size of a `width` x `height` picture within a square of `side`.
fn fitted(width: u32, height: u32, side: u32) -> (u32, u32) {
    let longest = width.max(height);
    if longest <= side {
        return (width, height);
    }
    let scaled = |length: u32| {
        let scaled = (u64::from(length) * u64::from(side) + u64::from(longest) / 2) / u64::from(longest);
        (scaled as u32).max(1)
    };
    (scaled(width), scaled(height))
}

fn shrink(whole: DynamicImage, side: u32) -> Result<RgbImage, Undecodable> {
    let (width, height) = (whole.width(), whole.height());
    let to = fitted(width, height, side);
    let small = match whole {
        DynamicImage::ImageLuma8(grey) => {
            let small = resized(grey.into_raw(), (width, height), to, PixelType::U8)?;
            GrayImage::from_raw(to.0, to.1, small).map(DynamicImage::ImageLuma8)
        }
        DynamicImage::ImageRgb8(rgb) => {
            let small = resized(rgb.into_raw(), (width, height), to, PixelType::U8x3)?;
            RgbImage::from_raw(to.0, to.1, small).map(DynamicImage::ImageRgb8)
        }
        other => {
            let small = resized(other.into_rgba8().into_raw(), (width, height), to, PixelType::U8x4)?;
            RgbaImage::from_raw(to.0, to.1, small).map(|small| DynamicImage::ImageRgb8(on_white(&small)))
        }
    };
    let small = small.ok_or_else(|| Undecodable::Damaged("the pixels do not fill the picture".to_owned()))?;
    Ok(small.into_rgb8())
}

fn resized(pixels: Vec<u8>, from: (u32, u32), to: (u32, u32), kind: PixelType) -> Result<Vec<u8>, Undecodable> {
    if from == to {
        return Ok(pixels);
    }
    let wrong = |error: &dyn std::fmt::Display| Undecodable::Damaged(error.to_string());
    let whole = Image::from_vec_u8(from.0, from.1, pixels, kind).map_err(|e| wrong(&e))?;
    let mut small = Image::new(to.0, to.1, kind);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
    Resizer::new()
        .resize(&whole, &mut small, &options)
        .map_err(|e| wrong(&e))?;
    Ok(small.into_vec())
}

fn on_white(picture: &RgbaImage) -> RgbImage {
    let mut flat = RgbImage::new(picture.width(), picture.height());
    for (to, from) in flat.pixels_mut().zip(picture.pixels()) {
        let alpha = u32::from(from.0[3]);
        for channel in 0..3 {
            let mixed = (u32::from(from.0[channel]) * alpha + 255 * (255 - alpha) + 127) / 255;
            to.0[channel] = mixed as u8;
        }
    }
    flat
}

#[cfg(test)]
mod tests;
