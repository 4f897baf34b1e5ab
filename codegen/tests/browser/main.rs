//! The HTML report in a real browser: what a person would do with it.
#![cfg(feature = "cli")]

mod chromium;

use std::path::Path;

use serde_json::{Value, json};

use chromium::Chromium;
use codegen::report::Report;

fn report() -> Report {
    report_on("qemu-virt")
}

fn report_on(board: &str) -> Report {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    codegen::report(&root, board).unwrap_or_else(|findings| panic!("{findings}"))
}

/// The names of the rows that can be seen.
const SHOWN: &str = "[...document.querySelectorAll('tr.device')].filter((row) => row.checkVisibility()).map((row) => row.querySelector('.name').textContent)";

fn shown(page: &mut Chromium) -> Vec<Value> {
    page.value(SHOWN).as_array().cloned().unwrap_or_default()
}

#[test]
fn a_search_finds_a_device() {
    let report = report();
    let Some(mut page) = Chromium::open("search", &report.html()) else { return };
    assert_eq!(shown(&mut page).len(), report.devices.len());
    page.press("/", 191);
    assert_eq!(page.value("document.activeElement.id"), "search");
    for (words, found) in
        [("pl031", "pl031@9010000"), ("903_0000", "pl061@9030000"), ("9000000 gic", ""), ("SPI 1 pl011", "serial0")]
    {
        page.value("document.querySelector('#search').focus(); document.querySelector('#search').select()");
        page.write(words);
        let names = shown(&mut page);
        assert!(if found.is_empty() { names.is_empty() } else { names.contains(&json!(found)) }, "{words}: {names:?}");
        assert!(names.len() < report.devices.len(), "{words} finds everything");
        let told = page.value("document.querySelector('#shown').textContent");
        assert_eq!(told, format!("{} of {} devices", names.len(), report.devices.len()));
        assert_eq!(page.value("document.querySelector('#nothing').hidden"), !names.is_empty());
    }
    page.press("Escape", 27);
    assert_eq!(shown(&mut page).len(), report.devices.len());
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[test]
fn filters_add_up() {
    let report = report();
    let Some(mut page) = Chromium::open("filter", &report.html()) else { return };
    page.value("document.querySelector('.chip[data-class=gpio]').click()");
    assert_eq!(shown(&mut page).len(), report.devices.iter().filter(|device| device.class == "GPIO").count());
    assert_eq!(page.value("document.querySelectorAll('#map .block:not(.dim)[data-class=console]').length"), 0);
    page.value("document.querySelector('.chip[data-class=console]').click()");
    page.value("document.querySelector('#driven').click()");
    assert_eq!(shown(&mut page), ["serial0"]);
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[test]
fn pointing_at_the_map_shows_the_devices_row() {
    let report = report();
    let Some(mut page) = Chromium::open("map", &report.html()) else { return };
    let serial = report.devices.iter().position(|device| device.name == "serial0").unwrap();
    page.point_at(&format!("#map [data-device='{serial}']"));
    let inspector = page.value("document.querySelector('#inspector').innerText");
    let inspector = inspector.as_str().unwrap();
    for part in ["serial0", "0x900_0000", "4 KiB", "SPI 1", "24 MHz", "pl011", "reg[0]", "fatal"] {
        assert!(inspector.contains(part), "no {part} in {inspector}");
    }
    let hot = "[...document.querySelectorAll('tr.hot .name')].map((name) => name.textContent)";
    assert_eq!(page.value(hot), json!(["serial0"]));
    // By the keyboard: one stop for the map, arrows from there.
    page.value("document.querySelector('#map .block').focus()");
    for _ in 0..2 {
        page.press("ArrowRight", 39);
    }
    assert_eq!(page.value(hot), json!(["intc@8000000"]));
    assert_eq!(page.value("document.querySelectorAll('#map .block[tabindex=\"0\"]').length"), 1);
    assert_eq!(page.complaints(), Vec::<String>::new());
}

/// Labels of the memory map that can be seen: all of them, and those that leave their blocks.
const LABELS: &str = "(() => {
    const seen = [...document.querySelectorAll('#map .block text')].filter((it) => getComputedStyle(it).visibility === 'visible');
    const right = (it) => it.getBoundingClientRect().right;
    const out = seen.filter((it) => right(it) > right(it.previousElementSibling));
    return [seen.map((it) => it.textContent), out.map((it) => it.textContent)];
})()";

