//! A script of a historical client, in profile `original`, on both databases.

use std::process::Command;

use trivium_test_support::Backend;

use crate::harness::{Gateway, project};

#[test]
fn a_historical_client_works() {
    let script = project().join("tests/clients/historical_day.py");
    for backend in Backend::ALL {
        let gateway = Gateway::start_with(
            backend,
            &["--peopleaggregator-profile", "original"],
            &[("TRIVIUM_ADMIN_PASSWORD", "the admin's own")],
        );
        let base = format!("http://{}", gateway.served.address);
        let output = Command::new("python3")
            .arg(&script)
            .args([&base, "the admin's own"])
            .output()
            .expect("python3");
        let printed = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{backend:?}: {errors}");
        assert_eq!(printed, "the day went as it should\n");
        assert!(
            !gateway.served.log().contains("ERROR"),
            "{}",
            gateway.served.log()
        );
    }
}
