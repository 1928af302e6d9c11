//! A PostgreSQL server for tests: the one that an environment variable names, or one of our own on a socket.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
};

use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, postgres::PgConnectOptions, raw_sql};

/// The address of a server's database, of somebody who may make databases there: `postgres:///postgres?host=…`.
const SERVER: &str = "GONGCHE_TEST_POSTGRES";

/// Starts a server that lives as long as its standard input: until the tests are over, however they end.
const START: &str = r#"
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
initdb -D "$folder/data" -A trust -U gongche -E UTF8 --locale=C -N >/dev/null
postgres -D "$folder/data" -k "$folder" -h '' -F >/dev/null 2>&1 </dev/null &
server=$!
until pg_isready -q -h "$folder" -U gongche -d postgres; do kill -0 $server; sleep 0.05; done
echo "$folder"
cat >/dev/null
kill -INT $server
wait $server || true
"#;

static ADDRESS: LazyLock<Option<String>> = LazyLock::new(|| match std::env::var(SERVER) {
    Ok(address) => Some(address),
    Err(_) => start(),
});

/// An empty database of its own; nothing where there is no server, which is said.
pub(crate) fn database() -> Option<PathBuf> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let Some(server) = ADDRESS.as_ref() else {
        println!("skipped: no PostgreSQL; install it, or name a server in {SERVER}");
        return None;
    };
    let name = format!("gongche_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    run(server, &format!("CREATE DATABASE {name}"));
    // A socket's folder stands after the question mark, and has strokes of its own.
    let (path, settings) = server.split_once('?').unwrap_or((server, ""));
    let (host, _) = path.rsplit_once('/').unwrap();
    Some(PathBuf::from(format!("{host}/{name}?{settings}")))
}

/// Does to a database what the ledger never would, with nothing checked.
pub(crate) fn raw(database: &Path, sql: &str) {
    run(database.to_str().unwrap(), &format!("SET session_replication_role = replica; {sql}"));
}

/// The one number that a query answers.
pub(crate) fn count(database: &Path, sql: &str) -> i64 {
    block(async {
        let mut connection = options(database.to_str().unwrap()).connect().await.unwrap();
        let number = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        number
    })
}

fn run(address: &str, sql: &str) {
    block(async {
        let mut connection = options(address).connect().await.unwrap();
        raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}

fn options(address: &str) -> PgConnectOptions {
    address.parse().unwrap()
}

fn block<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// A server of our own, where the programs for it are installed.
fn start() -> Option<String> {
    let programs = programs()?;
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap_or_default());
    // PostgreSQL refuses to run as root; its package brings a user for it.
    let is_root = Command::new("id").arg("-u").output().ok()?.stdout == b"0\n";
    let mut command = if is_root { Command::new("runuser") } else { Command::new("sh") };
    if is_root {
        command.args(["-u", "postgres", "--", "sh"]);
    }
    command.args(["-c", START]).env("PATH", path).current_dir("/");
    let mut server = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().ok()?;
    let mut folder = String::new();
    BufReader::new(server.stdout.take()?).read_line(&mut folder).ok()?;
    keep(server);
    let folder = folder.trim();
    (!folder.is_empty()).then(|| format!("postgres://gongche@localhost/postgres?host={folder}"))
}

/// Keeps the server's input open until we end.
fn keep(server: Child) {
    static SERVERS: std::sync::Mutex<Vec<Child>> = std::sync::Mutex::new(Vec::new());
    SERVERS.lock().unwrap().push(server);
}

/// Where `initdb` and `postgres` are: Debian keeps them apart, one folder for each version.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|entry| entry.path().join("bin")).collect();
    folders.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders.extend(std::env::split_paths(&path));
    folders.into_iter().rev().find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}
