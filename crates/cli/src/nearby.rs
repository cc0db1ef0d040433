//! Where a spoken code was made, if nobody says: its number is looked for in the local network.
//!
//! Promises: it ends within [`PATIENCE`]. What the network says is a hint: who is not the one the words came from gets one guess at them.

use std::time::Duration;

use parlor_protocol::host::{Command, Event, NearbyRoom};
use tokio::time::{Instant, sleep_until};

use crate::{
    exit::Exit,
    session::{Next, Session, named},
};

/// Longest time that is looked.
const PATIENCE: Duration = Duration::from_secs(10);

/// The base URL of the server where a code of this number is announced; none found is reported and ends the program.
pub async fn server_of(code: &str, session: &mut Session) -> Result<String, Exit> {
    let digits: String = code.trim_start().chars().take_while(char::is_ascii_digit).collect();
    session.report.say("Looking in the local network for where the code was made.");
    session.command(Command::LookNearby { on: true }).await?;
    let end = Instant::now() + PATIENCE;
    loop {
        let next = tokio::select! {
            next = session.next() => next,
            () = sleep_until(end) => {
                session.report.complain("Nobody in the local network waits behind a code of this number. Was it made on a server elsewhere? Then give --server URL.");
                return Err(Exit::Room);
            }
        };
        match next {
            Next::Exit(exit) => return Err(exit),
            Next::Event(Event::NearbyChanged { rooms }) => {
                if let Some(NearbyRoom { name, server, .. }) =
                    rooms.into_iter().find(|room| Ok(room.number) == digits.parse())
                {
                    session.report.say(&format!("{} waits behind this number, at {server}.", named(&name)));
                    return Ok(server);
                }
            }
            Next::Event(_) => {}
        }
    }
}
