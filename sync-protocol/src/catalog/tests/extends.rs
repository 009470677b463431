//! A later version only adds.

use super::{Catalog, CatalogError, DIARY, PERSON, builtin, change, changed, load, refused};

/// Whether the pair with this diary extends the pair with the plain one.
fn extends(diary: &str) -> Result<(), CatalogError> {
    load(PERSON, diary)?.extends(&load(PERSON, DIARY)?)
}

/// The diary with a field `more`, described by `lines`.
fn with_more(lines: &str) -> String {
    let more = format!(
        r#"[fields.more]
type = "bool"
policy = "latest"
sensitivity = "internal"
{lines}
label = {{ zh-Hans = "更多", en = "More" }}
purpose = {{ keep_years = 5, why = {{ zh-Hans = "补充", en = "To add" }} }}

[workflow]
"#
    );
    changed(
        &change(DIARY, "[workflow]\n", &more),
        r#""photos", "secret"] => "photos", "secret", "more"]"#,
    )
}

#[test]
fn what_is_added_or_widened_is_taken() -> Result<(), CatalogError> {
    assert_eq!(extends(DIARY), Ok(()));
    assert_eq!(extends(&with_more("since = 4")), Ok(()));
    let added = r#"
values = [ => values = [\n{ code = "mild", since = 4, label = { zh-Hans = "尚可", en = "Mild" } },
[workflow.states] => [workflow.states]\nkept = { label = { zh-Hans = "留存", en = "Kept" } } && [workflow.transitions.tick] => [workflow.transitions.keep]\nlabel = { zh-Hans = "留存", en = "Keep" }\nfrom = ["read"]\nto = "kept"\nroles = ["group_leader"]\n[workflow.transitions.tick]
max_chars = 100 => max_chars = 200 && max = 60\n => && min = 1\n => min = 0\n && max_items = 9\n =>
en = "Mood" => en = "Feeling" && unit = ["group_leader", "auditor"] => unit = ["group_leader"]
keep_years = 5, why = { zh-Hans = "了解" => keep_years = 3, why = { zh-Hans = "了解"
"#;
    for changes in added.lines() {
        assert_eq!(extends(&changed(DIARY, changes)), Ok(()), "{changes}");
    }
    load(PERSON, DIARY)?.extends(&Catalog::from_files([("person.toml", PERSON)])?)?;
    builtin().extends(&builtin())
}

#[test]
fn what_is_taken_away_or_tightened_is_refused() {
    refused(
        DIARY,
        r#"
values = [ => values = [\n{ code = "mild", since = 3, label = { zh-Hans = "尚可", en = "Mild" } }, @ fields.mood.values: above 3
code = "bad" => code = "sad" @ fields.mood.values: bad is gone
code = "bad", since = 3 => code = "bad", since = 2 @ fields.mood.values: may not change
"secret"] => "hidden"] && [fields.secret] => [fields.hidden] @ fields.secret: is gone
read = { label => seen = { label && to = "read" => to = "seen" @ workflow.states.read: is gone
transitions.tick] => transitions.mark] @ workflow.transitions.tick: is gone
ledger = "volunteer" => ledger = "social_service" @ ledger: may not change
type = "blob" => type = "unit" @ fields.photos.type: may not change
since = 2\nmax_items = 9 => since = 2 && type = "blob"\npolicy = "set" => type = "blob"\npolicy = "latest" @ fields.photos.policy: may not change
target = "person" => target = "diary" && via = ["whom"] => via = [] @ fields.whom.target: may not change
type = "blob"\npolicy = "set" => type = "integer"\npolicy = "set" @ fields.photos.type: may not change
since = 3\nmax_chars => since = 2\nmax_chars @ fields.text.since: may not change
type = "enum" => type = "enum"\nrequired = true @ fields.mood: becomes required
max_chars = 100 => max_chars = 99 @ fields.text.max_chars: tighter
max_items = 9 => max_items = 8 @ fields.photos.max_items: tighter
max = 60 => max = 59 @ fields.spent.max: tighter
min = 1\n => min = 2\n @ fields.spent.min: tighter
"#,
        extends,
    );
    refused(&with_more("since = 3"), " @ fields.more: above 3", extends);
    refused(
        &with_more("since = 2\nrequired = true"),
        " @ fields.more: is new and required",
        extends,
    );
}

/// Whether a field counts towards hours is part of what an approval was bound to.
#[test]
fn hours_stay_hours() -> Result<(), CatalogError> {
    let unposted = change(DIARY, "ledger = \"volunteer\"\n", "");
    let earlier = load(PERSON, &unposted)?;
    let case = r#"hours = true\n => @ fields.spent.hours: may not change"#;
    refused(&unposted, case, |diary| load(PERSON, diary)?.extends(&earlier));
    Ok(())
}

#[test]
fn between_whole_catalogues() -> Result<(), CatalogError> {
    let person = Catalog::from_files([("person.toml", PERSON)])?;
    let both = load(PERSON, DIARY)?;
    assert_eq!(
        person.extends(&both),
        Err(CatalogError::Version { found: 1, expected: 3 })
    );

    let third = change(PERSON, "kind = \"person\"", "kind = \"third\"");
    let with = |third: &str| Catalog::from_files([("p", PERSON), ("d", DIARY), ("t", third)]);
    let three = with(&third)?;
    refused(&third, " @ since: is new", |third| with(third)?.extends(&both));
    refused(DIARY, " @ kind: is gone", |diary| load(PERSON, diary)?.extends(&three));
    let younger = r#"kind = "person" => kind = "person"\nsince = 2 && [fields.alias] => [fields.alias]\nsince = 2 && [fields.helpers] => [fields.helpers]\nsince = 2 @ since: may not change"#;
    refused(PERSON, younger, |person| load(person, DIARY)?.extends(&both));
    Ok(())
}
