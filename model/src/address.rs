//! Which network addresses lie on the public internet: the rule by which private ones are refused.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is reachable over the public internet: neither private, loopback, link-local, shared,
/// documentation, benchmark, multicast nor reserved, and not an IPv6 wrapping of an IPv4 address that is.
///
/// Source: the IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890 and its updates), column
/// "globally reachable". Translation and tunnel prefixes (6to4, Teredo) count as not global, since they
/// lead to an address that the caller cannot see.
#[must_use]
pub fn is_global(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_global_v4(v4),
        IpAddr::V6(v6) => is_global_v6(v6),
    }
}

fn is_global_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, d] = address.octets();
    let special = match a {
        // "This network" (RFC 791), private use (RFC 1918), loopback (RFC 1122).
        0 | 10 | 127 => true,
        // Shared address space of carriers (RFC 6598).
        100 => (64..128).contains(&b),
        // Link-local (RFC 3927): clouds answer metadata there.
        169 => b == 254,
        172 => (16..32).contains(&b),
        // Protocol assignments but for the two anycast addresses (RFC 7723, RFC 8155); documentation (RFC 5737);
        // 6to4 relays (RFC 7526); private use.
        192 => (b, c) == (0, 0) && !matches!(d, 9 | 10) || (b, c) == (0, 2) || (b, c) == (88, 99) || b == 168,
        // Benchmarks (RFC 2544), documentation.
        198 => matches!(b, 18 | 19) || (b, c) == (51, 100),
        203 => (b, c) == (0, 113),
        // Multicast (RFC 5771), reserved, broadcast.
        224.. => true,
        _ => false,
    };
    !special
}

fn is_global_v6(address: Ipv6Addr) -> bool {
    let s = address.segments();
    if let Some(v4) = wrapped_v4(s) {
        return is_global_v4(v4);
    }
    // Only 2000::/3 is given out (RFC 4291); loopback, unique local, link-local and multicast lie outside of it.
    if s[0] & 0xe000 != 0x2000 {
        return false;
    }
    let protocol_assignment = s[0] == 0x2001 && s[1] < 0x0200 && !is_global_assignment(s);
    let documentation = (s[0] == 0x2001 && s[1] == 0x0db8) || (s[0] == 0x3fff && s[1] < 0x1000);
    let six_to_four = s[0] == 0x2002;
    !(protocol_assignment || documentation || six_to_four)
}

/// The parts of 2001::/23 that are globally reachable: anycast (RFC 7723, 8155, 9665), AMT (RFC 7450), AS112
/// (RFC 7535), ORCHIDv2 (RFC 7343), drone identifiers (RFC 9374).
fn is_global_assignment(s: [u16; 8]) -> bool {
    let anycast = s[1] == 1 && s[2..7].iter().all(|&part| part == 0) && matches!(s[7], 1..=3);
    let amt = s[1] == 3;
    let as112 = s[1] == 4 && s[2] == 0x112;
    anycast || amt || as112 || (0x20..=0x3f).contains(&s[1])
}

