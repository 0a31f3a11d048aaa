//! Work that needs nothing but its own item, done on other threads a little ahead of the one that takes the results in order.

use std::sync::mpsc::{TryRecvError, sync_channel};

/// Results of one thread that wait to be taken: what they hold in memory is bounded.
const AHEAD: usize = 2;

/// What the one who takes is told.
pub(super) enum Next<'t, T, P> {
    /// An item with its result, in the order of the items.
    Ready(&'t T, P),
    /// The next result is not there yet.
    Waits,
}

/// Prepares items on so many threads and hands them to `take` in their order, until it says `false` or fails. A panic of
/// `prepare` goes on here.
pub(super) fn in_order<T: Sync, P: Send, E>(
    items: &[T],
    threads: usize,
    prepare: &(impl Fn(&T) -> P + Sync),
    take: &mut impl FnMut(Next<'_, T, P>) -> Result<bool, E>,
) -> Result<(), E> {
    let threads = threads.min(items.len());
    if threads == 0 || items.len() == 1 {
        for item in items {
            if !take(Next::Ready(item, prepare(item)))? {
                break;
            }
        }
        return Ok(());
    }
    std::thread::scope(|scope| {
        let results: Vec<_> = (0..threads)
            .map(|first| {
                let (sender, receiver) = sync_channel(AHEAD);
                scope.spawn(move || {
                    for item in items.iter().skip(first).step_by(threads) {
                        // Nobody takes any more: the rest is left.
                        if sender.send(prepare(item)).is_err() {
                            break;
                        }
                    }
                });
                receiver
            })
            .collect();
        for (place, item) in items.iter().enumerate() {
            let results = &results[place % threads];
            let result = match results.try_recv() {
                Ok(result) => Some(result),
                Err(TryRecvError::Empty) => {
                    if !take(Next::Waits)? {
                        break;
                    }
                    results.recv().ok()
                }
                Err(TryRecvError::Disconnected) => None,
            };
            // A thread ends early by a panic only, which the end of the scope hands on.
            let Some(result) = result else { break };
            if !take(Next::Ready(item, result))? {
                break;
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn squares(count: usize, threads: usize, most: usize) -> (Vec<usize>, usize) {
        let items: Vec<usize> = (0..count).collect();
        let (prepared, mut taken) = (AtomicUsize::new(0), Vec::new());
        let prepare = |item: &usize| {
            prepared.fetch_add(1, Ordering::SeqCst);
            item * item
        };
        let mut take = |next: Next<'_, usize, usize>| {
            if let Next::Ready(item, square) = next {
                assert_eq!(square, item * item);
                taken.push(*item);
            }
            Ok::<bool, ()>(taken.len() < most)
        };
        in_order(&items, threads, &prepare, &mut take).expect("nothing fails");
        (taken, prepared.into_inner())
    }

    #[test]
    fn results_come_in_the_order_of_the_items_whatever_the_number_of_threads() {
        for threads in 0..5 {
            for count in [0, 1, 2, 3, 50] {
                assert_eq!(squares(count, threads, usize::MAX), ((0..count).collect(), count));
            }
        }
    }

    #[test]
    fn what_is_left_when_the_taker_ends_is_not_prepared() {
        for threads in 1..5 {
            let (taken, prepared) = squares(1_000, threads, 10);
            assert_eq!(taken.len(), 10);
            assert!(prepared <= 10 + threads * (AHEAD + 2), "{prepared} by {threads}");
        }
    }

    #[test]
    fn a_failure_of_the_taker_is_handed_on() {
        let failed = in_order(&[1, 2, 3], 2, &|item: &i32| *item, &mut |next| match next {
            Next::Ready(2, _) => Err("two"),
            _ => Ok(true),
        });
        assert_eq!(failed, Err("two"));
    }
}
