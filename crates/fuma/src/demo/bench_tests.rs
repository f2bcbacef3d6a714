use super::*;
use std::collections::HashSet;

fn lines(dir: &Path, group: Group) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(dir.join(format!("{}.csv", group.sheet()))).unwrap();
    text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn the_files_have_the_rows_asked_for_and_every_row_its_certificate() {
    let dir = tempfile::tempdir().unwrap();
    bench_csv(dir.path(), 2_000, 50_000, 1).unwrap();
    let heads = lines(dir.path(), Group::Certificate);
    let capabilities = lines(dir.path(), Group::Capability);
    assert_eq!((heads.len(), capabilities.len()), (2_001, 50_001));
    assert!(heads.iter().all(|row| row.len() == HEAD.len()));
    assert!(capabilities.iter().all(|row| row.len() == CAPABILITY.len()));
    let numbers: HashSet<&String> = heads[1..].iter().map(|row| &row[1]).collect();
    assert_eq!(numbers.len(), 2_000, "each number once");
    assert!(capabilities[1..].iter().all(|row| numbers.contains(&row[0])));
    let sites = lines(dir.path(), Group::Site);
    assert!(sites.len() > 2_001 && sites[1..].iter().all(|row| numbers.contains(&row[0])));
}

#[test]
fn numbers_decode_to_the_codes_beside_them() {
    let dir = tempfile::tempdir().unwrap();
    bench_csv(dir.path(), 500, 2_000, 3).unwrap();
    for row in &lines(dir.path(), Group::Certificate)[1..] {
        let parts = domain::Number::parse(&row[1]).unwrap().parts().unwrap();
        assert_eq!((parts.domain.as_str(), parts.industry.as_str()), (row[11].as_str(), row[12].as_str()));
        assert_eq!((parts.authority.as_str(), parts.year.to_string()), ("27", row[18][..4].to_owned()));
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    bench_csv(one.path(), 200, 5_000, 7).unwrap();
    bench_csv(two.path(), 200, 5_000, 7).unwrap();
    for group in [Group::Certificate, Group::Site, Group::Capability] {
        let name = format!("{}.csv", group.sheet());
        assert!(
            std::fs::read(one.path().join(&name)).unwrap() == std::fs::read(two.path().join(&name)).unwrap()
        );
    }
}

#[test]
fn sizes_are_log_normal_and_add_up() {
    let mut sizes = World::new(1).sizes(20_000, 9_000_000, LARGEST);
    assert_eq!(sizes.iter().sum::<usize>(), 9_000_000);
    sizes.sort_unstable();
    let median = sizes[10_000];
    assert!((105..140).contains(&median), "domain.md section 7 says 120: {median}");
    assert!(sizes[19_800] < 8_000 && sizes[19_999] <= LARGEST);
}

#[test]
fn the_large_workbook_has_twelve_columns_and_all_rows() {
    use calamine::Reader;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bench.xlsx");
    bench_xlsx(&path, 1_000, 1).unwrap();
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(&path).unwrap();
    let range = book.worksheet_range(Group::Capability.sheet()).unwrap();
    assert_eq!(range.get_size(), (1_001, 12));
    assert_eq!(book.worksheet_range(Group::Certificate.sheet()).unwrap().height(), 5);
}
