//! What is near a record, found by the tables that are kept for that, and which neighbours must be looked at again
//! because the record has changed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sync_protocol::calendar::china_midnight_ms;
use sync_protocol::feed::Hash;
use sync_protocol::id::RecordId;
use sync_protocol::rules::{RuleCode, Rules};

use super::near::{Alike, Facts, File, Near, Place, Presence, Standing};
use super::prints::Prints;
use super::rules::monday;
use super::traces::{self, Traces};
use crate::query;
use crate::store::rows::StandRow;
use crate::store::{Db, StoreResult};

const DAY: i64 = 86_400_000;

/// What neighbours are found with.
#[derive(Clone, Copy)]
pub struct Gathering<'g> {
    /// The limits: how far it is looked.
    pub rules: &'g Rules,
    /// Perceptual hashes.
    pub prints: &'g Prints,
}

impl Gathering<'_> {
    /// Everything near a record as the tables stand now.
    pub fn near(&self, db: &mut Db<'_>, facts: &Facts, files: &HashMap<Hash, File>) -> StoreResult<Near> {
        let own = Traces::of(facts);
        let mut near = Near {
            presences: presences(db, facts.record, &own.presences)?,
            stands: stands(db, &own.stands)?,
            ..Near::default()
        };
        if !near.presences.is_empty() {
            for session in &facts.attests {
                let beside = query!(db, ledger::attestations_of(*session))?;
                near.presences.retain(|presence| !beside.contains(&presence.record));
            }
        }
        if let Some(place) = &own.place {
            near.places = self.places(db, place)?;
            near.places.retain(|other| other.record < facts.record);
            if !near.places.is_empty() {
                near.linked = query!(db, neighbours::reports_linking_to(facts.record))?
                    .into_iter()
                    .collect();
            }
        }
        for hash in facts.files.keys() {
            if let Some(record) = query!(db, neighbours::photo_before(hash, facts.record))? {
                near.same.insert(*hash, record);
            }
            near.files.extend(files.get(hash).map(|file| (*hash, *file)));
        }
        for (own, other, bits) in self.alike(db, own.files.iter(), files)? {
            if let Some(record) = query!(db, neighbours::photo_before(&other, facts.record))? {
                near.alike.push(Alike {
                    record,
                    bits,
                    own,
                    other,
                });
            }
        }
        near.alike.sort_unstable();
        Ok(near)
    }

    /// The neighbours that a record has, or had, by those of its traces that `other` lacks: what they are found with may
    /// have changed with them. `printed` are photos whose perceptual hash is new.
    pub fn disturbed(
        &self,
        db: &mut Db<'_>,
        record: RecordId,
        (traces, other): (&Traces, &Traces),
        files: &HashMap<Hash, File>,
        printed: &BTreeSet<Hash>,
    ) -> StoreResult<BTreeSet<RecordId>> {
        let mut disturbed = BTreeSet::new();
        let moved: BTreeSet<Presence> = traces.presences.difference(&other.presences).copied().collect();
        // Sessions of the same week sum up this one's minutes too.
        disturbed.extend(presences(db, record, &moved)?.into_iter().map(|p| p.record));
        let moved: BTreeSet<Standing> = traces.stands.difference(&other.stands).cloned().collect();
        disturbed.extend(stands(db, &moved)?.into_iter().map(|standing| standing.record));
        if traces.place != other.place
            && let Some(place) = &traces.place
        {
            let around = self.places(db, place)?.into_iter().map(|other| other.record);
            disturbed.extend(around.filter(|other| *other > record));
        }
        disturbed.extend(traces.links.difference(&other.links).filter(|other| **other > record));
        let moved: BTreeSet<Hash> = traces.files.difference(&other.files).copied().collect();
        for hash in &moved {
            disturbed.extend(query!(db, neighbours::photo_after(hash, record))?);
        }
        // A new photo of a new record is both.
        let looked_at: BTreeSet<&Hash> = moved.iter().chain(traces.files.intersection(printed)).collect();
        for (_, other, _) in self.alike(db, looked_at.into_iter(), files)? {
            disturbed.extend(query!(db, neighbours::photo_after(&other, record))?);
        }
        disturbed.remove(&record);
        Ok(disturbed)
    }

    /// Reports of the same category round about, as far as any limit reaches.
    fn places(&self, db: &mut Db<'_>, place: &Place) -> StoreResult<Vec<Place>> {
        let limits = &self.rules.rule(RuleCode::DuplicateReport).limits;
        let most = |of: fn(&BTreeMap<String, i64>) -> i64| limits.iter().map(|l| of(&l.values)).max().unwrap_or(0);
        let reach = most(|l| l["metres"] + 2 * l["most_accuracy_m"].max(l["unknown_accuracy_m"])) as f64;
        let span = most(|l| l["days"]) * DAY;
        let mut found = Vec::new();
        for cells in place.spot.cells_around(reach) {
            let rows = query!(
                db,
                neighbours::places_in(&place.interest, cells, place.at_ms - span, place.at_ms + span)
            )?;
            found.extend(rows.into_iter().map(traces::place));
        }
        found.retain(|other| other.record != place.record);
        found.sort_unstable_by_key(|other| other.record);
        Ok(found)
    }

    /// Photos like some, as far as any limit reaches.
    fn alike<'h>(
        &self,
        db: &mut Db<'_>,
        photos: impl Iterator<Item = &'h Hash>,
        files: &HashMap<Hash, File>,
    ) -> StoreResult<Vec<(Hash, Hash, u32)>> {
        let own: Vec<(Hash, u64)> = photos
            .filter_map(|hash| Some((*hash, files.get(hash)?.likeness?)))
            .collect();
        if own.is_empty() {
            return Ok(Vec::new());
        }
        let limits = &self.rules.rule(RuleCode::SimilarPhoto).limits;
        let most = limits.iter().map(|l| l.values["bits"]).max().unwrap_or(0);
        self.prints.like(db, &own, most.clamp(0, 64) as u32)
    }
}

