//! Log lines. They never hold a name, a number, a password, a token, a body or a path with an id in it.

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{LogFormat, LogLevel};

/// Logging was started before in this process.
#[derive(Debug, thiserror::Error)]
#[error("logging was started before")]
pub struct AlreadyStarted;

/// Starts logging to standard error. Once a process.
pub fn start(format: LogFormat, level: LogLevel) -> Result<(), AlreadyStarted> {
    let registry = tracing_subscriber::registry().with(LevelFilter::from_level(level.0));
    let started = match format {
        LogFormat::Json => registry
            .with(
                fmt::layer()
                    .json()
                    .flatten_event(true)
                    .with_current_span(false)
                    .with_span_list(false)
                    .with_writer(std::io::stderr),
            )
            .try_init(),
        LogFormat::Text => registry
            .with(fmt::layer().with_target(false).with_writer(std::io::stderr))
            .try_init(),
    };
    started.map_err(|_| AlreadyStarted)
}
