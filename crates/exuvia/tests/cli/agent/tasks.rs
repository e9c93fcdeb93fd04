//! The tasks of `examples/agent`. Their answers are computed by hand here, for their own data and for other data: no script
//! holds one.

use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use super::events;
use crate::cli::recorded::Place;
use crate::run;

fn example(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/agent").join(path)
}

/// Runs the example of this name on some data. Returns its answer, and the files that it says belong to it.
fn answer(place: &Place, name: &str, data: &Path) -> (Json, Vec<Json>) {
    let script = format!("scripted/{}", example(&format!("{name}/script.toml")).display());
    let data = data.to_str().unwrap();
    let command = ["agent", "a task", "--json", "--model", &script, "--input", data, "--out", "out"];
    let run = run(&mut place.command(&command), b"");
    assert_eq!(run.status, 0, "{}", run.stderr);
    let last = events(&run.stdout).pop().unwrap();
    assert_eq!((&last["event"], &last["reason"]), (&json!("answer"), &json!("done")));
    (last["answer"].clone(), last["written"].as_array().unwrap().clone())
}

#[test]
fn a_table_with_dirty_rows() {
    let place = Place::new();
    let data = example("mountains/mountains.csv");
    // K2, Lhotse, Makalu, Cho Oyu, Manaslu, Nanga Parbat, Gasherbrum I, Broad Peak, Everest in metres; the others in feet.
    let metres: [f64; 9] = [8849., 8611., 8516., 8485., 8188., 8163., 8126., 8080., 8051.];
    let feet: [f64; 3] = [28_169., 26_795., 26_362.];
    let sum: f64 = metres.iter().sum::<f64>() + feet.iter().sum::<f64>() * 0.3048;
    let mean = |sum: f64, count: f64| (sum / count * 10.).round() / 10.;
    assert_eq!(answer(&place, "mountains", &data).0, json!({ "peaks": 12, "mean_height_m": mean(sum, 12.) }));
    let other = format!("{}Mont Blanc,Alps,\"4,806 m\",1786\n", fs::read_to_string(&data).unwrap());
    let other = place.write("mountains.csv", &other);
    let (answer, _) = answer(&place, "mountains", Path::new(&other));
    assert_eq!(answer, json!({ "peaks": 13, "mean_height_m": mean(sum + 4806., 13.) }));
}

#[test]
fn an_archive_of_logs() {
    let place = Place::new();
    let data = example("logs/logs.zip");
    let mut archive = zip::ZipArchive::new(fs::File::open(&data).unwrap()).unwrap();
    let mut logs: Vec<(String, String)> = Vec::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        logs.push((file.name().to_owned(), text));
    }
    // The status is what follows the last quote but four: another way to find it than the script's.
    let mut errors = std::collections::BTreeMap::<&str, u32>::new();
    for line in logs.iter().flat_map(|(_, text)| text.lines()).filter(|line| line.contains(" HTTP/1.1\" ")) {
        if line.split('"').nth(2).unwrap().trim_start().starts_with('5') {
            *errors.entry(line.split(' ').next().unwrap()).or_default() += 1;
        }
    }
    let (worst, count) = errors.iter().max_by_key(|(_, count)| **count).unwrap();
    assert_eq!(answer(&place, "logs", &data).0, json!({ "address": worst, "errors": count, "skipped_lines": 1 }));
    let line = "203.0.113.99 - - [16/Sep/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 502 1 \"-\" \"curl\"\n";
    logs.push(("access-2026-09-16.log".to_owned(), line.repeat(50)));
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in &logs {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    let other = place.path("logs.zip");
    fs::write(&other, writer.finish().unwrap().into_inner()).unwrap();
    let (answer, _) = answer(&place, "logs", Path::new(&other));
    assert_eq!(answer, json!({ "address": "203.0.113.99", "errors": 50, "skipped_lines": 1 }));
}