/// Other sessions' parts of the same persons: those at the same time, and those of the same weeks.
fn presences(db: &mut Db<'_>, record: RecordId, own: &BTreeSet<Presence>) -> StoreResult<Vec<Presence>> {
    let mut rows = Vec::new();
    for presence in own {
        let person = presence.person.as_slice();
        rows.extend(query!(
            db,
            neighbours::presences_during(person, presence.from_ms, presence.until_ms)
        )?);
        let week_ms = china_midnight_ms(monday(presence.from_ms));
        rows.extend(query!(
            db,
            neighbours::presences_beginning(person, week_ms, week_ms + 7 * DAY)
        )?);
    }
    let mut found: BTreeSet<Presence> = rows.iter().map(traces::presence).collect::<StoreResult<_>>()?;
    found.retain(|presence| presence.record != record);
    Ok(found.into_iter().collect())
}

/// The points just before and after each, by member and by matter.
fn stands(db: &mut Db<'_>, own: &BTreeSet<Standing>) -> StoreResult<Vec<Standing>> {
    let mut found = BTreeSet::new();
    for standing in own {
        let row = StandRow {
            record: standing.record,
            field: standing.field.clone(),
            member: standing.stand.member,
            matter: standing.stand.matter,
            at_ms: standing.stand.at_ms,
            lng: 0,
            lat: 0,
            accuracy_m: 0,
            moves: standing.stand.moves,
        };
        let mut rows = Vec::new();
        if row.moves {
            rows.extend(query!(db, neighbours::stand_before(&row))?);
            rows.extend(query!(db, neighbours::stand_after(&row))?);
        }
        if row.matter != row.record {
            rows.extend(query!(db, neighbours::matter_before(&row))?);
            rows.extend(query!(db, neighbours::matter_after(&row))?);
        }
        found.extend(rows.into_iter().map(traces::standing));
    }
    Ok(found.into_iter().collect())
}
