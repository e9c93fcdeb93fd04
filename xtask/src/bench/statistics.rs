//! Figures from many measurements.

/// Returns the median; sorts the values. There must be one at least.
pub(super) fn median(values: &mut [f64]) -> f64 {
    percentile(values, 50)
}

/// Returns the value below which this many percent lie; sorts the values. There must be one at least.
pub(super) fn percentile(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(values.len() - 1) * percent / 100]
}

/// Returns the geometric mean, or `None` of nothing.
pub(super) fn geometric_mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    Some((values.iter().map(|value| value.ln()).sum::<f64>() / values.len() as f64).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_there() {
        let mut values: Vec<f64> = (1..=101).rev().map(f64::from).collect();
        assert_eq!(
            [median(&mut values), percentile(&mut values, 99), percentile(&mut values, 100)],
            [51.0, 100.0, 101.0]
        );
        assert_eq!(median(&mut [7.0]), 7.0);
    }

    #[test]
    fn the_geometric_mean_of_opposite_ratios_is_one() {
        let mean = geometric_mean(&[0.25, 4.0]).expect("there are values");
        assert!((mean - 1.0).abs() < 1e-12);
        assert_eq!(geometric_mean(&[]), None);
    }
}
