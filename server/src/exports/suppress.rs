//! Small cells: what is about one or two people does not leave the office as a number.

use crate::figures::count::{Counted, Number};
use crate::figures::definitions::{Definition, Unit};

/// What is about fewer people than this is not told.
const FEWEST: i64 = 3;

/// A figure whose small cells are marked.
#[derive(Debug, PartialEq, Eq)]
pub struct Marked {
    /// The whole is not told.
    pub whole: bool,
    /// Which parts are not told.
    pub parts: Vec<bool>,
}

/// Whether a number is about few people.
pub fn is_small(figure: &Definition, number: &Number) -> bool {
    let people = number.people.or((figure.unit == Unit::People).then_some(number.top));
    people.is_some_and(|people| (1..FEWEST).contains(&people))
}

/// Marks the small cells of a figure. Where one part alone would be hidden, what is left of the whole would tell it: the
/// next smallest is hidden with it.
pub fn mark(figure: &Definition, counted: &Counted) -> Marked {
    let whole = is_small(figure, &counted.happened);
    let mut parts: Vec<bool> = counted
        .by
        .iter()
        .map(|cell| whole || is_small(figure, &cell.number))
        .collect();
    if !whole && parts.iter().filter(|hidden| **hidden).count() == 1 {
        let open = counted.by.iter().enumerate().filter(|(at, _)| !parts[*at]);
        if let Some((next, _)) = open.min_by_key(|(_, cell)| cell.number.top.abs()) {
            parts[next] = true;
        }
    }
    Marked { whole, parts }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::count::Cell;
    use crate::figures::definitions::Definitions;

    fn counted(parts: &[i64]) -> Counted {
        let number = |top: i64| Number {
            top,
            bottom: None,
            people: Some(top),
        };
        let cell = |top: &i64| Cell {
            key: top.to_string(),
            number: number(*top),
        };
        Counted {
            code: "service_by_case_class".to_owned(),
            happened: number(parts.iter().sum()),
            committed: None,
            late: None,
            total: None,
            by: parts.iter().map(cell).collect(),
        }
    }

    #[test]
    fn one_or_two_people_are_hidden_and_cannot_be_worked_out() {
        let definitions = Definitions::builtin().unwrap();
        let figure = definitions.named("service_by_case_class").unwrap();
        for (parts, hidden) in [
            (vec![3, 4], vec![false, false]),
            (vec![2, 4, 9], vec![true, true, false]),
            (vec![1, 2, 9], vec![true, true, false]),
            (vec![1, 1], vec![true, true]),
            (vec![0, 5], vec![false, false]),
        ] {
            assert_eq!(mark(figure, &counted(&parts)).parts, hidden, "{parts:?}");
        }
        assert!(mark(figure, &counted(&[2])).whole);
    }
}
