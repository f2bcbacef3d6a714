//! One certificate of the plan, ready-made: face, status, and everything that hangs below it.

use super::super::{names, people, rng::Rng};
use super::National;
use super::bodies::Body;
use super::instruments;
use super::plan::{DOMAINS, Slot, begun, of_corps, shifted, written};
use super::stock::{LIMITS, Picked, STOCK, Want};
use app::ReadyMade;
use domain::{
    Act, Capability, Code, Content, Day, Face, Kind, Kinds, Number, Procedure, Realm, Signatory, Staff,
    Status, StatusWord, Two,
};

/// Of a hundred certificates that nobody renewed: how many were ended before their time (domain.md section 7).
const ENDED: usize = 5;
/// Of a hundred that have run out: how many were cancelled afterwards.
const CANCELLED: usize = 40;

impl National {
    /// Certificate number `at` of the plan.
    pub fn certificate(&self, at: usize) -> ReadyMade {
        let slot = self.plan.slots[at];
        let body = Body::of(&self.plan.bodies[slot.body], slot.body, self.seed);
        let mut rng = Rng::of(self.seed, 61, at as u64);
        let picked = self.picked(at);
        let number = self.number(slot);
        let face = self.face(at, slot, &body, &picked, &mut rng);
        let status = status(&slot, &face, at, &mut rng);
        let decided = face.decision_day;
        let content = Content {
            capabilities: capabilities(&picked, decided),
            signatories: signatories(&slot, &picked, decided, &mut rng),
            instruments: instruments::of(at, &slot, &picked, &mut rng),
            staff: staff(&slot, body.sites.len(), &mut rng),
            sites: body.sites,
            face,
        };
        ReadyMade {
            authority: self.authorities[slot.aa],
            number,
            code: code(&mut rng),
            effective: decided.unwrap_or(content.face.valid_from),
            status,
            content,
        }
    }

    /// The rows of its annex, as they are drawn: the same for the texts that are known beforehand and for the certificate.
    pub(super) fn picked(&self, at: usize) -> Vec<Picked> {
        let slot = &self.plan.slots[at];
        let body = &self.plan.bodies[slot.body];
        let sites = Body::of(body, slot.body, self.seed).sites.len();
        let want = Want { domain: DOMAINS[slot.domain].0, rows: slot.rows, sites, province: body.aa as u8 };
        let mut picked = Vec::new();
        STOCK.draw(&want, &mut Rng::of(self.seed, 62, at as u64), &mut picked);
        picked
    }

    fn number(&self, slot: Slot) -> Number {
        let two = |text: &str| text.parse::<Two>().expect("two digits");
        let (domain, industry, _) = DOMAINS[slot.domain];
        Number::compose(
            slot.issued.year(),
            two(&format!("{:02}", slot.aa)),
            two(domain),
            two(industry),
            slot.serial,
        )
        .expect("years after 2000 and serials that begin at 1")
    }

    fn face(&self, at: usize, slot: Slot, body: &Body, picked: &[Picked], rng: &mut Rng) -> Face {
        let two = |text: &str| text.parse::<Two>().expect("two digits");
        let (domain, industry, _) = DOMAINS[slot.domain];
        let decided = shifted(slot.issued, -(rng.below(6) as i32));
        let same_day = i32::from(rng.chance(30)) - 1;
        let end = slot.issued.plus_years(6).and_then(|day| day.plus_days(same_day));
        let kind = match (slot.issued >= begun(), slot.renews) {
            (true, true) => Kind::Renewal,
            (true, false) => Kind::First,
            (false, _) => Kind::Takeover,
        };
        Face {
            kinds: Kinds::one(kind),
            previous_number: slot.renews.then(|| self.number(self.plan.slots[at - 1])),
            body_name: body.name.clone(),
            other_name: body.other_name.clone(),
            uscc: body.uscc,
            org_code: None,
            legal_kind: Some(body.legal_kind),
            parent: body.parent.clone(),
            department: body.department.clone(),
            address: body.sites[0].address.clone(),
            division: body.sites[0].division,
            postcode: String::new(),
            legal_representative: body.legal_representative.clone(),
            head: body.head.clone(),
            technical_lead: body.technical_lead.clone(),
            contact: body.contact.clone(),
            xpcc: of_corps(&self.plan.bodies[slot.body]),
            domain: two(domain),
            industry: two(industry),
            food: picked.iter().any(|row| STOCK.food(row.block)),
            procedure: Some(if rng.chance(15) { Procedure::Commitment } else { Procedure::General }),
            decision_day: Some(decided),
            decision_number: format!("示例市监许〔{}〕{}号", decided.year(), at + 1),
            first_issued_on: Some(slot.first_issued),
            issued_on: Some(slot.issued),
            valid_from: slot.issued,
            valid_to: end.expect("invented days lie far from both ends of the calendar"),
            reason: String::new(),
            remark: String::new(),
        }
    }
}

