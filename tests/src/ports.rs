//! Ports to listen on.

use std::net::TcpListener;

/// A port of the loopback address that is free now. It lies below the range from which the system takes the near
/// end of outgoing connections (32768 and up on Linux): under load one of those could take a server's port in the
/// moment between a kill and a restart.
///
/// # Panics
/// When no port is free, or the system gives no random bytes.
pub fn free() -> u16 {
    const FIRST: u16 = 10_240;
    const COUNT: u16 = 22_000;
    let mut bytes = [0; 2];
    getrandom::fill(&mut bytes).expect("random bytes");
    let start = u16::from_le_bytes(bytes) % COUNT;
    let ports = (0..COUNT).map(|step| FIRST + (start + step) % COUNT);
    let mut free = ports.filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.next().expect("a free port on the loopback address")
}
