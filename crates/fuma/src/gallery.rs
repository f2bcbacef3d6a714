//! Rendered sample pages for looking at: `FUMA_GALLERY=/some/folder cargo test -p fuma`, then open them in a browser.
//! Style sheets and script are put beside them and linked as files.

use std::path::Path;

/// Writes a page as `{group}_{name}.html` into the folder named by `FUMA_GALLERY`; does nothing without it.
pub fn keep(group: &str, name: &str, html: &str) {
    let Some(folder) = std::env::var_os("FUMA_GALLERY") else { return };
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder).unwrap();
    let mut html = html.to_owned();
    let files = [
        (crate::assets::public_css(), "public.css"),
        (crate::assets::search_css(), "search.css"),
        (crate::assets::large_css(), "large.css"),
        (crate::assets::chart_css(), "chart.css"),
        (crate::assets::bulletin_css(), "bulletin.css"),
        (crate::assets::office_css(), "office.css"),
        (crate::assets::office_js(), "office.js"),
        (crate::assets::work_js(), "work.js"),
        (crate::assets::figures_css(), "figures.css"),
        (crate::assets::figures_js(), "figures.js"),
        (crate::assets::echarts_js(), "vendor/echarts.js"),
        (crate::assets::favicon(), "favicon.svg"),
    ];
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    for (url, file) in files {
        let to = folder.join(file);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(assets.join(file), to).unwrap();
        html = html.replace(url, file);
    }
    std::fs::write(folder.join(format!("{group}_{name}.html")), html).unwrap();
}
