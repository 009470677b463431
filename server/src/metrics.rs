//! What the server counts, for Prometheus.

use prometheus::{HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry, TextEncoder};

/// The server's own registry: nothing is registered globally, so that a test can run several servers.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    /// Requests by route pattern and status.
    pub requests: IntCounterVec,
    /// Seconds by route pattern.
    pub seconds: HistogramVec,
    /// Requests being answered.
    pub in_flight: IntGauge,
    /// Operations by fate, repeats left out.
    pub operations: IntCounterVec,
    /// Sign-ins by outcome.
    pub sign_ins: IntCounterVec,
    /// Leaves that this server has sealed.
    pub leaves: IntCounter,
    /// When this server last knew the transparency log to have everything, in seconds since 1970.
    pub sealed_up_to: IntGauge,
}

impl Metrics {
    /// A fresh registry.
    pub fn new() -> Result<Metrics, prometheus::Error> {
        let metrics = Metrics {
            registry: Registry::new(),
            requests: IntCounterVec::new(
                Opts::new("wuyuan_requests_total", "Requests by route and status."),
                &["route", "status"],
            )?,
            seconds: HistogramVec::new(
                HistogramOpts::new("wuyuan_request_seconds", "Seconds to answer, by route.").buckets(vec![
                    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
                ]),
                &["route"],
            )?,
            in_flight: IntGauge::new("wuyuan_requests_in_flight", "Requests being answered.")?,
            operations: IntCounterVec::new(
                Opts::new("wuyuan_operations_total", "Operations first received, by fate."),
                &["fate"],
            )?,
            sign_ins: IntCounterVec::new(Opts::new("wuyuan_sign_ins_total", "Sign-ins by outcome."), &["outcome"])?,
            leaves: IntCounter::new(
                "wuyuan_log_leaves_total",
                "Leaves of the transparency log that this server has sealed.",
            )?,
            sealed_up_to: IntGauge::new(
                "wuyuan_log_sealed_seconds",
                "When this server last found everything sealed, in seconds since 1970.",
            )?,
        };
        metrics.register(metrics.requests.clone())?;
        metrics.register(metrics.seconds.clone())?;
        metrics.register(metrics.in_flight.clone())?;
        metrics.register(metrics.operations.clone())?;
        metrics.register(metrics.sign_ins.clone())?;
        metrics.register(metrics.leaves.clone())?;
        metrics.register(metrics.sealed_up_to.clone())?;
        Ok(metrics)
    }

    /// Adds a part's own figure.
    pub fn register(&self, figure: impl prometheus::core::Collector + 'static) -> Result<(), prometheus::Error> {
        self.registry.register(Box::new(figure))
    }

    /// The text that Prometheus reads.
    pub fn render(&self) -> Result<String, prometheus::Error> {
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}
