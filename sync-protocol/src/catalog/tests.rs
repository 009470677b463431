//! The shipped catalogue, and the rules that every catalogue must keep: two small kinds to break them on.

mod builtin;
mod extends;
mod rules;

use super::{Catalog, CatalogError};

/// A kind that assigns its readers.
const PERSON: &str = r#"
kind = "person"
name = { zh-Hans = "人员", en = "Person" }
about = { zh-Hans = "一个人", en = "One person" }
form = ["alias", "helpers"]

[read]
unit = ["prosecutor"]
own = ["volunteer"]
assigned = ["helpers"]

[write]
create = ["prosecutor"]
edit = ["prosecutor"]

[fields.alias]
type = "text"
required = true
policy = "review"
sensitivity = "internal"
max_chars = 20
label = { zh-Hans = "化名", en = "Alias" }
purpose = { keep_years = 5, why = { zh-Hans = "称呼", en = "To speak of" } }

[fields.helpers]
type = "member"
policy = "set"
sensitivity = "internal"
label = { zh-Hans = "成员", en = "Helpers" }
purpose = { keep_years = 5, why = { zh-Hans = "安排", en = "To arrange" } }

[workflow]
initial = "active"

[workflow.states]
active = { label = { zh-Hans = "在册", en = "Active" } }
"#;

/// A kind that uses what a kind can use.
const DIARY: &str = r#"
kind = "diary"
since = 2
ledger = "volunteer"
name = { zh-Hans = "日记", en = "Diary" }
about = { zh-Hans = "所见", en = "What was seen" }
form = ["whom", "mood", "text", "spent", "photos", "secret"]
figures = ["diaries", "moods"]

[read]
unit = ["group_leader", "auditor"]
own = ["volunteer"]
via = ["whom"]

[write]
create = ["volunteer", "group_leader"]
edit = ["group_leader", "volunteer"]
own = ["volunteer"]

[fields.whom]
type = "record"
target = "person"
required = true
policy = "review"
sensitivity = "internal"
since = 2
label = { zh-Hans = "对象", en = "Whom" }
purpose = { keep_years = 5, why = { zh-Hans = "关联", en = "To link" } }

[fields.mood]
type = "enum"
policy = "latest"
sensitivity = "internal"
since = 2
label = { zh-Hans = "心情", en = "Mood" }
purpose = { keep_years = 5, why = { zh-Hans = "了解", en = "To know" } }
values = [
  { code = "good", since = 2, label = { zh-Hans = "好", en = "Good" } },
  { code = "bad", since = 3, label = { zh-Hans = "不好", en = "Bad" } },
]

[fields.text]
type = "text"
policy = "latest"
sensitivity = "sensitive"
since = 3
max_chars = 100
read = ["group_leader"]
write = ["group_leader", "volunteer"]
label = { zh-Hans = "正文", en = "Text" }
purpose = { keep_years = 5, why = { zh-Hans = "说明", en = "To explain" } }

[fields.spent]
type = "minutes"
policy = "review"
sensitivity = "internal"
since = 2
hours = true
min = 1
max = 60
label = { zh-Hans = "时长", en = "Spent" }
purpose = { keep_years = 5, why = { zh-Hans = "计时", en = "To count" } }

[fields.photos]
type = "blob"
policy = "set"
sensitivity = "internal"
since = 2
max_items = 9
label = { zh-Hans = "照片", en = "Photos" }
purpose = { keep_years = 5, why = { zh-Hans = "留存", en = "To keep" } }

[fields.secret]
type = "text"
policy = "latest"
sensitivity = "sealed"
since = 2
max_chars = 9
label = { zh-Hans = "密封", en = "Secret" }
purpose = { keep_years = 5, why = { zh-Hans = "疏导", en = "To counsel" } }

[workflow]
initial = "draft"

[workflow.states]
draft = { label = { zh-Hans = "草稿", en = "Draft" } }
sent = { label = { zh-Hans = "已提交", en = "Sent" }, edit = ["group_leader"] }
read = { label = { zh-Hans = "已阅", en = "Read" } }

