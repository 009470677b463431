//! Pull: what one reader should hold of each unit in his scope, from his cursors on, out of one snapshot.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sha2::{Digest, Sha256};
use sync_protocol::catalog::{Catalog, Kind};
use sync_protocol::id::{DeviceId, MemberId, Pos, RecordId, UnitCode};
use sync_protocol::limits::Limits;
use sync_protocol::role::Role;
use sync_protocol::sum::Tally;
use sync_protocol::wire::{Pull, UnitChange, UnitPage};

use super::SyncError;
use super::cursor::{Cursor, CursorKey, Fingerprint, short_hash};
use super::view::{Reader, record_id, view};
use crate::accounts::scope::Scope;
use crate::query;
use crate::store::rows::{AccessRow, RecordRow, VisibilityRow};
use crate::store::{Db, StoreError, StoreResult};

/// What pulls are answered by.
#[derive(Clone, Copy)]
pub struct Rules<'e> {
    /// The catalogue in force.
    pub catalog: &'e Catalog,
    /// The server's generation.
    pub generation: &'e str,
    /// The key of the cursors.
    pub cursor_key: &'e CursorKey,
    /// The limits in force.
    pub limits: &'e Limits,
}

/// Who pulls.
#[derive(Debug, Clone, Copy)]
pub struct Puller<'p> {
    /// The member.
    pub member: MemberId,
    /// With which device.
    pub device: DeviceId,
    /// His roles, unit by unit, by the appointments active now.
    pub scope: &'p Scope,
    /// Now, ms.
    pub now_ms: i64,
}

/// The pulled part of an answer.
#[derive(Debug, Default)]
pub struct Pulled {
    /// A page per unit that was reached.
    pub units: Vec<UnitPage>,
    /// Named units outside the scope.
    pub ended: Vec<UnitCode>,
    /// Not everything fitted.
    pub more: bool,
    /// Sensitive fields that the pages disclose: to be written down before they are sent.
    pub readings: Vec<AccessRow>,
}

/// What a reader reads in one unit.
struct Sight<'c> {
    roles: &'c BTreeSet<Role>,
    /// Kinds of which he reads every record.
    wide: Vec<&'c str>,
    /// Kinds of which he reads what he created or is assigned to.
    own: Vec<&'c str>,
    fingerprint: Fingerprint,
}

/// How much an answer may still carry.
struct Budget {
    records: usize,
    bytes: usize,
}

/// Packed bytes times this is about the JSON of a record.
const JSON_FACTOR: usize = 3;
/// What the frame of a record costs in JSON, in bytes.
const JSON_FRAME: usize = 200;

/// A pull whose cursors were made by this server.
#[derive(Debug)]
pub struct Asked {
    cursors: BTreeMap<UnitCode, Cursor>,
    max_records: u32,
}

/// Checks a pull's cursors. Done before the push that travels with it is taken, so that a refusal changes nothing.
pub fn check(request: &Pull, key: &CursorKey, limits: &Limits) -> Result<Asked, SyncError> {
    if request.cursors.len() > limits.units as usize || request.diverged.len() > limits.units as usize {
        return Err(SyncError::TooManyUnits(limits.units));
    }
    let read = |(unit, text): (&UnitCode, &String)| Ok((unit.clone(), key.read(unit, text)?));
    let cursors = request.cursors.iter().map(read).collect::<Result<_, SyncError>>()?;
    Ok(Asked {
        cursors,
        max_records: request.max_records.unwrap_or(u32::MAX).clamp(1, limits.page_records),
    })
}

/// Answers a pull. `db` is one snapshot.
pub fn pull(db: &mut Db<'_>, rules: Rules<'_>, puller: Puller<'_>, asked: &Asked) -> Result<Pulled, SyncError> {
    let generation = short_hash(rules.generation.as_bytes());
    let mut pulled = Pulled::default();
    pulled.ended.extend(
        asked
            .cursors
            .keys()
            .filter(|unit| !puller.scope.contains_key(*unit))
            .cloned(),
    );
    let most = asked.max_records;
    let mut budget = Budget {
        records: most as usize,
        bytes: rules.limits.page_bytes as usize,
    };
    // Of the reader's units only: a country has three thousand times as many.
    let units: Vec<&str> = puller.scope.keys().map(UnitCode::as_str).collect();
    let heads: HashMap<String, i64> = query!(db, records::heads(&units))?.into_iter().collect();
    let tallies = wide_tallies(db, &units)?;
    let mut readings = Readings::default();
    for (unit, roles) in puller.scope {
        let sight = sight(rules.catalog, puller.member, unit, roles);
        let head = heads.get(unit.as_str()).copied().unwrap_or(0) as Pos;
        let known = asked.cursors.get(unit);
        let fits =
            known.is_some_and(|c| c.generation == generation && c.fingerprint == sight.fingerprint && c.pos <= head);
        let from = known.filter(|_| fits).map_or(0, |c| c.pos);
        if (budget.records == 0 || budget.bytes == 0) && from < head {
            pulled.more = true;
            continue;
        }
        let mut page = UnitPage {
            unit: unit.clone(),
            restart: known.is_some() && !fits,
            changes: vec![],
            cursor: None,
            tally: None,
        };
        let reached = fill(
            db,
            rules,
            &puller,
            &sight,
            &mut page,
            from,
            head,
            &mut budget,
            &mut readings,
        )?;
        if !fits || reached != from {
            let cursor = Cursor {
                generation,
                fingerprint: sight.fingerprint,
                pos: reached,
            };
            page.cursor = Some(rules.cursor_key.make(unit, &cursor)?);
        }
        if reached == head {
            page.tally = Some(tally(db, &puller, &sight, unit, &tallies)?);
        } else {
            pulled.more = true;
        }
        pulled.units.push(page);
    }
    pulled.readings = readings.rows(&puller);
    Ok(pulled)
}

