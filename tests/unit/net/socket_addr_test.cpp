#include "edo/net/socket_addr.hpp"

#include "edo/base/error.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <unordered_set>
#include <vector>

namespace {

using edo::ip_addr;
using edo::socket_addr;
using bytes16 = std::array<std::uint8_t, 16>;

constexpr int random_inputs = 200'000;

/// What the C library reads, in edo's type.
edo::result<ip_addr> parse_by_libc(const std::string& text) {
  std::array<std::uint8_t, 4> four{};
  if (::inet_pton(AF_INET, text.c_str(), four.data()) == 1) {
    return ip_addr::v4(four[0], four[1], four[2], four[3]);
  }
  bytes16 sixteen{};
  if (::inet_pton(AF_INET6, text.c_str(), sixteen.data()) == 1) return ip_addr::v6(sixteen);
  return std::unexpected(make_error_code(edo::errc::invalid_address));
}

std::string print_by_libc(const ip_addr& ip) {
  char text[INET6_ADDRSTRLEN] = "";
  ::inet_ntop(ip.is_v4() ? AF_INET : AF_INET6, ip.bytes().data(), text, sizeof text);
  return text;
}

/// Random groups with many zeros, so that every kind of run comes up.
ip_addr random_v6(std::mt19937& random) {
  bytes16 bytes{};
  for (std::size_t group = 0; group < 8; ++group) {
    if (random() % 2 == 0) continue;
    const auto value = static_cast<unsigned>(random() % 3 == 0 ? random() % 16 : random());
    bytes[2 * group] = static_cast<std::uint8_t>(value >> 8);
    bytes[2 * group + 1] = static_cast<std::uint8_t>(value);
  }
  return ip_addr::v6(bytes);
}

/// Text that is often almost an address.
std::string random_text(std::mt19937& random) {
  static constexpr std::string_view letters = "0123456789abcdefABCDEF::::....%g -+";
  std::string text;
  const auto kind = random() % 4;
  if (kind == 0) {
    for (std::size_t i = 0, n = random() % 12; i < n; ++i)
      text += letters[random() % letters.size()];
    return text;
  }
  text = kind == 1 ? print_by_libc(random_v6(random))
                   : print_by_libc(ip_addr::v4(static_cast<std::uint8_t>(random() % 256), 0,
                                               static_cast<std::uint8_t>(random() % 20), 7));
  for (std::size_t i = 0, n = random() % 3; i < n && !text.empty(); ++i) {
    const std::size_t at = random() % text.size();
    switch (random() % 3) {
      case 0:
        text.erase(at, 1);
        break;
      case 1:
        text.insert(at, 1, letters[random() % letters.size()]);
        break;
      default:
        text[at] = letters[random() % letters.size()];
    }
  }
  return text;
}

/// `::1.2.3.4`, which the C library prints so and RFC 5952 does not.
bool is_v4_compatible(const ip_addr& ip) {
  const auto bytes = ip.bytes();
  return ip.is_v6() &&
         std::all_of(bytes.begin(), bytes.begin() + 12, [](auto byte) { return byte == 0; });
}

TEST(ip_addr, reads_what_inet_pton_reads_and_nothing_else) {
  std::mt19937 random(20'260'801);
  int read = 0;
  for (int i = 0; i < random_inputs; ++i) {
    const std::string text = random_text(random);
    const auto expected = parse_by_libc(text);
    const auto got = ip_addr::parse(text);
    ASSERT_EQ(got.has_value(), expected.has_value()) << '"' << text << '"';
    if (!got) continue;
    ASSERT_EQ(*got, *expected) << '"' << text << '"';
    ++read;
  }
  EXPECT_GT(read, random_inputs / 10);  // else the texts prove nothing
  EXPECT_LT(read, random_inputs * 9 / 10);
}

TEST(ip_addr, prints_what_inet_ntop_prints) {
  std::mt19937 random(5952);
  for (int i = 0; i < random_inputs; ++i) {
    const ip_addr ip = random_v6(random);
    if (!is_v4_compatible(ip)) {
      ASSERT_EQ(ip.to_string(), print_by_libc(ip));
    }
    ASSERT_EQ(ip_addr::parse(ip.to_string()), ip) << ip.to_string();
  }
  for (unsigned i = 0; i < 10'000; ++i) {
    const auto n = static_cast<std::uint32_t>(random());
    const ip_addr ip =
        ip_addr::v4(static_cast<std::uint8_t>(n >> 24), static_cast<std::uint8_t>(n >> 16),
                    static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n));
    ASSERT_EQ(ip.to_string(), print_by_libc(ip));
    ASSERT_EQ(ip_addr::parse(ip.to_string()), ip);
  }
}

