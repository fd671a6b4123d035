#include "http/request_parser.hpp"

#include "unit/demo/parser_fixture.hpp"

#include <gtest/gtest.h>
#include <string>

namespace demo::test {
namespace {

using namespace std::string_literals;

std::string lines(const outcome& o) {
  std::string all;
  for (const std::string& line : o.lines) all += line + "; ";
  return all;
}

TEST(request_parser, reads_a_request) {
  EXPECT_EQ(lines(parse("GET /report/7?join HTTP/1.1\r\nHost: a\r\n\r\n")),
            "GET /report/7?join keep; end; ");
}

TEST(request_parser, keeps_the_fields_with_names_in_lower_case) {
  request_parser parser({});
  const std::string head = "GET / HTTP/1.1\r\nHOST: a\r\nX-One:  two words \r\n\r\n";
  ASSERT_EQ(parser.feed(head).status, parse_status::message_complete);
  ASSERT_NE(parser.head().field("host"), nullptr);
  EXPECT_EQ(*parser.head().field("host"), "a");
  ASSERT_NE(parser.head().field("x-one"), nullptr);
  EXPECT_TRUE(parser.head().field("x-one")->starts_with("two words"));
  EXPECT_EQ(parser.head().field("x-two"), nullptr);
}

TEST(request_parser, reads_pipelined_requests_one_by_one) {
  EXPECT_EQ(lines(parse("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
                        "HEAD /2 HTTP/1.1\r\nHost: a\r\n\r\n"
                        "GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")),
            "GET /1 keep; HEAD /2 keep; GET /3 close; end; ");
}

TEST(request_parser, drains_a_body_of_known_length) {
  EXPECT_EQ(lines(parse("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
                        "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")),
            "POST /1 keep; GET /2 keep; end; ");
}

TEST(request_parser, drains_a_chunked_body_with_trailers) {
  EXPECT_EQ(lines(parse("POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
                        "5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nTrailer: t\r\n\r\n"
                        "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")),
            "POST /1 keep; GET /2 keep; end; ");
}

TEST(request_parser, says_when_the_head_is_there_before_the_body) {
  request_parser parser({});
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n";
  const request_parser::step step = parser.feed(head + "abc");
  EXPECT_EQ(step.status, parse_status::head_complete);
  EXPECT_EQ(step.taken, head.size());
  EXPECT_EQ(parser.feed("abc").status, parse_status::message_complete);
}

TEST(request_parser, keeps_an_http_1_0_connection_only_when_asked) {
  EXPECT_EQ(lines(parse("GET / HTTP/1.0\r\n\r\n")), "GET / close; end; ");
  EXPECT_EQ(lines(parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")), "GET / keep; end; ");
}

TEST(request_parser, ignores_an_offer_to_upgrade) {
  EXPECT_EQ(lines(parse("GET /1 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                        "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n"
                        "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")),
            "GET /1 keep; GET /2 keep; end; ");
}

TEST(request_parser, ends_in_the_middle_of_a_request_with_need_more) {
  EXPECT_EQ(parse("GET / HTTP/1.1\r\nHost: a\r\n").last(), "need more");
  EXPECT_EQ(parse("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab").last(), "need more");
}

TEST(request_parser, refuses_a_head_of_more_than_16_kib_with_431) {
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  const std::size_t filler = std::size_t{16} * 1024 - start.size() - 4;
  EXPECT_EQ(parse(start + std::string(filler, 'x') + "\r\n\r\n").last(), "end");
  EXPECT_EQ(parse(start + std::string(filler + 1, 'x') + "\r\n\r\n").last(), "refused 431");
}

TEST(request_parser, refuses_more_than_100_fields_with_431) {
  std::string head = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 99; ++i) head += "A: b\r\n";
  EXPECT_EQ(parse(head + "\r\n").last(), "end");
  EXPECT_EQ(parse(head + "A: b\r\n\r\n").last(), "refused 431");
}

TEST(request_parser, refuses_a_target_of_more_than_8_kib_with_414) {
  const auto with_target = [](std::size_t len) {
    return "GET /" + std::string(len - 1, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n";
  };
  EXPECT_EQ(parse(with_target(8192)).last(), "end");
  EXPECT_EQ(parse(with_target(8193)).last(), "refused 414");
  EXPECT_EQ(parse("GET /" + std::string(100'000, 'x')).last(), "refused 414");
}

TEST(request_parser, refuses_a_body_beyond_the_limit_with_413) {
  request_limits limits;
  limits.body_bytes_max = 100;
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\n";
  EXPECT_EQ(parse(head + "Content-Length: 100\r\n\r\n" + std::string(100, 'x'), limits).last(),
            "end");
  EXPECT_EQ(parse(head + "Content-Length: 101\r\n\r\n", limits).last(), "refused 413");
  const std::string chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(parse(chunked + "65\r\n", limits).last(), "refused 413");
  std::string crumbs;
  for (int i = 0; i < 50; ++i) crumbs += "1\r\nx\r\n";
  EXPECT_EQ(parse(chunked + crumbs, limits).last(), "refused 413");
}

TEST(request_parser, refuses_a_long_chunk_extension) {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(parse(head + "0;" + std::string(250, 'x') + "\r\n\r\n").last(), "end");
  EXPECT_EQ(parse(head + "0;" + std::string(257, 'x') + "\r\n\r\n").last(), "refused 400");
}

// Payloads of request smuggling and their kin. Each must be refused, as the first thing that
// happens: a refusal after a first request would mean that it was read as two.
TEST(request_parser, refuses_ambiguous_and_malformed_heads_with_400) {
  const std::string line = "GET / HTTP/1.1\r\n";
  const std::string host = "Host: a\r\n";
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
  const std::string body = "\r\n0\r\n\r\n";
  const std::string cases[] = {
      // the request line
      "GET\r\n\r\n",
      "GET /\r\n\r\n",
      "GET / HTTP\r\n\r\n",
      "GET / HTTP/1.1x\r\n" + host + "\r\n",
      "GET / HTTP/0.9\r\n" + host + "\r\n",
      "GET / HTTP/1.2\r\n" + host + "\r\n",
      "GET / HTTP/2.0\r\n" + host + "\r\n",
      "GET / HTTP/1.10\r\n" + host + "\r\n",
      "GET / FTP/1.1\r\n" + host + "\r\n",
      "get / HTTP/1.1\r\n" + host + "\r\n",
      "G\x01T / HTTP/1.1\r\n" + host + "\r\n",
      "\x16\x03\x01\x02\x01\x01" + "\r\n\r\n"s,
      "GET /a b HTTP/1.1\r\n" + host + "\r\n",
      "GET /\t HTTP/1.1\r\n" + host + "\r\n",
      "GET relative HTTP/1.1\r\n" + host + "\r\n",
      " GET / HTTP/1.1\r\n" + host + "\r\n",
      "GET / HTTP/1.1\n" + host + "\r\n",
      "GET / HTTP/1.1\r" + host + "\r\n",
      // the ends of lines
      line + "Host: a\n\r\n",
      line + "Host: a\r\n\n",
      line + "Host: a\rX: b\r\n\r\n",
      line + host + "X: a\0b\r\n\r\n"s,
      line + host + "X: a\r\n folded\r\n\r\n",
      line + host + "X: a\r\n\tfolded\r\n\r\n",
      line + host + "X:\r\n folded\r\n\r\n",
      line + " X: folded first\r\n" + host + "\r\n",
      // field names and values
      line + host + "X : a\r\n\r\n",
      line + host + "X\t: a\r\n\r\n",
      line + host + "X\r\n\r\n",
      line + host + ": a\r\n\r\n",
      line + host + "X[: a\r\n\r\n",
      line + host + "X: \x01\r\n\r\n",
      line + host + "X: \x7f\r\n\r\n",
      // the host
      line + "\r\n",
      line + host + host + "\r\n",
      line + host + "host: b\r\n\r\n",
      line + "Host: a b\r\n\r\n",
      line + "Host: a, b\r\n\r\n",
      line + "Host: u@a\r\n\r\n",
      line + "Host: a/b\r\n\r\n",
      "GET / HTTP/1.0\r\n" + host + host + "\r\n",
      "GET http://b/ HTTP/1.1\r\n" + host + "\r\n",
      "GET http://a@b/ HTTP/1.1\r\n" + host + "\r\n",
      // the length
      post + "Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
      post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
      post + "Content-Length: 5, 5\r\n\r\n",
      post + "Content-Length: +5\r\n\r\n",
      post + "Content-Length: -5\r\n\r\n",
      post + "Content-Length: 5 5\r\n\r\n",
      post + "Content-Length: 0x5\r\n\r\n",
      post + "Content-Length: five\r\n\r\n",
      post + "Content-Length:\r\n\r\n",
      post + "Content-Length: 18446744073709551617\r\n\r\n",
      // the encoding
      post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" + body,
      post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n" + body,
      post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" + body,
      post + "Transfer-Encoding: chunked, chunked\r\n" + body,
      post + "Transfer-Encoding: chunked, identity\r\n" + body,
      post + "Transfer-Encoding: gzip, chunked\r\n" + body,
      post + "Transfer-Encoding: gzip\r\n" + body,
      post + "Transfer-Encoding: identity\r\n" + body,
      post + "Transfer-Encoding: xchunked\r\n" + body,
      post + "Transfer-Encoding: \"chunked\"\r\n" + body,
      post + "Transfer-Encoding: chunked;q=1\r\n" + body,
      post +
          "Transfer-Encoding:\x0b"
          "chunked\r\n" +
          body,
      post + "Transfer-Encoding:\r\n" + body,
      post + "Transfer-Encoding : chunked\r\n" + body,
      "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" + body,
      // control characters where a blank may be
      line +
          "Host:\x0b"
          "a\r\n\r\n",
      line + "Host: a\x0c\r\n\r\n",
  };
  for (const std::string& stream : cases) {
    EXPECT_EQ(parse(stream).lines.front(), "refused 400") << stream;
  }
}

TEST(request_parser, refuses_malformed_chunks_with_400) {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string cases[] = {
      "x\r\n",
      "-1\r\n",
      "+1\r\n",
      "0x1\r\n",
      "1\na\r\n",
      "1\r\nab",
      "1\r\na\n",
      "\r\n",
      "1;\r\r\n",
      "0\r\nX : a\r\n\r\n",
      "0\r\n\n",
      "0\r\nX: a\n\r\n",
      "0\r\nX: a\r\n b\r\n\r\n",
      "0\r\n X: a\r\n\r\n",
      "0\r\n: a\r\n\r\n",
      "0\n\r\n",
      "10000000000000000\r\n",
      "1 \r\na\r\n0\r\n\r\n",
  };
  for (const std::string& stream : cases) {
    EXPECT_EQ(parse(head + stream).lines.front(), "refused 400") << stream;
  }
  // A chunk that nobody could send is too large before it is anything else.
  EXPECT_EQ(parse(head + "8000000000000000\r\n").lines.front(), "refused 413");
}

TEST(request_parser, refuses_junk_after_a_request_as_the_next_request) {
  EXPECT_EQ(lines(parse("GET / HTTP/1.1\r\nHost: a\r\n\r\njunk")), "GET / keep; refused 400; ");
}

TEST(request_parser, gives_a_reason_with_each_refusal) {
  EXPECT_EQ(parse("GET / HTTP/1.1\r\n\r\n").reason, "no Host");
  EXPECT_FALSE(parse("GET / HTTP/9.9\r\n\r\n").reason.empty());
}

}  // namespace
}  // namespace demo::test
