#include "http/text.hpp"

#include "http/response.hpp"
#include "http/target.hpp"

#include <gtest/gtest.h>
#include <string>

namespace demo::test {
namespace {

TEST(text, numbers_are_digits_up_to_their_bound) {
  EXPECT_EQ(to_number("0", 5), 0U);
  EXPECT_EQ(to_number("5", 5), 5U);
  for (const char* text : {"", "6", "-1", "+1", " 1", "1 ", "1.0", "0x1", "99999999999999999999"}) {
    EXPECT_EQ(to_number(text, 5), std::nullopt) << text;
  }
}

TEST(text, percent_decoding_refuses_wrong_escapes_and_nul) {
  EXPECT_EQ(percent_decode("a%20b+c", false), "a b+c");
  EXPECT_EQ(percent_decode("a%2fb+c", true), "a/b c");
  for (const char* bad : {"%", "%4", "%4g", "%g4", "%00", "a%"}) {
    EXPECT_EQ(percent_decode(bad, false), std::nullopt) << bad;
  }
}

TEST(text, json_strings_are_escaped) {
  EXPECT_EQ(json_string("a\"b\\c\n\x01"), "\"a\\\"b\\\\c\\u000a\\u0001\"");
}

TEST(text, an_absolute_target_has_an_authority) {
  EXPECT_EQ(authority_of("http://a:1/x"), "a:1");
  EXPECT_EQ(authority_of("HTTP://a"), "a");
  EXPECT_EQ(authority_of("/x"), std::nullopt);
  EXPECT_EQ(authority_of("https://a/"), std::nullopt);
}

TEST(target, parameters_are_decoded_in_order) {
  const std::optional<target> parsed = parse_target("/a%20b?x=1&&y=%26&x=2&flag");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->path, "/a b");
  ASSERT_EQ(parsed->parameters.size(), 4U);
  EXPECT_EQ(*parsed->parameter_of("x"), "1");
  EXPECT_EQ(*parsed->parameter_of("y"), "&");
  EXPECT_EQ(*parsed->parameter_of("flag"), "");
  EXPECT_EQ(parsed->parameter_of("z"), nullptr);
}

TEST(response, has_a_length_and_says_whether_it_keeps_the_connection) {
  std::string out;
  append_response(out, {.body = "hello"}, true, false);
  EXPECT_TRUE(out.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(out.contains("\r\nContent-Length: 5\r\n"));
  EXPECT_TRUE(out.ends_with("\r\nConnection: keep-alive\r\n\r\nhello"));
}

TEST(response, to_a_head_request_is_the_same_without_the_body) {
  std::string full;
  std::string head;
  append_response(full, {.body = "hello"}, false, false);
  append_response(head, {.body = "hello"}, false, true);
  EXPECT_EQ(head + "hello", full);
}

TEST(response, of_an_error_is_json) {
  EXPECT_EQ(error_response(404, "no \"x\"").body, "{\"error\": \"no \\\"x\\\"\"}\n");
}

}  // namespace
}  // namespace demo::test
