//! `fuma search`: what officers search, in an index that this command makes for itself.

use super::shown::table;
use super::{As, End, Session, bar, listing};
use crate::public::Lang;
use crate::search::{Asked, Results, Tab, key, label, read, word};
use anyhow::{Context, Result, bail};
use app::{
    Answer, App, BodyHit, CertificateHit, Dimension, Facet, SearchAsk, SearchPage, SearchState, Searched,
    Sort,
};
use domain::{Day, VerdictWord};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Bodies on a page at most.
const MOST: usize = 200;
/// How often progress is told.
const BEAT: Duration = Duration::from_millis(200);

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma search --as shaanxi 西安 环境\n　　fuma search --as shaanxi --of capabilities 铅 GB/T 5750.6 --province 61 --status valid\n　　fuma search --as shaanxi 示例 --facets --limit 50 --page 2 --json\n　　fuma search --as shaanxi --of capabilities 铅 --out 铅.xlsx"
)]
pub struct Search {
    /// 要找的词语；证书编号可以只输开头
    #[arg(value_name = "词语")]
    words: Vec<String>,
    /// 列出什么：bodies、certificates、capabilities、instruments、signatories、staff，或其中文名称
    #[arg(long, value_name = "类别", default_value = "bodies")]
    of: String,
    /// 机构名称、地址等中的词
    #[arg(long, value_name = "词语", default_value = "")]
    body: String,
    /// 同一检测能力中的词
    #[arg(long, value_name = "词语", default_value = "")]
    capability: String,
    /// 证书编号的开头
    #[arg(long, value_name = "编号", default_value = "")]
    number: String,
    /// 省份，两位代码
    #[arg(long, value_name = "代码")]
    province: Option<String>,
    /// 城市，四位代码
    #[arg(long, value_name = "代码")]
    city: Option<String>,
    /// 发证机关的内部编号，见 --facets
    #[arg(long, value_name = "编号")]
    authority: Option<String>,
    /// 专业领域，两位代码
    #[arg(long, value_name = "代码")]
    domain: Option<String>,
    /// 行业主管，两位代码
    #[arg(long, value_name = "代码")]
    industry: Option<String>,
    /// 证书状态，代码或名称，如 valid、有效
    #[arg(long, value_name = "状态")]
    status: Option<String>,
    /// 有效期起始年
    #[arg(long, value_name = "年")]
    year: Option<String>,
    /// 多少天内到期：30、60、90
    #[arg(long, value_name = "天")]
    within: Option<String>,
    /// 次序：fit 最相符，expiry 最早到期，newest 最近发证
    #[arg(long, value_name = "次序", default_value = "fit")]
    sort: String,
    /// 每页多少家机构
    #[arg(long, default_value_t = 20)]
    limit: usize,
    /// 第几页
    #[arg(long, default_value_t = 1)]
    page: usize,
    /// 同时列出可以缩小范围的条件和各有多少家
    #[arg(long)]
    facets: bool,
    /// 把全部结果写到文件，.csv 或 .xlsx；会留下记录
    #[arg(long, value_name = "文件")]
    out: Option<PathBuf>,
    #[command(flatten)]
    who: As,
}

impl Search {
    fn tab(&self) -> Result<Tab> {
        let meant = |tab: &Tab| tab.key() == self.of || tab.label(Lang::Chinese) == self.of;
        let known = || Tab::OFFICE.map(Tab::key).join("、");
        Tab::OFFICE
            .into_iter()
            .find(meant)
            .with_context(|| format!("“{}”不是类别；可用 {}", self.of, known()))
    }

    /// What narrows the answer; a value that is none is refused: on a page it could be seen that it is not picked.
    fn picked(&self) -> Result<Vec<(Dimension, u16)>> {
        let status = self.status.as_ref().map(|typed| {
            let named = VerdictWord::ALL.iter().find(|it| it.label() == typed);
            named.map_or_else(|| typed.clone(), |it| it.key().to_owned())
        });
        let given = [
            (Dimension::Province, &self.province),
            (Dimension::City, &self.city),
            (Dimension::Authority, &self.authority),
            (Dimension::Domain, &self.domain),
            (Dimension::Industry, &self.industry),
            (Dimension::Status, &status),
            (Dimension::Year, &self.year),
            (Dimension::Within, &self.within),
        ];
        let mut picked = Vec::new();
        for (dimension, typed) in given {
            let Some(typed) = typed else { continue };
            let value = read(dimension, typed);
            let value = value.with_context(|| {
                format!(
                    "“{typed}”不是{}的取值；可用的见 fuma search … --facets",
                    label(Lang::Chinese, dimension)
                )
            })?;
            picked.push((dimension, value));
        }
        Ok(picked)
    }

