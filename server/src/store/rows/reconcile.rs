//! Rows as the follower reads them.

use diesel::prelude::*;

use crate::store::schema::{reconciled, unit};

/// A unit whose log goes on after the follower's mark.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = unit)]
pub struct BehindRow {
    /// Its code.
    pub code: String,
    /// The last place in its log.
    pub head: i64,
    /// How far the follower has come; nothing before its first look.
    #[diesel(select_expression = reconciled::pos.nullable())]
    pub pos: Option<i64>,
}
