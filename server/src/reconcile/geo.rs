//! Places on the ground: datums brought together, distances, and the cells of a grid.
//!
//! A point is kept as it was given; here it becomes WGS-84 so that two can be compared. In Jin'an the shift between
//! WGS-84 and GCJ-02 is some 600 m. The formulas of GCJ-02 and BD-09 are the ones in public use; their inverse is found
//! by iteration to well under a metre.

use std::f64::consts::PI;

use sync_protocol::value::{Datum, Point};

/// Metres of one degree of latitude.
const DEGREE_M: f64 = 111_320.0;
/// Units of a stored degree.
pub const UNITS: f64 = 1e7;
/// The edges of a cell, in stored units: some 280 m northwards, and in Fujian some 500 m eastwards.
const CELL_LAT: i64 = 25_000;
const CELL_LNG: i64 = 50_000;
/// Places of a cell's row within its number.
const ROW: i64 = 1 << 32;

/// A place in WGS-84, in units of 1e-7 degrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// East.
    pub lng: i64,
    /// North.
    pub lat: i64,
}

/// The place of a point, by the datum that it names.
pub fn spot(point: &Point) -> Spot {
    let (lng, lat) = match point.datum {
        Datum::Wgs84 => (point.lng, point.lat),
        Datum::Gcj02 => from_gcj(point.lng, point.lat),
        Datum::Bd09 => {
            let (lng, lat) = from_bd(point.lng, point.lat);
            from_gcj(lng, lat)
        }
    };
    degrees(lng, lat)
}

/// The place of degrees in WGS-84.
pub fn degrees(lng: f64, lat: f64) -> Spot {
    Spot {
        lng: (lng * UNITS).round() as i64,
        lat: (lat * UNITS).round() as i64,
    }
}

impl Spot {
    /// The way from here to there, in metres eastwards and northwards.
    pub fn way(self, there: Spot) -> (f64, f64) {
        let mid = (self.lat + there.lat) as f64 / 2.0 / UNITS;
        // The shorter way around.
        let mut east = (there.lng - self.lng) as f64 / UNITS;
        if east > 180.0 {
            east -= 360.0;
        } else if east < -180.0 {
            east += 360.0;
        }
        let north = (there.lat - self.lat) as f64 / UNITS;
        (east * DEGREE_M * (mid * PI / 180.0).cos(), north * DEGREE_M)
    }

    /// Metres to there: plane, which within a province is off by far less than any phone.
    pub fn distance_m(self, there: Spot) -> f64 {
        let (east, north) = self.way(there);
        east.hypot(north)
    }

    /// The cell in which it lies.
    pub fn cell(self) -> i64 {
        cell(self.lat.div_euclid(CELL_LAT), self.lng.div_euclid(CELL_LNG))
    }

    /// The cells in which everything within `metres` lies, as ranges of their numbers: from, to.
    pub fn cells_around(self, metres: f64) -> Vec<(i64, i64)> {
        let lat_units = metres / DEGREE_M * UNITS;
        let narrow = (self.lat as f64 / UNITS * PI / 180.0).cos().max(0.01);
        let lng_units = lat_units / narrow;
        let rows = |lat: i64| lat.div_euclid(CELL_LAT);
        let column = |lng: i64| lng.div_euclid(CELL_LNG);
        let (south, north) = (self.lat - lat_units.ceil() as i64, self.lat + lat_units.ceil() as i64);
        let (west, east) = (self.lng - lng_units.ceil() as i64, self.lng + lng_units.ceil() as i64);
        (rows(south)..=rows(north))
            .map(|row| (cell(row, column(west)), cell(row, column(east))))
            .collect()
    }
}

fn cell(row: i64, column: i64) -> i64 {
    // A column is never negative, so that a row's cells follow one another.
    row * ROW + column + ROW / 2
}

/// Where GCJ-02 puts a place, given in WGS-84, east and north in degrees.
pub fn to_gcj(lng: f64, lat: f64) -> (f64, f64) {
    let (east, north) = shift(lng, lat);
    (lng + east, lat + north)
}

fn from_gcj(lng: f64, lat: f64) -> (f64, f64) {
    let (mut x, mut y) = (lng, lat);
    for _ in 0..4 {
        let (gx, gy) = to_gcj(x, y);
        x += lng - gx;
        y += lat - gy;
    }
    (x, y)
}

