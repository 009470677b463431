//! The parts of a kind, as they stand in its TOML file and on the wire of `GET /v1/catalog`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::decision::Conclusion;
use crate::role::Role;

/// Wording for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Simplified Chinese: plain, short, respectful.
    #[serde(rename = "zh-Hans")]
    pub zh_hans: String,
    /// English.
    pub en: String,
}

/// One kind of record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// Stable code, `[a-z][a-z0-9_]*`.
    pub kind: String,
    /// The catalogue version in which the kind appeared.
    #[serde(default = "one")]
    pub since: u32,
    /// What people call it.
    pub name: Label,
    /// What it is for, in one sentence.
    pub about: Label,
    /// Who reads it.
    pub read: Read,
    /// Who writes it.
    pub write: Write,
    /// Its fields by code. `state` is reserved for the workflow.
    pub fields: BTreeMap<String, Field>,
    /// The order in which a form shows the fields.
    pub form: Vec<String>,
    /// The hours ledger to which an approval of this kind posts; absent: it posts nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<Ledger>,
    /// It states what somebody saw of a record that posts hours; absent: it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attests: Option<Attests>,
    /// Its states and the ways between them.
    pub workflow: Workflow,
    /// The figures of the monthly report that it feeds.
    #[serde(default)]
    pub figures: Vec<String>,
}

/// The two hours ledgers, which never mix: what suspects serve is no volunteer service (Order 67 of the
/// Ministry of Civil Affairs, Art 19).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ledger {
    /// A volunteer's own hours.
    Volunteer,
    /// A suspect's hours of social service.
    SocialService,
}

impl Ledger {
    /// Both.
    pub const ALL: &[Ledger] = &[Ledger::Volunteer, Ledger::SocialService];

    /// The stable code on the wire and in the store.
    pub fn code(self) -> &'static str {
        match self {
            Ledger::Volunteer => "volunteer",
            Ledger::SocialService => "social_service",
        }
    }

    /// Reads a code.
    pub fn parse(text: &str) -> Option<Ledger> {
        Ledger::ALL.iter().copied().find(|ledger| ledger.code() == text)
    }
}

/// How a kind attests another's hours: each record is one observer's own statement about one session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attests {
    /// The field of type `record` that names the session. Both are in one unit.
    pub link: String,
    /// The field of type `instant` from when the observer was there.
    pub from: String,
    /// The field of type `instant` until when he was there.
    pub until: String,
    /// How many different observers must have stated it before the session's hours post.
    pub observers: u32,
    /// For how many minutes of a session, at either end or in between, nobody need have been there.
    pub tolerance_minutes: u32,
}

/// Who reads a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Read {
    /// Roles that read every record of the kind in their unit and all units below it.
    pub unit: BTreeSet<Role>,
    /// Roles that read what they created and what they are assigned to.
    pub own: BTreeSet<Role>,
    /// Fields of type `member` whose holders are assigned to the record.
    #[serde(default)]
    pub assigned: Vec<String>,
    /// Fields of type `record`: who is assigned to the linked record reads this one too. The linked
    /// record is always in the same unit.
    #[serde(default)]
    pub via: Vec<String>,
}

/// Who writes a kind, field by field unless the field says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Write {
    /// Roles that may create a record.
    pub create: BTreeSet<Role>,
    /// Roles that may change a record which they may read. Creators' roles are not implied.
    pub edit: BTreeSet<Role>,
    /// Of the roles that edit or move a record, those that do so only to records which they created.
    #[serde(default)]
    pub own: BTreeSet<Role>,
}

/// The type of a field's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// UTF-8 text without NUL; its length counts code points.
    Text,
    /// A whole number within 2^53 - 1.
    Integer,
    /// A whole number of minutes, not negative.
    Minutes,
    /// A calendar date, `YYYY-MM-DD`.
    Date,
    /// A moment with its offset (RFC 3339).
    Instant,
    /// One of the field's `values`.
    Enum,
    /// True or false.
    Bool,
    /// `{lng, lat, datum, accuracy_m, source}`; the datum is kept as given.
    Point,
    /// A member's id.
    Member,
    /// A unit's 12-digit code.
    Unit,
    /// The id of a record of the kind `target`.
    Record,
    /// The SHA-256 of a blob, 64 lower-case hexadecimal digits.
    Blob,
}

/// How concurrent writes of a field are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// Siblings are kept and make a finding; people decide.
    Review,
    /// The later in the unit's log is shown; the others stay in the history.
    Latest,
    /// An observed-remove set; an add wins over a concurrent remove.
    Set,
}

