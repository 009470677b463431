//! What happens behind the pushes, on a database of a million records: rules, sealing, proofs, the desk's list.
//!
//! One district is lived for real: its 318 volunteers push what they did in twelve days, and the follower looks at all
//! of it. The other districts get the same rows under ids, units, people and places of their own.

mod copies;
mod desk;
mod photos;
mod proofs;
mod scene;
mod sealing;
mod turns;
mod volunteers;

use wuyuan_tests::backend::Backend;

use crate::report::Report;
use crate::{Part, Plan};

use scene::Scene;

/// The parts that need such a database.
pub const PARTS: [Part; 3] = [Part::Rules, Part::Sealing, Part::Proofs];

/// Measures the parts that `asked` wants, on each database of the plan.
pub fn measure(report: &mut Report, plan: &Plan, asked: impl Fn(Part) -> bool) {
    for &(backend, name) in &plan.databases {
        one(report, plan, (backend, name), &asked);
    }
}

fn one(report: &mut Report, plan: &Plan, (backend, name): (Backend, &str), asked: &impl Fn(Part) -> bool) {
    let mut scene = Scene::set(backend, plan.records);
    scene.tell("the records are there");
    // Sealed before anything else: what waits is then what the pushes make.
    sealing::measure(report, name, &mut scene, asked(Part::Sealing));
    scene.tell("everything is sealed");
    if asked(Part::Proofs) {
        proofs::measure(report, name, &mut scene);
        scene.tell("proofs");
    }
    if asked(Part::Rules) || asked(Part::Sealing) {
        turns::measure(report, plan, name, &mut scene);
        scene.tell("pushes, with and without");
    }
    if asked(Part::Rules) {
        desk::measure(report, name, &mut scene);
        scene.tell("the desk's list");
    }
}
