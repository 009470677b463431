//! Names and times as the programme writes them.

/// Surnames of two characters.
const DOUBLE: [&str; 12] = [
    "欧阳", "上官", "司马", "诸葛", "司徒", "皇甫", "令狐", "尉迟", "公孙", "慕容", "夏侯", "端木",
];

/// A name with the surname only, as 李某. One that is masked already stays.
pub fn name(name: &str) -> String {
    if name.contains('某') {
        return name.to_owned();
    }
    let surname = DOUBLE.iter().find(|double| name.starts_with(**double)).copied();
    match (surname, name.chars().next()) {
        (Some(surname), _) => format!("{surname}某"),
        (None, Some(first)) => format!("{first}某"),
        (None, None) => String::new(),
    }
}

/// Minutes as hours and minutes.
pub fn minutes(minutes: u64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}分钟"),
        (hours, 0) => format!("{hours}小时"),
        (hours, minutes) => format!("{hours}小时{minutes}分钟"),
    }
}

/// A day as 2026年11月5日; another text stays as it is.
pub fn day(day: &str) -> String {
    let parts: Vec<Option<u32>> = day.split('-').map(|part| part.parse().ok()).collect();
    match parts[..] {
        [Some(year), Some(month), Some(day)] => format!("{year}年{month}月{day}日"),
        _ => day.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_surname_is_told() {
        for (full, masked) in [
            ("李明", "李某"),
            ("欧阳小雪", "欧阳某"),
            ("阿依古丽·买买提", "阿某"),
            ("演示·陈某", "演示·陈某"),
            ("𠮷田", "𠮷某"),
            ("", ""),
        ] {
            assert_eq!(name(full), masked);
        }
    }

    #[test]
    fn minutes_are_told_in_hours() {
        let told = [0, 59, 60, 2_300].map(minutes);
        assert_eq!(told, ["0分钟", "59分钟", "1小时", "38小时20分钟"]);
        assert_eq!(day("2026-11-05"), "2026年11月5日");
        assert_eq!(day("soon"), "soon");
    }
}
