//! A clock that a test moves, for servers.

use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use super::program::preload;

/// Replaces the function of the C library that reads the clock: it adds the seconds in the file `CLOCK_SHIFT`.
const SHIFTED: &str = r#"
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
static const volatile int64_t *shift;
__attribute__((constructor)) static void find_shift(void) {
    const char *path = getenv("CLOCK_SHIFT");
    int file = path ? open(path, O_RDONLY) : -1;
    void *page = file < 0 ? MAP_FAILED : mmap(0, sizeof *shift, PROT_READ, MAP_SHARED, file, 0);
    if (page != MAP_FAILED) shift = page;
}
int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = (int) syscall(SYS_clock_gettime, clock, time);
    if (result == 0 && clock == CLOCK_REALTIME && shift) time->tv_sec += *shift;
    return result;
}
"#;

/// A clock that runs, and that is moved.
pub(crate) struct Clock {
    folder: tempfile::TempDir,
    library: PathBuf,
}

impl Clock {
    /// A clock that shows this time now, in seconds since 1970.
    pub(crate) fn at(time: i64) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let library = preload(folder.path(), "clock", SHIFTED);
        let clock = Self { folder, library };
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("a time");
        clock.set(time - i64::try_from(now.as_secs()).expect("a time"));
        clock
    }

    /// Moves the clock forward by these seconds.
    pub(crate) fn advance(&self, seconds: i64) {
        let bytes = std::fs::read(self.shift()).expect("the shift");
        self.set(i64::from_ne_bytes(bytes.try_into().expect("eight bytes")) + seconds);
    }

    /// The environment of a server with this clock.
    pub(crate) fn environment(&self) -> [(&'static str, String); 2] {
        [
            ("LD_PRELOAD", self.library.display().to_string()),
            ("CLOCK_SHIFT", self.shift().display().to_string()),
        ]
    }

    fn shift(&self) -> PathBuf {
        self.folder.path().join("shift")
    }

    fn set(&self, shift: i64) {
        let file = std::fs::File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.shift());
        let written = file.expect("a file").write_all_at(&shift.to_ne_bytes(), 0);
        written.expect("the shift");
    }
}
