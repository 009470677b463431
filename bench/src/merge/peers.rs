//! Libraries that merge documents. They keep every operation in the document, which the server keeps beside it, so
//! their bytes hold more; `yrs` and `loro` let the last writer win.

pub mod automerge;
pub mod loro;
pub mod yrs;
