//! The machine in brief: CPUs, memory, and each device that a binding knows with its window and interrupt.

use core::fmt::{self, Display, Write};

use hardware::board::{Board, Interrupt, Window};
use hardware::tree::{EnableMethod, Node, Tree, TreeError};

use crate::text::{Address, Align, Bytes, Rows, Shown, table};

/// Prints the summary. Devices are those that a binding of the board's build knows.
pub fn tree(tree: &Tree<'_>, board: Option<&'static Board>, out: &mut dyn Write) -> fmt::Result {
    table(out, &[Align::Left; 5], &mut |row| {
        machine(tree, row)?;
        chosen(tree, row)?;
        match board {
            Some(board) => devices(tree, board, row),
            None => Ok(()),
        }
    })?;
    match board {
        Some(_) => Ok(()),
        None => out.write_str("(no board: devices aren't told apart; dt tree lists all nodes)\n"),
    }
}

fn machine(tree: &Tree<'_>, row: &mut Rows<'_>) -> fmt::Result {
    let root = tree.root();
    let model = root.property("model").and_then(|model| model.as_str().ok());
    row(&[&"machine", &Shown(model.or(root.compatible().next()).unwrap_or("(nameless)"))])?;
    let cpus = tree.cpus().filter_map(Result::ok).filter(|cpu| cpu.node.enabled());
    let by_psci = cpus.clone().filter(|cpu| matches!(cpu.enable_method, EnableMethod::Psci)).count();
    let name = cpus.clone().next().and_then(|cpu| cpu.node.compatible().next());
    match cpus.count() {
        0 => row(&[&"cpus", &"(none)"])?,
        count => {
            let name = Shown(name.unwrap_or("(nameless)"));
            row(&[&"cpus", &format_args!("{count} × {name}, {by_psci} for PSCI to start")])?;
        }
    }
    match tree.psci() {
        Ok(Some(psci)) => row(&[&"psci", &psci.node.name(), &psci.conduit])?,
        Ok(None) => {}
        Err(error) => row(&[&"psci", &error])?,
    }
    for region in tree.memory() {
        match region {
            Ok(region) => row(&[&"memory", &"", &Range(region.base, region.size), &Bytes(region.size)])?,
            Err(error) => row(&[&"memory", &error])?,
        }
    }
    Ok(())
}

fn chosen(tree: &Tree<'_>, row: &mut Rows<'_>) -> fmt::Result {
    match tree.stdout() {
        Ok(Some(stdout)) => row(&[&"stdout", &stdout.node.name(), &Shown(stdout.options)])?,
        Ok(None) => row(&[&"stdout", &"(none chosen)"])?,
        Err(error) => row(&[&"stdout", &error])?,
    }
    let Some(chosen) = tree.chosen() else { return Ok(()) };
    match chosen.bootargs() {
        Some(Ok(arguments)) => row(&[&"bootargs", &Shown(arguments)])?,
        Some(Err(error)) => row(&[&"bootargs", &error])?,
        None => {}
    }
    match chosen.initrd() {
        Ok(Some((start, end))) => row(&[&"initrd", &"", &Range(start, end.saturating_sub(start))]),
        Ok(None) => Ok(()),
        Err(error) => row(&[&"initrd", &error]),
    }
}

/// A line for each run of enabled neighbours with one binding.
fn devices(tree: &Tree<'_>, board: &'static Board, row: &mut Rows<'_>) -> fmt::Result {
    // It has a line already.
    let psci = tree.psci().ok().flatten().map(|psci| psci.node);
    let mut run: Option<Run<'_>> = None;
    for node in tree.nodes().filter(|node| node.enabled()) {
        let Some((binding, _)) = node.compatible().find_map(|string| board.binding(string)) else { continue };
        if psci == Some(node) {
            continue;
        }
        match &mut run {
            Some(run) if run.binding == binding.name => (run.last, run.count) = (node, run.count + 1),
            _ => {
                let new = Run { binding: binding.name, first: node, last: node, count: 1 };
                run.replace(new).map_or(Ok(()), |run| run.print(row))?;
            }
        }
    }
    run.map_or(Ok(()), |run| run.print(row))
}

/// Neighbours with one binding, like virt's 32 virtio slots.
struct Run<'t> {
    binding: &'static str,
    first: Node<'t>,
    last: Node<'t>,
    count: usize,
}

impl Run<'_> {
    fn print(&self, row: &mut Rows<'_>) -> fmt::Result {
        let (first, last) = (self.first, self.last);
        let window = Answer(first.cpu_window(0), first.property("reg").is_some());
        let interrupts = first.property("interrupts").or(first.property("interrupts-extended"));
        let interrupt = Answer(first.interrupt(0), interrupts.is_some());
        if self.count == 1 {
            return row(&[&self.binding, &first.name(), &window, &interrupt]);
        }
        row(&[
            &self.binding,
            &format_args!("{} of them", self.count),
            &format_args!("{window} … {}", Answer(last.cpu_window(0), true)),
            &format_args!("{interrupt} … {}", Answer(last.interrupt(0), interrupts.is_some())),
        ])
    }
}

/// A value of the tree, or why it can't be worked out, or nothing where there is no such property.
struct Answer<T>(Result<T, TreeError>, bool);

impl Display for Answer<Window> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.show(f)
    }
}

impl Display for Answer<Interrupt> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.show(f)
    }
}

impl<T: Display> Answer<T> {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.0, self.1) {
            (Ok(value), _) => value.fmt(f),
            (Err(_), false) => Ok(()),
            (Err(error), true) => write!(f, "({error})"),
        }
    }
}

/// First and last address.
struct Range(u64, u64);

impl Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}–{}", Address(self.0), Address(self.0.saturating_add(self.1.saturating_sub(1))))
    }
}
