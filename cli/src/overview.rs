//! Several projects at a glance: one line each, or their reports as JSON.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use dashboard::Report;
use manifest::crew::Ending;
use manifest::{Options, Overall, Store, names};
use runs::Highest;

use crate::left::Left;
use crate::status::{one_line, time_left};

/// The projects in a folder, by name.
pub fn projects_in(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let cannot = || format!("cannot read {}; name the folder of a project", folder.display());
    let entries = std::fs::read_dir(folder).with_context(cannot)?.flatten();
    // As people name them: `a.woodcut`, not `./a.woodcut`.
    let path = |entry: std::fs::DirEntry| match folder == Path::new(".") {
        true => PathBuf::from(entry.file_name()),
        false => entry.path(),
    };
    let mut found: Vec<_> =
        entries.map(path).filter(|path| path.join(names::MANIFEST).is_file()).collect();
    found.sort();
    Ok(found)
}

/// Prints how each of these projects is. One that cannot be read hides no other.
pub fn print(projects: &[PathBuf], json: bool) -> anyhow::Result<Ending> {
    let mut out = std::io::stdout().lock();
    let (mut reports, mut rows, mut unread) = (Vec::new(), Vec::new(), 0);
    for project in projects {
        match report(project) {
            Ok(report) => {
                rows.push(row(&report));
                reports.push(report);
            }
            Err(error) => {
                let folder = project.display();
                eprintln!("woodcut: {}", one_line(&format!("{error:#}")));
                eprintln!("`woodcut doctor {folder}` says what is wrong with {folder}");
                unread += 1;
            }
        }
    }
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&reports)?)?;
    } else {
        write!(out, "{}", table(&rows))?;
    }
    Ok(if unread == 0 { Ending::Complete } else { Ending::WithErrors })
}

fn report(project: &Path) -> anyhow::Result<Report> {
    let store = Store::open(project, Options::default())?;
    Ok(Report::of(&store, &dashboard::weights_of(project), &mut Highest::of(project))?)
}

const HEAD: [&str; 5] = ["project", "status", "done", "chapters", "plates"];

/// What a line says of a project.
type Row = [String; 5];

fn row(report: &Report) -> Row {
    let status = match report.overall {
        Overall::Stalled => Left::of(&report.project, report.illustrate_complete).in_short().into(),
        other => format!("{other}{}", time_left(report.eta_seconds)),
    };
    let drawing = &report.progress.illustration;
    [
        one_line(&report.project.display().to_string()),
        status,
        format!("{:.0} %", report.progress.percentage.floor()),
        format!("{}/{}", drawing.done, report.chapters.len()),
        format!("{}/{}", report.progress.plates, report.progress.concepts),
    ]
}

/// Columns, words to the left and numbers to the right.
fn table(rows: &[Row]) -> String {
    let head = HEAD.map(str::to_owned);
    let all: Vec<&Row> = std::iter::once(&head).chain(rows).collect();
    let width = |nth: usize| all.iter().map(|row| row[nth].chars().count()).max().unwrap_or(0);
    let widths: [usize; 5] = std::array::from_fn(width);
    let line = |row: &&Row| {
        let [a, b, c, d, e] = *row;
        let [w, x, y, z, v] = widths;
        format!("{a:<w$}  {b:<x$}  {c:>y$}  {d:>z$}  {e:>v$}\n")
    };
    all.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_what_is_in_them() {
        let row = |words: [&str; 5]| words.map(str::to_owned);
        let rows = [
            row(["a.woodcut", "running, about 5 min left", "7 %", "1/12", "3/40"]),
            row(["a longer name.woodcut", "completed", "100 %", "12/12", "40/40"]),
        ];
        let expected = "\
project                status                      done  chapters  plates
a.woodcut              running, about 5 min left    7 %      1/12    3/40
a longer name.woodcut  completed                  100 %     12/12   40/40
";
        assert_eq!(table(&rows), expected);
    }
}
