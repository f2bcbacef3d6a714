//! What the rules call things, in English.

use domain::{
    Authority, CheckName, Coming, Day, EventKind, Kind, Level, Outcome, Reason, StatusWord, VerdictWord,
};

/// The two digits of the XPCC.
pub const CORPS: &str = "66";

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub fn day(day: Day) -> String {
    let month = MONTHS.get(usize::from(day.month()).saturating_sub(1)).copied().unwrap_or_default();
    format!("{} {month} {}", day.dom(), day.year())
}

pub fn word(word: VerdictWord) -> &'static str {
    match word {
        VerdictWord::Valid => "Valid",
        VerdictWord::NotYetValid => "Not yet valid",
        VerdictWord::Expired => "Expired",
        VerdictWord::Suspended => "Suspended",
        VerdictWord::Revoked => "Revoked",
        VerdictWord::Withdrawn => "Withdrawn",
        VerdictWord::Cancelled => "Cancelled",
        VerdictWord::Voided => "Voided",
        VerdictWord::Superseded => "Replaced",
        VerdictWord::Annulled => "Annulled",
        VerdictWord::Unknown => "Not found",
        VerdictWord::Malformed => "Invalid input",
        VerdictWord::Undeterminable => "No answer now",
    }
}

pub fn meaning(word: VerdictWord) -> &'static str {
    match word {
        VerdictWord::Valid => {
            "The certificate is in force. The body may issue reports only within the capabilities listed in its annex; please go on comparing with the paper."
        }
        VerdictWord::NotYetValid => {
            "The certificate is not in force yet; no report may be issued under it before its first day."
        }
        VerdictWord::Expired => {
            "The certificate has expired; no report may be issued under it after its last day."
        }
        VerdictWord::Suspended => {
            "The certificate is suspended; no report may be issued under it for the time being."
        }
        VerdictWord::Revoked => {
            "The certificate was revoked by the authority; no report may be issued under it any more."
        }
        VerdictWord::Withdrawn => {
            "The certificate was withdrawn by the authority; no report may be issued under it any more."
        }
        VerdictWord::Cancelled => "The certificate was cancelled; no report may be issued under it any more.",
        VerdictWord::Voided => {
            "The certificate was voided as a penalty; no report may be issued under it any more."
        }
        VerdictWord::Superseded => {
            "The body holds a new certificate instead; this one is no longer used. Please look at the new one."
        }
        VerdictWord::Annulled => "This code was assigned by mistake and stands for no qualification.",
        VerdictWord::Unknown => {
            "This system has no such code or number. Please check the web address and what was typed; if it is printed on a certificate or report, please tell the authority."
        }
        VerdictWord::Malformed => {
            "This is not a complete and correct code or number; please compare it with the paper and type it again."
        }
        VerdictWord::Undeterminable => {
            "The system cannot answer at the moment. This does not mean that anything is wrong with the certificate; please ask again later."
        }
    }
}

pub fn check(name: CheckName) -> &'static str {
    match name {
        CheckName::Known => "In the register",
        CheckName::Sig => "Signature",
        CheckName::Edition => "Edition",
        CheckName::Status => "Status",
        CheckName::Days => "Validity",
        CheckName::Ledger => "Ledger",
    }
}

pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Unknown => "cannot be told now",
        Outcome::NotApplicable => "not applicable",
    }
}

/// What an act makes of a certificate: suspended.
fn acted(word: StatusWord) -> &'static str {
    match word {
        StatusWord::Valid => "valid",
        StatusWord::Suspended => "suspended",
        StatusWord::Revoked => "revoked",
        StatusWord::Withdrawn => "withdrawn",
        StatusWord::Cancelled => "cancelled",
        StatusWord::Voided => "voided",
        StatusWord::Superseded => "replaced",
        StatusWord::Annulled => "annulled",
    }
}

fn coming(coming: &Option<Coming>) -> String {
    coming.map(|it| format!("; {} from {}", acted(it.word), day(it.from))).unwrap_or_default()
}

