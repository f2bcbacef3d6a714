//! One round through every function of this contract, written down as text: for tests that compare whole outcomes.
use std::fmt::Debug;

use domain::{
    AccountId, Authority, AuthorityCode, BatchId, BodyId, CertificateId, Concern, Content, Day, Level,
    Object, PairGround, PersonId, Status, StatusWord,
};
use store::{
    Db, Urgency, alike, body,
    certificate::{self, Advance, Filter, Head},
    content::{self, NewRows, Placed, RowTable},
    elsewhere,
    event::{self, Position},
    excerpt::{self, Packed},
    feed, figures, ids,
    inbox::{self, Which},
    item, kin, merge, meta,
    pair::{self, Apart, Pair},
    personal, refusal,
    tables::{self, CodeKind},
    worklist,
};

use crate::{
    contents, refusals,
    sample::{
        OURS, THEIRS, act, at, body as sample_body, branch, capability, code, day, edition,
        event as sample_event, face, head, instrument, item as sample_item, number, signatory, site, staff,
        uscc,
    },
    write,
};

/// What was answered, one paragraph a call.
#[derive(Default)]
struct Log(String);

impl Log {
    fn add(&mut self, what: &str, answer: impl Debug) {
        self.0 += &format!("{what}: {answer:#?}\n");
    }
}

/// Fills an empty store through every writing function, asks every reading one, and returns all answers and all rows.
pub async fn everything(db: &Db) -> String {
    let mut log = Log::default();
    registry(db, &mut log).await;
    fill(db, &mut log).await;
    change(db, &mut log).await;
    bodies(db, &mut log).await;
    heads(db, &mut log).await;
    admissions(db, &mut log).await;
    lists(db, &mut log).await;
    annexes(db, &mut log).await;
    feeds(db, &mut log).await;
    events(db, &mut log).await;
    rows(db, &mut log).await;
    merges(db, &mut log).await;
    log.0
}

async fn registry(db: &Db, log: &mut Log) {
    log.add("ids", ids::take(db, "certificate", 10, Urgency::Act).await.unwrap());
    let authority = |id| Authority {
        id,
        name: "示例市场监督管理局".into(),
        short_name: "示例".into(),
        level: Level::Provincial,
        area: "61".into(),
    };
    let held = AuthorityCode {
        authority: OURS,
        code: "27".parse().unwrap(),
        from: Some(Day::MIN),
        to: Some(Day::MAX),
    };
    let entries = [("07".to_owned(), "示例领域".to_owned())];
    write(db, async |tx| {
        meta::set(tx, "founded_at", "1").await?;
        tables::set_authority(tx, &authority(OURS)).await?;
        tables::set_authority(tx, &authority(THEIRS)).await?;
        tables::set_authority_code(tx, &held).await?;
        tables::set_settings(tx, OURS, "{}").await?;
        tables::fill_codes(tx, CodeKind::Domain, &entries).await?;
        tables::set_code(tx, CodeKind::Division, "610113", "示例区", Some(day(-400)), Some(day(400))).await
    })
    .await;
    log.add("meta", meta::get(db.into(), "founded_at").await.unwrap());
    log.add("epoch", meta::epoch(db.into()).await.unwrap());
    log.add("tables", tables::load(db.into(), day(0)).await.unwrap());
    log.add("settings", tables::settings(db.into(), OURS).await.unwrap());
    log.add("all_settings", tables::all_settings(db.into()).await.unwrap());
    log.add("codes", tables::codes(db.into(), CodeKind::Division, "61", "", 9).await.unwrap());
}