    fn ask(&self) -> Result<SearchAsk> {
        if self.limit == 0 || self.limit > MOST || self.page == 0 {
            bail!("--limit 应为 1 至 {MOST}，--page 从 1 开始");
        }
        let fields = json!({
            "q": self.words.join(" "),
            "body": self.body,
            "capability": self.capability,
            "number": self.number,
        });
        let asked: Asked = serde_json::from_value(fields).context("查询的词语读不出来")?;
        let sort = match self.sort.as_str() {
            "fit" => Sort::Fit,
            "expiry" => Sort::Expiry,
            "newest" => Sort::Newest,
            other => bail!("“{other}”不是次序；可用 fit、expiry、newest"),
        };
        let page = SearchPage { skip: (self.page - 1) * self.limit, take: self.limit };
        Ok(SearchAsk { picked: self.picked()?, sort, page, ..asked.ask(self.tab()?) })
    }

    pub async fn run(self, session: Session) -> Result<End> {
        let (tab, ask) = (self.tab()?, self.ask()?);
        let format = self.out.as_deref().map(listing::format).transpose()?;
        let (app, ctx) = session.enter(&self.who).await?;
        // The right is asked before the work is done.
        app.search(&ctx, Vec::new()).await?;
        made(&app).await?;
        if let (Some(out), Some(format)) = (&self.out, format) {
            let export = app.begin_search_export(&ctx, &ask).await?;
            let (certificates, rows) = (export.certificates, export.rows);
            listing::keep(out, |send| app.write_search_export(export, format, send)).await?;
            let out = out.display().to_string();
            let document =
                json!({ "of": tab.key(), "certificates": certificates, "rows": rows, "file": out });
            session.tell(&document, || format!("{rows} 行已写入 {out}"))?;
            return Ok(End::Ok);
        }
        let found = app.search(&ctx, vec![ask]).await?.pop().context("查询没有结果")?;
        let found = app.search_hints(found).await?;
        let told = Told { app: &app, tab, found: &found, today: app.today(), facets: self.facets };
        session.tell(&told.document(self.page, self.limit), || told.words())?;
        Ok(End::Ok)
    }
}

/// Makes the index, which takes seconds for a whole country: nobody should think that it hangs.
async fn made(app: &Arc<App>) -> Result<()> {
    let bar = bar();
    bar.set_message("准备查询索引");
    let making = app.remake_index();
    tokio::pin!(making);
    loop {
        tokio::select! {
            done = &mut making => {
                bar.finish_and_clear();
                return Ok(done?);
            }
            () = tokio::time::sleep(BEAT) => {
                if let SearchState::Building { done, total } = app.search_state() {
                    bar.set_length(total);
                    bar.set_position(done);
                }
            }
        }
    }
}

/// An answer as it is told.
struct Told<'a> {
    app: &'a App,
    tab: Tab,
    found: &'a Searched,
    today: Day,
    facets: bool,
}

