//! The protocol's page says what the code says.

#[test]
fn the_table_of_codes_is_fresh() {
    let page = include_str!("../../docs/PROTOCOL.md");
    assert!(
        page.contains(&format!(
            "<!-- codes:begin -->\n{}<!-- codes:end -->",
            sync_protocol::verdict::documentation()
        )),
        "docs/PROTOCOL.md is stale: run `cargo run -p sync-protocol --example protocol_page`"
    );
}
