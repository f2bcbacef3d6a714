//! `fuma body`: a body with all its certificates in the country; bodies that may be one, and what makes them one.

mod pairs;

use super::shown::{linked, table};
use super::{As, End, Session};
use anyhow::{Context, Result};
use app::{App, BodyView, Ctx};
use domain::{Ground, Uscc, Verdict};
use serde_json::{Value, json};

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma body --as shaanxi 91610113YL00000125\n　　fuma body --as shaanxi 91610113YL00000125 --find 总磷\n　　fuma body --as shaanxi 示例检测\n　　fuma body duplicates --as shaanxi-admin\n　　fuma body merge --as shaanxi-admin 12 --into 7 --reason 两次录入 --check"
)]
pub struct Body {
    /// 统一社会信用代码（机构自己的，或其所属法人单位的），或机构名称
    #[arg(value_name = "代码或名称")]
    which: Option<String>,
    #[command(subcommand)]
    action: Option<pairs::Do>,
    /// 在有效证书的检测能力中查找
    #[arg(long, value_name = "词", default_value = "")]
    find: String,
    #[command(flatten)]
    who: As,
}

fn verdict(view: &BodyView, id: domain::CertificateId) -> &'static str {
    view.standings.get(&id).map(Verdict::word).map_or("", |word| word.label())
}

fn document(app: &App, view: &BodyView) -> Value {
    let body = &view.body;
    let certificates = view.certificates.iter().map(|card| linked(app, &card.head));
    let places = view.places.iter().map(|place| {
        let on: Vec<_> = place.on.iter().map(|(_, number)| number).collect();
        json!({ "site": place.site, "certificates": on })
    });
    let kin = view.kin.iter().map(|it| {
        let certificates: Vec<_> = it.certificates.iter().map(|head| linked(app, head)).collect();
        json!({
            "name": it.body.name,
            "uscc": it.body.own_uscc,
            "relation": it.relation.key(),
            "certificates": certificates,
        })
    });
    let periods = view.periods.iter().map(|it| {
        json!({
            "from": it.from,
            "name": it.name,
            "other_name": it.other_name,
            "address": it.address,
            "number": it.number,
            "edition": it.edition,
        })
    });
    let number = |id| view.certificates.iter().find(|card| card.head.id == id).map(|card| &card.head.number);
    let found = view.found.as_ref().map(|found| {
        let rows =
            found.rows.iter().map(|(id, row)| json!({ "number": number(*id), "capability": row.value }));
        json!({ "rows": rows.collect::<Vec<_>>(), "total": found.total })
    });
    json!({
        "body": body.id,
        "name": body.name,
        "other_name": body.other_name,
        "uscc": body.own_uscc,
        "parent_name": body.parent_name,
        "parent_uscc": body.parent_uscc,
        "why": view.ground.map_or("", Ground::label),
        "merged": view.merged.iter().map(|body| json!({
            "body": body.id,
            "name": body.name,
            "uscc": body.own_uscc,
            "parent_uscc": body.parent_uscc,
        })).collect::<Vec<_>>(),
        "valid": view.valid().count(),
        "capabilities": view.capabilities(),
        "certificates": certificates.collect::<Vec<_>>(),
        "places": places.collect::<Vec<_>>(),
        "kin": kin.collect::<Vec<_>>(),
        "periods": periods.collect::<Vec<_>>(),
        "found": found,
    })
}

fn words(app: &App, view: &BodyView) -> String {
    let row = |card: &app::stored::Card| {
        let head = &card.head;
        vec![
            head.number.grouped(),
            app.authority_name(head.authority),
            verdict(view, head.id).to_owned(),
            format!("{} 至 {}", head.valid_from, head.valid_to),
        ]
    };
    let certificates = table(&["证书编号", "发证机关", "今天", "有效期"], view.certificates.iter().map(row));
    let merged = view.merged.iter().map(|it| format!("已并入　{}（内部编号 {}）", it.name, it.id));
    let kin = view.kin.iter().map(|it| format!("{}　{}", it.relation.label(), it.body.name));
    let found = view.found.as_ref().map(|found| format!("查到检测能力 {} 行", found.total));
    let mut lines = vec![
        view.body.name.clone(),
        format!("可以查看的原因：{}", view.ground.map_or("", Ground::label)),
        format!("今天有效 {} 张，检测能力 {} 行", view.valid().count(), view.capabilities()),
        certificates,
    ];
    lines.extend(merged.chain(kin).chain(found));
    lines.join("\n")
}

impl Body {
    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        if let Some(action) = self.action {
            return action.run(&session, &app, &ctx).await;
        }
        let which =
            self.which.context("请给出统一社会信用代码或机构名称，如 fuma body --as 账号 示例检测")?;
        let Ok(uscc) = Uscc::parse(&which) else { return named(&session, &app, &ctx, &which).await };
        let mut views = Vec::new();
        for (body, _) in app.bodies_of(&ctx, uscc).await? {
            views.push(app.body(&ctx, body.id, &self.find).await?);
        }
        let bodies: Vec<Value> = views.iter().map(|view| document(&app, view)).collect();
        session.tell(&json!({ "bodies": bodies }), || {
            views.iter().map(|view| words(&app, view)).collect::<Vec<_>>().join("\n\n")
        })?;
        Ok(End::Ok)
    }
}

/// Bodies by name: which they are, so that one is asked for by its code.
async fn named(session: &Session, app: &App, ctx: &Ctx, text: &str) -> Result<End> {
    let found = app.bodies_named(ctx, text).await?;
    let bodies: Vec<Value> = found
        .bodies
        .iter()
        .map(|(body, ground)| {
            json!({
                "body": body.id,
                "name": body.name,
                "uscc": body.own_uscc,
                "parent_name": body.parent_name,
                "parent_uscc": body.parent_uscc,
                "why": ground.label(),
            })
        })
        .collect();
    let rows = found.bodies.iter().map(|(body, ground)| {
        let code = crate::office::bodies::duplicates::code(body);
        vec![body.id.to_string(), body.name.clone(), code, ground.label().to_owned()]
    });
    session.tell(&json!({ "bodies": bodies }), || match found.bodies.is_empty() {
        true => "没有找到叫这个名称的机构；名称中的词用 fuma search 查找".to_owned(),
        false => table(&["内部编号", "机构", "代码", "可以查看的原因"], rows),
    })?;
    Ok(End::Ok)
}