async fn fill(db: &Db, log: &mut Log) {
    for n in [1, 2] {
        let content = Content {
            face: face(n),
            sites: vec![site(1), site(2)],
            capabilities: vec![capability(1), capability(n + 1)],
            signatories: vec![signatory(n)],
            instruments: vec![instrument(n)],
            staff: vec![staff(n)],
        };
        contents::put(db, CertificateId(i64::from(n)), &content).await;
    }
    let heads = [head(1), Head { authority: THEIRS, batch: Some(BatchId(3)), ..head(2) }, head(3)];
    let fresh = sample_item(9);
    write(db, async |tx| {
        body::insert(tx, &[sample_body(1), sample_body(2), branch(3, uscc(9))], at(0)).await?;
        item::insert(tx, 1_000, &[(fresh.hash(), &fresh)]).await?;
        certificate::insert(tx, &heads).await?;
        content::insert_editions(tx, &[edition(1, 1), edition(2, 1), edition(3, 1)]).await?;
        let packed = |id| Packed { certificate: CertificateId(id), edition: 1, bytes: vec![1, 2] };
        excerpt::insert(tx, &[packed(1), packed(2)]).await?;
        excerpt::set(tx, &packed(2)).await?;
        event::append(tx, &[sample_event(1), sample_event(2)]).await
    })
    .await;
    log.add("known", item::known(db.into(), &[fresh.hash()]).await.unwrap());
}

async fn change(db: &Db, log: &mut Log) {
    let id = CertificateId(1);
    let last = content::last_row(db.into(), RowTable::Site, id).await.unwrap();
    log.add("last row", last);
    for table in [RowTable::Scope, RowTable::Signatory, RowTable::Instrument, RowTable::Staff] {
        log.add("last row", content::last_row(db.into(), table, id).await.unwrap());
    }
    let new = face(1);
    let to = Advance { from: 1, body: BodyId(1), contact: None, face: &new, print_due: true };
    write(db, async |tx| {
        certificate::advance(tx, id, &to).await?;
        for table in
            [RowTable::Site, RowTable::Scope, RowTable::Signatory, RowTable::Instrument, RowTable::Staff]
        {
            content::close(tx, table, id, &[last], 2).await?;
        }
        let mut rows = NewRows::default();
        let placed = Placed { row: last + 1, ord: 1024, site_no: 3, person: PersonId(0), value: site(3) };
        rows.site(id, &placed, 2);
        rows.write(tx).await?;
        content::insert_editions(tx, &[edition(1, 2)]).await?;
        body::update(tx, &body::Body { name: "示例新名".into(), ..sample_body(1) }).await?;
        let revoked = Status::Revoked(act(1));
        certificate::set_status(tx, CertificateId(2), StatusWord::Valid, &revoked).await?;
        certificate::succeed(tx, id, CertificateId(3), day(9)).await?;
        certificate::unsucceed(tx, id, CertificateId(3)).await?;
        certificate::succeed(tx, CertificateId(3), CertificateId(1), day(9)).await?;
        event::append(tx, &[sample_event(1)]).await
    })
    .await;
}

async fn bodies(db: &Db, log: &mut Log) {
    log.add("body", body::by_id(db.into(), BodyId(1)).await.unwrap());
    let codes = vec![uscc(1).as_str().to_owned()];
    log.add("bodies", body::by_ids(db.into(), vec![1, 3]).await.unwrap());
    log.add("bodies", body::by_own_usccs(db.into(), codes).await.unwrap());
    log.add("bodies", body::by_name_keys(db.into(), vec![sample_body(1).name_key]).await.unwrap());
    log.add("bodies", body::by_org_codes(db.into(), vec!["ORG000001".into()]).await.unwrap());
    log.add("kin", kin::of_codes(db.into(), vec![uscc(1).to_string(), uscc(9).to_string()]).await.unwrap());
    log.add("issuers", kin::issuers(db.into(), vec![1, 2, 3]).await.unwrap());
    log.add("cards", certificate::cards_of_body(db.into(), BodyId(1)).await.unwrap());
    log.add("sites", kin::sites(db.into(), BodyId(1), day(0)).await.unwrap());
    log.add("periods", kin::periods(db.into(), BodyId(1)).await.unwrap());
    log.add("places", kin::places(db.into(), vec![1, 2, 3], day(0)).await.unwrap());
}

