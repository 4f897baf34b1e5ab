//! Boards that share an image can be told apart, and run on the image's target.
//!
//! The live tree's root chooses between boards; between those that have its string, the devices that are there do
//! (`hardware::check::select`).

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::findings::{Finding, Findings, Place, Source, code};
use crate::model::board::Board;
use crate::parse::board::File;
use crate::parse::toml::Spanned;

/// A board file, and what it came to where it came to something.
type Member<'m> = (&'m Arc<Source>, &'m File, Option<&'m Board>);

/// Holds the boards of one image for `target` against each other.
pub fn image(members: &[Member<'_>], target: &str, findings: &mut Findings) {
    for (index, &member) in members.iter().enumerate() {
        arch(member.0, member.1, target, findings);
        for &other in &members[..index] {
            let finding = namesakes(other, member).or_else(|| twins(other, member));
            finding.into_iter().for_each(|finding| findings.push(finding));
        }
    }
}

/// The finding that two boards have one name: they can only be from two folders.
fn namesakes(first: Member<'_>, second: Member<'_>) -> Option<Finding> {
    let (ours, theirs) = (&first.1.board.name, &second.1.board.name);
    if !same(ours, theirs) {
        return None;
    }
    let message = format!("two boards of this image are called `{}`", ours.get_ref());
    let finding = Finding::error(code::AMBIGUOUS_BOARDS, message, Place::text(second.0, theirs.span()), "this one");
    let finding = finding.with(Place::text(first.0, ours.span()), "and this one");
    Some(finding.help("build them as two images, or give one of them another name"))
}

/// The finding that two boards have a root string in common and the same devices.
fn twins(first: Member<'_>, second: Member<'_>) -> Option<Finding> {
    let shared = strings(first).find_map(|ours| Some((ours, strings(second).find(|theirs| same(ours, theirs))?)));
    let [ours, theirs] = [first, second].map(|member| &member.1.board.compatible);
    let (what, ours, theirs) = match shared {
        Some((ours, theirs)) => (format!("are `{}`", ours.get_ref()), ours.span(), theirs.span()),
        None if ours.get_ref().is_empty() && theirs.get_ref().is_empty() => {
            ("ask for no `compatible`".to_owned(), ours.span(), theirs.span())
        }
        None => return None,
    };
    if devices(first.2?) != devices(second.2?) {
        return None;
    }
    let message = format!("two boards of this image {what}, with the same devices");
    let finding = Finding::error(code::AMBIGUOUS_BOARDS, message, Place::text(second.0, theirs), "this one");
    let finding = finding.with(Place::text(first.0, ours), "and this one");
    Some(finding.help("build them as two images, or make them variants of one board"))
}

fn strings<'m>(member: Member<'m>) -> impl Iterator<Item = &'m Spanned<String>> {
    member.1.board.compatible.get_ref().iter()
}

fn same(a: &Spanned<String>, b: &Spanned<String>) -> bool {
    a.get_ref() == b.get_ref()
}

/// What a live tree is asked to tell such boards apart.
fn devices(board: &Board) -> BTreeSet<(&str, &str)> {
    board.devices.iter().map(|device| (device.path.as_str(), device.compatible.as_str())).collect()
}

fn arch(source: &Arc<Source>, file: &File, target: &str, findings: &mut Findings) {
    let arch = &file.board.arch;
    // One that Keel doesn't know at all is another finding.
    if arch.get_ref() == target || !super::arch::KNOWN.contains(&arch.get_ref().as_str()) {
        return;
    }
    let place = Place::text(source, arch.span());
    let message =
        format!("`{}` is a board for {}, but this build is for {target}", file.board.name.get_ref(), arch.get_ref());
    let finding = Finding::error(code::WRONG_ARCH, message, place, "");
    findings.push(finding.help("build it for the board's instruction set: --target, or `cargo xtask`"));
}
