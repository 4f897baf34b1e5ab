//! `docs/unsafe-audit.md`: every unsafe site, its claim and who upholds it, read from the sources.
//!
//! A claim is the `// SAFETY:` comment above a block, an `unsafe impl` or an attribute, and the `# Safety` section above an
//! `unsafe fn` or an `unsafe trait`. `KEEL_BLESS=1` writes the page anew.
//!
//! A line's number may lag behind by [`LAG`], so that work above a site in its file leaves the page alone, and branches merge.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use tests::paths;

use super::sources::{UNSAFE, rust_files, without_tests, words};

const PAGE: &str = "docs/unsafe-audit.md";

/// By how many lines a site may have moved since the page was written: where the link leads, it is still on the screen.
const LAG: usize = 30;

/// What stands above the tables: the template for a new site with it.
const PREFACE: &str = include_str!("audit.md");

/// A place where the compiler takes somebody's word.
struct Site {
    path: String,
    line: usize,
    kind: Kind,
    claim: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Block,
    Impl,
    Function,
    Trait,
    Extern,
    Attribute,
}

impl Kind {
    const ALL: [(Self, &'static str); 6] = [
        (Self::Impl, "unsafe impl"),
        (Self::Function, "unsafe fn"),
        (Self::Trait, "unsafe trait"),
        (Self::Extern, "unsafe extern"),
        (Self::Attribute, "#[unsafe("),
        (Self::Block, "unsafe {"),
    ];

    /// What a line of code without comments opens; the sixth word for unsafe would be a mistake of this list.
    fn of(line: &str) -> Option<Self> {
        if !words(line).any(|word| word == "unsafe") {
            return None;
        }
        let known = Self::ALL.into_iter().find(|(_, text)| line.contains(text));
        // An `unsafe extern fn` is a function.
        match known {
            Some((Self::Extern, _)) if line.contains(" fn ") => Some(Self::Function),
            Some((kind, _)) => Some(kind),
            None => Some(Self::Block),
        }
    }

    const fn noun(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Impl => "impl",
            Self::Function => "fn",
            Self::Trait => "trait",
            Self::Extern => "extern",
            Self::Attribute => "attribute",
        }
    }
}

impl Site {
    /// Who has to see to it that the claim holds, as far as the claim says.
    fn upheld_by(&self) -> String {
        let says = |word: &str| self.claim.to_lowercase().contains(word);
        let party = match self.kind {
            Kind::Function => "every caller",
            Kind::Trait => "every impl",
            _ if says("'s contract") => return self.contract(),
            _ if says("the caller") || says("its caller") || says("by contract") => "the caller",
            _ if says("linker script") || says("link.ld") => "the linker script",
            _ if [".s ", ".s.", ".s:"].into_iter().any(says) => "the assembly",
            _ => "this site",
        };
        party.to_owned()
    }

    /// Whose contract it names: `Memory`'s of "by `Memory`'s contract".
    fn contract(&self) -> String {
        let before = self.claim.split_once("'s contract").map_or("", |(before, _)| before);
        let party = before.rsplit(' ').next().unwrap_or_default();
        format!("{}{party}'s contract", if party == "trait" { "the " } else { "" })
    }
}

#[test]
fn the_audit_lists_every_unsafe_site() {
    let sites = sites();
    let silent: Vec<String> = sites
        .iter()
        .filter(|site| site.claim.is_empty())
        .map(|site| format!("{}:{}: {} without a claim", site.path, site.line, site.kind.noun()))
        .collect();
    assert!(silent.is_empty(), "{silent:#?}");
    println!("figure: {} unsafe sites: {}", sites.len(), counts(&sites));

    let (page, path) = (render(&sites), paths::root().join(PAGE));
    if std::env::var_os("KEEL_BLESS").is_some() {
        fs::write(&path, &page).expect("the page can be written");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    let stale = stale(&found, &page);
    assert!(
        stale.is_none(),
        "{PAGE}: {stale:#?}\nKEEL_BLESS=1 cargo test -p tests --target host-tuple --test rules audit"
    );
}

#[test]
fn a_page_may_lag_by_some_lines_and_by_nothing_else() {
    let page = "## a.rs\n| [10](../a.rs#L10) | block | it is so | this site |\n";
    let moved = |line: usize| page.replace("10", &line.to_string());
    assert_eq!(stale(&moved(10 + LAG), page), None);
    assert!(stale(&moved(11 + LAG), page).is_some());
    assert!(stale(&page.replace("it is so", "it was so"), page).is_some());
    assert!(stale(&page.replace("a.rs", "b.rs"), page).is_some());
    assert!(stale("", page).is_some() && stale(page, "").is_some());
}

#[test]
fn no_claim_is_made_twice() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    // A trait's methods are held to the trait, and a method may be held to another one.
    let own = |site: &Site| site.claim != "The trait's contract." && !site.claim.starts_with("As [`");
    for site in sites().into_iter().filter(own) {
        places.entry(site.claim).or_default().push(format!("{}:{}", site.path, site.line));
    }
    let repeated: Vec<_> = places.into_iter().filter(|(_, places)| places.len() > 1).collect();
    assert!(repeated.is_empty(), "the same claim twice is a missing abstraction: {repeated:#?}");
}