/// The IPv4 address that an IPv6 address stands for: mapped (`::ffff:0:0/96`), translated (`64:ff9b::/96`, RFC 6052).
fn wrapped_v4(s: [u16; 8]) -> Option<Ipv4Addr> {
    let mapped = s[..6] == [0, 0, 0, 0, 0, 0xffff];
    let translated = s[..6] == [0x64, 0xff9b, 0, 0, 0, 0];
    (mapped || translated).then(|| {
        let [a, b] = s[6].to_be_bytes();
        let [c, d] = s[7].to_be_bytes();
        Ipv4Addr::new(a, b, c, d)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(addresses: &[&str], global: bool) {
        for text in addresses {
            assert_eq!(is_global(text.parse().expect(text)), global, "{text}");
        }
    }

    #[test]
    fn public_addresses_are_global() {
        check(&["1.1.1.1", "9.255.255.255", "100.63.0.1", "100.128.0.1", "172.15.0.1", "172.32.0.1"], true);
        check(&["192.0.0.9", "192.0.1.1", "192.167.0.1", "198.17.0.1", "203.0.114.1", "223.255.255.255"], true);
        check(&["2606:4700::1111", "2001:4860:4860::8888", "2001:1::1", "2001:20::1", "2a00::1"], true);
        check(&["::ffff:1.1.1.1", "64:ff9b::1.1.1.1"], true);
    }

    #[test]
    fn special_addresses_are_not() {
        check(&["0.0.0.0", "0.1.2.3", "10.0.0.1", "127.0.0.1", "127.255.0.1", "169.254.169.254"], false);
        check(&["100.64.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "192.0.0.1", "192.0.2.1"], false);
        check(&["192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "255.255.255.255"], false);
        check(&["::", "::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "2001::1"], false);
        check(&["2002:7f00:1::", "2002:101:101::", "3fff::1", "64:ff9b:1::1", "100::1", "5f00::1"], false);
        check(&["::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::169.254.169.254", "::127.0.0.1"], false);
    }

    /// The IANA special-purpose address registries for IPv4 and IPv6: block, and whether it is globally reachable. Where
    /// the registry says "N/A" (tunnels and translators), the block counts as not reachable, or as what it leads to.
    const REGISTRY: &[(&str, bool)] = &[
        ("0.0.0.0/8", false),
        ("10.0.0.0/8", false),
        ("100.64.0.0/10", false),
        ("127.0.0.0/8", false),
        ("169.254.0.0/16", false),
        ("172.16.0.0/12", false),
        ("192.0.0.0/29", false),
        ("192.0.0.8/32", false),
        ("192.0.0.9/32", true),
        ("192.0.0.10/32", true),
        ("192.0.0.170/31", false),
        ("192.0.2.0/24", false),
        ("192.31.196.0/24", true),
        ("192.52.193.0/24", true),
        ("192.88.99.0/24", false),
        ("192.168.0.0/16", false),
        ("192.175.48.0/24", true),
        ("198.18.0.0/15", false),
        ("198.51.100.0/24", false),
        ("203.0.113.0/24", false),
        ("224.0.0.0/4", false),
        ("240.0.0.0/4", false),
        ("255.255.255.255/32", false),
        ("::/128", false),
        ("::1/128", false),
        ("::ffff:0:0/104", false),
        ("::ffff:127.0.0.0/104", false),
        ("::ffff:192.168.0.0/112", false),
        ("::ffff:8.8.8.0/120", true),
        ("::127.0.0.1/128", false),
        ("64:ff9b::10.0.0.0/104", false),
        ("64:ff9b::169.254.0.0/112", false),
        ("64:ff9b::8.8.8.0/120", true),
        ("64:ff9b:1::/48", false),
        ("100::/64", false),
        ("100:0:0:1::/64", false),
        ("2001::/32", false),
        ("2001:1::1/128", true),
        ("2001:1::2/128", true),
        ("2001:1::3/128", true),
        ("2001:1::4/128", false),
        ("2001:2::/48", false),
        ("2001:3::/32", true),
        ("2001:4:112::/48", true),
        ("2001:5::/32", false),
        ("2001:10::/28", false),
        ("2001:20::/28", true),
        ("2001:30::/28", true),
        ("2001:db8::/32", false),
        ("2002::/16", false),
        ("2620:4f:8000::/48", true),
        ("3fff::/20", false),
        ("5f00::/16", false),
        ("fc00::/7", false),
        ("fe80::/10", false),
        ("fec0::/10", false),
        ("ff00::/8", false),
    ];

    /// First and last address of a block.
    fn ends(block: &str) -> [IpAddr; 2] {
        let (address, length) = block.split_once('/').expect(block);
        let length: u32 = length.parse().expect(block);
        match address.parse().expect(block) {
            IpAddr::V4(v4) => {
                let host = u32::MAX.checked_shr(length).unwrap_or(0);
                [v4.to_bits() & !host, v4.to_bits() | host].map(|bits| Ipv4Addr::from_bits(bits).into())
            }
            IpAddr::V6(v6) => {
                let host = u128::MAX.checked_shr(length).unwrap_or(0);
                [v6.to_bits() & !host, v6.to_bits() | host].map(|bits| Ipv6Addr::from_bits(bits).into())
            }
        }
    }

    #[test]
    fn every_block_of_the_registries_is_judged_at_both_ends() {
        for (block, expected) in REGISTRY {
            for address in ends(block) {
                assert_eq!(is_global(address), *expected, "{address} of {block}");
            }
        }
    }

    #[test]
    fn an_address_before_or_behind_a_block_is_judged_by_itself() {
        check(&["1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255"], true);
        check(&["128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0"], true);
        check(
            &["192.0.3.0", "192.88.98.255", "192.88.100.0", "192.167.255.255", "192.169.0.0", "198.17.255.255"],
            true,
        );
        check(
            &["198.20.0.0", "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0", "223.255.255.255"],
            true,
        );
        check(&["2001:200::", "2001:db7:ffff::", "2001:db9::", "2003::", "2c0f::1", "3ffe:ffff::"], true);
        check(&["1fff:ffff::", "4000::", "3fff:fff:ffff::"], false);
    }
}
