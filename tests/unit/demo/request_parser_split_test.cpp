/// The outcome of a stream must not depend on how it is cut.
#include "unit/demo/parser_fixture.hpp"

#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

namespace demo::test {
namespace {

using namespace std::string_literals;

request_limits small_limits() {
  request_limits limits;
  limits.head_bytes_max = 200;
  limits.target_bytes_max = 40;
  limits.fields_max = 6;
  limits.chunk_extension_bytes_max = 16;
  limits.body_bytes_max = 64;
  return limits;
}

/// Valid and invalid streams, with something at each side of each small limit.
std::vector<std::string> streams() {
  std::vector<std::string> all = {
      "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\nG",
      "GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /2 HTTP/1.0\r\n\r\n",
      "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET /2 HTTP/1.1\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;x=y\r\nhello\r\nA\r\n0123456789\r\n0\r\nT: t\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n folded\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"s,
      "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "GET http://a/x?y HTTP/1.1\r\nHost: A\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\nGET",
      "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\nbytes",
      "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      "\x16\x03\x01\x02\x01\x01"s,
      std::string(400, 'G'),
      std::string(400, '\r'),
      "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(400, 'X'),
  };
  for (std::size_t len = 37; len <= 43; ++len) {  // about the target's limit
    const std::string target = "/" + std::string(len - 1, 'x');
    all.push_back("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
    all.push_back("GET " + target + "\x01 HTTP/1.1\r\nHost: a\r\n\r\n");
    all.push_back("GET " + target);
  }
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  for (std::size_t len = 195; len <= 203; ++len) {  // about the head's
    const std::string filler(len - start.size() - 4, 'x');
    all.push_back(start + filler + "\r\n\r\n");
    all.push_back(start + filler + "\x01\r\n\r\n");
  }
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (std::size_t len = 14; len <= 18; ++len) {  // about the extensions'
    all.push_back(post + "1;" + std::string(len, 'x') + "\r\nx\r\n0\r\n\r\n");
  }
  std::string crumbs;
  for (int i = 0; i < 14; ++i) {  // about the body's
    all.push_back(post + crumbs + "0\r\n\r\n");
    all.push_back("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(58 + i) +
                  "\r\n\r\n" + std::string(70, 'x'));
    crumbs += "1\r\nx\r\n";
  }
  std::string fields = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 8; ++i) {
    all.push_back(fields + "\r\n");
    all.push_back(post + "0\r\n" + fields.substr(fields.find('\n') + 1) + "\r\n");
    fields += "A: b\r\n";
  }
  return all;
}

TEST(request_parser_splits, every_cut_in_two_gives_the_same) {
  const request_limits limits = small_limits();
  for (const std::string& stream : streams()) {
    const outcome whole = parse(stream, limits);
    for (std::size_t cut = 1; cut < stream.size(); ++cut) {
      std::size_t piece = 0;
      const outcome parts =
          parse(stream, [&] { return piece++ == 0 ? cut : stream.size(); }, limits);
      ASSERT_EQ(parts.lines, whole.lines) << stream << "\ncut at " << cut;
    }
  }
}

TEST(request_parser_splits, byte_by_byte_gives_the_same) {
  const request_limits limits = small_limits();
  for (const std::string& stream : streams()) {
    const outcome bytes = parse(stream, [] { return std::size_t{1}; }, limits);
    ASSERT_EQ(bytes.lines, parse(stream, limits).lines) << stream;
  }
}

TEST(request_parser_splits, every_prefix_is_a_prefix_of_the_outcome) {
  const request_limits limits = small_limits();
  for (const std::string& stream : streams()) {
    const outcome whole = parse(stream, limits);
    for (std::size_t len = 0; len < stream.size(); ++len) {
      outcome part = parse(std::string_view(stream).substr(0, len), limits);
      if (part.last() == "end" || part.last() == "need more") part.lines.pop_back();
      ASSERT_LE(part.lines.size(), whole.lines.size());
      for (std::size_t i = 0; i < part.lines.size(); ++i) {
        ASSERT_EQ(part.lines[i], whole.lines[i]) << stream << "\nfirst " << len << " bytes";
      }
    }
  }
}

TEST(request_parser_splits, random_cuts_of_mutated_streams_give_the_same) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto below = [&](std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
  };
  const request_limits limits = small_limits();
  const std::vector<std::string> seeds = streams();
  const std::string alphabet = "\r\n\t :;,/GHx10\0\x7f\xff"s;
  for (int round = 0; round < 20'000; ++round) {
    std::string stream = seeds[below(seeds.size())];
    for (std::size_t edits = below(4); edits > 0 && !stream.empty(); --edits) {
      const std::size_t at = below(stream.size());
      switch (below(3)) {
        case 0:
          stream[at] = alphabet[below(alphabet.size())];
          break;
        case 1:
          stream.insert(at, 1, alphabet[below(alphabet.size())]);
          break;
        default:
          stream.erase(at, 1 + below(3));
          break;
      }
    }
    const outcome whole = parse(stream, limits);
    const outcome parts = parse(stream, [&] { return 1 + below(12); }, limits);
    ASSERT_EQ(parts.lines, whole.lines) << testing::PrintToString(stream);
  }
}

}  // namespace
}  // namespace demo::test
