// A TCP echo server: each connection is a task of its own. Ctrl-C ends it.
//
//   ./echo [address]     then, elsewhere:  nc 127.0.0.1 7777
#include <edo/edo.hpp>
#include <iostream>

edo::async<edo::result<void>> echo(edo::tcp_stream stream) {
  char buffer[4096];
  for (;;) {
    const std::size_t got = co_await edo::try_(stream.read(buffer));
    if (got == 0) co_return {};  // the client has ended
    co_await edo::try_(stream.write_all(std::span(buffer, got)));
  }
}

edo::async<int> serve(std::string address) {
  auto listener = co_await edo::tcp_listener::bind(address);
  if (!listener) {
    std::cerr << "cannot listen on " << address << ": " << listener.error().message() << '\n';
    co_return 1;
  }
  std::cout << "listening on " << listener->local_addr()->to_string() << std::endl;
  for (auto stop = edo::ctrl_c();;) {
    auto next = co_await edo::select(listener->accept(), stop);
    if (next.index() == 1) co_return 0;
    auto client = edo::get<0>(std::move(next));
    if (client) edo::spawn(echo(std::move(client->stream)));
  }
}

int main(int argc, char** argv) { return edo::run(serve(argc > 1 ? argv[1] : "127.0.0.1:7777")); }
