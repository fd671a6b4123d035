/// The protocol between a join_set and its children.
///
/// 1. PURPOSE. A set learns which of its children has finished without asking them all. Callers:
///      add, take_finished, poll_finished, forget_waiter, abort_all, end   the set's owner: one
///                                          thread at a time, ordered by whatever hands the set on
///      finish (through the join waker)     the thread that completes a child
///
///    Each child's cell has a `join_node` behind its future: no other allocation. The child's join
///    waker (src/task/state.hpp, J1 to J6) is not a task's but the node's: waking it puts the node
///    on the group's ready list, and wakes the owner's task if that waits.
///
/// 2. STATES of a child, as the set sees it.
///      running   in `children_` only
///      ready     in `children_` and in the ready list: `ready_`, then the owner's batch `taken_`
///      out       in neither: joined, detached, or dropped with the set
///
/// 3. DIAGRAM
///
///      running --finish--> ready --take_finished, poll_finished--> out
///         |                  |
///         +------- end ------+---> out
///
/// 4. FIELDS.
///      children_, taken_, size_   the owner
///      ready_, waiting_, ended_   guarded by lock_
///      node.next_ready            guarded by lock_ while the node is in ready_, then the owner's
///      node.task, node.group      immutable from add to the end of the cell
///
///    Who holds what: the set has the child's join interest and its reference, until the child is
///    out. The node has a reference to the group, until the cell is freed. The group's memory thus
///    outlives every node, and a node every use of it in `finish`, since the thread that completes
///    a task holds a reference to it meanwhile. Clones of the join waker count nothing: it is only
///    ever in the header of the cell that has the node. Whoever else holds a waker or an abort
///    handle of the child keeps the cell's memory, and with it the group's, nothing more.
///
/// 5. INVARIANTS.
///    INV-1  A node enters ready_ at most once: by the join waker, which to_complete hands to one
///           thread, or by add, whose registration then failed, so that nobody has the waker.
///    INV-2  A node in ready_ or taken_ is in children_: its task's memory is the set's to keep.
///           `end` empties all three, and sets ended_ first, under the lock.
///    INV-3  waiting_ is empty while ready_ or taken_ is not: it is registered only when both are
///           empty, and the push that ends this takes it. So each registration is woken once, and
///           children that finish meanwhile cost no wake.
///
/// 6. RACES, and why each is harmless.
///    - a child completes while it is being added: set_join_waker says so, and add pushes the node
///      itself. It also wakes: another branch of the owner's task may be waiting.
///    - a child completes while the set ends: the push comes first, and `end` clears the list; or
///      it finds ended_ and does nothing. The join interest is given up after that, so the task
///      cannot be freed under a node that is in a list.
///    - the owner takes a child out before the completing thread has left `finish`: that thread
///      holds its own reference, and after the unlock touches only the owner's waker, which it has
///      taken, and the lock of the group, which its node keeps.
///    - a wait is dropped: forget_waiter clears the waker if the wait is the one that registered
///      last; one that a push has taken already wakes a task in vain, once.
///
/// 7. MODEL TEST: join_group (with the model checker). Until then join_set_stress_test races
///    children, aborts, the end of the set and the waits under TSan.
///
/// A lock and not a lock-free list: the sections are a few instructions, and the owner takes all
/// that is ready at once.
#include "edo/task/detail/join_group.hpp"

#include "edo/base/assert.hpp"
#include "edo/base/pool.hpp"

#include "task/state.hpp"

