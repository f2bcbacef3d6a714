//! 批量核验: many codes or numbers in one question, for those who file a month's reports.

use crate::asked::{Asked, Mistyped};
use crate::tallying::{Asker, Missing, Question, Subject};
use crate::{App, Result};
use domain::tally::{Measure, Way};
use domain::{Code, Day, Number, VerdictWord};
use std::collections::HashMap;
use store::certificate::Head;

/// Codes or numbers of one question at most.
pub const MOST_CHECKED: usize = 1_000;

/// One of the list, verified today.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Checked {
    /// As it was typed.
    pub typed: String,
    /// The verdict's word.
    #[serde(serialize_with = "key")]
    pub word: VerdictWord,
    /// Why it cannot be a code or number; else empty.
    pub why: String,
    /// The certificate, if there is one.
    pub certificate: Option<CheckedCertificate>,
}

/// What is told of a certificate in a list: no code, no persons.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[expect(missing_docs, reason = "named as in the interface standard")]
pub struct CheckedCertificate {
    pub number: String,
    pub body_name: String,
    pub authority: String,
    pub valid_from: Day,
    pub valid_to: Day,
}

fn key<S: serde::Serializer>(word: &VerdictWord, to: S) -> std::result::Result<S::Ok, S::Error> {
    to.serialize_str(word.key())
}

/// The entries of a pasted text or of a file of text: one a line or parted by commas and the like, in UTF-8 or GB18030.
pub fn listed(bytes: &[u8]) -> Vec<String> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::GB18030.decode(bytes).0,
    };
    let parted = text.split(['\n', '\r', ',', '，', ';', '；', '、', '\t']);
    let entries =
        parted.map(|it| it.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\u{FEFF}')));
    entries.filter(|it| !it.is_empty()).map(|it| it.chars().take(60).collect()).collect()
}

impl App {
    /// Verifies a list, in its order; what is beyond [`MOST_CHECKED`] is left out. Each is counted as a question of its own.
    pub async fn verify_list(&self, typed: &[String], asker: &Asker) -> Result<Vec<Checked>> {
        let typed = &typed[..typed.len().min(MOST_CHECKED)];
        let entries: Vec<_> = typed.iter().map(|text| self.read_asked(text)).collect();
        let reader = (&self.near).into();
        let codes = entries.iter().filter_map(|it| match it {
            Ok(Asked::Code(code)) => Some(code.as_str().to_owned()),
            Ok(Asked::Number(_)) | Err(_) => None,
        });
        let numbers = entries.iter().filter_map(|it| match it {
            Ok(Asked::Number(number)) => Some(number.as_str().to_owned()),
            Ok(Asked::Code(_)) | Err(_) => None,
        });
        let mut heads = store::certificate::by_codes(reader, codes.collect()).await?;
        heads.extend(store::certificate::by_numbers(reader, numbers.collect()).await?);
        heads.sort_unstable_by_key(|head| head.id);
        heads.dedup_by_key(|head| head.id);
        let verdicts = self.standings(&heads.iter().collect::<Vec<_>>()).await?;
        let bodies = store::body::by_ids(reader, heads.iter().map(|head| head.body.0).collect()).await?;
        let names: HashMap<_, _> = bodies.into_iter().map(|body| (body.id, body.name)).collect();
        let by_code: HashMap<Code, usize> = heads.iter().map(|head| head.code).zip(0..).collect();
        let by_number: HashMap<&Number, usize> = heads.iter().map(|head| &head.number).zip(0..).collect();
        let one = |(typed, entry): (&String, &std::result::Result<Asked, Mistyped>)| {
            let question = |way| Question { measure: Measure::Batch, way, asker };
            let (at, way, missing) = match entry {
                Ok(Asked::Code(code)) => (by_code.get(code), Way::Code, Missing::Code(code)),
                Ok(Asked::Number(number)) => (by_number.get(number), Way::Number, Missing::Number(number)),
                Err(mistyped) => {
                    self.count_malformed(question(Way::Code));
                    let (typed, why) = (typed.clone(), mistyped.to_string());
                    return Checked { typed, word: VerdictWord::Malformed, why, certificate: None };
                }
            };
            let word = at.map_or(VerdictWord::Unknown, |at| verdicts[*at].word());
            let head = at.map(|at| &heads[*at]);
            self.count_verdict(question(way), word, head.map(Subject::from), Some(missing));
            let told = |head: &Head| CheckedCertificate {
                number: head.number.to_string(),
                body_name: names.get(&head.body).cloned().unwrap_or_default(),
                authority: self.authority_name(head.authority),
                valid_from: head.valid_from,
                valid_to: head.valid_to,
            };
            Checked { typed: typed.clone(), word, why: String::new(), certificate: head.map(told) }
        };
        Ok(typed.iter().zip(&entries).map(one).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_however_it_is_parted_and_coded() {
        let expected = ["230020349767", "04HM-ASW9-NF6Y-Y09F", "国认监认字（001）号"];
        for text in [
            "230020349767\n04HM-ASW9-NF6Y-Y09F\r\n\r\n国认监认字（001）号\n",
            "\u{FEFF}\"230020349767\",04HM-ASW9-NF6Y-Y09F；国认监认字（001）号",
        ] {
            assert_eq!(listed(text.as_bytes()), expected);
            assert_eq!(listed(&encoding_rs::GB18030.encode(text).0), expected);
        }
        assert_eq!(listed(b""), Vec::<String>::new());
        assert_eq!(listed("甲".repeat(100).as_bytes())[0].chars().count(), 60);
    }
}
