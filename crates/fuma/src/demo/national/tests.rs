use super::*;
use app::Form;
use domain::{Content, DateSystem, Draft, Field, Identity, Number, Setting, Severity, Status, StatusWord};
use std::collections::HashMap;

/// One `part`th of the country, under the keys that a founded registry gives its authorities.
pub(super) fn country(part: usize, seed: u64) -> National {
    National::new(Size::part(part), seed, (1..=AUTHORITIES as i64).map(AuthorityId).collect())
}

fn digest(made: &ReadyMade) -> [u8; 32] {
    made.content.digest(&Identity { number: &made.number, code: made.code, edition: 1 })
}

#[test]
fn the_same_seed_gives_the_same_certificates() {
    let (one, same, other) = (country(1_000, 1), country(1_000, 1), country(1_000, 2));
    assert_eq!(one.len(), 120);
    for at in 0..40 {
        assert_eq!(digest(&one.certificate(at)), digest(&same.certificate(at)), "certificate {at}");
        assert_ne!(digest(&one.certificate(at)), digest(&other.certificate(at)), "certificate {at}");
    }
}

#[test]
fn a_part_has_its_share_of_everything() {
    let country = country(100, 1);
    let slots = &country.plan.slots;
    let sum = |of: fn(&plan::Slot) -> usize| slots.iter().map(of).sum::<usize>();
    assert_eq!((country.plan.bodies.len(), slots.len()), (550, 1_200));
    assert_eq!(sum(|slot| slot.rows), 250_000);
    assert_eq!(sum(|slot| slot.instruments), 100_000);
    assert_eq!(sum(|slot| slot.people), 15_000);
    let mut rows: Vec<usize> = slots.iter().map(|slot| slot.rows).collect();
    rows.sort_unstable();
    assert!((105..135).contains(&rows[600]), "the median of a certificate is about 120: {}", rows[600]);
    assert!(rows[1_199] <= 30_000);
    let authorities: HashSet<usize> = slots.iter().map(|slot| slot.aa).collect();
    assert!(authorities.len() >= 30, "{} authorities", authorities.len());
    let national = slots.iter().filter(|slot| slot.aa == 0).count();
    assert!((30..120).contains(&national), "{national} of the national authority");
    let most = |aa: usize| slots.iter().filter(|slot| slot.aa == aa).count();
    assert!(most(19) > 4 * most(26), "Guangdong has many times as many as Tibet");
}

#[test]
fn statuses_and_places_are_those_of_a_country() {
    let country = country(100, 1);
    let mut words: HashMap<StatusWord, usize> = HashMap::new();
    let (mut expired, mut elsewhere, mut sites, mut dependent) = (0, 0, 0, 0);
    let mut last = usize::MAX;
    for (at, slot) in country.plan.slots.iter().enumerate() {
        // Rows cost time and tell nothing here.
        let body = bodies::Body::of(&country.plan.bodies[slot.body], slot.body, 1);
        let made = country.certificate(at);
        let valid_to = made.content.face.valid_to;
        match slot.renewed {
            true => *words.entry(StatusWord::Superseded).or_default() += 1,
            false => *words.entry(made.status.word()).or_default() += 1,
        }
        expired += usize::from(!slot.renewed && made.status == Status::Valid && valid_to < plan::written());
        if slot.body != last {
            last = slot.body;
            sites += body.sites.len();
            dependent += usize::from(body.parent.is_some());
            let home = body.sites[0].division.map(|d| d.province().to_owned());
            elsewhere += body
                .sites
                .iter()
                .filter(|site| site.division.map(|d| d.province().to_owned()) != home)
                .count();
        }
    }
    let of = |word| words.get(&word).copied().unwrap_or(0);
    assert!((400..700).contains(&of(StatusWord::Superseded)), "{words:?}");
    assert!(of(StatusWord::Valid) > 500 && of(StatusWord::Cancelled) > 10, "{words:?}");
    let rare = [StatusWord::Revoked, StatusWord::Withdrawn, StatusWord::Voided].map(of);
    assert!(rare.iter().all(|n| *n > 0), "{words:?}");
    assert!((10..120).contains(&expired), "{expired}");
    assert!((570..640).contains(&sites), "550 bodies stand in {sites} places");
    assert!(elsewhere > 0 && (40..100).contains(&dependent), "{elsewhere} elsewhere, {dependent} dependent");
}

