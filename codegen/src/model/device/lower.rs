//! From a binding as written to a binding as meant.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::words::{self, BadAccess};
use super::{Access, Array, Binding, Field, Placed, Probe, Register, Width, Window};
use crate::findings::{Finding, Findings, Place, Source, code};
use crate::parse::device::{self as written, Bits};
use crate::parse::suggest;
use crate::parse::toml::Spanned;

impl Binding {
    /// Gives a file its meaning; `None` where it has no usable one.
    pub fn lower(file: written::File, source: Arc<Source>, findings: &mut Findings) -> Option<Self> {
        let mut lower = Lower { source: source.clone(), findings };
        let mut windows = lower.windows(&file);
        for register in file.register {
            let index = lower.window_of(register.window.as_ref(), &register.name, &windows);
            let register = lower.register(register);
            if let (Some(window), Some(register)) = (index.and_then(|index| windows.get_mut(index)), register) {
                window.registers.push(register);
            }
        }
        for window in &mut windows {
            window.registers.sort_by_key(|register| register.offset.value);
        }
        let probes = file.probe.into_iter().filter_map(|probe| lower.probe(probe, &windows)).collect();
        let device = file.device;
        let module = device.name.get_ref().replace('-', "_");
        if !words::is_function_name(&module) {
            let name = lower.placed(device.name.clone());
            lower.bad_name(&name);
        }
        Some(Self {
            name: lower.placed(device.name),
            summary: device.summary,
            compatible: device.compatible.into_inner().into_iter().map(|text| lower.placed(text)).collect(),
            class: device.class.into(),
            stage: device.stage.into(),
            driver: device.driver.map(|driver| lower.placed(driver).map(Into::into)),
            manual: device.manual,
            windows,
            interrupts: lower.placed(device.needs.interrupts),
            clock: device.needs.clock,
            probes,
            source,
        })
    }
}

/// What lowering one file needs everywhere.
struct Lower<'f> {
    source: Arc<Source>,
    findings: &'f mut Findings,
}

