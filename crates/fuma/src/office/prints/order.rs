//! The order form: which certificates, as what, why. Kept through the page that asks once more.

use crate::office::FieldView;
use app::stored::{Copy, Filter};
use app::{Bundle, PrintOrder, PrintedParts, Profile, Selection};
use domain::{BatchId, CertificateId, Day, StatusWord, name_key};

/// What a form or an address says, in its order; names may repeat.
pub type Pairs = Vec<(String, String)>;

/// The value of a name; empty if not given.
pub fn value<'p>(pairs: &'p Pairs, name: &str) -> &'p str {
    pairs.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.trim())
}

/// Which certificates were meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// These.
    Picked(Vec<CertificateId>),
    /// Those that match; `all`: also what was printed before.
    Matching {
        /// Of one import.
        batch: Option<i64>,
        /// Beginning of the number.
        number: String,
        /// Part of the body's name.
        name: String,
        /// Also what was printed before.
        all: bool,
    },
}

impl Chosen {
    /// What a form picked: `id` (or `certificate`) any number of times, else `batch`, `number`, `name`.
    pub fn of(pairs: &Pairs) -> Chosen {
        let ids = pairs.iter().filter(|(n, _)| n == "id" || n == "certificate");
        let ids: Vec<CertificateId> = ids.filter_map(|(_, v)| v.parse().ok().map(CertificateId)).collect();
        let asked =
            ["batch", "number", "name", "due"].iter().any(|name| pairs.iter().any(|(n, _)| n == name));
        if !ids.is_empty() || !asked {
            return Chosen::Picked(ids);
        }
        Chosen::Matching {
            batch: value(pairs, "batch").parse().ok(),
            number: value(pairs, "number").split_whitespace().collect(),
            name: value(pairs, "name").to_owned(),
            all: !value(pairs, "all").is_empty(),
        }
    }

    /// For the verb. What no longer holds is never meant by a filter: it is printed one by one, with a reason.
    pub fn selection(&self, today: Day) -> Selection {
        match self {
            Chosen::Picked(ids) => Selection::Picked(ids.clone()),
            Chosen::Matching { .. } => Selection::Matching(self.filter(today)),
        }
    }

    /// The filter of the queue.
    pub fn filter(&self, today: Day) -> Filter {
        match self {
            Chosen::Picked(_) => Filter::default(),
            Chosen::Matching { batch, number, name, all } => Filter {
                status: Some(StatusWord::Valid),
                number: number.clone(),
                name: name_key(name),
                print_due: !all,
                batch: batch.map(BatchId),
                expires_from: Some(today),
                ..Filter::default()
            },
        }
    }

    /// The same choice as hidden fields.
    pub fn hidden(&self) -> Vec<(&'static str, String)> {
        match self {
            Chosen::Picked(ids) => ids.iter().map(|id| ("id", id.to_string())).collect(),
            Chosen::Matching { batch, number, name, .. } => {
                let batch = batch.map(|b| ("batch", b.to_string()));
                let rest = [("due", "1".to_owned()), ("number", number.clone()), ("name", name.clone())];
                batch.into_iter().chain(rest).filter(|(_, v)| !v.is_empty()).collect()
            }
        }
    }
}

/// The order a form says; what it leaves open is as for an original.
pub fn order(pairs: &Pairs) -> PrintOrder {
    let copy = Copy::ALL.into_iter().find(|c| c.key() == value(pairs, "copy"));
    PrintOrder {
        edition: value(pairs, "edition").parse().ok(),
        copy: copy.unwrap_or(Copy::Original),
        reason: value(pairs, "reason").to_owned(),
        paper_number: value(pairs, "paper").to_owned(),
        profile: if value(pairs, "profile") == "download" { Profile::Download } else { Profile::Archive },
        parts: match value(pairs, "parts") {
            "face" => PrintedParts::Face,
            "annex" => PrintedParts::Annex,
            _ => PrintedParts::Both,
        },
    }
}

/// How the result of a batch is wanted.
pub fn bundle(pairs: &Pairs) -> Bundle {
    if value(pairs, "bundle") == "zip" { Bundle::Zip } else { Bundle::Pdf }
}

fn choice(name: &'static str, label: &str, options: &[(&str, &str)], pairs: &Pairs) -> FieldView {
    let given = value(pairs, name);
    let first = options.first().map_or("", |(key, _)| key);
    let options = options.iter().map(|(k, l)| ((*k).to_owned(), (*l).to_owned())).collect();
    FieldView::choice(name, label, options).value(if given.is_empty() { first } else { given }).required()
}

/// The fields of an order, with what was typed.
pub fn fields(pairs: &Pairs, many: bool) -> Vec<FieldView> {
    let copies = Copy::ALL.map(|c| (c.key(), c.label()));
    let parts = [("both", "证书和附表"), ("face", "只打证书"), ("annex", "只打附表")];
    let profiles = [("archive", "打印存档（PDF/A-2b）"), ("download", "电子下载（带结构标签，PDF/UA）")];
    let bundles = [("pdf", "合成一个 PDF，送打印机"), ("zip", "压缩包，每张证书一个 PDF")];
    let paper = if many { "起始纸张编号" } else { "纸张编号" };
    let paper_hint = match many {
        true => "纸张自带编号的填写第一张，如 A0000001，其余顺次编号；没有的留空",
        false => "纸张自带编号的填写；没有的留空",
    };
    let mut fields = vec![
        choice("copy", "类别", &copies, pairs).hint("正本每版只打一次；再打选“补打”并写明原因"),
        choice("parts", "内容", &parts, pairs),
        choice("profile", "用途", &profiles, pairs),
        FieldView::text("paper", paper).value(value(pairs, "paper")).hint(paper_hint),
        FieldView::lines("reason", "原因")
            .value(value(pairs, "reason"))
            .hint("补打必填；再打副本、打印已失效证书的副本也要填写"),
    ];
    if many {
        fields.insert(3, choice("bundle", "取件方式", &bundles, pairs));
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(of: &[(&str, &str)]) -> Pairs {
        of.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn a_choice_survives_the_page_that_asks_once_more() {
        for form in [
            pairs(&[("id", "3"), ("id", "5"), ("copy", "reprint")]),
            pairs(&[("batch", "7")]),
            pairs(&[("due", "1"), ("number", "2627 1205"), ("name", "示例")]),
        ] {
            let chosen = Chosen::of(&form);
            let hidden = chosen.hidden().into_iter().map(|(n, v)| (n.to_owned(), v)).collect();
            assert_eq!(Chosen::of(&hidden), chosen);
        }
    }

    #[test]
    fn nothing_chosen_is_nothing_and_never_everything() {
        assert_eq!(Chosen::of(&pairs(&[("copy", "original")])), Chosen::Picked(Vec::new()));
        let Selection::Picked(ids) = Chosen::of(&pairs(&[("id", "x")])).selection(Day::MIN) else { panic!() };
        assert!(ids.is_empty());
    }
}
