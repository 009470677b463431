//! Sealed persons stand in no list, and an area manager takes home just what he may see.

use std::collections::BTreeSet;
use std::io::Read;

use serde_json::json;
use sync_protocol::catalog::Sensitivity;
use sync_protocol::id::{MemberId, RecordId, UnitCode};
use sync_protocol::role::Role;
use sync_protocol::rules::RuleCode;
use wuyuan_server::exports::{self, Format, Order, What};
use wuyuan_server::figures::FigureError;
use wuyuan_server::figures::drill::{self as figure, Wanted};
use wuyuan_server::figures::ground::Part;
use wuyuan_server::figures::period::Period;
use wuyuan_server::figures::report::{self, Asker};
use wuyuan_server::forms::draft;
use wuyuan_server::inbox::{self, Asked, Standing};
use wuyuan_server::ledger::{drill, sight, totals};
use wuyuan_server::query;
use wuyuan_server::store::hours::{HoursFilter, HoursKey, HoursOf};
use wuyuan_server::store::rows::RecordRow;
use wuyuan_server::sync::SyncError;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::office::{Office, Person, put};
use wuyuan_tests::on_both_backends;

use Person::{Leader, Officer, Prosecutor, Supervisor, Volunteer};

/// What there is of one person who serves.
struct Served {
    subject: RecordId,
    order: RecordId,
    /// A posted hour, and too long a day that waits.
    sessions: [RecordId; 2],
    form: RecordId,
}

impl Served {
    fn records(&self) -> Vec<RecordId> {
        [[self.subject, self.order], self.sessions]
            .concat()
            .into_iter()
            .chain([self.form])
            .collect()
    }
}

/// Two persons who serve, the second a minor whose record is sealed.
fn two(backend: Backend) -> (Office, [Served; 2]) {
    let mut office = Office::open(backend);
    let planned = [false, true].map(|minor| {
        let subject = office.create(Prosecutor, "subject", |draft| {
            put(
                draft,
                &[
                    ("alias", json!("演示某甲")),
                    ("category", json!("suspect")),
                    ("sealed_minor", json!(minor)),
                ],
            );
        });
        let order = office.arrange(subject);
        office.draw(order);
        (subject, order)
    });
    let mut day = 16;
    let served = planned.map(|(subject, order)| {
        office.name_observers(order);
        assert_eq!(office.pledge(order, "2026-11-02"), "accepted");
        day += 2;
        let sessions = [(day, 60), (day + 1, 500)].map(|(day, minutes)| {
            let session = office.session(order, day, 8, minutes);
            office.attest(0, session);
            office.attest(1, session);
            assert_eq!(office.approve(Supervisor, session), "accepted");
            session
        });
        let form = office.create(Supervisor, "evaluation_form", |draft| {
            let period = [("period_from", "2026-11-01"), ("period_until", "2026-11-30")];
            put(draft, &[("order", json!(order))]);
            put(draft, &period.map(|(field, day)| (field, json!(day))));
        });
        Served {
            subject,
            order,
            sessions,
            form,
        }
    });
    office.follow();
    (office, served)
}

fn exported(office: &Office, member: MemberId, what: What) -> Result<String, FigureError> {
    let order = Order {
        member,
        what,
        format: Format::Csv,
        unit: None,
        purpose: "十一月例会".to_owned(),
    };
    let mut made = exports::make(&office.engine.app, &order)?;
    let mut text = String::new();
    made.file.read_to_string(&mut text).expect("UTF-8");
    Ok(text)
}

fn records_of(kind: &str) -> What {
    What::Records {
        kind: kind.to_owned(),
        sensitive: true,
    }
}

fn hours_of(ledger: &str) -> What {
    What::Hours {
        ledger: ledger.to_owned(),
        period: Period::parse("2026-11").expect("a month"),
    }
}

/// The records that somebody's open findings name.
fn found(office: &Office, person: Person) -> BTreeSet<RecordId> {
    let (rules, now_ms) = (office.engine.app.rules.clone(), office.engine.app.now_ms());
    let asked = Asked {
        standing: Standing::Open,
        rule: RuleCode::parse("day_hours"),
        severity: None,
        units: None,
        kind: None,
        record: None,
        days: None,
        mine: false,
        after: None,
        limit: 100,
    };
    let page = office
        .look(person, |db, looker| inbox::list(db, &rules, looker, &asked, now_ms))
        .expect("the list");
    page.lines.iter().filter_map(|line| line.record).collect()
}

/// What somebody may see of the ledger of social service, of one person or of all.
fn filter(office: &Office, person: Person, subject: Option<RecordId>) -> HoursFilter {
    let sight = office.look(person, sight::persons).expect("his sight");
    HoursFilter {
        sight,
        ledger: Some("social_service".to_owned()),
        subject: subject.map(|id| id.0),
        ..HoursFilter::default()
    }
}

