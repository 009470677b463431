//! The table.

/// What a figure must reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    /// At least this.
    AtLeast(f64),
    /// Less than this.
    Below(f64),
    /// Nothing was promised.
    None,
}

/// One figure beside its limit or peer.
#[derive(Debug, Clone)]
pub struct Row {
    /// What was measured.
    pub what: String,
    /// The figure, in `unit`.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// The limit or peers of the same run, in words; and the spread over the runs.
    pub beside: String,
    /// What was promised.
    pub target: Target,
}

/// All figures of a run, in order.
#[derive(Debug, Default)]
pub struct Report {
    rows: Vec<Row>,
}

impl Report {
    /// Adds a figure, and shows it at once on standard error.
    pub fn add(&mut self, row: Row) {
        eprintln!("{}", line(&row));
        self.rows.push(row);
    }

    /// All figures as a Markdown table.
    pub fn table(&self) -> String {
        let mut text = String::from(
            "| what | measured | beside it, in the same run | target | reached |\n|---|---|---|---|---|\n",
        );
        for row in &self.rows {
            text.push_str(&line(row));
            text.push('\n');
        }
        text
    }
}

fn line(row: &Row) -> String {
    let (target, reached) = match row.target {
        Target::AtLeast(least) => (format!("≥ {}", number(least)), Some(row.value >= least)),
        Target::Below(most) => (format!("< {}", number(most)), Some(row.value < most)),
        Target::None => (String::new(), None),
    };
    let reached = reached.map_or("", |yes| if yes { "yes" } else { "**no**" });
    let value = number(row.value);
    format!(
        "| {} | {value} {} | {} | {target} | {reached} |",
        row.what, row.unit, row.beside
    )
}

/// Three significant digits or all of the whole part, thousands parted by commas.
pub fn number(value: f64) -> String {
    let digits = match value.abs() {
        v if v >= 100.0 || v == 0.0 => 0,
        v if v >= 10.0 => 1,
        v if v >= 1.0 => 2,
        _ => 3,
    };
    let text = format!("{value:.digits$}");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 && digit.is_ascii_digit() {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if part.is_empty() {
        grouped
    } else {
        format!("{grouped}.{part}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_readable() {
        for (value, text) in [
            (0.26, "0.260"),
            (2.14, "2.14"),
            (45.25, "45.2"),
            (997.0, "997"),
            (12_345.6, "12,346"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn a_figure_that_falls_short_says_so() {
        let row = |value| Row {
            what: "x".to_owned(),
            value,
            unit: "/s",
            beside: String::new(),
            target: Target::AtLeast(10.0),
        };
        assert!(line(&row(9.0)).contains("**no**"));
        assert!(line(&row(10.0)).ends_with("| yes |"));
    }
}
