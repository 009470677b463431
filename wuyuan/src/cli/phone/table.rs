//! Aligned plain text. Chinese characters take two columns of a terminal.

use unicode_width::UnicodeWidthStr;

/// Rows of cells, each column as wide as its widest cell; the last one is not padded.
#[derive(Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [&str; N]) {
        // A cell is one line; what a record holds may have several.
        self.rows
            .push(cells.iter().map(|cell| cell.replace(['\r', '\n', '\t'], " ")).collect());
    }

    /// Whether there is nothing to print.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The lines, each after `indent`.
    pub fn render(&self, indent: &str) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.width()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = String::new();
        for row in &self.rows {
            let mut line = String::from(indent);
            for (cell, width) in row.iter().zip(&widths) {
                line.push_str(cell);
                line.extend(std::iter::repeat_n(' ', width - cell.width() + 2));
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_in_both_languages() {
        let mut table = Table::default();
        table.row(["走访", "1"]);
        table.row(["abc", "two\nlines"]);
        assert_eq!(table.render(" "), " 走访  1\n abc   two lines\n");
    }
}
