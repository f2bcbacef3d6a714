//! A list cut into pages: 共 N 条, page of pages, and the links.

/// Where a list stands. Pages count from 1.
#[derive(Clone, Debug)]
pub struct Pager {
    /// Hits in all.
    pub total: u64,
    /// The page shown, within 1..=[`Pager::pages`].
    pub page: u64,
    per_page: u64,
    /// Path and query without `page`.
    base: String,
}

/// One place in the row of page numbers.
#[derive(Clone, Debug)]
pub struct PageLink {
    /// The number, or an ellipsis.
    pub label: String,
    /// Its address; empty for the ellipsis.
    pub href: String,
    /// Whether it is the page shown.
    pub here: bool,
}

impl Pager {
    /// Page `page` of `total` hits; a page beyond the end becomes the last. `base` is path and query without `page`.
    pub fn new(total: u64, page: u64, per_page: u64, base: impl Into<String>) -> Pager {
        let mut pager = Pager { total, page: 1, per_page: per_page.max(1), base: base.into() };
        pager.page = page.clamp(1, pager.pages());
        pager
    }

    /// The same with another path and query.
    pub fn under(self, change: impl Fn(&str) -> String) -> Pager {
        Pager { base: change(&self.base), ..self }
    }

    /// How many pages there are; an empty list has one.
    pub fn pages(&self) -> u64 {
        self.total.div_ceil(self.per_page).max(1)
    }

    /// 1,234.
    pub fn total_grouped(&self) -> String {
        domain::group_digits(self.total)
    }

    /// The link to a page.
    pub fn href(&self, page: u64) -> String {
        let sign = if self.base.contains('?') { '&' } else { '?' };
        format!("{}{sign}page={page}", self.base)
    }

    /// The link to the page before.
    pub fn previous(&self) -> Option<String> {
        (self.page > 1).then(|| self.href(self.page - 1))
    }

    /// The link to the page after.
    pub fn next(&self) -> Option<String> {
        (self.page < self.pages()).then(|| self.href(self.page + 1))
    }

    /// The pages worth a link: first, last and the neighbours; a gap has no address.
    pub fn links(&self) -> Vec<PageLink> {
        let mut out = Vec::new();
        let mut last = 0;
        let near = self.page.saturating_sub(2)..=self.page + 2;
        for n in std::iter::once(1).chain(near).chain(std::iter::once(self.pages())) {
            if n <= last || n > self.pages() {
                continue;
            }
            if n != last + 1 {
                out.push(PageLink { label: "…".into(), href: String::new(), here: false });
            }
            out.push(PageLink { label: n.to_string(), href: self.href(n), here: n == self.page });
            last = n;
        }
        out
    }

    /// The query without `page`, as hidden fields of the page-jump form.
    pub fn fields(&self) -> Vec<(String, String)> {
        let query = self.base.split_once('?').map_or("", |(_, query)| query);
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(k, v)| (decode(k), decode(v)))
            .collect()
    }

    /// The path of the page-jump form.
    pub fn path(&self) -> &str {
        self.base.split('?').next().unwrap_or_default()
    }
}

/// Undoes the percent encoding of a query we wrote ourselves.
fn decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.as_bytes().iter();
    while let Some(&byte) = bytes.next() {
        let rest = bytes.as_slice();
        let hex = rest.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match (byte, hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(value)) => {
                out.push(value);
                bytes.nth(1);
            }
            (b'+', _) => out.push(b' '),
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_beyond_the_end_is_the_last_and_an_empty_list_has_one() {
        assert_eq!(Pager::new(41, 9, 20, "/x").page, 3);
        assert_eq!(Pager::new(0, 0, 20, "/x").pages(), 1);
    }

    #[test]
    fn links_keep_the_filters() {
        let pager = Pager::new(41, 2, 20, "/x?q=%E6%B0%B4+a");
        assert_eq!(pager.next().unwrap(), "/x?q=%E6%B0%B4+a&page=3");
        assert_eq!(pager.previous().unwrap(), "/x?q=%E6%B0%B4+a&page=1");
        assert_eq!(pager.fields(), [("q".to_owned(), "水 a".to_owned())]);
        assert_eq!(pager.path(), "/x");
    }

    #[test]
    fn far_pages_are_folded() {
        let links = Pager::new(1000, 10, 20, "/x").links();
        let shown: Vec<_> = links.iter().map(|link| link.label.as_str()).collect();
        assert_eq!(shown, ["1", "…", "8", "9", "10", "11", "12", "…", "50"]);
        assert!(links[4].here && links[1].href.is_empty() && links[0].href == "/x?page=1");
    }
}
