//! A tree that is well formed and makes little sense: whatever firmware can get wrong in one place.

use dtoolkit::model::{DeviceTree, DeviceTreeNode, DeviceTreeProperty};

/// The tree as a blob.
pub(crate) fn blob() -> Vec<u8> {
    let mut tree = DeviceTree::new();
    let root = [text("compatible", "test,odd"), text("model", "steers\x1b[2Jthe terminal"), cells("#size-cells", &[2])];
    let nodes = [
        node("chosen", [text("stdout-path", "serial9:115200"), value("bootargs", b"not \xff text\0")], []),
        node("aliases", [text("serial0", "/bus@1/uart@10"), text("serial9", "/nowhere")], []),
        node("memory@0", [text("device_type", "memory"), cells("reg", &[0, 0, 0x10])], []),
        node(
            "bus@1",
            [cells("#address-cells", &[1]), cells("#size-cells", &[1]), cells("interrupt-parent", &[0x77])],
            [node(
                "uart@10",
                [
                    text("compatible", "arm,pl011"),
                    cells("reg", &[0x10, 0x100]),
                    cells("interrupts", &[0, 1, 4]),
                    cells("clocks", &[0x77]),
                    value("clock-frequency", b"abc"),
                    value("odd", b"\x1b[2J\0"),
                ],
                [node("child", [text("status", "okay")], [])],
            )],
        ),
        node("off@2", [text("status", "disabled"), text("compatible", "test,off")], [node("below", [], [])]),
        node("failed@3", [text("status", "fail-\x1b[hw")], []),
    ];
    root.into_iter().for_each(|property| tree.root.add_property(property));
    nodes.into_iter().for_each(|child| tree.root.add_child(child));
    tree.to_dtb()
}

fn node<const P: usize, const C: usize>(
    name: &str,
    properties: [DeviceTreeProperty; P],
    children: [DeviceTreeNode; C],
) -> DeviceTreeNode {
    let mut node = DeviceTreeNode::new(name).expect("a node name");
    properties.into_iter().for_each(|property| node.add_property(property));
    children.into_iter().for_each(|child| node.add_child(child));
    node
}

fn cells(name: &str, cells: &[u32]) -> DeviceTreeProperty {
    value(name, &cells.iter().flat_map(|cell| cell.to_be_bytes()).collect::<Vec<u8>>())
}

fn text(name: &str, text: &str) -> DeviceTreeProperty {
    value(name, &[text.as_bytes(), b"\0"].concat())
}

fn value(name: &str, value: &[u8]) -> DeviceTreeProperty {
    DeviceTreeProperty::new(name, value.to_vec()).expect("a property name")
}
