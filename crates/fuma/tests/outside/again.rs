//! `./run` a second time: the demo is shown as it was made, whatever was done in it since.

use crate::served::{PASSWORD, Place};
use serde_json::Value;

#[test]
fn a_demo_that_was_made_is_left_as_it_is() {
    let place = Place::empty();
    place.set("demo = true\n");
    let made: Value = serde_json::from_str(&place.ok(&["--json", "demo"])).expect("one document");
    let file = |of: &Value, name: &str| of["certificate"][name].as_str().expect(name).to_owned();
    let pdf = file(&made, "pdf");
    assert!(std::fs::read(&pdf).expect("the certificate").starts_with(b"%PDF"));
    let annotated = made["annotated"].as_str().expect("its errors are marked");
    assert!(std::fs::read(annotated).expect("the workbook").starts_with(b"PK"));
    // A run that was killed before its end: nothing is printed twice, and there is still something to show.
    std::fs::remove_file(place.path("演示/演示库.json")).expect("it was written");
    let resumed: Value = serde_json::from_str(&place.ok(&["--json", "demo"])).expect("one document");
    assert_eq!((file(&resumed, "pdf"), file(&resumed, "code")), (pdf.clone(), file(&made, "code")));
    // The officer changes the password, and a newcomer corrects the workbook.
    std::fs::write(place.path("once"), "Yanshi#2026").expect("the folder can be written");
    std::fs::write(place.path("password"), PASSWORD).expect("the folder can be written");
    let (once, new) = (place.path("once"), place.path("password"));
    let mut change = place.fuma(&["password", "--as", "shaanxi", "--password-file"]);
    change.arg(once).arg("--new-password-file").arg(new);
    assert!(change.output().expect("it starts").status.success());
    let workbook = made["workbook"].as_str().expect("a path");
    std::fs::write(workbook, "改正过").expect("the folder can be written");
    let again: Value = serde_json::from_str(&place.ok(&["--json", "demo"])).expect("one document");
    assert_eq!(again["before"], true);
    assert_eq!((file(&again, "pdf"), file(&again, "code")), (pdf, file(&made, "code")));
    assert_eq!(std::fs::read_to_string(workbook).expect("it is there"), "改正过");
}
