// run takes the future that the function gives.
// MODE: plain
// EXPECT: EDO-E0018|run
#include <edo/edo.hpp>

edo::async<int> async_main() { co_return 0; }

#ifdef EDO_GOOD
int main() { return edo::run(async_main()); }
#else
int main() { return edo::run(async_main); }
#endif
