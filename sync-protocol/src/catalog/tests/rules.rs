//! Each rule broken alone: one change to a valid pair of kinds, and the error names the place and the rule.

use super::{Catalog, DIARY, PERSON, changed, load, refused};

fn diary_refused(cases: &str) {
    assert!(load(PERSON, DIARY).is_ok(), "{:?}", load(PERSON, DIARY));
    refused(DIARY, cases, |diary| load(PERSON, diary).map(|_| ()));
}

fn person_refused(cases: &str) {
    refused(PERSON, cases, |person| load(person, DIARY).map(|_| ()));
}

#[test]
fn of_the_kind() {
    diary_refused(
        r#"
kind = "diary" => kind = "Diary" @ kind: is no code
kind = "diary" => kind = "9lives" @ kind: is no code
kind = "diary" => kind = "" @ kind: is no code
since = 2\nledger => since = 0\nledger @ since: count from 1
zh-Hans = "日记" => zh-Hans = " " @ name: zh-Hans is empty
en = "What was seen" => en = "" @ about: en is empty
en = "What was seen" => en = "What\twas" @ about: control character
"spent", "photos", "secret"] => "spent", "photos"] @ form: does not list the field secret
"photos", "secret"] => "photos", "secret", "more"] @ form: lists more, which is no field
"photos", "secret"] => "photos", "secret", "mood"] @ form: lists mood twice
["diaries", "moods"] => ["diaries", "diaries"] @ figures: lists diaries twice
["diaries", "moods"] => ["diaries per head"] @ figures: is no code
hours = true\n =>  @ ledger: needs a field of type minutes
"#,
    );
}

#[test]
fn of_fields() {
    diary_refused(
        r#"
en = "Mood" => en = "" @ fields.mood.label: en is empty
zh-Hans = "了解" => zh-Hans = "" @ fields.mood.purpose.why: zh-Hans is empty
keep_years = 5, why = { zh-Hans = "了解" => keep_years = 0, why = { zh-Hans = "了解" @ fields.mood: keep_years
en = "Mood" => en = "Text" @ fields: same wording
since = 2\nhours => since = 1\nhours @ fields.spent: the kind's own
since = 3\nmax_chars => since = 3\nrequired = true\nmax_chars @ fields.text: cannot be required
type = "minutes"\npolicy = "review" => type = "minutes"\npolicy = "latest" @ fields.spent: has the policy review
type = "minutes"\npolicy = "review" => type = "minutes"\npolicy = "set" @ fields.spent: has the policy review
type = "blob"\npolicy = "set" => type = "blob"\npolicy = "review"\nhours = true @ fields.photos: cannot count towards hours
type = "blob" => type = "point" @ fields.photos: make no sets
type = "blob" => type = "bool" @ fields.photos: make no sets
type = "blob" => type = "text"\nmax_chars = 9 @ fields.photos: make no sets
max_items = 9 => required = true @ fields.photos: a set cannot be required
max_chars = 9 => max_chars = 9\nread = ["volunteer"] @ fields.secret: leave read out
max_chars = 9 =>  @ fields.secret: needs max_chars
max_chars = 9 => max_chars = 0 @ fields.secret: needs max_chars
max_items = 9 => max_chars = 9 @ fields.photos: max_chars is for text only
max_items = 9 => max_items = 0 @ fields.photos: max_items must be at least 1
max_chars = 9 => max_chars = 9\nmax_items = 9 @ fields.secret: max_items is for sets only
max_items = 9 => min = 1 @ fields.photos: for integer and minutes only
min = 1\n => min = 61\n @ fields.spent: min <= max
min = 1\n => min = -1\n @ fields.spent: 0 <= min
max = 60\n => max = 9007199254740992\n @ fields.spent: max <= 9007199254740991
type = "enum" => type = "date" @ fields.mood: values are for enum only
max = 60\n => max = 60\ntarget = "person"\n @ fields.spent: target is for record fields only
target = "person"\n =>  @ fields.whom: needs a target
target = "person" => target = "nobody" @ fields.whom: no kind nobody
[fields.secret] => [fields.state] && "photos", "secret"] => "photos", "state"] @ fields.state: the workflow's
[fields.secret] => [fields.Secret] && "photos", "secret"] => "photos", "Secret"] @ fields.Secret: is no code
"#,
    );
}