/// How much harm a disclosure would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// May be shown to anybody.
    Public,
    /// For those who work with it.
    Internal,
    /// Each reading is logged (PIPL Art 28 and 51).
    Sensitive,
    /// For its author alone.
    Sealed,
}

/// Why a field is kept and for how long (PIPL Art 6 and 19: no field without both).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// What it is needed for.
    pub why: Label,
    /// Years after the record's last change.
    pub keep_years: u32,
}

/// One enum value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Stable code.
    pub code: String,
    /// The catalogue version in which it appeared.
    #[serde(default = "one")]
    pub since: u32,
    /// What people read.
    pub label: Label,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// What its value is.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Must be set, and not to null, by the operation that creates the record.
    #[serde(default)]
    pub required: bool,
    /// How concurrent writes are treated.
    pub policy: Policy,
    /// How much harm a disclosure would do.
    pub sensitivity: Sensitivity,
    /// The catalogue version in which it appeared.
    #[serde(default = "one")]
    pub since: u32,
    /// What people read beside it.
    pub label: Label,
    /// Why it is kept and for how long.
    pub purpose: Purpose,
    /// Roles that read it, of those who read the record; absent: all of them. The record's creator
    /// always reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<BTreeSet<Role>>,
    /// Roles that write it; absent: those who create or edit the kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write: Option<BTreeSet<Role>>,
    /// It counts towards hours: an approval is bound to it, and only people resolve its conflicts.
    #[serde(default)]
    pub hours: bool,
    /// For `enum`: what it may be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Choice>,
    /// For `record`: the kind linked to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// For `text`: most code points. Required for text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_chars: Option<u32>,
    /// For `integer` and `minutes`: least value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// For `integer` and `minutes`: greatest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// For sets: most elements that one operation may add.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_items: Option<u32>,
}

/// The states of a kind and the ways between them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workflow {
    /// The state of a new record whose first operation has no transition.
    pub initial: String,
    /// States by code.
    pub states: BTreeMap<String, State>,
    /// Transitions by name, the `act` of an operation.
    #[serde(default)]
    pub transitions: BTreeMap<String, Transition>,
}

/// A state of the workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// What people read.
    pub label: Label,
    /// Roles that may still change fields in this state; absent: all who may write them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit: Option<BTreeSet<Role>>,
    /// In this state whoever changes a field that counts towards hours proposes, and another member confirms; and only
    /// what two do leads to a state without it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub second: bool,
}

/// A way from some states to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// What people read on the button.
    pub label: Label,
    /// The states from which it leads. Empty: a transition that only creates.
    pub from: BTreeSet<String>,
    /// The state to which it leads.
    pub to: String,
    /// May also be the `act` of the operation that creates the record.
    #[serde(default)]
    pub creates: bool,
    /// Roles that may take it.
    pub roles: BTreeSet<Role>,
    /// The operation must carry a `reason`.
    #[serde(default)]
    pub reason: bool,
    /// Fields that must have a value once it is taken.
    #[serde(default)]
    pub needs: Vec<String>,
    /// It approves hours: the operation names the digest of the values that it approves.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub approves: bool,
    /// It is proposed by one member and confirmed by another.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub second: bool,
    /// It takes back the hours that were posted after an earlier approval.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reverses: bool,
    /// A decision of the desk that comes to this conclusion takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concludes: Option<Conclusion>,
}

fn one() -> u32 {
    1
}

impl Kind {
    /// The field `name`, the workflow's `state` excepted.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.get(name)
    }

    /// Whether `role` may write `field` in some state, by creating or by editing.
    pub fn may_write_field(&self, role: Role, field: &Field, creating: bool) -> bool {
        match &field.write {
            Some(roles) => roles.contains(&role),
            None if creating => self.write.create.contains(&role),
            None => self.write.edit.contains(&role),
        }
    }

    /// Whether `role` may decide findings about records of the kind: the desk all of them; who leads a community or an
    /// area those where no hours are concerned.
    pub fn may_decide(&self, role: Role) -> bool {
        let leads = [Role::GroupLeader, Role::AreaManager].contains(&role);
        let concerns_hours = self.attests.is_some() || self.fields.values().any(|field| field.hours);
        role.is_desk() || (leads && !concerns_hours)
    }

    /// Whether `role`, where it edits or takes a transition at all, does so to records of another creator.
    pub fn touches_others(&self, role: Role) -> bool {
        !self.write.own.contains(&role)
    }

    /// Whether `role` reads `field` of a record of another creator which it may read.
    pub fn may_read_field(&self, role: Role, field: &Field) -> bool {
        field.sensitivity != Sensitivity::Sealed && field.read.as_ref().is_none_or(|roles| roles.contains(&role))
    }
}