[workflow.transitions.send]
label = { zh-Hans = "提交", en = "Send" }
from = ["draft"]
to = "sent"
creates = true
roles = ["volunteer"]
needs = ["mood", "spent"]

[workflow.transitions.tick]
label = { zh-Hans = "阅", en = "Tick" }
from = ["sent"]
to = "read"
roles = ["group_leader"]
"#;

fn load(person: &str, diary: &str) -> Result<Catalog, CatalogError> {
    Catalog::from_files([("person.toml", person), ("diary.toml", diary)])
}

/// `text` with its only occurrence of `from` replaced, so that a case cannot pass by changing nothing.
fn change(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from:?} must stand once in the text");
    text.replacen(from, to, 1)
}

/// `text` after changes written as `from => to`, joined by ` && `; `\n` stands for a line's end.
fn changed(text: &str, changes: &str) -> String {
    changes
        .split(" && ")
        .filter(|c| !c.is_empty())
        .fold(text.to_owned(), |text, one| {
            let (from, to) = one.split_once(" =>").unwrap_or_else(|| panic!("no arrow in {one:?}"));
            change(
                &text,
                &from.replace("\\n", "\n"),
                &to.trim_start_matches(' ').replace("\\n", "\n"),
            )
        })
}

/// Holds cases, one a line as `changes @ place: words`, to being refused at that place in those words.
fn refused(text: &str, cases: &str, judge: impl Fn(&str) -> Result<(), CatalogError>) {
    for case in cases.lines().filter(|line| !line.is_empty()) {
        let (changes, error) = case.split_once(" @ ").unwrap_or_else(|| panic!("no place in {case:?}"));
        let (place, words) = error.split_once(": ").unwrap_or_else(|| panic!("no words in {case:?}"));
        match judge(&changed(text, changes)) {
            Err(CatalogError::Rule {
                place: found, message, ..
            }) => {
                assert_eq!(found, place, "{case}\n{message}");
                assert!(message.contains(words), "{case}\n{message}");
            }
            other => panic!("{case}\n{other:?}"),
        }
    }
}

fn builtin() -> Catalog {
    Catalog::builtin().unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn json_brings_the_same_catalogue_and_hash() {
    let catalog = builtin();
    let (text, hash) = catalog.to_json();
    let again = Catalog::from_json(text);
    assert_eq!(again.as_ref(), Ok(&catalog));
    assert_eq!(again.map(|c| c.to_json().1), Ok(hash));
}

#[test]
fn json_is_held_to_the_rules() -> Result<(), CatalogError> {
    let catalog = load(PERSON, DIARY)?;
    let text = catalog.to_json().0;
    assert!(matches!(Catalog::from_json("{"), Err(CatalogError::Json(_))));
    let version = change(text, r#""version":3"#, r#""version":4"#);
    assert_eq!(
        Catalog::from_json(&version),
        Err(CatalogError::Version { found: 4, expected: 3 })
    );
    let key = change(text, r#""diary":{"#, r#""daily":{"#);
    assert!(matches!(Catalog::from_json(&key), Err(CatalogError::Rule { place, .. }) if place == "kind"));
    let initial = change(text, r#""initial":"draft""#, r#""initial":"lost""#);
    assert!(matches!(Catalog::from_json(&initial), Err(CatalogError::Rule { .. })));
    Ok(())
}

#[test]
fn a_file_that_does_not_parse_is_named_with_its_line() {
    let refused = load(
        PERSON,
        &change(DIARY, "\nsince = 2\nledger", "\nsince = \"two\"\nledger"),
    );
    let Err(CatalogError::Toml { file, message }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(file, "diary.toml");
    assert!(message.contains("line 3"), "{message}");
    assert_eq!(load(DIARY, DIARY), Err(CatalogError::Twice("diary".to_owned())));
}
