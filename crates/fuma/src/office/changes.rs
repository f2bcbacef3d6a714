//! 制证赋码 › 变更与换证: a certificate, what is to be done with it, and a draft that starts from how it stands.

use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::certificates::href;
use crate::office::standing::standing;
use crate::office::{Badge, Crumb, FactView, Menu, Shell};
use app::AppError;
use app::stored::Card;
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Action, CertificateId, Kind, Kinds, Number};
use serde::Deserialize;

/// `office/changes.html`.
#[derive(Template)]
#[template(path = "office/changes.html")]
struct FindPage {
    shell: Shell,
    typed: String,
    error: String,
}

/// `office/change_start.html`.
#[derive(Template)]
#[template(path = "office/change_start.html")]
struct StartPage {
    shell: Shell,
    id: i64,
    number: String,
    status: Badge,
    facts: Vec<FactView>,
    closed: String,
    kinds: Vec<KindView>,
}

/// One kind that can be chosen.
struct KindView {
    key: &'static str,
    label: &'static str,
    about: &'static str,
}

/// `?number=&certificate=`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct FindQuery {
    number: String,
    certificate: Option<i64>,
}

/// `GET /office/changes`: enter a number; one that is found leads on.
pub async fn find(
    State(web): State<Web>,
    officer: Officer,
    Query(query): Query<FindQuery>,
) -> Result<Response, OfficeError> {
    web.app.ask(&officer.ctx, Action::Change, None)?;
    let typed = query.number.trim().to_owned();
    let error = match Number::parse(&typed) {
        _ if typed.is_empty() => String::new(),
        Err(error) => format!("{error}。请对照证书核对编号。"),
        Ok(number) => match web.app.certificate_by_number(&officer.ctx, &number).await {
            Ok(id) => {
                return Ok(Redirect::to(&format!("/office/changes/new?certificate={id}")).into_response());
            }
            Err(AppError::NotFound) => {
                "本机关没有这个编号的证书。请核对编号；系统启用前发的证书先按“存量”登记或导入。".into()
            }
            Err(error) => return Err(error.into()),
        },
    };
    Ok(page(&FindPage { shell: officer.shell("变更与换证", Menu::Changes, Vec::new()), typed, error }))
}

/// `GET /office/changes/new`: what is to be done with a certificate.
pub async fn start(
    State(web): State<Web>,
    officer: Officer,
    Query(query): Query<FindQuery>,
) -> Result<Response, OfficeError> {
    let id = CertificateId(query.certificate.ok_or(AppError::NotFound)?);
    let detail = web.app.certificate(&officer.ctx, id).await?;
    let card = &detail.card;
    web.app.ask(&officer.ctx, Action::Change, Some(card.head.authority))?;
    let number = card.head.number.grouped();
    let crumbs = vec![Crumb { label: number.clone(), href: href(card.head.id) }];
    Ok(page(&StartPage {
        shell: officer.shell("办理变更或换证", Menu::Changes, crumbs),
        id: id.0,
        number,
        status: standing(&detail, &card.head),
        facts: facts(card),
        closed: closed(card),
        kinds: Kind::ALL.into_iter().filter_map(kind).collect(),
    }))
}

fn facts(card: &Card) -> Vec<FactView> {
    let fact = |label: &str, value: String| FactView { label: label.into(), value };
    vec![
        fact("机构名称", card.face.body_name.clone()),
        fact("机构地址", card.face.address.clone()),
        fact("有效期", format!("{} 至 {}", card.head.valid_from, card.head.valid_to)),
        fact("当前版本", format!("第{}版，检测能力 {} 项", card.head.edition, card.capabilities)),
    ]
}

/// What the rules will say of an ended certificate, said before anything is typed.
fn closed(card: &Card) -> String {
    let word = card.head.status.word();
    if word.ended() {
        return format!("该证书{word}，不能变更或换证。原决定有误的，先在证书页面办理“撤销原决定”。");
    }
    String::new()
}

/// The kinds that begin at a certificate, with what each is for (domain.md 1.4).
fn kind(kind: Kind) -> Option<KindView> {
    let about = match kind {
        Kind::First | Kind::Takeover => return None,
        Kind::Renewal => "有效期届满延续：发新证书、新编号，与原证书相连",
        Kind::Extension => "按许可决定增加检测能力或场所",
        Kind::StandardChange => "标准或方法更新，项目不变",
        Kind::NameChange => "机构名称改变",
        Kind::AddressNameChange => "地点不变，地址名称改变",
        Kind::Move => "实际搬迁，按许可决定办理",
        Kind::LegalChange => "法人性质或所属法人单位改变",
        Kind::CapabilityCancel => "减少检测能力",
        Kind::StaffChange => "最高管理者、技术负责人等备案，不重新打印",
        Kind::SignatoryChange => "增减授权签字人或其签字领域",
        Kind::Correction => "更正录入错误，须写明原因；单独办理",
    };
    Some(KindView { key: kind.key(), label: kind.label(), about })
}

/// `POST /office/changes/{certificate}`: the kinds chosen, each as `kind`.
pub async fn begin(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, OfficeError> {
    let chosen: Vec<&str> =
        pairs.iter().filter(|(name, _)| name == "kind").map(|(_, v)| v.as_str()).collect();
    let kinds = Kinds::parse(&chosen.join(",")).map_err(|error| {
        AppError::refused(error.to_string(), "请返回选择业务类型；更正须单独办理，其他变更可以同时选择几项。")
    })?;
    let draft = web.app.start_change(&officer.ctx, CertificateId(id), kinds).await?;
    let step = kinds.iter().next().map_or(1, first_step);
    Ok(Redirect::to(&format!("/office/drafts/{draft}?step={step}&said=change")).into_response())
}

/// The step in which the work of a kind begins.
fn first_step(kind: Kind) -> u8 {
    match kind {
        Kind::StandardChange | Kind::CapabilityCancel | Kind::Extension => 4,
        Kind::Move => 3,
        Kind::SignatoryChange => 5,
        Kind::Renewal => 2,
        Kind::First
        | Kind::NameChange
        | Kind::AddressNameChange
        | Kind::LegalChange
        | Kind::StaffChange
        | Kind::Correction
        | Kind::Takeover => 1,
    }
}
