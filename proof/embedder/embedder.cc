// An embedder, as Electron is one: Node as a library, and environments that it makes and ends as it likes.
//
//   embedder ROOT SCENARIO ROUNDS
//
// The pages (page.js) that it runs leave handles open and ops in flight. It prints one line of JSON: what is left
// at the end, and the memory in between. A page that fails ends it with exit code 1.
#include <node.h>
#include <unistd.h>
#include <uv.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using v8::Context;
using v8::Global;
using v8::HandleScope;
using v8::Isolate;
using v8::Local;
using v8::Locker;
using v8::String;
using v8::Value;

extern "C" unsigned external_buffers_refused();

namespace {

std::string root;
node::MultiIsolatePlatform* platform;

[[noreturn]] void fail(const std::string& what) {
  fprintf(stderr, "embedder: %s\n", what.c_str());
  _exit(1);
}

long resident_kilobytes() {
  long size = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

// What must be held to touch an isolate; of two in one thread, the one that runs.
struct Inside {
  explicit Inside(Isolate* isolate) : locker(isolate), isolate_scope(isolate), handle_scope(isolate) {}
  Locker locker;
  Isolate::Scope isolate_scope;
  HandleScope handle_scope;
};

// An isolate and its event loop, of the thread that makes it. Its pages come and go.
class Home {
 public:
  Home() {
    if (uv_loop_init(&loop_) != 0) fail("there is no event loop");
    allocator_ = node::ArrayBufferAllocator::Create();
    isolate_ = node::NewIsolate(allocator_, &loop_, platform);
    Inside inside(isolate_);
    data_ = node::CreateIsolateData(isolate_, &loop_, platform, allocator_.get());
  }

  // In the order that Node's own embedding test has.
  ~Home() {
    {
      Inside inside(isolate_);
      node::FreeIsolateData(data_);
    }
    bool finished = false;
    platform->AddIsolateFinishedCallback(isolate_, [](void* done) { *static_cast<bool*>(done) = true; }, &finished);
    platform->UnregisterIsolate(isolate_);
    isolate_->Dispose();
    while (!finished) uv_run(&loop_, UV_RUN_ONCE);
    if (uv_loop_close(&loop_) != 0) fail("something is left in the event loop");
  }

  Isolate* isolate() const { return isolate_; }
  node::IsolateData* data() const { return data_; }
  uv_loop_t* loop() { return &loop_; }

 private:
  uv_loop_t loop_;
  std::shared_ptr<node::ArrayBufferAllocator> allocator_;
  Isolate* isolate_;
  node::IsolateData* data_;
};

// One environment. It runs from its making; freeing it is what a reload, or a closed window, does to it.
class Page {
 public:
  Page(Home* home, const std::string& way, const std::string& token = "0") : home_(home) {
    Inside inside(home->isolate());
    Local<Context> context = node::NewContext(home->isolate());
    context_.Reset(home->isolate(), context);
    Context::Scope entered(context);
    // Not the inspector: that belongs to one env of a process.
    auto flags = static_cast<node::EnvironmentFlags::Flags>(node::EnvironmentFlags::kOwnsProcessState |
                                                            node::EnvironmentFlags::kTrackUnmanagedFds);
    env_ = node::CreateEnvironment(home->data(), context, {"embedder", root, way, token}, {}, flags);
    node::SetProcessExitHandler(env_, [this](node::Environment* env, int code) {
      code_ = code;
      node::Stop(env, node::StopFlags::kDoNotTerminateIsolate);
    });
    const char* source = "require('module').createRequire(process.argv[1] + '/package.json')('./proof/embedder/page.js');";
    if (node::LoadEnvironment(env_, source).IsEmpty()) fail(way + ": the page did not load");
  }

  // Node takes the env's hooks, handles and the rest down; the event loop runs in here until they are gone.
  ~Page() {
    Inside inside(home_->isolate());
    Context::Scope entered(context_.Get(home_->isolate()));
    node::FreeEnvironment(env_);
  }

  // Runs the page until it says that it has come to where it wants to be ended.
  void RunUntilReady() {
    while (Result().empty()) RunOnce();
  }

  // Runs it until nothing keeps it, as `node page.js` would, or until it exits.
  void RunToItsEnd() {
    Inside inside(home_->isolate());
    Context::Scope entered(context_.Get(home_->isolate()));
    if (node::SpinEventLoop(env_).FromMaybe(code_) != 0) fail("a page exited with " + std::to_string(code_));
  }

  // What the page has put into globalThis.result, or nothing yet.
  std::string Result() {
    Isolate* isolate = home_->isolate();
    Inside inside(isolate);
    Local<Context> context = context_.Get(isolate);
    Context::Scope entered(context);
    if (code_ > 0) fail("a page exited with " + std::to_string(code_));
    Local<Value> value = context->Global()->Get(context, String::NewFromUtf8Literal(isolate, "result")).ToLocalChecked();
    return value->IsUndefined() ? "" : *String::Utf8Value(isolate, value);
  }

  void RunOnce() {
    Inside inside(home_->isolate());
    Context::Scope entered(context_.Get(home_->isolate()));
    uv_run(home_->loop(), UV_RUN_ONCE);
    platform->DrainTasks(home_->isolate());
  }

 private:
  Home* home_;
  Global<Context> context_;
  node::Environment* env_;
  int code_ = -1;
};

const char* const ways[] = {"idle", "busy", "clean", "exit"};
const int reloads_of_one = 4;

void run_page(Home* home, const std::string& way, const std::string& token = "0") {
  Page page(home, way, token);
  if (way == "clean" || way == "exit") {
    page.RunToItsEnd();
  } else {
    page.RunUntilReady();
  }
}

// Memory after each round, for the caller to judge.
std::vector<long> memory;

// A window that is reloaded: one isolate, one page after the other. A promise that is pending when its env ends is
// never let go by Node-API, and keeps what it refers to as long as the isolate lives: so not for ever in one.
void reloads(int rounds) {
  for (int i = 0; i < rounds; i += reloads_of_one) {
    Home home;
    for (int k = i; k < i + reloads_of_one; k++) run_page(&home, ways[k % 4]);
    memory.push_back(resident_kilobytes());
  }
}

// A window that is reloaded, in one isolate for a while and then in the next. Each page leaves a handle to the one after it.
void heirs(int rounds) {
  std::string tokens = "0,0";
  for (int i = 0; i < rounds; i += reloads_of_one) {
    Home home;
    for (int k = 0; k < reloads_of_one; k++) {
      Page page(&home, "heir", tokens);
      page.RunUntilReady();
      tokens = page.Result();
    }
    memory.push_back(resident_kilobytes());
  }
  Home home;
  Page page(&home, "lastHeir", tokens);
  page.RunUntilReady();
}

// Windows that are opened and closed: each has an isolate of its own.
void windows(int rounds) {
  for (int i = 0; i < rounds; i++) {
    Home home;
    run_page(&home, ways[i % 4]);
    memory.push_back(resident_kilobytes());
  }
}

// Two windows at once in one thread, on one token; either goes first.
void pairs(int rounds) {
  for (int i = 0; i < rounds; i++) {
    Home left, right;
    auto owner = std::make_unique<Page>(&left, "owner");
    owner->RunUntilReady();
    auto guest = std::make_unique<Page>(&right, "guest", owner->Result());
    guest->RunUntilReady();
    (i % 2 ? owner : guest).reset();
    (i % 2 ? guest : owner)->RunOnce();
    memory.push_back(resident_kilobytes());
  }
}

// Two threads with a window each, at once, on one token. One is reloaded again and again while the other's ops run.
void threads(int rounds) {
  Home home;
  Page owner(&home, "owner");
  owner.RunUntilReady();
  std::string token = owner.Result();
  std::atomic<bool> over{false};
  std::thread other([&] {
    for (int i = 0; i < rounds; i++) {
      Home second;
      run_page(&second, i % 2 ? "guest" : "busy", token);
      memory.push_back(resident_kilobytes());
    }
    over = true;
  });
  while (!over) owner.RunOnce();
  other.join();
}

// The control: an env that is left where it is. What it held must show in the end.
void forgotten(int) {
  static Home* home = new Home;
  static Page* page = new Page(home, "busy");
  page->RunUntilReady();
}

const struct {
  const char* name;
  void (*run)(int rounds);
} scenarios[] = {{"reloads", reloads}, {"heirs", heirs},     {"windows", windows}, {"pairs", pairs},
                 {"threads", threads}, {"forgotten", forgotten}};

std::string report() {
  Home home;
  Page page(&home, "report");
  page.RunUntilReady();
  return page.Result();
}

void print(const std::string& left) {
  printf("{\"left\":%s,\"externalBuffersRefused\":%u,\"memory\":[", left.c_str(), external_buffers_refused());
  for (size_t i = 0; i < memory.size(); i++) printf("%s%ld", i ? "," : "", memory[i]);
  printf("]}\n");
  fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) fail("usage: embedder ROOT SCENARIO ROUNDS");
  root = argv[1];
  auto initialized = node::InitializeOncePerProcess({argv[0]});
  if (initialized->early_return()) fail("Node did not start");
  platform = initialized->platform();
  for (const auto& each : scenarios) {
    if (strcmp(each.name, argv[2]) != 0) continue;
    each.run(atoi(argv[3]));
    print(report());
    if (each.run == forgotten) _exit(0);
    node::TearDownOncePerProcess();
    return 0;
  }
  fail(std::string("there is no scenario ") + argv[2]);
}
