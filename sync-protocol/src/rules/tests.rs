use super::*;
use crate::calendar::china_midnight_ms;
use crate::catalog::Catalog;

const FILE: &str = include_str!("../../catalog/rules.toml");

fn rules(text: &str) -> Result<Rules, RulesError> {
    Rules::from_toml(&Catalog::builtin().unwrap(), text)
}

#[test]
fn the_builtin_rules_fit_the_builtin_catalogue_and_are_all_there() {
    let rules = Rules::builtin(&Catalog::builtin().unwrap()).unwrap();
    for code in RuleCode::ALL {
        assert_eq!(RuleCode::parse(code.code()), Some(*code));
        assert_eq!(rules.limits(*code, 0).len(), code.limits().len());
    }
    let blocking: Vec<_> = rules.blocking().map(RuleCode::code).collect();
    assert!(blocking.contains(&"overlap") && !blocking.contains(&"late_entry"));
    let json: serde_json::Value = serde_json::from_str(rules.to_json().0).unwrap();
    assert_eq!(json["rule"]["overlap"]["limits"][0]["minutes"], 1);
    assert!(json["rule"]["overlap"]["name"]["zh-Hans"].is_string());
}

#[test]
fn the_limit_of_the_day_applies() {
    let later =
        "limits = [{ valid_from = \"2000-01-01\", minutes = 480 }, { valid_from = \"2027-01-01\", minutes = 360 }]";
    let text = FILE.replacen("limits = [{ valid_from = \"2000-01-01\", minutes = 480 }]", later, 1);
    let rules = rules(&text).unwrap();
    let new_year = china_midnight_ms(chrono::NaiveDate::from_ymd_opt(2027, 1, 1).unwrap());
    let limit = |at| rules.limit(RuleCode::DayHours, "minutes", at);
    assert_eq!(
        [limit(new_year - 1), limit(new_year), limit(i64::MIN / 4)],
        [480, 360, 480]
    );
}

#[test]
fn rules_that_cannot_work_are_refused() {
    for (from, to) in [
        ("minutes = 480", "hours = 8"),
        (
            "minutes = 480 }",
            "minutes = 480 }, { valid_from = \"1999-01-01\", minutes = 1 }",
        ),
        (
            "valid_from = \"2000-01-01\", minutes = 480",
            "valid_from = \"2000-13-01\", minutes = 480",
        ),
        ("[rule.diverged]", "[rule.unheard_of]"),
        ("zh-Hans = \"时间重叠\"", "zh-Hans = \" \""),
        ("volunteer = \"volunteer\"", "volunteer = \"activity_name\""),
        ("subject = \"subject\"", "subject = \"observers\""),
        ("\"merged\"]", "\"no state\"]"),
        ("[facts.supervision_visit]", "[facts.no_kind]"),
        ("severity = \"high\"", "severity = \"dire\""),
    ] {
        let text = FILE.replacen(from, to, 1);
        assert_ne!(text, FILE, "{from}");
        assert!(rules(&text).is_err(), "{to}");
    }
}
