//! `schemas/*.schema.json`, which editors take their completion and their red lines from: derived from the very types that
//! the files are read into, and held to them by a test. Only tests derive, so that builds don't pay for it.

use std::borrow::Cow;
use std::path::Path;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{board, device};

/// Types with a notation of their own.
macro_rules! notation {
    ($type:ty, $name:literal, $schema:tt) => {
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

notation!(board::Baud, "Baud", {
    "description": "The firmware's divisors, or bits per second.",
    "oneOf": [{ "const": "keep" }, { "type": "integer", "minimum": 300, "maximum": 4_000_000 }]
});

notation!(board::Bytes, "Bytes", {
    "description": "A number of bytes, or a size such as \"1G\", \"64M\", \"16K\".",
    "oneOf": [{ "type": "integer", "minimum": 0 }, { "type": "string", "pattern": "^[0-9]+[KMG]?$" }]
});

notation!(device::Bits, "Bits", {
    "description": "A bit, or a range of bits with the highest first, \"6..5\".",
    "oneOf": [
        { "type": "integer", "minimum": 0, "maximum": 63 },
        { "type": "string", "pattern": "^[0-9]{1,2}\\.\\.[0-9]{1,2}$" }
    ]
});

impl JsonSchema for device::Field {
    fn schema_name() -> Cow<'static, str> {
        "Field".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let bits = generator.subschema_for::<device::Bits>();
        let table = generator.subschema_for::<device::FieldTable>();
        json_schema!({ "description": "Bits, or a table that names their values.", "anyOf": [bits, table] })
    }
}

/// The schema of `T` as a file.
fn file<T: JsonSchema>() -> String {
    let schema = schemars::schema_for!(T);
    serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n"
}

/// Holds the file to the types; KEEL_BLESS=1 writes it anew.
fn hold(name: &str, expected: String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas").join(name);
    if std::env::var_os("KEEL_BLESS").is_some() {
        std::fs::write(&path, &expected).expect("the schema can be written");
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(there == expected, "schemas/{name} has drifted: KEEL_BLESS=1 cargo test -p codegen --target host-tuple");
}

#[test]
fn the_device_schema_is_that_of_the_types() {
    hold("device.schema.json", file::<device::File>());
}

#[test]
fn the_board_schema_is_that_of_the_types() {
    hold("board.schema.json", file::<board::File>());
}
