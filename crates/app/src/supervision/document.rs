//! The result of a draw as one JSON document (FORMATS.md 16): what was published, and all that is needed to draw it again.

use super::draws::hex;
use domain::draw::{DrawnBody, Pool};
use domain::{BodyId, InspectorId};
use serde::{Deserialize, Serialize};
use store::draw::{Draw, Made};

/// The word by which a document is known.
const FORMAT: &str = "fuma-draw-result 1";

/// A draw for whoever wants to recompute it. No person is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawDocument {
    /// `fuma-draw-result 1`.
    pub format: String,
    /// Key of the draw.
    pub id: i64,
    /// Whose.
    pub authority: String,
    /// 任务名称.
    pub title: String,
    /// The plan's document.
    pub plan: String,
    /// The draw of the same plan before it.
    pub earlier: Option<i64>,
    /// Why it was drawn once more.
    pub earlier_reason: String,
    /// When the pools were frozen.
    pub frozen_at: String,
    /// SHA-256 of `pool`, in hex.
    pub pool_sha256: String,
    /// The text of the pools.
    pub pool: String,
    /// When the seed was drawn.
    pub drawn_at: String,
    /// The seed's 32 bytes, in hex.
    pub seed: String,
    /// What was drawn, in its order.
    pub drawn: Vec<DrawnEntry>,
}

/// A body that was drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawnEntry {
    /// Its key in the pool.
    pub body: i64,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The part of the pool.
    pub part: String,
    /// Keys of the inspectors in the pool.
    pub inspectors: Vec<i64>,
}

/// What does not agree in a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrawMismatch {
    /// It is no document of this format.
    #[error("不是抽查结果文件：{0}")]
    Format(String),
    /// The pools are not those that were hashed.
    #[error("名录库文本的SHA-256是{found}，文件写的是{said}")]
    Pool {
        /// What the text gives.
        found: String,
        /// What the document says.
        said: String,
    },
    /// Another result follows from pools and seed.
    #[error("第{place}家不符：按名录库和随机数应为“{found}”，文件写的是“{said}”")]
    Result {
        /// From 1.
        place: usize,
        /// What follows.
        found: String,
        /// What the document says.
        said: String,
    },
}

impl DrawDocument {
    /// Of a draw that was made.
    pub(super) fn of(
        it: &Draw,
        made: &Made,
        authority: String,
        pool: &Pool,
        drawn: &[DrawnBody],
    ) -> DrawDocument {
        DrawDocument {
            format: FORMAT.to_owned(),
            id: it.id.0,
            authority,
            title: it.title.clone(),
            plan: it.plan.clone(),
            earlier: it.earlier.map(|id| id.0),
            earlier_reason: it.earlier_reason.clone(),
            frozen_at: it.frozen_at.rfc3339(),
            pool_sha256: hex(&it.digest),
            pool: pool.to_string(),
            drawn_at: made.drawn_at.rfc3339(),
            seed: hex(&made.seed),
            drawn: drawn.iter().map(|it| entry(pool, it)).collect(),
        }
    }

    /// Draws again from what the document holds; how many bodies it agrees on.
    ///
    /// # Errors
    /// The first thing that does not agree.
    pub fn verify(&self) -> Result<usize, DrawMismatch> {
        if self.format != FORMAT {
            return Err(DrawMismatch::Format(format!("格式为“{}”", self.format)));
        }
        let pool = Pool::parse(&self.pool).map_err(|error| DrawMismatch::Format(error.to_string()))?;
        let found = hex(&pool.digest());
        if found != self.pool_sha256 {
            return Err(DrawMismatch::Pool { found, said: self.pool_sha256.clone() });
        }
        let seed = data_encoding::HEXLOWER.decode(self.seed.as_bytes()).ok();
        let seed: [u8; 32] = seed
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| DrawMismatch::Format("随机数不是64位十六进制".to_owned()))?;
        let drawn = pool.draw(&seed).map_err(|error| DrawMismatch::Format(error.to_string()))?;
        let again: Vec<DrawnEntry> = drawn.iter().map(|it| entry(&pool, it)).collect();
        for place in 0..again.len().max(self.drawn.len()) {
            let (found, said) = (again.get(place), self.drawn.get(place));
            if found != said {
                let [found, said] = [found, said].map(described);
                return Err(DrawMismatch::Result { place: place + 1, found, said });
            }
        }
        Ok(again.len())
    }
}

fn described(entry: Option<&DrawnEntry>) -> String {
    entry.map_or_else(
        || "（无）".to_owned(),
        |it| {
            let inspectors: Vec<String> = it.inspectors.iter().map(ToString::to_string).collect();
            format!("{} {} 检查人员{}", it.code, it.name, inspectors.join("、"))
        },
    )
}

fn entry(pool: &Pool, it: &DrawnBody) -> DrawnEntry {
    let body = pool.bodies.iter().find(|body| body.id == it.body);
    let BodyId(key) = it.body;
    DrawnEntry {
        body: key,
        code: body.map(|body| body.code.clone()).unwrap_or_default(),
        name: body.map(|body| body.name.clone()).unwrap_or_default(),
        part: it.part.clone(),
        inspectors: it.inspectors.iter().map(|InspectorId(id)| *id).collect(),
    }
}
