// SPDX-License-Identifier: Apache-2.0
#include "http/guard.hpp"

#include <gtest/gtest.h>

namespace vigie::http {
namespace {

struct AddressRow {
  std::string_view address;
  bool is_public;
};

TEST(IsPublicAddress, KnowsWhatIsNobodysOnTheInternet) {
  const std::vector<AddressRow> rows{
      // IPv4, with the neighbours of each range
      {"8.8.8.8", true},
      {"1.1.1.1", true},
      {"0.0.0.0", false},
      {"0.1.2.3", false},
      {"9.255.255.255", true},
      {"10.0.0.0", false},
      {"10.255.255.255", false},
      {"11.0.0.0", true},
      {"100.63.255.255", true},
      {"100.64.0.0", false},
      {"100.127.255.255", false},
      {"100.128.0.0", true},
      {"127.0.0.1", false},
      {"127.255.255.254", false},
      {"128.0.0.1", true},
      {"169.253.255.255", true},
      {"169.254.169.254", false},
      {"169.255.0.0", true},
      {"172.15.255.255", true},
      {"172.16.0.1", false},
      {"172.31.255.255", false},
      {"172.32.0.0", true},
      {"192.0.0.170", false},
      {"192.0.1.1", true},
      {"192.0.2.1", false},
      {"192.88.99.1", false},
      {"192.88.100.1", true},
      {"192.167.255.255", true},
      {"192.168.1.1", false},
      {"192.169.0.0", true},
      {"198.17.255.255", true},
      {"198.18.0.1", false},
      {"198.19.255.255", false},
      {"198.20.0.0", true},
      {"198.51.100.7", false},
      {"203.0.113.9", false},
      {"223.255.255.255", true},
      {"224.0.0.1", false},
      {"239.255.255.255", false},
      {"240.0.0.1", false},
      {"255.255.255.255", false},
      // IPv6
      {"2606:4700:4700::1111", true},
      {"2a00:1450:4007::1", true},
      {"::", false},
      {"::1", false},
      {"fe80::1", false},
      {"febf::1", false},
      {"fec0::1", false},
      {"fc00::1", false},
      {"fd12:3456::1", false},
      {"ff02::1", false},
      {"100::1", false},
      {"2001::1", false},
      {"2001:1ff::1", false},
      {"2001:200::1", true},
      {"2001:db8::1", false},
      {"3fff::1", false},
      {"3fff:fff::1", false},
      {"3ffe::1", true},
      {"4000::1", false},
      {"5f00::1", false},
      // IPv6 that carries IPv4
      {"::ffff:127.0.0.1", false},
      {"::ffff:7f00:1", false},
      {"::ffff:10.1.2.3", false},
      {"::ffff:169.254.169.254", false},
      {"::ffff:8.8.8.8", true},
      {"::127.0.0.1", false},
      {"::8.8.8.8", false},
      {"64:ff9b::127.0.0.1", false},
      {"64:ff9b::a00:1", false},
      {"64:ff9b::8.8.8.8", true},
      {"64:ff9b:1::8.8.8.8", false},
      {"2002:7f00:1::", false},
      {"2002:c0a8:101::1", false},
      {"2002:808:808::1", true},
      // Not addresses
      {"", false},
      {"localhost", false},
      {"example.org", false},
      {"2130706433", false},
      {"134744072", false},
      {"0x8080808", false},
      {"0177.0.0.1", false},
      {"010.8.8.8", false},
      {"8.8.8", false},
      {"8.8.8.8.8", false},
      {"8.8.8.256", false},
      {"8.8.8.8 ", false},
      {" 8.8.8.8", false},
      {"8.8.8.8:80", false},
      {"[2606:4700:4700::1111]", false},
      {"2606:4700:4700::1111%eth0", false},
      {"2606:4700:4700::1111%1", false},
      {"8.8.8.８", false},
      {std::string_view{"8.8.8.8\0", 8}, false},
      {std::string_view{"8.8.8.8\0.evil", 13}, false},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(is_public_address(row.address), row.is_public) << row.address;
  }
}

TEST(ParseUrl, ReadsWhatIsAUrl) {
  struct Row {
    const char* text;
    const char* origin;
    const char* target;
  };
  const std::vector<Row> rows{
      {"http://example.org", "http://example.org", "/"},
      {"HTTPS://Example.ORG/A?b=C", "https://example.org", "/A?b=C"},
      {"https://example.org:443/", "https://example.org", "/"},
      {"http://example.org:443/", "http://example.org:443", "/"},
      {"http://example.org:/x", "http://example.org", "/x"},
      {"http://example.org:8080?q", "http://example.org:8080", "/?q"},
      {"http://example.org/a#fragment", "http://example.org", "/a"},
      {"http://example.org#f", "http://example.org", "/"},
      {"http://example.org./", "http://example.org", "/"},
      {"http://127.0.0.1:8099/x", "http://127.0.0.1:8099", "/x"},
      {"http://[::1]:80/", "http://[::1]", "/"},
      {"http://[2606:4700::0001]/", "http://[2606:4700::1]", "/"},
      {"https://pull-f5.tiktokcdn.com/stage/x.flv?expire=1&sign=a%20b",
       "https://pull-f5.tiktokcdn.com", "/stage/x.flv?expire=1&sign=a%20b"},
      {"http://xn--bcher-kva.example/", "http://xn--bcher-kva.example", "/"},
      {"http://a_b.example/", "http://a_b.example", "/"},
      {"http://1.2.3.example/", "http://1.2.3.example", "/"},
      {"http://example.org/@user:pass", "http://example.org", "/@user:pass"},
      {"http://example.org?u@h", "http://example.org", "/?u@h"},
  };
  for (const auto& row : rows) {
    const auto url = parse_url(row.text);

    ASSERT_TRUE(url) << row.text << ": " << url.error().what;
    EXPECT_EQ(url->origin(), row.origin) << row.text;
    EXPECT_EQ(url->target, row.target) << row.text;
    const auto again = parse_url(url->origin() + url->target);
    ASSERT_TRUE(again) << row.text;
    EXPECT_EQ(again->origin(), row.origin);
  }
}

TEST(ParseUrl, RefusesEverythingElse) {
  const std::vector<std::string> rows{
      "",
      "example.org",
      "//example.org/",
      "/path",
      "ftp://example.org/",
      "file:///etc/passwd",
      "javascript:alert(1)",
      "http:/example.org",
      "http:example.org",
      "http:///path",
      "http://:80/",
      "http://?q",
      "http://./",
      "http://user@example.org/",
      "http://user:password@example.org/",
      "http://@example.org/",
      "http://example.org@127.0.0.1/",
      "http://example.org:0/",
      "http://example.org:65536/",
      "http://example.org:99999999999999999999/",
      "http://example.org:-1/",
      "http://example.org:+80/",
      "http://example.org: 80/",
      "http://example.org:80:80/",
      "http://exa mple.org/",
      "http://example.org/a b",
      " http://example.org/",
      "http://example.org/\r\nHost: x",
      "http://example.org/\n",
      "http://example.org/\t",
      std::string{"http://example.org/\0", 20},
      "http://example.org\\@127.0.0.1/",
      "http:\\\\example.org\\",
      "http://ex%61mple.org/",
      "http://127.0.0.1%2f@x/",
      "http://exämple.org/",
      "http://example．org/",
      "http://①②⑦.0.0.1/",
      "http://example.org/é",
      "http://a..b/",
      "http://.example.org/",
      "http://" + std::string(64, 'a') + ".org/",
      "http://" + std::string(300, 'a') + "/",
      "http://example.org/" + std::string(9000, 'a'),
      "http://2130706433/",
      "http://0x7f000001/",
      "http://0x7f.0.0.1/",
      "http://0177.0.0.1/",
      "http://127.1/",
      "http://127.0.1/",
      "http://1.2.3.4.5/",
      "http://256.1.1.1/",
      "http://[::1/",
      "http://[::1]x/",
      "http://::1/",
      "http://[fe80::1%25eth0]/",
      "http://[127.0.0.1]/",
      "http://[]/",
      "http://[",
      "http://exam<ple.org/",
      "http://example.org,127.0.0.1/",
  };
  for (const auto& text : rows) {
    const auto url = parse_url(text);

    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code, Errc::invalid) << text;
  }
}

TEST(ParseUrl, SaysHowToWriteAForeignName) {
  const auto url = parse_url("https://müller.example/");

  ASSERT_FALSE(url);
  EXPECT_NE(url.error().what.find("xn--"), std::string::npos) << url.error().what;
}

Url url_of(std::string_view text) {
  return parse_url(text).value();
}

TEST(AddressGuard, LetsOnlyUsualPortsThrough) {
  const AddressGuard guard{{"http://sim.internal:8099/some/path"}, {}};

  EXPECT_TRUE(guard.check_url(url_of("http://example.org/")));
  EXPECT_TRUE(guard.check_url(url_of("https://example.org/")));
  EXPECT_TRUE(guard.check_url(url_of("http://example.org:8080/")));
  EXPECT_EQ(guard.check_url(url_of("http://example.org:22/")).error().code, Errc::denied);
  EXPECT_EQ(guard.check_url(url_of("http://example.org:6379/")).error().code, Errc::denied);
  EXPECT_TRUE(guard.check_url(url_of("http://sim.internal:8099/other")));
  EXPECT_FALSE(guard.check_url(url_of("https://sim.internal:8099/"))) << "another scheme";
}

TEST(AddressGuard, ExemptsTrustedOriginsAndAllowedSuffixesOnly) {
  const AddressGuard guard{{"http://127.0.0.1:8099", "not a url"}, {"Intranet.Example"}};

  EXPECT_TRUE(guard.check_address(url_of("http://example.org/"), "8.8.8.8"));
  EXPECT_TRUE(guard.check_address(url_of("http://127.0.0.1:8099/"), "127.0.0.1"));
  EXPECT_TRUE(guard.check_address(url_of("http://hook.intranet.example/"), "10.0.0.5"));
  const std::vector<std::pair<const char*, const char*>> refused{
      {"http://127.0.0.1/", "127.0.0.1"},
      {"http://127.0.0.1:8098/", "127.0.0.1"},
      {"http://example.org/", "10.0.0.5"},
      {"http://example.org/", "::ffff:10.0.0.5"},
      {"http://example.org/", "fe80::1"},
      {"http://evilintranet.example/", "10.0.0.5"},
      {"http://intranet.example.evil.org/", "10.0.0.5"},
      {"http://metadata.example/", "169.254.169.254"},
  };
  for (const auto& [url, address] : refused) {
    const auto checked = guard.check_address(url_of(url), address);
    ASSERT_FALSE(checked) << url << " at " << address;
    EXPECT_EQ(checked.error().code, Errc::denied);
    EXPECT_NE(checked.error().what.find(address), std::string::npos) << "says what it refused";
  }
}

TEST(HostMatches, ComparesWholeLabels) {
  EXPECT_TRUE(host_matches("pull-f5.tiktokcdn.com", "tiktokcdn.com"));
  EXPECT_TRUE(host_matches("tiktokcdn.com", "tiktokcdn.com"));
  EXPECT_TRUE(host_matches("a.b", ".b"));
  EXPECT_FALSE(host_matches("eviltiktokcdn.com", "tiktokcdn.com"));
  EXPECT_FALSE(host_matches("tiktokcdn.com.evil.org", "tiktokcdn.com"));
  EXPECT_FALSE(host_matches("com", "tiktokcdn.com"));
  EXPECT_FALSE(host_matches("anything", ""));
  EXPECT_FALSE(host_matches("anything", "."));
}

}  // namespace
}  // namespace vigie::http
