//! Random transcripts: what two machines took and what came of it, for the page's twin to give the same answers.
//!
//! `tests/vectors/transcripts.json` keeps a few, which are compared with what the machine says now (`PARLOR_WRITE=1` writes them anew). With
//! `PARLOR_TRANSCRIPTS=<folder>` as many others as `PARLOR_COUNT` says (2000 by default) are written there, one file each, and the twin's
//! test replays that folder: `crates/transfer/tests/transcripts` first, then `npm -w ui run test -- transcripts`, with the same variable.
//!
//! Left out, because the platforms truly differ: what an earlier session left. A page looks for nothing on a disk, so here nothing is ever
//! found and there is always room.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod scribe;
mod world;

use std::{env, fs, path::Path};

use serde_json::Value;
use world::World;

/// Seeds of the transcripts that are kept, and how many things happen in each.
const KEPT: [(u64, u32); 7] = [(1, 90), (2, 90), (3, 90), (4, 90), (5, 90), (6, 90), (1_032, 90)];
/// Things that happen in each of the others.
const STEPS: u32 = 400;

/// What both sides of a world took and gave.
fn transcripts(seed: u64, steps: u32) -> Vec<Value> {
    let mut world = World::new(seed);
    for _ in 0..steps {
        world.step();
    }
    world.transcripts()
}

fn text(transcripts: &[Value]) -> String {
    // A step a line: changes can be read.
    let mut text = "[\n".to_owned();
    for (place, transcript) in transcripts.iter().enumerate() {
        let steps: Vec<String> = transcript.as_array().unwrap().iter().map(Value::to_string).collect();
        text += &format!("[\n{}\n]{}\n", steps.join(",\n"), if place + 1 < transcripts.len() { "," } else { "" });
    }
    text + "]\n"
}

#[test]
fn the_kept_transcripts_are_what_the_machine_says() {
    let said = text(&KEPT.into_iter().flat_map(|(seed, steps)| transcripts(seed, steps)).collect::<Vec<_>>());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/transcripts.json");
    if env::var_os("PARLOR_WRITE").is_some() {
        fs::write(path, said).unwrap();
        return;
    }
    let kept = fs::read_to_string(path).unwrap();
    for (number, (kept, said)) in (1..).zip(kept.lines().zip(said.lines())) {
        assert_eq!(kept, said, "line {number}");
    }
    assert_eq!(kept.len(), said.len());
}

#[test]
fn others_are_written_where_they_are_wanted() {
    let Some(folder) = env::var_os("PARLOR_TRANSCRIPTS") else { return };
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seed =
        number("PARLOR_SEED").unwrap_or_else(|| u64::from(std::time::UNIX_EPOCH.elapsed().unwrap().subsec_nanos()));
    println!("PARLOR_SEED={seed}");
    for number in 0..number("PARLOR_COUNT").unwrap_or(2_000) {
        let said = text(&transcripts(seed.wrapping_add(number), STEPS));
        fs::write(Path::new(&folder).join(format!("{}.json", seed.wrapping_add(number))), said).unwrap();
    }
}
