//! What both engines must do alike: the contract of the access layer.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod sharing;
mod transactions;
mod values;

use store::{
    Db, Kind, Migration, Reader, StoreError, Tx, Urgency, Val,
    testing::{TestDb, on_both_with},
};

const SCHEMA: &[Migration] = &[Migration {
    version: 1,
    name: "access",
    text: "create table item (id {int} primary key, name {text} not null unique, note {text}, raw {blob}){strict};
           create table pair (a {int} not null, b {int} not null references item, primary key (a, b)){strict}{without_rowid};
           create table wide (a {int}, b {int}, c {int}, d {int}, e {text}, f {text}, g {text}, h {text}, i {blob}, j {int},
               k {int}){strict};",
}];
const PUT: &str = "insert into item (id, name, note, raw) values ($1, $2, $3, $4)";
const ITEM: &[(&str, Kind)] = &[("id", Kind::Int), ("name", Kind::Text)];
const COUNT: &str = "select count(*) from item";

async fn both(test: impl AsyncFn(TestDb)) {
    on_both_with(SCHEMA, test).await;
}
async fn put(tx: &Tx, id: i64, name: &str) -> Result<u64, StoreError> {
    tx.exec(PUT, &[id.into(), name.into(), Val::Null, Val::Null]).await
}
async fn put_and_commit(db: &Db, id: i64, name: &str) {
    let tx = db.begin(Urgency::Act).await.unwrap();
    put(&tx, id, name).await.unwrap();
    tx.commit().await.unwrap();
}
async fn count<'a>(from: impl Into<Reader<'a>>) -> i64 {
    from.into().query_one(COUNT, &[], |row| row.int(0)).await.unwrap().unwrap()
}