/// A code that follows from the seed: it opens nothing, and the same seed gives the same registry.
fn code(rng: &mut Rng) -> Code {
    let [a, b] = [rng.next().to_le_bytes(), rng.next().to_le_bytes()];
    Code::from_entropy(std::array::from_fn(|n| if n < 8 { a[n] } else { b[n - 8] }), Realm::Registry)
}

/// The status with which it is taken over; one that is renewed is valid until its successor comes.
fn status(slot: &Slot, face: &Face, at: usize, rng: &mut Rng) -> Status {
    if slot.renewed || !face.kinds.has(Kind::Takeover) {
        return Status::Valid;
    }
    let over = face.valid_to < written();
    let between = |from: Day, to: Day, rng: &mut Rng| {
        shifted(from, rng.below((to.number() - from.number()).max(1) as usize) as i32)
    };
    let (word, day, reason) = if over && rng.chance(CANCELLED) {
        (StatusWord::Cancelled, between(face.valid_to, written(), rng), "有效期届满未延续")
    } else if rng.chance(ENDED) {
        let day = between(slot.issued, face.valid_to.min(written()), rng);
        let (word, reason) = rng.pick(&[
            (StatusWord::Cancelled, "机构申请注销"),
            (StatusWord::Cancelled, "机构依法终止"),
            (StatusWord::Cancelled, "机构申请注销"),
            (StatusWord::Revoked, "以欺骗手段取得资质认定"),
            (StatusWord::Withdrawn, "所依据的条件发生重大变化"),
            (StatusWord::Voided, "出具虚假检验检测报告"),
        ]);
        (word, day, reason)
    } else {
        return Status::Valid;
    };
    let act = Act {
        effective: day,
        document: format!("示例市监撤〔{}〕{}号", day.year(), at + 1),
        reason: reason.to_owned(),
    };
    match word {
        StatusWord::Revoked => Status::Revoked(act),
        StatusWord::Withdrawn => Status::Withdrawn(act),
        StatusWord::Voided => Status::Voided(act),
        _ => Status::Cancelled(act),
    }
}

fn capabilities(picked: &[Picked], approved_on: Option<Day>) -> Vec<Capability> {
    let rows = picked.iter().map(|row| usize::from(row.items)).sum();
    let mut all = Vec::with_capacity(rows);
    for row in picked {
        let food = STOCK.food(row.block);
        all.extend(STOCK.keys(*row).map(|key| Capability {
            site: row.site.into(),
            item: STOCK.item(key),
            limits: LIMITS[usize::from(row.limits)].to_owned(),
            remark: String::new(),
            approved_on,
            food,
            label: String::new(),
        }));
    }
    all
}

/// Two for a small laboratory, a dozen for a large one; the first signs for everything, the others for a field each.
fn signing(slot: &Slot) -> usize {
    (2 + slot.people / 10).min(12).min(slot.people)
}

fn signatories(slot: &Slot, picked: &[Picked], approved_on: Option<Day>, rng: &mut Rng) -> Vec<Signatory> {
    let mut fields: Vec<&str> = picked.iter().map(|row| STOCK.category(row.block)).collect();
    fields.dedup();
    let food = picked.iter().any(|row| STOCK.food(row.block));
    let signatory = |n: usize| Signatory {
        site: 0,
        name: names::person(rng),
        title: rng.pick(&people::TITLES).to_owned(),
        field: if n == 0 { "本机构认定的全部检验检测项目" } else { rng.pick(&fields) }.to_owned(),
        food,
        approved_on,
        remark: String::new(),
        education: rng.pick(&domain::field::EDUCATIONS[1..5]).to_owned(),
        department: rng.pick(&people::DEPARTMENTS).to_owned(),
        sex: rng.pick(domain::field::SEXES).to_owned(),
    };
    (0..signing(slot)).map(signatory).collect()
}

fn staff(slot: &Slot, sites: usize, rng: &mut Rng) -> Vec<Staff> {
    let member = |n: usize| Staff {
        site: if n < 3 { 0 } else { rng.below(sites) as u16 },
        name: names::person(rng),
        sex: rng.pick(domain::field::SEXES).to_owned(),
        education: rng.pick(&domain::field::EDUCATIONS[1..5]).to_owned(),
        post: if n == 0 { "质量负责人" } else { rng.pick(&people::POSTS) }.to_owned(),
        title: rng.pick(&people::TITLES).to_owned(),
        major: rng.pick(&people::MAJORS).to_owned(),
        years: (1 + rng.below(30)).to_string(),
        department: rng.pick(&people::DEPARTMENTS).to_owned(),
    };
    (signing(slot)..slot.people).map(member).collect()
}
