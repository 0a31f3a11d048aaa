//! Which of several processes a host is at home with. Pure.
//!
//! A home is a preference, not a right: all agree on it without asking each other, so that they seldom want the same host,
//! and a host keeps its process as long as that lives. Who may ask a host is decided by `claims`.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// Whether a host is at home with `own` among all who crawl: with the one whose name and the host's give the largest number
/// together. When one comes or goes, only the hosts that it gets or had change their home.
pub(super) fn is_home(host: &str, own: &str, members: &[String]) -> bool {
    // Of equal numbers the name decides, so that two never both find themselves at home.
    let rank = |member: &str| (weight(host, member), member.to_owned());
    let ours = rank(own);
    members.iter().all(|member| member == own || rank(member) < ours)
}

fn weight(host: &str, member: &str) -> u64 {
    // Its keys are fixed, so that all processes of one build come to the same number.
    let mut hasher = DefaultHasher::new();
    (host, member).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home<'m>(host: &str, members: &'m [String]) -> &'m str {
        let at_home: Vec<&String> = members.iter().filter(|member| is_home(host, member, members)).collect();
        assert_eq!(at_home.len(), 1, "{host} has one home");
        at_home[0]
    }

    #[test]
    fn each_host_has_one_home_and_the_homes_are_shared_out() {
        let members: Vec<String> = (1..=3).map(|n| format!("crawl/process {n} on desk")).collect();
        let hosts: Vec<String> = (0..3000).map(|n| format!("host/site{n}.example")).collect();
        for member in &members {
            let count = hosts.iter().filter(|host| home(host, &members) == member).count();
            assert!((900..1100).contains(&count), "{member}: {count}");
        }
        let fewer = &members[..2];
        for host in &hosts {
            let before = home(host, &members);
            if before != members[2] {
                assert_eq!(home(host, fewer), before, "who stays keeps its hosts");
            }
        }
    }

    #[test]
    fn who_is_alone_or_not_yet_known_is_at_home() {
        assert!(is_home("host/a.example", "me", &[]));
        assert!(is_home("host/a.example", "me", &["me".to_owned()]));
    }
}
