//! The shipped tables, and counts held against counting day by day.

use proptest::prelude::*;

use super::*;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn builtin() -> Calendar {
    Calendar::builtin().unwrap_or_else(|e| panic!("{e}"))
}

/// Working days a year, as holidays and make-up days add up: 366 or 365 less weekends, less holidays on weekdays, plus
/// worked weekends.
#[test]
fn the_shipped_years_have_as_many_working_days_as_the_announcements_give() {
    let calendar = builtin();
    let of = |year: i32| {
        let (from, to) = (
            NaiveDate::from_ymd_opt(year - 1, 12, 31),
            NaiveDate::from_ymd_opt(year, 12, 31),
        );
        let (Some(from), Some(to)) = (from, to) else {
            panic!("{year}")
        };
        calendar.working_days_between(from, to).value
    };
    assert_eq!([of(2024), of(2025), of(2026)], [251, 248, 248]);
    let tables: Vec<_> = calendar.tables().keys().copied().collect();
    assert_eq!(tables, [2024, 2025, 2026]);
    assert!(
        calendar
            .tables()
            .values()
            .all(|table| table.document.contains("部分节假日安排的通知"))
    );
}

#[test]
fn worked_weekends_count_and_holidays_do_not() {
    let calendar = builtin();
    for (day, works) in [
        ("2024-02-09", true),
        ("2024-02-12", false),
        ("2024-02-18", true),
        ("2025-01-26", true),
        ("2025-10-08", false),
        ("2026-02-14", true),
        ("2026-10-07", false),
        ("2026-10-08", true),
        ("2026-10-10", true),
        ("2026-10-11", false),
        ("2026-11-24", true),
    ] {
        assert_eq!(calendar.is_working(date(day)), works, "{day}");
    }
}

#[test]
fn ten_working_days_across_a_holiday() {
    let calendar = builtin();
    for (from, due) in [
        // 29 and 30 September, 8 to 10 October (a Saturday), 12 to 16 October.
        ("2026-09-28", "2026-10-16"),
        ("2026-11-09", "2026-11-23"),
        // Something done on a Saturday begins to count on Monday.
        ("2026-11-07", "2026-11-20"),
        ("2025-12-24", "2026-01-08"),
    ] {
        let counted = calendar.add_working_days(date(from), 10);
        assert_eq!((counted.value, counted.provisional), (date(due), false), "{from}");
    }
}

#[test]
fn a_year_without_a_table_is_provisional() {
    let calendar = builtin();
    let crossing = calendar.add_working_days(date("2026-12-28"), 10);
    assert_eq!((crossing.value, crossing.provisional), (date("2027-01-11"), true));
    assert!(calendar.roll(date("2030-06-01")).provisional);
    assert!(
        calendar
            .working_days_between(date("2023-12-31"), date("2024-01-02"))
            .provisional
    );
    let text = "year = 2027\ndocument = \"d\"\nissued_on = \"2026-11-01\"\nsource = \"s\"\n[[holiday]]\n\
        name = { zh-Hans = \"元旦\", en = \"New Year\" }\nfrom = \"2027-01-01\"\nto = \"2027-01-03\"\n\
        working = [\"2026-12-26\"]\n";
    let known = calendar.with([("2027.toml", text)]).unwrap_or_else(|e| panic!("{e}"));
    let crossing = known.add_working_days(date("2026-12-25"), 5);
    assert_eq!((crossing.value, crossing.provisional), (date("2026-12-31"), false));
    assert_ne!(known.hash(), calendar.hash());
}

#[test]
fn months_end_with_the_month() {
    for (from, months, to) in [
        ("2025-12-31", 2, "2026-02-28"),
        ("2023-12-31", 2, "2024-02-29"),
        ("2026-01-15", 2, "2026-03-15"),
        ("2026-08-31", 1, "2026-09-30"),
    ] {
        assert_eq!(add_months(date(from), months), date(to), "{from}");
    }
    // Two months after 8 August end on a Thursday; after 1 August on National Day, which rolls.
    assert_eq!(
        builtin().roll(add_months(date("2026-08-01"), 2)).value,
        date("2026-10-08")
    );
    assert_eq!(builtin().roll(date("2026-10-10")).value, date("2026-10-10"));
}

