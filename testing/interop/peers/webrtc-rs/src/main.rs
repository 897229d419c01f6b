//! webrtc-rs behind the command line of the foreign peers, see ../README.md. For benchmarks: it has no
//! control channel.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::BytesMut;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use webrtc::data_channel::{DataChannel, DataChannelEvent};
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCConfigurationBuilder,
    RTCIceGatheringState, RTCPeerConnectionState, RTCSessionDescription, Registry, register_default_interceptors,
};
use webrtc::runtime::default_runtime;

type Failure = Box<dyn std::error::Error + Send + Sync>;

const HIGH_WATER: usize = 8 << 20;

fn options() -> Result<HashMap<String, String>, Failure> {
    let mut values = HashMap::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let name = name.strip_prefix("--").ok_or("options start with --")?.to_string();
        if name != "loopback" {
            let value = arguments.next().ok_or(format!("--{name} needs a value"))?;
            values.insert(name, value);
        }
    }
    Ok(values)
}

fn number(options: &HashMap<String, String>, name: &str, default: f64) -> f64 {
    options.get(name).and_then(|v| v.parse().ok()).unwrap_or(default)
}

fn text(options: &HashMap<String, String>, name: &str, default: &str) -> String {
    options.get(name).cloned().unwrap_or(default.into())
}

fn cpu_seconds() -> f64 {
    // SAFETY: getrusage fills the structure it is given.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        usage
    };
    let seconds = |t: libc::timeval| t.tv_sec as f64 + t.tv_usec as f64 * 1e-6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

fn rss_kb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find(|l| l.starts_with("VmRSS:"))
        .and_then(|l| l.split_whitespace().nth(1))
        .and_then(|v| v.parse().ok())
        .unwrap_or(0.0)
}

fn finish(mut values: Value) -> ! {
    values["ok"] = json!(true);
    values["cpuSeconds"] = json!(cpu_seconds());
    values["rssKb"] = json!(rss_kb());
    println!("{values}");
    std::process::exit(0)
}

#[derive(Clone)]
struct Handler {
    gathered: mpsc::Sender<()>,
    channels: mpsc::Sender<Arc<dyn DataChannel>>,
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            let _ = self.gathered.try_send(());
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        if state == RTCPeerConnectionState::Failed {
            eprintln!("connection failed");
        }
    }

    async fn on_data_channel(&self, channel: Arc<dyn DataChannel>) {
        let _ = self.channels.try_send(channel);
    }
}

struct Peer {
    connection: Arc<dyn PeerConnection>,
    gathered: mpsc::Receiver<()>,
    channels: mpsc::Receiver<Arc<dyn DataChannel>>,
}

impl Peer {
    async fn new() -> Result<Peer, Failure> {
        let (gathered_in, gathered) = mpsc::channel(1);
        let (channels_in, channels) = mpsc::channel(16);
        let mut media = MediaEngine::default();
        media.register_default_codecs()?;
        let registry = register_default_interceptors(Registry::new(), &mut media)?;
        let runtime = default_runtime().ok_or("no runtime")?;
        let connection = PeerConnectionBuilder::new()
            .with_configuration(RTCConfigurationBuilder::new().build())
            .with_media_engine(media)
            .with_interceptor_registry(registry)
            .with_handler(Arc::new(Handler { gathered: gathered_in, channels: channels_in }))
            .with_runtime(runtime)
            .with_udp_addrs(vec!["127.0.0.1:0".to_string()])
            .with_data_channel_send_buffer_limit(HIGH_WATER)
            .build()
            .await?;
        Ok(Peer { connection: Arc::new(connection), gathered, channels })
    }

    async fn complete(&mut self) -> Result<RTCSessionDescription, Failure> {
        self.gathered.recv().await;
        Ok(self.connection.local_description().await.ok_or("no local description")?)
    }
}