#[test]
fn labels_of_the_map_stay_in_their_blocks() {
    let Some(mut page) = Chromium::open("labels", &report_on("rpi5").html()) else { return };
    for width in ["100rem", "50rem"] {
        page.value(&format!("document.body.style.width = '{width}'; dispatchEvent(new Event('resize'))"));
        let labels = page.value(LABELS);
        assert!(labels[0].as_array().unwrap().contains(&json!("gicd")), "{width}: {labels}");
        assert_eq!(labels[1], json!([]), "{width}");
    }
    assert_eq!(page.complaints(), Vec::<String>::new());
}

/// Texts whose contrast with what lies behind them is below WCAG 2.2's 4.5 to 1 (1.4.3). Colours are read back from a
/// canvas, which knows every notation.
const FAINT: &str = "(() => {
    const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const rgb = (color) => {
        context.clearRect(0, 0, 1, 1);
        context.fillStyle = color;
        context.fillRect(0, 0, 1, 1);
        return [...context.getImageData(0, 0, 1, 1).data];
    };
    const light = (color) => {
        const [r, g, b] = rgb(color).map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
        for (let it = element; it; it = it.parentElement) {
            const rect = it.matches('a.block') && it.querySelector('rect');
            if (rect && rgb(getComputedStyle(rect).fill)[3] === 255) return getComputedStyle(rect).fill;
            const color = getComputedStyle(it).backgroundColor;
            if (rgb(color)[3] === 255) return color;
        }
        return 'white';
    };
    const faint = [];
    for (const element of document.querySelectorAll('body *')) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        if (!own || !element.checkVisibility() || ['SCRIPT', 'STYLE'].includes(element.tagName)) continue;
        const style = getComputedStyle(element);
        const one = light(element instanceof SVGElement ? style.fill : style.color), other = light(behind(element));
        const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
        if (contrast < 4.5) faint.push(`${contrast.toFixed(2)} ${element.tagName} ${element.className} ${element.textContent}`.slice(0, 90));
    }
    return faint;
})()";

/// Controls without a name for who can't see them, and table heads without a scope (1.3.1, 4.1.2).
const NAMELESS: &str = "[
    ...[...document.querySelectorAll('input, button, a, svg[role=group], section')].filter((it) =>
        !it.textContent.trim() && !it.ariaLabel && !it.labels?.length && !it.getAttribute('aria-label')),
    ...[...document.querySelectorAll('#devices th')].filter((it) => !it.scope),
    ...[document.documentElement].filter((it) => !it.lang || !document.title),
].map((it) => it.outerHTML.slice(0, 90))";

#[test]
fn nothing_is_left_behind() {
    let Some(mut page) = Chromium::open("left", &report().html()) else { return };
    let [folder, scratch] = page.folders();
    let files = |folder: &Path| std::fs::read_dir(folder).map_or(0, Iterator::count);
    assert_eq!(page.value("document.title"), "qemu-virt · Keel board report");
    assert!(files(&folder) > 0 && files(&scratch) > 0, "Chromium has its temporary files somewhere else");
    drop(page);
    assert!(!folder.exists() && !scratch.exists(), "{} or {}", folder.display(), scratch.display());
}

#[test]
fn text_can_be_read_in_light_and_dark() {
    // The board with every section: fixes, variants, firmware, findings, nodes without a binding; and what it lacks.
    let mut report = report_on("rpi5");
    report.lab.push(codegen::report::Hint { what: "serial", how: "/dev/ttyUSB0".to_owned() });
    let Some(mut page) = Chromium::open("colours", &report.html()) else { return };
    assert_eq!(page.value(NAMELESS), json!([]));
    let mut papers = Vec::new();
    for scheme in ["light", "dark"] {
        page.prefer(scheme);
        papers.push(page.value("getComputedStyle(document.body).backgroundColor"));
        page.value("document.querySelectorAll('.chip').forEach((chip) => chip.click())");
        assert_eq!(page.value(FAINT), json!([]), "too faint in {scheme}");
    }
    assert_ne!(papers[0], papers[1], "one paper for light and dark");
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[test]
fn a_hostile_name_is_only_text() {
    let mut report = report();
    let hostile = "<img src=x onerror=document.title='taken'>\"'</script><script>document.title='taken'</script>";
    report.board.summary = hostile.to_owned();
    report.devices[0].name = hostile.to_owned();
    report.devices[0].path = hostile.to_owned();
    report.devices[0].left_out.push(hostile.to_owned());
    let Some(mut page) = Chromium::open("hostile", &report.html()) else { return };
    page.point_at("tr.device[data-device='0'] th");
    assert_eq!(page.value("document.querySelector('#inspector h3').textContent"), hostile);
    assert_eq!(page.value("document.querySelectorAll('img').length"), 0);
    assert_eq!(page.value("document.title"), "qemu-virt · Keel board report");
    assert_eq!(page.complaints(), Vec::<String>::new());
}
