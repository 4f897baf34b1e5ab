//! Writes flattened trees, right or wrong.

/// Writes a structure block token by token.
#[derive(Default)]
pub(crate) struct Builder {
    pub(crate) structs: Vec<u8>,
    pub(crate) strings: Vec<u8>,
    pub(crate) reservations: Vec<(u64, u64)>,
}

/// A whole blob with `build`'s properties and nodes in its root.
pub(crate) fn blob(build: impl FnOnce(&mut Builder)) -> Vec<u8> {
    let mut builder = Builder::default();
    builder.node("", build);
    builder.word(9);
    builder.finish()
}

impl Builder {
    pub(crate) fn word(&mut self, word: u32) -> &mut Self {
        self.structs.extend(word.to_be_bytes());
        self
    }

    pub(crate) fn begin(&mut self, name: &str) -> &mut Self {
        self.word(1);
        self.structs.extend(name.bytes());
        self.structs.push(0);
        self.pad()
    }

    pub(crate) fn end(&mut self) -> &mut Self {
        self.word(2)
    }

    pub(crate) fn node(&mut self, name: &str, build: impl FnOnce(&mut Self)) -> &mut Self {
        self.begin(name);
        build(self);
        self.end()
    }

    /// A property of any bytes.
    pub(crate) fn bytes(&mut self, name: &str, value: &[u8]) -> &mut Self {
        let name = self.string(name);
        self.word(3).word(value.len() as u32).word(name);
        self.structs.extend(value);
        self.pad()
    }

    pub(crate) fn flag(&mut self, name: &str) -> &mut Self {
        self.bytes(name, &[])
    }

    pub(crate) fn cells(&mut self, name: &str, cells: &[u32]) -> &mut Self {
        let value: Vec<u8> = cells.iter().flat_map(|cell| cell.to_be_bytes()).collect();
        self.bytes(name, &value)
    }

    pub(crate) fn text(&mut self, name: &str, text: &str) -> &mut Self {
        self.bytes(name, format!("{text}\0").as_bytes())
    }

    /// `#address-cells` and `#size-cells`.
    pub(crate) fn bus(&mut self, address: u32, size: u32) -> &mut Self {
        self.cells("#address-cells", &[address]).cells("#size-cells", &[size])
    }

    /// A GIC with phandle 1.
    pub(crate) fn gic(&mut self, name: &str) -> &mut Self {
        self.node(name, |gic| {
            gic.text("compatible", "arm,gic-v3").flag("interrupt-controller");
            gic.cells("#interrupt-cells", &[3]).cells("phandle", &[1]);
        })
    }

    fn string(&mut self, name: &str) -> u32 {
        let name = format!("{name}\0");
        let found = self.strings.windows(name.len()).position(|string| string == name.as_bytes());
        let offset = found.unwrap_or(self.strings.len());
        if found.is_none() {
            self.strings.extend(name.bytes());
        }
        offset as u32
    }

    fn pad(&mut self) -> &mut Self {
        self.structs.resize(self.structs.len().next_multiple_of(4), 0);
        self
    }

    /// Header, reservations, structure block, strings.
    pub(crate) fn finish(&self) -> Vec<u8> {
        let reservations = self.reservations.iter().chain(&[(0, 0)]);
        let reservations: Vec<u8> =
            reservations.flat_map(|(base, size)| [base, size]).flat_map(|n| n.to_be_bytes()).collect();
        let structs_at = 40 + reservations.len();
        let strings_at = structs_at + self.structs.len();
        let total = strings_at + self.strings.len();
        let sizes = [self.strings.len(), self.structs.len()];
        let header = [0xd00d_feed, total, structs_at, strings_at, 40, 17, 16, 0, sizes[0], sizes[1]];
        let mut blob: Vec<u8> = header.iter().flat_map(|&field| (field as u32).to_be_bytes()).collect();
        blob.extend(reservations);
        blob.extend(&self.structs);
        blob.extend(&self.strings);
        blob
    }
}

/// Ends a closure that builds in one expression.
pub(crate) fn done(_: &mut Builder) {}
