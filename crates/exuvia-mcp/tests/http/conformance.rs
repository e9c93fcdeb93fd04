//! The official conformance suite, and what it must say of the fixture.

use crate::client::{LEGACY, MODERN};
use crate::fixture::Fixture;
use crate::scenarios::{self, Column};

/// All that the revisions require passes, by the suite's own verdict, and so does each scenario but those for which
/// `CONFORMANCE.md` has a reason.
#[test]
fn the_transport_passes_the_conformance_suite() {
    let fixture = Fixture::start(&[]);
    let [legacy, modern] = [LEGACY, MODERN].map(|revision| scenarios::run(fixture.url(), revision));
    for (run, revision) in [(&legacy, LEGACY), (&modern, MODERN)] {
        assert!(run.passed, "{revision}:\n{}", run.printed);
    }
    scenarios::compare(&[(Column::LegacyFixture, &legacy), (Column::ModernFixture, &modern)]);
}