#[test]
fn a_spreadsheet() {
    let place = Place::new();
    let data = example("expenses/expenses.xlsx");
    let row = |category: &str, sum: f64, limit: f64, share: f64| json!({ "category": category, "sum": sum, "limit": limit, "share": share });
    // 129.9 + 240 + 88 of 400; 35.5 + 61.4 of 120; food is far from its limit.
    let books = row("Books", 96.9, 120., 0.807);
    let (given, files) = answer(&place, "expenses", &data);
    assert_eq!(given, json!([row("Travel", 457.9, 400., 1.145), books]));
    assert_eq!(files, ["out/budget.csv"]);
    let report = fs::read_to_string(place.path("out/budget.csv")).unwrap();
    assert_eq!(
        report,
        "category,sum,limit,share\r\nTravel,457.9,400.0,1.145\r\nBooks,96.9,120.0,0.807\r\nFood,40.35,60.0,0.672\r\n"
    );
    // Another limit for travel.
    let mut from = zip::ZipArchive::new(fs::File::open(&data).unwrap()).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let mut file = from.by_index(index).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        to.start_file(file.name(), zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(text.replace("<v>400</v>", "<v>1000</v>").as_bytes()).unwrap();
    }
    let other = place.path("expenses.xlsx");
    fs::write(&other, to.finish().unwrap().into_inner()).unwrap();
    assert_eq!(answer(&place, "expenses", Path::new(&other)).0, json!([books]));
}

#[test]
fn a_folder_of_notes() {
    let place = Place::new();
    let data = example("notes/garden");
    let broken = ["calendar.md: compost.md", "vegetables/beans.md: maize.md", "vegetables/tomatoes.md: ../compost.md"];
    assert_eq!(answer(&place, "notes", &data).0, json!(broken));
    let other = place.path("garden");
    for folder in ["", "vegetables", "flowers"] {
        let target = Path::new(&other).join(folder);
        fs::create_dir_all(&target).unwrap();
        for entry in fs::read_dir(data.join(folder)).unwrap().map(Result::unwrap) {
            if entry.path().is_file() {
                fs::copy(entry.path(), target.join(entry.file_name())).unwrap();
            }
        }
    }
    fs::write(Path::new(&other).join("compost.md"), "# Compost\n\nTurn it in [summer](calendar.md#summer).\n").unwrap();
    let broken = ["compost.md: calendar.md#summer", "vegetables/beans.md: maize.md"];
    assert_eq!(answer(&place, "notes", Path::new(&other)).0, json!(broken));
}

#[test]
fn a_database() {
    let place = Place::new();
    let data = example("library/library.sqlite");
    let row = |book: &str, reader: &str, days: u32| json!({ "book": book, "reader": reader, "days": days });
    // Lent on 3 June: due on 1 July, 76 days before 15 September. Lent on 1 August: due on the 29th, 17 days before.
    let overdue = [row("Middlemarch", "Ada", 76), row("Walden", "Ada", 17)];
    assert_eq!(answer(&place, "library", &data).0, json!(overdue));
    fs::create_dir(place.path("data")).unwrap();
    fs::copy(&data, place.path("data/library.sqlite")).unwrap();
    let change = "import shutil, sqlite3
shutil.copy('/data/library.sqlite', '/tmp/l')
db = sqlite3.connect('/tmp/l')
db.execute(\"update loans set back = '2026-09-02' where book = 2\")
db.execute(\"insert into loans values (3, 3, '2026-07-01', null)\")
db.commit(); db.close()
shutil.copy('/tmp/l', '/data/library.sqlite')";
    let mount = format!("{}:/data:rw", place.path("data"));
    assert_eq!(place.exuvia(&["run", "--mount", &mount, "-c", change]).stderr, "");
    // Lent on 1 July: due on the 29th, 48 days before 15 September.
    let overdue = [row("Moby-Dick", "Alan", 48), row("Walden", "Ada", 17)];
    assert_eq!(answer(&place, "library", Path::new(&place.path("data/library.sqlite"))).0, json!(overdue));
}
