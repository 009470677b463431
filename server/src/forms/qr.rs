//! A QR code as an SVG that stands in the page itself.

use qrcode::render::svg;
use qrcode::types::QrError;
use qrcode::{EcLevel, QrCode};

/// The side in the page's pixels; the print scales it.
const SIDE: u32 = 148;

/// The code of a text, with one level more of correction than usual: paper is folded and stamped.
///
/// # Errors
/// When the text is longer than a code holds.
pub(super) fn svg(text: &str) -> Result<String, QrError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::Q)?;
    let mut drawn = code.render();
    drawn
        .min_dimensions(SIDE, SIDE)
        .dark_color(svg::Color("#000"))
        .light_color(svg::Color("#fff"));
    // Without the prolog, which has no place in HTML.
    let xml = drawn.build();
    Ok(xml.find("<svg").map(|at| xml[at..].to_owned()).unwrap_or_default())
}