/// Pairs, and a merge that is undone: what was written before stands again.
async fn merges(db: &Db, log: &mut Log) {
    let (one, two) = (BodyId(1), BodyId(2));
    log.add("due pairs", pair::due(db.into(), 9).await.unwrap());
    let both = Pair::of(PairGround::SameName, one, two);
    write(db, async |tx| {
        alike::keep(tx, &[two], vec![(7, two)]).await?;
        pair::keep(tx, &[two], &[(both, vec![String::new()])]).await
    })
    .await;
    log.add("pairs", pair::list(db.into(), ("", OURS), None, 9).await.unwrap());
    let said = Apart { low: one, high: two, at: at(0), by: AccountId(1) };
    log.add("said", write(db, async |tx| pair::say_apart(tx, OURS, &said).await).await);
    log.add("apart", pair::apart(db.into(), OURS, None, 9).await.unwrap());
    log.add("unsaid", write(db, async |tx| pair::unsay_apart(tx, OURS, (one, two)).await).await);
    log.add("held", pair::held(db.into(), vec![1, 2]).await.unwrap().get(&two));
    let merged = write(db, async |tx| {
        body::hold(tx, &[one, two]).await?;
        merge::merge(tx, two, one).await
    });
    log.add("moved", merged.await);
    log.add("merged", body::merged_into(db.into(), vec![1]).await.unwrap());
    log.add("fed merged", all(feed::merged(db)).await);
    log.add("first", merge::merged_first(db.into(), two).await.unwrap());
    log.add("under", merge::merged_under(db.into(), two, one).await.unwrap());
    log.add("back", write(db, async |tx| merge::split(tx, (two, &[]), one, vec![2]).await).await);
}

async fn heads(db: &Db, log: &mut Log) {
    let id = CertificateId(1);
    log.add("head", certificate::by_code(db.into(), code(1)).await.unwrap());
    log.add("head", certificate::by_number(db.into(), &number(1)).await.unwrap());
    log.add("heads", certificate::by_codes(db.into(), vec![code(1).to_string()]).await.unwrap());
    log.add("head", certificate::by_id(db.into(), CertificateId(3)).await.unwrap());
    log.add("heads", certificate::by_numbers(db.into(), vec![number(1).to_string()]).await.unwrap());
    log.add("heads", certificate::of_body(db.into(), BodyId(1)).await.unwrap());
    log.add("heads", certificate::of_bodies(db.into(), vec![1, 2]).await.unwrap());
    log.add("due", alike::due(db.into(), 10).await.unwrap());
    let keys = vec![(7, BodyId(1)), (7, BodyId(3))];
    write(db, async |tx| alike::keep(tx, &[BodyId(1), BodyId(3)], keys).await).await;
    log.add("alike", alike::by_keys(db.into(), vec![7]).await.unwrap());
    log.add("answer", excerpt::by_code(db.into(), code(1)).await.unwrap());
    log.add("answer", excerpt::by_number(db.into(), &number(2)).await.unwrap());
    log.add("no excerpt", excerpt::missing(db.into(), CertificateId(0), 9).await.unwrap());
    log.add("card", certificate::card_by_id(db.into(), id).await.unwrap());
    log.add("numbers", certificate::numbers_of(db.into(), vec![1, 7]).await.unwrap());
    log.add("taken", certificate::taken(db.into(), vec![number(1).to_string()]).await.unwrap());
    log.add("revoked", certificate::revoked_on(db.into(), BodyId(2)).await.unwrap());
    log.add("delivered", certificate::delivered(db.into()).await.unwrap());
    log.add("by status", figures::by_status(db.into(), OURS).await.unwrap());
    log.add("to be printed", figures::print_due(db.into(), OURS).await.unwrap());
    log.add("ending", figures::ending(db.into(), OURS, day(0), Day::MAX).await.unwrap());
}

