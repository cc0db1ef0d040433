//! A guest on a runtime of its own, which can be stopped as a lid stops a laptop: nothing is said, heard or timed until it goes on.

use std::sync::mpsc;

use parlor_client::room::Timings;
use tokio::runtime::{Builder, Runtime};

use crate::guest::Guest;

/// The runtime of one guest.
pub struct Freezer {
    runtime: Option<Runtime>,
}

/// While this is held everything on the runtime stands still.
pub struct Frozen {
    _thaw: mpsc::Sender<()>,
}

impl Freezer {
    pub fn new() -> Self {
        // A single worker: whoever blocks it stops all.
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        Self { runtime: Some(runtime) }
    }

    /// A guest that lives here.
    pub fn guest(&self, timings: Timings) -> Guest {
        let _entered = self.runtime().enter();
        Guest::with_timings(timings)
    }

    /// Stops the runtime. Returns when it stands.
    pub async fn freeze(&self) -> Frozen {
        let (thaw, thawed) = mpsc::channel();
        let (stands, stood) = tokio::sync::oneshot::channel();
        self.runtime().spawn(async move {
            stands.send(()).unwrap();
            // Ends with an error when the other end is dropped, which is the sign to go on.
            let _ = thawed.recv();
        });
        stood.await.unwrap();
        Frozen { _thaw: thaw }
    }

    fn runtime(&self) -> &Runtime {
        self.runtime.as_ref().unwrap()
    }
}

impl Drop for Freezer {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // The plain end of a runtime would block, which a test's own runtime does not allow.
            runtime.shutdown_background();
        }
    }
}
