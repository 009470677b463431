//! The tables by which neighbours are found, kept as records change.

use std::collections::{BTreeSet, HashMap};

use sync_protocol::feed::Hash;
use sync_protocol::id::RecordId;

use super::geo::Spot;
use super::near::{Facts, Part, Place, Presence, Stand, Standing};
use crate::query;
use crate::store::bulk::{Bulk, Column, Verb};
use crate::store::rows::{PlaceRow, PresenceRow, StandRow};
use crate::store::{Db, StoreError, StoreResult};

/// What a record has in these tables.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Traces {
    /// Parts in sessions.
    pub presences: BTreeSet<Presence>,
    /// Points.
    pub stands: BTreeSet<Standing>,
    /// A report's place.
    pub place: Option<Place>,
    /// A report's links.
    pub links: BTreeSet<RecordId>,
    /// Files.
    pub files: BTreeSet<Hash>,
}

impl Traces {
    /// Of a record's facts.
    pub fn of(facts: &Facts) -> Traces {
        let standing = |(field, stand): (&String, &Stand)| Standing {
            record: facts.record,
            field: field.clone(),
            stand: *stand,
        };
        Traces {
            presences: facts.presences.iter().copied().collect(),
            stands: facts.stands.iter().map(standing).collect(),
            place: facts.place.clone(),
            links: facts.links.clone(),
            files: facts.files.keys().copied().collect(),
        }
    }
}

/// Reads what records have.
pub fn read(db: &mut Db<'_>, records: &[&[u8]]) -> StoreResult<HashMap<RecordId, Traces>> {
    let mut traces: HashMap<RecordId, Traces> = HashMap::new();
    for row in query!(db, neighbours::presences(records))? {
        traces.entry(row.record).or_default().presences.insert(presence(&row)?);
    }
    for row in query!(db, neighbours::stands(records))? {
        let standing = standing(row);
        traces.entry(standing.record).or_default().stands.insert(standing);
    }
    for row in query!(db, neighbours::places(records))? {
        let record = row.record;
        traces.entry(record).or_default().place = Some(place(row));
    }
    for (record, other) in query!(db, neighbours::report_links(records))? {
        traces.entry(record).or_default().links.insert(other);
    }
    for (record, hash) in query!(db, neighbours::photos(records))? {
        traces.entry(record).or_default().files.insert(hash);
    }
    Ok(traces)
}

/// Brings the tables from what records had to what they have: pairs of both.
pub fn write(db: &mut Db<'_>, changes: &[(RecordId, &Traces, &Traces)]) -> StoreResult<()> {
    let mut bulks = Vec::new();
    let keyed = |before: bool| {
        let sides = changes
            .iter()
            .map(move |(id, old, new)| if before { (id, *old, *new) } else { (id, *new, *old) });
        sides.collect::<Vec<_>>()
    };
    // What is no more goes first, what is new comes after.
    for (gone, sides) in [(true, keyed(true)), (false, keyed(false))] {
        let verb = if gone { Verb::Delete } else { Verb::Insert };
        let presences: Vec<&Presence> = sides
            .iter()
            .flat_map(|s| s.1.presences.difference(&s.2.presences))
            .collect();
        bulks.push(Bulk::new(verb, "presence", 3, presence_columns(&presences, gone)));
        let stands: Vec<&Standing> = sides.iter().flat_map(|s| s.1.stands.difference(&s.2.stands)).collect();
        bulks.push(Bulk::new(verb, "member_point", 2, stand_columns(&stands, gone)));
        let places: Vec<&Place> = sides
            .iter()
            .filter(|s| s.1.place != s.2.place)
            .filter_map(|s| s.1.place.as_ref())
            .collect();
        bulks.push(Bulk::new(verb, "report_place", 1, place_columns(&places, gone)));
        let links: Vec<(&RecordId, &RecordId)> = sides
            .iter()
            .flat_map(|s| s.1.links.difference(&s.2.links).map(|other| (other, s.0)))
            .collect();
        bulks.push(Bulk::new(
            verb,
            "report_link",
            2,
            pair_columns(["other", "record"], &links, |id| &id.0),
        ));
        let files: Vec<(&RecordId, &Hash)> = sides
            .iter()
            .flat_map(|s| s.1.files.difference(&s.2.files).map(|hash| (s.0, hash)))
            .collect();
        let columns = vec![
            (
                "record",
                Column::Bytes(files.iter().map(|f| Some(f.0.0.as_slice())).collect()),
            ),
            (
                "sha256",
                Column::Bytes(files.iter().map(|f| Some(f.1.as_slice())).collect()),
            ),
        ];
        bulks.push(Bulk::new(verb, "photo_use", 2, columns));
    }
    for bulk in bulks {
        query!(db, locks::write(&bulk))?;
    }
    Ok(())
}