/// What stands in the way of a grant: refusals, revocations, who signs elsewhere, whose site an address is.
async fn admissions(db: &Db, log: &mut Log) {
    let of = |n| refusals::refusal(n, OURS);
    write(db, async |tx| {
        refusal::insert(tx, &of(1)).await?;
        refusal::insert(tx, &of(2)).await?;
        refusal::take_back(tx, of(2).id, &refusals::end()).await
    })
    .await;
    log.add("refusal", refusal::by_id(db.into(), of(2).id).await.unwrap());
    log.add("refusals", refusal::list(db.into(), Some(OURS), None, 9).await.unwrap());
    log.add("refusals", refusal::list(db.into(), None, Some(of(2).id), 9).await.unwrap());
    log.add("refused", refusal::same(db.into(), &of(1)).await.unwrap());
    let (codes, names) = (vec![uscc(1).to_string()], vec![of(1).name_key]);
    log.add("refused", refusal::of_bodies(db.into(), codes, names, day(-99), 9).await.unwrap());
    log.add("revocations", certificate::revocations(db.into(), vec![1, 2]).await.unwrap());
    log.add("due", elsewhere::is_due(db.into()).await.unwrap());
    let due = elsewhere::due(db.into(), 99).await.unwrap();
    let keys = due.iter().map(|it| (7, it.certificate, it.row)).collect::<Vec<_>>();
    write(db, async |tx| elsewhere::keep(tx, &due, keys).await).await;
    log.add("due", due);
    log.add("standing", elsewhere::standing(db.into(), 7, day(0), 9).await.unwrap());
    log.add("signing", elsewhere::signing_as(db.into(), vec![1, 2], day(0), 9).await.unwrap());
    log.add("signing", elsewhere::signing_named(db.into(), "张示例1", day(0), 9).await.unwrap());
    let (all, addresses) = (PersonId(i64::MAX), (i64::MIN, i64::MAX));
    log.add("last signatory", worklist::last_signatory(db.into()).await.unwrap());
    log.add("several", worklist::sign_for_several(db.into(), PersonId(0), all, day(0)).await.unwrap());
    log.add("address", worklist::address_at(db.into(), addresses.0, 0).await.unwrap());
    log.add("shared", worklist::shared_addresses(db.into(), addresses.0, addresses.1, day(0)).await.unwrap());
    log.add("signers", elsewhere::signers(db.into(), vec![1, 2]).await.unwrap());
    log.add("same", personal::same(db.into(), vec![1, 2]).await.unwrap());
}