impl Lower<'_> {
    fn place<T>(&self, spanned: &Spanned<T>) -> Place {
        Place::text(&self.source, spanned.span())
    }

    fn placed<T>(&self, spanned: Spanned<T>) -> Placed<T> {
        let place = self.place(&spanned);
        Placed { value: spanned.into_inner(), place }
    }

    /// Windows without their registers.
    fn windows(&mut self, file: &written::File) -> Vec<Window> {
        if let (Some(only), Some(first)) = (&file.device.needs.window, file.window.first()) {
            let message = "`needs.window` and `[[window]]` both say what the windows are";
            let finding = Finding::error(code::WINDOW_TWICE, message, self.place(only), "the only window")
                .with(self.place(&first.name), "one of several")
                .help("delete `needs.window`, or all `[[window]]` tables");
            self.findings.push(finding);
        }
        let only = file.device.needs.window.iter().map(|size| Window {
            name: None,
            summary: file.device.summary.clone(),
            manual: None,
            size: self.placed(size.clone()),
            registers: Vec::new(),
        });
        let named = file.window.iter().map(|window| Window {
            name: Some(self.placed(window.name.clone())),
            summary: window.summary.clone(),
            manual: window.manual.clone(),
            size: self.placed(window.size.clone()),
            registers: Vec::new(),
        });
        let windows: Vec<Window> = only.chain(named).collect();
        for name in windows.iter().filter_map(|window| window.name.as_ref()) {
            self.check_function_name(name);
        }
        windows
    }

    /// The index of the window that `named` or, where there is one only, nobody names.
    fn window_of(
        &mut self,
        named: Option<&Spanned<String>>,
        about: &Spanned<String>,
        windows: &[Window],
    ) -> Option<usize> {
        let names = || windows.iter().filter_map(|window| window.name.as_ref()).map(|name| name.value.as_str());
        let listed = || names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let finding = match named {
            None if windows.len() == 1 => return Some(0),
            None if windows.is_empty() => {
                let message = format!("`{}` has no window to lie in", about.get_ref());
                Finding::error(code::UNKNOWN_WINDOW, message, self.place(about), "registers need a window")
                    .help("write `window = SIZE` into `needs`")
            }
            None => {
                let message = format!("`{}` doesn't say in which window it lies", about.get_ref());
                Finding::error(code::UNKNOWN_WINDOW, message, self.place(about), "has no `window`")
                    .help(format!("one of {}", listed()))
            }
            Some(name) => {
                let at = |window: &Window| window.name.as_ref().is_some_and(|have| have.value == *name.get_ref());
                if let Some(index) = windows.iter().position(at) {
                    return Some(index);
                }
                let message = format!("there is no window `{}`", name.get_ref());
                let finding = Finding::error(code::UNKNOWN_WINDOW, message, self.place(name), "");
                suggest(finding, name.get_ref(), names(), || match names().next() {
                    Some(_) => format!("one of {}", listed()),
                    None => "delete this key: the binding has no named windows".to_owned(),
                })
            }
        };
        self.findings.push(finding);
        None
    }

    fn register(&mut self, written: written::Register) -> Option<Register> {
        let name = self.placed(written.name);
        self.check_function_name(&name);
        let width = self.width(written.width);
        let access = self.access(&written.access);
        let array = written.array.map(|array| self.array(array));
        let fields = written.fields.into_iter().filter_map(|(name, field)| self.field(name, field));
        let mut fields: Vec<Field> = fields.collect();
        fields.sort_by_key(|field| *field.bits.value.start());
        Some(Register {
            name,
            summary: written.summary,
            manual: written.manual,
            offset: self.placed(written.offset),
            width: width?,
            access: access?,
            array: match array {
                Some(array) => Some(array?),
                None => None,
            },
            reset: written.reset.map(|reset| self.placed(reset)),
            optional: written.optional,
            fields,
        })
    }

    fn width(&mut self, written: Option<Spanned<u64>>) -> Option<Width> {
        let Some(written) = written else { return Some(Width::U32) };
        let width = match written.get_ref() {
            8 => Width::U8,
            16 => Width::U16,
            32 => Width::U32,
            64 => Width::U64,
            other => {
                let message = format!("no bus access is {other} bits wide");
                let finding = Finding::error(code::BAD_WIDTH, message, self.place(&written), "");
                self.findings.push(finding.help("widths are 8, 16, 32 and 64"));
                return None;
            }
        };
        Some(width)
    }

    fn access(&mut self, written: &Spanned<String>) -> Option<Access> {
        let text = written.get_ref();
        let finding = match words::access(text) {
            Ok(access) => return Some(access),
            Err(BadAccess::Unknown(word)) => {
                let message = format!("`{word}` isn't an access kind");
                let finding = Finding::error(code::BAD_ACCESS, message, self.place(written), "");
                let kinds = words::ACCESS;
                suggest(finding, word, kinds.iter().copied(), || format!("kinds are `{}`", kinds.join("`, `")))
            }
            Err(BadAccess::Combination) => {
                let message = format!("`{text}` isn't a combination of access kinds");
                Finding::error(code::BAD_ACCESS, message, self.place(written), "")
                    .note("a register that reads back what was written is `read-write`")
                    .note("one that doesn't is two registers at one offset, a `read` one and a `write` one")
                    .help("one read kind (`read`, `read-effect`) may stand before one write kind")
            }
        };
        self.findings.push(finding);
        None
    }

    fn array(&mut self, written: written::Array) -> Option<Array> {
        let array = Array { count: self.placed(written.count), stride: self.placed(written.stride) };
        if array.count.value == 0 {
            let finding = Finding::error(code::EMPTY_ARRAY, "an array of no registers", array.count.place, "");
            self.findings.push(finding.help("delete the register, or say how many there are"));
            return None;
        }
        Some(array)
    }

    fn field(&mut self, name: Spanned<String>, written: written::Field) -> Option<Field> {
        let name = self.placed(name);
        self.check_name(&name);
        let bits = self.bits(written.bits);
        let values = written.values.into_iter().map(|(name, value)| (self.placed(name), self.placed(value)));
        let mut values: Vec<_> = values.collect();
        values.sort_by_key(|(_, value)| value.value);
        for (name, _) in &values {
            self.check_name(name);
        }
        Some(Field { name, summary: written.summary, bits: bits?, values })
    }

    fn bits(&mut self, written: Spanned<Bits>) -> Option<Placed<RangeInclusive<u8>>> {
        let place = self.place(&written);
        let bits = match written.get_ref() {
            Bits::One(bit) => u8::try_from(*bit).ok().filter(|bit| *bit < 64).map(|bit| bit..=bit),
            Bits::Range(text) => words::bits(text),
        };
        let Some(value) = bits else {
            let finding = Finding::error(code::BAD_BITS, "no such bits", place, "");
            let help = "write a bit, `7`, or a range with the highest bit first, `\"6..5\"`; bits are 0 to 63";
            self.findings.push(finding.help(help));
            return None;
        };
        Some(Placed { value, place })
    }

    fn check_name(&mut self, name: &Placed<String>) {
        if !words::is_name(&name.value) {
            self.bad_name(name);
        }
    }

    fn check_function_name(&mut self, name: &Placed<String>) {
        if !words::is_function_name(&name.value) {
            self.bad_name(name);
        }
    }

    fn bad_name(&mut self, name: &Placed<String>) {
        let message = format!("`{}` can't be a name in generated Rust", name.value);
        let finding = Finding::error(code::BAD_NAME, message, name.place.clone(), "");
        self.findings.push(finding.help("letters, digits and `_`, a letter first, and no word of Rust's"));
    }

    fn probe(&mut self, written: written::Probe, windows: &[Window]) -> Option<Probe> {
        let window = self.window_of(written.window.as_ref(), &written.register, windows)?;
        Some(Probe {
            window,
            register: self.placed(written.register),
            mask: self.placed(written.mask),
            value: self.placed(written.value),
        })
    }
}

impl<T> Placed<T> {
    fn map<U>(self, to: impl FnOnce(T) -> U) -> Placed<U> {
        Placed { value: to(self.value), place: self.place }
    }
}