/// Of whom there are sums, postings and claims.
fn persons(office: &Office, subject: Option<RecordId>) -> [BTreeSet<RecordId>; 3] {
    let filter = filter(office, Prosecutor, subject);
    let sums = office
        .look(Prosecutor, |db, _| totals::totals(db, &filter, HoursKey::Person))
        .expect("sums");
    let summed = sums.lines.keys().map(|(of, _)| match of {
        HoursOf::Person(id) => RecordId(id.as_slice().try_into().expect("an id")),
        other => panic!("{other:?}"),
    });
    let posted = office
        .look(Prosecutor, |db, looker| {
            drill::postings(db, looker, &filter, (0, 100), 1)
        })
        .expect("postings");
    let claimed = office
        .look(Prosecutor, |db, looker| {
            drill::claims(db, looker, &filter, (&[], 100), 1)
        })
        .expect("claims");
    [
        summed.collect(),
        posted
            .rows
            .iter()
            .filter_map(|one| Some(one.row.subject?.into()))
            .collect(),
        claimed
            .rows
            .iter()
            .filter_map(|row| Some(row.subject?.into()))
            .collect(),
    ]
}

/// All stored records.
fn stored(office: &Office) -> Vec<RecordRow> {
    office.engine.read(|db| query!(db, inspect::records_after(&[], 10_000)))
}

