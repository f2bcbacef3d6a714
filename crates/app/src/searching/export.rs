//! 导出查询结果: everything a question finds, of whom the officer may find it, as one list that is sent while it is written.

use super::ask::SearchAsk;
use crate::listing::{ListFormat, Listing};
use crate::{App, AppError, Ctx, Result};
use ::search::{Ask, Column, Dimension, Each, Index, Page, Subject};
use domain::{Action, Day, EventKind, Field, Object, Tables};
use std::sync::Arc;
use store::Urgency;
use tokio::sync::mpsc;

/// An export that was asked for and is on record: what is written is what was counted, whatever happens meanwhile.
pub struct SearchExport {
    index: Arc<Index>,
    question: Ask,
    tables: Arc<Tables>,
    /// Certificates in it.
    pub certificates: u64,
    /// Rows of the list.
    pub rows: u64,
}

/// What is told of body and certificate in each row.
const HEAD: [&str; 13] = [
    "机构名称",
    "统一社会信用代码",
    "所属法人单位",
    "所属法人统一社会信用代码",
    "机构地址",
    "行政区划",
    "证书编号",
    "资质认定部门",
    "证书状态",
    "有效期起",
    "有效期至",
    "领域",
    "行业",
];

impl App {
    /// Begins an export of what a question finds: asks for the right, counts, and records it before anything goes out.
    ///
    /// # Errors
    /// [`AppError::NotReady`] while the index is made.
    pub async fn begin_search_export(&self, ctx: &Ctx, ask: &SearchAsk) -> Result<SearchExport> {
        let own = ctx.authority()?;
        self.ask(ctx, Action::Export, Some(own))?;
        let viewer = self.viewer(ctx).await?;
        let (index, today) = (self.ready_index()?, self.today());
        let (mut question, _) = viewer.question(ask, today);
        question.page = Page { skip: 0, take: 0 };
        let (counted, counting) = (index.clone(), question.clone());
        let answer = tokio::task::spawn_blocking(move || counted.ask(&counting));
        let answer = answer.await.map_err(|error| AppError::Fault(error.to_string()))?;
        let rows = if ask.subject == Subject::Body { answer.certificates } else { answer.rows };
        let mut event = self.event(ctx, EventKind::Export, Object::Authority, own.0);
        event.details.push(("subject", subject(ask.subject).to_owned()));
        // Who looks for a person types his name, which has no place in an event that stays for ever.
        let told = |subject: Subject| !matches!(subject, Subject::Signatory | Subject::Staff);
        let also = ask.also.iter().map(|(of, words)| (*of, words));
        for (of, words) in std::iter::once((ask.subject, &ask.text)).chain(also).filter(|it| told(it.0)) {
            event.details.push(("words", format!("{}: {words}", subject(of))));
        }
        event.details.push(("number", ask.number.clone()));
        let picked = ask.picked.iter().map(|(dimension, value)| format!("{}={value}", picked(*dimension)));
        event.details.push(("picked", picked.collect::<Vec<_>>().join(" ")));
        event.details.push(("certificates", answer.certificates.to_string()));
        event.details.push(("rows", rows.to_string()));
        let tx = self.db.begin(Urgency::Act).await?;
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(SearchExport { index, question, tables: self.tables(), certificates: answer.certificates, rows })
    }

    /// Writes the list, piece by piece; ends early when nobody listens any more.
    ///
    /// # Errors
    /// A file that cannot be written, with what to do; the list is not whole then.
    pub async fn write_search_export(
        &self,
        export: SearchExport,
        format: ListFormat,
        out: mpsc::Sender<Vec<u8>>,
    ) -> Result<()> {
        let write = move || write(&export, format, &out);
        tokio::task::spawn_blocking(write).await.map_err(|error| AppError::Fault(error.to_string()))?
    }
}

