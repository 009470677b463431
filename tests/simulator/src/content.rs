//! What people enter: any field of any kind that their role may write, with few values, so that they meet.

use serde_json::{Value as Json, json};
use sync_protocol::catalog::{Field, FieldType, Kind, Policy};
use sync_protocol::id::{MemberId, UnitCode};
use sync_protocol::role::Role;
use sync_protocol::value::Instant;
use sync_protocol::wire::{FieldView, RecordView};
use wuyuan_client::Entry;

use crate::dice::Dice;

/// What values may name.
pub struct Known<'k> {
    /// Members to assign.
    pub members: Vec<MemberId>,
    /// Units.
    pub units: &'k [UnitCode],
    /// Records that the phone shows: id, kind and unit.
    pub records: Vec<(String, String, String)>,
    /// Now, ms.
    pub now_ms: i64,
}

/// Something in every required field of a new record, and in a few others.
pub fn creation(dice: &mut Dice, kind: &Kind, role: Role, unit: &UnitCode, known: &Known<'_>) -> Entry {
    let mut entry = Entry::default();
    for (name, field) in &kind.fields {
        if field.required || (kind.may_write_field(role, field, true) && dice.chance(1, 4)) {
            write(dice, &mut entry, name, field, kind, unit, known, None);
        }
    }
    if dice.chance(1, 3) {
        act(dice, &mut entry, kind, role, None);
    }
    entry
}

/// A new record that is submitted at once, with all that its approval will need.
pub fn submitted(dice: &mut Dice, kind: &Kind, role: Role, unit: &UnitCode, known: &Known<'_>) -> Entry {
    let mut entry = Entry::default();
    let submit = kind.workflow.transitions.get("submit");
    let needs = submit.map(|transition| transition.needs.as_slice()).unwrap_or_default();
    for (name, field) in &kind.fields {
        if (field.required || needs.contains(name)) && kind.may_write_field(role, field, true) {
            write(dice, &mut entry, name, field, kind, unit, known, None);
        }
    }
    entry.act = submit.map(|_| "submit".to_owned());
    entry.reason = Some("made-up reason".to_owned());
    entry
}

/// A change of a shown record: some fields, a transition, or both.
pub fn change(dice: &mut Dice, kind: &Kind, role: Role, shown: &RecordView, known: &Known<'_>) -> Entry {
    let mut entry = Entry::default();
    let mut fields: Vec<(&String, &Field)> = kind
        .fields
        .iter()
        .filter(|(_, f)| kind.may_write_field(role, f, false))
        .collect();
    // Sets first: there are few of them.
    fields.sort_by_key(|(_, field)| field.policy != Policy::Set);
    for _ in 0..=dice.below(2) {
        // Mostly the same few, so that people meet in them.
        let few = if dice.chance(3, 4) {
            &fields[..fields.len().min(4)]
        } else {
            &fields[..]
        };
        let (name, field) = match dice.pick(few) {
            // Now and then what the role may not write.
            Some(_) if dice.chance(1, 40) => {
                let all: Vec<(&String, &Field)> = kind.fields.iter().collect();
                all[dice.below(all.len())]
            }
            Some(field) => *field,
            None => break,
        };
        write(dice, &mut entry, name, field, kind, &shown.unit, known, Some(shown));
    }
    if dice.chance(1, 3) {
        if dice.chance(1, 2) {
            entry.set.clear();
            entry.add.clear();
            entry.remove.clear();
        }
        act(dice, &mut entry, kind, role, Some(shown));
    }
    entry
}

/// Two changes of one field that both roles may write: other values of a register; in a set, an element added again and
/// the same element removed. Nothing if there is no such field.
pub fn one_field(
    dice: &mut Dice,
    kind: &Kind,
    roles: [Role; 2],
    shown: &RecordView,
    known: &Known<'_>,
) -> Option<[Entry; 2]> {
    let writable = |field: &Field| roles.iter().all(|role| kind.may_write_field(*role, field, false));
    let is_set = dice.chance(1, 2);
    let fits = |(_, field): &(&String, &Field)| writable(field) && (field.policy == Policy::Set) == is_set;
    let fields: Vec<(&String, &Field)> = kind.fields.iter().filter(fits).collect();
    let (name, field) = *dice.pick(&fields)?;
    let mut entries = [Entry::default(), Entry::default()];
    for entry in &mut entries {
        let drawn = value(dice, field, kind, &shown.unit, known)?;
        match is_set {
            true => entry.add.insert(name.clone(), vec![drawn]).is_none(),
            false => entry.set.insert(name.clone(), drawn).is_none(),
        };
    }
    if let Some(FieldView::Set { items }) = shown.fields.get(name)
        && let Some(item) = dice.pick(items)
    {
        entries[0].add.insert(name.clone(), vec![item.value.clone()]);
        entries[1].add.clear();
        entries[1].remove.insert(name.clone(), vec![item.value.clone()]);
    }
    Some(entries)
}

/// A transition by the first of two roles, and another value where there is one by the second, who has not seen that and
/// takes a step of his own if he can. Nothing if the first can take none, or the second may change nothing.
pub fn step_and_change(
    dice: &mut Dice,
    kind: &Kind,
    roles: [Role; 2],
    shown: &RecordView,
    known: &Known<'_>,
) -> Option<[Entry; 2]> {
    let mut step = Entry::default();
    act(dice, &mut step, kind, roles[0], Some(shown));
    step.act.as_ref()?;
    let changed = |(name, view): (&String, &FieldView)| {
        let field = kind.field(name).filter(|f| kind.may_write_field(roles[1], f, false))?;
        matches!(view, FieldView::Register(_)).then(|| (name.clone(), field.clone()))
    };
    let fields: Vec<(String, Field)> = shown.fields.iter().filter_map(changed).collect();
    let (name, field) = dice.pick(&fields)?;
    let mut change = Entry::default();
    change
        .set
        .insert(name.clone(), value(dice, field, kind, &shown.unit, known)?);
    act(dice, &mut change, kind, roles[1], Some(shown));
    Some([step, change])
}

