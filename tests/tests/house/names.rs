//! Which paths a Rust source names: `use std::{fs, net::TcpStream}` names `std::fs` and `std::net::TcpStream`.
//! Comments, strings and everything under `#[cfg(test)]` are left out.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// The paths that production code in `source` names, each as it is written with groups spread out.
pub fn paths(source: &str) -> Vec<String> {
    let tokens: TokenStream = source.parse().unwrap_or_else(|e| panic!("not Rust: {e}"));
    let mut found = Vec::new();
    walk(tokens, "", &mut found);
    found
}

/// Whether `path` is `beginning` or lies under it.
pub fn is_under(path: &str, beginning: &str) -> bool {
    path.strip_prefix(beginning)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// Every Rust file under `folder`, in order.
pub fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next)
            .unwrap_or_else(|e| panic!("{}: {e}", next.display()))
            .flatten()
        {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn walk(tokens: TokenStream, prefix: &str, found: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Punct(p) if p.as_char() == '#' && is_test_only(tokens.get(at + 1)) => {
                at = after_item(&tokens, at + 2);
            }
            TokenTree::Ident(first) => {
                let mut path = joined(prefix, &first.to_string());
                at += 1;
                while is_separator(&tokens, at) {
                    match tokens.get(at + 2) {
                        Some(TokenTree::Ident(next)) => {
                            path = joined(&path, &next.to_string());
                            at += 3;
                        }
                        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                            walk(group.stream(), &path, found);
                            at += 3;
                        }
                        // `::*` and `::<T>` end the path; what follows is looked at by itself.
                        _ => at += 2,
                    }
                }
                found.push(path);
            }
            TokenTree::Group(group) => {
                walk(group.stream(), prefix, found);
                at += 1;
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => at += 1,
        }
    }
}

fn joined(prefix: &str, name: &str) -> String {
    if prefix.is_empty() {
        name.to_owned()
    } else {
        format!("{prefix}::{name}")
    }
}

fn is_separator(tokens: &[TokenTree], at: usize) -> bool {
    let colon = |t: Option<&TokenTree>| matches!(t, Some(TokenTree::Punct(p)) if p.as_char() == ':');
    colon(tokens.get(at)) && colon(tokens.get(at + 1))
}

fn is_test_only(attribute: Option<&TokenTree>) -> bool {
    matches!(attribute, Some(TokenTree::Group(g)) if without_spaces(g) == "cfg(test)")
}

fn without_spaces(group: &Group) -> String {
    group.stream().to_string().replace(' ', "")
}

/// The place after the item that begins at `at`: after its body, or its semicolon.
fn after_item(tokens: &[TokenTree], mut at: usize) -> usize {
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            TokenTree::Group(g) if g.delimiter() == Delimiter::Brace => break,
            TokenTree::Punct(p) if p.as_char() == ';' => break,
            _ => {}
        }
    }
    at
}

#[test]
fn groups_are_spread_and_tests_left_out() {
    let source = r#"
        // std::process::exit
        use std::{fs, net::{TcpStream, UdpSocket}, collections::*};
        fn f() { let _ = "std::env"; std::thread::sleep(std::time::Duration::ZERO); mac!(tokio::spawn) }
        #[cfg(test)]
        mod tests { use rand::random; }
        #[cfg(test)]
        use proptest::prelude;
        struct After(hex::Error);
    "#;
    let found = paths(source);
    for named in [
        "std::fs",
        "std::net::TcpStream",
        "std::net::UdpSocket",
        "std::thread::sleep",
        "tokio::spawn",
        "hex::Error",
    ] {
        assert!(found.iter().any(|p| p == named), "{named} in {found:?}");
    }
    for absent in ["std::process", "std::env", "rand", "proptest"] {
        assert!(!found.iter().any(|p| is_under(p, absent)), "{absent} in {found:?}");
    }
}
