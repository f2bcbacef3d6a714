//! Squares: the hours of a week, and the provinces where they lie about. No outline is drawn, so no map is published: a map needs a
//! number of approval (审图号), squares with names do not.

use super::draw::short;
use domain::group_digits;

/// Shades, from none to most.
const SHADES: u64 = 6;

/// The shade of a number beside the most: the root, so that what is small is told apart too.
fn shade(n: f64, most: f64) -> u64 {
    if n <= 0.0 || most <= 0.0 {
        0
    } else {
        ((n / most).sqrt() * SHADES as f64).ceil().clamp(1.0, SHADES as f64) as u64
    }
}

/// A square.
pub struct Square {
    /// Left edge in per cent.
    pub x: String,
    /// Top in pixels.
    pub y: u32,
    /// How dark, 0 to 6.
    pub shade: u64,
    /// What it says to who points at it.
    pub title: String,
    /// The middle in per cent.
    pub middle: String,
    /// What stands in it; empty: nothing.
    pub name: String,
    /// The number in it, short.
    pub number: String,
}

/// Squares in rows.
pub struct Squares {
    /// What it shows, for who does not see it.
    pub label: String,
    /// Height in pixels.
    pub height: u32,
    /// Width of a square in per cent.
    pub width: String,
    /// Height of a square.
    pub tall: u32,
    /// The squares.
    pub squares: Vec<Square>,
    /// Words at the edge: place in per cent, baseline, how they are set.
    pub words: Vec<(String, u32, &'static str, String)>,
}

/// Left of the hours stand the days of the week, in per cent.
const DAYS: f64 = 9.0;
/// Height of an hour.
const HOUR: u32 = 26;
/// Height of the line of hours above.
const ABOVE: u32 = 20;

/// A day of the week: its name, how often in each hour, how many such days there were.
pub struct Weekday {
    /// Its name.
    pub name: String,
    /// By hour.
    pub hours: Vec<u64>,
    /// How many such days.
    pub days: u64,
}

/// The hours of a week; `None` where there is nothing.
pub fn week(label: String, week: &[Weekday]) -> Option<Squares> {
    let mean = |day: &Weekday, n: u64| n as f64 / day.days.max(1) as f64;
    let means = week.iter().flat_map(|day| day.hours.iter().map(move |n| mean(day, *n)));
    let most = means.fold(0.0, f64::max);
    if most == 0.0 {
        return None;
    }
    let width = (100.0 - DAYS) / 24.0;
    let x = |hour: usize| DAYS + width * hour as f64;
    let mut squares = Vec::new();
    let mut words = Vec::new();
    for (at, day) in (0..).zip(week) {
        let y = ABOVE + at * HOUR;
        words.push(("0".to_owned(), y + 18, "start", day.name.clone()));
        for (hour, n) in day.hours.iter().enumerate() {
            squares.push(Square {
                x: format!("{:.3}", x(hour)),
                y,
                shade: shade(mean(day, *n), most),
                title: format!(
                    "{} {hour}时：{} 次，平均每天 {:.1} 次",
                    day.name,
                    group_digits(*n),
                    mean(day, *n)
                ),
                middle: String::new(),
                name: String::new(),
                number: String::new(),
            });
        }
    }
    let hours = (0..24).step_by(3);
    words.extend(hours.map(|hour| (format!("{:.3}", x(hour)), 13, "start", format!("{hour}时"))));
    Some(Squares {
        label,
        height: ABOVE + HOUR * week.len() as u32,
        width: format!("{:.3}", width - 0.15),
        tall: HOUR - 2,
        squares,
        words,
    })
}

/// Where a province stands: its code, column and row.
const PROVINCES: [(&str, u32, u32, &str); 35] = [
    ("23", 9, 0, "黑龙江"),
    ("15", 6, 1, "内蒙古"),
    ("21", 8, 1, "辽宁"),
    ("22", 9, 1, "吉林"),
    ("65", 0, 2, "新疆"),
    ("66", 1, 2, "兵团"),
    ("62", 3, 2, "甘肃"),
    ("64", 4, 2, "宁夏"),
    ("14", 5, 2, "山西"),
    ("13", 6, 2, "河北"),
    ("11", 7, 2, "北京"),
    ("12", 8, 2, "天津"),
    ("63", 2, 3, "青海"),
    ("61", 4, 3, "陕西"),
    ("41", 5, 3, "河南"),
    ("37", 7, 3, "山东"),
    ("54", 1, 4, "西藏"),
    ("51", 3, 4, "四川"),
    ("50", 4, 4, "重庆"),
    ("42", 5, 4, "湖北"),
    ("34", 6, 4, "安徽"),
    ("32", 7, 4, "江苏"),
    ("31", 8, 4, "上海"),
    ("52", 4, 5, "贵州"),
    ("43", 5, 5, "湖南"),
    ("36", 6, 5, "江西"),
    ("33", 7, 5, "浙江"),
    ("53", 3, 6, "云南"),
    ("45", 4, 6, "广西"),
    ("44", 5, 6, "广东"),
    ("35", 6, 6, "福建"),
    ("71", 8, 6, "台湾"),
    ("82", 4, 7, "澳门"),
    ("81", 5, 7, "香港"),
    ("46", 3, 7, "海南"),
];
/// What a province is called in its square.
pub fn name_of(code: &str) -> Option<&'static str> {
    mapped().find(|(of, _)| *of == code).map(|(_, name)| name)
}

