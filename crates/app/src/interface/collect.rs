//! 归集: finished certificates and annexes as the province made and sealed them, checked against the digest that came along
//! and kept by content hash, byte for byte.

use super::answer::{Effect, ItemAnswer, Kept, Sent, failed_as};
use super::item::{Fault, record_id_is_good};
use super::status::{kept, unknown};
use crate::import::blocking;
use crate::{App, AppError, Ctx, Result};
use domain::{Action, EventKind, Number, Object};
use serde::Serialize;
use sha2::{Digest, Sha256};
use sm3::Sm3;
use std::io::Cursor;
use store::Urgency;
use store::certificate::Head;
use store::collected::Collected;

/// Largest file, bytes.
pub const MOST_FILE: usize = 50 << 20;
/// Bytes of a stored part: a transaction of a few milliseconds.
const PART: usize = 1 << 20;

/// What comes with a file.
#[derive(Clone, Debug, Default)]
pub struct CollectAsk {
    /// The caller's id of it.
    pub record_id: String,
    /// `certificate` or `annex`.
    pub part: String,
    /// `pdf` or `ofd`.
    pub format: String,
    /// SHA-256 of the file, hex; empty if SM3 is given.
    pub sha256: String,
    /// SM3 of the file, hex; empty if SHA-256 is given.
    pub sm3: String,
}

/// A kept file as systems see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the interface standard")]
pub struct CollectedFile {
    pub file: String,
    pub sm3: String,
    pub edition: u32,
    pub part: String,
    pub format: String,
    pub size: u64,
    pub record_id: String,
    pub recorded_at: String,
}

/// A file with its digests.
struct Hashed {
    bytes: Vec<u8>,
    sha256: [u8; 32],
    sm3: [u8; 32],
    /// Whether it begins as a file of its format does.
    whole: bool,
}

impl App {
    /// Keeps a file of a certificate of the caller's authority.
    pub async fn collect(
        &self,
        ctx: &Ctx,
        number: &Number,
        asked: &CollectAsk,
        bytes: Vec<u8>,
    ) -> Result<ItemAnswer> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::Collect, Some(authority))?;
        let format = asked.format.clone();
        let file = blocking(move || Hashed::of(bytes, &format)).await?;
        let faults = faults(asked, &file);
        if !faults.is_empty() {
            return Ok(failed_as(&asked.record_id, faults));
        }
        let said = [number.as_str(), &asked.part, &asked.format, &hex(&file.sha256)].join("\t");
        let digest = self.keys.record("collect", said.as_bytes());
        let reader = (&self.db).into();
        let known = store::record::find(reader, authority, vec![asked.record_id.clone()]).await?;
        if let Some(record) = known.first() {
            return self.replayed(record, &digest);
        }
        if let Some(fault) = self.closed_to(ctx.door, &self.settings_of(authority).await?) {
            return Ok(failed_as(&asked.record_id, vec![fault]));
        }
        let Some(head) = self.own_head(authority, number).await? else {
            return Ok(failed_as(&asked.record_id, vec![unknown("/number", number)]));
        };
        let sent = Sent { record_id: asked.record_id.clone(), act: "collect", digest, faults: Vec::new() };
        let kept = self.keep_collected(ctx, &head, asked, &file, &sent).await?;
        Ok(self.answered(&sent.record_id, kept, Vec::new()))
    }

    /// The parts first, each in a transaction of its own; then, in one, that they belong to the certificate.
    async fn keep_collected(
        &self,
        ctx: &Ctx,
        head: &Head,
        asked: &CollectAsk,
        file: &Hashed,
        sent: &Sent,
    ) -> Result<Kept> {
        for (n, part) in (0..).zip(file.bytes.chunks(PART)) {
            let tx = self.db.begin(Urgency::Batch).await?;
            store::collected::put_part(&tx, &file.sha256, n, part).await?;
            tx.commit().await?;
        }
        let now = self.now();
        let row = Collected {
            edition: head.edition,
            part: asked.part.clone(),
            format: asked.format.clone(),
            digest: file.sha256,
            sm3: file.sm3,
            size: file.bytes.len() as u64,
            record_id: asked.record_id.clone(),
            recorded_at: now,
        };
        let kept = Kept { file: Some(hex(&file.sha256)), ..kept(Effect::Collected, head) };
        let record = sent.record_of(ctx, (head.id, head.edition), kept.clone(), now)?;
        let mut event = self.event(ctx, EventKind::Collect, Object::Certificate, head.id.0);
        event.authority = Some(head.authority);
        event.edition = Some(head.edition);
        event.details = vec![
            ("record_id", asked.record_id.clone()),
            ("part", asked.part.clone()),
            ("format", asked.format.clone()),
            ("file", hex(&file.sha256)),
            ("sm3", hex(&file.sm3)),
        ];
        let tx = self.db.begin(Urgency::Act).await?;
        store::collected::insert(&tx, head.id, &row).await?;
        store::record::insert(&tx, head.authority, std::slice::from_ref(&record)).await?;
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(kept)
    }

    /// The kept files of a certificate, newest first.
    pub async fn collected(&self, ctx: &Ctx, number: &Number) -> Result<Vec<CollectedFile>> {
        let head = self.fetched(ctx, number).await?;
        let all = store::collected::list((&self.db).into(), head.id).await?;
        Ok(all.into_iter().map(shown).collect())
    }

    /// A kept file, byte for byte.
    ///
    /// # Errors
    /// [`AppError::NotFound`] if the certificate has none of this digest.
    pub async fn collected_file(
        &self,
        ctx: &Ctx,
        number: &Number,
        sha256: &[u8; 32],
    ) -> Result<(CollectedFile, Vec<u8>)> {
        let head = self.fetched(ctx, number).await?;
        let reader = (&self.db).into();
        let all = store::collected::list(reader, head.id).await?;
        let row = all.into_iter().find(|it| it.digest == *sha256).ok_or(AppError::NotFound)?;
        let mut bytes = Vec::with_capacity(row.size as usize);
        let mut n = 0;
        while let Some(part) = store::collected::part(reader, sha256, n).await? {
            bytes.extend(part);
            n += 1;
        }
        if bytes.len() as u64 != row.size {
            return Err(AppError::Fault(format!("归集文件{}不完整", hex(sha256))));
        }
        Ok((shown(row), bytes))
    }
}

