//! The proleptic Gregorian calendar, in UTC.
//!
//! The conversions between days and dates are those of Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms":
//! eras of 400 years that begin on March 1st.

pub(super) const SECONDS_PER_DAY: i64 = 86_400;
const DAYS_PER_ERA: i64 = 146_097;
/// Days from 0000-03-01 to 1970-01-01.
const DAYS_TO_1970: i64 = 719_468;

/// A moment in the fields of C's `struct tm`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BrokenDownTime {
    pub(super) second: i32,
    pub(super) minute: i32,
    pub(super) hour: i32,
    /// From 1.
    pub(super) day: i32,
    /// From 0.
    pub(super) month: i32,
    /// Since 1900.
    pub(super) year: i32,
    /// From Sunday.
    pub(super) weekday: i32,
    /// From 0.
    pub(super) day_of_year: i32,
}

impl BrokenDownTime {
    /// Returns the fields of this moment. A year that a `struct tm` cannot hold is cut to the nearest that it can.
    pub(super) fn from_seconds(seconds: i64) -> Self {
        let days = seconds.div_euclid(SECONDS_PER_DAY);
        let rest = seconds.rem_euclid(SECONDS_PER_DAY);
        let shifted = days + DAYS_TO_1970;
        let era = shifted.div_euclid(DAYS_PER_ERA);
        let day_of_era = shifted.rem_euclid(DAYS_PER_ERA);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_from_march = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_from_march + 2) / 153;
        let day = day_from_march - (153 * month_from_march + 2) / 5 + 1;
        let month = (month_from_march + 2) % 12;
        let year = era * 400 + year_of_era + i64::from(month < 2);
        let day_of_year = days - Self::days_of_month(year - 1_900, 0);
        Self {
            second: narrow(rest % 60),
            minute: narrow(rest / 60 % 60),
            hour: narrow(rest / 3_600),
            day: narrow(day),
            month: narrow(month),
            year: narrow(year - 1_900),
            weekday: narrow((days + 4).rem_euclid(7)),
            day_of_year: narrow(day_of_year),
        }
    }

    /// Returns the days from 1970-01-01 to the first of this month; `year` is since 1900, `month` any number from 0.
    pub(super) fn days_of_month(year: i64, month: i64) -> i64 {
        let year = year + 1_900 + month.div_euclid(12);
        let month = month.rem_euclid(12);
        // Years begin in March, so that a leap day is the last of its year.
        let (year, month_from_march) = if month < 2 { (year - 1, month + 10) } else { (year, month - 2) };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_from_march = (153 * month_from_march + 2) / 5;
        era * DAYS_PER_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_from_march - DAYS_TO_1970
    }
}

fn narrow(value: i64) -> i32 {
    i32::try_from(value).unwrap_or(if value < 0 { i32::MIN } else { i32::MAX })
}

#[cfg(test)]
mod tests {
    use super::BrokenDownTime;

    /// Computed with `time.gmtime` of CPython 3.11.
    #[test]
    fn moments_have_the_fields_that_cpython_gives() {
        for (seconds, [year, month, day, hour, minute, second, weekday, day_of_year]) in [
            (0, [70, 0, 1, 0, 0, 0, 4, 0]),
            (951_782_399, [100, 1, 28, 23, 59, 59, 1, 58]),
            (951_782_400, [100, 1, 29, 0, 0, 0, 2, 59]),
            (1_709_251_199, [124, 1, 29, 23, 59, 59, 4, 59]),
            (-1, [69, 11, 31, 23, 59, 59, 3, 364]),
            (-2_208_988_800, [0, 0, 1, 0, 0, 0, 1, 0]),
            (253_402_300_799, [8_099, 11, 31, 23, 59, 59, 5, 364]),
        ] {
            let time = BrokenDownTime::from_seconds(seconds);
            let fields =
                [time.year, time.month, time.day, time.hour, time.minute, time.second, time.weekday, time.day_of_year];
            assert_eq!(fields, [year, month, day, hour, minute, second, weekday, day_of_year], "{seconds}");
        }
    }

    #[test]
    fn months_outside_of_a_year_carry_over() {
        let january_1970 = 70;
        assert_eq!(BrokenDownTime::days_of_month(january_1970, 12), 365);
        assert_eq!(BrokenDownTime::days_of_month(january_1970, -1), -31);
        assert_eq!(BrokenDownTime::days_of_month(january_1970 + 1, -12), 0);
    }
}
