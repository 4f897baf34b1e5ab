//! `dt`: the live device tree, its values shown with their meaning.

mod meaning;

use core::fmt::{self, Display};

use hardware::tree::{Node, Property, Status, Tree};

use super::super::call::{Call, Failure};
use super::super::command::{Category, Command, Example, Form, Kind, Need, Operand};
use super::super::completion;
use super::super::suggest;
use crate::report::{self, Raw};
use crate::text::{Align, Shown, table};
use meaning::Meanings;

const NODE: Operand = Operand { name: "PATH", kind: Kind::Named(completion::nodes), need: Need::One };

/// `dt`
pub static DT: Command = Command {
    name: "dt",
    category: Category::Board,
    brief: "read the live device tree",
    forms: &[
        Form { word: "", brief: "the machine in brief", flags: &[], operands: &[], run: brief },
        Form { word: "summary", brief: "the machine in brief", flags: &[], operands: &[], run: brief },
        Form {
            word: "tree",
            brief: "nodes below PATH or the root: name, compatible, status",
            flags: &[],
            operands: &[Operand { name: "PATH", kind: Kind::Named(completion::nodes), need: Need::Optional }],
            run: tree,
        },
        Form {
            word: "node",
            brief: "a node's properties and what they mean",
            flags: &[],
            operands: &[NODE],
            run: node,
        },
        Form {
            word: "prop",
            brief: "one property in full",
            flags: &[],
            operands: &[NODE, Operand { name: "NAME", kind: Kind::Named(completion::properties), need: Need::One }],
            run: prop,
        },
    ],
    examples: &[
        Example { line: "dt", shows: "CPUs, memory and every device that a binding knows" },
        Example { line: "dt node /pl011@9000000", shows: "reg as CPU addresses, interrupts as lines of the GIC" },
        Example { line: "dt prop serial0 reg", shows: "aliases stand for their paths" },
    ],
    see_also: &["board", "mem"],
};

fn brief<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let tree = call.system.tree().ok_or(Failure::NoTree)?;
    Ok(report::tree(tree, call.system.board(), call.out)?)
}

fn tree<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let top = match call.args.operand(0) {
        Some(path) => find(call, path)?,
        None => call.system.tree().ok_or(Failure::NoTree)?.root(),
    };
    writeln!(call.out, "{}", top.path())?;
    Ok(table(call.out, &[Align::Left], &mut |row| {
        top.descendants().try_for_each(|node| {
            let indent = 2 * (node.depth() - top.depth());
            row(&[&format_args!("{:indent$}{}{}", "", node.name(), Mark(node)), &First(node)])
        })
    })?)
}

fn node<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let path = call.args.operand(0).unwrap_or_default();
    let node = find(call, path)?;
    writeln!(call.out, "{}{}", node.path(), Mark(node))?;
    table(call.out, &[Align::Left; 2], &mut |row| {
        node.properties().try_for_each(|property| print_property(node, property, row))
    })?;
    let children = node.children().count();
    if children > 0 {
        writeln!(call.out, "  {children} below it: dt tree {}", node.path())?;
    }
    Ok(())
}

/// The value, and on lines of their own whatever it means beyond the first.
fn print_property(
    node: Node<'_>,
    property: Property<'_>,
    row: &mut dyn FnMut(&[&dyn Display]) -> fmt::Result,
) -> fmt::Result {
    let name = format_args!("  {}", property.name());
    let raw = Raw::brief(property.value());
    let mut meanings = Meanings::new(node, property);
    match meanings.next() {
        None => row(&[&name, &raw])?,
        Some(first) => row(&[&name, &raw, &first])?,
    }
    meanings.try_for_each(|meaning| row(&[&"", &"", &meaning]))
}

fn prop<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let (path, name) = (call.args.operand(0).unwrap_or_default(), call.args.operand(1).unwrap_or_default());
    let node = find(call, path)?;
    let property = node.property(name).ok_or(Failure::NoProperty { node: path, name })?;
    writeln!(call.out, "{}", Raw::full(property.value()))?;
    Ok(Meanings::new(node, property).try_for_each(|meaning| writeln!(call.out, "{meaning}"))?)
}

/// The node at a path or alias; a slash at the end does no harm.
fn find<'c>(call: &Call<'c>, path: &'c str) -> Result<Node<'c>, Failure<'c>> {
    let tree = call.system.tree().ok_or(Failure::NoTree)?;
    let trimmed = path.strip_suffix('/').filter(|rest| !rest.is_empty()).unwrap_or(path);
    tree.resolve(trimmed).ok_or_else(|| Failure::NoNode { path, nearest: nearest(tree, trimmed).map(Node::path) })
}

/// What was probably meant: from the deepest node that exists, a child with the base name or a name like it.
fn nearest<'t>(tree: &'t Tree<'t>, path: &str) -> Option<Node<'t>> {
    let mut parent = tree.root();
    let mut names = path.split('/').filter(|name| !name.is_empty());
    let name = names.find(|name| match parent.child(name) {
        Some(child) => {
            parent = child;
            false
        }
        None => true,
    })?;
    let same_base = parent.children().find(|child| child.base_name() == name);
    same_base.or_else(|| parent.child(suggest::nearest(name, parent.children().map(Node::name))?))
}

/// The most specific `compatible` string.
struct First<'t>(Node<'t>);

impl Display for First<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.compatible().next().map_or(Ok(()), |string| Shown(string).fmt(f))
    }
}

/// Says why a node isn't used; nothing if it is.
struct Mark<'t>(Node<'t>);

impl Display for Mark<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.status() {
            Status::Okay if self.0.enabled() => Ok(()),
            Status::Okay => f.write_str(" (disabled above)"),
            Status::Disabled => f.write_str(" (disabled)"),
            Status::Other(status) => write!(f, " ({})", Shown(status)),
        }
    }
}