#[test]
fn texts_are_shared_and_a_third_differs_a_little() {
    let country = country(100, 1);
    let mut texts: HashMap<ItemKey, usize> = HashMap::new();
    let (mut rows, mut own) = (0, 0);
    for at in 0..country.len() {
        for picked in country.picked(at) {
            own += usize::from(picked.items) * usize::from(!picked.manner.plain() || picked.limits > 0);
            for key in STOCK.keys(picked) {
                *texts.entry(key).or_default() += 1;
                rows += 1;
            }
        }
    }
    let holding = |c: char| {
        let said = texts.iter().filter(|(key, _)| {
            let item = STOCK.item(**key);
            [item.category, item.class, item.name, item.standard_name].iter().any(|text| text.contains(c))
        });
        said.map(|(_, n)| n).sum::<usize>()
    };
    assert_eq!(rows, 250_000);
    assert!((rows * 30 / 100..rows * 42 / 100).contains(&own), "{own} rows differ");
    assert!((50_000..110_000).contains(&texts.len()), "{} texts", texts.len());
    assert!(texts.values().max() > Some(&200), "the most common text is in many certificates");
    let (water, lead) = (holding('水'), holding('铅'));
    assert!((6_000..20_000).contains(&water), "{water} rows say 水");
    assert!((1_000..5_000).contains(&lead), "{lead} rows say 铅");
}

#[test]
fn no_two_plain_rows_of_the_stock_say_the_same() {
    let mut hashes = HashSet::new();
    let twice: Vec<_> =
        STOCK.plain().map(|key| STOCK.item(key)).filter(|item| !hashes.insert(item.hash())).collect();
    assert!(twice.is_empty(), "{:?}", &twice[..twice.len().min(3)]);
    assert!(hashes.len() > 50_000, "{}", hashes.len());
}

/// The form in which somebody would have typed it.
fn form(number: &Number, content: &Content, status: &Status) -> Form {
    let face = &content.face;
    let mut form = Form::of(number, content);
    form.set(Field::Kind, face.kinds.to_string());
    form.set(Field::DecisionDay, face.decision_day.map(|day| day.to_string()).unwrap_or_default());
    form.set(Field::DecisionNumber, face.decision_number.clone());
    form.set(Field::Procedure, face.procedure.map_or("", domain::Procedure::label));
    if let (Some(since), Some(act)) = (status.since(), status.act()) {
        form.set(Field::Status, status.word().label());
        form.set(Field::StatusDay, since.to_string());
        form.set(Field::StatusDocument, act.document.clone());
        form.set(Field::StatusReason, act.reason.clone());
    }
    form
}

#[tokio::test]
async fn what_is_made_passes_the_funnel_unchanged() {
    let town = crate::testing::Town::open().await;
    let tables = town.app.tables();
    let country = country(100, 1);
    for at in (0..country.len()).step_by(6) {
        let made = country.certificate(at);
        let setting = Setting {
            tables: &tables,
            authority: made.authority,
            today: town.app.today(),
            date_system: DateSystem::Y1900,
        };
        let parsed = Draft::parse(&form(&made.number, &made.content, &made.status).raw(), &setting);
        let told: Vec<_> =
            parsed.problems.iter().map(|p| format!("{:?} {} {}", p.severity, p.code, p.message)).collect();
        assert!(parsed.problems.iter().all(|p| p.severity != Severity::Error), "certificate {at}: {told:?}");
        let draft = parsed.draft.expect("nothing stops it");
        assert!(told.is_empty(), "certificate {at}: {told:?}");
        assert_eq!(draft.content, made.content, "certificate {at}");
        assert_eq!(
            (draft.number, draft.status, draft.effective),
            (Some(made.number), made.status, made.effective)
        );
    }
}
