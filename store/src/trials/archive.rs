//! The archive on disks that fail: the n-th call, all calls from the n-th on, and the power at every moment, while bodies
//! are put in, taken out and moved. What was acknowledged and not taken out is there, and nothing of it is damaged.

use std::path::Path;
use std::sync::Arc;

use bellwether_model::id::ContentHash;
use tempfile::TempDir;

use super::failing_disk::{FailingDisk, Fails};
use super::power_cut::{Call, Dice, IMAGES, Model, RecordingDisk};
use crate::archive::{ArchiveError, Packs};
use crate::disk::{Disk, SystemDisk};

/// A few bodies fill a pack.
const PACK_BYTES: u64 = 500;
/// Bodies of a trial, put two at a time; then those are taken out whose number does not divide by `KEPT`.
const BODIES: u64 = 12;
const KEPT: u64 = 4;

/// A body that compression makes no shorter.
fn body(number: u64) -> Vec<u8> {
    let mut dice = Dice(number);
    (0..120).map(|_| u8::try_from(dice.below(256)).unwrap()).collect()
}

fn name(number: u64) -> ContentHash {
    ContentHash::of(&body(number))
}

/// Puts and takes out, until something fails. `acknowledged` is called with how many bodies are in; what it is called
/// with in the end, and whether taking out has begun.
fn run(root: &Path, disk: Arc<dyn Disk>, acknowledged: &mut dyn FnMut(u64)) -> Result<(), ArchiveError> {
    let archive = Packs::open_on(root, disk, PACK_BYTES)?;
    for first in (0..BODIES).step_by(2) {
        let (names, bodies) = ([name(first), name(first + 1)], [body(first), body(first + 1)]);
        archive.put_all(&[(&names[0], &bodies[0]), (&names[1], &bodies[1])])?;
        names.iter().for_each(|name| archive.settled(name));
        acknowledged(first + 2);
    }
    take_out(&archive)
}

fn take_out(archive: &Packs) -> Result<(), ArchiveError> {
    let sweep = archive.sweep().unwrap();
    let unwanted: Vec<ContentHash> = (0..BODIES).filter(|number| !number.is_multiple_of(KEPT)).map(name).collect();
    for body in archive.bodies()?.iter().filter(|body| unwanted.contains(&body.content)) {
        sweep.remove(body)?;
    }
    sweep.finish()
}

/// Opens what is left: what must be there is there and can be added to; in the end everything works again.
fn check(root: &Path, acknowledged: u64, moment: &str) {
    let wanted = |number: u64| number < acknowledged && (acknowledged < BODIES || number.is_multiple_of(KEPT));
    let archive = Packs::open_on(root, Arc::new(SystemDisk), PACK_BYTES).unwrap();
    for number in (0..BODIES).filter(|number| wanted(*number)) {
        match archive.get(&name(number)) {
            Ok(found) => assert_eq!(found, body(number), "{moment}"),
            Err(error) => panic!("{moment}: body {number} of {acknowledged}: {error}"),
        }
    }
    for number in 0..BODIES {
        archive.put(&body(number)).unwrap();
        archive.settled(&name(number));
    }
    let again = Packs::open_on(root, Arc::new(SystemDisk), PACK_BYTES).unwrap();
    assert!((0..BODIES).all(|number| again.get(&name(number)).unwrap() == body(number)), "{moment}");
    take_out(&archive).unwrap();
    assert_eq!(archive.usage().unwrap().bodies, BODIES.div_ceil(KEPT), "{moment}");
}

#[test]
fn a_call_that_fails_takes_nothing_acknowledged_with_it() {
    let mut failures = 0;
    for fails in [Fails::Only, Fails::From] {
        for n in 1.. {
            let folder = TempDir::new().unwrap();
            let disk = FailingDisk::new(fails(n));
            let mut acknowledged = 0;
            let done = run(folder.path(), Arc::new(disk.clone()), &mut |count| acknowledged = count);
            if disk.calls() < n {
                done.unwrap();
                break;
            }
            failures += 1;
            check(folder.path(), acknowledged, &format!("call {n}, {done:?}"));
        }
    }
    assert!(failures > 80, "{failures}");
}

#[test]
fn after_a_failure_the_same_archive_goes_on() {
    for n in 1..20 {
        let folder = TempDir::new().unwrap();
        let disk = FailingDisk::new(Fails::Only(n));
        let archive = Packs::open_on(folder.path(), Arc::new(disk), PACK_BYTES).unwrap();
        let told: Vec<bool> = (0..BODIES).map(|number| archive.put(&body(number)).is_ok()).collect();
        assert!(told.iter().filter(|is_in| !**is_in).count() <= 1, "call {n}: {told:?}");
        for number in 0..BODIES {
            archive.put(&body(number)).unwrap();
        }
        let again = Packs::open_on(folder.path(), Arc::new(SystemDisk), PACK_BYTES).unwrap();
        assert!((0..BODIES).all(|number| again.get(&name(number)).unwrap() == body(number)), "call {n}");
    }
}

#[test]
fn what_was_acknowledged_survives_a_power_cut_at_any_moment() {
    let folder = TempDir::new().unwrap();
    let disk = RecordingDisk::default();
    let acknowledge = disk.clone();
    let recorder: Arc<dyn Disk> = Arc::new(disk.clone());
    run(folder.path(), recorder, &mut |count| acknowledge.record(Call::Acknowledged(count))).unwrap();
    let calls = disk.calls.lock().unwrap().clone();
    assert!(calls.iter().any(|call| matches!(call, Call::Remove(..))), "a pack was written anew on the way");
    let (mut model, mut dice) = (Model::default(), Dice(7));
    for (moment, call) in calls.iter().enumerate() {
        model.call(call);
        for _ in 0..IMAGES {
            let image = TempDir::new().unwrap();
            model.image(folder.path(), image.path(), &mut dice);
            check(image.path(), model.acknowledged, &format!("after call {moment}, {call:?}"));
        }
    }
}