TEST(ip_addr, prints_the_examples_of_rfc_5952) {
  const std::pair<const char*, const char*> examples[] = {
      {"2001:db8::0:1", "2001:db8::1"},
      {"2001:0db8::0001", "2001:db8::1"},
      {"2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},  // one group alone stays
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},           // the longest run
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},     // the first of two
      {"2001:DB8::AAAA", "2001:db8::aaaa"},
      {"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
      {"::192.0.2.1", "::c000:201"},
      {"0:0:0:0:0:0:0:0", "::"},
      {"1::", "1::"},
      {"0:0:0:0:0:0:0:1", "::1"},
      {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"}};
  for (const auto& [text, canonical] : examples) {
    const auto ip = ip_addr::parse(text);
    ASSERT_TRUE(ip) << text;
    EXPECT_EQ(ip->to_string(), canonical);
  }
}

TEST(ip_addr, tells_its_kinds) {
  EXPECT_TRUE(ip_addr().is_any());
  EXPECT_TRUE(ip_addr::any_v6().is_any());
  EXPECT_NE(ip_addr(), ip_addr::any_v6());
  EXPECT_TRUE(ip_addr::v4(127, 9, 9, 9).is_loopback());
  EXPECT_TRUE(ip_addr::loopback_v6().is_loopback());
  EXPECT_FALSE(ip_addr::v4(10, 0, 0, 1).is_loopback());
  EXPECT_TRUE(ip_addr::v4(224, 0, 0, 1).is_multicast());
  EXPECT_TRUE(ip_addr::parse("ff02::1")->is_multicast());
  const ip_addr mapped = *ip_addr::parse("::ffff:1.2.3.4");
  EXPECT_TRUE(mapped.is_v4_mapped());
  EXPECT_EQ(mapped.unmapped(), ip_addr::v4(1, 2, 3, 4));
  EXPECT_EQ(ip_addr::loopback_v6().unmapped(), ip_addr::loopback_v6());
}

TEST(socket_addr, reads_what_it_prints) {
  const char* const texts[] = {
      "127.0.0.1:80", "0.0.0.0:0",       "255.255.255.255:65535",  "[::1]:80",
      "[::]:0",       "[fe80::1%2]:443", "[fe80::1%4294967295]:1", "[::ffff:1.2.3.4]:9"};
  for (const char* text : texts) {
    const auto addr = socket_addr::parse(text);
    ASSERT_TRUE(addr) << text;
    EXPECT_EQ(addr->to_string(), text);
  }
  EXPECT_EQ(*socket_addr::parse("127.0.0.1:80"), socket_addr::loopback(80));
  EXPECT_EQ(socket_addr::any(7), socket_addr(ip_addr::any_v4(), 7));
  EXPECT_EQ(socket_addr::parse("[fe80::1%2]:443")->scope_id(), 2u);
  EXPECT_EQ(socket_addr().to_string(), "0.0.0.0:0");
}

TEST(socket_addr, refuses_malformed_text) {
  const std::string_view texts[] = {"",
                                    ":",
                                    ":80",
                                    "127.0.0.1",
                                    "127.0.0.1:",
                                    "127.0.0.1:-1",
                                    "127.0.0.1:+1",
                                    "127.0.0.1: 1",
                                    "127.0.0.1:1 ",
                                    " 127.0.0.1:1",
                                    "127.0.0.1:65536",
                                    "127.0.0.1:080",
                                    "127.0.0.1:00",
                                    "127.0.0.1:99999999999999999999",
                                    "127.0.0.1:0x50",
                                    "127.0.0.1:80:80",
                                    "127.0.0.1:80/",
                                    "127.0.0:80",
                                    "127.0.0.1.1:80",
                                    "127.0.0.256:80",
                                    "127.0.0.01:80",
                                    "127..0.1:80",
                                    "::1:80",
                                    "[::1]",
                                    "[::1]80",
                                    "[::1:80",
                                    "::1]:80",
                                    "[]:80",
                                    "[[::1]]:80",
                                    "[127.0.0.1]:80",
                                    "[fe80::1%]:80",
                                    "[fe80::1%eth0]:80",
                                    "[fe80::1%02]:80",
                                    "[fe80::1%4294967296]:80",
                                    "[fe80::1%1%1]:80",
                                    "127.0.0.1%1:80",
                                    "[:::1]:80",
                                    "[1::2::3]:80",
                                    "[1:2:3:4:5:6:7:8:9]:80",
                                    "[1:2:3:4:5:6:7:8::]:80",
                                    "[12345::]:80",
                                    "[1:2:3:4:5:6:7:1.2.3.4]:80",
                                    "[1.2.3.4::]:80",
                                    "localhost:80",
                                    std::string_view("127.0.0.1\0:80", 13),
                                    std::string_view("127.0.0.1:80\0", 13)};
  for (const std::string_view text : texts) {
    const auto addr = socket_addr::parse(text);
    ASSERT_FALSE(addr) << text << " was read as " << addr->to_string();
    EXPECT_EQ(addr.error(), edo::errc::invalid_address);
    EXPECT_EQ(addr.error(), std::errc::invalid_argument);
  }
}

TEST(socket_addr, survives_random_bytes) {
  std::mt19937 random(7);
  for (int i = 0; i < random_inputs; ++i) {
    std::string text;
    for (std::size_t k = 0, n = random() % 24; k < n; ++k)
      text.push_back("[]:.%0159af\0 -"[random() % 14]);
    const auto addr = socket_addr::parse(text);
    if (addr) {
      ASSERT_EQ(socket_addr::parse(addr->to_string()), addr) << text;
    }
  }
}

TEST(socket_addr, compares_by_address_port_and_scope) {
  const std::vector<socket_addr> ordered = {socket_addr::any(1),
                                            socket_addr::loopback(1),
                                            socket_addr::loopback(2),
                                            socket_addr(ip_addr::loopback_v6(), 1),
                                            socket_addr(*ip_addr::parse("fe80::1"), 1),
                                            socket_addr(*ip_addr::parse("fe80::1"), 1, 3)};
  EXPECT_TRUE(std::is_sorted(ordered.begin(), ordered.end()));
  EXPECT_EQ(std::adjacent_find(ordered.begin(), ordered.end()), ordered.end());
}

TEST(socket_addr, hashes_of_different_addresses_differ) {
  std::unordered_set<std::size_t> hashes;
  std::unordered_set<socket_addr> addrs;
  for (std::uint16_t port = 0; port < 2'000; ++port) {
    for (std::uint8_t host = 0; host < 10; ++host) {
      const socket_addr addr(ip_addr::v4(10, 0, 0, host), port);
      hashes.insert(std::hash<socket_addr>{}(addr));
      addrs.insert(addr);
    }
  }
  EXPECT_EQ(addrs.size(), 20'000u);
  EXPECT_EQ(hashes.size(), 20'000u);
}

}  // namespace
