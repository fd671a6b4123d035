#include "http/page.hpp"

#include "http/router.hpp"

#include <gtest/gtest.h>
#include <set>
#include <string>

namespace demo::test {
namespace {

/// What stands in `href="..."`.
std::set<std::string> links(const std::string& page) {
  const std::string mark = "href=\"";
  std::set<std::string> found;
  for (std::size_t at = page.find(mark); at != std::string::npos; at = page.find(mark, at)) {
    at += mark.size();
    found.insert(page.substr(at, page.find('"', at) - at));
  }
  return found;
}

TEST(page, links_every_route_and_nothing_else) {
  std::set<route_name> linked;
  for (const std::string& link : links(start_page("a runtime"))) {
    if (link == "data:,") continue;  // no icon
    request head;
    head.method = "GET";
    head.target = link;
    const std::expected<route, refusal> to = find_route(head);
    ASSERT_TRUE(to) << link;
    linked.insert(to->name);
  }
  EXPECT_EQ(linked,
            (std::set{route_name::report, route_name::hash, route_name::freeze, route_name::blocked,
                      route_name::ticks, route_name::timeout, route_name::race}));
}

TEST(page, says_what_it_runs_on_escaped) {
  EXPECT_TRUE(start_page("<b> & \"c\"").contains("&lt;b&gt; &amp; &quot;c&quot;"));
}

}  // namespace
}  // namespace demo::test
