// SPDX-License-Identifier: Apache-2.0
// Requests that lie about themselves (requirement B12): whoever stands in front of us may read them
// in another way, so nobody reads them here.
#include <gtest/gtest.h>

#include "http/server_testing.hpp"

namespace vigie::http {
namespace {

using testing::describe;
using testing::ServerRig;

struct RawCase {
  const char* name;
  std::string bytes;
};

// A second request behind the ambiguous one: nothing of it may be answered.
const std::string smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

std::vector<RawCase> ambiguous_requests() {
  const std::string post = "POST / HTTP/1.1\r\nHost: x\r\n";
  const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
  return {
      {"two lengths", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"},
      {"two equal lengths", post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"},
      {"a list of lengths", post + "Content-Length: 5, 5\r\n\r\nhello"},
      {"length and chunked",
       post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"chunked and length",
       post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"},
      {"length with a sign", post + "Content-Length: +5\r\n\r\nhello"},
      {"negative length", post + "Content-Length: -5\r\n\r\nhello"},
      {"hexadecimal length", post + "Content-Length: 0x5\r\n\r\nhello"},
      {"length with a space inside", post + "Content-Length: 1 0\r\n\r\nhellohello"},
      {"empty length", post + "Content-Length: \r\n\r\n"},
      {"length beyond 64 bits", post + "Content-Length: 18446744073709551621\r\n\r\nhello"},
      {"two codings", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
      {"chunked twice in one field", post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"},
      {"chunked in two fields",
       post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"chunked, then identity",
       post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"},
      {"nearly chunked", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
      {"quoted chunked", post + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"},
      {"chunked behind a vertical tab", post + "Transfer-Encoding: \x0b"
                                               "chunked\r\n\r\n0\r\n\r\n"},
      {"chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"space before the colon", post + "Content-Length : 5\r\n\r\nhello"},
      {"tab before the colon", post + "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n"},
      {"folded field", post + "X-A: b\r\n Content-Length: 5\r\n\r\nhello"},
      {"folded first field", "GET / HTTP/1.1\r\n Host: x\r\n\r\n"},
      {"bare line feed after the request line", "GET / HTTP/1.1\nHost: x\r\n\r\n"},
      {"bare line feed after a field", "GET / HTTP/1.1\r\nHost: x\n\r\n"},
      {"bare line feeds throughout", "GET / HTTP/1.1\nHost: x\n\n"},
      {"bare carriage return in a field", "GET / HTTP/1.1\r\nHost: x\r\nX-A: b\rX-C: d\r\n\r\n"},
      {"NUL in a field", "GET / HTTP/1.1\r\nHost: x\r\nX-A: b" + std::string(1, '\0') + "\r\n\r\n"},
      {"NUL in a name", "GET / HTTP/1.1\r\nHost: x\r\nX" + std::string(1, '\0') + ": b\r\n\r\n"},
      {"field without a colon", "GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n"},
      {"field without a name", "GET / HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n"},
      {"letters in a name that none has", "GET / HTTP/1.1\r\nHost: x\r\nX(A): b\r\n\r\n"},
      {"no host", "GET / HTTP/1.1\r\n\r\n"},
      {"two hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"},
      {"a host that is a list", "GET / HTTP/1.1\r\nHost: x, y\r\n\r\n"},
      {"a host with a path", "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n"},
      {"HTTP/0.9", "GET /\r\n\r\n"},
      {"HTTP/2 with prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: x\r\n\r\n"},
      {"http in small letters", "GET / http/1.1\r\nHost: x\r\n\r\n"},
      {"two spaces in the request line", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"tab in the request line", "GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"space in the target", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"bytes beyond ASCII in the target", "GET /\xC3\xA9 HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"a method that is no word", "G@T / HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"a target that is no path", "GET a HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"climbing path", "GET /a/%2e%2e/b HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"escaped NUL in the path", "GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"broken escape in the path", "GET /a%zz HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"query that is not UTF-8", "GET /?a=%FF HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"TLS on the plain port", "\x16\x03\x01\x02" + std::string(1, '\0') + "\x01\x01\xFC\x03\x03"},
      {"two empty lines first", "\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"chunk without a size", chunked + "hello\r\n0\r\n\r\n"},
      {"chunk with a sign", chunked + "+5\r\nhello\r\n0\r\n\r\n"},
      {"chunk in 0x form", chunked + "0x5\r\nhello\r\n0\r\n\r\n"},
      {"chunk beyond 64 bits", chunked + "10000000000000005\r\nhello\r\n0\r\n\r\n"},
      {"chunk with a space", chunked + " 5\r\nhello\r\n0\r\n\r\n"},
      {"chunk longer than it says", chunked + "3\r\nhello\r\n0\r\n\r\n"},
      {"bare line feed after a chunk's size", chunked + "5\nhello\r\n0\r\n\r\n"},
      {"bare line feed after a chunk", chunked + "5\r\nhello\n0\r\n\r\n"},
      {"bare line feed in a chunk's extension", chunked + "5;a\nb\r\nhello\r\n0\r\n\r\n"},
      {"trailer that is no field", chunked + "5\r\nhello\r\n0\r\nno field\r\n\r\n"},
      {"two lengths in other letters",
       post + "Content-Length: 5\r\ncontent-length: 6\r\n\r\nhello"},
      {"length with a fraction", post + "Content-Length: 5.0\r\n\r\nhello"},
      {"length with an exponent", post + "Content-Length: 1e1\r\n\r\nhellohello"},
      {"length with a parameter", post + "Content-Length: 5;a\r\n\r\nhello"},
      {"length in another script's figures", post + "Content-Length: \xD9\xA5\r\n\r\nhello"},
      {"chunked with a parameter", post + "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n"},
      {"chunked and a comma", post + "Transfer-Encoding: chunked,\r\n\r\n0\r\n\r\n"},
      {"chunked and a NUL",
       post + "Transfer-Encoding: chunked" + std::string(1, '\0') + "\r\n\r\n0\r\n\r\n"},
      {"chunked on a folded line", post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"},
      {"empty coding and a length", post + "Transfer-Encoding:\r\nContent-Length: 5\r\n\r\nhello"},
      {"space before the colon of the coding",
       post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"},
      {"a line of one space", "GET / HTTP/1.1\r\n \r\nHost: x\r\n\r\n"},
      {"bare line feed first", "\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"space behind the version", "GET / HTTP/1.1 \r\nHost: x\r\n\r\n"},
      {"version with a zero", "GET / HTTP/01.1\r\nHost: x\r\n\r\n"},
      {"version with a third part", "GET / HTTP/1.1.1\r\nHost: x\r\n\r\n"},
      {"absolute form for another host", "GET http://y/ HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"absolute form with a person in it", "GET http://x@y/ HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"absolute form of another scheme", "GET ftp://x/ HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"authority form", "CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n"},
      {"fragment in the target", "GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"a host with a person", "GET / HTTP/1.1\r\nHost: y@x\r\n\r\n"},
      {"chunk of negative size", chunked + "-5\r\nhello\r\n0\r\n\r\n"},
      {"chunk whose size has an underscore", chunked + "0_5\r\nhello\r\n0\r\n\r\n"},
      {"chunk followed by other letters", chunked + "5\r\nhelloXX0\r\n\r\n"},
      {"bare carriage return behind a chunk's size", chunked + "5\r\r\nhello\r\n0\r\n\r\n"},
      {"bare line feed behind the last chunk", chunked + "5\r\nhello\r\n0\n\n"},
      {"bare line feed behind a trailer", chunked + "5\r\nhello\r\n0\r\nX-A: b\n\r\n"},
      {"folded trailer", chunked + "5\r\nhello\r\n0\r\nX-A: b\r\n c\r\n\r\n"},
      {"length in a trailer", chunked + "5\r\nhello\r\n0\r\nContent-Length: 60\r\n\r\n"},
      {"folded trailer behind an empty body", chunked + "0;a=b\r\nX-A: b\r\n\tc\r\n\r\n"},
      {"NUL in a trailer",
       chunked + "5\r\nhello\r\n0\r\nX-A: " + std::string(1, '\0') + "\r\n\r\n"},
  };
}

// What reached the handler, by its target.
using Reached = std::vector<std::string>;

Handler noting(Reached& reached) {
  return [&reached](Request request) {
    reached.push_back(request.target);
    return describe(std::move(request));
  };
}

TEST(ServerSmuggling, RefusesWhatTwoProgramsCouldReadInTwoWays) {
  const auto rows = ambiguous_requests();
  EXPECT_GE(rows.size(), 90U);
  for (const auto& row : rows) {
    Reached reached;
    auto options = ServerRig::quick();
    options.idle_timeout = std::chrono::milliseconds{500};  // should one be let in after all
    ServerRig rig{noting(reached), options};

    const auto answer = rig.exchange(row.bytes + smuggled);

    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << row.name << ": " << answer;
    EXPECT_NE(answer.find("Connection: close"), std::string::npos) << row.name;
    EXPECT_EQ(answer.find("HTTP/1.1 ", 1), std::string::npos) << row.name << ": " << answer;
    EXPECT_EQ(reached, Reached{}) << row.name;
  }
}

TEST(ServerSmuggling, TakesNothingOfATrailerForTheRequest) {
  Reached reached;
  ServerRig rig{noting(reached)};

  const auto answer = rig.exchange(
      "POST /first HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\nhello\r\n0\r\nHost: evil\r\nX-A: b\r\n\r\n"
      "GET /second HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

  EXPECT_EQ(reached, (Reached{"/first", "/second"})) << answer;
  EXPECT_NE(answer.find("POST /first [hello]"), std::string::npos) << answer;
}

TEST(ServerSmuggling, AcceptsOddButClearRequests) {
  const std::string end = "Connection: close\r\n\r\n";
  const std::vector<RawCase> rows{
      {"one empty line first", "\r\nGET / HTTP/1.1\r\nHost: x\r\n" + end},
      {"absolute form", "GET http://x/ HTTP/1.1\r\nHost: x\r\n" + end},
      {"no space after the colon", "GET / HTTP/1.1\r\nHost:x\r\n" + end},
      {"tabs around a value", "GET / HTTP/1.1\r\nHost:\tx\t\r\n" + end},
      {"empty host", "GET / HTTP/1.1\r\nHost:\r\n" + end},
      {"chunk extensions", "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n" + end +
                               "0;a=b\r\nTrailer: yes\r\n\r\n"},
      {"UTF-8 in a value", "GET / HTTP/1.1\r\nHost: x\r\nX-A: \xC3\xA9\r\n" + end},
      {"length zero", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n" + end},
  };
  for (const auto& row : rows) {
    ServerRig rig{describe};

    const auto answer = rig.exchange(row.bytes);

    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << row.name << ": " << answer;
    EXPECT_TRUE(answer.ends_with("GET / []")) << row.name << ": " << answer;
  }
}

}  // namespace
}  // namespace vigie::http
