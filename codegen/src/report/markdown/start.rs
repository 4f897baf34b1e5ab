//! The start order as a tree of characters.

use crate::report::{Step, text};

/// Each step on a line, below the last of the steps that it waits for; the number is its place in the order.
pub(super) fn draw(steps: &[Step]) -> String {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); steps.len()];
    let mut roots = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        match step.after.last() {
            Some(&last) => children[last].push(index),
            None => roots.push(index),
        }
    }
    let mut lines = Vec::new();
    // What is still to be drawn, the next one last, with what stands before its name and before its children's.
    let mut rest: Vec<(usize, String, String)> =
        roots.into_iter().rev().map(|root| (root, String::new(), String::new())).collect();
    while let Some((index, before, below)) = rest.pop() {
        lines.push((index, format!("{before}{}", text::visible(&steps[index].device))));
        let last = children[index].last().copied();
        for &child in children[index].iter().rev() {
            let (branch, stem) = if Some(child) == last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            rest.push((child, format!("{below}{branch}"), format!("{below}{stem}")));
        }
    }
    let widest = lines.iter().map(|(_, name)| name.chars().count()).max().unwrap_or(0);
    lines.iter().map(|(index, name)| line(steps, *index, name, widest)).collect()
}

fn line(steps: &[Step], index: usize, name: &str, widest: usize) -> String {
    let step = &steps[index];
    let driver = step.driver.as_deref().unwrap_or("nothing to start");
    let also: Vec<String> =
        step.after.iter().rev().skip(1).map(|&before| text::visible(&steps[before].device)).collect();
    let also = if also.is_empty() { String::new() } else { format!("  also after {}", also.join(", ")) };
    let line = format!("{:>3}  {name:<widest$}  {:<11} {driver}{also}", index + 1, step.stage);
    line.trim_end().to_owned() + "\n"
}