/// Codes and names of what a map has: all but 兵团, which has no outline of its own.
pub fn mapped() -> impl Iterator<Item = (&'static str, &'static str)> {
    PROVINCES.iter().filter(|(code, ..)| *code != "66").map(|(code, _, _, name)| (*code, *name))
}

/// Columns of the provinces.
const ACROSS: u32 = 10;
/// Rows.
const DOWN: u32 = 8;
/// Height of a province.
const PROVINCE: u32 = 44;

/// The provinces by code and number; `None` where there is nothing.
pub fn provinces(label: String, numbers: &[(String, u64)]) -> Option<Squares> {
    let of = |code: &str| numbers.iter().filter(|(of, _)| of == code).map(|(_, n)| n).sum::<u64>();
    let most = PROVINCES.iter().map(|(code, ..)| of(code)).max().filter(|most| *most > 0)?;
    let width = 100.0 / f64::from(ACROSS);
    let square = |&(code, column, row, name): &(&str, u32, u32, &str)| {
        let (x, n) = (width * f64::from(column), of(code));
        Square {
            x: format!("{x:.1}"),
            y: row * PROVINCE,
            shade: shade(n as f64, most as f64),
            title: format!("{name}：{} 次", group_digits(n)),
            middle: format!("{:.2}", x + width / 2.0 - 0.2),
            name: name.to_owned(),
            number: short(n),
        }
    };
    Some(Squares {
        label,
        height: DOWN * PROVINCE,
        width: format!("{:.2}", width - 0.4),
        tall: PROVINCE - 3,
        squares: PROVINCES.iter().map(square).collect(),
        words: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_province_has_a_square_of_its_own() {
        let places: HashSet<_> = PROVINCES.iter().map(|(_, column, row, _)| (column, row)).collect();
        let codes: HashSet<_> = PROVINCES.iter().map(|(code, ..)| code).collect();
        assert_eq!((places.len(), codes.len()), (35, 35), "34 and 兵团");
        assert!(PROVINCES.iter().all(|(_, column, row, _)| *column < ACROSS && *row < DOWN));
    }

    #[test]
    fn what_is_most_is_darkest_and_what_is_none_is_blank() {
        let numbers = [("61".to_owned(), 400), ("65".to_owned(), 1), ("99".to_owned(), 9_999)];
        let drawn = provinces("示例".into(), &numbers).unwrap();
        let of = |name: &str| drawn.squares.iter().find(|it| it.name == name).unwrap();
        assert_eq!((of("陕西").shade, of("新疆").shade, of("台湾").shade), (6, 1, 0));
        assert_eq!(of("陕西").title, "陕西：400 次");
        assert!(provinces(String::new(), &[]).is_none());
    }

    #[test]
    fn an_hour_is_shaded_by_the_mean_of_its_days() {
        let day = |name: &str, n: u64, days| Weekday { name: name.into(), hours: vec![n; 24], days };
        let drawn = week("示例".into(), &[day("周一", 100, 5), day("周二", 80, 4)]).unwrap();
        assert_eq!(drawn.squares.len(), 48);
        assert!(drawn.squares.iter().all(|it| it.shade == 6), "20 a day on both");
        assert!(week(String::new(), &[day("周一", 0, 5)]).is_none());
    }
}