on_both_backends! {
    fn a_sealed_person_stands_in_no_export_and_no_sum(backend) {
        let (office, [open, sealed]) = two(backend);
        for kind in ["subject", "service_order", "service_session", "attestation", "evaluation_form", "observer_draw"] {
            let text = exported(&office, office.member(Prosecutor), records_of(kind)).expect("an export");
            let of = |served: &Served| served.records().iter().filter(|id| text.contains(&id.to_string())).count();
            assert!(of(&open) > 0, "{kind}: {text}");
            assert_eq!(of(&sealed), 0, "{kind}: {text}");
        }
        let text = exported(&office, office.member(Prosecutor), hours_of("social_service")).expect("an export");
        assert!(text.contains(&open.subject.to_string()) && text.contains(&open.sessions[0].to_string()), "{text}");
        assert!(!text.contains(&sealed.subject.to_string()) && !text.contains(&sealed.sessions[0].to_string()), "{text}");
        // Both are posted, and both have something that waits; the sealed one's is told to who asks for it.
        assert_eq!([&open, &sealed].map(|served| office.posted(served.sessions[0])), [60, 60]);
        let all: [BTreeSet<RecordId>; 3] = std::array::from_fn(|_| [open.subject].into());
        assert_eq!(persons(&office, None), all);
        let asked: [BTreeSet<RecordId>; 3] = std::array::from_fn(|_| [sealed.subject].into());
        assert_eq!(persons(&office, Some(sealed.subject)), asked);
        // Figures count him; the records behind them are not told.
        let app = &office.engine.app;
        for code in ["service_person_times", "service_confirmed_hours"] {
            let asker = Asker { member: office.member(Prosecutor), unit: None };
            let rows = app.store.read(|db| {
                let sight = report::sight(db, app, &asker, app.now_ms())?;
                let position = report::position(db)?;
                let frame = report::frame(db, &sight, &Period::parse("2026-11").expect("a month"), position)?;
                figure::rows(db, app, &sight, &frame, Wanted { figure: code, part: Part::Happened, after: 0, limit: 100 })
            });
            let rows = rows.expect("rows");
            let shown: BTreeSet<RecordId> = rows.rows.iter().map(|row| row.record).collect();
            assert!(shown.contains(&open.sessions[0]), "{code}");
            assert!(sealed.sessions.iter().all(|id| !shown.contains(id)) && rows.hidden > 0, "{code}");
        }
    }

    fn findings_and_drafts_about_a_sealed_person_are_for_who_reads_his_record(backend) {
        let (mut office, [open, sealed]) = two(backend);
        assert_eq!(found(&office, Officer), [open.sessions[1], sealed.sessions[1]].into());
        for person in [Leader, Supervisor, Volunteer(0)] {
            assert_eq!(found(&office, person), [open.sessions[1]].into(), "{person:?}");
        }
        let (rules, now_ms) = (office.engine.app.rules.clone(), office.engine.app.now_ms());
        let ids = [&open, &sealed].map(|served| office.found(served.sessions[1], "day_hours"));
        let opened = ids.map(|ids| {
            let id = ids.keys().next().and_then(|id| hex::decode(id).ok()).expect("a finding");
            let id = id.try_into().expect("16 bytes");
            office.look(Leader, |db, looker| inbox::open(db, &rules, looker, id, now_ms)).is_ok()
        });
        assert_eq!(opened, [true, false]);
        let drafted = |office: &Office, person, order| office.look(person, |db, looker| draft::draft(db, looker, order, now_ms)).map(drop);
        assert_eq!(drafted(&office, Supervisor, open.order), Ok(()));
        assert_eq!(drafted(&office, Supervisor, sealed.order), Err(SyncError::NotFound));
        assert_eq!(drafted(&office, Prosecutor, sealed.order), Ok(()));
        // Assigned to the person, he reads the record, and goes on.
        let supervisor = json!(office.member(Supervisor));
        let assign = |draft: &mut sync_protocol::op::OpDraft| drop(draft.add.insert("assigned".to_owned(), vec![supervisor]));
        assert_eq!(office.write(Prosecutor, sealed.subject, assign), "accepted");
        assert_eq!(drafted(&office, Supervisor, sealed.order), Ok(()));
        assert_eq!(found(&office, Supervisor), [open.sessions[1], sealed.sessions[1]].into());
    }

    fn an_area_manager_takes_home_what_he_may_see(backend) {
        let (office, [_, sealed]) = two(backend);
        let app = &office.engine.app;
        let managers = office.engine.district.members.iter().filter(|m| m.appointments[0].role == Role::AreaManager);
        let (mut here, mut elsewhere) = (0, 0);
        let grid = app.store.read(|db| app.grid.get(db, app.now_ms())).expect("the grid");
        for manager in managers {
            let area: &UnitCode = &manager.appointments[0].unit;
            let covers = grid.covers(area, &office.unit);
            *(if covers { &mut here } else { &mut elsewhere }) += 1;
            for (code, kind) in app.catalog.kinds() {
                let text = exported(&office, manager.id, records_of(code));
                if !kind.read.unit.contains(&Role::AreaManager) {
                    assert_eq!(text.err(), Some(FigureError::Forbidden), "{code}");
                    continue;
                }
                let text = text.expect("an export");
                let mut lines = text.lines();
                let head: Vec<&str> = lines.next().expect("a heading").trim_start_matches('\u{feff}').split(',').skip(4).collect();
                let reads = kind.form.iter().filter_map(|name| kind.field(name)).filter(|field| {
                    field.sensitivity <= Sensitivity::Sensitive && kind.may_read_field(Role::AreaManager, field)
                });
                assert_eq!(head, reads.map(|field| field.label.zh_hans.as_str()).collect::<Vec<_>>(), "{code}");
                let told: BTreeSet<&str> = lines.map(|line| line.split(',').next().unwrap_or_default()).collect();
                let rows = stored(&office);
                let of_sealed = |row: &RecordRow| {
                    sealed.records().contains(&row.id) || sealed.sessions.iter().any(|id| names(row, *id)) || names(row, sealed.order)
                };
                let his = rows.iter().filter(|row| covers && row.kind == *code && !of_sealed(row));
                let his: BTreeSet<String> = his.map(|row| row.id.to_string()).collect();
                assert_eq!(told, his.iter().map(String::as_str).collect(), "{code}");
            }
            for ledger in ["volunteer", "social_service"] {
                let text = exported(&office, manager.id, hours_of(ledger));
                assert_eq!(text.err(), Some(FigureError::Forbidden), "{ledger}: figures, and nobody's in particular");
            }
        }
        assert!(here > 0 && elsewhere > 0);
    }

    fn the_position_is_that_of_what_the_reader_sees(backend) {
        let mut office = two(backend).0;
        let own = office.volunteering(2, 17, 9, 30);
        assert_eq!(office.approve(Leader, own), "accepted");
        office.follow();
        let last = office.ledger().last().expect("a posting").number;
        let position = |person, ledger: &str| {
            let sight = office.look(person, sight::figures).expect("his sight");
            let filter = HoursFilter { sight, ledger: Some(ledger.to_owned()), ..HoursFilter::default() };
            office.look(person, |db, _| totals::totals(db, &filter, HoursKey::Ledger)).expect("sums").position
        };
        assert_eq!([position(Volunteer(2), "volunteer"), position(Leader, "volunteer")], [last, last]);
        // Who has no hours learns nothing of how many others have.
        assert_eq!(["volunteer", "social_service"].map(|ledger| position(Volunteer(0), ledger)), [0, 0]);
        assert_eq!(position(Volunteer(2), "social_service"), 0);
    }
}

/// Whether a record links to another.
fn names(row: &RecordRow, target: RecordId) -> bool {
    let record = sync_protocol::record::Record::unpack(&row.state).expect("a stored record");
    let mut values = record.registers().flat_map(|(_, entries)| entries);
    values.any(|entry| entry.value == sync_protocol::value::Value::Id(target.0))
}