#[test]
fn of_enum_values() {
    diary_refused(
        r#"
{ code = "bad", since = 3, => { code = "not good", since = 3, @ fields.mood.values: is no code
{ code = "bad", since = 3, => { code = "good", since = 3, @ fields.mood.values: stands there twice
{ code = "bad", since = 3, => { code = "bad", since = 1, @ fields.mood.values: at least the field's own
en = "Bad" => en = "" @ fields.mood.values: en is empty
zh-Hans = "不好" => zh-Hans = "好" @ fields.mood.values: same wording
values = [\n  { code = "good", since = 2, label = { zh-Hans = "好", en = "Good" } },\n  { code = "bad", since = 3, label = { zh-Hans = "不好", en = "Bad" } },\n] => values = [] @ fields.mood: needs values
"#,
    );
}

#[test]
fn of_rights() {
    diary_refused(
        r#"
own = ["volunteer"]\nvia => own = ["volunteer", "auditor"]\nvia @ read.own: auditor reads the whole unit
create = ["volunteer", "group_leader"] => create = [] @ write.create: nobody could ever create
create = ["volunteer", "group_leader"] => create = ["volunteer", "group_leader", "sys_admin"] @ write.create: sys_admin would write
edit = ["group_leader", "volunteer"] => edit = ["group_leader", "volunteer", "sys_admin"] @ write.edit: sys_admin would write
own = ["volunteer"]\n\n => own = ["auditor"]\n\n @ write.own: auditor neither creates nor edits
via = [ => assigned = ["text"]\nvia = [ @ read.assigned: text must be a field of type member
via = [ => assigned = ["nothing"]\nvia = [ @ read.assigned: nothing must be
via = ["whom"] => via = ["mood"] @ read.via: mood must be a field of type record
via = ["whom"] => via = ["whom", "whom"] @ read.via: lists whom twice
required = true\npolicy => policy @ read.via: whom must be required
target = "person" => target = "diary" @ read.via: assigns nobody
read = ["group_leader"]\nwrite => read = ["group_leader", "sys_admin"]\nwrite @ fields.text.read: sys_admin does not read
write = ["group_leader", "volunteer"] => write = [] @ fields.text.write: nobody could ever write
write = ["group_leader", "volunteer"] => write = ["auditor"] @ fields.text.write: auditor neither creates nor edits
read = ["group_leader"]\nwrite => read = ["auditor"]\nwrite @ fields.text.write: group_leader would edit what it cannot read
target = "person" => target = "person"\nwrite = ["volunteer"] @ fields.whom.write: group_leader creates the kind
required = true\npolicy = "review" => policy = "set" @ read.via: no set
"#,
    );
}

#[test]
fn of_what_another_kind_leans_on() {
    person_refused(
        r#"
assigned = ["helpers"] => assigned = [] @ read.via: assigns nobody
assigned = ["helpers"] => assigned = ["helpers", "helpers"] @ read.assigned: lists helpers twice
kind = "person" => kind = "person"\nsince = 3 && [fields.alias] => [fields.alias]\nsince = 3 && [fields.helpers] => [fields.helpers]\nsince = 3 @ fields.whom: came after this field
"#,
    );
}

/// A kind that attests the diary's hours.
const WITNESS: &str = r#"
kind = "witness"
since = 2
name = { zh-Hans = "见证", en = "Witness" }
about = { zh-Hans = "所见", en = "What was seen" }
form = ["diary", "from", "until"]

[attests]
link = "diary"
from = "from"
until = "until"
observers = 2
tolerance_minutes = 5

[read]
unit = ["group_leader"]
own = ["volunteer"]

[write]
create = ["volunteer"]
edit = ["volunteer"]
own = ["volunteer"]

[fields.diary]
type = "record"
target = "diary"
required = true
policy = "review"
sensitivity = "internal"
since = 2
label = { zh-Hans = "日记", en = "Diary" }
purpose = { keep_years = 5, why = { zh-Hans = "关联", en = "To link" } }

[fields.from]
type = "instant"
policy = "review"
sensitivity = "internal"
since = 2
label = { zh-Hans = "到场", en = "From" }
purpose = { keep_years = 5, why = { zh-Hans = "计时", en = "To count" } }

[fields.until]
type = "instant"
policy = "review"
sensitivity = "internal"
since = 2
label = { zh-Hans = "离场", en = "Until" }
purpose = { keep_years = 5, why = { zh-Hans = "计时", en = "To count" } }

[workflow]
initial = "draft"

[workflow.states]
draft = { label = { zh-Hans = "草稿", en = "Draft" } }
"#;

#[test]
fn of_hours() {
    diary_refused(
        r#"
ledger = "volunteer"\n => && roles = ["group_leader"] => roles = ["group_leader"]\nreverses = true @ workflow.transitions.tick: names its ledger
roles = ["volunteer"] => roles = ["volunteer"]\nreverses = true @ workflow.transitions.send: creates nothing
"#,
    );
    let with = |witness: &str| Catalog::from_files([("p", PERSON), ("d", DIARY), ("w", witness)]).map(|_| ());
    assert_eq!(with(WITNESS), Ok(()));
    refused(
        WITNESS,
        r#"
link = "diary" => link = "until" @ attests: required field of type record
required = true\n => @ attests: required field of type record
target = "diary" => target = "person" @ attests: posts hours
own = ["volunteer"]\n\n[write] => own = ["volunteer"]\nassigned = ["from"]\n\n[write] @ read.assigned: of type member
from = "from" => from = "diary" @ attests: diary must be a field of type instant
observers = 2 => observers = 0 @ attests: at least 1
"#,
        with,
    );
}

#[test]
fn of_the_workflow() {
    diary_refused(
        r#"
initial = "draft" => initial = "lost" @ workflow.initial: no state lost
read = { label => Read = { label @ workflow.states.Read: is no code
en = "Sent" => en = "" @ workflow.states.sent: en is empty
en = "Sent" => en = "Draft" @ workflow.states: same wording
edit = ["group_leader"] } => edit = ["auditor"] } @ workflow.states.sent: auditor neither creates nor edits
transitions.send] => transitions.Send] @ workflow.transitions.Send: is no code
zh-Hans = "提交" => zh-Hans = "" @ workflow.transitions.send: zh-Hans is empty
from = ["draft"] => from = ["drafts"] @ workflow.transitions.send: no state drafts
to = "sent" => to = "gone" @ workflow.transitions.send: no state gone
from = ["sent"] => from = [] @ workflow.transitions.tick: leads from nowhere
edit = ["group_leader"] } => edit = ["group_leader"], second = true } @ workflow.transitions.tick: one person alone
edit = ["group_leader"] } => edit = ["group_leader"], second = true } && roles = ["group_leader"] => roles = ["group_leader"]\nsecond = true @ workflow.transitions.tick: make it reverse them
roles = ["volunteer"] => roles = [] @ workflow.transitions.send: nobody may take it
roles = ["volunteer"] => roles = ["prosecutor"] @ workflow.transitions.send: prosecutor would move what it cannot read
roles = ["volunteer"] => roles = ["auditor"] @ workflow.transitions.send: none of its roles creates
["mood", "spent"] => ["mood", "mood"] @ workflow.transitions.send: lists mood twice
["mood", "spent"] => ["mood", "spend"] @ workflow.transitions.send: needs spend, which is no field
to = "read" => to = "sent" @ workflow.states.read: no way leads here
from = ["sent"]\nto = "read" => from = ["read"]\nto = "read" @ workflow.states.read: no way leads here
"#,
    );

    let created = changed(
        DIARY,
        r#"from = ["sent"]\nto = "read" => from = []\ncreates = true\nto = "read""#,
    );
    assert!(
        load(PERSON, &created).is_ok(),
        "a transition that only creates reaches its state"
    );
}
