/// All of edo, for programs. The library itself never includes this.
#pragma once

#include "edo/base/error.hpp"
#include "edo/base/result.hpp"
#include "edo/future/async.hpp"
#include "edo/future/async_block.hpp"
#include "edo/future/atomic_waker.hpp"
#include "edo/future/block_on.hpp"
#include "edo/future/join.hpp"
#include "edo/future/ready.hpp"
#include "edo/future/select.hpp"
