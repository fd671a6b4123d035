// run makes an exit code of what the future gives.
// MODE: plain
// EXPECT: EDO-E0018|run
#include <edo/edo.hpp>
#include <string>

#ifdef EDO_GOOD
edo::async<int> async_main() { co_return 0; }
#else
edo::async<std::string> async_main() { co_return "done"; }
#endif

int main() { return edo::run(async_main()); }