fn from_bd(lng: f64, lat: f64) -> (f64, f64) {
    const X_PI: f64 = PI * 3000.0 / 180.0;
    let (x, y) = (lng - 0.0065, lat - 0.006);
    let z = x.hypot(y) - 0.000_02 * (y * X_PI).sin();
    let theta = y.atan2(x) - 0.000_003 * (x * X_PI).cos();
    (z * theta.cos(), z * theta.sin())
}

/// The shift of GCJ-02 at a place of China, in degrees; elsewhere there is none.
fn shift(lng: f64, lat: f64) -> (f64, f64) {
    const AXIS: f64 = 6_378_245.0;
    const ECCENTRICITY: f64 = 0.006_693_421_622_965_943;
    if !(73.66..=135.05).contains(&lng) || !(3.86..=53.55).contains(&lat) {
        return (0.0, 0.0);
    }
    let (x, y) = (lng - 105.0, lat - 35.0);
    let waves = (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0;
    let north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + waves
        + (20.0 * (y * PI).sin() + 40.0 * (y / 3.0 * PI).sin()) * 2.0 / 3.0
        + (160.0 * (y / 12.0 * PI).sin() + 320.0 * (y * PI / 30.0).sin()) * 2.0 / 3.0;
    let east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + waves
        + (20.0 * (x * PI).sin() + 40.0 * (x / 3.0 * PI).sin()) * 2.0 / 3.0
        + (150.0 * (x / 12.0 * PI).sin() + 300.0 * (x / 30.0 * PI).sin()) * 2.0 / 3.0;
    let radians = lat / 180.0 * PI;
    let bulge = 1.0 - ECCENTRICITY * radians.sin().powi(2);
    let north = north * 180.0 / (AXIS * (1.0 - ECCENTRICITY) / (bulge * bulge.sqrt()) * PI);
    let east = east * 180.0 / (AXIS / bulge.sqrt() * radians.cos() * PI);
    (east, north)
}

#[cfg(test)]
mod tests {
    use sync_protocol::value::PointSource;

    use super::*;

    fn point(lng: f64, lat: f64, datum: Datum) -> Point {
        Point {
            lng,
            lat,
            datum,
            accuracy_m: None,
            source: PointSource::Gps,
        }
    }

    #[test]
    fn one_place_in_two_datums_is_one_place() {
        for (lng, lat) in [(119.32, 26.08), (119.43, 26.25), (116.39, 39.91)] {
            let wgs = spot(&point(lng, lat, Datum::Wgs84));
            let (glng, glat) = to_gcj(lng, lat);
            assert!(wgs.distance_m(spot(&point(glng, glat, Datum::Gcj02))) < 0.5);
        }
        // Tiananmen as a BD-09 map and as a GCJ-02 map show it.
        let bd = spot(&point(116.404, 39.915, Datum::Bd09));
        let gcj = spot(&point(116.397_6, 39.908_7, Datum::Gcj02));
        assert!(bd.distance_m(gcj) < 20.0, "{}", bd.distance_m(gcj));
    }

    #[test]
    fn the_shift_in_jinan_is_what_the_rules_look_for() {
        let (lng, lat) = to_gcj(119.32, 26.08);
        let (east, north) = degrees(119.32, 26.08).way(degrees(lng, lat));
        assert!((east - 490.0).hypot(north + 335.0) < 40.0, "{east} {north}");
        assert_eq!(to_gcj(2.35, 48.85), (2.35, 48.85), "nowhere else");
    }

    #[test]
    fn everything_within_a_distance_lies_in_the_cells_around() {
        for (lng, lat) in [(119.32, 26.08), (119.325_000_1, 26.082_499_9), (-0.000_1, -0.000_1)] {
            let here = degrees(lng, lat);
            for turn in 0..64 {
                let angle = f64::from(turn) / 32.0 * PI;
                let narrow = (lat * PI / 180.0).cos();
                let there = degrees(
                    lng + angle.cos() * 249.0 / (DEGREE_M * narrow),
                    lat + angle.sin() * 249.0 / DEGREE_M,
                );
                assert!((here.distance_m(there) - 249.0).abs() < 1.0);
                let cells = here.cells_around(250.0);
                assert!(cells.iter().any(|(from, to)| (*from..=*to).contains(&there.cell())));
            }
        }
    }
}
