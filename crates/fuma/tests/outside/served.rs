//! A registry in a folder of its own, made, filled and served by the real binary.

use super::web::{self, Officer};
use rusqlite::{Connection, OpenFlags};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Login of the one account: 许可人员 of 陕西.
pub const LOGIN: &str = "shaanxi";
/// The administrator who opens the accounts of officers.
const KEEPER: &str = "guanli-ceshi";
/// Its password.
pub const PASSWORD: &str = "yuLuo#27shan";

/// The registry.
pub struct Place {
    folder: TempDir,
    /// Address of its database; none: the file in the folder.
    database: Option<String>,
}

/// A process that never outlives its test.
pub struct Running(Child);

impl Running {
    /// As `kill -9` does, at once.
    pub fn kill(mut self) {
        self.0.kill().expect("it is ours");
        self.0.wait().expect("it is ours");
    }

    /// Tells it to end in its own time, as the system does; whether it ended well.
    pub fn stop(&mut self) -> bool {
        let told = Command::new("kill").arg(self.0.id().to_string()).status().expect("kill is there");
        told.success() && self.end()
    }

    /// Waits for its end.
    pub fn end(&mut self) -> bool {
        self.0.wait().expect("it is ours").success()
    }

    /// Whether it has come to its end.
    pub fn ended(&mut self) -> bool {
        self.0.try_wait().expect("it is ours").is_some()
    }

    /// Starts a program quietly.
    pub fn start(command: &mut Command) -> std::io::Result<Running> {
        Running::start_as(command.stdout(Stdio::null()).stderr(Stdio::null()))
    }

    /// A program that was started.
    pub fn of(child: Child) -> Running {
        Running(child)
    }

    /// Starts a program that says where it speaks to.
    pub fn start_as(command: &mut Command) -> std::io::Result<Running> {
        command.stdin(Stdio::null()).spawn().map(Running)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to stop.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a free port");
    listener.local_addr().expect("it is bound").port()
}

/// Waits until `what` is so.
pub fn until(what: &str, mut is: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is() {
        assert!(began.elapsed() < Duration::from_secs(90), "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(15));
    }
}

impl Place {
    /// A folder whose settings say that everything is for show, and that nobody is asked how often he comes: the tests are
    /// one address.
    pub fn empty() -> Place {
        let place = Place { folder: tempfile::tempdir().expect("a folder"), database: None };
        place.set("demo = true\nlimits.free_per_minute = 0\n");
        place
    }

    /// Writes the settings.
    pub fn set(&self, settings: &str) {
        std::fs::write(self.path("fuma.toml"), settings).expect("the folder can be written");
    }

    /// The same folder with its registry in another database.
    pub fn in_database(self, address: &str) -> Place {
        Place { database: Some(address.to_owned()), ..self }
    }

    /// A founded registry with one account that may assign.
    pub fn open() -> Place {
        let place = Place::empty();
        std::fs::write(place.path("password"), PASSWORD).expect("the folder can be written");
        place.ok(&["init"]);
        place.account(LOGIN, "licensing");
        place
    }

    /// An account of 陕西 with the password of the tests, opened by its administrator, who is there from the first one on.
    pub fn account(&self, login: &str, role: &str) {
        let words = ["account", "create", login, "--name", "张示例", "--authority", "27", "--role", role];
        let keeper = self.path("password").display().to_string();
        let by = ["--as", KEEPER, "--password-file", &keeper];
        let made = match role {
            "administrator" => self.ok(&words),
            _ => {
                if !self.path("kept").exists() {
                    self.account(KEEPER, "administrator");
                    std::fs::write(self.path("kept"), "").expect("the folder can be written");
                }
                self.ok(&[&words[..], &by[..]].concat())
            }
        };
        let once = made.rsplit('：').next().unwrap_or_default().trim().to_owned();
        let (server, port) = self.serve();
        let officer = Officer::sign_in(port, login, &once);
        let typed = [("old", once.as_str()), ("new", PASSWORD), ("repeat", PASSWORD)];
        let reply = officer.post("/office/password", &typed).expect("the server answers");
        assert_eq!(reply.status, 303, "{}", reply.body);
        server.kill();
    }

    /// A file in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program with this folder.
    pub fn fuma(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fuma"));
        command.arg("--data").arg(self.folder.path()).args(words);
        for name in [
            "FUMA_LISTEN",
            "FUMA_PUBLIC_URL",
            "FUMA_DATABASE",
            "FUMA_SANDBOX_DATABASE",
            "FUMA_DATA",
            "FUMA_ACCOUNT",
        ] {
            command.env_remove(name);
        }
        command.envs(self.database.iter().map(|address| ("FUMA_DATABASE", address)));
        command
    }

    /// Runs it to its end.
    pub fn run(&self, words: &[&str]) -> Output {
        self.fuma(words).stdin(Stdio::null()).output().expect("the program starts")
    }

    /// Runs it; it must succeed. What it says.
    pub fn ok(&self, words: &[&str]) -> String {
        let output = self.run(words);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{words:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
        said
    }

    /// The import of files of the folder, as a command.
    pub fn import(&self, files: &[&str]) -> Command {
        let mut command = self.fuma(&["import", "--as", LOGIN, "--password-file"]);
        command.arg(self.path("password")).args(files.iter().map(|name| self.path(name)));
        command
    }

    /// The server, answering.
    pub fn serve(&self) -> (Running, u16) {
        let port = free_port();
        let mut server = Running::start(&mut self.fuma(&["serve", "--listen", &format!("127.0.0.1:{port}")]))
            .expect("it starts");
        until("the server answers", || {
            assert!(!server.ended(), "the server ended by itself");
            web::ask(port, "GET", "/healthz", &[], b"").is_ok_and(|reply| reply.status == 200)
        });
        (server, port)
    }

    /// The first column of the first row of a question to the database, asked past the program.
    pub fn number(&self, sql: &str) -> i64 {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let database =
            Connection::open_with_flags(self.path("fuma.db"), flags).expect("the database is there");
        database.busy_timeout(Duration::from_secs(10)).expect("a setting");
        database.query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Puts something in the registry that no command makes.
    pub fn plant(&self, sql: &str) {
        let database = Connection::open(self.path("fuma.db")).expect("the database is there");
        database.execute_batch(sql).expect(sql);
    }

    /// The first column of all rows.
    pub fn texts(&self, sql: &str) -> Vec<String> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let database =
            Connection::open_with_flags(self.path("fuma.db"), flags).expect("the database is there");
        let mut statement = database.prepare(sql).expect(sql);
        let rows = statement.query_map([], |row| row.get(0)).expect(sql);
        rows.map(|row| row.expect(sql)).collect()
    }
}
