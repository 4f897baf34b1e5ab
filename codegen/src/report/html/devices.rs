//! The rows of the device table.

use super::slug;
use crate::report::{self, Claim, Report, text};

/// Devices of one class.
pub(super) struct Class<'r> {
    pub(super) slug: String,
    pub(super) name: &'r str,
    pub(super) devices: Vec<Device<'r>>,
}

/// One row, its cells as lines.
pub(super) struct Device<'r> {
    pub(super) index: usize,
    pub(super) name: String,
    pub(super) path: &'r str,
    pub(super) compatible: String,
    pub(super) bases: Vec<String>,
    pub(super) sizes: Vec<String>,
    pub(super) interrupts: Vec<(&'r str, String)>,
    pub(super) clocks: Vec<String>,
    pub(super) driver: Option<&'r str>,
    pub(super) conduit: Option<&'r str>,
    pub(super) stage: &'r str,
    pub(super) origins: Vec<Origin<'r>>,
    pub(super) left_out: Vec<String>,
}

/// Where a value came from, and what a difference means.
pub(super) struct Origin<'r> {
    pub(super) text: String,
    pub(super) policy: &'r str,
    pub(super) why: Option<&'r str>,
}

/// In the report's order of classes.
pub(super) fn classes(report: &Report) -> Vec<Class<'_>> {
    let class = |name: &'_ String| {
        let all = report.devices.iter().enumerate().filter(|(_, device)| device.class == *name);
        all.map(|(index, it)| device(index, it)).collect()
    };
    report.classes.iter().map(|name| Class { slug: slug(name), name, devices: class(name) }).collect()
}

fn device(index: usize, device: &report::Device) -> Device<'_> {
    Device {
        index,
        name: text::visible(&device.name),
        path: &device.path,
        compatible: text::visible(&device.compatible),
        bases: device.windows.iter().map(|it| text::hex(it.value.base)).collect(),
        sizes: device.windows.iter().map(|it| text::size(it.value.size)).collect(),
        interrupts: device.interrupts.iter().map(|it| (it.value.line.as_str(), it.value.trigger.clone())).collect(),
        clocks: device.clocks.iter().map(|it| text::rate(it.value.hertz)).collect(),
        driver: device.driver.as_deref(),
        conduit: device.conduit.as_ref().map(|it| it.value.conduit.as_str()),
        stage: &device.stage,
        origins: origins(device),
        left_out: device.left_out.iter().map(|line| shortened(line)).collect(),
    }
}

fn origins(device: &report::Device) -> Vec<Origin<'_>> {
    let mut origins = vec![origin(&device.present)];
    origins.extend(device.windows.iter().map(origin));
    origins.extend(device.interrupts.iter().map(origin));
    origins.extend(device.clocks.iter().map(origin));
    origins.extend(device.conduit.iter().map(origin));
    origins
}

fn origin<T>(claim: &Claim<T>) -> Origin<'_> {
    Origin { text: shortened(&claim.origin), policy: claim.policy, why: claim.why.as_deref() }
}

/// With paths as their last names: the row and its links have the rest.
fn shortened(origin: &str) -> String {
    let word = |word: &str| match word.rsplit_once('/') {
        Some((above, name)) if above.starts_with('/') && !name.is_empty() => format!("…/{name}"),
        _ => word.to_owned(),
    };
    text::visible(origin).split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn deep_paths_are_shortened() {
        let shorten = super::shortened;
        assert_eq!(shorten("interrupts[0]: <0 1 4> at /soc/bus@1/intc@2"), "interrupts[0]: <0 1 4> at …/intc@2");
        assert_eq!(shorten("clocks[0]: the rate of /clk"), "clocks[0]: the rate of /clk");
    }
}
