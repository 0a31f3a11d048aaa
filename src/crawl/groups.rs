//! Which hosts share one limit. Pure.

use std::collections::HashMap;

use url::Url;

use crate::settings::HostGroup;

/// The groups of the configuration, by the names of their hosts.
#[derive(Debug, Default)]
pub(super) struct Groups {
    list: Vec<HostGroup>,
    exact: HashMap<String, usize>,
    below: HashMap<String, usize>,
}

impl Groups {
    /// Of two groups that name one host, the first has it.
    pub(super) fn new(list: &[HostGroup]) -> Self {
        let mut groups = Self { list: list.to_vec(), ..Self::default() };
        for (number, group) in list.iter().enumerate() {
            for host in &group.hosts {
                match host.strip_prefix("*.") {
                    Some(domain) => groups.below.entry(domain.to_owned()).or_insert(number),
                    None => groups.exact.entry(host.clone()).or_insert(number),
                };
            }
        }
        groups
    }

    /// The group of a host, by its place in the list; a host that is named counts before a domain it lies below.
    pub(super) fn of(&self, host: &str) -> Option<usize> {
        if let Some(number) = self.exact.get(host) {
            return Some(*number);
        }
        let mut domain = host;
        while let Some((_, parent)) = domain.split_once('.') {
            if let Some(number) = self.below.get(parent) {
                return Some(*number);
            }
            domain = parent;
        }
        None
    }

    /// The name of what has one limit with an address: its group, or its host, whatever the scheme. A port of its own is a
    /// server of its own. All processes that follow the same configuration give it the same name.
    pub(super) fn limit(&self, url: &Url) -> String {
        let origin = url.origin().ascii_serialization();
        if let Some(group) = self.of(host_of(&origin)).and_then(|group| self.list.get(group)) {
            return format!("group/{}", group.id);
        }
        format!("host/{}", url.host_str().filter(|_| url.port().is_none()).unwrap_or(&origin))
    }

    /// All groups.
    pub(super) fn list(&self) -> &[HostGroup] {
        &self.list
    }
}

/// The host of an origin (`scheme://name:port`).
pub(super) fn host_of(origin: &str) -> &str {
    let name = origin.split_once("://").map_or(origin, |(_, name)| name);
    match name.strip_prefix('[') {
        Some(address) => address.split_once(']').map_or(name, |(address, _)| address),
        None => name.split_once(':').map_or(name, |(name, _)| name),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn group(id: &str, hosts: &[&str]) -> HostGroup {
        let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
        HostGroup { id: id.to_owned(), hosts, gap: Duration::ZERO, connections: 1 }
    }

    #[test]
    fn hosts_belong_to_the_group_that_names_them_most_closely() {
        let groups = Groups::new(&[
            group("blogs", &["*.blogs.example", "a.example"]),
            group("own", &["me.blogs.example", "*.deep.blogs.example", "a.example"]),
        ]);
        for (host, expected) in [
            ("a.example", Some("blogs")),
            ("x.blogs.example", Some("blogs")),
            ("x.y.blogs.example", Some("blogs")),
            ("me.blogs.example", Some("own")),
            ("x.deep.blogs.example", Some("own")),
            ("blogs.example", None),
            ("myblogs.example", None),
            ("x.a.example", None),
            ("example", None),
        ] {
            let found = groups.of(host).map(|number| groups.list()[number].id.as_str());
            assert_eq!(found, expected, "{host}");
        }
    }

    #[test]
    fn what_shares_a_limit_has_one_name() {
        let groups = Groups::new(&[group("blogs", &["*.blogs.example"])]);
        for (url, limit) in [
            ("https://a.example/1", "host/a.example"),
            ("http://a.example/2?q=1", "host/a.example"),
            ("http://a.example:8080/", "host/http://a.example:8080"),
            ("http://[::1]/", "host/[::1]"),
            ("https://x.blogs.example/", "group/blogs"),
            ("http://y.blogs.example:81/", "group/blogs"),
        ] {
            assert_eq!(groups.limit(&Url::parse(url).expect("an address")), limit, "{url}");
        }
    }

    #[test]
    fn origins_have_hosts() {
        for (origin, host) in [
            ("https://a.example", "a.example"),
            ("http://a.example:8080", "a.example"),
            ("http://127.0.0.1:80", "127.0.0.1"),
            ("http://[::1]:80", "::1"),
        ] {
            assert_eq!(host_of(origin), host);
        }
    }
}