impl Hashed {
    fn of(bytes: Vec<u8>, format: &str) -> Hashed {
        let whole = match format {
            "pdf" => bytes.starts_with(b"%PDF-"),
            "ofd" => zip::ZipArchive::new(Cursor::new(&bytes))
                .is_ok_and(|zip| zip.index_for_name("OFD.xml").is_some()),
            _ => false,
        };
        Hashed { sha256: Sha256::digest(&bytes).into(), sm3: Sm3::digest(&bytes).into(), whole, bytes }
    }
}

/// Everything that is wrong with what came.
fn faults(asked: &CollectAsk, file: &Hashed) -> Vec<Fault> {
    let mut out = Vec::new();
    if !record_id_is_good(&asked.record_id) {
        let hint = "请传1至64个字母、数字或 . _ : / -；重发时用同一编号。";
        out.push(Fault::error("/record_id", "record_id", "没有业务记录号，或其中有不允许的字符", hint));
    }
    if !matches!(asked.part.as_str(), "certificate" | "annex") {
        let hint = "证书传 certificate，附表传 annex。";
        out.push(Fault::error("/part", "part", "没有说明是证书还是附表", hint));
    }
    if !matches!(asked.format.as_str(), "pdf" | "ofd") {
        out.push(Fault::error("/format", "format", "文件格式应为 pdf 或 ofd", "请改正 format。"));
    } else if !file.whole {
        let message = format!("内容不是{}文件，或不完整", asked.format.to_uppercase());
        out.push(Fault::error("", "file_format", message, "请核对文件和传输是否完整。"));
    }
    if file.bytes.is_empty() || file.bytes.len() > MOST_FILE {
        let message = format!("文件为空或超过{}MB", MOST_FILE >> 20);
        out.push(Fault::error("", "file_size", message, "请核对文件。"));
    }
    let given = [("/sha256", &asked.sha256, file.sha256), ("/sm3", &asked.sm3, file.sm3)];
    if given.iter().all(|(_, said, _)| said.is_empty()) {
        let hint = "请传 sha256 或 sm3，64位十六进制。";
        out.push(Fault::error("/sha256", "digest_missing", "没有文件摘要", hint));
    }
    for (pointer, said, is) in given {
        if !said.is_empty() && !said.eq_ignore_ascii_case(&hex(&is)) {
            let message = format!("收到的文件与摘要不符：收到的是{}", hex(&is));
            out.push(Fault::error(pointer, "digest_differs", message, "请核对摘要算法，或重新发送文件。"));
        }
    }
    out
}

fn shown(it: Collected) -> CollectedFile {
    CollectedFile {
        file: hex(&it.digest),
        sm3: hex(&it.sm3),
        edition: it.edition,
        part: it.part,
        format: it.format,
        size: it.size,
        record_id: it.record_id,
        recorded_at: it.recorded_at.rfc3339(),
    }
}

fn hex(bytes: &[u8; 32]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}
