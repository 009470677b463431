//! Rules of fields: that a value of the type can be judged, merged and kept for a reason.

use std::collections::{BTreeMap, BTreeSet};

use super::{code, distinct, label, rule};
use crate::catalog::kind::{Field, FieldType, Kind, Policy, Sensitivity};
use crate::catalog::{CatalogError, STATE_FIELD};

/// The greatest integer that every JSON reader keeps exactly (RFC 8259, section 6).
const MAX_INTEGER: i64 = (1 << 53) - 1;

/// Holds every field to the rules.
pub(super) fn check(kind: &Kind, kinds: &BTreeMap<String, Kind>) -> Result<(), CatalogError> {
    for (name, field) in &kind.fields {
        let at = At {
            kind,
            field,
            place: format!("fields.{name}"),
        };
        if name == STATE_FIELD {
            return at.refuse("this name is the workflow's; choose another");
        }
        code(kind, &at.place, name)?;
        label(kind, &format!("{}.label", at.place), &field.label)?;
        label(kind, &format!("{}.purpose.why", at.place), &field.purpose.why)?;
        if field.purpose.keep_years == 0 {
            return at.refuse("keep_years must be at least 1");
        }
        at.since()?;
        at.policy()?;
        at.limits()?;
        at.choices()?;
        at.link(kinds)?;
    }
    distinct(
        kind,
        "fields",
        kind.fields.iter().map(|(name, field)| (name, &field.label)),
    )
}

/// One field and where it stands.
struct At<'a> {
    kind: &'a Kind,
    field: &'a Field,
    place: String,
}

impl At<'_> {
    fn refuse(&self, message: impl Into<String>) -> Result<(), CatalogError> {
        Err(rule(self.kind, self.place.clone(), message))
    }

    /// A field is never older than its kind, and only one as old as its kind can be required: a phone with
    /// an earlier catalogue must still be able to create the record.
    fn since(&self) -> Result<(), CatalogError> {
        if self.field.since < self.kind.since {
            return self.refuse(format!("since must be at least {}, the kind's own", self.kind.since));
        }
        if self.field.required && self.field.since > self.kind.since {
            return self.refuse("a field that came after its kind cannot be required; phones of before do not know it");
        }
        Ok(())
    }

    fn policy(&self) -> Result<(), CatalogError> {
        use FieldType::*;
        let Field {
            kind,
            policy,
            hours,
            required,
            sensitivity,
            ..
        } = *self.field;
        if hours && policy != Policy::Review {
            return self.refuse("what counts towards hours has the policy review; only people resolve it");
        }
        if hours && matches!(kind, Text | Point | Unit | Blob) {
            return self.refuse("text, point, unit and blob cannot count towards hours");
        }
        if policy == Policy::Set && matches!(kind, Text | Point | Bool) {
            return self.refuse("text, point and bool make no sets; use review or latest");
        }
        if policy == Policy::Set && required {
            return self.refuse("a set cannot be required; name it in the needs of a transition");
        }
        if sensitivity == Sensitivity::Sealed && self.field.read.is_some() {
            return self.refuse("a sealed field is its author's alone; leave read out");
        }
        Ok(())
    }

    fn limits(&self) -> Result<(), CatalogError> {
        let Field {
            kind,
            policy,
            max_chars,
            min,
            max,
            max_items,
            ..
        } = *self.field;
        match (kind, max_chars) {
            (FieldType::Text, None | Some(0)) => return self.refuse("text needs max_chars of at least 1"),
            (FieldType::Text, Some(_)) | (_, None) => {}
            (_, Some(_)) => return self.refuse("max_chars is for text only"),
        }
        match (policy, max_items) {
            (Policy::Set, Some(0)) => return self.refuse("max_items must be at least 1"),
            (Policy::Set, _) | (_, None) => {}
            (_, Some(_)) => return self.refuse("max_items is for sets only"),
        }
        if !matches!(kind, FieldType::Integer | FieldType::Minutes) && (min.is_some() || max.is_some()) {
            return self.refuse("min and max are for integer and minutes only");
        }
        let least = if kind == FieldType::Minutes { 0 } else { -MAX_INTEGER };
        let (min, max) = (min.unwrap_or(least), max.unwrap_or(MAX_INTEGER));
        if min < least || max > MAX_INTEGER || min > max {
            return self.refuse(format!("must be {least} <= min <= max <= {MAX_INTEGER}"));
        }
        Ok(())
    }

    fn choices(&self) -> Result<(), CatalogError> {
        let values = &self.field.values;
        match (self.field.kind, values.is_empty()) {
            (FieldType::Enum, true) => return self.refuse("an enum needs values"),
            (FieldType::Enum, false) | (_, true) => {}
            (_, false) => return self.refuse("values are for enum only"),
        }
        let place = format!("{}.values", self.place);
        let mut codes = BTreeSet::new();
        for value in values {
            code(self.kind, &place, &value.code)?;
            label(self.kind, &place, &value.label)?;
            if !codes.insert(&value.code) {
                return Err(rule(
                    self.kind,
                    place,
                    format!("{} stands there twice; codes are unique", value.code),
                ));
            }
            if value.since < self.field.since {
                return Err(rule(
                    self.kind,
                    place,
                    format!("{}: since must be at least the field's own", value.code),
                ));
            }
        }
        distinct(self.kind, &place, values.iter().map(|v| (&v.code, &v.label)))
    }

    fn link(&self, kinds: &BTreeMap<String, Kind>) -> Result<(), CatalogError> {
        match (self.field.kind, &self.field.target) {
            (FieldType::Record, None) => self.refuse("a record field needs a target"),
            (FieldType::Record, Some(target)) => match kinds.get(target) {
                None => self.refuse(format!("there is no kind {target} to link to")),
                Some(linked) if linked.since > self.field.since => self.refuse(format!(
                    "the kind {target} came after this field; raise the field's since"
                )),
                Some(_) => Ok(()),
            },
            (_, Some(_)) => self.refuse("target is for record fields only"),
            (_, None) => Ok(()),
        }
    }
}
