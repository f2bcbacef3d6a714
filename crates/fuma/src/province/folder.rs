//! What the simulator keeps: two files that only grow, a line for every item that goes out and a line for every answer that
//! comes in. A line is on the disk before the next step is taken, so that a simulator that was killed sends what it had
//! sent, under the same record ids, and no answer is forgotten.

use anyhow::{Context, Result, bail};
use domain::Day;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

/// What a run is made of: with it everything else is made again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// AA of the province.
    pub authority: String,
    /// Seed of its cases.
    pub seed: u64,
    /// Share of cases that are wrong at first.
    pub mistakes: f64,
    /// The day on which it began.
    pub today: Day,
}

/// An item that goes out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    /// Which case.
    pub n: u64,
    /// 1 for what was typed at first, 2 and on for what was mended.
    pub attempt: u32,
    /// What goes out.
    pub item: Value,
}

/// An answer that came in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// Which case.
    pub n: u64,
    /// Which attempt it answers.
    pub attempt: u32,
    /// Result of the item, as it came.
    pub result: Value,
}

/// A file that only grows.
struct Lines {
    path: PathBuf,
    file: File,
}

impl Lines {
    /// Opens it, reads what is there, and takes a line away that was not finished.
    fn open<T: DeserializeOwned>(path: PathBuf, each: &mut impl FnMut(T)) -> Result<Lines> {
        let failed = || format!("文件 {} 打不开", path.display());
        let file =
            OpenOptions::new().create(true).read(true).append(true).open(&path).with_context(failed)?;
        let (mut reader, mut line, mut good) = (BufReader::new(&file), Vec::new(), 0);
        while reader.read_until(b'\n', &mut line).with_context(failed)? > 0 {
            if line.last() != Some(&b'\n') {
                break;
            }
            let read = serde_json::from_slice(&line);
            each(read.with_context(|| format!("文件 {} 第{good}字节后的一行读不懂", path.display()))?);
            good += line.len() as u64;
            line.clear();
        }
        file.set_len(good).with_context(failed)?;
        Ok(Lines { path, file })
    }

    /// Adds lines; they are on the disk when it returns.
    fn append<T: Serialize>(&mut self, lines: &[T]) -> Result<()> {
        let mut bytes = Vec::new();
        for line in lines {
            serde_json::to_writer(&mut bytes, line)?;
            bytes.push(b'\n');
        }
        let written = self.file.write_all(&bytes).and_then(|()| self.file.sync_data());
        written.with_context(|| format!("文件 {} 写不进去", self.path.display()))
    }
}

/// The folder of a run.
pub struct Folder {
    sent: Lines,
    answers: Lines,
}

/// What a folder held when it was opened.
#[derive(Debug, Default)]
pub struct Before {
    /// Every answer, in the order in which they came.
    pub answers: Vec<Answered>,
    /// What went out last for a case and was not answered.
    pub open: BTreeMap<u64, Sent>,
}

impl Folder {
    /// Opens a folder, or makes it for a run.
    ///
    /// # Errors
    /// A folder of another run, and what the file system says.
    pub fn open(path: &Path, run: &Run) -> Result<(Folder, Run, Before)> {
        std::fs::create_dir_all(path).with_context(|| format!("文件夹 {} 建不了", path.display()))?;
        let run = settled(path, run)?;
        let mut before = Before::default();
        let answers = Lines::open(path.join("answers.ndjson"), &mut |it| before.answers.push(it))?;
        let last: BTreeMap<u64, u32> = before.answers.iter().map(|it| (it.n, it.attempt)).collect();
        let sent = Lines::open(path.join("sent.ndjson"), &mut |it: Sent| {
            if last.get(&it.n).is_none_or(|answered| *answered < it.attempt) {
                before.open.insert(it.n, it);
            }
        })?;
        Ok((Folder { sent, answers }, run, before))
    }

    /// Keeps what is about to go out.
    pub fn sent(&mut self, items: &[Sent]) -> Result<()> {
        self.sent.append(items)
    }

    /// Keeps what came in.
    pub fn answered(&mut self, answers: &[Answered]) -> Result<()> {
        self.answers.append(answers)
    }
}

/// The run of the folder; a new folder becomes one of this run.
fn settled(path: &Path, run: &Run) -> Result<Run> {
    let file = path.join("run.json");
    match std::fs::read(&file) {
        Ok(bytes) => {
            let known: Run = serde_json::from_slice(&bytes)
                .with_context(|| format!("文件 {} 读不懂，请换一个文件夹", file.display()))?;
            if (known.seed, &known.authority, known.mistakes) != (run.seed, &run.authority, run.mistakes) {
                bail!(
                    "文件夹 {} 里是另一次模拟（种子{}，机关代码{}，出错比例{}）；请用同样的参数继续，或换一个文件夹",
                    path.display(),
                    known.seed,
                    known.authority,
                    known.mistakes
                );
            }
            Ok(known)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let kept = File::create(&file).and_then(|mut made| {
                made.write_all(serde_json::to_string(run)?.as_bytes())?;
                made.sync_all()
            });
            kept.with_context(|| format!("文件 {} 写不进去", file.display()))?;
            Ok(run.clone())
        }
        Err(error) => Err(error).with_context(|| format!("文件 {} 读不出来", file.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run() -> Run {
        Run { authority: "27".into(), seed: 7, mistakes: 0.1, today: Day::new(2026, 11, 22).unwrap() }
    }

    fn sent(n: u64, attempt: u32) -> Sent {
        Sent { n, attempt, item: json!({ "record_id": format!("P-{n}"), "name": "示例\n检测" }) }
    }

    #[test]
    fn what_went_out_without_an_answer_is_found_again_also_behind_a_torn_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let (mut kept, ..) = Folder::open(path, &run()).unwrap();
        kept.sent(&[sent(0, 1), sent(1, 1), sent(2, 1)]).unwrap();
        let answer = |n, attempt| Answered { n, attempt, result: json!({ "outcome": "error" }) };
        kept.answered(&[answer(0, 1), answer(1, 1)]).unwrap();
        kept.sent(&[sent(1, 2)]).unwrap();
        drop(kept);
        for name in ["sent.ndjson", "answers.ndjson"] {
            let mut file = OpenOptions::new().append(true).open(path.join(name)).unwrap();
            file.write_all(b"{\"n\":3,\"att").unwrap();
        }
        let later = Run { today: Day::new(2026, 12, 1).unwrap(), ..run() };
        let (mut kept, known, before) = Folder::open(path, &later).unwrap();
        assert_eq!(known, run(), "the day on which it began stays");
        assert_eq!(before.answers, [answer(0, 1), answer(1, 1)]);
        assert_eq!(before.open.into_values().collect::<Vec<_>>(), [sent(1, 2), sent(2, 1)]);
        kept.answered(&[answer(2, 1)]).unwrap();
        drop(kept);
        let (.., before) = Folder::open(path, &run()).unwrap();
        assert_eq!((before.answers.len(), before.open.len()), (3, 1));
    }

    #[test]
    fn a_folder_of_another_run_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        Folder::open(folder.path(), &run()).unwrap();
        let other = Run { seed: 8, ..run() };
        let refused = Folder::open(folder.path(), &other).err().unwrap();
        assert!(refused.to_string().contains("另一次模拟"), "{refused}");
    }
}