#[test]
fn a_day_in_china_begins_eight_hours_before_utc() {
    let evening = china_midnight_ms(date("2026-11-24")) - 1;
    assert_eq!(china_date(evening), date("2026-11-23"));
    assert_eq!(china_date(evening + 1), date("2026-11-24"));
    assert_eq!(china_midnight_ms(date("1970-01-02")), 16 * 3_600_000);
    assert_eq!(date_of(day_of(date("1969-12-31"))), date("1969-12-31"));
    assert_eq!((date_of(i64::MAX), date_of(i64::MIN)), (NaiveDate::MAX, NaiveDate::MIN));
}

#[test]
fn a_table_that_contradicts_itself_is_refused() {
    let good = "year = 2030\ndocument = \"d\"\nissued_on = \"2029-11-01\"\nsource = \"s\"\n[[holiday]]\n\
        name = { zh-Hans = \"元旦\", en = \"New Year\" }\nfrom = \"2030-01-01\"\nto = \"2030-01-03\"\n\
        working = [\"2030-01-05\"]\n";
    assert!(Table::read("good", good).is_ok());
    for (from, to, day) in [
        ("working = [\"2030-01-05\"]", "working = [\"2030-01-07\"]", "2030-01-07"),
        ("to = \"2030-01-03\"", "to = \"2030-01-06\"", "2030-01-05"),
        ("to = \"2030-01-03\"", "to = \"2029-12-03\"", "2030-01-01"),
        ("from = \"2030-01-01\"", "from = \"2029-11-30\"", "2029-11-30"),
        (
            "from = \"2030-01-01\"\nto = \"2030-01-03\"",
            "from = \"2030-01-04\"\nto = \"2030-01-05\"",
            "2030-01-05",
        ),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good);
        match Table::read("bad", &bad) {
            Err(CalendarError::Rule { day: found, .. }) => assert_eq!(found, date(day), "{to}"),
            other => panic!("{to}: {other:?}"),
        }
    }
    assert_eq!(
        Calendar::from_files([("a", good), ("b", good)]).err(),
        Some(CalendarError::Twice(2030))
    );
}

/// Day by day, by the definition.
fn naive_after(calendar: &Calendar, from: NaiveDate, days: u32) -> NaiveDate {
    let mut later = from.iter_days().skip(1).filter(|day| calendar.is_working(*day));
    (0..days).fold(from, |day, _| later.next().unwrap_or(day))
}

proptest! {
    #[test]
    fn adding_is_counting_day_by_day(day in 19_000i64..22_000, days in 0u32..600) {
        let calendar = builtin();
        let from = date_of(day);
        let due = calendar.add_working_days(from, days);
        prop_assert_eq!(due.value, naive_after(&calendar, from, days));
        prop_assert_eq!(calendar.working_days_between(from, due.value).value, days);
        let years = from.year()..=due.value.year();
        prop_assert_eq!(due.provisional, years.into_iter().any(|year| !calendar.knows(year)));
    }

    #[test]
    fn counting_is_counting_day_by_day(day in 19_000i64..22_000, length in -50i64..900) {
        let calendar = builtin();
        let (from, to) = (date_of(day), date_of(day + length));
        let naive = from.iter_days().skip(1).take_while(|day| *day <= to).filter(|day| calendar.is_working(*day));
        prop_assert_eq!(calendar.working_days_between(from, to).value as usize, naive.count());
    }

    #[test]
    fn a_period_never_ends_on_a_day_off(day in 19_000i64..22_000) {
        let calendar = builtin();
        let rolled = calendar.roll(date_of(day)).value;
        prop_assert!(calendar.is_working(rolled) && rolled >= date_of(day));
        prop_assert!(date_of(day).iter_days().take_while(|d| *d < rolled).all(|d| !calendar.is_working(d)));
    }
}