/// The kinds that the reader reads in a unit, and the fingerprint of that.
fn sight<'c>(catalog: &'c Catalog, member: MemberId, unit: &UnitCode, roles: &'c BTreeSet<Role>) -> Sight<'c> {
    let reads_wide = |kind: &Kind| !kind.read.unit.is_disjoint(roles);
    let reads_own = |kind: &Kind| !kind.read.own.is_disjoint(roles);
    let mut wide = Vec::new();
    let mut own = Vec::new();
    for (code, kind) in catalog.kinds() {
        if reads_wide(kind) {
            wide.push(code.as_str());
        } else if reads_own(kind) {
            own.push(code.as_str());
        }
    }
    // The catalogue's hash stands for its read rules: any change of it lets every unit start anew, which is
    // rare and always right.
    let (_, catalog_hash) = catalog.to_json();
    let mut hash = Sha256::new()
        .chain_update(member.0)
        .chain_update(unit.as_str())
        .chain_update(catalog_hash);
    roles.iter().for_each(|role| hash.update(format!("{role};")));
    Sight {
        roles,
        wide,
        own,
        fingerprint: short_hash(&hash.finalize()),
    }
}

/// One thing that happened in a unit, for this reader.
enum Event {
    Record(RecordRow),
    Sight(VisibilityRow),
}

impl Event {
    fn pos(&self) -> i64 {
        match self {
            Event::Record(row) => row.pos,
            Event::Sight(row) => row.pos,
        }
    }

    fn record(&self) -> &RecordId {
        match self {
            Event::Record(row) => &row.id,
            Event::Sight(row) => &row.record,
        }
    }
}

/// Fills a page from `from` on. Answers up to where everything was sent.
#[expect(
    clippy::too_many_arguments,
    reason = "the state of one answer, taken apart for borrowing"
)]
fn fill(
    db: &mut Db<'_>,
    rules: Rules<'_>,
    puller: &Puller<'_>,
    sight: &Sight<'_>,
    page: &mut UnitPage,
    from: Pos,
    head: Pos,
    budget: &mut Budget,
    readings: &mut Readings,
) -> Result<Pos, SyncError> {
    if from == head {
        return Ok(head);
    }
    let unit = page.unit.as_str().to_owned();
    let limit = budget.records as i64 + 1;
    let mut events: Vec<Event> = Vec::new();
    // A list that was cut off says nothing about what lies beyond its last row.
    let mut known_up_to = i64::MAX;
    let mut take = |rows: Vec<Event>| {
        if rows.len() as i64 == limit {
            known_up_to = known_up_to.min(rows.last().map_or(i64::MAX, Event::pos));
        }
        events.extend(rows);
    };
    if !sight.wide.is_empty() {
        let rows = query!(db, records::page(&unit, &sight.wide, from as i64, limit))?;
        take(rows.into_iter().map(Event::Record).collect());
    }
    if !sight.own.is_empty() {
        let rows = query!(
            db,
            records::own_page(puller.member, &unit, &sight.own, from as i64, limit)
        )?;
        take(rows.into_iter().map(Event::Record).collect());
        let rows = query!(db, records::visibility_page(puller.member, &unit, from as i64, limit))?;
        take(rows.into_iter().map(Event::Sight).collect());
    }
    events.sort_by_key(Event::pos);
    let ids: Vec<&[u8]> = events.iter().map(|event| event.record().0.as_slice()).collect();
    let desk = query!(db, findings::desk_ops(&ids))?;
    let desk: BTreeSet<RecordId> = desk.into_iter().map(|op| op.record).collect();
    let mut reached = from as i64;
    for event in events.into_iter().filter(|e| e.pos() <= known_up_to) {
        if budget.records == 0 || budget.bytes == 0 {
            return Ok(reached as Pos);
        }
        reached = event.pos();
        let shown = match event {
            Event::Record(row) => Some(row),
            Event::Sight(change) => match sighted(db, puller, sight, &change)? {
                Sighted::Shown(row) => Some(row),
                Sighted::Gone(id) => {
                    budget.records -= 1;
                    page.changes.push(UnitChange::Gone(id));
                    None
                }
                Sighted::Nothing => None,
            },
        };
        let Some(row) = shown else { continue };
        let Some(kind) = rules.catalog.kinds().get(&row.kind) else {
            continue;
        };
        let desk = match desk.contains(&row.id) {
            true => query!(db, findings::desk_texts(row.id))?,
            false => Vec::new(),
        };
        let seen = view(
            db,
            kind,
            Reader {
                member: puller.member,
                roles: sight.roles,
            },
            &row,
            &desk,
        )?;
        readings.note(&unit, &row.kind, seen.sensitive);
        page.changes.push(UnitChange::Put(seen.view));
        budget.records -= 1;
        let texts: usize = desk.iter().map(|op| op.body.len()).sum();
        budget.bytes = budget
            .bytes
            .saturating_sub(row.state.len() * JSON_FACTOR + JSON_FRAME + texts);
    }
    Ok(if known_up_to == i64::MAX { head } else { reached as Pos })
}

