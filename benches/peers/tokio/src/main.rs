// The workloads of benches/tasks.cpp for Tokio: the same arguments, the same line of output.
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

const BATCH: u64 = 10_000;
const CROWD: u64 = 1000;

async fn nothing() {}

async fn spawn_join(count: u64) {
    let mut handles: Vec<JoinHandle<()>> = Vec::with_capacity(BATCH as usize);
    let mut done = 0;
    while done < count {
        for _ in 0..BATCH {
            handles.push(tokio::spawn(nothing()));
        }
        for handle in handles.drain(..) {
            handle.await.unwrap();
        }
        done += BATCH;
    }
}

async fn one_by_one(count: u64) {
    for _ in 0..count {
        tokio::spawn(nothing()).await.unwrap();
    }
}

async fn set_children(count: u64) {
    let mut done = 0;
    while done < count {
        let mut set = JoinSet::new();
        for _ in 0..BATCH {
            set.spawn(yields(10));
        }
        while let Some(ended) = set.join_next().await {
            ended.unwrap();
        }
        done += BATCH;
    }
}

fn link(left: u64, end: oneshot::Sender<()>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move {
        if left == 0 {
            let _ = end.send(());
        } else {
            tokio::spawn(link(left - 1, end));
        }
    })
}

async fn chained_spawn(count: u64) {
    const DEPTH: u64 = 1000;
    let mut done = 0;
    while done < count {
        let (tx, rx) = oneshot::channel();
        tokio::spawn(link(DEPTH - 1, tx));
        rx.await.unwrap();
        done += DEPTH;
    }
}

async fn yields(count: u64) {
    for _ in 0..count {
        tokio::task::yield_now().await;
    }
}

struct SelfWaking(u64);

impl Future for SelfWaking {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.0 == 0 {
            return Poll::Ready(());
        }
        self.0 -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

async fn crowd<F, M>(count: u64, make: M)
where
    F: Future<Output = ()> + Send + 'static,
    M: Fn(u64) -> F,
{
    let handles: Vec<_> = (0..CROWD).map(|_| tokio::spawn(make(count / CROWD))).collect();
    for handle in handles {
        handle.await.unwrap();
    }
}

async fn pong(ping: oneshot::Receiver<()>, back: oneshot::Sender<()>) {
    ping.await.unwrap();
    back.send(()).unwrap();
}

async fn ping() {
    let (ping_tx, ping_rx) = oneshot::channel();
    let (pong_tx, pong_rx) = oneshot::channel();
    tokio::spawn(pong(ping_rx, pong_tx));
    ping_tx.send(()).unwrap();
    pong_rx.await.unwrap();
}

async fn ping_pong(count: u64) {
    let mut done = 0;
    while done < count {
        let handles: Vec<_> = (0..CROWD).map(|_| tokio::spawn(ping())).collect();
        for handle in handles {
            handle.await.unwrap();
        }
        done += CROWD;
    }
}

fn deep(depth: u64, count: u64) -> Pin<Box<dyn Future<Output = u64> + Send>> {
    Box::pin(async move {
        if depth <= 1 {
            for _ in 0..count {
                SelfWaking(1).await;
            }
            return count;
        }
        deep(depth - 1, count).await
    })
}

async fn blocking(count: u64) {
    for _ in 0..count {
        tokio::task::spawn_blocking(|| {}).await.unwrap();
    }
}

fn fib(n: u64) -> Pin<Box<dyn Future<Output = u64> + Send>> {
    Box::pin(async move {
        if n < 2 {
            return n;
        }
        let first = tokio::spawn(fib(n - 1));
        let second = fib(n - 2).await;
        first.await.unwrap() + second
    })
}

fn skynet(number: u64, size: u64) -> Pin<Box<dyn Future<Output = u64> + Send>> {
    Box::pin(async move {
        if size == 1 {
            return number;
        }
        let children: Vec<_> = (0..10)
            .map(|i| tokio::spawn(skynet(number + i * (size / 10), size / 10)))
            .collect();
        let mut sum = 0;
        for child in children {
            sum += child.await.unwrap();
        }
        sum
    })
}

fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = text.split_whitespace().nth(1).unwrap().parse().unwrap();
    pages * 4096
}

async fn idle(count: u64) -> u64 {
    let mut handles: Vec<JoinHandle<()>> = Vec::with_capacity(count as usize);
    let before = resident();
    for _ in 0..count {
        handles.push(tokio::spawn(tokio::time::sleep(Duration::from_secs(3600))));
    }
    tokio::task::yield_now().await;
    let after = resident();
    (after - before - count * 8) / count
}

async fn workload(name: String, size: u64) {
    match name.as_str() {
        "spawn_join" => spawn_join(size).await,
        "spawn_await_1by1" => one_by_one(size).await,
        "join_set_child" => set_children(size).await,
        "chained_spawn" => chained_spawn(size).await,
        "yield_now" => crowd(size, yields).await,
        "self_wake" => crowd(size, SelfWaking).await,
        "ping_pong" => ping_pong(size).await,
        "spawn_blocking" => blocking(size).await,
        "fib" => {
            fib(size).await;
        }
        "skynet" => {
            skynet(0, size).await;
        }
        other => {
            let depth = other.strip_prefix("deep_await_").expect("workload");
            deep(depth.parse().unwrap(), size).await;
        }
    }
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let name = args[1].clone();
    let size: u64 = args[2].parse().unwrap();
    let workers = if args.len() == 5 { args[4].parse().unwrap() } else { 2 };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_time()
        .build()
        .unwrap();
    if name == "idle" {
        let bytes = runtime.block_on(async move { tokio::spawn(idle(size)).await.unwrap() });
        println!("1 {}", bytes);
        return;
    }
    let begin = Instant::now();
    if name == "spawn_remote" {
        let mut handles: Vec<JoinHandle<()>> = Vec::with_capacity(BATCH as usize);
        let mut done = 0;
        while done < size {
            for _ in 0..BATCH {
                handles.push(runtime.spawn(nothing()));
            }
            for handle in handles.drain(..) {
                runtime.block_on(handle).unwrap();
            }
            done += BATCH;
        }
    } else {
        let task = runtime.spawn(workload(name.clone(), size));
        runtime.block_on(task).unwrap();
    }
    let operations = if name == "fib" || name == "skynet" { 1 } else { size };
    println!("{} {}", operations, begin.elapsed().as_nanos());
}
