//! `schemas/*.schema.json`, which editors take their completion and their red lines from: derived from the very types that
//! the files are read into, and held to them by a test. Only the `board` command derives: build scripts don't pay for it.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{board, device, preset};

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

notation!(board::PropertyValue, "PropertyValue", {
    "description": "A cell, a string, an array of either, or whether the property is there.",
    "anyOf": [
        { "type": ["integer", "string", "boolean"] },
        { "type": "array", "minItems": 1, "items": { "type": "integer", "minimum": 0, "maximum": 4_294_967_295u32 } },
        { "type": "array", "minItems": 1, "items": { "type": "string" } }
    ]
});

notation!(board::Setting, "Setting", {
    "description": "What stands behind the `=` in config.txt; each element of an array is a line of its own.",
    "anyOf": [
        { "type": ["integer", "string", "boolean"] },
        { "type": "array", "items": { "type": ["integer", "string", "boolean"] } }
    ]
});

impl JsonSchema for board::EvidenceList {
    fn schema_name() -> Cow<'static, str> {
        "EvidenceList".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<board::Evidence>();
        json_schema!({
            "description": "One thing, or several that all have to be there.",
            "anyOf": [one, { "type": "array", "minItems": 1, "items": one }]
        })
    }
}

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

impl JsonSchema for preset::Part {
    fn schema_name() -> Cow<'static, str> {
        "Part".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<preset::PartTable>();
        json_schema!({ "description": "What it does, or that with what it needs and excludes.", "anyOf": [{ "type": "string" }, table] })
    }
}

/// A schema as a file.
#[derive(Debug)]
pub struct File {
    /// Relative to the project's root.
    pub path: &'static str,
    /// Its text.
    pub text: String,
}

/// All schemas.
pub fn all() -> [File; 3] {
    [
        File { path: "schemas/board.schema.json", text: text::<board::File>() },
        File { path: "schemas/device.schema.json", text: text::<device::File>() },
        File { path: "schemas/presets.schema.json", text: text::<preset::Presets>() },
    ]
}

fn text<T: JsonSchema>() -> String {
    let schema = schemars::schema_for!(T);
    // A schema is JSON, which always can be written.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn the_schemas_are_those_of_the_types() {
        for schema in super::all() {
            let there = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(schema.path));
            assert!(there.unwrap_or_default() == schema.text, "{} is stale: cargo board schema", schema.path);
        }
    }
}