enum Sighted {
    Shown(RecordRow),
    Gone(RecordId),
    Nothing,
}

/// What a change of sight means now: what has come may have gone again since, and the other way round.
fn sighted(db: &mut Db<'_>, puller: &Puller<'_>, sight: &Sight<'_>, change: &VisibilityRow) -> StoreResult<Sighted> {
    let row = query!(db, records::by_ids(&[change.record.0.as_slice()]))?
        .pop()
        .ok_or(StoreError::Corrupt)?;
    if sight.wide.contains(&row.kind.as_str()) {
        return Ok(Sighted::Nothing);
    }
    let visible = sight.own.contains(&row.kind.as_str()) && query!(db, records::is_viewer(puller.member, row.id))?;
    Ok(match (change.present, visible) {
        (true, true) => Sighted::Shown(row),
        (false, false) => Sighted::Gone(row.id),
        // A later row of this very log, or a record row, tells the rest.
        (true, false) => Sighted::Nothing,
        (false, true) => Sighted::Nothing,
    })
}

/// Count and sum of each kind in each unit of the scope.
fn wide_tallies(db: &mut Db<'_>, units: &[&str]) -> StoreResult<BTreeMap<(String, String), Tally>> {
    let rows = query!(db, records::sums(units))?;
    let tally = |records: i64, sum: [u8; 16]| Tally {
        count: records as u64,
        sum: u128::from_be_bytes(sum),
    };
    Ok(rows
        .into_iter()
        .map(|row| ((row.unit, row.kind), tally(row.records, row.sum)))
        .collect())
}

/// What the reader should hold of a unit.
fn tally(
    db: &mut Db<'_>,
    puller: &Puller<'_>,
    sight: &Sight<'_>,
    unit: &UnitCode,
    tallies: &BTreeMap<(String, String), Tally>,
) -> StoreResult<Tally> {
    let mut total = Tally::default();
    for kind in &sight.wide {
        if let Some(tally) = tallies.get(&(unit.as_str().to_owned(), (*kind).to_owned())) {
            total.join(tally);
        }
    }
    if !sight.own.is_empty() {
        for (id, pos) in query!(db, records::own_places(puller.member, unit.as_str(), &sight.own))? {
            total.add(&record_id(&id)?, pos as u64);
        }
    }
    Ok(total)
}

/// Sensitive fields disclosed, by unit and kind.
#[derive(Default)]
struct Readings(BTreeMap<(String, String), (BTreeSet<String>, i64)>);

impl Readings {
    fn note(&mut self, unit: &str, kind: &str, fields: BTreeSet<String>) {
        if !fields.is_empty() {
            let entry = self.0.entry((unit.to_owned(), kind.to_owned())).or_default();
            entry.0.extend(fields);
            entry.1 += 1;
        }
    }

    fn rows(self, puller: &Puller<'_>) -> Vec<AccessRow> {
        let row = |((unit, kind), (fields, records)): ((String, String), (BTreeSet<String>, i64))| AccessRow {
            id: *uuid::Uuid::now_v7().as_bytes(),
            at_ms: puller.now_ms,
            member: puller.member,
            device: Some(crate::store::column::Fixed(puller.device.0)),
            unit,
            kind,
            fields: fields.into_iter().collect::<Vec<_>>().join(","),
            records,
        };
        self.0.into_iter().map(row).collect()
    }
}
