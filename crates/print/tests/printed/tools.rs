//! The programs that look at finished files from outside. A missing one fails the test with the command that installs it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const INSTALL: &str = "apt-get install -y poppler-utils qpdf zbar-tools";

/// Runs a program; panics if it is not installed.
fn run(program: &str, arguments: &[&str]) -> Output {
    let output = Command::new(program).args(arguments).output();
    output.unwrap_or_else(|error| panic!("{program} cannot be run ({error}): {INSTALL}"))
}

fn path(path: &Path) -> &str {
    path.to_str().expect("test folders have plain names")
}

/// Keeps a sheet where the pictures of this run are wanted.
pub fn keep(name: &str, bytes: &[u8]) {
    if let Some(folder) = std::env::var_os("FUMA_GALLERY") {
        let folder = PathBuf::from(folder);
        std::fs::create_dir_all(&folder).expect("the gallery can be made");
        std::fs::write(folder.join(format!("{name}.pdf")), bytes).expect("the gallery takes a file");
    }
}

/// A PDF in a folder of its own.
pub struct Looked {
    dir: tempfile::TempDir,
    file: PathBuf,
}

impl Looked {
    pub fn new(bytes: &[u8]) -> Looked {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let file = dir.path().join("looked.pdf");
        std::fs::write(&file, bytes).expect("the temporary folder takes a file");
        Looked { dir, file }
    }

    /// qpdf finds nothing wrong.
    pub fn check(&self) {
        let output = run("qpdf", &["--check", path(&self.file)]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }

    /// The text of each page in drawing order, without white space.
    pub fn pages(&self) -> Vec<String> {
        let output = run("pdftotext", &["-raw", "-enc", "UTF-8", path(&self.file), "-"]);
        let text = String::from_utf8(output.stdout).expect("pdftotext writes UTF-8");
        let squeeze = |page: &str| page.chars().filter(|c| !c.is_whitespace()).collect();
        text.trim_end_matches('\u{c}').split('\u{c}').map(squeeze).collect()
    }

    /// What pdfinfo says.
    pub fn info(&self) -> String {
        String::from_utf8_lossy(&run("pdfinfo", &[path(&self.file)]).stdout).into_owned()
    }

    /// Fonts and their properties.
    pub fn fonts(&self) -> String {
        String::from_utf8_lossy(&run("pdffonts", &[path(&self.file)]).stdout).into_owned()
    }

    /// Left and top in points of the first word on the first page that is exactly this text.
    pub fn place(&self, word: &str) -> (f32, f32) {
        let output = run("pdftotext", &["-bbox", "-l", "1", path(&self.file), "-"]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = text
            .lines()
            .find(|l| l.contains(&format!(">{word}<")))
            .unwrap_or_else(|| panic!("no word {word}"));
        let number = |name: &str| {
            let after = line.split_once(name).expect("pdftotext -bbox gives the box").1;
            after.split('"').nth(1).and_then(|n| n.parse().ok()).expect("a number")
        };
        (number("xMin"), number("yMin"))
    }

    /// Boxes of the lines on a page, in points: left, top, right, bottom, and what stands there.
    pub fn lines(&self, page: usize) -> Vec<([f32; 4], String)> {
        let page = page.to_string();
        let output = run("pdftotext", &["-bbox-layout", "-f", &page, "-l", &page, path(&self.file), "-"]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut lines = Vec::new();
        for line in text.lines().map(str::trim) {
            if line.starts_with("<line ") {
                let number =
                    |n: usize| line.split('"').nth(n).and_then(|n| n.parse().ok()).expect("a number");
                lines.push(([number(1), number(3), number(5), number(7)], String::new()));
            } else if let (Some((_, said)), Some((_, word))) = (lines.last_mut(), line.split_once('>'))
                && line.starts_with("<word ")
            {
                said.push_str(word.trim_end_matches("</word>"));
            }
        }
        lines
    }

    /// The page as a grey picture; `window` is x, y, width, height in millimetres.
    pub fn picture(&self, page: usize, dpi: u32, window: Option<[f32; 4]>) -> PathBuf {
        let base = self.dir.path().join(format!("page{page}-{dpi}"));
        let page = page.to_string();
        let mut arguments: Vec<String> =
            ["-gray", "-singlefile", "-f", &page, "-l", &page, "-r", &dpi.to_string()]
                .map(str::to_owned)
                .to_vec();
        if let Some(window) = window {
            let pixels = window.map(|mm| (mm / 25.4 * dpi as f32).round().to_string());
            for (name, value) in ["-x", "-y", "-W", "-H"].into_iter().zip(pixels) {
                arguments.extend([name.to_owned(), value]);
            }
        }
        arguments.extend([path(&self.file).to_owned(), path(&base).to_owned()]);
        let output = run("pdftoppm", &arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        base.with_extension("pgm")
    }
}

/// All QR texts zbar reads in a picture.
pub fn zbar(picture: &Path) -> Vec<String> {
    let output = run("zbarimg", &["--raw", "-q", "-Sdisable", "-Sqrcode.enable", path(picture)]);
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

/// The Python that has zxing-cpp: `FUMA_TEST_PYTHON`, else the one of `target/test-tools`, else `python3`.
fn python() -> String {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/test-tools/bin/python");
    let found = if Path::new(own).exists() { own } else { "python3" };
    std::env::var("FUMA_TEST_PYTHON").unwrap_or_else(|_| found.into())
}

/// All QR texts ZXing reads in a grey picture (PGM).
pub fn zxing(picture: &Path) -> Vec<String> {
    const SCRIPT: &str = "
import sys, zxingcpp
data = open(sys.argv[1], 'rb').read()
magic, size, depth, pixels = data.split(b'\\n', 3)
width, height = map(int, size.split())
image = memoryview(pixels).cast('B', (height, width))
for found in zxingcpp.read_barcodes(image): print(found.text)
";
    let python = python();
    let output = run(&python, &["-c", SCRIPT, path(picture)]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{python} cannot read codes: {error}\npython3 -m venv target/test-tools && target/test-tools/bin/pip install zxing-cpp"
    );
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}