/// A filter for every way a list is driven.
pub fn filters() -> [(&'static str, Filter); 5] {
    let ours = Filter { authority: Some(OURS), ..Filter::default() };
    [
        ("all", Filter::default()),
        ("of an authority", ours.clone()),
        ("to be printed", Filter { print_due: true, ..ours.clone() }),
        ("of a number", Filter { number: number(1).to_string(), ..ours.clone() }),
        ("of a batch", Filter { batch: Some(BatchId(3)), ..Filter::default() }),
    ]
}

async fn lists(db: &Db, log: &mut Log) {
    for (name, filter) in filters() {
        log.add(name, certificate::list(db.into(), &filter, None, 9).await.unwrap());
        log.add(name, certificate::count(db.into(), &filter).await.unwrap());
        log.add(name, certificate::ids(db.into(), &filter, 0, 9).await.unwrap());
    }
}

async fn annexes(db: &Db, log: &mut Log) {
    let id = CertificateId(1);
    log.add("rows of edition 1", content::rows(db.into(), id, 1).await.unwrap());
    log.add("rows of edition 2", content::rows(db.into(), id, 2).await.unwrap());
    log.add("counted", content::count_capabilities(db.into(), id, 1).await.unwrap());
    log.add("editions", content::editions(db.into(), id).await.unwrap());
    log.add("edition", content::edition_of(db.into(), id, 2).await.unwrap());
}

/// What the index is fed with: streams over all, and the same of a few.
async fn feeds(db: &Db, log: &mut Log) {
    let last = feed::last_certificate(db.into()).await.unwrap();
    log.add("fed bodies", all(feed::bodies(db)).await);
    log.add("fed heads", all(feed::heads(db)).await);
    log.add("fed names", all(feed::names(db, 0, last)).await);
    log.add("fed places", all(feed::places(db, 0, last)).await);
    log.add("fed told", all(feed::told(db)).await);
    log.add("fed items", all(feed::items(db)).await);
    log.add("fed capabilities", all(feed::capabilities(db, 0, last)).await);
    log.add("fed instruments", all(feed::instruments(db, 0, last)).await);
    log.add("fed signatories", all(feed::signatories(db, 0, last)).await);
    log.add("fed staff", all(feed::staff(db, 0, last)).await);
    let some = || vec![1, 3];
    log.add("fed places", feed::places_of(db.into(), some()).await.unwrap());
    log.add("fed names", feed::names_of(db.into(), some()).await.unwrap());
    log.add("fed capabilities", feed::capabilities_of(db.into(), some()).await.unwrap());
    log.add("fed instruments", feed::instruments_of(db.into(), some()).await.unwrap());
    log.add("fed signatories", feed::signatories_of(db.into(), some()).await.unwrap());
    log.add("fed staff", feed::staff_of(db.into(), some()).await.unwrap());
    log.add("happened", feed::happened(db.into(), Position { epoch: 0, number: 0 }, 9).await.unwrap());
}

async fn all<T>(mut rows: store::Rows<T>) -> Vec<T> {
    let mut out = Vec::new();
    while let Some(row) = rows.next().await.unwrap() {
        out.push(row);
    }
    out
}

async fn events(db: &Db, log: &mut Log) {
    log.add("events", event::of_object(db.into(), Object::Certificate, 1, 9).await.unwrap());
    let before = event::last(db.into()).await.unwrap();
    log.add("events", event::of_authority(db.into(), OURS, Some(before), 9).await.unwrap());
    log.add("events", event::of_objects(db.into(), Object::Certificate, vec![1, 2]).await.unwrap());
    let tell = [(OURS, Concern::Body), (THEIRS, Concern::Site)];
    write(db, async |tx| inbox::insert(tx, before, (CertificateId(1), THEIRS), &tell).await).await;
    log.add("letters", inbox::list(db.into(), OURS, Which::All, None, 9).await.unwrap());
    log.add("unread", inbox::list(db.into(), OURS, Which::Unread, None, 9).await.unwrap());
    log.add("unread", inbox::unread(db.into(), OURS).await.unwrap());
    log.add("told", inbox::after(db.into(), OURS, Position { epoch: 0, number: 0 }, 9).await.unwrap());
    log.add("told", kin::told(db.into(), vec![1, 2]).await.unwrap());
    let by = (at(9), AccountId(1));
    log.add("marked", write(db, async |tx| inbox::mark(tx, OURS, before, by).await).await);
    log.add("marked", write(db, async |tx| inbox::mark_up_to(tx, THEIRS, before, by).await).await);
    log.add("last", before);
}

macro_rules! tables {
    ($($name:literal)*) => {[$(
        ($name, concat!("select * from ", $name, " order by 1, 2, 3")),
    )*]};
}

/// Every cell of every table, as bytes.
async fn rows(db: &Db, log: &mut Log) {
    let all = tables!(
        "authority" "authority_code" "body" "certificate" "code_entry" "edition" "event" "inbox" "instrument" "item"
        "refusal" "scope" "signatory" "site" "staff"
    );
    for (name, sql) in all {
        let cells = db.query(sql, &[], |row| {
            let mut cells = Vec::new();
            for column in 0.. {
                // The readers refuse another type, and a column beyond the last one.
                let text = row.opt_text(column).map(|it| format!("{it:?}"));
                let int = row.opt_int(column).map(|it| format!("{it:?}"));
                let blob = row.opt_blob(column).map(|it| format!("{it:?}"));
                match text.or(int).or(blob) {
                    Ok(cell) => cells.push(cell),
                    Err(_) => break,
                }
            }
            Ok(cells.join(" "))
        });
        let cells = cells.await.unwrap();
        assert!(!cells.is_empty(), "{name} must hold something");
        log.add(name, cells);
    }
}
