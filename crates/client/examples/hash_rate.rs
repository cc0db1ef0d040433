//! What the machine can do: the proofs of a transfer's blocks, on one thread and with nothing around them.
//!
//! ```text
//! hash_rate 2147483648
//! ```
//!
//! Ends by printing one JSON line: `{"bytes", "seconds"}`. The block is the same over and over, in memory already: what disk and channel
//! take is measured elsewhere.

use std::{error::Error, hint::black_box, time::Instant};

use parlor_protocol::limits::BLOCK_BYTES;
use parlor_transfer::block::block_proof;

fn main() -> Result<(), Box<dyn Error>> {
    let bytes: u64 = std::env::args().nth(1).ok_or("hash_rate BYTES")?.parse()?;
    let block = vec![0; usize::try_from(BLOCK_BYTES)?];
    let begun = Instant::now();
    for _ in 0..bytes.div_ceil(u64::from(BLOCK_BYTES)) {
        black_box(block_proof(black_box(&block)));
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!("{}", serde_json::json!({ "bytes": bytes, "seconds": seconds }));
    Ok(())
}
