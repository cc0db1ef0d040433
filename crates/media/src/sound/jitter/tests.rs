use super::*;
use std::time::Duration;

#[test]
fn a_new_buffer_is_silent() {
    let mut buffer = JitterBuffer::new();
    let now = Instant::now();
    assert_eq!(buffer.pull(now), Pull::Silence { ticks: 480, comfort: false });
    assert_eq!(buffer.pull(now), Pull::Enough);
    assert_eq!(buffer.pull(now + Duration::from_millis(10)), Pull::Silence { ticks: 480, comfort: false });
    assert_eq!(buffer.position(), None);
}
