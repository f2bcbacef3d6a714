//! What the store knows of itself: its identity and its epoch.

use crate::{Reader, Result, Tx};

/// A value of `meta`.
pub async fn get(reader: Reader<'_>, key: &'static str) -> Result<Option<String>> {
    reader
        .query_one("select value from meta where key = $1", &[key.into()], |row| Ok(row.text(0)?.to_owned()))
        .await
}

/// Sets a value of `meta`.
pub async fn set(tx: &Tx, key: &'static str, value: &str) -> Result<()> {
    let sql = "insert into meta (key, value) values ($1, $2) on conflict (key) do update set value = $2";
    tx.exec_one(sql, &[key.into(), value.into()]).await
}

/// Moves a value on from what it was (`None`: not set yet); whether nobody else was faster.
pub async fn advance(tx: &Tx, key: &'static str, from: Option<&str>, to: &str) -> Result<bool> {
    let changed = match from {
        Some(from) => {
            let sql = "update meta set value = $3 where key = $1 and value = $2";
            tx.exec(sql, &[key.into(), from.into(), to.into()]).await?
        }
        None => {
            let sql = "insert into meta (key, value) values ($1, $2) on conflict (key) do nothing";
            tx.exec(sql, &[key.into(), to.into()]).await?
        }
    };
    Ok(changed == 1)
}

/// The epoch: raised by a restore or by a promotion that may have lost something; 1 at first.
pub async fn epoch(reader: Reader<'_>) -> Result<i64> {
    Ok(get(reader, "epoch").await?.and_then(|text| text.parse().ok()).unwrap_or(1))
}
