//! 办理记录: one act that changed something, and the bytes a ledger can be laid over later.

use crate::{Actor, AuthorityId, Day, Door, Instant};
use sha2::{Digest, Sha256};

macro_rules! event_kinds {
    ($($variant:ident $key:literal $label:literal;)*) => {
        /// What was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum EventKind { $(#[doc = $label] $variant),* }

        impl EventKind {
            /// All kinds.
            pub const ALL: &'static [EventKind] = &[$(EventKind::$variant),*];
            /// The word in the database; never changed once written.
            pub fn key(self) -> &'static str { match self { $(EventKind::$variant => $key),* } }
            /// The word people read.
            pub fn label(self) -> &'static str { match self { $(EventKind::$variant => $label),* } }
            /// The kind of a key.
            pub fn parse(key: &str) -> Option<EventKind> { Self::ALL.iter().copied().find(|k| k.key() == key) }
        }
    };
}

event_kinds! {
    RegistryInit       "registry_init"       "建立登记库";
    EpochRaise         "epoch_raise"         "恢复后升代";
    AuthoritySet       "authority_set"       "设立或修改机关";
    CodeSet            "code_set"            "修改代码表";
    AccountCreate      "account_create"      "开设账号";
    AccountChange      "account_change"      "修改账号";
    PasswordSet        "password_set"        "设置密码";
    SettingsSet        "settings_set"        "修改本机关设置";
    CounterSet         "counter_set"         "设置编号计数器";
    DraftSave          "draft_save"          "保存草稿";
    DraftDiscard       "draft_discard"       "丢弃草稿";
    BatchCreate        "batch_create"        "上传导入文件";
    BatchCheck         "batch_check"         "重新检查导入";
    BatchCommit        "batch_commit"        "提交导入";
    BatchResume        "batch_resume"        "继续导入";
    BatchDiscard       "batch_discard"       "放弃导入";
    Assign             "assign"              "赋码";
    Change             "change"              "变更";
    Succeed            "succeed"             "被新证替换";
    Restore            "restore"             "换证作废，恢复原状态";
    Suspend            "suspend"             "暂停";
    Resume             "resume"              "恢复";
    Revoke             "revoke"              "撤销";
    Withdraw           "withdraw"            "撤回";
    Cancel             "cancel"              "注销";
    Void               "void"                "吊销";
    Annul              "annul"               "误赋码作废";
    Lift               "lift"                "撤销原决定";
    Print              "print"               "打印";
    LinkCreate         "link_create"         "发放报告二维码下载链接";
    LinkRenew          "link_renew"          "续期下载链接";
    PlatformOpen       "platform_open"       "开通或关闭公众查询";
    PersonalErase      "personal_erase"      "删除个人信息";
    Export             "export"              "导出";
    SearchSave         "search_save"         "保存常用查询";
    SearchDrop         "search_drop"         "删除常用查询";
    ClientSet          "client_set"          "设立或修改接口系统";
    SecretIssue        "secret_issue"        "发放接口密钥";
    SecretEnd          "secret_end"          "停用接口密钥";
    Adopt              "adopt"               "关联业务记录号";
    Collect            "collect"             "归集成品文件";
    EmergencyOpen      "emergency_open"      "开启应急手动赋码";
    EmergencyClose     "emergency_close"     "结束应急手动赋码";
    HookSet            "hook_set"            "设置通知地址";
    HookResend         "hook_resend"         "重发通知";
    DockingFile        "docking_file"        "填报对接情况反馈表";
    DockingStep        "docking_step"        "登记对接步骤";
    RefusalRecord      "refusal_record"      "登记不予许可决定";
    RefusalTakeBack    "refusal_take_back"   "取消不予许可登记";
    AdmissionPrint     "admission_print"     "打印许可核查单";
    BodyMerge          "body_merge"          "合并机构";
    BodySplit          "body_split"          "撤销合并";
    BodyMove           "body_move"           "改归机构";
    BodyApart          "body_apart"          "认定不是重复机构";
    BodyApartEnd       "body_apart_end"      "撤销“不是重复”";
    DayCame            "day_came"            "到期或生效";
    OpenData           "open_data"           "发布开放数据";
    DeclaredSet        "declared_set"        "申报有效证书数";
    BulletinDraft      "bulletin_draft"      "起草通报";
    BulletinEdit       "bulletin_edit"       "修改通报";
    BulletinApprove    "bulletin_approve"    "审定通报";
    BulletinReturn     "bulletin_return"     "退回通报";
    BulletinDiscard    "bulletin_discard"    "放弃通报";
    BulletinRelease    "bulletin_release"    "发布通报";
    BulletinWithdraw   "bulletin_withdraw"   "撤回通报";
    BulletinSign       "bulletin_sign"       "签收通报";
    BulletinReply      "bulletin_reply"      "回复通报";
    BulletinAnswer     "bulletin_answer"     "答复通报异议";
    InspectorSet       "inspector_set"       "设立或修改检查人员";
    RecusalSet         "recusal_set"         "登记回避";
    RecusalEnd         "recusal_end"         "解除回避";
    DrawFreeze         "draw_freeze"         "冻结抽查名录库";
    DrawMake           "draw_make"           "随机抽取";
    DrawPublish        "draw_publish"        "公开抽取结果";
    InspectionRecord   "inspection_record"   "登记监督检查";
    InspectionCorrect  "inspection_correct"  "更正监督检查记录";
    InspectionPublish  "inspection_publish"  "公开检查结果";
    RectificationOrder "rectification_order" "责令整改";
    RectificationStep  "rectification_step"  "登记整改进展";
    NoticeMake         "notice_make"         "制发通知书";
    NoticeFetch        "notice_fetch"        "下载通知书";
}

