//! The boot log behind its lock: records of two cores don't mix, and a reader between them sees whole ones.

use kernel_core::log::{Cursor, Level, Record, Ring};
use kernel_sync::TicketLock;
use loom::sync::Arc;
use loom::thread;

use crate::core::{Model, explore};

type Log = TicketLock<Ring<512>, Model>;

/// Two records; so long that those of both cores don't all have room.
fn write(log: &Log, core: u64, text: &str) {
    for turn in 0..2 {
        log.lock().push(10 * core + turn, Level::Info, text);
    }
}

/// As the kernel reads: the lock is given back between two records.
fn read(log: &Log) -> Vec<Record> {
    let mut cursor = Cursor::default();
    std::iter::from_fn(|| log.lock().next(&mut cursor)).collect()
}

#[test]
fn records_are_whole_and_in_each_cores_order() {
    explore(|| {
        let (mine, others) = ("m".repeat(120), "o".repeat(130));
        let log: Arc<Log> = Arc::new(TicketLock::new(Ring::new()));
        let other = {
            let (log, text) = (log.clone(), others.clone());
            thread::spawn(move || write(&log, 1, &text))
        };
        write(&log, 0, &mine);
        let early = read(&log);
        other.join().unwrap();
        for records in [early, read(&log)] {
            for core in 0..2 {
                let own = records.iter().filter(|record| record.ticks / 10 == core);
                assert!(own.map(|record| record.ticks).is_sorted(), "{records:?}");
            }
            let whole = |record: &Record| record.text == if record.ticks < 10 { mine.as_str() } else { &others };
            assert!(records.iter().all(whole), "{records:?}");
        }
        assert_eq!(log.lock().dropped(), 1, "four are more than fit");
    });
}