fn write_signal(folder: &str, name: &str, description: &RTCSessionDescription) -> Result<(), Failure> {
    let target = PathBuf::from(folder).join(name);
    let part = target.with_extension("part");
    std::fs::write(&part, serde_json::to_string(description)?)?;
    Ok(std::fs::rename(part, target)?)
}

async fn read_signal(folder: &str, name: &str) -> Result<RTCSessionDescription, Failure> {
    let target = PathBuf::from(folder).join(name);
    for _ in 0..60_000 {
        if let Ok(text) = std::fs::read_to_string(&target) {
            return Ok(serde_json::from_str(&text)?);
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Err(format!("no {} after 60 s", target.display()).into())
}

async fn opened(channel: &Arc<dyn DataChannel>) -> Result<(), Failure> {
    while let Some(event) = channel.poll().await {
        if matches!(event, DataChannelEvent::OnOpen) {
            return Ok(());
        }
    }
    Err("channel closed before it opened".into())
}

/// The next message; everything else is passed over.
async fn message(channel: &Arc<dyn DataChannel>) -> Result<(bool, BytesMut), Failure> {
    while let Some(event) = channel.poll().await {
        if let DataChannelEvent::OnMessage(message) = event {
            return Ok((message.is_string, message.data));
        }
    }
    Err("channel closed".into())
}

async fn connect_pair() -> Result<(Peer, Peer), Failure> {
    let mut a = Peer::new().await?;
    let mut b = Peer::new().await?;
    let channel = a.connection.create_data_channel("bulk", None).await?;
    let offer = a.connection.create_offer(None).await?;
    a.connection.set_local_description(offer).await?;
    b.connection.set_remote_description(a.complete().await?).await?;
    let answer = b.connection.create_answer(None).await?;
    b.connection.set_local_description(answer).await?;
    a.connection.set_remote_description(b.complete().await?).await?;
    opened(&channel).await?;
    let other = b.channels.recv().await.ok_or("no channel")?;
    opened(&other).await?;
    Ok((a, b))
}

fn quantiles(mut times: Vec<f64>) -> Value {
    times.sort_by(f64::total_cmp);
    json!({"p50Us": times[times.len() / 2], "p99Us": times[times.len() * 99 / 100]})
}

async fn source(o: &HashMap<String, String>, channel: Arc<dyn DataChannel>, connect_ms: f64) -> Result<(), Failure> {
    let size = number(o, "size", 65_536.0) as usize;
    let (bytes, seconds) = (number(o, "bytes", 0.0), number(o, "seconds", 0.0));
    let payload = vec![0u8; size];
    let began = Instant::now();
    let mut sent = 0u64;
    while if seconds > 0.0 { began.elapsed().as_secs_f64() < seconds } else { (sent as f64) < bytes } {
        channel.writable().await?;
        channel.send(BytesMut::from(&payload[..])).await?;
        sent += size as u64;
    }
    channel.send_text("done").await?;
    while message(&channel).await? != (true, BytesMut::from(&b"ok"[..])) {}
    let elapsed = began.elapsed().as_secs_f64();
    finish(json!({"connectMs": connect_ms, "bytes": sent, "seconds": elapsed, "mbps": sent as f64 * 8e-6 / elapsed}))
}

async fn sink(channel: Arc<dyn DataChannel>, connect_ms: f64) -> Result<(), Failure> {
    let received = Arc::new(AtomicU64::new(0));
    let mut began: Option<Instant> = None;
    let mut before = 0;
    let mut per_second = Vec::new();
    loop {
        let (is_string, data) = message(&channel).await?;
        let start = *began.get_or_insert_with(Instant::now);
        if is_string && &data[..] == b"done" {
            let elapsed = start.elapsed().as_secs_f64();
            channel.send_text("ok").await?;
            tokio::time::sleep(Duration::from_millis(300)).await;
            let bytes = received.load(Ordering::Relaxed);
            finish(json!({"connectMs": connect_ms, "bytes": bytes, "seconds": elapsed,
                "mbps": bytes as f64 * 8e-6 / elapsed, "perSecond": per_second}));
        }
        let bytes = received.fetch_add(data.len() as u64, Ordering::Relaxed) + data.len() as u64;
        while per_second.len() < start.elapsed().as_secs() as usize {
            per_second.push((bytes - before) as f64 * 8e-6);
            before = bytes;
        }
    }
}

async fn echo(channel: Arc<dyn DataChannel>) -> Result<(), Failure> {
    loop {
        let (is_string, data) = message(&channel).await?;
        if is_string {
            channel.send_text(std::str::from_utf8(&data)?).await?;
        } else {
            channel.send(data).await?;
        }
    }
}

async fn ping(o: &HashMap<String, String>, channel: Arc<dyn DataChannel>, connect_ms: f64) -> Result<(), Failure> {
    let count = number(o, "count", 1_000.0) as usize;
    let payload = vec![0u8; number(o, "size", 100.0) as usize];
    let mut times = Vec::new();
    for i in 0..count + count / 10 {
        let start = Instant::now();
        channel.send(BytesMut::from(&payload[..])).await?;
        message(&channel).await?;
        if i >= count / 10 {
            times.push(start.elapsed().as_secs_f64() * 1e6);
        }
    }
    let mut values = quantiles(times);
    values["connectMs"] = json!(connect_ms);
    finish(values)
}

async fn run() -> Result<(), Failure> {
    let o = options()?;
    let mode = text(&o, "mode", "echo");
    let count = number(&o, "count", 100.0) as usize;
    if mode == "pairs" {
        let warm = count / 5;
        let mut times = Vec::new();
        let mut cpu_before = 0.0;
        for i in 0..count + warm {
            if i == warm {
                cpu_before = cpu_seconds();
            }
            let start = Instant::now();
            let (a, b) = connect_pair().await?;
            if i >= warm {
                times.push(start.elapsed().as_secs_f64() * 1e6);
            }
            a.connection.close().await?;
            b.connection.close().await?;
        }
        let mut values = quantiles(times);
        values["cpuMsPerPair"] = json!((cpu_seconds() - cpu_before) / count as f64 * 1e3);
        finish(values);
    }
    if mode == "idle" {
        let mut held = Vec::new();
        for _ in 0..20 {
            held.push(connect_pair().await?);
        }
        let before = rss_kb();
        for _ in 0..count {
            held.push(connect_pair().await?);
        }
        finish(json!({"kbPerConnection": (rss_kb() - before) / (2 * count) as f64}));
    }
    let folder = text(&o, "signal", ".");
    let mut peer = Peer::new().await?;
    let start;
    let channel = if text(&o, "role", "answer") == "offer" {
        let channel = peer.connection.create_data_channel("bulk", None).await?;
        let offer = peer.connection.create_offer(None).await?;
        peer.connection.set_local_description(offer).await?;
        write_signal(&folder, "offer.json", &peer.complete().await?)?;
        let answer = read_signal(&folder, "answer.json").await?;
        start = Instant::now();
        peer.connection.set_remote_description(answer).await?;
        channel
    } else {
        let offer = read_signal(&folder, "offer.json").await?;
        start = Instant::now();
        peer.connection.set_remote_description(offer).await?;
        let answer = peer.connection.create_answer(None).await?;
        peer.connection.set_local_description(answer).await?;
        write_signal(&folder, "answer.json", &peer.complete().await?)?;
        peer.channels.recv().await.ok_or("no channel")?
    };
    opened(&channel).await?;
    let connect_ms = start.elapsed().as_secs_f64() * 1e3;
    match mode.as_str() {
        "source" => source(&o, channel, connect_ms).await,
        "sink" => sink(channel, connect_ms).await,
        "ping" => ping(&o, channel, connect_ms).await,
        _ => echo(channel).await,
    }
}

#[tokio::main]
async fn main() {
    if let Err(failure) = run().await {
        eprintln!("{failure}");
        std::process::exit(1);
    }
}