pub fn reason(reason: &Reason) -> String {
    match reason {
        Reason::InRegister => "The register has this certificate".into(),
        Reason::NotInRegister => "The register has no such code or number".into(),
        Reason::Unavailable => "The register cannot be asked at the moment".into(),
        Reason::NothingFound => "No certificate was found, so nothing is judged".into(),
        Reason::NotAsked => "The input is wrong, so nothing was asked".into(),
        Reason::Input(_) => {
            "A code has 16 letters and digits; a certificate number has mostly 12 digits".into()
        }
        Reason::NoSignature => "This code bears no signature".into(),
        Reason::NoLedger => "The ledger is not in use yet".into(),
        Reason::NoEdition { current } => {
            format!("What was asked names no edition; the current one is edition {current}")
        }
        Reason::CurrentEdition { edition } => format!("Edition {edition}, the current one"),
        Reason::OldEdition { edition, current } => {
            format!("You hold edition {edition}; the current one is edition {current}")
        }
        Reason::EditionAhead { edition, current } => {
            format!("You hold edition {edition}, only edition {current} was found; please ask again later")
        }
        Reason::InForce { coming: next } => {
            format!("Not suspended, revoked, withdrawn, cancelled or voided{}", coming(next))
        }
        Reason::Superseded { from } => format!("Replaced by a new certificate from {}", day(*from)),
        Reason::Acted { word, since, document, coming: next } => {
            let since = since.map(|from| format!(" from {}", day(from))).unwrap_or_default();
            let document = if document.is_empty() { String::new() } else { format!(" ({document})") };
            let mut said = format!("{}{since}{document}{}", acted(*word), coming(next));
            said[..1].make_ascii_uppercase();
            said
        }
        Reason::NotYetBegun { from } => format!("Valid from {}", day(*from)),
        Reason::Over { to } => format!("Expired after {}", day(*to)),
        Reason::WithinDays { on, from, to } => {
            format!("{} is within the validity ({} to {})", day(*on), day(*from), day(*to))
        }
    }
}

pub fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::First => "First grant",
        Kind::Extension => "Extension of scope",
        Kind::Renewal => "Renewal",
        Kind::StandardChange => "Change of standards",
        Kind::NameChange => "Change of name",
        Kind::AddressNameChange => "Address renamed",
        Kind::Move => "Move of site",
        Kind::LegalChange => "Change of legal entity",
        Kind::CapabilityCancel => "Capabilities ended",
        Kind::StaffChange => "Change of staff",
        Kind::SignatoryChange => "Change of authorised signatories",
        Kind::Correction => "Correction",
        Kind::Takeover => "Issued, and later entered in this register",
    }
}

/// What the life of a certificate shows; the rest never stands on a public page.
pub fn event(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Assign => "Granted",
        EventKind::Change => "Change",
        EventKind::Succeed => "Replaced by a new certificate",
        EventKind::Restore => "Former status restored: the new certificate was annulled",
        EventKind::Suspend => "Suspended",
        EventKind::Resume => "Resumed",
        EventKind::Revoke => "Revoked",
        EventKind::Withdraw => "Withdrawn",
        EventKind::Cancel => "Cancelled",
        EventKind::Void => "Voided",
        EventKind::Annul => "Annulled: assigned by mistake",
        EventKind::Lift => "Earlier decision lifted",
        EventKind::Adopt => "Linked with the record of the approval system",
        EventKind::Collect => "Final files collected",
        _ => "Entry of the register",
    }
}

/// Two digits of GB/T 2260, the name, and what kind of province it is.
const PROVINCES: [(&str, &str, &str); 32] = [
    ("11", "Beijing", "Municipality"),
    ("12", "Tianjin", "Municipality"),
    ("13", "Hebei", "Province"),
    ("14", "Shanxi", "Province"),
    ("15", "Inner Mongolia", "Autonomous Region"),
    ("21", "Liaoning", "Province"),
    ("22", "Jilin", "Province"),
    ("23", "Heilongjiang", "Province"),
    ("31", "Shanghai", "Municipality"),
    ("32", "Jiangsu", "Province"),
    ("33", "Zhejiang", "Province"),
    ("34", "Anhui", "Province"),
    ("35", "Fujian", "Province"),
    ("36", "Jiangxi", "Province"),
    ("37", "Shandong", "Province"),
    ("41", "Henan", "Province"),
    ("42", "Hubei", "Province"),
    ("43", "Hunan", "Province"),
    ("44", "Guangdong", "Province"),
    ("45", "Guangxi", "Autonomous Region"),
    ("46", "Hainan", "Province"),
    ("50", "Chongqing", "Municipality"),
    ("51", "Sichuan", "Province"),
    ("52", "Guizhou", "Province"),
    ("53", "Yunnan", "Province"),
    ("54", "Xizang", "Autonomous Region"),
    ("61", "Shaanxi", "Province"),
    ("62", "Gansu", "Province"),
    ("63", "Qinghai", "Province"),
    ("64", "Ningxia", "Autonomous Region"),
    ("65", "Xinjiang", "Autonomous Region"),
    (CORPS, "Xinjiang Production and Construction Corps", ""),
];

pub fn province(area: &str) -> Option<&'static str> {
    PROVINCES.iter().find(|(digits, ..)| *digits == area).map(|(_, name, _)| *name)
}

pub fn authority_short(authority: &Authority) -> Option<&'static str> {
    match authority.level {
        Level::National => Some("National"),
        Level::Provincial => province(&authority.area),
    }
}

pub fn authority(authority: &Authority) -> Option<String> {
    if authority.level == Level::National {
        return Some("National authority of China for market regulation".into());
    }
    let (_, name, sort) = PROVINCES.iter().find(|(digits, ..)| *digits == authority.area)?;
    let place = if sort.is_empty() { (*name).to_owned() } else { format!("{name} {sort}") };
    Some(format!("{place}, market regulation authority"))
}
