#include "http/page.hpp"

#include "http/page_assets.hpp"

#include <initializer_list>

namespace demo {

namespace {

/// A way to ask for a route: a link, and a button that asks `times` times at once (0: no button).
struct attempt {
  std::string_view path;
  int times = 1;
};

struct card {
  std::string_view title;
  std::string_view kind;  ///< "good" or "bad": what a program should do, or what it should not.
  std::string_view text;
  std::string_view code;
  std::initializer_list<attempt> attempts;
};

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out.append("&amp;");
        break;
      case '<':
        out.append("&lt;");
        break;
      case '>':
        out.append("&gt;");
        break;
      case '"':
        out.append("&quot;");
        break;
      default:
        out.push_back(c);
        break;
    }
  }
}

void append_attempt(std::string& out, const attempt& each) {
  out.append("<p class=\"try\"><a href=\"");
  append_escaped(out, each.path);
  out.append("\"><code>");
  append_escaped(out, each.path);
  out.append("</code></a>");
  if (each.times == 0) {
    out.append("</p>");
    return;
  }
  out.append(" <button data-path=\"");
  append_escaped(out, each.path);
  out.append("\" data-times=\"").append(std::to_string(each.times)).append("\">");
  out.append(each.times == 1 ? "Run" : "Run " + std::to_string(each.times) + " at once");
  out.append("</button></p>");
}

void append_card(std::string& out, const card& each) {
  out.append("<article class=\"").append(each.kind).append("\"><h2>").append(each.title);
  out.append("</h2><p>").append(each.text).append("</p><pre>");
  append_escaped(out, each.code);
  out.append("</pre>");
  for (const attempt& a : each.attempts) append_attempt(out, a);
  out.append("<output></output></article>\n");
}

void append_cards(std::string& out) {
  append_card(out,
              {"One after the other",
               "good",
               "Two questions to a backend that takes 50 ms for each. <code>co_await</code> waits "
               "for the first answer before it asks again: about 100 ms. Meanwhile the worker "
               "serves everybody else.",
               "auto user   = co_await fetch_user(id);\n"
               "auto orders = co_await fetch_orders(id);",
               {{"/report/7"}}});
  append_card(out,
              {"Together",
               "good",
               "The same two questions, asked at once in the same task. <code>join</code> waits "
               "for both: about 50 ms, and no thread more.",
               "auto [user, orders] = co_await edo::join(\n"
               "    fetch_user(id), fetch_orders(id));",
               {{"/report/7?join"}}});
  append_card(out,
              {"Work that takes the processor",
               "good",
               "SHA-256 of so many MiB. It runs on a thread for blocking work, and the task awaits "
               "its handle: the ticks above stay even.",
               "auto job = edo::spawn_blocking(\n"
               "    [mb] { return digest(mb); });\n"
               "auto hex = co_await job;",
               {{"/hash?mb=64"}, {"/hash?mb=256"}}});
  append_card(out,
              {"A deadline",
               "good",
               "<code>timeout</code> drops the fetch when the time is up, and its connection is "
               "closed with it. 20 ms are too few, 200 are enough.",
               "auto user = co_await edo::timeout(\n"
               "    20ms, fetch_user(id));",
               {{"/timeout?ms=20"}, {"/timeout?ms=200"}}});
  append_card(out, {"The first answer wins",
                    "good",
                    "Two replicas of unequal speed. <code>select</code> gives the first answer and "
                    "drops the other fetch where it stands: its locals are destroyed before the "
                    "result is handed on.",
                    "auto won = co_await edo::select(\n"
                    "    ask_replica(\"a\"), ask_replica(\"b\"));",
                    {{"/race"}}});
  append_card(out, {"A stream",
                    "good",
                    "Server-sent events every 100 ms, until you leave. A thousand of these are a "
                    "thousand tasks, not a thousand threads. The bars above are such a stream.",
                    "co_await edo::select(edo::sleep_until(due),\n"
                    "                     stream.read(buffer));",
                    {{"/ticks", 0}}});
  append_card(out,
              {"A loop that never awaits",
               "bad",
               "Wrong on purpose. A task runs until it suspends, so this one keeps its worker to "
               "itself. With all workers taken, every other task waits: look at the ticks above "
               "and at the heartbeat in the terminal.",
               "while (clock::now() < end) { }   // no co_await",
               {{"/freeze?ms=1000"}, {"/freeze?ms=1001", 2}}});
  append_card(out,
              {"A call that blocks",
               "bad",
               "Wrong on purpose, too: a blocking call holds its worker without even computing. "
               "<code>co_await edo::sleep(1s)</code> would have let it go.",
               "std::this_thread::sleep_for(1s); // no co_await",
               {{"/blocked?ms=1000"}, {"/blocked?ms=1001", 2}}});
}

}  // namespace

std::string start_page(std::string_view runtime) {
  std::string out(page_head);
  out.append(
      "<header><h1>edo</h1><p>This server is one small program: every connection is a task, "
      "and the tasks share a <strong>");
  append_escaped(out, runtime);
  out.append(
      "</strong>. Each route shows one thing that a task can do. The last two show what it "
      "should not.</p></header>\n");
  out.append(page_ticks).append("<main>\n");
  append_cards(out);
  out.append("</main>\n").append(page_script);
  return out;
}

}  // namespace demo
