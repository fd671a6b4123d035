// The whole transition table of the task's state word: every word, every transition.
#include "task/state.hpp"

#include <cstddef>
#include <gtest/gtest.h>
#include <initializer_list>
#include <ostream>
#include <vector>

namespace {

namespace ts = edo::detail::task_state;
using ts::word;

constexpr word R = ts::running;
constexpr word C = ts::complete;
constexpr word N = ts::notified;
constexpr word X = ts::cancelled;
constexpr word J = ts::join_interest;
constexpr word W = ts::join_waker;
constexpr word D = ts::claimed;

// One line of a table: words with all of `with` and none of `without` get these bits and
// references.
template <class Effect>
struct line {
  word with;
  word without;
  word set;
  word clear;
  int refs;
  Effect effect;
};

// Every word with up to three references that can stand between two transitions.
std::vector<word> legal_words() {
  std::vector<word> all;
  for (word flags = 0; flags < 128; ++flags) {
    for (word count = 1; count <= 3; ++count) {
      const word w = flags | count * ts::ref_one;
      if (ts::pure::is_legal(w)) all.push_back(w);
    }
  }
  return all;
}

// Applies `transition` to every legal word that fulfils the precondition (all of `need`, none of
// `never`, at least `refs_min` references) and compares with the first line that matches. Returns
// how many words there were. An effect equal to `free` must come exactly when no reference is left.
template <class Effect>
std::size_t check_table(ts::step<Effect> (*transition)(word) noexcept,
                        word need,
                        word never,
                        std::initializer_list<line<Effect>> table,
                        const Effect* unfreed = nullptr,
                        const Effect* freed = nullptr,
                        bool is_wake = false) {
  std::size_t checked = 0;
  for (const word w : legal_words()) {
    if ((w & need) != need || (w & never) != 0) continue;
    const line<Effect>* found = nullptr;
    for (const auto& l : table) {
      if ((w & l.with) == l.with && (w & l.without) == 0) {
        found = &l;
        break;
      }
    }
    EXPECT_NE(found, nullptr) << "no line for " << w;
    if (found == nullptr) continue;
    // The waker's reference is not the only one of a task that somebody runs or reads.
    if (is_wake && ts::refs(w) == 1 && (w & (R | D)) != 0) continue;
    word expected = (w & ~found->clear) | found->set;
    expected = expected + static_cast<word>(static_cast<std::int64_t>(found->refs)) * ts::ref_one;
    Effect effect = found->effect;
    if (freed != nullptr && ts::refs(expected) == 0 && effect == *unfreed) effect = *freed;
    const auto step = transition(w);
    EXPECT_EQ(step.next, expected) << "from " << w;
    EXPECT_TRUE(step.effect == effect) << "from " << w;
    EXPECT_TRUE(ts::pure::is_legal(step.next) || ts::refs(step.next) == 0) << "from " << w;
    ++checked;
  }
  return checked;
}

TEST(task_state, legal_words_keep_the_owners_of_the_future_apart) {
  // running, complete, claimed: none or one of them, 4 of 8; the waker bit needs interest or
  // complete; the other bits are free.
  EXPECT_FALSE(ts::pure::is_legal(R | C | ts::ref_one));
  EXPECT_FALSE(ts::pure::is_legal(R | D | ts::ref_one));
  EXPECT_FALSE(ts::pure::is_legal(C | D | ts::ref_one));
  EXPECT_FALSE(ts::pure::is_legal(W | ts::ref_one));
  EXPECT_TRUE(ts::pure::is_legal(W | C | ts::ref_one));
  EXPECT_FALSE(ts::pure::is_legal(R));
  EXPECT_TRUE(ts::pure::is_legal(ts::initial));
  // (3 owners without complete) * 3 of (J, W) + complete * 4, times N, X, times 3 counts.
  EXPECT_EQ(legal_words().size(), (3U * 3U + 4U) * 4U * 3U);
}

TEST(task_state, to_running) {
  using E = ts::run_effect;
  const E none = E::none;
  const E freed = E::free;
  const std::size_t n = check_table<E>(&ts::pure::to_running, N, D,
                                       {{R, 0, 0, 0, -1, E::none},
                                        {C, 0, 0, 0, -1, E::none},
                                        {X, R | C, R, N, 0, E::destroy},
                                        {0, R | C | X, R, N, 0, E::poll}},
                                       &none, &freed);
  // (idle 3 + running 3 + complete 4) pairs of (J, W), times X, times 3 counts.
  EXPECT_EQ(n, (3U + 4U + 3U) * 2U * 3U);
}

TEST(task_state, to_idle) {
  using E = ts::idle_effect;
  const E none = E::none;
  const E freed = E::free;
  const std::size_t n = check_table<E>(
      &ts::pure::to_idle, R, 0,
      {{X, 0, 0, 0, 0, E::destroy}, {N, X, 0, R, 0, E::requeue}, {0, X | N, 0, R, -1, E::none}},
      &none, &freed);
  EXPECT_EQ(n, 3U * 4U * 3U);
}

// A task that completes has the runner's reference and, beside the list's, the handle's.
template <word Count>
ts::step<ts::complete_effect> complete_with(word w) noexcept {
  return ts::pure::to_complete(w + 2 * ts::ref_one, Count);
}
template <word Count>
ts::step<ts::joiner_effect> woken_with(word w) noexcept {
  return ts::pure::joiner_woken(w + 2 * ts::ref_one, Count);
}

TEST(task_state, to_complete) {
  using E = ts::complete_effect;
  std::size_t n = check_table<E>(&complete_with<1>, R, 0,
                                 {{0, J, C, R, 2, E::drop_output},
                                  {J | W, 0, C, R, 2, E::wake_joiner},
                                  {J, W, C, R, 1, E::none}});
  EXPECT_EQ(n, 3U * 4U * 3U);
  n = check_table<E>(&complete_with<2>, R, 0,
                     {{0, J, C, R, 2, E::drop_output},
                      {J | W, 0, C, R, 2, E::wake_joiner},
                      {J, W, C, R, 0, E::none}});
  EXPECT_EQ(n, 3U * 4U * 3U);
}

TEST(task_state, joiner_woken) {
  using E = ts::joiner_effect;
  std::size_t n = check_table<E>(&woken_with<1>, C | W, 0,
                                 {{J, 0, 0, W, 1, E::none}, {0, J, 0, W, 2, E::drop_waker}});
  EXPECT_EQ(n, 2U * 4U * 3U);
  n = check_table<E>(&woken_with<2>, C | W, 0,
                     {{J, 0, 0, W, 0, E::none}, {0, J, 0, W, 2, E::drop_waker}});
  EXPECT_EQ(n, 2U * 4U * 3U);
}

TEST(task_state, a_handle_that_has_taken_the_output_leaves_in_one_step) {
  edo::atomic<word> state{C | J | 2 * ts::ref_one};
  EXPECT_TRUE(ts::is_settled(state));
  EXPECT_FALSE(ts::drop_taken_join(state));
  EXPECT_EQ(state.load(), C | ts::ref_one);
  edo::atomic<word> last{C | J | N | ts::ref_one};
  EXPECT_TRUE(ts::drop_taken_join(last));
  edo::atomic<word> lent{C | J | W | 2 * ts::ref_one};
  EXPECT_FALSE(ts::is_settled(lent));
  edo::atomic<word> runs{R | J | 2 * ts::ref_one};
  EXPECT_FALSE(ts::is_settled(runs));
}

TEST(task_state, wake) {
  using E = ts::wake_effect;
  const E none = E::none;
  const E freed = E::free;
  const std::size_t n = check_table<E>(&ts::pure::wake, 0, 0,
                                       {{C, 0, 0, 0, -1, E::none},
                                        {N, 0, 0, 0, -1, E::none},
                                        {R, 0, N, 0, -1, E::none},
                                        {D, 0, N, 0, -1, E::none},
                                        {0, R | C | N | D, N, 0, 0, E::queue}},
                                       &none, &freed, true);
  EXPECT_EQ(n, legal_words().size() - 2U * 3U * 4U);
}

TEST(task_state, wake_by_ref) {
  using E = ts::wake_effect;
  const std::size_t n = check_table<E>(&ts::pure::wake_by_ref, 0, 0,
                                       {{C, 0, 0, 0, 0, E::none},
                                        {N, 0, 0, 0, 0, E::none},
                                        {R, 0, N, 0, 0, E::none},
                                        {D, 0, N, 0, 0, E::none},
                                        {0, R | C | N | D, N, 0, +1, E::queue}});
  EXPECT_EQ(n, legal_words().size());
}

TEST(task_state, to_cancelled) {
  using E = ts::wake_effect;
  const std::size_t n = check_table<E>(&ts::pure::to_cancelled, 0, 0,
                                       {{C, 0, 0, 0, 0, E::none},
                                        {X, 0, 0, 0, 0, E::none},
                                        {R, 0, X, 0, 0, E::none},
                                        {N, 0, X, 0, 0, E::none},
                                        {D, 0, X | N, 0, 0, E::none},
                                        {0, R | C | N | D | X, X | N, 0, +1, E::queue}});
  EXPECT_EQ(n, legal_words().size());
}

TEST(task_state, to_shutdown) {
  using E = ts::shutdown_effect;
  const std::size_t n = check_table<E>(&ts::pure::to_shutdown, 0, 0,
                                       {{C, 0, 0, 0, 0, E::none},
                                        {R, 0, X, 0, 0, E::none},
                                        {D, 0, X, 0, 0, E::retry},
                                        {0, R | C | D, X | R, 0, 0, E::destroy}});
  EXPECT_EQ(n, legal_words().size());
}

TEST(task_state, set_and_unset_join_waker) {
  std::size_t n = check_table<bool>(&ts::pure::set_join_waker, J, W,
                                    {{C, 0, 0, 0, 0, false}, {0, C, W, 0, 0, true}});
  EXPECT_EQ(n, 4U * 4U * 3U);
  n = check_table<bool>(&ts::pure::unset_join_waker, J | W, 0,
                        {{C, 0, 0, 0, 0, false}, {0, C, 0, W, 0, true}});
  EXPECT_EQ(n, 4U * 4U * 3U);
}

TEST(task_state, drop_join) {
  using E = ts::join_drop_effect;
  const std::size_t n = check_table<E>(&ts::pure::drop_join, J, 0,
                                       {{0, C, 0, J | W, 0, {false, true}},
                                        {C, W, 0, J, 0, {true, true}},
                                        {C | W, 0, 0, J, 0, {true, false}}});
  EXPECT_EQ(n, 4U * 2U * 4U * 3U);
}

TEST(task_state, claim_and_unclaim) {
  std::size_t n = check_table<bool>(&ts::pure::claim, 0, 0,
                                    {{R, 0, 0, 0, 0, false},
                                     {C, 0, 0, 0, 0, false},
                                     {N, 0, 0, 0, 0, false},
                                     {D, 0, 0, 0, 0, false},
                                     {0, R | C | N | D, D, 0, +1, true}});
  EXPECT_EQ(n, legal_words().size());
  using E = ts::wake_effect;
  const E none = E::none;
  const E freed = E::free;
  n = check_table<E>(&ts::pure::unclaim, D, 0,
                     {{N, 0, 0, D, 0, E::queue}, {0, N, 0, D, -1, E::none}}, &none, &freed);
  EXPECT_EQ(n, 3U * 4U * 3U);
}

TEST(task_state, a_wake_during_a_claim_is_remembered) {
  edo::atomic<word> state{J | 2 * ts::ref_one};  // parked: owned list, join handle
  ASSERT_TRUE(ts::claim(state));
  EXPECT_EQ(ts::wake_by_ref(state), ts::wake_effect::none);
  EXPECT_EQ(ts::wake_by_ref(state), ts::wake_effect::none);
  EXPECT_EQ(ts::unclaim(state), ts::wake_effect::queue);
  EXPECT_EQ(ts::to_running(state), ts::run_effect::poll);
}

TEST(task_state, only_a_parked_task_can_be_claimed) {
  edo::atomic<word> state{ts::initial};
  EXPECT_FALSE(ts::claim(state));
  ASSERT_EQ(ts::to_running(state), ts::run_effect::poll);
  EXPECT_FALSE(ts::claim(state));
  ASSERT_EQ(ts::to_idle(state), ts::idle_effect::none);
  EXPECT_TRUE(ts::claim(state));
  EXPECT_FALSE(ts::claim(state));
}

TEST(task_state, a_shutdown_waits_for_a_claim) {
  edo::atomic<word> state{J | 2 * ts::ref_one};
  ASSERT_TRUE(ts::claim(state));
  EXPECT_EQ(ts::to_shutdown(state), ts::shutdown_effect::retry);
  EXPECT_EQ(ts::unclaim(state), ts::wake_effect::none);
  EXPECT_EQ(ts::to_shutdown(state), ts::shutdown_effect::destroy);
}

TEST(task_state_death, a_transition_without_its_precondition_aborts) {
  if (!edo::detail::debug_asserts) GTEST_SKIP() << "preconditions are checked in debug builds";
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH((void)ts::pure::to_running(ts::ref_one), "assertion failed");
  EXPECT_DEATH((void)ts::pure::to_idle(ts::ref_one), "assertion failed");
  EXPECT_DEATH((void)ts::pure::to_complete(C | ts::ref_one, 1), "assertion failed");
  EXPECT_DEATH((void)ts::pure::set_join_waker(ts::ref_one), "assertion failed");
  EXPECT_DEATH((void)ts::pure::drop_join(ts::ref_one), "assertion failed");
  EXPECT_DEATH((void)ts::pure::unclaim(ts::ref_one), "assertion failed");
}

}  // namespace
