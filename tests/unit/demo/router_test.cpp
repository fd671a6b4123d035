#include "http/router.hpp"

#include <gtest/gtest.h>
#include <string>

namespace demo::test {
namespace {

using namespace std::chrono_literals;

std::expected<route, refusal> find(const std::string& target, const std::string& method = "GET") {
  request head;
  head.method = method;
  head.target = target;
  return find_route(head);
}

int status_of(const std::string& target, const std::string& method = "GET") {
  const std::expected<route, refusal> found = find(target, method);
  return found ? 200 : found.error().status;
}

TEST(router, finds_each_route_with_its_defaults) {
  EXPECT_EQ(find("/")->name, route_name::page);
  EXPECT_EQ(find("/report/7")->name, route_name::report);
  EXPECT_EQ(find("/hash")->name, route_name::hash);
  EXPECT_EQ(find("/freeze")->duration, 1s);
  EXPECT_EQ(find("/blocked")->name, route_name::blocked);
  EXPECT_EQ(find("/ticks")->duration, 100ms);
  EXPECT_EQ(find("/timeout")->duration, 20ms);
  EXPECT_EQ(find("/race")->name, route_name::race);
}

TEST(router, takes_parameters) {
  EXPECT_EQ(find("/report/42")->id, 42U);
  EXPECT_FALSE(find("/report/42")->joined);
  EXPECT_TRUE(find("/report/42?join")->joined);
  EXPECT_TRUE(find("/report/42?x=1&join=")->joined);
  EXPECT_EQ(find("/hash?mb=256")->mebibytes, 256U);
  EXPECT_EQ(find("/freeze?ms=5000")->duration, 5s);
  EXPECT_EQ(find("/ticks?every=0")->duration, 0ms);
  EXPECT_EQ(find("/timeout?ms=%32%30%30")->duration, 200ms);
}

TEST(router, refuses_parameters_out_of_bounds_with_400) {
  for (const char* target : {"/hash?mb=257",
                             "/hash?mb=-1",
                             "/hash?mb=",
                             "/hash?mb=1x",
                             "/hash?mb=99999999999999999999",
                             "/freeze?ms=5001",
                             "/blocked?ms=5001",
                             "/timeout?ms=10001",
                             "/ticks?every=9",
                             "/ticks?every=60001",
                             "/report/",
                             "/report/x",
                             "/report/1000000",
                             "/report/7/8",
                             "/hash?mb=%zz",
                             "/hash?mb=%0",
                             "/%00",
                             "relative",
                             "*",
                             "host:80"}) {
    EXPECT_EQ(status_of(target), 400) << target;
  }
}

TEST(router, answers_404_for_an_unknown_path) {
  for (const char* target : {"/nothing", "/hash/", "/report", "//", "/ticks/x", "/Hash"}) {
    EXPECT_EQ(status_of(target), 404) << target;
  }
}

TEST(router, answers_405_for_a_method_other_than_get_and_head) {
  EXPECT_EQ(status_of("/", "POST"), 405);
  EXPECT_EQ(status_of("/hash?mb=999", "DELETE"), 405);
  EXPECT_EQ(status_of("/nothing", "POST"), 404);
  EXPECT_TRUE(find("/", "HEAD")->head_only);
  EXPECT_FALSE(find("/")->head_only);
}

TEST(router, takes_absolute_targets) {
  EXPECT_EQ(find("http://a:80/report/7?join")->id, 7U);
  EXPECT_EQ(find("http://a")->name, route_name::page);
  EXPECT_EQ(find("http://a?x")->name, route_name::page);
  EXPECT_EQ(status_of("https://a/"), 400);
}

}  // namespace
}  // namespace demo::test
