//! What `body::Json` and `params::Query` hold every text to, written into the description once: it holds no NUL.

use std::collections::BTreeSet;

use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{Object, OpenApi, RefOr, Schema, Type};

/// As a pattern (ECMA-262).
const NO_NUL: &str = r"^[^\u0000]*$";

/// A sync is read by rules of its own: an operation with a NUL is stored and quarantined, not refused.
const APART: &str = "sync";

/// Adds the pattern to every plain text of a request's JSON and of a query.
pub(super) fn complete(openapi: &mut OpenApi) {
    let mut bodies = BTreeSet::new();
    for item in openapi.paths.paths.values_mut() {
        for operation in super::answers::operations(item) {
            if operation.operation_id.as_deref() != Some(APART) {
                bodies.extend(body(operation));
            }
            for parameter in operation.parameters.iter_mut().flatten() {
                if let RefOr::T(parameter) = parameter
                    && let Some(RefOr::T(Schema::Object(object))) = &mut parameter.schema
                {
                    plain(object);
                }
            }
        }
    }
    let Some(components) = &mut openapi.components else {
        return;
    };
    for name in bodies {
        if let Some(RefOr::T(Schema::Object(body))) = components.schemas.get_mut(&name) {
            for property in body.properties.values_mut() {
                if let RefOr::T(Schema::Object(object)) = property {
                    plain(object);
                }
            }
        }
    }
}

/// The name of the schema of an operation's JSON body.
fn body(operation: &Operation) -> Option<String> {
    let Some(RefOr::T(request)) = &operation.request_body else {
        return None;
    };
    let Some(RefOr::T(content)) = request.content.get("application/json") else {
        return None;
    };
    let Some(RefOr::Ref(named)) = &content.schema else {
        return None;
    };
    named.ref_location.rsplit('/').next().map(str::to_owned)
}

fn plain(object: &mut Object) {
    let is_text = match &object.schema_type {
        SchemaType::Type(Type::String) => true,
        SchemaType::Array(types) => types.contains(&Type::String),
        _ => false,
    };
    let is_free = object.pattern.is_none() && object.format.is_none() && object.enum_values.is_none();
    if is_text && is_free {
        object.pattern = Some(NO_NUL.to_owned());
    }
}
