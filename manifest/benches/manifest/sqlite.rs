//! SQLite as one would use it for this: WAL, synchronous=FULL, BEGIN IMMEDIATE, prepared statements.

use std::path::Path;
use std::time::Duration;

use manifest::{Manifest, Status};
use rusqlite::{Connection, TransactionBehavior, params};

use crate::Outcome;
use crate::engines::Engine;

pub struct Sqlite(Connection);

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    CREATE TABLE book (serial INTEGER NOT NULL);
    CREATE TABLE chapter (
        number INTEGER PRIMARY KEY, status TEXT NOT NULL, title TEXT NOT NULL,
        worker TEXT, token INTEGER, attempts INTEGER NOT NULL, claimed_at TEXT);
    CREATE INDEX by_status ON chapter (status, number);
    CREATE TABLE plate (chapter INTEGER, concept INTEGER, file TEXT, key TEXT,
        PRIMARY KEY (chapter, concept));
    INSERT INTO book VALUES (0);
";

impl Sqlite {
    pub fn open(folder: &Path) -> Outcome<Self> {
        let connection = Connection::open(folder.join("book.sqlite"))?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.busy_timeout(Duration::from_secs(60))?;
        Ok(Self(connection))
    }

    pub fn prepare(folder: &Path, manifest: &Manifest) -> Outcome<()> {
        let mut connection = Connection::open(folder.join("book.sqlite"))?;
        connection.execute_batch(SCHEMA)?;
        let transaction = connection.transaction()?;
        for (number, chapter) in manifest.chapters() {
            let row = "INSERT INTO chapter VALUES (?1, ?2, ?3, NULL, NULL, 0, NULL)";
            let status = chapter.state.status().to_string();
            transaction.execute(row, params![number.0, status, chapter.title])?;
            for concept in 1..=3 {
                let Some(plate) = chapter.plate(concept) else { continue };
                let row = "INSERT INTO plate VALUES (?1, ?2, ?3, ?4)";
                transaction.execute(row, params![number.0, concept, plate.file, plate.key])?;
            }
        }
        transaction.commit()?;
        Ok(())
    }
}

impl Engine for Sqlite {
    fn claim(&mut self) -> Outcome<(u32, u64)> {
        let transaction = self.0.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let next = "SELECT number FROM chapter WHERE status = ?1 ORDER BY number LIMIT 1";
        let pending = Status::Pending.to_string();
        let chapter: u32 =
            transaction.prepare_cached(next)?.query_row([pending], |row| row.get(0))?;
        let serial = "UPDATE book SET serial = serial + 1 RETURNING serial";
        let token: i64 = transaction.prepare_cached(serial)?.query_row([], |row| row.get(0))?;
        let take = "UPDATE chapter SET status = ?1, worker = ?2, token = ?3,
            attempts = attempts + 1, claimed_at = datetime('now') WHERE number = ?4";
        let (status, worker) = (Status::Analyzing.to_string(), std::process::id().to_string());
        transaction.prepare_cached(take)?.execute(params![status, worker, token, chapter])?;
        transaction.commit()?;
        Ok((chapter, u64::try_from(token)?))
    }

    fn give_back(&mut self, (chapter, token): (u32, u64)) -> Outcome<()> {
        let transaction = self.0.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.prepare_cached("UPDATE book SET serial = serial + 1")?.execute([])?;
        let give = "UPDATE chapter SET status = ?1, worker = NULL, token = NULL,
            attempts = attempts - 1 WHERE number = ?2 AND token = ?3";
        let pending = Status::Pending.to_string();
        let token = i64::try_from(token)?;
        let changed =
            transaction.prepare_cached(give)?.execute(params![pending, chapter, token])?;
        transaction.commit()?;
        if changed == 1 { Ok(()) } else { Err("the claim was lost".into()) }
    }
}