impl Told<'_> {
    fn answer(&self) -> &Answer {
        &self.found.answer
    }

    fn document(&self, page: usize, limit: usize) -> Value {
        let answer = self.answer();
        let words = answer.words.iter().map(|note| {
            json!({
                "word": note.word.typed,
                "found": note.found,
                "spoken": note.word.is_spoken(),
                "near": note.near.iter().map(|near| &near.word).collect::<Vec<_>>(),
                "newer": note.newer.iter().map(|newer| &newer.number).collect::<Vec<_>>(),
            })
        });
        let mut document = json!({
            "of": self.tab.key(),
            "as_of": format!("{}.{}", answer.as_of.epoch, answer.as_of.number),
            "bodies": answer.bodies,
            "certificates": answer.certificates,
            "rows": answer.rows,
            "page": page,
            "limit": limit,
            "cut": self.found.cut,
            "words": words.collect::<Vec<_>>(),
            "hits": answer.hits.iter().map(|hit| self.hit(hit)).collect::<Vec<_>>(),
        });
        if self.facets {
            let facets = answer.facets.iter().map(|facet| self.facet(facet));
            document["facets"] = facets.collect();
        }
        document
    }

    fn hit(&self, hit: &BodyHit) -> Value {
        let body = &hit.body;
        let certificate = |it: &CertificateHit| {
            let of = &it.certificate;
            json!({
                "number": of.number,
                "authority": self.app.authority_name(of.authority),
                "verdict": of.word(self.today).key(),
                "valid_from": of.valid_from,
                "valid_to": of.valid_to,
                "domain": of.domain,
                "industry": of.industry,
                "rows": it.rows,
                "shown": it.shown.iter().map(|row| &row.0).collect::<Vec<_>>(),
            })
        };
        json!({
            "body": body.id,
            "name": body.name,
            "other_name": body.other_name,
            "uscc": body.uscc,
            "parent_name": body.parent_name,
            "parent_uscc": body.parent_uscc,
            "address": body.address,
            "rows": hit.rows,
            "certificates": hit.certificates.iter().map(certificate).collect::<Vec<_>>(),
        })
    }

    fn facet(&self, facet: &Facet) -> Value {
        let value = |(value, bodies): &(u16, u32)| {
            json!({
                "value": word(facet.dimension, *value),
                "label": self.named(facet.dimension, *value),
                "bodies": bodies,
            })
        };
        let values: Vec<Value> = facet.values.iter().map(value).collect();
        json!({ "of": key(facet.dimension), "label": label(Lang::Chinese, facet.dimension), "values": values })
    }

    fn named(&self, dimension: Dimension, value: u16) -> String {
        let (asked, tables) = (Asked::default(), self.app.tables());
        let (tab, today) = (self.tab, self.today);
        Results {
            asked: &asked,
            path: "",
            found: &[],
            tab,
            lang: Lang::Chinese,
            tables: &tables,
            today,
            keeps: &|_| true,
        }
        .label(dimension, value)
    }

    fn words(&self) -> String {
        let answer = self.answer();
        let mut lines = vec![format!(
            "机构 {} 家，证书 {} 张{}",
            answer.bodies,
            answer.certificates,
            match self.tab {
                Tab::Bodies | Tab::Certificates => String::new(),
                Tab::Capabilities | Tab::Instruments | Tab::Signatories | Tab::Staff => {
                    format!("，{} {} 行", self.tab.label(Lang::Chinese), answer.rows)
                }
            }
        )];
        for note in answer.words.iter().filter(|note| !note.found) {
            let near: Vec<&str> = note.near.iter().map(|near| near.word.as_str()).collect();
            lines.push(match near.is_empty() {
                true => format!("没有找到“{}”；请换一个说法，或少输几个字", note.word.typed),
                false => format!("没有找到“{}”；相近的有 {}", note.word.typed, near.join("、")),
            });
        }
        if !answer.hits.is_empty() {
            let rows = answer.hits.iter().flat_map(|hit| self.rows(hit));
            lines.push(table(&["机构", "证书编号", "发证机关", "今天", "有效期至", "查到"], rows));
        }
        if self.facets {
            lines.extend(answer.facets.iter().map(|facet| {
                let of = |(value, n): &(u16, u32)| {
                    format!("{}（{}）{n}", self.named(facet.dimension, *value), word(facet.dimension, *value))
                };
                let values: Vec<String> = facet.values.iter().map(of).collect();
                format!("{}：{}", label(Lang::Chinese, facet.dimension), values.join("　"))
            }));
        }
        lines.join("\n")
    }

    /// A line for each certificate of a body; the body stands once.
    fn rows(&self, hit: &BodyHit) -> Vec<Vec<String>> {
        let row = |(at, it): (usize, &CertificateHit)| {
            let of = &it.certificate;
            let shown = it.shown.first().map(|row| {
                row.0.iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join(" ")
            });
            vec![
                if at == 0 { hit.body.name.clone() } else { String::new() },
                of.number.grouped(),
                self.app.authority_short(of.authority),
                of.word(self.today).label().to_owned(),
                of.valid_to.to_string(),
                shown.unwrap_or_default(),
            ]
        };
        hit.certificates.iter().enumerate().map(row).collect()
    }
}
