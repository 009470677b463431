//! A photo report over a network that drops and a phone that loses power, at every place where it can.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use wuyuan_client::Outcome;
use wuyuan_client::photos::Sending;
use wuyuan_client::transport::{Request, Response, Transport, TransportError};

use crate::Rig;
use crate::server::{Fault, Server};
use crate::takes::{hash, jpeg};

/// What a phone unwinds with when its power fails.
struct PowerLoss;

/// The power fails before the request after the next `left`, or when its answer has come.
struct Failing<'s> {
    server: &'s Server,
    left: Cell<u32>,
    after_the_answer: bool,
}

impl Transport for Failing<'_> {
    fn send(&self, request: Request) -> Result<Response, TransportError> {
        let fails = self.left.get() == 0;
        self.left.set(self.left.get().wrapping_sub(1));
        if fails && !self.after_the_answer {
            resume_unwind(Box::new(PowerLoss));
        }
        let answer = self.server.send(request);
        if fails {
            resume_unwind(Box::new(PowerLoss));
        }
        answer
    }
}

fn sending() -> Sending {
    Sending {
        piece_bytes: 2_000,
        ..Sending::default()
    }
}

#[test]
fn power_may_fail_between_any_two_requests() {
    for after_the_answer in [false, true] {
        for place in 0.. {
            let mut rig = Rig::enrolled();
            let photos = [jpeg(1, 5_000), jpeg(2, 2_000)];
            rig.report("one", &photos);
            rig.phone.set_sending(sending());
            let failing = Failing {
                server: &rig.server,
                left: Cell::new(place),
                after_the_answer,
            };
            let phone = &mut rig.phone;
            let synced = catch_unwind(AssertUnwindSafe(|| phone.sync_once(&failing)));
            let failed = match synced {
                Ok(outcome) => {
                    assert_eq!(outcome.unwrap(), Outcome::UpToDate);
                    false
                }
                Err(panic) if panic.is::<PowerLoss>() => true,
                Err(panic) => resume_unwind(panic),
            };
            rig.restart();
            rig.phone.set_sending(sending());
            assert_eq!(rig.sync(), Outcome::UpToDate, "{place}");
            rig.server.with(|s| {
                for photo in &photos {
                    assert_eq!(s.data.blobs[&hash(photo)].0, *photo, "{place}");
                }
                assert!(s.metadata.len() <= 3, "{place}: {} uploads", s.metadata.len());
                let pieces = s.tus.iter().filter(|line| line.starts_with("Patch")).count();
                assert!(pieces <= 5, "{place}: {pieces} pieces of four");
            });
            assert_eq!(rig.kept().len(), 2);
            if !failed {
                assert!(place > 6, "every request was a place");
                break;
            }
        }
    }
}

#[test]
fn nine_cuts_and_a_restart_do_not_stop_three_photos() {
    let mut rig = Rig::enrolled();
    let photos = [jpeg(1, 40_000), jpeg(2, 41_234), jpeg(3, 39_999)];
    let saved = rig.report("one", &photos);
    rig.phone.set_sending(sending());
    let mut syncs = 0;
    for cut in [0, 1, 1_999, 2_000, 777, 1_500, 3, 1_001, 2_000] {
        // The question how far it is, some pieces, and then one that is cut.
        for _ in 0..syncs + 1 {
            rig.server.fault("/v1/blobs/uploads/", Fault::Pass);
        }
        rig.server.fault("/v1/blobs/uploads/", Fault::Cut(cut));
        let outcome = rig.sync();
        assert!(matches!(outcome, Outcome::Wait { .. }), "{outcome:?}");
        syncs += 1;
        if syncs == 5 {
            rig.restart();
            rig.phone.set_sending(sending());
        }
    }
    assert_eq!(rig.sync(), Outcome::UpToDate);
    rig.server.with(|s| {
        for photo in &photos {
            assert_eq!(s.data.blobs[&hash(photo)].0, *photo);
        }
        assert_eq!(s.metadata.len(), 3, "no upload was begun twice");
    });
    let count = rig.view(&saved.record).photos;
    assert_eq!((count.delivered, count.total), (3, 3));
}