fn write(export: &SearchExport, format: ListFormat, out: &mpsc::Sender<Vec<u8>>) -> Result<()> {
    let question = &export.question;
    // A body stands in the columns before its certificate's; its own row says no more.
    let own: &[Column] = if question.subject == Subject::Body { &[] } else { question.subject.columns() };
    let head = HEAD.into_iter().chain(own.iter().map(|column| label(*column))).collect();
    let mut list = Listing::begin(format, "查询结果", head)?;
    let mut failed = None;
    export.index.each(question, |it| {
        match rows(&mut list, &it, question, &export.tables) {
            Ok(()) => {}
            Err(error) => failed = Some(error),
        }
        let heard = list.ready().is_none_or(|piece| out.blocking_send(piece).is_ok());
        heard && failed.is_none()
    });
    if let Some(error) = failed {
        return Err(error);
    }
    for piece in list.finish()? {
        if out.blocking_send(piece.map_err(crate::listing::failed)?).is_err() {
            break;
        }
    }
    Ok(())
}

/// The rows of a certificate.
fn rows(list: &mut Listing, it: &Each<'_>, question: &Ask, tables: &Tables) -> Result<()> {
    let head = head(it, question.today, tables);
    let head = || head.iter().map(String::as_str);
    if question.subject == Subject::Body {
        return list.row(head());
    }
    let mut outcome = Ok(());
    it.each_row(|texts| {
        if outcome.is_ok() {
            outcome = list.row(head().chain(texts.iter().copied()));
        }
    });
    outcome
}

fn head(it: &Each<'_>, today: Day, tables: &Tables) -> [String; 13] {
    let (body, certificate) = (it.body, it.certificate);
    let code = |uscc: Option<domain::Uscc>| uscc.map(|it| it.to_string()).unwrap_or_default();
    let authority = tables.authority(certificate.authority).map(|it| it.name.clone());
    [
        body.name.clone(),
        code(body.uscc),
        body.parent_name.clone(),
        code(body.parent_uscc),
        body.address.clone(),
        body.division_name.clone(),
        certificate.number.to_string(),
        authority.unwrap_or_default(),
        certificate.word(today).label().to_owned(),
        certificate.valid_from.to_string(),
        certificate.valid_to.to_string(),
        tables.domains.get(&certificate.domain).cloned().unwrap_or_else(|| certificate.domain.to_string()),
        tables
            .industries
            .get(&certificate.industry)
            .cloned()
            .unwrap_or_else(|| certificate.industry.to_string()),
    ]
}

/// The word for a subject in an event.
fn subject(subject: Subject) -> &'static str {
    match subject {
        Subject::Body => "body",
        Subject::Capability => "capability",
        Subject::Instrument => "instrument",
        Subject::Signatory => "signatory",
        Subject::Staff => "staff",
    }
}

/// The word for a dimension in an event.
fn picked(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Province => "province",
        Dimension::City => "city",
        Dimension::Authority => "authority",
        Dimension::Domain => "domain",
        Dimension::Industry => "industry",
        Dimension::Status => "status",
        Dimension::Year => "year",
        Dimension::Within => "within",
    }
}

/// What a column is called: as in the template.
fn label(column: Column) -> &'static str {
    let field = match column {
        Column::BodyName | Column::FormerNames => Field::BodyName,
        Column::OtherName => Field::OtherName,
        Column::Uscc => Field::Uscc,
        Column::ParentName => Field::ParentName,
        Column::ParentUscc => Field::ParentUscc,
        Column::Address => Field::Address,
        Column::DivisionName => Field::Division,
        Column::Category => Field::Category,
        Column::Class => Field::Class,
        Column::ItemName => Field::Item,
        Column::StandardName => Field::StandardName,
        Column::StandardNumber => Field::StandardNumber,
        Column::Clause => Field::Clause,
        Column::Limits => Field::Limits,
        Column::InstrumentName => Field::InstrumentName,
        Column::Model => Field::InstrumentModel,
        Column::Range => Field::InstrumentRange,
        Column::Traceability => Field::Traceability,
        Column::PersonName => Field::SignatoryName,
        Column::Title => Field::StaffTitle,
        Column::SignatoryField => Field::SignatoryField,
        Column::Post => Field::StaffPost,
        Column::Major => Field::StaffMajor,
    };
    field.label()
}