namespace edo::inline v0::detail {

constinit const waker_vtable join_group::vtable{
    [](void*) noexcept {}, [](void* data) noexcept { finish(node_of(data)); },
    [](void* data) noexcept { finish(node_of(data)); }, [](void*) noexcept {}};

void* join_group::operator new(std::size_t size) { return pool_allocate(size); }
void join_group::operator delete(void* block, std::size_t size) noexcept { pool_free(block, size); }

ref_ptr<join_group> join_group::make() { return ref_ptr<join_group>::adopt(new join_group); }
join_group::~join_group() { EDO_ASSERT(size_ == 0); }

void join_group::add(join_node& node, task_header& task) noexcept {
  node.task = &task;
  add_ref();
  node.group = ref_ptr<join_group>::adopt(this);
  children_.push_back(node);
  ++size_;
  task.join_waker = waker(&node, &vtable);                   // J1
  if (!task_state::set_join_waker(task.word)) finish(node);  // J3
}

void join_group::finish(join_node& node) noexcept { node.group->push(node); }

void join_group::push(join_node& node) noexcept {
  waker owner;
  {
    const raw_guard guard(lock_);
    if (ended_) return;
    (ready_ == nullptr ? ready_ : ready_last_->next_ready) = &node;
    ready_last_ = &node;
    owner.swap(waiting_);  // INV-3
    waiter_ = nullptr;
  }
  std::move(owner).wake();
}

void join_group::take_batch() noexcept { taken_ = std::exchange(ready_, nullptr); }

task_header* join_group::remove_first() noexcept {
  if (taken_ == nullptr) return nullptr;
  join_node& node = *std::exchange(taken_, taken_->next_ready);
  children_.erase(node);
  --size_;
  return node.task;
}

task_header* join_group::take_finished() noexcept {
  if (taken_ == nullptr) {
    const raw_guard guard(lock_);
    take_batch();
  }
  return remove_first();
}

task_header* join_group::poll_finished(context& cx, const void* waiter) noexcept {
  if (taken_ == nullptr) {
    const raw_guard guard(lock_);
    take_batch();
    if (taken_ == nullptr && waiting_.will_wake(cx.waker())) {
      waiter_ = waiter;
      return nullptr;
    }
  }
  if (taken_ == nullptr) {
    waker fresh(cx.waker());  // a foreign waker's functions are not called under the lock
    const raw_guard guard(lock_);
    take_batch();
    if (taken_ == nullptr) {
      waiting_.swap(fresh);
      waiter_ = waiter;
      return nullptr;
    }
  }
  return remove_first();
}

void join_group::forget_waiter(const void* waiter) noexcept {
  waker dropped;
  const raw_guard guard(lock_);
  if (waiter_ != waiter) return;
  waiting_.swap(dropped);
  waiter_ = nullptr;
}

void join_group::abort_all() noexcept {
  for (join_node* node = children_.front(); node != nullptr; node = children_.next(*node)) {
    task_abort(*node->task);
  }
}

void join_group::end(bool abort) noexcept {
  waker owner;
  {
    const raw_guard guard(lock_);
    ended_ = true;  // INV-2
    ready_ = nullptr;
    owner.swap(waiting_);
    waiter_ = nullptr;
  }
  taken_ = nullptr;
  while (join_node* node = children_.pop_front()) {
    --size_;
    task_header& task = *node->task;
    if (abort) task_abort(task);
    task_join_drop(task, false);  // may free the node
  }
  std::move(owner).wake();
}

poll_result<task_header*> join_set_base::poll_finished(context& cx, const void* waiter) noexcept {
  if (is_empty()) return nullptr;
  if (!cx.try_charge()) return pending;
  task_header* finished = group_->poll_finished(cx, waiter);
  if (finished != nullptr) return finished;
  cx.refund();
  return pending;
}

// What outputs do in their destructors may come back to this set: it is empty by then.
void join_set_base::end(bool abort) noexcept {
  if (const ref_ptr<join_group> group = std::exchange(group_, nullptr)) group->end(abort);
}

join_wait::~join_wait() {
  if (waiting_ && set_->group_) set_->group_->forget_waiter(this);
}

poll_result<task_header*> join_wait::poll(context& cx) noexcept {
  poll_result<task_header*> polled = set_->poll_finished(cx, this);
  waiting_ = polled.is_pending();
  return polled;
}

}  // namespace edo::inline v0::detail