#[test]
fn claims_are_found_where_they_are_made() {
    let text = "\
/// Reads.
///
/// # Safety
/// The pointer `p` is
/// valid.
pub unsafe fn read(p: *const u8) -> u8 {
    // SAFETY: by contract it is.
    let byte =
        unsafe { *p };
    byte
}
fn silent() { unsafe { f() } }
// SAFETY: it is shared
// with nobody.
unsafe impl Send for A {}
// unsafe { in a comment }
";
    let sites: Vec<_> = in_file("a.rs", text).into_iter().map(|site| (site.line, site.claim)).collect();
    let expected =
        [(6, "The pointer `p` is valid."), (9, "by contract it is."), (12, ""), (15, "it is shared with nobody.")];
    assert_eq!(sites, expected.map(|(line, claim)| (line, claim.to_owned())));
}

fn sites() -> Vec<Site> {
    let mut files = rust_files("");
    files.sort();
    files.retain(|(path, _)| UNSAFE.iter().any(|at| path.starts_with(at)));
    files.iter().flat_map(|(path, text)| in_file(path, text)).collect()
}

fn in_file(path: &str, text: &str) -> Vec<Site> {
    let lines = without_tests(text);
    let mut sites = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let unquoted = line.split('"').step_by(2).collect::<Vec<_>>().join("\"\"");
        let code = unquoted.split_once("//").map_or(unquoted.as_str(), |(code, _)| code);
        let Some(kind) = Kind::of(code) else { continue };
        let above = lines.get(..index).unwrap_or_default();
        let claim = match kind {
            Kind::Function if is_method_of_a_trait(above, line) => "The trait's contract.".to_owned(),
            Kind::Function | Kind::Trait => section_above(above),
            _ => comment_above(above),
        };
        sites.push(Site { path: path.to_owned(), line: index + 1, kind, claim });
    }
    sites
}

/// Whether the function on `line` stands in an `impl … for`, whose contract the trait's own documentation has.
fn is_method_of_a_trait(above: &[&str], line: &str) -> bool {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let outer = above.iter().rev().find(|other| !other.trim().is_empty() && depth(other) < depth(line));
    outer.is_some_and(|outer| outer.contains("impl") && outer.contains(" for "))
}

/// The text of the nearest `// SAFETY:` comment above, if only the statement's own beginning stands between.
fn comment_above(above: &[&str]) -> String {
    let mut comment = Vec::new();
    for line in above.iter().rev().map(|line| line.trim()) {
        match line.strip_prefix("// ") {
            Some(text) => match text.strip_prefix("SAFETY: ") {
                Some(text) => {
                    comment.push(text);
                    comment.reverse();
                    return comment.join(" ");
                }
                None => comment.push(text),
            },
            // Above the comment's end may stand only a statement that hasn't ended, or attributes and docs.
            None if !comment.is_empty() => return String::new(),
            None if line.ends_with([';', '}']) || line.is_empty() => return String::new(),
            None => {}
        }
    }
    String::new()
}

/// The `# Safety` section of the documentation above.
fn section_above(above: &[&str]) -> String {
    let docs: Vec<&str> = above
        .iter()
        .rev()
        .map(|line| line.trim())
        .take_while(|line| line.starts_with("///") || line.starts_with("#[") || line.starts_with("#![doc"))
        .collect();
    let docs = docs.iter().rev().filter_map(|line| Some(line.strip_prefix("///")?.trim()));
    let section = docs.skip_while(|line| *line != "# Safety").skip(1).take_while(|line| !line.starts_with("# "));
    section.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The first row of the page as it is and as it should be that differ by more than a lag.
fn stale(found: &str, wanted: &str) -> Option<[String; 2]> {
    let longest = found.lines().count().max(wanted.lines().count());
    let line = |text: &str, index| text.lines().nth(index).unwrap_or("(nothing)").to_owned();
    let pairs = (0..longest).map(|index| [line(found, index), line(wanted, index)]);
    pairs.into_iter().find(|[found, wanted]| {
        let ((one, found), (other, wanted)) = (numbered(found), numbered(wanted));
        found != wanted || one.abs_diff(other) > LAG
    })
}

/// A row's line number, and the row without it.
fn numbered(row: &str) -> (usize, String) {
    let number = row.strip_prefix("| [").and_then(|rest| rest.split_once(']')).map_or("", |(number, _)| number);
    match number.parse() {
        Ok(line) => (line, row.replacen(number, "", 1).replacen(&format!("#L{number})"), "", 1)),
        Err(_) => (0, row.to_owned()),
    }
}

/// `drivers 9, kernel 44`
fn counts(sites: &[Site]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for site in sites {
        *counts.entry(package(&site.path)).or_default() += 1;
    }
    counts.iter().map(|(package, count)| format!("{package} {count}")).collect::<Vec<_>>().join(", ")
}

/// The package's folder: what stands before `src`.
fn package(path: &str) -> &str {
    path.split_once("/src/").map_or(path, |(package, _)| package)
}

fn render(sites: &[Site]) -> String {
    let mut page = PREFACE.to_owned();
    let mut path = "";
    for site in sites {
        if site.path != path {
            path = &site.path;
            // Writing into a String can't fail.
            let _ = write!(page, "\n## {path}\n\n| line | what | claim | upheld by |\n|---|---|---|---|\n");
        }
        let (line, noun, by) = (site.line, site.kind.noun(), site.upheld_by());
        let claim = site.claim.replace('|', "\\|");
        let _ = writeln!(page, "| [{line}](../{path}#L{line}) | {noun} | {claim} | {by} |");
    }
    page
}