impl EventKind {
    /// Whether it belongs to the life of a certificate, as authorities that did not issue it read it: not its prints, links,
    /// files and erasures.
    pub fn of_life(self) -> bool {
        use EventKind::*;
        matches!(
            self,
            Assign
                | Change
                | Succeed
                | Restore
                | Suspend
                | Resume
                | Revoke
                | Withdraw
                | Cancel
                | Void
                | Annul
                | Lift
                | BodyMove
        )
    }
}

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    /// A certificate.
    Certificate,
    /// An account.
    Account,
    /// An authority.
    Authority,
    /// An import.
    Batch,
    /// A draft.
    Draft,
    /// The registry as a whole.
    Registry,
    /// A system that calls the interface.
    Client,
    /// A refusal on record.
    Refusal,
    /// A body.
    Body,
    /// A bulletin.
    Bulletin,
    /// An inspector of a pool.
    Inspector,
    /// A draw of bodies and inspectors.
    Draw,
    /// An inspection of a body.
    Inspection,
    /// A notice to a body.
    Notice,
}

impl Object {
    /// The word in the database.
    pub fn key(self) -> &'static str {
        match self {
            Object::Certificate => "certificate",
            Object::Account => "account",
            Object::Authority => "authority",
            Object::Batch => "batch",
            Object::Draft => "draft",
            Object::Registry => "registry",
            Object::Client => "client",
            Object::Refusal => "refusal",
            Object::Body => "body",
            Object::Bulletin => "bulletin",
            Object::Inspector => "inspector",
            Object::Draw => "draw",
            Object::Inspection => "inspection",
            Object::Notice => "notice",
        }
    }
}

/// One act, complete but for its position, which the database gives at commit.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When it was recorded.
    pub recorded_at: Instant,
    /// First day on which it holds.
    pub effective: Day,
    /// Who did it.
    pub actor: Actor,
    /// For which authority; none for acts of the operator.
    pub authority: Option<AuthorityId>,
    /// Through which door.
    pub door: Door,
    /// The request it came with.
    pub request_id: String,
    /// What was done.
    pub kind: EventKind,
    /// To what.
    pub object: Object,
    /// Key of the object.
    pub object_id: i64,
    /// The edition it made, if any.
    pub edition: Option<u32>,
    /// Number of the decision document; may be empty.
    pub document: String,
    /// Day of the decision.
    pub decided: Option<Day>,
    /// What else belongs to the act: keys and values in fixed order, no persons but by id.
    pub details: Vec<(&'static str, String)>,
    /// 32 random bytes, so that the digest of a guessable act tells nothing.
    pub salt: [u8; 32],
}

impl Event {
    /// The canonical body, format 1: UTF-8 lines `key TAB value LF`, first `fuma-event 1`; empty values left out.
    /// Values may carry line breaks or tabs only as a space: what people type is cleaned before it comes here.
    pub fn body(&self) -> Vec<u8> {
        let mut out = String::from("fuma-event 1\n");
        let authority = self.authority.map(|a| a.0.to_string()).unwrap_or_default();
        let edition = self.edition.map(|e| e.to_string()).unwrap_or_default();
        let decided = self.decided.map(|d| d.to_string()).unwrap_or_default();
        let fixed: [(&str, &str); 12] = [
            ("recorded_at", &self.recorded_at.micros().to_string()),
            ("effective", &self.effective.to_string()),
            ("actor", &self.actor.to_string()),
            ("authority", &authority),
            ("door", self.door.key()),
            ("request", &self.request_id),
            ("kind", self.kind.key()),
            ("object", self.object.key()),
            ("object_id", &self.object_id.to_string()),
            ("edition", &edition),
            ("document", &self.document),
            ("decided", &decided),
        ];
        for (key, value) in fixed.into_iter().chain(self.details.iter().map(|(k, v)| (*k, v.as_str()))) {
            if !value.is_empty() {
                out.push_str(key);
                out.push('\t');
                out.extend(value.chars().map(|c| if c.is_control() { ' ' } else { c }));
                out.push('\n');
            }
        }
        out.into_bytes()
    }

    /// SHA-256(salt ‖ body).
    pub fn digest(salt: &[u8; 32], body: &[u8]) -> [u8; 32] {
        let mut sha = Sha256::new();
        sha.update(salt);
        sha.update(body);
        sha.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_canonical_body_is_the_vector_written_down() {
        let event = Event {
            recorded_at: Instant::from_micros(1_795_334_400_000_000),
            effective: Day::new(2026, 11, 22).unwrap(),
            actor: Actor::Operator("root".into()),
            authority: Some(AuthorityId(27)),
            door: Door::Command,
            request_id: "r1".into(),
            kind: EventKind::Revoke,
            object: Object::Certificate,
            object_id: 7,
            edition: None,
            document: "示例决〔2026〕1号".into(),
            decided: None,
            details: vec![("reason", "两行\n原因".into()), ("empty", String::new())],
            salt: [7; 32],
        };
        let body = event.body();
        assert_eq!(
            String::from_utf8(body.clone()).unwrap(),
            "fuma-event 1\nrecorded_at\t1795334400000000\neffective\t2026-11-22\nactor\toperator:root\nauthority\t27\n\
             door\tcommand\nrequest\tr1\nkind\trevoke\nobject\tcertificate\nobject_id\t7\ndocument\t示例决〔2026〕1号\n\
             reason\t两行 原因\n"
        );
        assert_ne!(Event::digest(&[7; 32], &body), Event::digest(&[8; 32], &body));
    }

    #[test]
    fn every_kind_is_read_back_from_its_key() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::parse(kind.key()), Some(*kind));
        }
    }
}