type Columns<'a> = Vec<(&'static str, Column<'a>)>;

fn presence_columns<'a>(rows: &[&'a Presence], keys: bool) -> Columns<'a> {
    let mut columns = vec![
        (
            "record",
            Column::Bytes(rows.iter().map(|r| Some(r.record.0.as_slice())).collect()),
        ),
        (
            "person",
            Column::Bytes(rows.iter().map(|r| Some(r.person.as_slice())).collect()),
        ),
        (
            "part",
            Column::Int(rows.iter().map(|r| Some(r.part.number())).collect()),
        ),
    ];
    if !keys {
        columns.push(("from_ms", Column::Long(rows.iter().map(|r| Some(r.from_ms)).collect())));
        columns.push((
            "until_ms",
            Column::Long(rows.iter().map(|r| Some(r.until_ms)).collect()),
        ));
        columns.push(("minutes", Column::Long(rows.iter().map(|r| Some(r.minutes)).collect())));
    }
    columns
}

fn stand_columns<'a>(rows: &[&'a Standing], keys: bool) -> Columns<'a> {
    let long = |get: fn(&Stand) -> i64| Column::Long(rows.iter().map(|r| Some(get(&r.stand))).collect());
    let mut columns = vec![
        (
            "record",
            Column::Bytes(rows.iter().map(|r| Some(r.record.0.as_slice())).collect()),
        ),
        (
            "field",
            Column::Text(rows.iter().map(|r| Some(r.field.as_str())).collect()),
        ),
    ];
    if !keys {
        columns.push((
            "member",
            Column::Bytes(rows.iter().map(|r| Some(r.stand.member.0.as_slice())).collect()),
        ));
        columns.push((
            "matter",
            Column::Bytes(rows.iter().map(|r| Some(r.stand.matter.0.as_slice())).collect()),
        ));
        columns.push(("at_ms", long(|s| s.at_ms)));
        columns.push(("lng", long(|s| s.spot.lng)));
        columns.push(("lat", long(|s| s.spot.lat)));
        columns.push(("accuracy_m", long(|s| s.accuracy_m)));
        columns.push((
            "moves",
            Column::Bool(rows.iter().map(|r| Some(r.stand.moves)).collect()),
        ));
    }
    columns
}

fn place_columns<'a>(rows: &[&'a Place], keys: bool) -> Columns<'a> {
    let long = |get: fn(&Place) -> i64| Column::Long(rows.iter().map(|r| Some(get(r))).collect());
    let mut columns = vec![(
        "record",
        Column::Bytes(rows.iter().map(|r| Some(r.record.0.as_slice())).collect()),
    )];
    if !keys {
        columns.push((
            "interest",
            Column::Text(rows.iter().map(|r| Some(r.interest.as_str())).collect()),
        ));
        columns.push(("cell", long(|p| p.spot.cell())));
        columns.push(("at_ms", long(|p| p.at_ms)));
        columns.push(("lng", long(|p| p.spot.lng)));
        columns.push(("lat", long(|p| p.spot.lat)));
        columns.push(("accuracy_m", long(|p| p.accuracy_m)));
    }
    columns
}

fn pair_columns<'a>(
    names: [&'static str; 2],
    rows: &[(&'a RecordId, &'a RecordId)],
    bytes: fn(&RecordId) -> &[u8; 16],
) -> Columns<'a> {
    vec![
        (
            names[0],
            Column::Bytes(rows.iter().map(|r| Some(bytes(r.0).as_slice())).collect()),
        ),
        (
            names[1],
            Column::Bytes(rows.iter().map(|r| Some(bytes(r.1).as_slice())).collect()),
        ),
    ]
}

/// A stored part in a session.
pub fn presence(row: &PresenceRow) -> StoreResult<Presence> {
    Ok(Presence {
        record: row.record,
        person: row.person,
        part: Part::of(row.part).ok_or(StoreError::Corrupt)?,
        from_ms: row.from_ms,
        until_ms: row.until_ms,
        minutes: row.minutes,
    })
}

/// A stored point.
pub fn standing(row: StandRow) -> Standing {
    Standing {
        record: row.record,
        field: row.field,
        stand: Stand {
            member: row.member,
            at_ms: row.at_ms,
            spot: Spot {
                lng: row.lng,
                lat: row.lat,
            },
            accuracy_m: row.accuracy_m,
            matter: row.matter,
            moves: row.moves,
        },
    }
}

/// A stored place of a report.
pub fn place(row: PlaceRow) -> Place {
    Place {
        record: row.record,
        interest: row.interest,
        at_ms: row.at_ms,
        spot: Spot {
            lng: row.lng,
            lat: row.lat,
        },
        accuracy_m: row.accuracy_m,
    }
}
