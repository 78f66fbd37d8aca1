//! The picture of the results: how far each row is within its floor.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::failure::{Failure, Result};
use crate::table::{Line, Table};

/// The shades are legible on white and on black, because the page may be either.
const TEXT: RGBColor = RGBColor(124, 124, 124);
const GRID: RGBColor = RGBColor(150, 150, 150);
const KEPT: RGBColor = RGBColor(48, 128, 196);
const MISSED: RGBColor = RGBColor(216, 104, 40);

const WIDTH: i32 = 1120;
/// The height of a bar with the gap below it.
const BAR: i32 = 20;
/// Where the bars are; the names are left of them, the values right.
const LEFT: i32 = 660;
const RIGHT: i32 = 940;
/// The height above the bars.
const TOP: i32 = 46;
const FONT: i32 = 14;

/// The least and the greatest margin on the axis, which is logarithmic. A bar beyond it ends there.
const AXIS: [f64; 2] = [0.5, 8.0];

/// The marks of the axis; 1 is the floor.
const MARKS: [f64; 5] = [0.5, 1.0, 2.0, 4.0, 8.0];

/// Returns where a margin is on the axis.
fn place(margin: f64) -> i32 {
    let [least, greatest] = AXIS;
    let part = (margin.clamp(least, greatest) / least).ln() / (greatest / least).ln();
    LEFT + (part * f64::from(RIGHT - LEFT)).round() as i32
}

/// Draws the rows that have a floor, as a document in SVG.
pub(crate) fn svg(table: &Table) -> Result<String> {
    let lines: Vec<(&Line, f64)> = table
        .lines
        .iter()
        .filter_map(|line| Some((line, line.margin?)))
        .collect();
    let mut document = String::new();
    draw(&mut document, &lines).map_err(|error| Failure::Message(error.to_string()))?;
    Ok(document)
}

fn draw(
    document: &mut String,
    lines: &[(&Line, f64)],
) -> std::result::Result<(), DrawingAreaErrorKind<std::io::Error>> {
    let bottom = TOP + BAR * i32::try_from(lines.len()).unwrap_or(0);
    let size = (WIDTH.unsigned_abs(), (bottom + 8).unsigned_abs());
    let area = SVGBackend::with_string(document, size).into_drawing_area();
    let text = |text: String, at: (i32, i32), side: HPos, color: &RGBColor| {
        let style = ("sans-serif", FONT).into_font().color(color);
        let style = style.pos(Pos::new(side, VPos::Center));
        area.draw(&Text::new(text, at, style))
    };
    let title = "Each result divided by its floor, or the limit divided by the result. From 1 on, it is kept.";
    text(title.to_owned(), (WIDTH / 2, 12), HPos::Center, &TEXT)?;
    for mark in MARKS {
        let x = place(mark);
        text(format!("{mark}"), (x, TOP - 12), HPos::Center, &TEXT)?;
        let line = GRID.stroke_width(if mark == 1.0 { 2 } else { 1 });
        area.draw(&PathElement::new(vec![(x, TOP - 4), (x, bottom)], line))?;
    }
    let mut top = TOP;
    for (line, margin) in lines {
        let middle = top + BAR / 2;
        let color = if *margin >= 1.0 { &KEPT } else { &MISSED };
        let [from, to] = [place(1.0), place(*margin)];
        area.draw(&Rectangle::new(
            [(from.min(to), top + 4), (from.max(to), top + BAR - 3)],
            color.filled(),
        ))?;
        let name = match line.baseline.as_str() {
            "" => line.subject.clone(),
            baseline => format!("{} / {baseline}", line.subject),
        };
        text(name, (LEFT - 8, middle), HPos::Right, &TEXT)?;
        let value = match line.ratio.as_str() {
            "" => &line.value,
            ratio => ratio,
        };
        let value = format!("{value}, {}", line.floor);
        text(value, (RIGHT + 8, middle), HPos::Left, color)?;
        top += BAR;
    }
    area.present()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::Floor;

    #[test]
    fn rows_with_a_floor_are_drawn() {
        let line = |subject: &str, value| {
            let line = Line {
                subject: subject.to_owned(),
                ..Line::default()
            };
            line.judged(value, "", Some(Floor::AtLeast(0.5)), true)
        };
        let lines = vec![line("read & write", Some(1.0)), line("unknown", None)];
        let document = svg(&Table { lines }).unwrap();
        assert!(document.starts_with("<svg "));
        assert!(document.contains("read &amp; write"));
        assert!(!document.contains("unknown"));
    }
}
