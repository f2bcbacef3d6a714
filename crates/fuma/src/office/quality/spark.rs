//! A trend as a line of a few pixels; the figures stand beside it and in the table of the rule's page.

/// Width of the drawing in its own units.
const WIDTH: usize = 100;
/// Height of it.
const HEIGHT: u64 = 20;

/// A drawn trend.
pub struct Spark {
    /// Corners of the line: `0,20 50,3 …`; empty where there are fewer than two days.
    pub points: String,
    /// What it says, for who does not see it.
    pub says: String,
}

impl Spark {
    /// Draws a trend.
    pub fn of(trend: &[u64]) -> Spark {
        let (Some(first), Some(last), true) = (trend.first(), trend.last(), trend.len() > 1) else {
            return Spark { points: String::new(), says: String::new() };
        };
        let most = trend.iter().copied().max().unwrap_or(0).max(1);
        let step = trend.len() - 1;
        let corner = |(n, value): (usize, &u64)| {
            format!("{},{}", n * WIDTH / step, 1 + (HEIGHT - 2) - value * (HEIGHT - 2) / most)
        };
        let points: Vec<String> = trend.iter().enumerate().map(corner).collect();
        let grouped = |n: &u64| domain::group_digits(*n);
        Spark { points: points.join(" "), says: format!("由 {} 到 {}", grouped(first), grouped(last)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_goes_from_the_first_day_to_the_last_between_nothing_and_the_most() {
        let it = Spark::of(&[0, 10, 5]);
        assert_eq!((it.points.as_str(), it.says.as_str()), ("0,19 50,1 100,10", "由 0 到 5"));
        assert_eq!(Spark::of(&[0, 0]).points, "0,19 100,19");
        assert!(Spark::of(&[7]).points.is_empty());
    }
}
