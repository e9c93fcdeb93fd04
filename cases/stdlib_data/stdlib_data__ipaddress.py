from ipaddress import *

a = ip_address("192.168.1.10")
n = ip_network("192.168.0.0/22")
print(a, repr(a), int(a), a in n, a + 5, a.is_private, a.packed, a.reverse_pointer, n.num_addresses, n.netmask, n.hostmask, n.broadcast_address, list(ip_network("10.0.0.0/30").hosts()), [str(s) for s in n.subnets(new_prefix=24)], n.supernet(), n.overlaps(ip_network("192.168.3.0/24")), n.with_netmask, n[5], n.prefixlen)
v6 = ip_address("2001:db8::1")
print(v6, v6.exploded, v6.compressed, v6.version, ip_address("::ffff:1.2.3.4").ipv4_mapped, ip_network("2001:db8::/126").num_addresses, v6.is_link_local, ip_address("fe80::1%eth0").scope_id, ip_address("::1").is_loopback, ip_interface("10.1.2.3/8").network, ip_interface("10.1.2.3/8").ip)
print(sorted([ip_address("10.0.0.2"), ip_address("10.0.0.1")]), list(summarize_address_range(ip_address("10.0.0.0"), ip_address("10.0.0.5"))), list(collapse_addresses([ip_network("10.0.0.0/25"), ip_network("10.0.0.128/25")])), list(n.address_exclude(ip_network("192.168.0.0/23"))), ip_address("224.0.0.1").is_multicast, ip_address("8.8.8.8").is_global, f"{a:b}", f"{a:#x}")
for bad in ["ip_address('1.2.3')", "ip_address('1.2.3.256')", "ip_address('01.2.3.4')", "ip_address('x')", "ip_network('10.0.0.1/8')", "ip_network('10.0.0.0/33')", "ip_address(':::1')", "ip_address(2**128)", "ip_address(-1)", "a < v6", "a + 2**40", "IPv4Address(b'abc')", "n.subnets(new_prefix=8).__next__()", "ip_network('10.0.0.0/x')", "ip_address('1::2::3')", "ip_address(1.5)", "n[99999]"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