/// A decision on a contested register that `role` may write; nothing if there is none.
pub fn decision(dice: &mut Dice, kind: &Kind, role: Role, shown: &RecordView) -> Option<Entry> {
    let contested: Vec<(&String, &Json)> = shown
        .fields
        .iter()
        .filter_map(|(name, view)| match view {
            FieldView::Register(values) if values.iter().any(|v| v.value != values[0].value) => {
                let field = kind.field(name)?;
                let chosen = &values[dice.below(values.len())].value;
                kind.may_write_field(role, field, false).then_some((name, chosen))
            }
            _ => None,
        })
        .collect();
    let (name, value) = dice.pick(&contested)?;
    Some(Entry {
        set: [((*name).clone(), (*value).clone())].into(),
        reason: Some("made-up decision".to_owned()),
        ..Entry::default()
    })
}

fn act(dice: &mut Dice, entry: &mut Entry, kind: &Kind, role: Role, shown: Option<&RecordView>) {
    let state = shown.and_then(|view| match view.fields.get("state") {
        Some(FieldView::Register(values)) => values.first()?.value.as_str(),
        _ => None,
    });
    let fits = |name: &&String| {
        let transition = &kind.workflow.transitions[*name];
        let leads = state.map_or(transition.creates, |state| transition.from.contains(state));
        leads && transition.roles.contains(&role)
    };
    let names: Vec<&String> = kind.workflow.transitions.keys().filter(fits).collect();
    if let Some(name) = dice.pick(&names) {
        entry.act = Some((*name).clone());
        entry.reason = Some("made-up reason".to_owned());
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "one value and everything that it may depend on"
)]
fn write(
    dice: &mut Dice,
    entry: &mut Entry,
    name: &str,
    field: &Field,
    kind: &Kind,
    unit: &UnitCode,
    known: &Known<'_>,
    shown: Option<&RecordView>,
) {
    let Some(value) = value(dice, field, kind, unit, known) else {
        return;
    };
    if field.policy != Policy::Set {
        let cleared = shown.is_some() && !field.required && dice.chance(1, 10);
        entry
            .set
            .insert(name.to_owned(), if cleared { Json::Null } else { value });
        return;
    }
    let present: Vec<&Json> = match shown.and_then(|view| view.fields.get(name)) {
        Some(FieldView::Set { items }) => items.iter().map(|item| &item.value).collect(),
        _ => Vec::new(),
    };
    if dice.chance(2, 5)
        && let Some(old) = dice.pick(&present)
    {
        entry.remove.insert(name.to_owned(), vec![(*old).clone()]);
    }
    if entry.remove.is_empty() || dice.chance(1, 3) {
        // Often what is there already: whoever removes it meanwhile has not seen that.
        let again = if dice.chance(1, 2) { dice.pick(&present) } else { None };
        let value = again.map_or(value, |element| (*element).clone());
        entry.add.insert(name.to_owned(), vec![value]);
    }
}

fn value(dice: &mut Dice, field: &Field, kind: &Kind, unit: &UnitCode, known: &Known<'_>) -> Option<Json> {
    Some(match field.kind {
        FieldType::Text => {
            let words = ["演示甲", "演示乙", "made up", "multi\nline \u{1f6b2}"];
            let word = words[dice.below(words.len())];
            let most = field.max_chars.unwrap_or(u32::MAX) as usize;
            json!(word.chars().take(most).collect::<String>())
        }
        FieldType::Integer | FieldType::Minutes => {
            let least = field.min.unwrap_or(0);
            json!((least + dice.below(3) as i64).min(field.max.unwrap_or(i64::MAX)))
        }
        FieldType::Date => json!(["2026-11-22", "2026-11-23", "2027-02-28"][dice.below(3)]),
        FieldType::Instant => {
            let ms = known.now_ms / 60_000 * 60_000 + dice.below(3) as i64 * 3_600_000;
            json!(Instant { ms, offset_s: 28_800 }.render())
        }
        FieldType::Enum => {
            let few = field.values.len().min(3);
            json!(field.values[dice.below(few)].code)
        }
        FieldType::Bool => json!(dice.chance(1, 2)),
        FieldType::Point => {
            let datum = ["wgs84", "gcj02", "bd09"][dice.below(3)];
            json!({"lng": 119.3 + dice.below(3) as f64 / 8.0, "lat": 26.125, "datum": datum, "accuracy_m": 12.5, "source": "gps"})
        }
        FieldType::Member => json!(known.members[dice.below(known.members.len())]),
        FieldType::Unit => json!(known.units[dice.below(known.units.len())]),
        FieldType::Record => {
            let target = field.target.as_ref()?;
            let fits = |(_, of, at): &&(String, String, String)| of == target && at == unit.as_str();
            let fitting: Vec<_> = known.records.iter().filter(fits).collect();
            match dice.pick(&fitting) {
                // Now and then a record of another kind or unit, or one that nobody has.
                Some(_) if dice.chance(1, 30) => json!(dice.pick(&known.records).map(|(id, ..)| id)),
                Some((id, ..)) if !dice.chance(1, 12) => json!(id),
                None if kind.read.via.is_empty() && !field.required => return None,
                _ => json!(
                    uuid::Builder::from_random_bytes({
                        let mut bytes = [0; 16];
                        dice.fill(&mut bytes);
                        bytes
                    })
                    .into_uuid()
                ),
            }
        }
        FieldType::Blob => json!(hex::encode([dice.below(3) as u8; 32])),
    })
}
