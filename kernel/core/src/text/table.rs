//! Tables whose columns are as wide as their widest cell, without keeping a cell: the rows are made twice.

use core::fmt::{self, Display, Write};

/// Columns a table can have; the last is never padded, so further cells would only lose their alignment.
const COLUMNS: usize = 8;

/// How a column's cells stand in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Names and text.
    Left,
    /// Numbers.
    Right,
}

/// Takes one row after the other.
pub type Rows<'r> = dyn FnMut(&[&dyn Display]) -> fmt::Result + 'r;

/// Prints the rows that `make` makes, two spaces between columns and nothing at a line's end. `make` is called twice.
// Inlined it would come a dozen times, each with its loops.
#[inline(never)]
pub fn table(
    out: &mut dyn Write,
    columns: &[Align],
    make: &mut dyn FnMut(&mut Rows<'_>) -> fmt::Result,
) -> fmt::Result {
    let mut widths = [0; COLUMNS];
    make(&mut |cells| measure(cells, columns, &mut widths))?;
    make(&mut |cells| print(out, cells, columns, &widths))
}

/// Nothing stands right of a row's last cell, so a long one there doesn't push the other rows apart.
fn measure(cells: &[&dyn Display], columns: &[Align], widths: &mut [usize]) -> fmt::Result {
    let last = cells.len().saturating_sub(1);
    let counted = if columns.get(last) == Some(&Align::Right) { cells } else { cells.get(..last).unwrap_or_default() };
    for (cell, width) in counted.iter().zip(widths) {
        *width = (*width).max(width_of(*cell)?);
    }
    Ok(())
}

fn print(out: &mut dyn Write, cells: &[&dyn Display], columns: &[Align], widths: &[usize]) -> fmt::Result {
    let mut owed = 0;
    for (index, cell) in cells.iter().enumerate() {
        let width = width_of(*cell)?;
        let pad = widths.get(index).map_or(0, |column| column.saturating_sub(width));
        let (before, after) = match columns.get(index) {
            Some(Align::Right) => (pad, 0),
            _ => (0, pad),
        };
        // Spaces are owed until something follows them.
        if width > 0 {
            spaces(out, owed + before)?;
            write!(out, "{cell}")?;
            owed = after + 2;
        } else {
            owed += pad + 2;
        }
    }
    out.write_char('\n')
}

fn spaces(out: &mut dyn Write, mut count: usize) -> fmt::Result {
    const SPACES: &str = "                                ";
    while count > 0 {
        let some = count.min(SPACES.len());
        out.write_str(SPACES.get(..some).unwrap_or_default())?;
        count -= some;
    }
    Ok(())
}

fn width_of(cell: &dyn Display) -> Result<usize, fmt::Error> {
    let mut width = Width(0);
    write!(width, "{cell}")?;
    Ok(width.0)
}

struct Width(usize);

impl Write for Width {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += text.chars().count();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::string::String;

    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut out = String::new();
        table(&mut out, &[Align::Left, Align::Right, Align::Left], &mut |row| {
            row(&[&"pl011", &33, &"console"])?;
            row(&[&"µs", &1024, &""])?;
            row(&[&"", &"", &"far"])?;
            row(&[&"a last cell may be long"])
        })
        .unwrap();
        assert_eq!(out, "pl011    33  console\nµs     1024\n             far\na last cell may be long\n");
    }
}
